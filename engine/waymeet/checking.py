"""From the files of a story to its report: read, shape, compile, walk, judge."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from waymeet.analysis.budget import READING, SECONDS, Budget, BudgetSpentError
from waymeet.analysis.essence import essence
from waymeet.analysis.glimpses import glimpsed
from waymeet.analysis.obligations import Obligations
from waymeet.analysis.replay import Replayer
from waymeet.analysis.surveying import surveys
from waymeet.analysis.uses import uses_of
from waymeet.authoring.compiler import compile_story
from waymeet.authoring.loading import WrittenFiles, load_files
from waymeet.collecting import collector_off
from waymeet.diagnostics import Diagnostic, Proof, Report, Severity, StoryError, Summary, Undecided
from waymeet.prose.rendering import Rendering, Template, is_fixed
from waymeet.rules import GRAPH_RULES, SETTABLE_RULES, STATE_RULES
from waymeet.rules.facts import Facts, Found, GraphFacts, covers
from waymeet.runtime import Story
from waymeet.story import prose_in

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from waymeet.authoring.compiler import Compiled
    from waymeet.authoring.places import Allow, Places
    from waymeet.diagnostics import Span
    from waymeet.story import StoryData

#: How long it takes to judge a story, as a part of how long it took to read.
_JUDGING = 0.35


def compile_files(files: dict[str, bytes], name: str) -> StoryData:
    """The runnable story; raises `StoryError`."""
    with collector_off():
        return compile_written(load_files(files), name)


def compile_written(written: WrittenFiles, name: str) -> StoryData:
    """The runnable story of files that were read; raises `StoryError`."""
    return compiled_whole(written, name).story


def compiled_whole(written: WrittenFiles, name: str) -> Compiled:
    """The runnable story of files that were read, with the places of its parts; raises `StoryError`."""
    with collector_off():
        compiled = compile_story(written, SETTABLE_RULES)
    if compiled is None:
        raise StoryError(_invalid(written, name))
    return compiled


@collector_off()
def check_files(
    files: dict[str, bytes], name: str, *, budget: Budget | float | None = None, proofs: Proofs | None = None
) -> Report:
    """Everything that can be said about a story within a budget, or so many seconds; `SECONDS` for None.

    `name` names a story that cannot be read. What `proofs` know is not proved again, and what is proved is told them.
    """
    began = time.monotonic()
    if not isinstance(budget, Budget):
        budget = Budget(SECONDS if budget is None else budget, began=began)
    written = WrittenFiles(tick=partial(budget.tick, READING, 0))
    try:
        compiled = compile_story(load_files(files, written), SETTABLE_RULES)
    except BudgetSpentError as spent:
        return _unread(written, name, str(spent), Summary(seconds=_since(began)))
    if compiled is None:
        return _invalid(written, name)
    return replace(_judged(compiled, Story(compiled.story), budget, began, proofs), sources=written.sources)


class _OfStates(NamedTuple):
    """What the rules about states have found, what they leave open, how many states were seen, and if that is all.

    Of what was found before and is not told again, `allowed` has the entries that allow it, by their numbers.
    """

    found: list[Found]
    undecided: tuple[Undecided, ...]
    states: int | None
    complete: bool
    allowed: tuple[int, ...] = ()


class Proofs(Protocol):
    """What is proved by essence (see `analysis.essence`): that no rule about states finds what is not allowed."""

    def proved(self, essence: str) -> Proof | None:
        """What is proved of a story of this essence."""

    def prove(self, essence: str, proof: Proof) -> None:
        """Note what is proved."""


def _judged(compiled: Compiled, story: Story, budget: Budget, began: float, proofs: Proofs | None) -> Report:
    """Everything that can be said about a story that can be played."""
    _tell_all(story)
    off = frozenset(rule for rule, level in compiled.severities.items() if level == "off")
    obligations = Obligations(compiled.story, compiled.promises, compiled.places, off)
    budget.keep(_since(began) * _JUDGING)
    judge = partial(_judged_by_states, story, compiled.places, obligations, off, budget)
    if proofs is None:
        judged = judge()
    else:
        same = essence(compiled.story, compiled.places, compiled.promises, obligations.watch, off)
        judged = _proved(same, judge, proofs, compiled.places.allows)
    kept, unused = _allowed([*_found_in_graph(compiled), *judged.found], compiled.places.allows)
    known = [compiled.places.allows[number] for number in judged.allowed]
    unused = [allow for allow in unused if allow not in known]
    if not judged.undecided:
        kept += [_unused(allow) for allow in unused if allow.rule not in off]
    kept = [_weighed(finding, compiled.severities) for finding in kept if finding.rule not in off]
    summary = summary_of(compiled, judged.states, _since(began))
    return Report(story.id, tuple(kept), judged.undecided, summary).sorted()


def _judged_by_states(
    story: Story, places: Places, obligations: Obligations, off: frozenset[str], budget: Budget
) -> _OfStates:
    """What the rules about states say."""
    if budget.spent(READING, 0) is None:
        obligations.meet(glimpsed(story, obligations.watch, obligations.mere))
    for known in surveys(story, obligations.watch, budget):
        with suppress(MemoryError):
            return _told_by(Facts(story, places, obligations, known, off))
    raise MemoryError


def _told_by(facts: Facts) -> _OfStates:
    found = list(_found(facts))
    rules = [rule for rule in STATE_RULES if rule.name not in facts.off]
    undecided = tuple(question for rule in rules for question in rule.undecided(facts))
    return _OfStates(found, undecided, facts.survey.rests, facts.survey.stopped is None)


def _proved(same: str, judge: Callable[[], _OfStates], proofs: Proofs, allows: list[Allow]) -> _OfStates:
    """What is known of a story of this essence, or else what is found out now."""
    proof = proofs.proved(same)
    if proof is not None:
        return _OfStates([], (), proof.states, complete=True, allowed=proof.allowed)
    judged = judge()
    allowed = [_allowing(found, allows) for found in judged.found]
    if judged.complete and judged.states is not None and not judged.undecided and all(allowed):
        numbers = sorted({number for some in allowed for number in some})
        proofs.prove(same, Proof(judged.states, tuple(numbers)))
    return judged


def _allowing(found: Found, allows: list[Allow]) -> list[int]:
    """The entries that allow what was found, by their numbers."""
    return [number for number, allow in enumerate(allows) if _covers(allow, found.diagnostic)]


def _tell_all(story: Story) -> None:
    """Tell all there is to tell, once: what cannot be told is our own fault, and is not left to a reader to find."""
    story.machine.link_all()
    rendering = Rendering(story.machine.start_registers, story.texts, {}, 0)
    story.sheet(rendering)
    for prose in (prose for step in story.data.steps for prose in prose_in(step)):
        if not is_fixed(prose):
            Template(prose, story.machine.derived).render(rendering)


def _found_in_graph(compiled: Compiled) -> Iterator[Found]:
    """What the rules find that need no walk."""
    facts = GraphFacts(compiled.story, compiled.places, uses_of(compiled.story, compiled.promises))
    for rule in GRAPH_RULES:
        yield from map(Found, rule.find(facts, rule))


def _found(facts: Facts) -> Iterator[Found]:
    """What the rules find; what a witness does not show is our own fault, and is not hidden."""
    replayer = Replayer(facts.story, facts.obligations.watch)
    for rule in STATE_RULES:
        for found in rule.find(facts, rule):
            finding, claim, _ = found
            if finding.witness is not None:
                ended = replayer.replay(finding.witness)
                if claim is None or not claim(facts, ended):
                    raise AssertionError(f"{finding.witness} does not show {rule.name}: {finding.message}")
            yield found


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _unread(written: WrittenFiles, name: str, reason: str, summary: Summary) -> Report:
    """What is known of a story that was not read to its end: what is wrong so far, and nothing else."""
    undecided = tuple(Undecided(rule.name, reason, subject="all of the story") for rule in (*GRAPH_RULES, *STATE_RULES))
    report = _invalid(written, name)
    return replace(report, undecided=undecided, summary=summary, invalid=bool(report.findings))


def _invalid(written: WrittenFiles, name: str) -> Report:
    story = name if written.story is None else written.story[1].story.value
    return Report(story, tuple(written.findings), invalid=True, sources=written.sources).sorted()


def _allowed(findings: list[Found], allows: list[Allow]) -> tuple[list[Diagnostic], list[Allow]]:
    """The findings that no `allow` covers, each cause once, and the entries that cover none wherever they hold."""
    kept = []
    used: set[Span] = set()
    for found in findings:
        covering = [allows[number] for number in _allowing(found, allows)]
        used.update(allow.span for allow in covering)
        if not covering:
            kept.append(found)
    return _told_once(kept), [allow for allow in allows if allow.span not in used]


def _told_once(findings: list[Found]) -> list[Diagnostic]:
    """Of the findings with one cause, the one that is come to first."""
    nearest: dict[Hashable, Diagnostic] = {}
    for number, (finding, _, cause) in enumerate(findings):
        key = number if cause is None else (finding.rule, cause)
        if key not in nearest or _length(finding) < _length(nearest[key]):
            nearest[key] = finding
    return list(nearest.values())


def _length(finding: Diagnostic) -> int:
    return 0 if finding.witness is None else finding.witness.length


def _covers(allow: Allow, finding: Diagnostic) -> bool:
    if allow.thing is not None:
        return (allow.rule, allow.thing) == (finding.rule, finding.span)
    return covers(allow, finding.rule, ".".join(part for part in (finding.node, finding.choice) if part))


def _weighed(finding: Diagnostic, severities: dict[str, str]) -> Diagnostic:
    """The finding as severe as the story wants its rule to be."""
    level = severities.get(finding.rule)
    return finding if level is None else replace(finding, severity=Severity(level))


def _unused(allow: Allow) -> Diagnostic:
    message = f"this allows {allow.rule}, and there is none here"
    return Diagnostic("unused-allow", Severity.WARNING, message, allow.span, "remove it")


def summary_of(compiled: Compiled, states: int | None, seconds: float) -> Summary:
    """The counts of a story, with how many states were seen in how many seconds."""
    steps = compiled.story.steps
    nodes = [step for step in steps if step.id == step.node]
    return Summary(
        scenes=len({step.scene for step in steps}),
        nodes=len(nodes),
        choices=compiled.choices,
        endings=len(compiled.story.endings),
        words=compiled.words,
        states=states,
        seconds=seconds,
    )
