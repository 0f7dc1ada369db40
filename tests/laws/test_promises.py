"""Events and promises: what the checker says of them, by a walk and by sets of states, is what exploring shows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kit.examples import examples
from kit.oracle import Oracle, TooLargeError
from kit.promised import Expected, Found, promise, reported
from kit.retold import Retold
from kit.stories import as_bytes, make_story, stories
from waymeet.analysis.watch import Watch
from waymeet.checking import check_files, compile_files
from waymeet.runtime import Story

if TYPE_CHECKING:
    from collections import Counter

    from kit.stories import Files


def expected(files: Files, chance: random.Random) -> Counter[Found] | None:
    """What must be found, once events and promises are put into the files; None where the story is too large."""
    promises = promise(chance, files, Retold(files))
    story = Story(compile_files(as_bytes(files), "random"))
    try:
        return Expected(Oracle.of(story, files), promises).findings()
    except TooLargeError:
        return None


@examples(100)
@given(stories(), st.randoms(use_true_random=False))
def test_the_checker_finds_what_exploring_shows(files: Files, chance: random.Random) -> None:
    wanted = expected(files, chance)
    assume(wanted is not None)
    assert reported(check_files(as_bytes(files), "random"), Retold(files)) == wanted
    with mock.patch("waymeet.analysis.surveying.FEW_STATES", 0):
        assert reported(check_files(as_bytes(files), "random"), Retold(files)) == wanted


def test_each_kind_of_finding_is_met_often() -> None:
    met = {"broken-promise": 0, "contradiction": 0, "missing-view": 0, "kept": 0}
    for seed in range(60):
        chance = random.Random(seed)
        wanted = expected(make_story(chance), chance)
        for rule in {found.rule for found in wanted or ()}:
            met[rule] += 1
        met["kept"] += wanted is not None and not any(found.rule == "broken-promise" for found in wanted)
    assert {rule: often for rule, often in met.items() if often < 3} == {}


@pytest.mark.parametrize("part", ["holding", "contradicted"])
def test_a_watch_that_sleeps_is_caught(part: str) -> None:
    def differs(seed: int) -> bool:
        chance = random.Random(seed)
        files = make_story(chance)
        wanted = expected(files, chance)
        return wanted is not None and reported(check_files(as_bytes(files), "random"), Retold(files)) != wanted

    with mock.patch.object(Watch, part, return_value=[]):
        assert any(differs(seed) for seed in range(60))
