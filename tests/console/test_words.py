"""The table of the console's words: nothing missing, nothing left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from waymeet.console import words
from waymeet.console.keys import BINDINGS, Command, command_typed
from waymeet.console.words import ENGLISH, ago, word


def _names_used() -> set[str]:
    """The names in quotes in the console's code, and those made from the names of commands."""
    folder = Path(words.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "words.py")
    quoted = set(re.findall(r"""["']([a-z_]+)["']""", code))
    return (
        quoted
        | set(re.findall(r'word\("([a-z_]+)"', Path(words.__file__).read_text(encoding="utf-8")))
        | {f"help_{command.value}" for command in Command}
    )


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
    assert word("found_some", found=1, all=2) == "1 of 2 endings found."


@pytest.mark.parametrize(("seconds", "said"), [(59, "just now"), (119, "a minute ago"), (86400, "yesterday")])
def test_ago(seconds: float, said: str) -> None:
    assert ago(seconds) == said
