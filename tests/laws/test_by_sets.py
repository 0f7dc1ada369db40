"""What is known by sets of states is what a walk from state to state finds out, to the last finding and number."""

from __future__ import annotations

import random
import re
import sys
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import assume, given

from cli.stories import story
from kit.corpus import Known, corpus
from kit.examples import examples
from kit.findings import length
from kit.stories import as_bytes, make_story, stories
from waymeet.analysis.symbolic.system import System
from waymeet.checking import check_files
from waymeet.machine import MAX_MOVES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.stories import Files
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.system import Edge
    from waymeet.diagnostics import Diagnostic, Report

CORPUS = corpus()
#: What a report says: its findings with the lengths of their witnesses, its verdict, and how many states there are.
Said = tuple[list[tuple[object, ...]], str, int | None]


def said(report: Report) -> Said:
    found = [(f.rule, _worded(f), f.node, f.choice, f.span, length(f.witness)) for f in report.findings]
    return sorted(found, key=repr), report.verdict, report.summary.states


def _worded(finding: Diagnostic) -> str:
    """A message, less what may be otherwise by another way that is as short."""
    return re.sub(r"-?\d+", "N", finding.message) if finding.rule == "out-of-range" else finding.message


def both_ways(files: Mapping[str, bytes]) -> tuple[Said, Said] | None:
    """What is said of a story after a walk, and by sets; None for one that is too large to walk."""
    walked = check_files(dict(files), "x")
    if walked.undecided or walked.invalid:
        return None
    with mock.patch("waymeet.analysis.surveying.FEW_STATES", 0):
        return said(walked), said(check_files(dict(files), "x"))


@examples(150)
@given(stories())
def test_a_walk_and_sets_of_states_find_the_same(files: Files) -> None:
    found = both_ways(as_bytes(files))
    assume(found is not None)
    assert found is not None
    assert found[0] == found[1]


@pytest.mark.parametrize("known", CORPUS, ids=[known.name for known in CORPUS])
def test_they_find_the_same_in_every_story_we_have(known: Known) -> None:
    found = both_ways(known.files)
    assert found is None or found[0] == found[1]


@pytest.mark.parametrize("steps", [100, 12_000])
def test_a_way_on_that_play_gives_up_on_is_left_to_the_walk(steps: int) -> None:
    nodes = f"""\
  gate:
    do: n += 1
    goto: [{{when: n < {steps}, to: gate}}, {{to: hub}}]
  hub:
    choices:
      again: {{label: Again., do: n = 0, goto: gate}}
      leave: {{label: Leave., goto: house}}
"""
    files = {"story.yaml": story(nodes, flags=f"  n: {{min: 0, max: {steps}}}\n").encode()}
    found = both_ways(files)
    assert found is not None
    assert found[0] == found[1]
    assert [finding[0] for finding in found[0][0]].count("endless-loop") == (steps > MAX_MOVES)


def test_without_diagrams_a_walk_answers_what_it_can() -> None:
    files = as_bytes(make_story(random.Random(1)))
    with (
        mock.patch("waymeet.analysis.surveying.FEW_STATES", 0),
        mock.patch.dict(sys.modules, {"waymeet.analysis.symbolic.system": None}),
    ):
        without = said(check_files(files, "x"))
    assert without == said(check_files(files, "x"))


def _forgets_what_is_fresh(_system: System, edge: Edge, states: Diagram) -> Diagram:
    return states & edge.guard


def _forgets_the_guard(_system: System, _edge: Edge, states: Diagram) -> Diagram:
    return states


@pytest.mark.parametrize("broken", [_forgets_what_is_fresh, _forgets_the_guard])
def test_an_unsound_step_is_caught(broken: object) -> None:
    def differs(seed: int) -> bool:
        try:
            found = both_ways(as_bytes(make_story(random.Random(seed))))
        except (AssertionError, RecursionError):  # a witness cannot be replayed
            return True
        return found is not None and found[0] != found[1]

    with mock.patch.object(System, "come", broken):
        assert any(differs(seed) for seed in range(60))
