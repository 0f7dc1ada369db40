"""Saving under a name and going back there, seen through the plain view and through keys."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from waymeet.console.accidents import Signals
from waymeet.console.inline import InlineView
from waymeet.console.keys import Command, Order, command_typed
from waymeet.console.view import Option
from waymeet.runtime import Question, Story
from waymeet.saves.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.conftest import Heard

    Read = Callable[..., Heard]

NOW = 1_000_000_000


def _after(text: str, mark: str) -> str:
    return text.rpartition(mark)[2]


def test_a_place_is_kept_under_a_name_and_gone_to(read: Read) -> None:
    heard = read("1", "save harbour", "1", "load harbour", "sheet", "q", protagonist="ada")
    assert "Saved as harbour." in heard.text
    told = _after(heard.text, "You are at your save. To come back to where you were, undo.")
    assert "> Trim the wick.\n\nIt burns lower." in told
    assert "Oil  1" in told


def test_going_to_a_save_is_undone_and_done_again(read: Read) -> None:
    heard = read("save start", "1", "1", "load start", "undo", "sheet", "redo", "sheet", "2", "q", protagonist="ada")
    back = _after(heard.text, "You are back where you were before you went to a save.")
    assert back.index("Oil  0") < back.index("You are at the save again.") < back.index("Oil  2")
    assert "You walk." in back


def test_earlier_choices_of_a_save_can_be_gone_back_to(read: Read) -> None:
    read("1", "1", "save harbour", "q", protagonist="ada")
    heard = read("load harbour", "rewind", "2", "sheet", "undo", "undo", "q", protagonist="ada", new=True)
    assert "You are back before: Trim the wick." in heard.text
    assert "Oil  2" in _after(heard.text, "You are back before")
    assert "before you went to a save." in heard.text


def test_a_name_is_asked_for(read: Read) -> None:
    heard = read("save", "The Quay", "1", "s", "", "load", "1", "q", protagonist="ada")
    assert "Save under which name? Enter alone saves nothing.\nAt most 40 characters.\n" in heard.text
    assert "There already:\n- The Quay\n" in heard.text
    assert "Nothing was saved." in heard.text
    assert "Which save do you want to go to?\n\n1. The Quay: Ada's path, at The Wood, just now\n2. Stay" in heard.text


def test_saving_over_a_save_is_asked_about(read: Read) -> None:
    read("save Harbour", "q", protagonist="ada")
    heard = read("1", "save harbour", "2", "save harbour", "1", "q", protagonist="ada", now=NOW + 100)
    told = heard.text.replace("\n", " ")
    assert "There is one already: Harbour: Ada's path, at The Wood, a minute ago" in told
    assert "1. Save over Harbour\n2. Leave it as it is\n" in heard.text
    assert "Nothing was saved." in heard.text
    assert "Saved as Harbour." in heard.text
    assert "Oil  1" in read("load HARBOUR", "sheet", "q", protagonist="bo").text


@pytest.mark.parametrize(("name", "why"), [("../up", 'cannot hold "."'), ("-a", "cannot be the name")])
def test_what_is_no_name_is_said(read: Read, home: Path, name: str, why: str) -> None:
    heard = read(f"save {name}", "q", protagonist="ada")
    told = heard.text.replace("\n", " ")
    assert why in told
    assert (
        "It may hold letters, digits, spaces, hyphens, underscores and apostrophes, begins with a letter or a digit"
        in told
    )
    assert "Nothing was saved." in told
    assert not list(home.rglob("slot*"))


def test_without_saves_there_are_none_to_go_to(read: Read) -> None:
    heard = read("load", "load harbour", "q", protagonist="ada")
    assert heard.text.count("There are no saves yet.") == 2
    assert 'There is no save called "harbour".' in heard.text


def test_a_save_of_the_other_path_is_gone_to_and_come_back_from(read: Read) -> None:
    read("save window", "q", protagonist="bo")
    heard = read("1", "load window", "1", "undo", "undo", "sheet", "q", protagonist="ada")
    assert "You look out. Nothing yet." in heard.text
    assert "Oil  1" in _after(heard.text, "You are back where you were before you went to a save.")


def test_the_place_that_a_save_takes_is_kept(read: Read) -> None:
    read("save start", "1", "1", "q", protagonist="ada")
    read("load start", "2", "q", protagonist="bo")
    heard = read("load", "2", "sheet", "q", protagonist="bo")
    assert "1. start: Ada's path, at The Wood, just now\n2. before you went to a save: Ada's path" in heard.text
    assert "Oil  0" in heard.text


def test_at_the_door_a_save_can_be_gone_to(read: Read) -> None:
    read("1", "save harbour", "q", protagonist="ada")
    heard = read("4", "2", "4", "1", "sheet", "q")
    assert "3. Read as Bo\n4. Go to a save\n" in heard.text
    assert "You are where you were." in heard.text
    assert "Oil  1" in heard.text
    assert "Oil  1" in read("load harbour", "sheet", "q").text
    assert "Oil  1" in read("l", "1", "sheet", "q").text


def test_a_damaged_save_is_named_and_a_newer_one_never_written_over(read: Read, home: Path) -> None:
    read("save harbour", "q", protagonist="ada")
    path = home / "saves" / "lantern" / "slot-harbour.json"
    newer = json.dumps({**json.loads(path.read_bytes()), "waymeet_autosave": 99}).encode()
    path.write_bytes(newer)
    heard = read("load harbour", "save harbour", "q", protagonist="ada")
    assert heard.text.count("written by a newer waymeet") == 1
    assert str(path) in heard.text
    assert path.with_name("slot-harbour.damaged.json").read_bytes() == newer
    assert "Saved as harbour." in heard.text


def test_a_save_of_an_edited_story_is_taken_and_kept_as_it_was(read: Read, home: Path, story: Story) -> None:
    read("1", "save harbour", "q", protagonist="ada")
    flags = [r._replace(high=0, start=0) if r.name == "oil" else r for r in story.data.registers]
    edited = Story(story.data._replace(registers=tuple(flags)))
    heard = read("load harbour", "save harbour", "1", "q", story=edited, protagonist="ada", new=True)
    assert "not everything could be kept" in heard.text.replace("\n", " ")
    assert len(list(home.rglob("slot-harbour.before-*.json"))) == 1


def test_a_second_player_can_go_to_a_save_and_keeps_nothing(read: Read, home: Path) -> None:
    read("1", "save harbour", "q", protagonist="ada")
    lock = Lock(home / "saves" / "lantern" / "lock")
    heard = read("load harbour", "save other", "sheet", "q", protagonist="ada", new=True)
    lock.close()
    assert "Oil  1" in heard.text
    assert "Saved as" not in heard.text
    assert not list(home.rglob("slot-other*"))


def test_a_way_that_keeps_nothing_cannot_be_saved(read: Read, home: Path) -> None:
    heard = read("save harbour", "q", protagonist="ada", follow="trim")
    assert "Nothing of this reading is kept, so it cannot be saved either." in heard.text.replace("\n", " ")
    assert not home.exists() or not list(home.rglob("slot*"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("save harbour", Order(Command.SAVE, "harbour")),
        ("LOAD  The Quay", Order(Command.LOAD, "The Quay")),
        ("s quay", Order(Command.SAVE, "quay")),
        ("save", Command.SAVE),
        ("save ", Command.SAVE),
        ("undo all", None),
    ],
)
def test_names_are_typed_behind_some_commands(typed: str, meant: object) -> None:
    assert command_typed(typed) == meant


def test_keys_save_and_load() -> None:
    with create_pipe_input() as keyboard:
        view = InlineView(keyboard, DummyOutput(), Signals(), clock=itertools.count().__next__)
        keyboard.send_text("s")
        assert view.ask([Option("On.")]) is Command.SAVE
        keyboard.send_text("l")
        assert view.ask([Option("On.")]) is Command.LOAD
        keyboard.send_text(":save quay\r")
        assert view.read(Question("Who?", "text", 0, 9)) == Order(Command.SAVE, "quay")


@pytest.mark.parametrize("typed", ["a\0b", "a\x1b[31m", "a\u202eb"])
def test_a_character_that_cannot_be_shown_is_named_by_its_number(read: Read, typed: str) -> None:
    heard = read(f"save {typed}", "q", protagonist="ada", width=200)
    assert f'cannot hold "U+{ord(typed[1]):04X}".' in heard.text


def test_what_was_kept_can_be_read_where_nothing_can_be_written(read: Read, home: Path) -> None:
    read("1", "save harbour", "q", protagonist="ada")
    lock = home / "saves" / "lantern" / "lock"
    lock.unlink()
    lock.mkdir()  # so that opening it fails as it does on a disk that is for reading only
    heard = read("1", "load harbour", "save other", "1", "q", protagonist="ada", width=200)
    assert heard.text.count("Your place cannot be kept: Is a directory.") == 2
    assert "already open in another player" not in heard.text
    assert "Continue?" in heard.text
    assert "You are at your save." in heard.text
    assert heard.code == 0
