"""Readings that go on in the story as it is each time a file is saved."""

from __future__ import annotations

import io
import itertools
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

import waymeet
from waymeet.cli import main
from waymeet.console import live
from waymeet.console.accidents import Signals
from waymeet.console.inline import InlineView
from waymeet.console.keys import Interruption
from waymeet.console.options import PlayOptions
from waymeet.console.page import Page
from waymeet.console.play import play
from waymeet.console.session import Session
from waymeet.console.view import Option
from waymeet.runtime import Question
from waymeet.watching import StoryWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from waymeet.runtime import Story

    Read = Callable[..., str]

LANTERN = Path(__file__).parent / "lantern"


class Typist:
    """Types lines, each made when it is asked for."""

    def __init__(self, turns: tuple[str | Callable[[], str], ...]) -> None:
        self._turns = list(turns)

    def isatty(self) -> bool:
        return False

    def readline(self, _size: int) -> str:
        if not self._turns:
            return ""
        turn = self._turns.pop(0)
        return f"{turn if isinstance(turn, str) else turn()}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(LANTERN, tmp_path / "lantern")
    return tmp_path / "lantern"


@pytest.fixture
def edit(folder: Path) -> Callable[..., str]:
    """Save a file with something in the place of something else; what a reader types then."""

    def save(old: str, new: str, typed: str = "", file: str = "lantern.yaml") -> str:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
        return typed

    return save


@pytest.fixture
def read(folder: Path) -> Read:
    """Play in the plain view, with what is typed made when it is asked for."""

    def run(*turns: str | Callable[[], str], **options: object) -> str:
        out, errors = io.StringIO(), io.StringIO()
        asked = PlayOptions(**options)  # type: ignore[arg-type]
        story, watch = waymeet.load(folder), StoryWatch(folder, "")
        typed = cast("TextIO", Typist(turns))
        code = play(story, asked, stdin=typed, stdout=out, stderr=errors, environ={}, watch=watch)
        assert (code, errors.getvalue()) == (0, "")
        return out.getvalue()

    return run


def test_what_was_saved_is_read_at_once_when_enter_is_pressed(read: Read, edit: Callable[..., str]) -> None:
    text = read("1", lambda: edit("*very* dark", "bright"), "sheet", "q", protagonist="ada")
    said = text.index("A file was saved, and this is the story as it is now.")
    assert text.index("It burns lower.") < said < text.index("The wood is bright.")
    assert "Oil  1" in text[said:]
    assert "1. Trim the wick. (taken before)" in text[said:]


def test_it_is_read_at_the_next_turn_else(read: Read, edit: Callable[..., str]) -> None:
    text = read(lambda: edit("*very* dark", "bright", "1"), "q", protagonist="ada")
    assert text.index("It burns lower.") < text.index("A file was saved") < text.index("The wood is bright.")


def test_undo_goes_back_in_the_story_as_it_is_now(read: Read, edit: Callable[..., str]) -> None:
    text = read("1", lambda: edit("*very* dark", "bright"), "undo", "undo", "q", protagonist="ada")
    undone = text.partition("You took back: Trim the wick.")[2]
    assert "The wood is bright." in undone
    assert "There is nothing to take back." in undone


def test_an_error_is_told_and_the_story_goes_on_as_it_was(read: Read, edit: Callable[..., str]) -> None:
    text = read(
        lambda: edit("goto: hole", "goto: hoel"), "1", lambda: edit("goto: hoel", "goto: hole"), "q", protagonist="ada"
    )
    told = text.index("the story cannot be read as it is now")
    assert told < text.index('lantern.yaml:62:15: error[missing-target]: there is no node "hoel"')
    assert "   62 |         goto: hoel\n      |               ^^^^\n      = help: did you mean" in text
    assert told < text.index("It burns lower.") < text.index("A file was saved. Nothing in it changes the story.")


def test_ears_are_spared_the_caret(read: Read, edit: Callable[..., str]) -> None:
    text = read(lambda: edit("goto: hole", "goto: hoel"), "q", protagonist="ada", screen_reader=True)
    assert 'there is no node "hoel"\n      = help: did you mean' in text


