"""Laws of the checker: it says what the slow oracle says, and every claim it makes can be played."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kit.examples import examples
from kit.findings import Finding, is_worn_out, levels, place, reported, switched_off, where
from kit.oracle import Oracle, TooLargeError
from kit.readings import reading
from kit.retold import Retold
from kit.stories import as_block_yaml, as_bytes, stories
from kit.surveying import only
from kit.verdicts import Verdicts
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.walk import walk
from waymeet.analysis.watch import Watch
from waymeet.checking import check_files, compile_files
from waymeet.diagnostics import Severity
from waymeet.rules import GRAPH_RULES
from waymeet.runtime import EndlessLoopError, Story

if TYPE_CHECKING:
    import random

    from kit.stories import Files
    from waymeet.diagnostics import Diagnostic, Report, Witness
    from waymeet.runtime import Moment
    from waymeet.values import Value


#: The rules whose findings no playthrough can show.
WRITTEN = {"unreachable-node", "unreachable-ending", "unused-allow", *(rule.name for rule in GRAPH_RULES)}
#: Those whose findings are about what a playthrough only passes, or could choose there.
PASSED = {
    "out-of-range",
    "impossible-choice",
    "impossible-branch",
    "missing-warning",
    "needless-condition",
    "unseen-text",
    "false-choice",
}


def story_of(files: Files) -> Story:
    return Story(compile_files(as_bytes(files), "random"))


def oracle_of(files: Files) -> Oracle:
    """The oracle of a story; one that is too large for it is passed over."""
    try:
        return Oracle.of(story_of(files), files)
    except TooLargeError:
        assume(False)
        raise


# -- the stories themselves ------------------------------------


@examples(20)
@given(stories())
def test_a_story_means_the_same_in_either_style_of_yaml(files: Files) -> None:
    block = {name: as_block_yaml(data).encode() for name, data in files.items()}
    assert said(check_files(block, "random")) == said(check_files(as_bytes(files), "random"))


def said(report: Report) -> list[tuple[str, str, str | None, str | None, Witness | None]]:
    """What a report says, places in the files aside."""
    return [(f.rule, f.message, f.node, f.choice, f.witness) for f in report.findings]


# -- the oracle ------------------------------------


@examples(120)
@given(stories())
def test_the_checker_finds_what_the_oracle_finds_by_the_same_number_of_choices(files: Files) -> None:
    oracle = oracle_of(files)
    report = check_files(as_bytes(files), "random")
    assert not report.undecided
    assert reported(report, oracle.retold) == Verdicts(oracle).findings()
    severities = {finding.rule: finding.severity.value for finding in report.findings}
    assert severities.items() <= levels(oracle.retold).items()


@examples(45)
@given(stories())
def test_forgetting_changes_no_finding_and_no_witness_length(files: Files) -> None:
    verdicts = []
    for forget in (True, False):
        with mock.patch("waymeet.checking.surveys", only(partial(walk, forget=forget, max_states=20_000))):
            report = check_files(as_bytes(files), "random")
        assume(not report.undecided)
        verdicts.append(reported(report, Retold(files)))
    assert verdicts[0] == verdicts[1]


# -- witnesses ------------------------------------


@examples(45)
@given(stories())
def test_every_witness_replays_to_what_it_claims(files: Files) -> None:
    story, retold = story_of(files), Retold(files)
    for finding in check_files(as_bytes(files), "random").findings:
        if finding.witness is not None:
            _claims(story, retold, finding, finding.witness)
        else:
            assert finding.rule in WRITTEN


def _claims(story: Story, retold: Retold, finding: Diagnostic, witness: Witness) -> None:
    memory: dict[str, Value] = {}
    for earlier in witness.before:
        assert dict(earlier.memory).items() <= memory.items()
        finished = _played(story, earlier, memory)
        assert finished.ending is not None
        memory = finished.memory
    assert dict(witness.memory).items() <= memory.items()
    assert witness.shortest
    at = place(finding)
    if finding.rule == "endless-loop":
        with pytest.raises(EndlessLoopError) as caught:
            _played(story, witness, memory)
        assert caught.value.circle[0] == at
        return
    try:
        moment = _played(story, witness, memory)
    except EndlessLoopError:  # what is claimed happens on the way round, or chance never leads out of it
        assert finding.rule in {"soft-lock", *PASSED}
        return
    match finding.rule:
        case "dead-end" | "uncovered-goto":
            assert moment.stuck
            assert moment.step == at
            assert (retold.steps[at].onward is None) == (finding.rule == "dead-end")
        case "soft-lock":
            assert "after this choice" not in finding.message or witness.play[-1] == at.rpartition(".")[2]
        case "stray-ending" | "lost-ending":
            ending = where(finding, retold).partition(" ")[0]
            assert (moment.ending == ending) == (finding.rule == "stray-ending")
        case _:
            assert finding.rule in PASSED


def _played(story: Story, witness: Witness, memory: dict[str, Value]) -> Moment:
    moment = story.begin(witness.protagonist, memory=memory, outcomes=witness.outcomes)
    for choice in witness.play:
        moment = moment.choose(choice)
    return moment


# -- the explored set ------------------------------------


@examples(45)
@given(stories(), st.randoms(use_true_random=False))
def test_no_playthrough_leaves_the_explored_set(files: Files, chance: random.Random) -> None:
    story = story_of(files)
    found = walk(story, max_states=20_000)
    assume(found.stopped is None)
    explored = {
        (story.protagonists[number].id, state) for number, state in zip(found.protagonists, found.states, strict=True)
    }
    forget = Liveness(story.data, Watch(story.data)).forget
    memory: dict[str, Value] = {}
    for _ in range(4):
        for moment in reading(story, chance, memory, most=12):
            assert (moment.origin.protagonist, forget(moment.state)) in explored
            if moment.ending is not None:
                memory = moment.memory


# -- a walk that was cut short ------------------------------------


@examples(90)
@given(stories(), st.integers(0, 12))
def test_a_walk_cut_short_claims_nothing_that_it_does_not_know(files: Files, most: int) -> None:
    oracle = oracle_of(files)
    with (
        mock.patch("waymeet.analysis.walk._CHECK_EVERY", 1),
        mock.patch("waymeet.checking.surveys", only(partial(walk, max_states=most))),
    ):
        report = check_files(as_bytes(files), "random")
    whole, part = Verdicts(oracle).findings(), reported(report, oracle.retold)
    if not report.undecided:
        assert part == whole
        return
    certified = (finding for finding in report.findings if finding.witness is None or finding.witness.shortest)
    assert reported(replace(report, findings=tuple(certified)), oracle.retold) <= whole
    assert places(part) <= places(whole)
    assert report.verdict in {"findings", "undecided"}
    assert report.exit_code() == (1 if report.counts(Severity.WARNING) else 3)
    for finding in whole:
        assert places(part)[finding[:2]] or _is_left_open(finding, report, oracle.retold), finding


def places(findings: Counter[Finding]) -> Counter[tuple[str, str]]:
    """What was found, however long the way."""
    found: Counter[tuple[str, str]] = Counter()
    for finding, count in findings.items():
        found[finding[:2]] += count
    return found


def _is_left_open(finding: Finding, report: Report, retold: Retold) -> bool:
    """Whether the report says that it does not know about a finding; of what is allowed it then says nothing."""
    if finding.rule == "unused-allow":
        return True
    steps = {step.id for step in retold.steps.values() if finding.where in (step.name, step.node)}
    steps |= {step.node for step in retold.steps.values() if step.name == finding.where}
    for question in (question for question in report.undecided if question.rule == finding.rule):
        words = question.subject or question.node or finding.where
        about = words.removeprefix("the choice ").removeprefix("the ending ")
        if finding.rule == "missing-warning" and question.node in steps:
            return True
        if about == finding.where or about in steps or about.startswith(f"{finding.where} for "):
            return True
    return False


@examples(20)
@given(stories())
def test_a_budget_of_nothing_is_never_clean(files: Files) -> None:
    with mock.patch("waymeet.analysis.walk._CHECK_EVERY", 1):
        report = check_files(as_bytes(files), "random", budget=0.0)
    assert report.undecided
    assert report.verdict in {"findings", "undecided"}
    asked = {"dead-end", "soft-lock", "endless-loop", "out-of-range"} - switched_off(Retold(files))
    assert {question.rule for question in report.undecided} >= asked


# -- what is meant ------------------------------------


def judged_by_states(files: Files) -> Report:
    """What is found in a story, less what the oracle knows nothing of."""
    report = check_files(as_bytes(files), "random")
    return replace(report, findings=tuple(finding for finding in report.findings if not is_worn_out(finding)))


@examples(40)
@given(stories())
def test_a_finding_can_be_allowed_where_it_stands_and_nothing_else_changes(files: Files) -> None:
    report = judged_by_states(files)
    for finding in report.findings:
        allow(files, finding, finding.rule)
    allowed = judged_by_states(files)
    retold = {"soft-lock", "needless-condition", "impossible-branch", "unseen-text"}  # told elsewhere in their place
    others = [line for line in said(allowed) if line[0] not in retold and "this allows soft-lock" not in line[1]]
    assert others == [line for line in said(report) if line[0] == "unused-allow" or line[2:4] == (None, None)]
    assert reported(allowed, Retold(files)) == Verdicts(oracle_of(files)).findings()


@examples(40)
@given(stories())
def test_what_is_declared_can_be_allowed_where_it_stands_and_nothing_else_changes(files: Files) -> None:
    report = check_files(as_bytes(files), "random")
    rules = {rule.name for rule in GRAPH_RULES}
    kept = []
    for finding, line in zip(report.findings, said(report), strict=True):
        thing = _declared(files, finding) if finding.rule in rules else None
        if isinstance(thing, dict):
            thing.setdefault("allow", {})[finding.rule] = "It is meant."
        else:
            kept.append(line)
    assert said(check_files(as_bytes(files), "random")) == kept


def _declared(files: Files, finding: Diagnostic) -> Any:
    """How a flag or an ending is written, in the file that a finding is about."""
    name, data = where(finding, Retold(files)), files[finding.span.file]
    tables = (data.get(key, {}) for key in ("flags", "memory", "local", "endings"))
    return next((table[name] for table in tables if name in table), None)


@examples(15)
@given(stories(), st.sampled_from(("dead-end", "endless-loop", "impossible-choice", "out-of-range")))
def test_what_is_allowed_in_vain_is_told(files: Files, rule: str) -> None:
    for finding in judged_by_states(files).findings[:3]:
        allow(files, finding, rule)
    report = check_files(as_bytes(files), "random")
    assert reported(report, Retold(files)) == Verdicts(oracle_of(files)).findings()


def allow(files: Files, finding: Diagnostic, rule: str) -> None:
    """Say in a story that a rule may be broken where a finding stands, if it stands at a step."""
    if finding.node is not None:
        Retold(files).steps[place(finding)].data.setdefault("allow", {})[rule] = "It is meant."


# -- determinism ------------------------------------


@examples(20)
@given(stories())
def test_to_check_twice_gives_the_same_report(files: Files) -> None:
    first, second = (check_files(as_bytes(files), "random") for _ in range(2))
    assert first.findings == second.findings
    assert first.summary.states == second.summary.states
