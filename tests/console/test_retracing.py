"""Going back to earlier choices, and passing over what was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import waymeet
from waymeet.console.history import History, Move

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.conftest import Heard
    from waymeet.runtime import Story

    Read = Callable[..., Heard]

CORRIDOR = """
story: corridor
title: The Corridor
protagonists: {ada: {name: Ada, start: door}}
flags: {lamp: false}
endings: {out: {title: Out}}
scene: all
nodes:
  door:
    text: A door.
    choices:
      dark: {label: Go in., goto: first}
      lit: {label: Go in with a lamp., do: lamp = true, goto: first}
      round: {label: Walk round it., goto: ring}
  first:
    text: |
      It is long.

      {lamp: The walls are blue. | You see nothing.}
    choices: {on: {label: On., goto: second}}
  second:
    text: It is longer.
    choices: {on: {label: And on., goto: fork}}
  fork:
    text: It forks.
    choices:
      left: {label: Left., ending: out}
      right: {label: Right., goto: door}
  ring: {text: You come round., choices: {ring: {label: Round., goto: ring}}}
"""


@pytest.fixture
def corridor(tmp_path: Path) -> Story:
    file = tmp_path / "corridor.yaml"
    file.write_text(CORRIDOR)
    return waymeet.load(file)


def _after(text: str, mark: str) -> str:
    return text.rpartition(mark)[2]


# -- rewind ------------------------------------


def test_earlier_choices_are_listed_with_their_chapters_and_one_is_gone_back_to(read: Read) -> None:
    heard = read("1", "2", "rewind", "2", "sheet", "q", protagonist="ada")
    listed = "1. Walk on. (The Wood)\n2. Trim the wick.\n3. Stay where you are\n"
    assert f"Before which choice do you want to stand again?\n\n{listed}" in heard.text
    told = _after(heard.text, "You are back before: Trim the wick.")
    assert told.startswith("\n\nThe Wood\n--------\n\nThe wood is *very* dark.")
    assert "Oil  2" in told


def test_going_back_is_undone_and_done_again(read: Read) -> None:
    heard = read("1", "1", "rewind", "2", "undo", "sheet", "undo", "redo", "redo", "sheet", "q", protagonist="ada")
    first, second = heard.text.split("You are back where you were before you went back.")
    assert "Oil" not in first
    assert "Oil  0" in second.split("You took back: Trim the wick.")[0]
    assert "Oil  2" in _after(second, "You have gone back again.")


@pytest.mark.parametrize("answer", ["3", "quit"])
def test_a_reader_may_stay(read: Read, answer: str) -> None:
    heard = read("1", "1", "r", answer, "sheet", "q", protagonist="ada")
    assert "You are where you were." in heard.text
    assert "Oil  0" in heard.text


def test_with_nothing_chosen_there_is_nothing_to_go_back_to(read: Read) -> None:
    assert "You have chosen nothing yet on this path." in read("rewind", "q", protagonist="ada").text


def test_where_the_reader_went_back_to_is_kept(read: Read) -> None:
    read("1", "1", "rewind", "1", "q", protagonist="ada")
    heard = read("1", "undo", "undo", "sheet", "q")
    assert "There is nothing to take back." in heard.text
    assert "Oil  2" in heard.text


@given(st.lists(st.sampled_from(["trim", "rewind", "load", "undo", "redo"])))
def test_undo_takes_back_all_that_was_done_and_redo_does_it_again(story: Story, acts: list[str]) -> None:
    start = story.begin("ada")
    history, other = History([start]), story.replay(start.origin, ("trim",))
    steps = [history.standing]
    at = 0
    for act in acts:
        if act == "undo":
            assert history.can_undo == (at > 0)
            at -= history.can_undo and history.undo()[0] in Move
        elif act == "redo":
            assert history.can_redo == (at < len(steps) - 1)
            at += history.can_redo and history.redo()[0] in Move
        else:
            _do(history, act, other)
            at += 1
            steps[at:] = [history.standing]
        assert history.standing is steps[at]
        assert len(history.transcript) == len(history.now.path) + 1


def _do(history: History, act: str, other: list[waymeet.Moment]) -> None:
    turns = history.turns
    if act == "load":
        history.load(other, ())
    elif act == "rewind" and turns and turns[-1].before:
        history.rewind(turns[-1].before)
    else:
        history.go(history.now.choose("trim"))


# -- skip ------------------------------------

WAIT = """\
story: wait
title: Wait
protagonists: {ada: {name: Ada, start: bench}}
flags: {hours: {min: 0, max: 100}}
endings: {home: {title: Home}}
scene: bench
nodes:
  bench:
    text: It rains.
    choices:
      wait: {label: Wait., when: hours < 100, do: hours += 1, goto: bench}
      go: {label: Go home., when: hours >= 100, ending: home}
"""


def test_what_was_read_before_is_passed_over_up_to_the_next_choice(read: Read, corridor: Story) -> None:
    first = read("1", "1", "1", "q", story=corridor, protagonist="ada")
    assert "It is long.\n\nYou see nothing." in first.text
    heard = read("skip", "1", "1", "q", story=corridor, protagonist="ada", new=True)
    told = _after(heard.text, "is passed over from now on.")
    assert "It is long." not in told
    assert told.index("You see nothing.") < told.index("It is longer.") < told.index("It forks.\n\n1. Left.\n2. Right.")
    assert "Ending: Out" in told


def test_what_is_new_is_told_whole(read: Read, corridor: Story) -> None:
    read("1", "q", story=corridor, protagonist="ada")
    heard = read("skip", "2", "q", story=corridor, protagonist="ada", new=True)
    assert "It is long.\n\nThe walls are blue.\n\n1. On." in _after(heard.text, "passed over from now on.")


def test_skipping_stops_where_it_comes_round(read: Read, corridor: Story) -> None:
    heard = read("3", "1", "skip", "q", story=corridor, protagonist="ada")
    assert _after(heard.text, "passed over from now on.").count("You come round.") == 1


def test_skipping_stops_where_it_comes_round_with_something_counted(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "wait.yaml"
    path.write_text(WAIT, encoding="utf-8")
    heard = read("1", "1", "skip", "1", "q", story=waymeet.load(path), protagonist="ada")
    assert _after(heard.text, "passed over from now on.").count("It rains.") == 3


def test_each_page_that_was_skipped_can_be_taken_back_to_and_is_told(read: Read, corridor: Story) -> None:
    read("1", "1", "1", "q", story=corridor, protagonist="ada")
    heard = read("skip", "1", "undo", "undo", "q", story=corridor, protagonist="ada", new=True)
    assert "It is long.\n\nYou see nothing.\n\n1. On." in _after(heard.text, "You took back: On.")


def test_skipping_ends_when_it_is_asked_for_again(read: Read) -> None:
    heard = read("1", "skip", "skip", "1", "q", protagonist="ada")
    assert "The wood is *very* dark." in _after(heard.text, "Everything is told again from now on.")


def test_where_nothing_is_kept_what_was_told_now_is_still_known(read: Read, corridor: Story, home: Path) -> None:
    heard = read("4", "1", "skip", "2", "1", "q", story=corridor, follow="dark,on,on,right")
    assert "is passed over from now on." in heard.text
    assert not (home / "saves").exists()


def test_passages_that_cannot_be_noted_are_said_once(read: Read, home: Path) -> None:
    (home / "saves" / "lantern" / "seen").mkdir(parents=True)
    heard = read("1", "1", "q", protagonist="ada")
    assert heard.text.count("could not be noted") == 1
    assert heard.code == 74
