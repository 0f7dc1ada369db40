"""Laws of the check itself: what it claims is played, and what it has no time or room for is said."""

from __future__ import annotations

import gc
import json
import random
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import given

from kit.examples import examples
from kit.stories import as_bytes, make_story, stories
from kit.surveying import only
from waymeet.analysis.budget import Budget
from waymeet.analysis.states import States
from waymeet.analysis.walk import Walk, walk
from waymeet.authoring.compiler import compile_story
from waymeet.checking import check_files, compile_files
from waymeet.prose.rendering import Rendering
from waymeet.rules import STATE_RULES
from waymeet.runtime import Story

if TYPE_CHECKING:
    from kit.stories import Files
    from waymeet.diagnostics import Report, Witness

Data = dict[str, Any]


def written(nodes: Data, **more: Any) -> dict[str, bytes]:
    """A story in one file."""
    head = {"story": "s", "protagonists": {"anna": {"start": "camp.n0"}}, "endings": {"peace": {}}, "scene": "camp"}
    return {"s.yaml": json.dumps({**head, **more, "nodes": nodes}).encode()}


def switches(count: int) -> dict[str, bytes]:
    """A story of as many flags, all of which are read at last."""
    flags = [f"f{index}" for index in range(count)]
    ways = {f"c{index}": {"label": "L", "do": f"toggle({flag})", "goto": "n0"} for index, flag in enumerate(flags)}
    tests = [{"when": " or ".join(flags[first : first + 50]), "to": "n2"} for first in range(0, count, 50)]
    nodes = {
        "n0": {"choices": {**ways, "out": {"label": "L", "goto": "n1"}}},
        "n1": {"goto": [*tests, "n2"]},
        "n2": {"ending": "peace"},
    }
    return written(nodes, flags=dict.fromkeys(flags, False))


# -- witnesses ------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "dead-end",
        "uncovered-goto",
        "soft-lock",
        "endless-loop",
        "out-of-range",
        "impossible-choice",
        "missing-warning",
    ],
)
def test_a_witness_that_stops_too_early_is_our_own_fault(rule: str) -> None:
    files = next(files for files in _random_stories() if _is_shown(check_files(files, "random"), rule))
    whole = Walk._witness

    def cut(found: Walk, *way: Any) -> Witness:
        witness = whole(found, *way)
        return replace(witness, play=witness.play[:-1])

    with (
        mock.patch.object(Walk, "_witness", cut),
        mock.patch("waymeet.checking.STATE_RULES", [one for one in STATE_RULES if one.name == rule]),
        pytest.raises(AssertionError, match=rule),
    ):
        check_files(files, "random")


def _is_shown(report: Report, rule: str) -> bool:
    """Whether a rule is broken at the end of a witness that goes somewhere in its last move."""
    firsts = [f for f in report.findings if f.rule == rule]
    return bool(firsts) and all(f.witness is not None and f.witness.play and not f.witness.before for f in firsts)


def _random_stories() -> list[dict[str, bytes]]:
    return [as_bytes(make_story(random.Random(seed))) for seed in range(300)]


def test_a_memory_that_nothing_left_is_our_own_fault() -> None:
    nodes: Data = {
        "n0": {"choices": {"c": {"label": "c", "when": "met", "goto": "n1"}, "d": {"label": "d", "ending": "peace"}}},
        "n1": {"text": "It breaks off."},
    }
    bela = {"anna": {"start": "camp.n0"}, "bela": {"start": "camp.n2"}}
    nodes["n2"] = {"do": "met = true", "ending": "peace"}
    files = written(nodes, memory={"met": False}, protagonists=bela)
    [finding] = check_files(files, "s").findings
    assert finding.witness is not None
    assert finding.witness.memory == (("met", True),)
    with (
        mock.patch.object(Walk, "_memory", return_value=(("met", False),)),
        pytest.raises(AssertionError, match="does not begin with"),
    ):
        check_files(files, "s")


# -- time ------------------------------------


def test_a_budget_that_is_spent_on_reading_is_said_and_no_error() -> None:
    report = check_files(switches(5), "s", budget=0.0)
    assert report.verdict == "undecided"
    assert {question.reason for question in report.undecided} == {
        "the budget of 0 s was used up while reading the story"
    }


