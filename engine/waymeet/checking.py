"""From the files of a story to its report: read, shape, compile, walk, judge."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from waymeet.analysis.glimpses import glimpsed
from waymeet.analysis.obligations import Obligations
from waymeet.analysis.replay import Replayer
from waymeet.analysis.surveying import survey
from waymeet.analysis.uses import uses_of
from waymeet.authoring.compiler import compile_story
from waymeet.authoring.loading import load_files
from waymeet.diagnostics import Diagnostic, Report, Severity, StoryError, Summary
from waymeet.prose.rendering import Rendering, Template, is_fixed
from waymeet.rules import GRAPH_RULES, SETTABLE_RULES, STATE_RULES
from waymeet.rules.facts import Facts, Found, GraphFacts, covers
from waymeet.runtime import Story
from waymeet.story import prose_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from waymeet.authoring.compiler import Compiled
    from waymeet.authoring.loading import WrittenFiles
    from waymeet.authoring.places import Allow
    from waymeet.diagnostics import Span
    from waymeet.story import StoryData

#: Seconds after which a check says what it knows, unless told otherwise.
BUDGET = 60.0


def compile_files(files: dict[str, bytes], name: str) -> StoryData:
    """The runnable story; raises `StoryError`."""
    with _collector_off():
        return compile_written(load_files(files), name)


def compile_written(written: WrittenFiles, name: str) -> StoryData:
    """The runnable story of files that were read; raises `StoryError`."""
    with _collector_off():
        compiled = compile_story(written, SETTABLE_RULES)
    if compiled is None:
        raise StoryError(_invalid(written, name))
    return compiled.story


def check_files(files: dict[str, bytes], name: str, *, budget: float | None = None) -> Report:
    """Everything that can be said about a story within `budget` seconds; `name` names one that cannot be read."""
    began = time.monotonic()
    with _collector_off():
        written = load_files(files)
        compiled = compile_story(written, SETTABLE_RULES)
        if compiled is None:
            return _invalid(written, name)
        story = Story(compiled.story)
    _tell_all(story)
    off = frozenset(rule for rule, level in compiled.severities.items() if level == "off")
    seconds = BUDGET if budget is None else budget
    obligations = Obligations(compiled.story, compiled.promises, compiled.places)
    if time.monotonic() < began + seconds:
        obligations.meet(glimpsed(story, obligations.watch, obligations.mere))
    known = survey(story, obligations.watch, budget=seconds, began=began)
    facts = Facts(story, compiled.places, obligations, known, off)
    kept, unused = _allowed([*_found_in_graph(compiled), *_found(facts)], compiled.places.allows)
    rules = [rule for rule in STATE_RULES if rule.name not in off]
    undecided = tuple(question for rule in rules for question in rule.undecided(facts))
    if not undecided:
        kept += [_unused(allow) for allow in unused if allow.rule not in off]
    kept = [_weighed(finding, compiled.severities) for finding in kept if finding.rule not in off]
    summary = _summary(compiled, known.rests, time.monotonic() - began)
    return Report(story.id, tuple(kept), undecided, summary, sources=written.sources).sorted()


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the cyclic garbage collector from going through a story's many small objects while they are made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _tell_all(story: Story) -> None:
    """Tell all there is to tell, once: what cannot be told is our own fault, and is not left to a reader to find."""
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


def _invalid(written: WrittenFiles, name: str) -> Report:
    story = name if written.story is None else written.story[1].story.value
    return Report(story, tuple(written.findings), invalid=True, sources=written.sources).sorted()


def _allowed(findings: list[Found], allows: list[Allow]) -> tuple[list[Diagnostic], list[Allow]]:
    """The findings that no `allow` covers, each cause once, and the entries that cover none wherever they hold."""
    kept = []
    used: set[Span] = set()
    for found in findings:
        covering = [allow for allow in allows if _covers(allow, found.diagnostic)]
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


def _summary(compiled: Compiled, states: int, seconds: float) -> Summary:
    steps = compiled.story.steps
    nodes = [step for step in steps if step.id == step.node]
    return Summary(
        scenes=len({step.scene for step in steps}),
        nodes=len(nodes),
        choices=compiled.choices,
        endings=len(compiled.story.endings),
        words=compiled.words,
        states=states,
        seconds=round(seconds, 3),
    )
