"""One corpus, every executor: each story tells the same from memory, from bytes, and through a save at every turn.

The checker's walk, too, contains every state that a play comes to.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from kit.corpus import Known, corpus, roaming
from kit.plays import transcript
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.walk import Walk, walk
from waymeet.analysis.watch import Watch
from waymeet.checking import check_files, compile_files
from waymeet.compiled import Container, from_bytes, in_memory, opened, to_bytes
from waymeet.runtime import Story

if TYPE_CHECKING:
    from kit.plays import Script
    from waymeet.runtime import Moment

CORPUS = {known.name: known for known in corpus()}


@cache
def _story(name: str) -> Story:
    return Story(compile_files(CORPUS[name].files, name))


@cache
def _plays(name: str) -> tuple[Script, ...]:
    return (*CORPUS[name].plays, *roaming(_story(name)))


@cache
def _walk(name: str) -> Walk:
    return walk(_story(name))


@pytest.fixture(params=CORPUS)
def known(request: pytest.FixtureRequest) -> Known:
    """Each story of the corpus."""
    return CORPUS[str(request.param)]


def test_the_corpus_holds_the_bundled_story_and_goes_to_its_end() -> None:
    ends = {transcript(_story("scenes"), play).splitlines()[-1] for play in _plays("scenes")}
    assert len([end for end in ends if end.startswith("(ending: ")]) > 3


def test_tells_the_same_from_bytes(known: Known) -> None:
    story = _story(known.name)
    raw = to_bytes(story.data)
    for again in (Story(from_bytes(raw)), Story(opened(Container(in_memory(raw), len(raw))))):
        for play in _plays(known.name):
            assert transcript(again, play) == transcript(story, play)
        assert again.data == story.data
        assert again.fingerprint == story.fingerprint


def test_a_save_at_every_turn_is_resumed_from_parts_that_are_read_for_it(known: Known) -> None:
    story = _story(known.name)
    raw = to_bytes(story.data)

    def reopened(moment: Moment) -> Moment:
        return Story(opened(Container(in_memory(raw), len(raw)))).resume(moment.save())

    for play in _plays(known.name)[:2]:
        assert transcript(story, play, reopened) == transcript(story, play)


def test_tells_the_same_through_a_save_at_every_turn(known: Known) -> None:
    story = _story(known.name)
    for play in _plays(known.name):
        assert transcript(story, play, _saved_and_resumed) == transcript(story, play)


def _saved_and_resumed(moment: Moment) -> Moment:
    resumed = moment.story.resume(moment.save())
    assert resumed.text == moment.text
    assert resumed.choices == moment.choices
    assert resumed.flags == moment.flags
    assert resumed.memory == moment.memory
    assert resumed.path == moment.path
    assert resumed.sheet == moment.sheet
    assert (resumed.step, resumed.ending, resumed.stuck) == (moment.step, moment.ending, moment.stuck)
    assert resumed.save() == moment.save()
    return resumed


def test_a_save_of_one_form_resumes_in_the_other(known: Known) -> None:
    story = _story(known.name)
    again = Story(from_bytes(to_bytes(story.data)))
    for play in _plays(known.name):
        assert transcript(story, play, lambda moment: again.resume(moment.save())) == transcript(story, play)


def test_replaying_the_path_leads_to_the_same_moment(known: Known) -> None:
    story = _story(known.name)
    for play in _plays(known.name):
        for last in _moments(story, play)[-1:]:
            told = [moment.text for moment in story.replay(last.origin, last.path)]
            assert told == [moment.text for moment in _moments(story, play)]


def _moments(story: Story, play: Script) -> list[Moment]:
    """Every moment of a play, first to last; none where it cannot even begin."""
    found: list[Moment] = []

    def kept(moment: Moment) -> Moment:
        found.append(moment)
        return moment

    transcript(story, play, kept)
    return found


def test_the_walk_contains_every_state_of_every_play(known: Known) -> None:
    story = _story(known.name)
    found = _walk(known.name)
    assert found.stopped is None
    names = [protagonist.id for protagonist in story.protagonists]
    states = {(names[who], state) for who, state in zip(found.protagonists, found.states, strict=True)}
    liveness = Liveness(story.data, Watch(story.data))

    def visited(moment: Moment) -> Moment:
        assert (moment.origin.protagonist, liveness.forget(moment.state)) in states
        return moment

    for play in _plays(known.name):
        if not play.memory or known.name == "scenes":
            transcript(story, play, visited)


def test_the_check_counts_the_states_of_the_walk(known: Known) -> None:
    with mock.patch("waymeet.checking.glimpsed", lambda _story, _watch, mere: frozenset(mere)):  # which add states
        report = check_files(known.files, known.name)
    assert report.summary.states == _walk(known.name).rests