def test_the_time_goes_from_the_beginning_of_the_check() -> None:
    def slowly(*arguments: Any) -> Any:
        clock.return_value = 100.0
        return compile_story(*arguments)

    with (
        mock.patch("time.monotonic", return_value=0.0) as clock,
        mock.patch("waymeet.checking.compile_story", slowly),
    ):
        assert check_files(switches(5), "s", budget=99.0).verdict == "undecided"


def test_the_clock_is_looked_at_however_many_choices_are_closed() -> None:
    count = 4_000
    closed = {f"c{index}": {"label": "L", "when": "f", "goto": "n0"} for index in range(count)}
    open_ = {
        "x": {"label": "L", "do": "n += 1", "goto": "n0"},
        "y": {"label": "L", "when": "n == 30", "ending": "peace"},
    }
    files = written(
        {"n0": {"choices": {**closed, **open_}}},
        flags={"f": False, "n": {"min": 0, "max": 30, "overflow": "clamp"}},
    )
    story = Story(compile_files(files, "s"))
    with mock.patch("waymeet.analysis.budget.time") as clock:
        clock.monotonic.return_value = 0.0
        assert walk(story, budget=Budget(1.0)).stopped is None
        assert clock.monotonic.call_count > 30


# -- room ------------------------------------


def test_a_state_takes_a_byte_for_each_flag_that_is_still_read() -> None:
    found = walk(Story(compile_files(switches(200), "s")), max_states=2_000)
    assert found.states.size <= len(found.states) * (200 + 8)
    assert found.stopped is not None
    assert "states" in found.stopped


def test_states_that_take_too_much_room_are_said() -> None:
    with mock.patch("waymeet.checking.surveys", only(partial(walk, max_size=1024 * 1024))):
        report = check_files(switches(200), "s")
    assert report.verdict == "undecided"
    assert all("more than 1 MiB" in question.reason for question in report.undecided)


def test_memory_that_runs_out_is_said_and_no_error() -> None:
    add = States.add

    def full(states: States, *arguments: Any) -> int:
        if len(states) > 100:
            raise MemoryError
        return add(states, *arguments)

    with mock.patch.object(States, "add", full), mock.patch("waymeet.checking.surveys", only(walk)):
        report = check_files(switches(20), "s")
    assert report.verdict == "undecided"
    assert {question.reason for question in report.undecided} == {"there was not enough memory"}


@examples(40)
@given(stories())
def test_every_state_is_unpacked_as_it_was_packed(files: Files) -> None:
    story = Story(compile_files(as_bytes(files), "random"))
    for forget in (True, False):
        found = walk(story, max_states=2_000, forget=forget)
        states = found.states
        for number, state in enumerate(states):
            assert states.number(found.protagonists[number], state) == number
            assert states.step(number) == state.step
            assert states.protagonist(number) == found.protagonists[number]


# -- prose ------------------------------------


@examples(50)
@given(stories())
def test_everything_can_be_told_in_every_state(files: Files) -> None:
    story = Story(compile_files(as_bytes(files), "random"))
    found = walk(story, max_states=300)
    for state in found.states:
        rendering = Rendering(state.registers, story.texts, {}, 0)
        step = story.machine.steps[state.step]
        step.text.render(rendering)
        step.offers(state.registers, lambda rendering=rendering: rendering)  # type: ignore[misc]
        story.sheet(rendering)


def test_what_cannot_be_told_is_our_own_fault() -> None:
    files = written({"n0": {"text": "It is {f: so | otherwise}.", "ending": "peace"}}, flags={"f": False})

    def broken(*_: object) -> None:
        raise RuntimeError("no such form")

    with mock.patch.object(Rendering, "write", broken), pytest.raises(RuntimeError, match="no such form"):
        check_files(files, "s")


# -- the host ------------------------------------


def test_the_garbage_collector_is_off_while_a_story_is_checked_and_never_for_longer() -> None:
    seen = {}

    def noting(name: str, function: Any) -> Any:
        def noted(*arguments: Any, **more: Any) -> Any:
            seen[name] = gc.isenabled()
            return function(*arguments, **more)

        return noted

    with (
        mock.patch("waymeet.checking.compile_story", noting("compile", compile_story)),
        mock.patch("waymeet.checking.surveys", only(noting("walk", walk))),
    ):
        check_files(switches(3), "s")
    assert seen == {"compile": False, "walk": False}
    assert gc.isenabled()
