"""Readings that begin at a node, with flags as an author says, and of which nothing is kept."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

import waymeet
from waymeet.cli import main
from waymeet.compiled import Container, Steps, in_memory, opened, to_bytes
from waymeet.values import FlagValueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.conftest import Heard
    from waymeet.runtime import Story
    from waymeet.story import Step

    Read = Callable[..., Heard]

KINDS = """\
story: kinds
protagonists: {ada: {start: hall.door}, bo: {start: yard.gate}}
flags:
  lamp: false
  trust: {min: -3, max: 3}
  mood: {one_of: [cold, open], start: cold}
  clues: {any_of: [crest, hoof]}
  name: {text: Nell}
memory: {past: {one_of: [untold, kind], start: untold}}
endings: {home: {}}
scene: hall
local: {knocks: {min: 0, max: 5}}
nodes:
  door:
    do: knocks += 1
    text: "{lamp} {trust} {mood} {count(clues)} {name} {past} {knocks}"
    choices:
      enter: {label: In., when: visits(hall.door) >= 2, locked: Too soon., goto: both}
      out: {label: Out., goto: hall.door}
  both: {choices: {on: {label: On., ending: home}}}
"""
WAY = """\
story: way
protagonists: {ada: {start: n0}}
endings: {home: {}}
scene: way
nodes:
"""
YARD = """\
scene: yard
local: {steps: {min: 0, max: 5}}
nodes: {gate: {choices: {enter: {label: In., goto: hall.both}}}}
"""


@pytest.fixture
def kinds(tmp_path: Path) -> Story:
    folder = tmp_path / "kinds"
    folder.mkdir()
    (folder / "hall.yaml").write_text(KINDS)
    (folder / "yard.yaml").write_text(YARD)
    return waymeet.load(folder)


def test_a_reading_begins_at_a_node(read: Read) -> None:
    heard = read("1", at="house.gate")
    assert heard.text.index("Nothing of this reading is kept") < heard.text.index("The House")
    assert heard.text.index("A gate, and a door.") < heard.text.index("Ending: Home")
    assert heard.code == 0


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ((), "false 0 cold 0 Nell untold 1"),
        (("lamp=true", "trust=-2", "mood=open"), "true -2 open 0 Nell untold 1"),
        (("clues=crest,hoof", "name=Ada L.", "past=kind"), "false 0 cold 2 Ada L. kind 1"),
        (("clues={hoof}", "clues = ", " trust = +1 ", "knocks=3"), "false 1 cold 0 Nell untold 4"),
        (("hall.knocks=5", "yard.steps=1"), "false 0 cold 0 Nell untold 5"),
    ],
)
def test_values_are_read_by_the_kind_of_their_flag(read: Read, kinds: Story, flags: tuple[str, ...], told: str) -> None:
    assert told in read("q", story=kinds, at="hall.door", flags=flags).text


def test_flags_can_be_set_where_the_story_begins(read: Read) -> None:
    assert "2. Shout at the owl." in read("q", protagonist="ada", flags=("bold=true",)).text


def test_what_was_counted_can_be_set(read: Read, kinds: Story) -> None:
    assert "1. In." in read("q", story=kinds, at="hall.door", flags=("visits(hall.door)=1",)).text


def test_what_a_choice_opens_onto_can_be_begun_at(read: Read) -> None:
    assert "Twigs snap." in read("q", at="wood.edge.walk").text


def test_a_memory_that_is_set_is_what_the_reading_began_with(read: Read) -> None:
    assert "A light came by." in read("q", at="wood.window", flags=("lamp=lit",)).text
    assert "A light came by." in read("1", "2", "q", at="wood.window", flags=("lamp=lit",)).text.rpartition("Ending")[2]


def test_undo_goes_back_to_where_it_began(read: Read) -> None:
    heard = read("1", "undo", "undo", at="house.gate", flags=("oil=1",))
    assert "There is nothing to take back." in heard.text


def test_nothing_of_it_is_kept(read: Read, home: Path) -> None:
    heard = read("1", "q", at="house.gate")
    assert "Your place is kept." not in heard.text
    assert not home.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"at": "gate"}, '--at gate: there is no node "gate"; did you mean "house.gate"?'),
        ({"at": "house.gat"}, '--at house.gat: there is no node "house.gat"; did you mean "house.gate" or'),
        ({"at": "x\x1b[2J"}, '--at x[2J: there is no node "x[2J"'),
        ({"at": "wood.ring_one"}, "Ada's path cannot begin: the story goes round in a circle at wood.ring_one"),
        ({"flags": ("oil=1",)}, "Say whose path it is, with --as: ada, bo."),
        ({"protagonist": "ada", "flags": ("oil",)}, "--set oil: expected a flag and its value, as in trust=2"),
        ({"protagonist": "ada", "flags": ("=1",)}, "--set =1: expected a flag and its value"),
        ({"protagonist": "ada", "flags": ("oli=1",)}, '--set oli=1: there is no flag "oli"; did you mean "oil"?'),
        ({"protagonist": "ada", "flags": ("oil=4",)}, '--set oil=4: oil cannot be "4": it is a number from 0 to 3'),
        ({"protagonist": "ada", "flags": ("oil=x",)}, '--set oil=x: oil cannot be "x": it is a number from 0 to 3'),
        ({"protagonist": "ada", "flags": ("bold=yes",)}, '--set bold=yes: bold cannot be "yes": it is true or false'),
        (
            {"at": "wood.window", "flags": ("lamp=drak",)},
            '--set lamp=drak: lamp cannot be "drak": it is one of untold, lit, dark; did you mean "dark"?',
        ),
        (
            {"protagonist": "ada", "flags": ("visits(wood.edge)=2",)},
            '--set visits(wood.edge)=2: nothing in the story asks for "visits(wood.edge)"',
        ),
    ],
)
def test_what_cannot_be_is_said(read: Read, options: dict[str, object], said: str) -> None:
    heard = read(**options)
    assert heard.errors.startswith(f"waymeet: {said}")
    assert heard.errors.count("\n") == 1
    assert heard.code == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"at": "hall.both"}, "Say whose path it is, with --as: ada, bo."),
        (
            {"at": "hall.door", "flags": ("clues=crest,hof",)},
            'clues cannot be "crest,hof": it is any of crest, hoof; did you mean "hoof"?',
        ),
        (
            {"at": "hall.door", "flags": ("steps=1",)},
            '--set steps=1: there is no flag "steps"; did you mean "yard.steps"?',
        ),
    ],
)
def test_what_is_not_clear_is_asked_for(read: Read, kinds: Story, options: dict[str, object], said: str) -> None:
    assert said in read(story=kinds, **options).errors


def test_a_program_can_begin_anywhere(story: Story) -> None:
    assert story.begin("ada", at="wood.hole", flags={"bold": True}).choices[0].locked is None
    with pytest.raises(FlagValueError, match='no flag "bld"'):
        story.begin("ada", flags={"bld": True})
    with pytest.raises(waymeet.WaymeetError, match="no node"):
        story.begin("ada", at="wood")


def test_a_node_is_found_without_reading_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = "\n".join(f"  n{n}: {{choices: {{on: {{label: On., goto: n{n + 1}}}}}}}" for n in range(200))
    (tmp_path / "way.yaml").write_text(f"{WAY}{nodes}\n  n200: {{ending: home}}\n")
    raw = to_bytes(waymeet.load(tmp_path / "way.yaml").data)
    asked: set[int] = set()
    get = Steps.__getitem__

    def noted(steps: Steps, number: int) -> Step:
        asked.add(number)
        return get(steps, number)

    monkeypatch.setattr(Steps, "__getitem__", noted)
    story = waymeet.Story(opened(Container(in_memory(raw), len(raw))))
    assert story.begin("ada", at="way.n150").suppose(":goto", at="way.n30").node == "way.n30"
    assert 0 < len(asked) < 10


def test_the_command_begins_anywhere(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    folder = __file__.rpartition("/")[0] + "/lantern"
    assert main(["play", folder, "--json", "--at", "wood.hole", "--set", "bold=true"]) == 0
    _, moment, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert (moment["node"], moment["as"], moment["choices"][0]["number"]) == ("wood.hole", "ada", 1)
    assert end["kept"] is False


@pytest.mark.parametrize("way", ["--auto", "--replay", "--follow"])
def test_no_other_beginning_goes_with_it(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    for mine in (["--at", "wood.edge"], ["--set", "oil=1"]):
        with pytest.raises(SystemExit):
            main(["play", *mine, way, "1"])
        assert "not allowed with argument" in capsys.readouterr().err
