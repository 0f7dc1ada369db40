"""Readings that a program drives: every line out is as the schema says, and nothing that comes in ends them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import waymeet
from waymeet.cli import main
from waymeet.console import messages
from waymeet.console.options import PlayOptions
from waymeet.console.play import play
from waymeet.console.requests import MAX_REQUEST
from waymeet.runtime import Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard

    Drive = Callable[..., list[dict[str, Any]]]

LANTERN = Path(__file__).parent / "lantern"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/reference/driving.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
DOOR = """\
story: door
title: The Door
protagonists: {ada: {name: Ada, start: house.door}}
flags: {name: {text: nobody}, age: {min: 1, max: 99}, clues: {any_of: [crest, hoof]}}
endings: {inside: {title: Inside}}
scene: house
nodes:
  door:
    text: A voice.
    signal: [{name: knock, values: {knocks: 2}}]
    ask: {flag: name, label: A name, max: 12}
    goto: age
  age: {ask: {flag: age, label: Age}, goto: inside}
  inside: {text: Come in., ending: inside}
"""


def _run(story: Story, text: str, **options: object) -> tuple[list[dict[str, Any]], str, int]:
    out, errors = io.StringIO(), io.StringIO()
    asked = PlayOptions(json=True, **options)  # type: ignore[arg-type]
    code = play(story, asked, stdin=io.StringIO(text), stdout=out, stderr=errors, environ={}, clock=lambda: 1_000.5)
    assert out.getvalue().isascii()
    lines = [json.loads(line) for line in out.getvalue().split("\n")[:-1]]
    for line in lines:
        VALIDATOR.validate(line)
        shape = SCHEMA["$defs"][line["type"]]
        assert set(line) <= set(shape["properties"]), "the schema has every key"
    return lines, errors.getvalue(), code


@pytest.fixture
def drive(story: Story) -> Drive:
    """The answers to requests, given as objects or as they stand on the line."""

    def run(*requests: object, story: Story = story, **options: object) -> list[dict[str, Any]]:
        lines = [request if isinstance(request, str) else json.dumps(request) for request in requests]
        said, errors, code = _run(story, "".join(f"{line}\n" for line in lines), **options)
        assert (errors, code) == ("", 0)
        return said

    return run


@pytest.fixture
def door(tmp_path: Path) -> Story:
    file = tmp_path / "door.yaml"
    file.write_text(DOOR)
    return waymeet.load(file)


def test_the_first_line_says_what_story_and_contract_it_is(drive: Drive) -> None:
    first, last = drive()
    assert (first["type"], first["format"], first["story"]) == ("story", 1, "lantern")
    assert [path["id"] for path in first["paths"]] == ["ada", "bo"]
    assert last == {"type": "end", "kept": False, "notices": []}


def test_a_reading_from_its_beginning_to_an_ending(drive: Drive) -> None:
    requests = [{"begin": "ada", "seed": 7}, {"choose": "trim"}, {"choose": 2}, {"choose": "lit"}, {"quit": True}]
    _, begun, trimmed, _, ended, end = drive(*requests)
    assert begun["text"][1] == {
        "kind": "paragraph",
        "text": "The wood is very dark.",
        "runs": [
            {"text": "The wood is ", "style": []},
            {"text": "very", "style": ["em"]},
            {"text": " dark.", "style": []},
        ],
    }
    assert begun["text"][2] == {"kind": "speech", "text": "Who is there?", "speaker": "The owl"}
    assert begun["choices"][:2] == [
        {"id": "trim", "number": 1, "label": "Trim the wick.", "locked": None, "taken": False},
        {"id": "shout", "number": None, "label": "Shout at the owl.", "locked": "Your voice is gone.", "taken": False},
    ]
    assert (begun["kept"], trimmed["kept"], trimmed["choices"][0]["taken"]) == (False, True, True)
    assert (begun["heading"], begun["turns"], trimmed["turns"]) == ("The Wood", 0, 1)
    assert trimmed["sheet"] == [{"label": "Oil", "value": "1"}]
    assert (ended["ending"], ended["choices"], end["kept"]) == ({"id": "home", "title": "Home"}, [], True)


def test_each_line_in_has_one_line_out_and_empty_lines_have_none(drive: Drive) -> None:
    said = drive({"begin": "ada"}, "", "  ", "x", {"choose": "trim"}, {"undo": True}, {"redo": True}, {"state": True})
    assert [line["type"] for line in said] == [
        "story",
        *("moment", "error", "moment", "moment", "moment", "state"),
        "end",
    ]


def test_undo_and_redo(drive: Drive) -> None:
    requests = [{"begin": "ada"}, {"choose": "trim"}, {"undo": True}, {"redo": True}]
    _, begun, trimmed, undone, redone, _ = drive(*requests)
    assert {**undone, "can": begun["can"], "kept": False} == begun
    assert undone["can"] == {"undo": False, "redo": True}
    assert redone == trimmed


def test_going_back_to_an_earlier_turn_can_be_taken_back(drive: Drive) -> None:
    steps = [{"begin": "ada"}, {"choose": "trim"}, {"choose": "trim"}, {"rewind": 0}, {"undo": True}, {"rewind": 2}]
    _, begun, _, twice, back, again, refused, _ = drive(*steps)
    assert {**back, "can": begun["can"], "kept": False} == begun
    assert back["can"] == {"undo": True, "redo": False}
    assert {**again, "can": twice["can"]} == twice
    assert (refused["error"], refused["message"]) == (
        "no-such-turn",
        "from 2 turns the reading can go back to: 0 to 1",
    )


def test_places_are_saved_under_names_and_gone_to(drive: Drive) -> None:
    requests = [{"begin": "ada"}, {"choose": "trim"}, {"save": "Harbour"}, {"save": "harbour"}, {"choose": "walk"}]
    _, _, trimmed, saved, saved_over, walked, loaded, undone, _ = drive(*requests, {"load": "HARBOUR"}, {"undo": True})
    place = {"saved": 1_000, "scene": "wood", "heading": "The Wood", "ending": None}
    assert saved["saves"] == saved_over["saves"] == [{"name": "Harbour", "as": "ada", **place}]
    assert (loaded["step"], loaded["turns"], undone["step"]) == (trimmed["step"], 1, walked["step"])
    _, listed, loaded, _ = drive({"saves": True}, {"load": "harbour"})
    assert listed["saves"] == saved["saves"]
    assert (loaded["step"], loaded["kept"]) == (trimmed["step"], True)


def test_where_nothing_is_kept_nothing_is_saved(drive: Drive) -> None:
    _, _, refused, _ = drive({"save": "harbour"}, at="wood.hole", protagonist="ada")
    assert (refused["error"], refused["message"][:39]) == ("not-saved", "Nothing of this reading is kept, so it ")


def test_what_a_program_was_told_was_read(drive: Drive, read: Callable[..., Heard]) -> None:
    passed_over = "Read before, and passed over"
    assert passed_over not in read("skip", "1", "q", protagonist="ada").text
    drive({"begin": "ada"}, {"choose": "walk"})
    assert passed_over in read("skip", "2", "q", protagonist="ada", new=True).text


def test_a_state_tells_what_a_reader_is_not_shown(drive: Drive, door: Story) -> None:
    *_, state, _ = drive({"begin": "ada", "seed": 5}, {"answer": "Bea"}, {"state": True}, story=door)
    assert (state["seed"], state["path"]) == (5, ["=Bea"])
    assert state["flags"] == {"age": 1, "clues": [], "name": "Bea"}


def test_questions_and_signals(drive: Drive, door: Story) -> None:
    _, asked, age, inside, _ = drive({"begin": "ada"}, {"answer": "Ada\tL."}, {"answer": 36}, story=door)
    assert asked["question"] == {"label": "A name", "kind": "text", "low": 1, "high": 12}
    assert asked["signals"] == [{"name": "knock", "values": {"knocks": "2"}}]
    assert age["question"] == {"label": "Age", "kind": "number", "low": 1, "high": 99}
    assert age["text"][0] == {"kind": "echo", "text": "Ada L."}
    assert inside["ending"]["id"] == "inside"


# -- places ------------------------------------


def test_the_place_is_kept_at_the_end_of_input_and_gone_on_from(drive: Drive) -> None:
    drive({"begin": "ada"}, {"choose": "trim"})
    first, moment, _ = drive({"continue": "ada"})
    assert first["paths"][0]["place"] == {"saved": 1000, "scene": "wood", "heading": "The Wood", "ending": None}
    assert (moment["turns"], moment["can"]["undo"], moment["kept"]) == (1, True, True)
    assert drive(protagonist="ada")[1] == moment
    assert drive(protagonist="ada", new=True)[1]["turns"] == 0


def test_endings_are_counted(drive: Drive) -> None:
    drive({"begin": "bo"}, {"choose": "look"})
    first, moment, _ = drive(protagonist="bo")
    assert first["paths"][1]["found"] == [{"id": "light", "title": "A Light"}]
    assert moment["turns"] == 0


def test_a_way_is_told_turn_by_turn_and_keeps_nothing(drive: Drive, home: Path) -> None:
    _, begun, trimmed, undone, _ = drive({"undo": True}, protagonist="ada", follow="trim")
    assert (begun["turns"], trimmed["turns"], undone["turns"]) == (0, 1, 0)
    assert not home.exists()


def test_a_way_that_does_not_fit_is_said_as_ever(story: Story) -> None:
    said, errors, code = _run(story, "", protagonist="ada", follow="fly")
    assert [line["type"] for line in said] == ["story", "moment"]
    assert errors.startswith('waymeet: --follow, item 1: "fly" is not open')
    assert code == 2


def test_what_went_wrong_with_saves_is_a_notice(drive: Drive, home: Path) -> None:
    drive({"begin": "ada"}, {"choose": "trim"})
    kept = home / "saves" / "lantern" / "autosave-ada.json"
    kept.write_text("{}")
    first, *_ = drive()
    assert len(first["notices"]) == 1
    assert "autosave-ada.json" in first["notices"][0]


def test_the_transcript_is_written(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "read.txt"
    end = drive({"begin": "ada"}, {"choose": "trim"}, transcript=path)[-1]
    assert "> Trim the wick." in path.read_text()
    assert str(path) in end["notices"][0]


# -- what is wrong ------------------------------------


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        ("{", "bad-json", "this is no JSON"),
        ("[" * 60_000, "bad-json", "this is no JSON"),
        ('{"answer": ' + "9" * 5_000 + "}", "bad-json", "this is no JSON"),
        ("3", "bad-request", "expected an object with one of begin, continue, choose"),
        ({}, "bad-request", "an object holds one request, and there is none"),
        ({"undo": True, "redo": True}, "bad-request", "an object holds one request, and these are 2: undo, redo"),
        ({"chose": 1}, "bad-request", 'there is no request "chose"; did you mean "choose"?'),
        ({"choose": True}, "bad-request", '"choose" needs the id of a choice, or its number'),
        ({"undo": False}, "bad-request", '"undo" needs true'),
        ({"begin": "bo", "seed": -1}, "bad-request", '"seed" is a number from 0'),
        ({"choose": 1, "seed": 1}, "bad-request", 'there is no request "seed"'),
        ({"begin": "cy"}, "no-such-path", 'there is no path "cy"'),
        ({"continue": "bo"}, "no-place", 'no place is kept on the path "bo"'),
        ({"choose": "shout"}, "not-open", "there is no open choice shout at wood.edge"),
        ({"choose": 5}, "not-open", "there is no open choice 5 at wood.edge"),
        ({"choose": "ring"}, "endless-loop", "the story goes round in a circle at wood.ring_one"),
        ({"answer": "Ada"}, "no-question", "nothing is asked at wood.edge"),
        ({"undo": True}, "nothing-to-undo", "nothing was done that could be taken back"),
        ({"redo": True}, "nothing-to-redo", "nothing was taken back"),
        ({"rewind": 0}, "no-such-turn", "from 0 turns the reading can go back to: nowhere"),
        ({"rewind": True}, "bad-request", '"rewind" needs how many turns to go back to'),
        ({"save": "a/b"}, "bad-name", 'The name of a save cannot hold "/".'),
        ({"save": ""}, "bad-name", "That cannot be the name of a save."),
        ({"load": "harbour"}, "no-such-save", 'there is no save "harbour"'),
    ],
)
def test_what_is_wrong_is_said_and_the_reading_goes_on(
    drive: Drive, request_: object, error: str, message: str
) -> None:
    _, begun, refused, after, _ = drive({"begin": "ada", "seed": 1}, request_, {"state": True})
    assert (refused["type"], refused["error"]) == ("error", error)
    assert refused["message"].startswith(message)
    assert {**after, "type": "moment"}.items() >= begun.items()


def test_nothing_can_be_done_before_a_path_has_begun(drive: Drive) -> None:
    said = drive({"choose": 1}, {"answer": 1}, {"undo": True}, {"redo": True}, {"state": True})
    assert [line.get("error") for line in said] == [None, *["not-begun"] * 5, None]


def test_an_answer_that_does_not_fit_is_refused(drive: Drive, door: Story) -> None:
    said = drive({"begin": "ada"}, {"answer": "\x1b[2J"}, {"answer": ""}, {"answer": "\ud800"}, story=door)
    assert [line.get("error") for line in said[2:-1]] == ["no-fit"] * 3


def test_a_line_without_end_is_refused_in_little_room(story: Story) -> None:
    class Endless:
        left = 100

        def readline(self, size: int = -1) -> str:
            assert 0 < size <= MAX_REQUEST + 1
            self.left -= 1
            return "x" * size if self.left > 0 else ""

    out = io.StringIO()
    play(story, PlayOptions(json=True), stdin=cast("TextIO", Endless()), stdout=out, environ={})
    assert [json.loads(line)["type"] for line in out.getvalue().splitlines()] == ["story", "error", "end"]
    said, _, _ = _run(story, "[" * MAX_REQUEST * 2 + '\n{"begin": "ada"}\n')
    assert [line.get("error", line["type"]) for line in said] == ["story", "too-long", "moment", "end"]


def test_nothing_of_a_story_steers_a_terminal(drive: Drive, story: Story) -> None:
    data = story.data._replace(title="\x07\u202eThe\x1b[2J\ud800\u2028Door")
    assert drive(story=Story(data))[0]["title"] == "The[2J\ufffd Door"


def test_a_long_passage_comes_in_parts(drive: Drive, door: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_TEXT", 5)
    *_, parted, moment, _ = drive({"begin": "ada"}, {"answer": "Ada"}, {"answer": "5"}, story=door)
    assert parted == {"type": "text", "text": [{"kind": "echo", "text": "5"}]}
    assert moment["text"] == [{"kind": "paragraph", "text": "Come in."}]


_REQUESTS = st.one_of(
    st.text(max_size=30),
    st.builds(json.dumps, st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)),
    st.builds(
        lambda does, value: json.dumps({does: value}),
        st.sampled_from(
            [
                "begin",
                "continue",
                "choose",
                "answer",
                "undo",
                "redo",
                "rewind",
                "save",
                "load",
                "saves",
                "state",
                "seed",
            ]
        ),
        st.sampled_from(
            [True, False, None, 0, 1, 2, 3, 2**70, "ada", "bo", "trim", "walk", "lit", "look", "\ud800", []]
        ),
    ),
)


@given(st.lists(_REQUESTS, max_size=12))
def test_whatever_comes_in_every_line_out_is_as_promised(story: Story, requests: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("waymeet.console.keeper.Shelf", _nothing_is_kept)
        lines = [line for request in requests for line in request.replace("\r", "\n").split("\n")]
        said, errors, code = _run(story, "".join(f"{line}\n" for line in lines))
    assert (errors, code) == ("", 0)
    assert len(said) == 2 + len([line for line in lines if line.strip()])


def _nothing_is_kept(_story: Story, _root: Path | None) -> None:
    raise PermissionError(13, "no")


# -- on the command line ------------------------------------


def test_each_answer_is_there_before_the_next_request() -> None:
    command = [sys.executable, "-m", "waymeet", "play", str(LANTERN), "--json", "--as", "ada"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert json.loads(child.stdout.readline())["type"] == "story"
        assert json.loads(child.stdout.readline())["turns"] == 0
        child.stdin.write('{"choose": 1}\n')
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["turns"] == 1
        child.stdin.close()
        assert json.loads(child.stdout.readline()) == {"type": "end", "kept": True, "notices": []}
        assert child.wait(10) == 0


def test_random_readings_are_no_matter_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["play", str(LANTERN), "--json", "--auto", "1"])
    assert "argument --json: not allowed with argument --auto" in capsys.readouterr().err


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_request_has_the_length_that_it_may_have_without_its_line_end(story: Story, end: str) -> None:
    request = '{"begin": "ada"}'.ljust(MAX_REQUEST)
    assert [line["type"] for line in _run(story, request + end)[0]] == ["story", "moment", "end"]
    assert _run(story, f"{request} {end}")[0][1]["error"] == "too-long"
