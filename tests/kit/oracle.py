"""The slow, obvious oracle: every state by the public runtime alone, breadth first, nothing reduced; then each rule.

Beside the runtime walks the second telling of the format (`kit.retold`), which says what a `Moment` does not: which
steps were passed through and which effects left their range. The two must agree at every state, so that to compare
with the oracle is also to compare the runtime with the specification.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from kit.mentions import judged
from kit.retold import Retold
from waymeet.dice import Luck
from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from kit.reference import Value as PlainValue
    from kit.retold import Passing, State, Step
    from kit.stories import Files
    from waymeet.diagnostics import Diagnostic, Report, Witness
    from waymeet.machine import State as RawState
    from waymeet.runtime import Moment, Story
    from waymeet.values import Value


#: Plays the last move of a reader, with what chance brings in it fixed.
Play = Callable[[tuple[str, ...]], "Moment"]


class Finding(NamedTuple):
    """What a rule finds: where, as far as the rule says, and after how many choices at the least (-1: no witness)."""

    rule: str
    where: str
    length: int


class TooLargeError(Exception):
    """A story with more states than the oracle has patience for."""


class DisagreementError(AssertionError):
    """The runtime does not do what the specification says."""


class _Ambiguous(NamedTuple):
    """What may rightly be reported at any of several places."""

    rule: str
    places: frozenset[str]
    length: int


#: How a move is made: by the machine alone, which stops where chance decides, and by the runtime, with what is fixed.
_Move = tuple[Callable[[], "RawState"], Play, tuple[str, ...]]


@dataclass(slots=True)
class _Visited:
    """One state: how it came about, what is so, where each open choice leads, and which lead round in a circle."""

    protagonist: str
    at: str
    moment: Moment | None
    state: State
    depth: int
    raw: RawState
    played: Play
    fixed: tuple[str, ...]
    onward: dict[str, _Visited | None] = field(default_factory=dict)
    rounds: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Oracle:
    """Everything that can happen in a story."""

    story: Story
    retold: Retold
    most: int = 1500
    visited: dict[object, _Visited] = field(default_factory=dict)
    starts: list[_Visited] = field(default_factory=list)
    arrivals: dict[str, int] = field(default_factory=dict)
    overflows: dict[tuple[str, int], int] = field(default_factory=dict)
    loops: dict[frozenset[str], int] = field(default_factory=dict)
    _level: list[_Visited] = field(default_factory=list)
    _begun: set[object] = field(default_factory=set)

    @classmethod
    def of(cls, story: Story, files: Files, most: int = 1500) -> Oracle:
        """The oracle of a story that was made from these files; raises `TooLargeError`."""
        oracle = cls(story, Retold(files), most)
        oracle._explore()
        return oracle

    # -- exploring ------------------------------------

    def _explore(self) -> None:
        self._begin_all({}, 0)
        depth = 0
        while self._level:
            for visited in self._level:  # grows: an ending begins new paths at no cost
                self._visit(visited)
            depth += 1
            level: list[_Visited] = []
            for before in self._level:
                for choice in _open(before.moment):
                    self._take(before, choice, depth, level)
            self._level = level
            for fresh in level:
                self._check(fresh)

    def _visit(self, visited: _Visited) -> None:
        moment, step = visited.moment, self.retold.steps[visited.at]
        if moment is None:
            self._draw(visited)
            return
        self._check(visited)
        if moment.ending is not None:
            self._begin_all(moment.memory, visited.depth)
        if step.asked is not None:
            self._answer(visited, moment)

    def _draw(self, visited: _Visited) -> None:
        """All that chance can bring; it costs nothing."""
        lots = self.retold.steps[visited.at].lots
        assert lots is not None
        machine = self.story.machine
        for name in lots.names:
            passing = self.retold.drawn(visited.at, name, visited.state)
            to = next(outcome.to for outcome, _ in machine.steps[visited.raw.step].outcomes if outcome.name == name)
            raw = partial(machine.go_on, visited.raw, to, [])
            fixed = (*visited.fixed, name)
            self._arrive(visited, name, passing, visited.depth, (raw, visited.played, fixed), self._level)

    def _answer(self, visited: _Visited, moment: Moment) -> None:
        """Every answer; it costs nothing."""
        for answer in self.retold.answers(visited.at):
            passing = self.retold.answered(visited.at, answer, visited.state)
            value = answer if isinstance(answer, int) else 0
            raw = partial(self.story.machine.answered, moment.state, value, [])
            played = partial(_answered, moment, answer)
            self._arrive(visited, str(answer), passing, visited.depth, (raw, played, ()), self._level)

    def _begin_all(self, memory: Mapping[str, Value], depth: int) -> None:
        """Begin every path with this memory, unless that was done."""
        for protagonist in self.story.protagonists:
            key = (protagonist.id, tuple(sorted(memory.items())) if memory else self._fresh())
            if key in self._begun:
                continue
            self._begun.add(key)
            passing = self.retold.begin(protagonist.id, {name: _plain(value) for name, value in memory.items()})
            registers = self.story.remember(memory)
            raw = partial(self.story.machine.arrive, protagonist.start, registers, [])
            played = partial(_begun, self.story, protagonist.id, memory)
            reached = self._arrive(protagonist.id, "", passing, depth, (raw, played, ()), self._level)
            if reached is not None:
                self.starts.append(reached)

    def _fresh(self) -> tuple[tuple[str, Value], ...]:
        pairs = zip(self.story.data.registers, self.story.machine.start_registers, strict=True)
        registers = tuple(value for _, value in pairs)
        return tuple(sorted(self.story.values(registers, "memory").items()))

    def _take(self, before: _Visited, choice: str, depth: int, level: list[_Visited]) -> None:
        assert before.moment is not None
        machine, state = self.story.machine, before.moment.state
        to = next(way.to for way in machine.steps[state.step].choices if way.id == choice)
        passing = self.retold.arrive(f"{before.at}.{choice}", before.state)
        raw = partial(machine.arrive, to, state.registers, [], None, state.returns)
        self._arrive(before, choice, passing, depth, (raw, partial(_chosen, before.moment, choice), ()), level)

    def _arrive(
        self, before: _Visited | str, name: str, passing: Passing, depth: int, move: _Move, level: list[_Visited]
    ) -> _Visited | None:
        """Note what happens on the way from a state, or from a protagonist's beginning, and where it comes to rest."""
        reached = self._reached(before if isinstance(before, str) else before.protagonist, passing, depth, move, level)
        if isinstance(before, _Visited):
            before.onward[name] = reached
            if reached is None:
                before.rounds[name] = passing.round
        return reached

    def _reached(
        self, protagonist: str, passing: Passing, depth: int, move: _Move, level: list[_Visited]
    ) -> _Visited | None:
        arrive, played, fixed = move
        for step in passing.steps:
            self.arrivals.setdefault(step, depth)
        for effect in passing.overflows:
            self.overflows.setdefault(effect, depth)
        try:
            raw = arrive()
            moment = None if self.story.machine.steps[raw.step].outcomes else played(fixed)
        except EndlessLoopError as error:
            if set(error.circle) != passing.round:
                raise DisagreementError(f"the circle {error.circle} is {sorted(passing.round)}") from error
            self.loops.setdefault(passing.round, depth)
            return None
        at = self.story.machine.steps[raw.step].id
        if passing.state is None or passing.rest != at or (moment is not None and moment.state != raw):
            raise DisagreementError(f"the runtime rests at {at}; expected {passing.rest or sorted(passing.round)}")
        key = (protagonist, raw)
        if key not in self.visited:
            self.visited[key] = _Visited(protagonist, at, moment, passing.state, depth, raw, played, fixed)
            level.append(self.visited[key])
            if len(self.visited) > self.most:
                raise TooLargeError
        return self.visited[key]

    def _check(self, visited: _Visited) -> None:
        """Hold the runtime to what the specification says."""
        moment, at = visited.moment, visited.at
        if moment is None:
            return
        expected = {name: value for name, value in visited.state.flags.items() if "." not in name}
        expected |= {
            name.removeprefix(moment.scene + "."): value
            for name, value in visited.state.flags.items()
            if name.startswith(moment.scene + ".")
        }
        texts = {text.name for text in self.story.data.texts}
        actual = {name: _plain(value) for name, value in moment.flags.items() if name not in texts}
        if actual != expected:
            raise DisagreementError(f"at {at} after {moment.path}: {actual}, expected {expected}")
        offered = [(offer.id, offer.locked is not None) for offer in moment.choices]
        if offered != self.retold.offers(at, visited.state):
            raise DisagreementError(f"at {at} after {moment.path}: {offered} offered")
        if moment.tags != self.retold.steps[at].tags:
            raise DisagreementError(f"at {at}: the tags are {moment.tags}")
        if moment.ending != self.retold.steps[at].ending:
            raise DisagreementError(f"at {at}: the ending is {moment.ending}")

    # -- the rules ------------------------------------

    def findings(self, quiet: Collection[tuple[str, str]] = ()) -> Counter[Finding]:
        """What every rule about the story finds; of places that are equally right, the first by name.

        `quiet` has the rules and places of findings that are allowed, and so are nobody's excuse.
        """
        rules = (
            self._stuck,
            partial(self._soft_locks, quiet),
            self._endless,
            self._unreachable_nodes,
            self._unreachable_endings,
            self._impossible,
            self._out_of_range,
            self._unwarned,
            self._unused,
        )
        return Counter(finding for rule in rules for finding in rule())

    def _stuck(self) -> Iterable[Finding]:
        found: dict[Finding, int] = {}
        for visited in self.visited.values():
            if visited.moment is not None and visited.moment.stuck:
                found.setdefault(Finding(*self._break(visited), 0), visited.depth)
        return [finding._replace(length=depth) for finding, depth in found.items()]

    def _break(self, visited: _Visited) -> tuple[str, str]:
        """The rule and the place of a story that breaks off."""
        step = self.retold.steps[visited.at]
        return ("dead-end", step.id) if step.onward is None else ("uncovered-goto", step.owner)

    def _soft_locks(self, quiet: Collection[tuple[str, str]]) -> Iterable[Finding]:
        safe = {id(visited) for visited in self.visited.values() if self._is_safe(visited, quiet)}
        grown = True
        while grown:
            more = {
                id(visited)
                for visited in self.visited.values()
                if id(visited) not in safe and any(id(onward) in safe for onward in visited.onward.values())
            }
            safe |= more
            grown = bool(more)
        found: dict[tuple[str, str], int] = {}
        for visited in self.visited.values():
            for choice, onward in visited.onward.items():
                if onward is None or _is_stuck(onward):
                    continue  # it is over there, by a break that is reported or allowed
                if id(visited) in safe and id(onward) not in safe:
                    if self.retold.steps[visited.at].rests:
                        found.setdefault((visited.at, "what comes"), visited.depth)
                    else:
                        found.setdefault((f"{visited.at}.{choice}", "a choice"), visited.depth + 1)
        for start in self.starts:
            if id(start) not in safe and not _is_stuck(start):
                name = (f"start of {start.protagonist}", "")
                found[name] = min(start.depth, found.get(name, start.depth))
        return [Finding("soft-lock", where, depth) for (where, _), depth in found.items()]

    def _is_safe(self, visited: _Visited, quiet: Collection[tuple[str, str]]) -> bool:
        """An ending of one's own, a place where the story breaks off, or a choice that leads round in a circle."""
        ending = self.retold.steps[visited.at].ending
        if ending is not None:
            return visited.protagonist in self._whose(ending)
        if _is_stuck(visited):
            return self._break(visited) not in quiet
        return any(("endless-loop", self._told_at(circle)) not in quiet for circle in visited.rounds.values())

    def _whose(self, ending: str) -> list[str]:
        everyone = [protagonist.id for protagonist in self.story.protagonists]
        whose: list[str] = self.retold.story["endings"][ending].get("for", everyone)
        return whose

    def _endless(self) -> Iterable[Finding]:
        return [Finding("endless-loop", self._told_at(circle), depth) for circle, depth in self.loops.items()]

    def _told_at(self, circle: Iterable[str]) -> str:
        """The step of a circle that stands first in the file."""
        return min(circle, key=list(self.retold.steps).index)

    def _unreachable_nodes(self) -> Iterable[Finding]:
        lost = [node for node in self.retold.nodes if node not in self.arrivals]
        return [Finding("unreachable-node", node, -1) for node in causes(lost, self._arrows())]

    def _arrows(self) -> dict[str, set[str]]:
        """For each node, the other nodes that have a way to it, conditions ignored."""
        arrows: dict[str, set[str]] = {node: set() for node in self.retold.nodes}
        for step in self.retold.steps.values():
            for to in self._targets(step):
                arrows[to] |= {step.node} - {to}
        return arrows

    def _targets(self, step: Step) -> list[str]:
        if step.ending is not None or step.back is not None:
            return []
        if step.lots is not None:
            return [to for _, to in step.lots.ways]
        called = [] if step.call is None else [step.call.to, *step.call.returns.values()]
        return [*called, *(to for _, to in step.onward or ())]

    def _unreachable_endings(self) -> Iterable[Finding]:
        reached = {(visited.protagonist, self.retold.steps[visited.at].ending) for visited in self.visited.values()}
        written = {step.ending for step in self.retold.steps.values()}
        for ending in self.retold.story["endings"]:
            if ending not in written:
                yield Finding("unused-ending", ending, -1)
            for protagonist in self._whose(ending) if ending in written else ():
                if (protagonist, ending) not in reached:
                    yield Finding("unreachable-ending", f"{ending} for {protagonist}", -1)

    def _impossible(self) -> Iterable[Finding]:
        opened = {f"{visited.at}.{choice}" for visited in self.visited.values() for choice in visited.onward}
        for step in self.retold.steps.values():
            for way in step.choices:
                if step.id in self.arrivals and way.step not in opened:
                    yield Finding("impossible-choice", way.step, self.arrivals[step.id])

    def _out_of_range(self) -> Iterable[Finding]:
        return [Finding("out-of-range", step, depth) for (step, _), depth in self.overflows.items()]

    def _unused(self) -> Iterable[Finding]:
        return [Finding(rule, name, -1) for rule, name in judged(self.retold)]

    def _unwarned(self) -> Iterable[Finding]:
        for step in self.retold.steps.values():
            for warn in step.warns:
                if step.id in self.arrivals and warn not in self.retold.story.get("warns", []):
                    yield Finding("missing-warning", step.id, self.arrivals[step.id])


