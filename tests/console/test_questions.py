"""Questions in every view: put, answered wrong and right, taken back, replayed, answered at random."""

from __future__ import annotations

import io
import itertools
import json
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

import waymeet
from waymeet.console.accidents import Signals, Stopped
from waymeet.console.inline import InlineView
from waymeet.console.keys import Command
from waymeet.console.options import PlayOptions
from waymeet.console.play import play
from waymeet.runtime import Question, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from prompt_toolkit.input.base import PipeInput

    from console.conftest import Heard

    Read = Callable[..., Heard]

DOOR = """
story: door
title: The Door
protagonists: {ada: {name: Ada, start: door}}
flags: {called: {text: nobody}, age: {min: 1, max: 99, start: 1}}
endings: {inside: {title: Inside}, outside: {title: Outside}}
scene: house
nodes:
  door:
    text: A voice behind the door.
    ask: {flag: called, label: "Who is there?", max: 12}
    goto: years
  years:
    text: "{called}, it says."
    ask: {flag: age, label: "How old are you?"}
    goto: [{when: age >= 18, to: inside}, {to: outside}]
  inside:
    text: Come in.
    choices: {go: {label: Go in., ending: inside}}
  outside: {text: Not yet., ending: outside}
"""
NAME = Question("Who is there?", "text", 0, 12)
AGE = Question("How old are you?", "number", 1, 99)


@pytest.fixture
def door(tmp_path: Path) -> Story:
    file = tmp_path / "door.yaml"
    file.write_text(DOOR)
    return waymeet.load(file)


def test_a_question_is_put_and_answered(read: Read, door: Story) -> None:
    heard = read("Ada Lovelace", "36", "1", story=door, protagonist="ada")
    assert "Who is there?\nAt most 12 characters.\n\nYour answer: " in heard.text
    assert "> Ada Lovelace\n\nAda Lovelace, it says." in heard.text
    assert "How old are you?\nA number from 1 to 99.\n\nYour answer: " in heard.text
    assert heard.text.count("Type your answer and press Enter") == 1
    assert "Ending: Inside" in heard.text
    assert heard.code == 0


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["", "quite a long name"], "That cannot be the answer.\n\nWho is there?\nAt most 12 characters.\n"),
        (["Ada", "", "old", "0", "100"], "That cannot be the answer.\n\nHow old are you?\nA number from 1 to 99.\n"),
    ],
)
def test_a_wrong_answer_is_told_and_asked_for_again(read: Read, door: Story, lines: list[str], said: str) -> None:
    heard = read(*lines, story=door, protagonist="ada")
    times = len([line for line in lines if line != "Ada"])
    assert heard.text.count(said) == times
    assert heard.text.count("Your answer: ") == len(lines) + 1
    assert heard.code == 0


def test_commands_are_given_with_a_colon_where_a_word_would_be_an_answer(read: Read, door: Story) -> None:
    heard = read("undo", ":undo", ":help", ":quit", story=door, protagonist="ada")
    assert "> undo" in heard.text
    assert "You took back: undo" in heard.text
    assert "What you can do:" in heard.text
    assert "Your place is kept." in heard.text


@pytest.mark.parametrize("typed", ["undo", ":undo", ": undo"])
def test_commands_need_no_colon_where_a_number_is_asked_for(read: Read, door: Story, typed: str) -> None:
    heard = read("Ada", typed, "redo", ":redo", "q", story=door, protagonist="ada")
    assert "You took back: Ada" in heard.text
    assert "> redo\n" in heard.text


def test_the_answer_is_in_the_transcript_and_the_place_is_kept(read: Read, door: Story, tmp_path: Path) -> None:
    path = tmp_path / "read.txt"
    read("Ada", "q", story=door, protagonist="ada", transcript=path)
    assert "A voice behind the door.\n\n> Ada\n\nAda, it says." in path.read_text()
    heard = read("1", "undo", "Bea", story=door, protagonist="ada")
    assert (
        heard.text.index("Ada, it says.") < heard.text.index("You took back: Ada") < heard.text.index("Bea, it says.")
    )


def test_the_end_of_input_at_a_question_leaves(read: Read, door: Story) -> None:
    heard = read(story=door, protagonist="ada")
    assert heard.text.endswith("Your answer: \n")
    assert heard.code == 0


@pytest.mark.parametrize("text", ["=Ada\n=20\ngo", '["=Ada", "=20", "go"]', "=Ada=\n = 20 \ngo # in"])
def test_answers_are_replayed(read: Read, door: Story, tmp_path: Path, text: str) -> None:
    path = tmp_path / "way"
    path.write_text(text)
    heard = read(story=door, protagonist="ada", replay=path)
    assert (heard.errors, heard.code) == ("", 0)
    assert "Ending: Inside" in heard.text


def test_answers_that_are_typed_are_followed(read: Read, door: Story) -> None:
    heard = read("1", story=door, protagonist="ada", follow="=Ada,=20")
    assert heard.text.index("Ada, it says.") < heard.text.index("Come in.") < heard.text.index("Ending: Inside")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("=Ada,=100", "--follow, item 2 does not fit the story: expected a number from 1 to 99."),
        ("=Ada,=20,=Bea", "--follow, item 3 does not fit the story: nothing is asked at house.inside."),
        ("go", '--follow, item 1: "go" is not open at house.door. Open there: an answer, such as "=Ada".'),
    ],
)
def test_an_answer_that_does_not_fit_is_named(read: Read, door: Story, text: str, reason: str) -> None:
    heard = read(story=door, protagonist="ada", follow=text)
    assert (heard.errors, heard.code) == (f"waymeet: {reason}\n", 2)


