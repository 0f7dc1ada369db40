"""Coming back to a story that was edited: what a reader is told, what is kept aside, and how far they can go back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from waymeet.checking import compile_files
from waymeet.project import read_files
from waymeet.runtime import Story
from waymeet.saves.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard

    Read = Callable[..., Heard]

NOW = 1_000_000_000


def edited(*edits: tuple[str, str], history: str = "") -> Story:
    """The lantern with some of its text replaced, each at least once."""
    files = read_files(Path(__file__).parent / "lantern")
    texts = {name: data.decode() for name, data in files.items()}
    for old, new in edits:
        assert any(old in text for text in texts.values()), old
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    texts["lantern.yaml"] += history
    return Story(compile_files({name: text.encode() for name, text in texts.items()}, "lantern"))


def flat(heard: Heard) -> str:
    """What was shown, with its lines run on."""
    return " ".join(heard.text.split())


def told_after(heard: Heard, mark: str) -> str:
    """What was shown after a mark, which is shown once."""
    assert heard.text.count(mark) == 1
    return heard.text.partition(mark)[2]


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "saves" / "lantern"


def test_a_place_that_is_gone_is_gone_on_from_and_the_save_is_kept_as_it_was(read: Read, folder: Path) -> None:
    read("2", "q", protagonist="ada")
    old = (folder / "autosave-ada.json").read_bytes()
    now = edited(("  gate:", "  porch:"), ("house.gate", "house.porch"))
    heard = read("1", "q", story=now)
    aside = folder / f"autosave-ada.before-{now.fingerprint[:8]}.json"
    assert told_after(heard, "Your choice: \n\nThe story has changed").startswith(
        " since you read this, and not everything\ncould be kept:\n"
        "- You can no longer be where you were, house.gate. The choice that\n"
        "  led there was taken again; you are at house.porch.\n\n"
        "Your save as it was is not lost: before anything new is saved in\nits place, it is copied to\n"
        f"{aside}\n\n> You walk.\n\nTwigs snap.\n\nThe House\n---------\n\nA gate, and a door.\n\n1. Hold"
    )
    assert not aside.exists()
    again = read("1", "1", "5", story=now)
    assert "The story has changed since you read this" in again.text
    assert aside.read_bytes() == old
    assert "The story has changed" not in read("q", story=now, protagonist="ada").text
    assert sorted(path.name for path in folder.glob("*before*")) == [aside.name]


def test_what_the_history_tells_of_is_taken_as_the_same_place(read: Read, folder: Path) -> None:
    read("1", "2", "q", protagonist="ada")
    history = "history: [{release: 2, renamed: {nodes: {house.gate: house.porch}, flags: {oil: fuel}}}]\n"
    now = edited(
        ("  gate:", "  porch:"), ("house.gate", "house.porch"), ("oil", "fuel"), ("Oil", "Fuel"), history=history
    )
    heard = read("1", "undo", "undo", "undo", "sheet", "1", "q", story=now)
    assert "The story has changed since you read this; you are at the same place in the new one." in flat(heard)
    assert [word in heard.text for word in ("You took back: Walk on.", "You took back: Trim the wick.")] == [True, True]
    assert "There is nothing to take back." in heard.text
    assert "Fuel  2" in heard.text
    assert list(folder.glob("*before*")) == []


def test_where_nothing_leads_back_the_reader_is_told_so(read: Read) -> None:
    read("1", "2", "q", protagonist="ada")
    heard = read("1", "undo", "1", "3", "undo", "undo", "q", story=edited(("trim:", "snuff:")))
    assert (
        flat(heard).count("The story has changed since you read what came before, so you cannot go back further") == 3
    )
    assert "There is nothing to take back." not in heard.text
    assert "You took back: Hold the lantern up." in heard.text


def test_values_that_are_lost_are_listed(read: Read) -> None:
    read("1", "q", protagonist="ada")
    now = edited(("max: 3, start: 2", "max: 0, start: 0"), ("bold", "brave"))
    heard = read("1", "sheet", "q", story=now, screen_reader=True)
    assert (
        "and not everything\ncould be kept:\n"
        '"oil" was 1 and is 0 now, the most that it can be.\n'
        'The story no longer knows "bold", which was false.\n\n'
    ) in heard.text
    assert "Oil: 0" in heard.text


AT_HOME = "at_home: {text: The door opens., ending: home}"
GATE = """    choices:
      lit: {label: Hold the lantern up., do: lamp = lit, goto: at_home}
      dark: {label: Blow it out., do: lamp = dark, goto: at_loss}
