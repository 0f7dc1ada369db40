"""Settings in a file, and what they come to beside the command line and the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from waymeet.commands import play
from waymeet.console.config import WIDTHS, config_path, read_config
from waymeet.console.options import PlayOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.conftest import Heard

    Read = Callable[..., Heard]


@pytest.fixture
def settle(home: Path) -> Callable[[str], Path]:
    """Write the reader's settings."""

    def write(text: str) -> Path:
        home.mkdir(exist_ok=True)
        path = home / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_it_is_where_the_environment_says_or_in_the_platforms_own_place(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config_path() == home / "config.toml"
    monkeypatch.delenv("WAYMEET_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path().name == "config.toml"
    assert config_path().parent.name == "waymeet"


def test_without_a_file_nothing_is_settled() -> None:
    assert read_config().settings == {}
    assert read_config().wrong == ()


def test_settings_hold_where_nothing_else_was_asked_for(settle: Callable[[str], Path]) -> None:
    settle('view = "full"\ntheme = "mono"\nlanguage = "fr"\nwidth = 40\n')
    config = read_config()
    asked = PlayOptions(view="plain", width=60)
    assert config.added_to(asked) == asked._replace(theme="mono", language="fr")
    assert config.added_to(PlayOptions()) == PlayOptions(view="full", theme="mono", language="fr", width=40)


def test_screen_reader_mode_says_which_file_turned_it_on(read: Read, settle: Callable[[str], Path]) -> None:
    path = settle("screen_reader = true\n")
    heard = read(width=200).text
    assert heard.startswith(f"Screen-reader mode, turned on by {path}.\n\nStory: The Lantern.\n")
    assert read(screen_reader=True).text.startswith("Screen-reader mode, turned on by --screen-reader.\n")
    assert read(environ={"WAYMEET_SCREEN_READER": "0"}).text.startswith("The Lantern\n=")


def test_language_and_width_are_settled(read: Read, settle: Callable[[str], Path]) -> None:
    settle('language = "fr"\nwidth = 30\n')
    heard = read("q", environ={"LANG": "en_GB.UTF-8"})
    assert "Votre choix" in heard.text
    assert max(map(len, heard.text.splitlines())) <= 30
    assert "Your choice" in read("q", language="en").text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("width = 5\n", 'The setting "width" in {path} does not hold. It can be: 20-200.'),
        ("width = true\n", 'The setting "width" in {path} does not hold. It can be: 20-200.'),
        (
            'theme = "pink"\n',
            'The setting "theme" in {path} does not hold. It can be: "default", "high-contrast", "mono".',
        ),
        ("screen_reader = 1\n", 'The setting "screen_reader" in {path} does not hold. It can be: true, false.'),
        (
            "colour = 1\n",
            'There is no setting "colour", but it stands in {path}. There are: view, theme, language, width,',
        ),
        ("width = \n", "Your settings in {path} cannot be read, so none of them holds: "),
        (f"width = {'9' * 5_000}\n", "Your settings in {path} cannot be read, so none of them holds: "),
        ("a = 1\n" * 20_000, "Your settings in {path} cannot be read, so none of them holds: it has more than 65,536 "),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_holds(
    read: Read, settle: Callable[[str], Path], text: str, said: str
) -> None:
    path = settle(f'language = "en"\n{text}')
    heard = read("q", width=400)
    assert heard.text.startswith(said.format(path=path))
    assert heard.code == 0


def test_a_file_that_is_no_text_is_said(read: Read, home: Path) -> None:
    (home / "config.toml").mkdir(parents=True)
    assert "cannot be read, so none of them holds" in read("q", width=400).text


def test_the_command_line_takes_the_same_widths() -> None:
    assert play.WIDTHS == WIDTHS
