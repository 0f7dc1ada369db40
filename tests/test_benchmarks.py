"""The synthetic story that speed is measured on is what it says it is, and the benchmark runs."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.families import FAMILIES
from benchmarks.play import bare_graph, play, walk_graph
from benchmarks.synthetic import synthetic_files
from kit.findings import length
from waymeet.checking import check_files, compile_files
from waymeet.diagnostics import Severity
from waymeet.runtime import Story
from waymeet.story import Choices

NODES = 60


def test_the_same_size_and_seed_give_the_same_story() -> None:
    assert synthetic_files(NODES, seed=3) == synthetic_files(NODES, seed=3)
    assert synthetic_files(NODES, seed=3) != synthetic_files(NODES, seed=4)


def test_nodes_have_sixty_words_and_three_choices_a_tenth_of_them_conditional() -> None:
    story = compile_files(synthetic_files(1000), "synthetic")
    exits = [step.exit for step in story.steps if isinstance(step.exit, Choices)]
    choices = [choice for way_out in exits for choice in way_out.choices]
    assert len(choices) == 3 * len(exits) == 3 * 999
    assert 0.08 < sum(choice.when is not None for choice in choices) / len(choices) < 0.12


def test_nobody_is_ever_stuck_in_it() -> None:
    report = check_files(synthetic_files(12), "synthetic")
    errors = {finding.rule for finding in report.findings if finding.severity is Severity.ERROR}
    assert errors <= {"impossible-choice"}


def test_engine_and_floor_both_tell_something() -> None:
    files = synthetic_files(NODES)
    story = Story(compile_files(files, "synthetic"))
    assert play(story, 200, seed=1) > 200
    assert walk_graph(bare_graph(files), story.data.steps[0].id, 200, seed=1) > 200


@pytest.mark.parametrize("planted", [False, True])
@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_known_of_a_family_is_what_the_checker_finds(name: str, planted: bool) -> None:
    family = FAMILIES[name]
    report = check_files(family.small(planted=planted), name)
    assert not report.undecided
    assert Counter(finding.rule for finding in report.findings) == family.known(planted=planted)
    if planted and family.deepest is not None:
        [finding] = report.findings
        assert length(finding.witness) == family.deepest(family.least, **family.narrow)