"""


def test_an_ending_that_is_none_any_more_is_read_on_from(read: Read) -> None:
    read("2", "1", "5", protagonist="ada")
    porch = "at_home: {text: The door opens., goto: porch}\n"
    porch += "  porch: {text: A porch., choices: {knock: {label: Knock., ending: home}}}"
    heard = read("1", "1", "5", story=edited((AT_HOME, porch)))
    assert "You were on Ada's path, at The House, just now. Continue?" in flat(heard)
    assert "Nothing is asked any more where you were, house.at_home; you go on at house.porch." in flat(heard)
    assert "The door opens.\n\nA porch.\n\n1. Knock.\n" in heard.text
    assert "You have found 1 of 2 endings" in heard.text


def test_a_place_that_has_become_an_ending_is_found(read: Read) -> None:
    read("2", "q", protagonist="ada")
    now = edited((GATE, "    ending: home\n"), (AT_HOME, "at_home: {goto: at_loss}"))
    heard = read("3", "5", story=now)
    assert "3. Go back to where Ada's path ended" in heard.text
    assert "You have found 1 of 2 endings on Ada's path." in heard.text
    assert "1 of 2 endings found." in read("q", story=now).text


def test_a_protagonist_with_another_name_keeps_place_and_endings(read: Read, folder: Path) -> None:
    read("2", "1", "5", protagonist="ada")
    read("1", "q", protagonist="ada", new=True, now=NOW + 1)
    old = (folder / "autosave-ada.json").read_bytes()
    names = [("  ada:", "  ida:"), ("name: Ada", "name: Ida"), ("for: [ada]", "for: [ida]")]
    now = edited(*names, history="history: [{release: 2, renamed: {protagonists: {ada: ida}}}]\n")
    heard = read("1", "1", "q", story=now)
    assert "You were on Ida's path, at The Wood, just now. Continue?" in flat(heard)
    assert "1 of 2 endings found." in heard.text
    assert "you are at the same place" in flat(heard)
    assert (folder / "autosave-ada.json").read_bytes() == old
    assert "1. Trim the wick. (taken before)" in read("1", "q", story=now).text


def test_the_only_protagonist_is_known_under_any_name(read: Read) -> None:
    alone = ("  bo: {name: Bo, about: You wait., start: wood.window}\n", "")
    light = ("  light: {title: A Light, for: [bo]}\n", ""), ("ending: light", "ending: home")
    read("1", "q", story=edited(alone, *light))
    names = [("  ada:", "  ida:"), ("name: Ada", "name: Ida"), ("for: [ada]", "for: [ida]")]
    heard = read("1", "q", story=edited(alone, *light, *names))
    assert 'The path "ada" is gone; you read on as "ida".' in flat(heard)
    assert "1. Trim the wick. (taken before)" in heard.text


# -- what earlier readings left ------------------------------------


def test_memory_and_endings_go_by_their_new_names(read: Read, folder: Path) -> None:
    read("2", "1", "5", protagonist="ada")
    history = """\
history:
  - release: 2
    renamed: {flags: {lamp: lantern}, values: {lamp.lit: lantern.bright}, endings: {home: hearth}}
"""
    names = [("lamp", "lantern"), ("untold, lit,", "untold, bright,"), ("= lit", "= bright"), ("? lit:", "? bright:")]
    names += [("  home:", "  hearth:"), ("ending: home", "ending: hearth")]
    now = edited(*names, history=history)
    heard = read("2", "q", story=now)
    assert "You look out. A light came by." in heard.text
    assert "1 of 2 endings found." in heard.text
    assert list(folder.glob("*before*")) == []


def test_what_is_lost_of_that_is_told_once_and_kept_as_it_was(read: Read, folder: Path) -> None:
    read("2", "1", "5", protagonist="ada")
    old = (folder / "memory.json").read_bytes()
    now = edited(("lamp", "lantern"), ("  home:", "  hearth:"), ("ending: home", "ending: hearth"))
    heard = read("2", "q", story=now)
    aside = folder / f"memory.before-{now.fingerprint[:8]}.json"
    assert (
        "The story has changed, and not everything that earlier readings\nleft could be kept:\n"
        '- The story no longer knows what earlier readings left as "lamp",\n  which was lit.\n'
        '- The story no longer has the ending "home", which you had found.\n\n'
        f"What they left is not lost; as it was, it stands in\n{aside}\n"
    ) in heard.text
    assert "You look out. Nothing yet." in heard.text
    assert "0 of 2 endings found." in heard.text
    assert aside.read_bytes() == old
    assert "earlier readings" not in read("q", story=now).text


def test_what_is_lost_of_that_is_told_where_nothing_may_be_kept(read: Read, folder: Path) -> None:
    read("2", "1", "5", protagonist="ada")
    read("1", "q", protagonist="ada", new=True)
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    lock = Lock(folder / "lock")
    heard = read("1", "1", "q", story=edited(("lamp", "lantern"), ("bold", "brave")))
    lock.close()
    assert 'earlier readings left as "lamp"' in flat(heard)
    assert 'no longer knows "bold"' in flat(heard)
    assert "not lost" not in heard.text
    assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == before


def test_a_copy_that_cannot_be_made_is_said(read: Read, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read("2", "1", "5", protagonist="ada")
    read("1", "q", protagonist="ada", new=True)
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    heard = read("1", "1", "q", story=edited(("lamp", "lantern"), ("bold", "brave")))
    assert "What earlier readings left could not be copied: No space left on device." in flat(heard)
    assert "Your place could not be saved: No space left on device." in flat(heard)
    assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == before
    assert heard.code == 74
