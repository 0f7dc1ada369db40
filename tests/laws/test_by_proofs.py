"""What is proved thing by thing is what a walk from state to state finds out, as far as it is decided."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import assume, given

from cli.stories import story
from kit.examples import examples
from kit.stories import as_bytes, make_story, stories
from laws.test_by_sets import said
from waymeet.analysis.symbolic.backward import Backward
from waymeet.analysis.valuesets import ValueSets
from waymeet.checking import check_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.stories import Files
    from waymeet.diagnostics import Report


def proved(files: Mapping[str, bytes]) -> Report:
    """What is said of a story of which one state of each step is seen, and nothing is gone through as a whole."""
    with (
        mock.patch("waymeet.analysis.surveying.FEW_STATES", 0),
        mock.patch("waymeet.analysis.surveying.SAMPLE", 1),
        mock.patch("waymeet.analysis.surveying._by_sets", return_value=None),
        mock.patch("waymeet.analysis.surveying._by_words", return_value=None),
    ):
        return check_files(dict(files), "x", budget=20)


def both_ways(files: Mapping[str, bytes]) -> tuple[object, object] | None:
    """The findings after a walk, and by proofs; None where either leaves something open."""
    walked = check_files(dict(files), "x")
    if walked.undecided or walked.invalid:
        return None
    report = proved(files)
    return None if report.undecided else (said(walked)[0], said(report)[0])


@examples(80)
@given(stories())
def test_a_walk_and_proofs_find_the_same(files: Files) -> None:
    found = both_ways(as_bytes(files))
    assume(found is not None)
    assert found is not None
    assert found[0] == found[1]


def test_numbers_too_large_to_be_kept_apart_rule_nothing_out() -> None:
    nodes = "  gate:\n    choices:\n      on: {label: On., do: n += 20000, goto: gate}\n"
    nodes += "      out: {label: Out., when: n >= 60000, goto: house}\n"
    files = {"story.yaml": story(nodes, flags="  n: {min: 0, max: 65000, overflow: clamp}\n").encode()}
    found = both_ways(files)
    assert found == ([], [])


def test_hardly_anything_in_random_stories_is_left_open() -> None:
    decided = [both_ways(as_bytes(make_story(random.Random(seed)))) is not None for seed in range(40)]
    assert sum(decided) >= 36


def _rules_out_too_much(_sets: ValueSets, values: int, code: object, *, holds: bool) -> int | None:
    return values if code == 1 and holds else None


def _meets_nothing(_search: Backward, *_: object) -> None:
    """Find no way to anything."""


@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [(ValueSets, "refined", _rules_out_too_much), (Backward, "meets", _meets_nothing)],
    ids=["values", "backward"],
)
def test_an_unsound_step_is_caught(owner: type, name: str, broken: object) -> None:
    def differs(seed: int) -> bool:
        try:
            found = both_ways(as_bytes(make_story(random.Random(seed))))
        except (AssertionError, KeyError):  # a witness cannot be replayed, or is of what does not happen
            return True
        return found is not None and found[0] != found[1]

    with mock.patch.object(owner, name, broken):
        assert any(differs(seed) for seed in range(40))