def test_a_witness_fixes_the_outcomes(read: Read, door: Story, tmp_path: Path) -> None:
    path = tmp_path / "way.json"
    path.write_text(json.dumps({"as": "ada", "play": ["go"], "outcomes": ["Ada", "20"]}))
    heard = read(story=door, follow=str(path))
    told = [heard.text.index(text) for text in ("A voice", "> Ada", "Ada, it says.", "> 20", "Come in.", "Inside")]
    assert told == sorted(told)
    assert heard.code == 0


@pytest.mark.parametrize("outcomes", ["Ada", [1], ["Ada", "200"]])
def test_outcomes_that_do_not_fit_are_refused(read: Read, door: Story, tmp_path: Path, outcomes: object) -> None:
    path = tmp_path / "way.json"
    path.write_text(json.dumps({"as": "ada", "play": [], "outcomes": outcomes}))
    heard = read(story=door, follow=str(path))
    assert heard.errors.startswith(f"waymeet: {path} ")
    assert heard.code == 2


def test_readings_at_random_answer_too(read: Read, door: Story) -> None:
    heard = read(story=door, auto=12, seed=1)
    assert heard.text.count("> Ada\n") == 12
    assert {"Ending: Inside", "Ending: Outside"} <= set(heard.text.splitlines())
    assert heard.code == 0


def test_a_replay_of_the_origin_and_the_path_is_the_same_whoever_answered(door: Story) -> None:
    fixed = door.begin("ada", outcomes=("Ada",))
    assert [block.plain for block in fixed.text] == ["A voice behind the door.", "Ada", "Ada, it says."]
    assert fixed.path == ()
    last = fixed.take("=20").take("go")
    assert last.path == ("=20", "go")
    assert door.replay(last.origin, last.path)[-1] == last


def test_what_was_fixed_beforehand_is_kept_in_a_save(door: Story) -> None:
    first = door.begin("ada", outcomes=("Ada", "20"))
    again = door.resume(first.save())
    assert again == first
    assert (again.node, again.origin.outcomes) == ("house.inside", ("Ada", "20"))


# -- an ending before any choice ------------------------------------


def test_a_path_that_ends_before_any_choice_is_found(read: Read, tmp_path: Path, home: Path) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(
        "story: short\ntitle: Short\nprotagonists: {ada: {name: Ada, start: end}}\nendings: {over: {title: Over}}\n"
        "scene: all\nnodes: {end: {text: It is over., ending: over}}\n"
    )
    short = waymeet.load(file)
    assert "You have found 1 of 1 ending on" in read(story=short, protagonist="ada").text
    assert "over" in next(home.rglob("memory.json")).read_text()
    assert "The only ending found." in read(story=_twice(short)).text


def _twice(story: Story) -> Story:
    """The story with a second path, so that the front door lists both."""
    path = story.data.protagonists[0]
    return Story(story.data._replace(protagonists=(path, path._replace(id="bo", name="Bo"))))


# -- the live line ------------------------------------


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keys:
        yield keys


def _view(keyboard: PipeInput, clock: Callable[[], float] | None = None) -> InlineView:
    return InlineView(keyboard, DummyOutput(), Signals(), clock=clock or itertools.count().__next__)


@pytest.mark.parametrize(
    ("keys", "question", "answer"),
    [
        ("Ada\r", NAME, "Ada"),
        ("Adda\x7f\x7fa\r", NAME, "Ada"),
        ("undo\r", NAME, "undo"),
        (":undo\r", NAME, Command.UNDO),
        ("undo\r", AGE, Command.UNDO),
        ("36\r", AGE, "36"),
        ("\x04", NAME, Command.QUIT),
        ("\x03Ada\r", NAME, "Ada"),
        ("h?q123\r", NAME, "h?q123"),
    ],
)
def test_keys_are_an_answer(keyboard: PipeInput, keys: str, question: Question, answer: object) -> None:
    keyboard.send_text(keys)
    assert _view(keyboard).read(question) == answer


def test_an_interrupt_at_the_line_is_asked_about_once(keyboard: PipeInput) -> None:
    keyboard.send_text("\x03\x03")
    with pytest.raises(Stopped):
        _view(keyboard).read(NAME)


def test_keys_meant_for_what_stood_there_before_are_dropped(keyboard: PipeInput) -> None:
    times = itertools.chain([0.0, 0.1, 0.1, 0.1, 0.1], itertools.repeat(1.0))
    keyboard.send_text("1Ada\r")
    answer = _view(keyboard, clock=lambda: next(times)).read(NAME)
    assert answer != "1Ada"
    assert "1Ada".endswith(str(answer))


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_reader_at_a_terminal_answers_in_the_plain_view(door: Story) -> None:
    out = io.StringIO()
    options = PlayOptions(protagonist="ada", view="plain")
    assert play(door, options, stdin=_Terminal("Ada\n:quit\n"), stdout=out, stderr=out, environ={}) == 0
    assert "Ada, it says." in out.getvalue()