def causes(lost: list[str], arrows: Mapping[str, set[str]]) -> list[str]:
    """Of nodes that are not reached, in the order of the file, those that are so not merely because others are."""
    unreached = set(lost)
    first = {node for node in lost if not arrows[node] or arrows[node] - unreached}
    explained = _closure(first, unreached, arrows)
    rest = [node for node in lost if node not in explained]
    for node in rest:
        circle = {
            other for other in _closure({node}, unreached, arrows) if node in _closure({other}, unreached, arrows)
        }
        leads_in = set().union(*(arrows[member] for member in circle)) - circle
        if not leads_in and node == next(other for other in rest if other in circle):
            first.add(node)
    return sorted(first)


def _closure(start: set[str], unreached: set[str], arrows: Mapping[str, set[str]]) -> set[str]:
    found = set(start)
    while more := {node for node in unreached - found if arrows[node] & found}:
        found |= more
    return found


def reported(report: Report, retold: Retold) -> Counter[Finding]:
    """What a report says, in the oracle's terms."""
    return Counter(Finding(f.rule, where(f, retold), length(f.witness)) for f in report.findings)


def where(finding: Diagnostic, retold: Retold) -> str:
    """Where a finding is, as the oracle says it."""
    where = ".".join(part for part in (finding.node, finding.choice) if part)
    match finding.rule:
        case "unused-flag" | "never-read" | "never-written":
            return finding.message.split('"')[1]
        case "unused-ending":
            return finding.message.split()[-1]
        case "unreachable-ending":
            words = finding.message.split()
            named = [word for word in words if word in retold.story["protagonists"]]
            return " for ".join([words[-1], *named])
        case "uncovered-goto":
            return retold.steps[where].owner
        case "soft-lock" if finding.message.endswith("from the very start"):
            assert finding.witness is not None
            return f"start of {finding.witness.protagonist}"
        case _:
            return where