def test_it_is_said_where_not_all_was_checked(
    read: Read, edit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waymeet.watching.PATIENCE", 0.0)
    text = read(lambda: edit("*very* dark", "bright"), "q", protagonist="ada").replace("\n", " ")
    assert "There was no time to check all of it; `waymeet check` does." in text


def test_the_worst_finding_is_told_once(read: Read, edit: Callable[..., str]) -> None:
    text = read(lambda: edit("*very* dark", "bright"), lambda: edit("bright", "dim"), "q", protagonist="ada")
    assert text.count("error[impossible-choice]") == 1
    assert "There are 5 more findings; `waymeet check` tells all of them." in text.replace("\n", " ")
    assert "There are 6 unchanged findings; `waymeet check` tells all of them." in text.replace("\n", " ")


def test_what_cannot_be_kept_is_told(read: Read, edit: Callable[..., str]) -> None:
    def shrink() -> str:
        edit("max: 3, start: 2", "max: 1, start: 1")
        return ""

    text = read(shrink, "sheet", "q", protagonist="ada").replace("\n", " ")
    assert '"oil" was 2 and is 1 now, the most that it can be.' in text
    assert "Oil  1" in text


def test_a_place_that_is_gone_is_left_for_one_that_is_there(read: Read, edit: Callable[..., str]) -> None:
    def rename() -> str:
        edit("goto: hole", "goto: pit")
        return edit("  hole:\n", "  pit:\n")

    text = read("1", "3", rename, "q", protagonist="ada").replace("\n", " ")
    assert "You can no longer be where you were, wood.hole." in text
    assert "you are at wood.pit." in text


def test_the_place_is_kept_in_the_story_as_it_is_now(read: Read, edit: Callable[..., str]) -> None:
    read("1", lambda: edit("*very* dark", "bright"), "1", "q", protagonist="ada")
    text = read("1", "q", protagonist="ada")
    assert "The story has changed" not in text
    assert "The wood is bright." in text


def test_what_earlier_readings_left_comes_along(read: Read, edit: Callable[..., str]) -> None:
    def rename() -> str:
        edit("lamp: {one_of: [untold, lit, dark]", "lamp: {one_of: [untold, red, dark]")
        edit("lit: A light came by.", "red: A light came by.")
        return edit("do: lamp = lit", "do: lamp = red", file="house.yaml")

    text = " ".join(read("2", "1", rename, "1", "q", protagonist="ada").split())
    assert 'What earlier readings left as "lamp" was lit, which it can no longer be' in text
    assert "You look out. Nothing yet." in text


def test_a_story_of_another_id_is_not_gone_on_in(read: Read, edit: Callable[..., str]) -> None:
    text = read(lambda: edit("story: lantern", "story: lamp"), "1", "q", protagonist="ada")
    assert 'you cannot come along: this save belongs to another story, "lantern".' in text.replace("\n", " ")
    assert "It burns lower." in text


def test_trials_come_along(read: Read, edit: Callable[..., str]) -> None:
    text = read(
        lambda: edit("It is deep.", "It is shallow."), "q", at="wood.hole", flags=("bold=true", "oil=3"), seed=1
    )
    assert text.index("It is deep.") < text.index("A file was saved") < text.index("It is shallow.")
    assert text.count("1. Climb.") == 2


def test_where_a_way_was_cut_short_it_is_gone_on_from_there(read: Read, edit: Callable[..., str]) -> None:
    text = read("1", "3", lambda: _close(edit), "rewind", "1", "undo", "q", protagonist="ada").replace("\n", " ")
    assert "You can no longer be where you were, wood.hole" in text
    assert "You are back before: Trim the wick." in text
    assert "You are back where you were before you went back." in text


@pytest.mark.parametrize("first", [(), ("1",)])
def test_what_does_not_lead_on_is_not_brought_along(
    read: Read, edit: Callable[..., str], first: tuple[str, ...]
) -> None:
    way = (*first, ":goto wood.hole", ":set bold=true", "1", "1")
    text = read(*way, lambda: _close(edit), "rewind", "1", "rewind", "q", protagonist="ada", debug=True)
    told = text.partition("this is the story as it is now.")[2]
    assert "\n\n1. Trim the wick. (The Wood)\n2. Stay where you are\n" in told
    assert "so you cannot go back further than this." in told.partition("You are back before:")[2].replace("\n", " ")


def _close(edit: Callable[..., str]) -> str:
    """Take the hole out of the wood."""
    edit("      pit:\n        label: Step into the pit.\n        goto: hole\n", "")
    edit("  hole:\n    text: It is deep.\n", "")
    return edit("    choices:\n      climb: {label: Climb., when: bold, locked: Too steep., goto: edge}\n", "")


# -- the inline view ------------------------------------


def _interrupted(monkeypatch: pytest.MonkeyPatch, looks: int) -> InlineView:
    monkeypatch.setattr(live, "_LOOK", 0.01)
    with create_pipe_input() as keyboard:
        view = InlineView(keyboard, DummyOutput(), Signals(), clock=itertools.count().__next__)
        seen = itertools.count()
        view.is_stale = lambda: next(seen) >= looks
        assert view.ask([Option("One.")]) is Interruption.SAVED
        assert view.read(Question("Who?", "text", 1, 9)) is Interruption.SAVED
    return view


@pytest.mark.parametrize("looks", [0, 3])
def test_menus_and_questions_are_interrupted(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    _interrupted(monkeypatch, looks)


def test_what_is_asked_by_the_way_is_not_interrupted(story: Story) -> None:
    with create_pipe_input() as keyboard:
        view = InlineView(keyboard, DummyOutput(), Signals(), clock=itertools.count().__next__)
        view.is_stale = lambda: True
        session = Session(story, PlayOptions(), Page(view), time.time)
        keyboard.send_text("2")
        assert session.ask([Option("One."), Option("Two.")]) == 1
        keyboard.send_text("quay\r")
        assert session.read(Question("Which name?", "text", 1, 9)) == "quay"
        assert view.is_stale()
        session.close()


def test_what_breaks_while_looking_is_raised() -> None:
    def broken() -> bool:
        raise RuntimeError("broken")

    with create_pipe_input() as keyboard:
        view = InlineView(keyboard, DummyOutput(), Signals(), clock=itertools.count().__next__)
        view.is_stale = broken
        with pytest.raises(RuntimeError, match="broken"):
            view.ask([Option("One.")])


# -- the files ------------------------------------


def test_only_what_belongs_to_the_story_counts(folder: Path) -> None:
    watch = StoryWatch(folder)
    (folder / "notes.txt").write_text("later")
    assert not watch.changed()
    (folder / "more.yaml").write_text("scene: more\nnodes: {a: {ending: home}}\n")
    assert watch.changed()
    watch.reread()
    assert not watch.changed()
    (folder / "more.yaml").unlink()
    assert watch.changed()


def test_a_file_that_is_put_in_the_place_of_another_counts(folder: Path) -> None:
    watch = StoryWatch(folder)
    shutil.copy2(folder / "house.yaml", folder / "new.tmp")
    (folder / "new.tmp").rename(folder / "house.yaml")
    assert watch.changed()


def test_one_file_can_be_watched(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(
        "story: one\nprotagonists: {a: {start: s.n}}\nendings: {e: {}}\nscene: s\nnodes: {n: {ending: e}}\n"
    )
    watch = StoryWatch(file)
    os.utime(file, ns=(1, 1))
    assert watch.changed()
    assert watch.reread().wrong == ""


def test_files_that_are_being_written_are_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = StoryWatch(folder)
    (folder / "house.yaml").write_text("")
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", lambda _seconds: (folder / "house.yaml").write_text("scene: house\n"))
        assert not watch.changed()
    assert watch.changed()


def test_a_story_that_goes_away_is_waited_for(folder: Path) -> None:
    watch = StoryWatch(folder)
    folder.rename(folder.with_name("away"))
    assert not watch.changed()
    assert watch.reread().story is None
    assert "there is no story at" in watch.reread().wrong


def test_what_cannot_be_read_is_said(folder: Path) -> None:
    (folder / "broken.yaml").symlink_to(folder / "nowhere.yaml")
    found = StoryWatch(folder).reread()
    assert found.story is None
    assert found.wrong.startswith("cannot read ")


@pytest.mark.parametrize(
    ("more", "said"), [(["x", "--json"], "--json"), (["x", "--auto", "1"], "--auto"), ([], "STORY")]
)
def test_it_is_said_what_cannot_be_watched(more: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["play", *more, "--watch"])
    assert said in capsys.readouterr().err.rpartition("error: ")[2]
