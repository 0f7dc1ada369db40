"""Replays of choice ids."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from waymeet.console.options import PlayOptions
from waymeet.console.play import play

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.conftest import Heard
    from waymeet.runtime import Story

    Read = Callable[..., Heard]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def replay(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "ids"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("text", ["trim\nwalk  # on\n# done\nlit\n", "trim walk lit", ' ["trim", "walk", "lit"]'])
def test_the_ids_are_played_and_told(read: Read, replay: Callable[[str], Path], text: str, home: Path) -> None:
    heard = read("undo", "t", protagonist="ada", replay=replay(text))
    assert heard.code == 0
    assert heard.text.index("It burns lower.") < heard.text.index("You walk.") < heard.text.index("Ending: Home")
    assert "Your choice" not in heard.text
    assert not list(home.rglob("*.json"))


@pytest.mark.parametrize(("text", "where"), [("trim\n\nfly\n", "line 3"), ('["trim", "fly"]', "item 2")])
def test_an_id_that_is_not_open_is_named_with_its_place(
    read: Read, replay: Callable[[str], Path], text: str, where: str
) -> None:
    path = replay(text)
    heard = read(protagonist="ada", replay=path)
    assert heard.errors == (
        f'waymeet: {path}, {where}: "fly" is not open at wood.edge. Open there: trim, walk, pit, ring.\n'
    )
    assert heard.code == 2
    assert "It burns lower." in heard.text


def test_after_an_ending_nothing_is_open(read: Read, replay: Callable[[str], Path]) -> None:
    heard = read(protagonist="ada", replay=replay("walk lit more"))
    assert "Open there: nothing." in heard.errors


@pytest.mark.parametrize("text", ["[1,", "[" * 100_000])
def test_what_is_no_replay_is_refused(read: Read, replay: Callable[[str], Path], text: str) -> None:
    heard = read(protagonist="ada", replay=replay(text))
    assert "cannot be replayed" in heard.errors
    assert heard.code == 2


def test_a_file_that_is_not_there_is_refused(read: Read, tmp_path: Path) -> None:
    heard = read(protagonist="ada", replay=tmp_path / "none")
    assert "cannot be replayed: No such file or directory" in heard.errors
    assert heard.code == 2


def test_a_replay_needs_to_know_whose_path(read: Read, replay: Callable[[str], Path]) -> None:
    heard = read(replay=replay("trim"))
    assert (heard.errors, heard.code) == ("waymeet: Say whose path it is, with --as: ada, bo.\n", 2)


def test_a_reader_at_a_terminal_goes_on_from_there(story: Story, replay: Callable[[str], Path], home: Path) -> None:
    out = io.StringIO()
    options = PlayOptions(protagonist="ada", replay=replay("trim"), view="plain")
    assert play(story, options, stdin=_Terminal("1\nsheet\nq\n"), stdout=out, stderr=out, environ={}) == 0
    assert "Oil  0" in out.getvalue()
    assert [path.name for path in home.rglob("*.json")] == ["autosave-ada.json"]
