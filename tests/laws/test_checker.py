"""Laws of the checker: it says what the slow oracle says, and every claim it makes can be played."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kit.examples import examples
from kit.oracle import Finding, Oracle, TooLargeError, reported, where
from kit.retold import Retold
from kit.stories import as_block_yaml, as_bytes, make_story, stories
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.walk import walk
from waymeet.analysis.watch import Watch
from waymeet.checking import check_files, compile_files
from waymeet.rules import GRAPH_RULES, STATE_RULES
from waymeet.runtime import ChoiceError, EndlessLoopError, Story

if TYPE_CHECKING:
    from kit.stories import Files
    from waymeet.diagnostics import Diagnostic, Report, Witness
    from waymeet.runtime import Moment
    from waymeet.story import StoryData
    from waymeet.values import Value

#: The rules whose findings no playthrough can show.
WRITTEN = {"unreachable-node", "unreachable-ending", *(rule.name for rule in GRAPH_RULES)}
#: Random stories promise nothing and have no events yet.
RULES = {rule.name for rule in (*GRAPH_RULES, *STATE_RULES)} - {"missing-view", "contradiction", "broken-promise"}


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


def test_nearly_every_random_story_loads_and_every_rule_fires_often() -> None:
    count = 150
    found: Counter[str] = Counter()
    for seed in range(count):
        report = check_files(as_bytes(make_story(random.Random(seed))), "random")
        found.update(
            {"valid": not report.invalid, "replayed": any(f.witness and f.witness.before for f in report.findings)}
        )
        found.update({finding.rule for finding in report.findings})
    assert found["valid"] >= 0.97 * count
    assert found["replayed"] > 0
    assert {rule: found[rule] for rule in RULES if found[rule] < 0.05 * count} == {}


@examples(20)
@given(stories())
def test_a_story_means_the_same_in_either_style_of_yaml(files: Files) -> None:
    block = {name: as_block_yaml(data).encode() for name, data in files.items()}
    assert said(check_files(block, "random")) == said(check_files(as_bytes(files), "random"))


def said(report: Report) -> list[tuple[str, str, str | None, str | None, Witness | None]]:
    """What a report says, places in the files aside."""
    return [(f.rule, f.message, f.node, f.choice, f.witness) for f in report.findings]


# -- the oracle ------------------------------------


@examples(150)
@given(stories())
def test_the_checker_finds_what_the_oracle_finds_by_the_same_number_of_choices(files: Files) -> None:
    oracle = oracle_of(files)
    report = check_files(as_bytes(files), "random")
    assert not report.undecided
    assert reported(report, oracle.retold) == oracle.findings()


@examples(60)
@given(stories())
def test_forgetting_changes_no_finding_and_no_witness_length(files: Files) -> None:
    verdicts = []
    for forget in (True, False):
        with mock.patch("waymeet.checking.survey", partial(walk, forget=forget, max_states=20_000)):
            report = check_files(as_bytes(files), "random")
        assume(not report.undecided)
        verdicts.append(reported(report, Retold(files)))
    assert verdicts[0] == verdicts[1]


# -- witnesses ------------------------------------


@examples(60)
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
    at = ".".join(part for part in (finding.node, finding.choice) if part)
    if finding.rule == "endless-loop":
        with pytest.raises(EndlessLoopError) as caught:
            _played(story, witness, memory)
        assert caught.value.circle[0] == at
        return
    try:
        moment = _played(story, witness, memory)
    except EndlessLoopError:  # what is claimed happens on the way round, or chance never leads out of it
        assert finding.rule in {"out-of-range", "impossible-choice", "missing-warning", "soft-lock"}
        return
    match finding.rule:
        case "dead-end" | "uncovered-goto":
            assert moment.stuck
            assert moment.step == at
            assert (retold.steps[at].onward is None) == (finding.rule == "dead-end")
        case "soft-lock":
            assert finding.choice is None or witness.play[-1] == at.rpartition(".")[2]
        case _:
            assert finding.rule in {"out-of-range", "impossible-choice", "missing-warning"}


def _played(story: Story, witness: Witness, memory: dict[str, Value]) -> Moment:
    moment = story.begin(witness.protagonist, memory=memory, outcomes=witness.outcomes)
    for choice in witness.play:
        moment = moment.choose(choice)
    return moment


# -- the explored set ------------------------------------


@examples(60)
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
        for moment in playthrough(story, chance, memory):
            assert (moment.origin.protagonist, forget(moment.state)) in explored
            if moment.ending is not None:
                memory = moment.memory


def playthrough(story: Story, chance: random.Random, memory: dict[str, Value], most: int = 12) -> list[Moment]:
    """The moments of a random reading, as far as it goes."""
    moments: list[Moment] = []
    try:
        protagonist = chance.choice(story.protagonists).id
        moments.append(story.begin(protagonist, seed=chance.randrange(1000), memory=memory))
        while len(moments) < most:
            question = moments[-1].question
            ways = [offer.id for offer in moments[-1].choices if offer.locked is None]
            if question is not None:
                moments.append(moments[-1].answer(chance.randint(question.low, question.high)))
            elif ways:
                moments.append(moments[-1].choose(chance.choice(ways)))
            else:
                break
    except EndlessLoopError:
        pass
    return moments


# -- a walk that was cut short ------------------------------------


@examples(120)
@given(stories(), st.integers(0, 12))
def test_a_walk_cut_short_claims_nothing_that_it_does_not_know(files: Files, most: int) -> None:
    oracle = oracle_of(files)
    with (
        mock.patch("waymeet.analysis.walk._CHECK_EVERY", 1),
        mock.patch("waymeet.checking.survey", partial(walk, max_states=most)),
    ):
        report = check_files(as_bytes(files), "random")
    whole, part = oracle.findings(), reported(report, oracle.retold)
    if not report.undecided:
        assert part == whole
        return
    certified = (finding for finding in report.findings if finding.witness is None or finding.witness.shortest)
    assert reported(replace(report, findings=tuple(certified)), oracle.retold) <= whole
    assert places(part) <= places(whole)
    assert report.verdict in {"findings", "undecided"}
    assert report.exit_code() == (1 if report.findings else 3)
    for finding in whole:
        assert places(part)[finding[:2]] or _is_left_open(finding, report), finding


def places(findings: Counter[Finding]) -> Counter[tuple[str, str]]:
    """What was found, however long the way."""
    found: Counter[tuple[str, str]] = Counter()
    for finding, count in findings.items():
        found[finding[:2]] += count
    return found


def _is_left_open(finding: Finding, report: Report) -> bool:
    """Whether the report says that it does not know about a finding."""
    for question in report.undecided:
        if question.rule == "missing-warning" and question.node == ".".join(finding.where.split(".")[:2]):
            return finding.rule == question.rule
        about = (
            (question.subject or question.node or finding.where).removeprefix("the choice ").removeprefix("the ending ")
        )
        if question.rule == finding.rule and (about == finding.where or about.startswith(f"{finding.where} for ")):
            return True
    return False


@examples(20)
@given(stories())
def test_a_budget_of_nothing_is_never_clean(files: Files) -> None:
    with mock.patch("waymeet.analysis.walk._CHECK_EVERY", 1):
        report = check_files(as_bytes(files), "random", budget=0.0)
    assert report.undecided
    assert report.verdict in {"findings", "undecided"}
    assert {question.rule for question in report.undecided} >= {"dead-end", "soft-lock", "endless-loop", "out-of-range"}


# -- what is meant ------------------------------------


@examples(60)
@given(stories())
def test_a_finding_can_be_allowed_where_it_stands_and_nothing_else_changes(files: Files) -> None:
    report = check_files(as_bytes(files), "random")
    at_nodes = [finding for finding in report.findings if finding.node is not None]
    for finding in at_nodes:
        _step_of(files, finding).setdefault("allow", {})[finding.rule] = "It is meant."
    allowed = check_files(as_bytes(files), "random")
    others = [line for line in said(allowed) if line[0] != "soft-lock" and "this allows soft-lock" not in line[1]]
    assert others == [line for line in said(report) if line[2] is None]
    if all(finding.rule != "soft-lock" for finding in report.findings):
        oracle = oracle_of(files)
        quiet = {(finding.rule, finding.where) for finding in reported(report, oracle.retold)}
        expected = {finding: n for finding, n in oracle.findings(quiet).items() if finding.rule == "soft-lock"}
        actual = {finding: n for finding, n in reported(allowed, oracle.retold).items() if finding.rule == "soft-lock"}
        assert actual == expected
    for finding in at_nodes[:1]:
        _step_of(files, finding)["allow"]["dead-end" if finding.rule != "dead-end" else "soft-lock"] = (
            "It is not there."
        )
        assert {f.rule for f in check_files(as_bytes(files), "random").findings} >= {"unused-allow"} - _rules_at(
            [*at_nodes, *allowed.findings], finding
        )


@examples(40)
@given(stories())
def test_what_is_declared_can_be_allowed_where_it_stands_and_nothing_else_changes(files: Files) -> None:
    report = check_files(as_bytes(files), "random")
    rules = {rule.name for rule in GRAPH_RULES}
    kept = []
    for finding, line in zip(report.findings, said(report), strict=True):
        thing = _declared(files, where(finding, Retold(files))) if finding.rule in rules else None
        if isinstance(thing, dict):
            thing["allow"] = {finding.rule: "It is meant."}
        else:
            kept.append(line)
    assert said(check_files(as_bytes(files), "random")) == kept


def _declared(files: Files, name: str) -> Any:
    """How a flag or an ending is written."""
    tables = (data.get(key, {}) for data in files.values() for key in ("flags", "memory", "local", "endings"))
    return next((table[name] for table in tables if name in table), None)


def _step_of(files: Files, finding: Diagnostic) -> dict[str, Any]:
    """The step that a finding is about, as it is written."""
    assert finding.node is not None
    scene, node = finding.node.split(".")
    step: dict[str, Any] = next(data["nodes"] for data in files.values() if data.get("scene") == scene)[node]
    for choice in (finding.choice or "").split(".") if finding.choice else ():
        step = step["choices"][choice]
    return step


def _rules_at(findings: list[Diagnostic], place: Diagnostic) -> set[str]:
    """`unused-allow`, should the rule that is allowed for nothing be found at the place or below it after all."""
    rule = "dead-end" if place.rule != "dead-end" else "soft-lock"
    near = [f for f in findings if f.node == place.node and (f.choice or "").startswith(place.choice or "")]
    return {"unused-allow"} if any(f.rule == rule for f in near) else set()


# -- determinism ------------------------------------


@examples(20)
@given(stories())
def test_to_check_twice_gives_the_same_report(files: Files) -> None:
    first, second = (check_files(as_bytes(files), "random") for _ in range(2))
    assert first.findings == second.findings
    assert first.summary.states == second.summary.states


# -- that the laws can fail ------------------------------------


def _disagrees(files: Files) -> bool:
    try:
        oracle = Oracle.of(story_of(files), files, most=300)
    except TooLargeError:
        return False
    try:
        return reported(check_files(as_bytes(files), "random"), oracle.retold) != oracle.findings()
    except (AssertionError, ChoiceError):  # the checker cannot replay its own witness
        return True


def _forgetting(use: str) -> type[Liveness]:
    """A reduction with a slip: it also forgets every register of one use, read later or not."""

    class Forgetful(Liveness):
        def __init__(self, story: StoryData, watch: Watch) -> None:
            super().__init__(story, watch)
            self.rows = story.registers

        def live(self, step: int) -> int:
            return super().live(step) & sum(1 << index for index, row in enumerate(self.rows) if row.use != use)

    return Forgetful


@pytest.mark.parametrize("use", ["flag", "memory", "local", "count"])
def test_an_unsound_reduction_is_caught(monkeypatch: pytest.MonkeyPatch, use: str) -> None:
    monkeypatch.setattr("waymeet.analysis.states.Liveness", _forgetting(use))
    assert any(_disagrees(make_story(random.Random(seed))) for seed in range(400))


@pytest.mark.parametrize(
    ("part", "nothing"), [("code_of", None), ("sections", ()), ("conditions_in", ()), ("prose_in", ()), ("leaves", ())]
)
def test_a_use_that_is_overlooked_is_caught(monkeypatch: pytest.MonkeyPatch, part: str, nothing: Any) -> None:
    monkeypatch.setattr(f"waymeet.analysis.uses.{part}", lambda _: nothing)
    assert any(_disagrees(make_story(random.Random(seed))) for seed in range(400))
