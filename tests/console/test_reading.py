"""Undo, redo, resuming, endings: what a session does, seen through the plain view."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from waymeet.runtime import Story
from waymeet.saves.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard

    Read = Callable[..., Heard]

NOW = 1_000_000_000


def _after(text: str, mark: str) -> str:
    """What was shown after the last time that `mark` was."""
    return text.rpartition(mark)[2]


@pytest.fixture
def edited(story: Story) -> Story:
    """The same story, its title changed."""
    return Story(story.data._replace(title="The Lamp"))


# -- undo and redo ------------------------------------


def test_undo_goes_back_to_the_very_beginning_and_redo_comes_back(read: Read) -> None:
    heard = read("1", "2", "undo", "undo", "undo", "redo", "U", "redo", "q", protagonist="ada")
    assert "You took back: Walk on." in heard.text
    assert "You took back: Trim the wick." in heard.text
    assert "There is nothing to take back." in heard.text
    assert "Taken again: Trim the wick." in heard.text
    assert "A gate, and a door." in _after(heard.text, "Taken again: Walk on.")
    assert "There is nothing to take again." in heard.text


def test_a_new_choice_forgets_what_was_taken_back(read: Read) -> None:
    assert "There is nothing to take again." in read("1", "u", "2", "redo", "q", protagonist="ada").text


# -- coming back ------------------------------------


@pytest.mark.parametrize(
    ("later", "when"),
    [
        (0, "just now"),
        (90, "a minute ago"),
        (1800, "30 minutes ago"),
        (3600, "an hour ago"),
        (3 * 3600, "3 hours ago"),
        (30 * 3600, "yesterday"),
        (72 * 3600, "3 days ago"),
        (-500, "just now"),
    ],
)
def test_on_return_the_place_is_named_and_offered_first(read: Read, later: int, when: str) -> None:
    read("1", "q", protagonist="ada")
    heard = read("1", "q", now=NOW + later)
    assert f"You were on Ada's path, at The Wood, {when}. Continue?" in heard.text.replace("\n", " ")
    assert (
        "1. Continue Ada's path\n2. Begin Ada's path anew, and give up your place on it\n3. Read as Bo\n" in heard.text
    )
    assert "It burns lower." in _after(heard.text, "The Wood\n---")


def test_undo_reaches_through_a_return(read: Read) -> None:
    read("1", "1", "q", protagonist="ada")
    heard = read("1", "undo", "undo", "undo", "sheet", "q")
    assert "There is nothing to take back." in heard.text
    assert "Oil  2" in heard.text


def test_choices_taken_before_are_marked_after_a_return(read: Read) -> None:
    read("1", "q", protagonist="ada")
    assert "1. Trim the wick. (taken before)" in read("1").text


def test_each_path_has_its_own_place(read: Read) -> None:
    read("1", "q", protagonist="ada")
    read("1", "u", "q", protagonist="bo", now=NOW + 5)
    heard = read()
    assert "1. Continue Bo's path\n2. Continue Ada's path\n" in heard.text


def test_a_reader_can_begin_anew(read: Read) -> None:
    read("1", "q", protagonist="ada")
    assert "Oil  2" in read("2", "sheet", "q", protagonist="ada").text
    assert "Oil  2" in read("sheet", "q", protagonist="ada", new=True).text


def test_an_undo_moves_the_place_that_is_kept(read: Read) -> None:
    read("1", "1", "undo", "q", protagonist="ada")
    assert "Oil  1" in read("1", "sheet", "q").text


def test_an_edited_story_is_taken_where_it_fits_and_said(read: Read, edited: Story) -> None:
    read("1", "q", protagonist="ada")
    heard = read("1", "undo", "undo", "q", story=edited)
    assert "The story has changed since you read this; you are at the same place" in heard.text.replace("\n", " ")
    assert "You took back: Trim the wick." in heard.text
    assert "There is nothing to take back." in heard.text


def test_the_transcript_reaches_back_past_an_edit(read: Read, edited: Story) -> None:
    read("1", "q", protagonist="ada")
    read("1", "1", "q", story=edited)
    heard = read("1", "t", "q", story=edited)
    assert heard.code == 0
    written = Path("lantern-ada-transcript.txt").read_text(encoding="utf-8")
    assert written.startswith(
        "The Lamp: Ada's path\n\nThe Wood\n--------\n\n"
        'The wood is *very* dark.\n\nThe owl: "Who is there?"\n\nOne light'
    )
    assert written.count("> Trim the wick.\n\nIt burns lower.") == 2


def test_a_damaged_save_gives_way_to_the_one_before(read: Read, home: Path) -> None:
    read("1", "1", "q", protagonist="ada")
    path = home / "saves" / "lantern" / "autosave-ada.json"
    path.write_bytes(path.read_bytes()[:-9])
    heard = read("1", "sheet", "q")
    assert "it is damaged: it is not JSON" in heard.text.replace("\n", " ")
    assert "Oil  1" in heard.text
    assert path.exists()


def test_a_newer_save_is_never_written_over(read: Read, home: Path) -> None:
    read("1", "q", protagonist="ada")
    path = home / "saves" / "lantern" / "autosave-ada.json"
    newer = json.dumps({**json.loads(path.read_bytes()), "waymeet_autosave": 99}).encode()
    path.write_bytes(newer)
    heard = read("1", "1", "q", protagonist="ada", new=True)
    assert "written by a newer waymeet" in heard.text.replace("\n", " ")
    assert path.with_name("autosave-ada.damaged.json").read_bytes() == newer


def test_a_second_player_is_told_and_keeps_nothing(read: Read, home: Path) -> None:
    read("1", "q", protagonist="ada")
    folder = home / "saves" / "lantern"
    before = (folder / "autosave-ada.json").read_bytes()
    lock = Lock(folder / "lock")
    heard = read("1", "1", "q")
    lock.close()
    assert "already open in another player" in heard.text
    assert "Your place is kept." not in heard.text
    assert (folder / "autosave-ada.json").read_bytes() == before


def test_without_a_folder_for_saves_a_reader_is_told_and_reads_on(read: Read, home: Path) -> None:
    home.write_text("no folder")
    heard = read("1", "q", protagonist="ada")
    assert "Your place cannot be kept" in heard.text
    assert "It burns lower." in heard.text


def test_a_full_disk_is_told_once_and_ends_in_74(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    heard = read("1", "1", "q", protagonist="ada")
    assert heard.text.count("No space left on device") == 1
    assert heard.text.count("It burns lower.") == 2
    assert "Your place is kept." not in heard.text
    assert heard.code == 74


# -- endings ------------------------------------


def test_an_ending_says_what_was_found_and_offers_the_way_on(read: Read) -> None:
    heard = read("2", "1", protagonist="ada")
    assert _after(heard.text, "The door opens.") == (
        "\n\nEnding: Home\n\nYou have found 1 of 2 endings on Ada's path.\n\nNot yet found:\n- Let it go out.\n\n"
        "1. Read Bo's path\n2. Read Ada's path again\n3. Take back the last choice\n"
        "4. Begin the whole telling anew (forgets what earlier readings\n   settled; endings found stay counted)\n"
        "5. Leave\n\nYour choice: \n\n"
        "Your place is kept.\n"
    )


def test_what_is_left_to_find_is_listed_without_ornaments_for_ears(read: Read) -> None:
    heard = read("2", "1", protagonist="ada", screen_reader=True)
    assert "\nNot yet found:\nLet it go out.\n\n" in heard.text


def test_what_one_path_leaves_the_other_finds(read: Read) -> None:
    heard = read("2", "1", "1", protagonist="ada")
    assert "You look out. A light came by." in heard.text
    assert "You look out. A light came by." in read(protagonist="bo").text


def test_the_latest_ending_has_the_last_word(read: Read) -> None:
    heard = read("2", "1", "3", "2", "endings", "1", protagonist="ada")
    assert "You have found 2 of 2 endings on Ada's path." in heard.text
    assert "Ada  2 of 2\n     Home\n     Lost\nBo   0 of 1\n" in heard.text
    assert "You look out. No light came by." in heard.text


def test_a_path_left_unfinished_leaves_nothing(read: Read) -> None:
    read("2", "q", protagonist="ada")
    assert "Nothing yet." in read(protagonist="bo").text


def test_an_ending_can_be_gone_back_to_and_undone(read: Read) -> None:
    read("2", "1", "5", protagonist="ada")
    heard = read("3", "undo", "q")
    assert "1. Read as Ada\n2. Read as Bo\n3. Go back to where Ada's path ended\n4. Begin the whole" in heard.text
    assert "A gate, and a door." in _after(heard.text, "You took back")
    assert "1 of 2 endings found." in heard.text


def test_the_other_path_goes_on_where_it_was_left(read: Read) -> None:
    read("1", "q", protagonist="ada")
    heard = read("1", "1", "1", "sheet", "q", protagonist="bo")
    assert "1. Continue Ada's path" in heard.text
    assert "Oil  1" in heard.text


def test_a_damaged_memory_is_named_and_kept(read: Read, home: Path) -> None:
    read("2", "1", "q", protagonist="ada")
    path = home / "saves" / "lantern" / "memory.json"
    path.write_bytes(b"{")
    heard = read("2", "2", "q", protagonist="ada", new=True)
    assert f"\n{path}\n" in heard.text
    assert path.with_name("memory.damaged.json").read_bytes() == b"{"
    assert b"lost" in path.read_bytes()


# -- the whole telling anew ------------------------------------


def test_at_the_door_the_whole_telling_can_be_begun_anew(read: Read) -> None:
    read("2", "1", "5", protagonist="ada")
    heard = read("4", "1", "2", "q")
    asked = "Forget what earlier readings settled?\n\n1. Yes, begin the whole telling anew\n2. No, leave it as it is\n"
    assert asked in heard.text
    after = _after(heard.text, "It is forgotten")
    assert "Begin the whole telling anew" not in after
    assert "Nothing yet." in after
    again = read("2")
    assert "Nothing yet." in again.text
    assert "1 of 2 endings found." in again.text


@pytest.mark.parametrize("answer", ["2", "q", ""])
def test_what_is_settled_stays_unless_the_reader_says_yes(read: Read, answer: str) -> None:
    read("2", "1", "5", protagonist="ada")
    heard = read("4", "help", answer, *([] if answer else ["2"]), "2", "q")
    assert "Everything is as it was." in heard.text
    assert "A light came by." in heard.text


def test_at_an_ending_the_whole_telling_can_be_begun_anew(read: Read) -> None:
    heard = read("2", "1", "4", "1", "1", "q", protagonist="ada")
    after = _after(heard.text, "It is forgotten")
    assert "3. Take back the last choice\n4. Leave\n" in after
    assert "Nothing yet." in after


def test_nothing_is_offered_to_be_forgotten_where_nothing_is_settled(read: Read) -> None:
    assert "anew" not in read("2", "q").text


def test_forgetting_that_cannot_be_saved_is_said(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    read("2", "1", "5", protagonist="ada")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    heard = read("4", "1", "q")
    assert "That it is forgotten could not be saved: No space left on device." in heard.text.replace("\n", " ")
    assert heard.code == 74


# -- headings ------------------------------------


def test_on_return_the_heading_stands_there_once(read: Read) -> None:
    read("1", "q", protagonist="ada")
    assert read("1", "q").text.count("The Wood\n--------\n") == 1
    read("1", "2", "q", now=NOW + 1)
    heard = read("1", "q")
    assert heard.text.count("The House\n---------\n") == 1
    assert _after(heard.text, "The House\n---------\n").startswith("\nA gate, and a door.")


def test_an_undo_into_another_scene_says_which(read: Read) -> None:
    heard = read("1", "2", "undo", "redo", "q", protagonist="ada")
    assert "You took back: Walk on.\n\nThe Wood\n--------\n\n> Trim the wick." in heard.text
    assert _after(heard.text, "Taken again: Walk on.").count("The House") == 1


# -- the story's own faults ------------------------------------


def test_a_dead_end_is_said_to_be_the_storys_fault(read: Read) -> None:
    heard = read("3", "1", "q", protagonist="ada")
    assert "The story has come to a dead end here" in heard.text
    assert "-  Climb. (Too steep.)\n1. Take back the last choice\n2. Leave\n" in heard.text
    assert "You took back: Step into the pit." in heard.text


def test_an_endless_loop_leaves_the_reader_where_they_were(read: Read) -> None:
    heard = read("1", "4", "sheet", "q", protagonist="ada")
    assert "That choice cannot be taken: the story goes round in a circle" in heard.text
    assert "Oil  1" in heard.text


# -- transcripts ------------------------------------


def test_a_transcript_is_never_written_over(read: Read) -> None:
    heard = read("1", "t", "t", "q", protagonist="ada")
    assert sorted(path.name for path in Path().iterdir()) == [
        "lantern-ada-transcript-2.txt",
        "lantern-ada-transcript.txt",
    ]
    assert "lantern-ada-transcript-2.txt" in heard.text


def test_the_transcript_of_a_whole_session_has_every_path(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "whole.txt"
    heard = read("2", "1", "1", "q", protagonist="ada", transcript=path)
    written = path.read_text(encoding="utf-8")
    assert written.index("The Lantern: Ada's path") < written.index("The Lantern: Bo's path")
    assert str(path) in heard.text


def test_a_transcript_that_cannot_be_written_is_said_and_ends_in_74(read: Read, tmp_path: Path) -> None:
    heard = read("q", protagonist="ada", transcript=tmp_path / "none" / "whole.txt")
    assert "could not be written" in heard.text
    assert heard.code == 74
