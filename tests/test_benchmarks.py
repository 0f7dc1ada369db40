"""The stories that speed is measured on are what they say they are, and the benchmarks run."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from ruamel.yaml import YAML

from benchmarks import first_page, prover
from benchmarks.families import FAMILIES
from benchmarks.measuring import measure
from benchmarks.play import bare_graph, play, walk_graph
from benchmarks.synthetic import synthetic_files
from kit.findings import length, reported
from kit.oracle import Oracle
from kit.verdicts import Verdicts
from waymeet.checking import check_files, compile_files
from waymeet.diagnostics import Severity
from waymeet.runtime import Story
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from waymeet.diagnostics import Report

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


def small(name: str, *, planted: bool) -> Iterator[tuple[dict[str, bytes], Report]]:
    """A family at the size at which all can be gone through, with what is said of it after a walk, and by sets."""
    files = FAMILIES[name].small(planted=planted)
    for few in (1_000_000, 0):
        with mock.patch("waymeet.analysis.surveying.FEW_STATES", few):
            yield files, check_files(files, name)


@pytest.mark.parametrize("planted", [False, True])
@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_known_of_a_family_is_what_the_checker_finds(name: str, planted: bool) -> None:
    family = FAMILIES[name]
    for _, report in small(name, planted=planted):
        assert not report.undecided
        assert Counter(finding.rule for finding in report.findings) == family.known(planted=planted)
        if planted and family.deepest is not None:
            [finding] = report.findings
            assert length(finding.witness) == family.deepest(family.least, **family.narrow)


@pytest.mark.parametrize("planted", [False, True])
@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_known_of_a_family_is_what_the_oracle_finds(name: str, planted: bool) -> None:
    [(files, walked), (_, by_sets)] = small(name, planted=planted)
    oracle = Oracle.of(Story(compile_files(files, name)), as_data(files), most=10_000)
    found = Verdicts(oracle).findings()
    assert found == reported(walked, oracle.retold) == reported(by_sets, oracle.retold)
    assert Counter(finding.rule for finding in found.elements()) == FAMILIES[name].known(planted=planted)


def as_data(files: dict[str, bytes]) -> dict[str, Any]:
    """What the YAML of a family holds."""
    return {name: YAML(typ="safe").load(data) for name, data in files.items()}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_same_size_gives_the_same_member_of_a_family(name: str) -> None:
    assert FAMILIES[name].small(planted=True) == FAMILIES[name].small(planted=True)


@pytest.mark.parametrize("name", FAMILIES)
def test_each_family_has_a_goal_and_a_docstring_that_says_what_is_known(name: str) -> None:
    assert list(prover.GOALS[name].sizes) == sorted(prover.GOALS[name].sizes)
    assert "Known" in (FAMILIES[name].make.__doc__ or "")
    assert "lanted" in (FAMILIES[name].make.__doc__ or "")


@pytest.mark.parametrize("view", first_page.VIEWS)
def test_a_reader_is_shown_a_first_page_and_then_another(view: str, tmp_path: Path) -> None:
    program = "import sys; print('page', flush=True); sys.stdin.read(1); print('turn', flush=True); sys.stdin.read()"
    with first_page.VIEWS[view]([sys.executable, "-c", program], dict(os.environ)) as player:
        assert player.waited() > 0
        player.type(b"1\n")
        assert player.waited() > 0
    seen = first_page.waited(view, ["--as", "lexa"], first_page.readers_own(str(tmp_path)))
    assert min(seen) > 0


def test_a_reader_who_is_shown_nothing_is_not_measured() -> None:
    with (
        pytest.raises(RuntimeError, match="nothing was shown"),
        first_page.plain([sys.executable, "-c", "pass"], dict(os.environ)) as player,
    ):
        player.waited()


def test_a_check_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    family = FAMILIES["maze"]
    seen = measure(family.make(50, planted=True), tmp_path, 20)
    assert not seen.broken
    assert prover.judged("maze", 50, seen, planted=True) == "yes"
    assert prover.judged("maze", 50, seen._replace(lengths=(3,)), planted=True).startswith("NO")
    assert prover.judged("maze", 50, seen._replace(findings={}), planted=True) == "NO"
    assert prover.judged("maze", 50, seen._replace(undecided=2, findings={}), planted=True) == "2 undecided"
    assert 10 < seen.memory < 2000
    assert min(seen.reading, seen.compiling, seen.analysis) > 0


def test_a_check_that_breaks_down_is_told_as_that(tmp_path: Path) -> None:
    seen = measure({"story.txt": b""}, tmp_path, 5)
    assert seen.broken
    assert prover.judged("hub", 7, seen, planted=False) == seen.broken


def test_the_table_says_what_was_measured() -> None:
    lines = list(prover.against_goals(["cards"], 10, quick=True))
    assert [line.split("|")[10].strip() for line in lines[2:4]] == ["yes", "yes"]
    assert lines[-1] == "Witnesses certified shortest: 0 of 0."
