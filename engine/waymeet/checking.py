"""From the files of a story to its report: read, shape, compile, walk, judge."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from waymeet.analysis.walk import walk
from waymeet.authoring.compiler import compile_story
from waymeet.authoring.loading import load_files
from waymeet.diagnostics import Diagnostic, Report, Severity, StoryError, Summary
from waymeet.machine import EndlessLoopError
from waymeet.rules import SETTABLE_RULES, STATE_RULES
from waymeet.rules.facts import Facts
from waymeet.runtime import Story

if TYPE_CHECKING:
    from waymeet.authoring.compiler import Compiled
    from waymeet.authoring.loading import WrittenFiles
    from waymeet.authoring.places import Allow
    from waymeet.diagnostics import Witness
    from waymeet.runtime import Moment
    from waymeet.story import StoryData
    from waymeet.values import Value

#: Seconds after which a check says what it knows, unless told otherwise.
BUDGET = 60.0


def compile_files(files: dict[str, bytes], name: str) -> StoryData:
    """The runnable story; raises `StoryError`."""
    written = load_files(files)
    compiled = compile_story(written, SETTABLE_RULES)
    if compiled is None:
        raise StoryError(_invalid(written, name))
    return compiled.story


def check_files(files: dict[str, bytes], name: str, *, budget: float | None = None) -> Report:
    """Everything that can be said about a story within `budget` seconds; `name` names one that cannot be read."""
    began = time.monotonic()
    written = load_files(files)
    compiled = compile_story(written, SETTABLE_RULES)
    if compiled is None:
        return _invalid(written, name)
    story = Story(compiled.story)
    facts = Facts(story, compiled.places, walk(story, budget=BUDGET if budget is None else budget))
    findings = [finding for rule in STATE_RULES for finding in rule.find(facts, rule)]
    replayer = _Replayer(story)
    for witness in (finding.witness for finding in findings if finding.witness is not None):
        replayer.replay(witness)
    kept, unused = _allowed(findings, compiled.places.allows)
    off = {rule for rule, level in compiled.severities.items() if level == "off"}
    rules = [rule for rule in STATE_RULES if rule.name not in off]
    undecided = tuple(question for rule in rules for question in rule.undecided(facts))
    if not undecided:
        kept += [_unused(allow) for allow in unused if allow.rule not in off]
    kept = [_weighed(finding, compiled.severities) for finding in kept if finding.rule not in off]
    summary = _summary(compiled, len(facts.walk.states), time.monotonic() - began)
    return Report(story.id, tuple(kept), undecided, summary, sources=written.sources).sorted()


def _invalid(written: WrittenFiles, name: str) -> Report:
    story = name if written.story is None else written.story[1].story.value
    return Report(story, tuple(written.findings), invalid=True, sources=written.sources).sorted()


class _Replayer:
    """Plays witnesses with the runtime itself; that one cannot be played would be our own fault, and is not hidden.

    Witnesses mostly begin alike, so each goes on from where it leaves the one before.
    """

    def __init__(self, story: Story) -> None:
        self._story = story
        self._path: list[str] = []
        self._moments: list[Moment] = []

    def replay(self, witness: Witness) -> None:
        """Play a witness after what came before it."""
        memory: dict[str, Value] = {}
        for earlier in witness.before:
            memory = self._play(earlier, memory).memory
        with suppress(EndlessLoopError):  # that is what such a witness shows
            self._play(witness, memory)

    def _play(self, witness: Witness, memory: dict[str, Value]) -> Moment:
        fresh = self._story.begin(witness.protagonist, memory=memory)
        if not self._moments or self._moments[0].origin != fresh.origin:
            self._path, self._moments = [], [fresh]
        pairs = zip(self._path, witness.play, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        del self._path[shared:], self._moments[shared + 1 :]
        for choice in witness.play[shared:]:
            self._moments.append(self._moments[-1].choose(choice))
            self._path.append(choice)
        return self._moments[-1]


def _allowed(findings: list[Diagnostic], allows: list[Allow]) -> tuple[list[Diagnostic], list[Allow]]:
    """The findings that no `allow` covers, and the entries that cover none."""
    kept = []
    used = set()
    for finding in findings:
        covering = [allow for allow in allows if _covers(allow, finding)]
        used.update(covering)
        if not covering:
            kept.append(finding)
    return kept, [allow for allow in allows if allow not in used]


def _covers(allow: Allow, finding: Diagnostic) -> bool:
    where = ".".join(part for part in (finding.node, finding.choice) if part)
    return allow.rule == finding.rule and (where == allow.step or where.startswith(allow.step + "."))


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
        choices=len(steps) - len(nodes),
        endings=len(compiled.story.endings),
        words=compiled.words,
        states=states,
        seconds=round(seconds, 3),
    )
