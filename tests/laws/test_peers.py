"""SPIN and CUDD come to as many states as a walk does, and find the same choices open."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given

from benchmarks import promela
from benchmarks.families import FAMILIES
from kit import reaching
from kit.examples import TIMES, examples
from kit.stories import as_bytes, make_story, stories
from waymeet.analysis.walk import walk
from waymeet.checking import compile_files
from waymeet.diagnostics import StoryError
from waymeet.runtime import Story

if TYPE_CHECKING:
    from pathlib import Path

    from kit.stories import Files
    from waymeet.analysis.walk import Walk
    from waymeet.story import StoryData

NO_SPIN = bool(promela.missing())
needs_spin = pytest.mark.skipif(NO_SPIN, reason=f"NOT TESTED AGAINST SPIN: no {' and no '.join(promela.missing())}")
#: A model takes a second or two to compile, so there are few of them.
MODELS = 6 * TIMES
BOTH = pytest.mark.parametrize("planted", [False, True])


def walked(story: StoryData) -> Walk:
    return walk(Story(story), forget=False, max_states=10_000)


def random_story(seed: int) -> StoryData | None:
    try:
        return compile_files(as_bytes(make_story(random.Random(seed))), "random")
    except StoryError:
        return None


def suited() -> list[int]:
    """The seeds of the first random stories that SPIN can go through: not large, and without endless loops."""
    found: list[int] = []
    for seed in range(1000 * TIMES):
        story = random_story(seed)
        if story is not None and is_suited(story, walked(story)):
            found.append(seed)
        if len(found) == MODELS:
            return found
    raise AssertionError(f"only {len(found)} stories are suited")


def is_suited(story: StoryData, walk: Walk) -> bool:
    """Whether there is a model of a story; one step of it would never end where the story goes round for ever."""
    if walk.stopped is not None or walk.loops or len(walk.states) < 20:
        return False
    try:
        list(promela.model(story))
    except promela.UnsuitedError:
        return False
    return True


@needs_spin
@pytest.mark.parametrize("name", FAMILIES)
def test_spin_stores_as_many_states_of_a_family_as_are_walked(name: str, tmp_path: Path) -> None:
    story = compile_files(FAMILIES[name].small(planted=True), name)
    searched = promela.search(story, tmp_path)
    assert searched.complete
    assert searched.states == len(walked(story).states) + 1


@needs_spin
def test_spin_stores_as_many_states_of_random_stories_as_are_walked(tmp_path: Path) -> None:
    for seed in suited():
        story = random_story(seed)
        assert story is not None
        assert promela.search(story, tmp_path).states == len(walked(story).states) + 1, seed


@BOTH
@pytest.mark.parametrize("name", FAMILIES)
def test_cudd_reaches_the_same_of_a_family(name: str, planted: bool) -> None:
    story = compile_files(FAMILIES[name].small(planted=planted), name)
    walk, reached = walked(story), reaching.Reaching(story)
    assert reached.states() == len(walk.states)
    assert reached.opened == walk.opened


@examples(40)
@given(stories())
def test_cudd_reaches_the_same_of_random_stories(files: Files) -> None:
    try:
        story = compile_files(as_bytes(files), "random")
        reached = reaching.Reaching(story)
    except (StoryError, reaching.UnsuitedError):
        assume(False)
    walk = walked(story)
    assume(walk.stopped is None)
    assert reached.states() == len(walk.states)
    assert reached.opened == walk.opened
