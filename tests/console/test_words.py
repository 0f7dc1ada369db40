"""The table of the console's words: nothing missing, nothing left over."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input

from console.screens import Screen
from waymeet.commands import play
from waymeet.console import words
from waymeet.console.accidents import Signals
from waymeet.console.french import FRENCH
from waymeet.console.inline import InlineView
from waymeet.console.keys import BINDINGS, Command, command_typed
from waymeet.console.themes import THEMES
from waymeet.console.view import Option
from waymeet.console.words import ENGLISH, LANGUAGES, ago, counted, language_for, speaking, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard

#: The tables, each as it is named for a reader.
TABLES = {"en": ENGLISH, "fr": FRENCH}


def _names_used() -> set[str]:
    """The names in quotes in the console's code, and those made from the names of commands."""
    folder = Path(words.__file__).parent
    tables = ("words.py", "french.py")
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name not in tables)
    own = Path(words.__file__).read_text(encoding="utf-8")
    quoted = set(re.findall(r"""["']([a-z_]+)["']""", code)) | set(re.findall(r'(?:word|counted)\("([a-z_]+)"', own))
    of_commands = {f"{what}_{command.value}" for command in Command for what in ("help", "typed")}
    return quoted | of_commands | {f"{name}_{number}" for name in quoted for number in ("one", "other")}


def test_every_word_is_used() -> None:
    assert set(ENGLISH) <= _names_used()


def test_every_command_has_its_keys_and_its_words() -> None:
    assert [binding.command for binding in BINDINGS] == list(Command)
    keys = [key for binding in BINDINGS for key in binding.keys]
    assert len(keys) == len(set(keys))
    assert all(f"help_{command.value}" in ENGLISH for command in Command)


@pytest.mark.parametrize(
    ("typed", "command"),
    [("u", Command.UNDO), ("U", Command.REDO), ("UNDO", Command.UNDO), ("?", Command.HELP), ("Q", None), ("", None)],
)
def test_typed_commands(typed: str, command: Command | None) -> None:
    assert command_typed(typed) is command


def test_a_word_takes_its_values() -> None:
    assert word("found_some_other", found=1, all=2) == "1 of 2 endings found."


@pytest.mark.parametrize(("seconds", "said"), [(59, "just now"), (119, "a minute ago"), (86400, "yesterday")])
def test_ago(seconds: float, said: str) -> None:
    assert ago(seconds) == said


# -- languages ------------------------------------


def _places(text: str) -> set[str]:
    """The names of the values that a text has places for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_each_language_has_its_table() -> None:
    assert tuple(TABLES) == LANGUAGES == play.LANGUAGES
    assert tuple(THEMES) == play.THEMES


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_tables_have_the_same_names_in_the_same_order_with_places_for_the_same_values(table: dict[str, str]) -> None:
    assert list(table) == list(ENGLISH)
    assert {name: _places(text) for name, text in table.items()} == {
        name: _places(text) for name, text in ENGLISH.items()
    }
    assert all(text.strip() for text in table.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_takes_its_values(language: str) -> None:
    with speaking(language):
        for name, text in TABLES[language].items():
            said = word(name, **dict.fromkeys(_places(text), "Ada"))
            assert "{" not in said


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_is_typed_means_one_command_only(table: dict[str, str]) -> None:
    typed = [word for command in Command for word in table[f"typed_{command.value}"].split(", ")]
    assert len(typed) == len(set(typed))
    assert all(len(word) > 1 and word == word.casefold() and " " not in word for word in typed)


def test_french_marks_do_not_begin_a_line() -> None:
    loose = re.compile(r" [:;!?»]|« |'")
    assert [name for name, text in FRENCH.items() if loose.search(text) and name != "hint_entry"] == []


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("en", 0, "0 minutes ago"),
        ("en", 1, "a minute ago"),
        ("en", 2, "2 minutes ago"),
        ("fr", 0, "il y a une minute"),
        ("fr", 1, "il y a une minute"),
        ("fr", 2, "il y a 2 minutes"),
    ],
)
def test_how_many_is_said_as_the_language_has_it(language: str, n: int, said: str) -> None:
    with speaking(language):
        assert counted("minutes_ago", n, n=n) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Lexa", "de Lexa"),
        ("Ada", "d\u2019Ada"),
        ("Élise", "d\u2019Élise"),
        ("Yves", "d\u2019Yves"),
        ("Yara", "de Yara"),
    ],
)
def test_a_vowel_shortens_the_french_de(name: str, said: str) -> None:
    with speaking("fr"):
        assert word("continue", name=name) == f"Continuer le chemin {said}"


@pytest.mark.parametrize(
    ("wanted", "environ", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "fr_CA.UTF-8"}, "fr"),
        (None, {"LANG": "fr_FR", "LC_MESSAGES": "C"}, "en"),
        (None, {"LANG": "en_GB", "LC_ALL": "fr"}, "fr"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        ("fr", {"LC_ALL": "en_GB"}, "fr"),
        (None, {"LC_ALL": "", "LANG": "fr@euro"}, "fr"),
    ],
)
def test_the_language_is_the_one_asked_for_or_that_of_the_environment(
    wanted: str | None, environ: dict[str, str], language: str
) -> None:
    assert language_for(wanted, environ) == language


def test_a_story_is_read_in_french(read: Callable[..., Heard]) -> None:
    heard = read("1", "aide", "annuler", "sauver quai", "2", "1", "quitter", protagonist="ada", language="fr")
    assert "Votre choix\u00a0: \n" in heard.text
    assert "annuler, u" in heard.text
    assert "Annulé\u00a0: Trim the wick." in heard.text
    assert "Sauvegardé sous le nom quai." in heard.text
    assert "Vous avez trouvé 1 des 2 fins du chemin d\u2019Ada." in heard.text
    assert "1. Lire le chemin de Bo\n" in heard.text
    heard = read("help", "fin", "q", environ={"LANG": "fr_FR.UTF-8"})
    assert "Ce que vous pouvez faire" in heard.text
    assert "n\u2019est pas une réponse ici" in heard.text
    assert "What you can do" in read("help", "q").text


def test_menus_are_in_the_language_too() -> None:
    with create_pipe_input() as keyboard, speaking("fr"):
        screen = Screen(80)
        view = InlineView(keyboard, screen.output, Signals(), clock=itertools.count().__next__)
        screen.press(keyboard, "1")
        view.ask([Option("On.", taken=True)])
    assert any("1. On. (déjà choisi)\n\n1 choisir   u annuler   h aide   q quitter" in seen for seen in screen.seen)