def length(witness: Witness | None) -> int:
    """The number of choices of a witness, those of the playthroughs before it included."""
    if witness is None:
        return -1
    return len(witness.play) + sum(len(earlier.play) for earlier in witness.before)


def _open(moment: Moment | None) -> list[str]:
    return [] if moment is None else [offer.id for offer in moment.choices if offer.locked is None]


def _is_stuck(visited: _Visited) -> bool:
    return visited.moment is not None and visited.moment.stuck


def _begun(story: Story, protagonist: str, memory: Mapping[str, Value], fixed: tuple[str, ...]) -> Moment:
    return story.begin(protagonist, memory=memory, outcomes=fixed)


def _chosen(moment: Moment, choice: str, fixed: tuple[str, ...]) -> Moment:
    return _with_luck(moment, fixed).choose(choice)


def _answered(moment: Moment, answer: int | str, fixed: tuple[str, ...]) -> Moment:
    return _with_luck(moment, fixed).answer(answer)


def _with_luck(moment: Moment, fixed: tuple[str, ...]) -> Moment:
    """The same moment, where chance will bring this."""
    lucky = copy(moment)
    lucky._luck = Luck(0, fixed)
    return lucky


def _plain(value: Value) -> PlainValue:
    return frozenset(value) if isinstance(value, tuple) else value
