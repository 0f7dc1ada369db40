"""Laws of measures: counts, chances and lengths are those of every playthrough, taken one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kit.examples import examples
from kit.fates import DEAD_END, ENDLESS, TooManyError, all_readings, chances, comes_to_rest, fresh_start, ways
from kit.oracle import Oracle, TooLargeError
from kit.stories import as_bytes, stories
from waymeet.analysis.measures import absorbing, readings
from waymeet.analysis.measures.chain import chain_of
from waymeet.analysis.measures.components import components_of
from waymeet.analysis.measures.counting import counts_of, playthroughs
from waymeet.analysis.measures.visiting import nodes_of
from waymeet.analysis.walk import walk
from waymeet.authoring.formatting import format_file
from waymeet.authoring.loading import load_files
from waymeet.checking import compile_files
from waymeet.measuring import measure_files
from waymeet.recording import coverage, record
from waymeet.runtime import Story
from waymeet.walkthroughs import run_walkthroughs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.oracle import Visited
    from kit.stories import Files
    from waymeet.figures import Figures, PathFigures


@pytest.fixture(autouse=True, scope="module")
def impatient() -> Iterator[None]:
    """Readings that go round and round are given up at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readings, "MAX_TURNS", 20)
        yield


def explored(files: Files) -> Oracle:
    """The oracle of a story; one that is too large for it is passed over."""
    try:
        return Oracle.of(Story(compile_files(as_bytes(files), "random")), files)
    except TooLargeError:
        assume(False)
        raise


def measured(files: Files) -> Figures:
    return measure_files(as_bytes(files), "random", many=5)


def begun(oracle: Oracle, figures: Figures) -> list[tuple[Visited, PathFigures]]:
    """Each path that does not begin with an endless loop, from a fresh memory, with its figures."""
    starts = [(fresh_start(oracle, path.protagonist), path) for path in figures.paths]
    return [(start, path) for start, path in starts if start is not None]


def told(path: PathFigures) -> dict[str, float]:
    """The chance of each fate that has one."""
    found = {ending.ending: ending.chance for ending in path.endings}
    found |= {DEAD_END: path.dead_end, ENDLESS: path.endless}
    return {fate: chance for fate, chance in found.items() if chance}


@examples(60)
@given(stories())
def test_what_ends_is_counted_and_weighed_as_if_every_playthrough_were_read(files: Files) -> None:
    oracle = explored(files)
    for start, path in begun(oracle, measured(files)):
        try:
            every = all_readings(oracle, start)
        except TooManyError:
            continue
        ended = [reading for reading in every if reading.fate not in (DEAD_END, ENDLESS)]
        assert path.playthroughs is not None
        assert path.playthroughs.number == len(ended)
        for ending in path.endings:
            exact = sum((reading.chance for reading in ended if reading.fate == ending.ending), Fraction(0))
            assert ending.exact is None or ending.exact == exact
            assert ending.chance == pytest.approx(float(exact), abs=1e-12)
        assert (path.lengths is None) == (not ended)
        if path.lengths is not None:
            lengths = [reading.choices for reading in ended]
            assert path.lengths.fewest_choices.choices == min(lengths)
            assert path.lengths.most == max(lengths)
            half = sum(reading.chance for reading in ended) / 2
            assert path.lengths.median is not None
            assert path.lengths.exact
            median = path.lengths.median.choices
            assert sum(reading.chance for reading in ended if reading.choices < median) < half
            assert sum(reading.chance for reading in ended if reading.choices <= median) >= half


@examples(60)
@given(stories(), st.booleans())
def test_chances_are_exact_though_a_reader_may_come_round(files: Files, at_once: bool) -> None:
    oracle = explored(files)
    with pytest.MonkeyPatch.context() as patch:
        if not at_once:
            patch.setattr(absorbing, "DENSE", 1)
        figures = measured(files)
    for start, path in begun(oracle, figures):
        try:
            expected = {fate: float(chance) for fate, chance in chances(oracle, start).items() if chance}
        except TooManyError:
            continue
        found = told(path)
        assert sum(found.values()) == pytest.approx(1, abs=1e-8)
        assert found == pytest.approx(expected, abs=1e-8)


@examples(40)
@given(stories(), st.integers(0, 6))
def test_endless_playthroughs_are_counted_up_to_a_length(files: Files, most: int) -> None:
    oracle = explored(files)
    walked = walk(Story(compile_files(as_bytes(files), "random")))
    chain = chain_of(walked)
    for number, protagonist in enumerate(walked.story.protagonists):
        start = fresh_start(oracle, protagonist.id)
        if start is not None:
            state = next(b.state for b in walked.begun if b.move.protagonist == number)
            assert playthroughs(chain, state, most).some == ways(oracle, start, most)


@examples(40)
@given(stories())
def test_what_is_said_to_be_endless_grows_with_the_length_that_is_allowed(files: Files) -> None:
    walked = walk(Story(compile_files(as_bytes(files), "random")), max_states=2_000)
    assume(walked.stopped is None)
    chain = chain_of(walked)
    counts = counts_of(chain, components_of(chain))
    for begun_at in walked.begun[:4]:
        few, many = (playthroughs(chain, begun_at.state, most).some for most in (chain.size, 3 * chain.size))
        assert (few < many) == (counts[begun_at.state] is None)
        if counts[begun_at.state] is not None:
            assert many == counts[begun_at.state]


# -- walkthroughs that are made ------------------------------------


@examples(60)
@given(stories())
def test_walkthroughs_that_are_made_hold_and_visit_every_node_that_the_oracle_comes_to(files: Files) -> None:
    oracle = explored(files)
    recording = record(as_bytes(files), "random")
    made = {f"{recorded.stem}.yaml": recorded.data for recorded in recording.walkthroughs}
    assert len(made) == len(recording.walkthroughs)
    written = load_files({**as_bytes(files), **made})
    data = compile_files(as_bytes(files), "random")
    assert all(not outcome.findings for outcome in run_walkthroughs(Story(data), written))
    nodes = {data.steps[node].id for node in nodes_of(data)} & set(oracle.arrivals)
    found = coverage(written, data)
    assert (recording.reachable, found.reachable) == (len(nodes), len(nodes))
    assert found.missing == recording.missing
    assert not (recording.missing and comes_to_rest(oracle))
    assert recording.least <= len(made) + len(recording.missing)
    assert all(format_file(name, script).data == script for name, script in made.items())


@examples(30)
@given(stories())
def test_no_walkthrough_that_is_made_can_be_left_out(files: Files) -> None:
    recorded = record(as_bytes(files), "random").walkthroughs
    for one in recorded:
        others = frozenset[int]().union(*(other.nodes for other in recorded if other is not one))
        assert one.nodes - others
