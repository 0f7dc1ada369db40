"""What the rules say of a story that the oracle has explored: each by its own words, without the checker's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from kit.alike import Choices
from kit.findings import Finding, allowing, allows, switched_off
from kit.mentions import judged
from kit.unused import Unused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kit.oracle import Oracle, Visited
    from kit.retold import Retold
    from kit.written import Step


class _Raw(NamedTuple):
    """A finding before anything is allowed: `at` is the step or the ending that an `allow` may stand at.

    Of those with the same `cause` the nearest is told; what is written once has one.
    """

    at: str
    finding: Finding
    cause: object


@dataclass(slots=True)
class Verdicts:
    """The rules, put to a story.

    A list that several steps share is told of where it is met first: `_tellers` has those steps, by where lists stand.
    """

    oracle: Oracle
    _tellers: dict[str, Visited] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for visited in self.oracle.visited.values():
            owner = self.retold.steps[visited.at].owner
            if visited.is_stuck and (owner not in self._tellers or visited.depth < self._tellers[owner].depth):
                self._tellers[owner] = visited

    @property
    def retold(self) -> Retold:
        """The story."""
        return self.oracle.retold

    def findings(self) -> Counter[Finding]:
        """What every rule finds."""
        nearest: dict[object, Finding] = {}
        used: set[tuple[str, str]] = set()
        for raw in self._all():
            rule, _, least = raw.finding
            meant = [(name, rule) for name in allowing(self.retold, rule, raw.at)]
            used.update(meant)
            key = (rule, raw.cause)
            if not meant and (key not in nearest or least < nearest[key].length):
                nearest[key] = raw.finding
        off = switched_off(self.retold)
        unused = [(name, rule) for name, rule in allows(self.retold) - used if rule not in off]
        found = [*nearest.values(), *(Finding("unused-allow", "", -1) for _ in unused)]
        return Counter(finding for finding in found if finding.rule not in off)

    def _all(self) -> Iterator[_Raw]:
        yield from self._stuck()
        yield from self._soft_locks()
        yield from self._endless()
        yield from self._unreachable_nodes()
        yield from self._unreachable_endings()
        yield from self._stray_endings()
        yield from self._lost_endings()
        yield from self._impossible()
        yield from self._out_of_range()
        yield from self._unwarned()
        yield from self._unused()
        yield from self._never_used()
        yield from self._alike()

    def _is_told(self, rule: str, at: str) -> bool:
        return rule not in switched_off(self.retold) and not any(allowing(self.retold, rule, at))

    # -- where a story does not go on ------------------------------------

    def _stuck(self) -> Iterator[_Raw]:
        for visited in self.oracle.visited.values():
            if visited.is_stuck:
                rule, where, at = self._break(visited)
                yield _Raw(at, Finding(rule, where, visited.depth), where)

    def _break(self, visited: Visited) -> tuple[str, str, str]:
        """The rule that a story breaks by breaking off, what the finding is about, and the step where it is told."""
        step = self.retold.steps[visited.at]
        if step.onward is None:
            return "dead-end", step.name, step.id
        return "uncovered-goto", step.owner, self._tellers[step.owner].at

    def _soft_locks(self) -> Iterator[_Raw]:
        safe = self._safe()
        for visited in self.oracle.visited.values():
            for choice, onward in visited.onward.items():
                if onward is None or onward.is_stuck:
                    continue  # it is over there, by a break that is reported or allowed
                if id(visited) in safe and id(onward) not in safe:
                    at, is_chosen = self._crossing(visited, choice)
                    where = self.retold.steps[at].name
                    yield _Raw(at, Finding("soft-lock", where, visited.depth + is_chosen), (where, is_chosen))
        lost = [(depth, start) for start, depth in self.oracle.starts if id(start) not in safe and not start.is_stuck]
        for who in self.retold.story["protagonists"]:
            for depth, start in sorted((one for one in lost if one[1].protagonist == who), key=itemgetter(0))[:1]:
                yield _Raw(start.at, Finding("soft-lock", f"start of {who}", depth), who)

    def _crossing(self, visited: Visited, choice: str) -> tuple[str, bool]:
        """Where a move is told of that loses everything, and whether the reader chose it."""
        ways = _ways(self.retold.steps[visited.at])
        return (ways[choice], True) if choice in ways else (visited.at, False)

    def _safe(self) -> set[int]:
        """The states from which a reader can still come to an ending, or to what is the cause of coming to none."""
        return self._leading_to(visited for visited in self.oracle.visited.values() if self._is_safe(visited))

    def _leading_to(self, those: Iterable[Visited]) -> set[int]:
        """Some states and those from which one of them can be come to."""
        everything = self.oracle.visited.values()
        safe = {id(visited) for visited in those}
        grown = True
        while grown:
            more = {
                id(visited)
                for visited in everything
                if id(visited) not in safe and any(id(onward) in safe for onward in visited.onward.values())
            }
            safe |= more
            grown = bool(more)
        return safe

    def _is_safe(self, visited: Visited) -> bool:
        """An ending, a place where the story breaks off, or a choice that leads round in a circle."""
        if self.retold.steps[visited.at].ending is not None:
            return True
        if visited.is_stuck:
            rule, _, at = self._break(visited)
            return self._is_told(rule, at)
        return any(self._is_told("endless-loop", self._told_at(circle)) for circle in visited.rounds.values())

    def _endless(self) -> Iterator[_Raw]:
        for circle, depth in self.oracle.loops.items():
            at = self._told_at(circle)
            yield _Raw(at, Finding("endless-loop", self.retold.steps[at].name, depth), circle)

    def _told_at(self, circle: Iterable[str]) -> str:
        """The step of a circle that stands first in the file."""
        return min(circle, key=list(self.retold.steps).index)

    # -- what is never come to ------------------------------------

    def _unreachable_nodes(self) -> Iterator[_Raw]:
        lost = [node for node in self.retold.nodes if node not in self.oracle.arrivals]
        told = set() if "impossible-choice" in switched_off(self.retold) else self._offered()
        for node in causes(lost, self._arrows()):
            if node not in told:
                yield _Raw(node, Finding("unreachable-node", node, -1), node)

    def _offered(self) -> set[str]:
        """The cards that a step offers which readers come to: of those it is said that they are never offered."""
        drawing = [step for step in self.retold.steps.values() if step.id in self.oracle.arrivals]
        return {card for step in drawing if _offers(step) for card in _ways(step).values()}

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
            return self.retold.possible(step.lots)
        if step.deck is not None:
            return [*(card.node for card in step.deck.cards), step.deck.otherwise]
        called = [] if step.call is None else [step.call.to, *step.call.returns.values()]
        return [*called, *(to for _, to in step.onward or ())]

    def _unreachable_endings(self) -> Iterator[_Raw]:
        visited = self.oracle.visited.values()
        reached = {(one.protagonist, self.retold.steps[one.at].ending) for one in visited}
        written = {step.ending for step in self.retold.steps.values()}
        for ending in self.retold.story["endings"]:
            missed = [who for who in self._whose(ending) if (who, ending) not in reached]
            for where in [f"{ending} for {who}" for who in missed] if ending in written else ():
                yield _Raw(f"ending {ending}", Finding("unreachable-ending", where, -1), where)

    def _stray_endings(self) -> Iterator[_Raw]:
        for visited in self.oracle.visited.values():
            ending = self.retold.steps[visited.at].ending
            if ending is not None and visited.protagonist not in self._whose(ending):
                where = f"{ending} for {visited.protagonist}"
                yield _Raw(f"ending {ending}", Finding("stray-ending", where, visited.depth), where)

    def _lost_endings(self) -> Iterator[_Raw]:
        kinds = {name: written.get("kind", "main") for name, written in self.retold.story["endings"].items()}
        told = {name for name, written in self.retold.story["endings"].items() if written.get("hint")}
        mains = [name for name, kind in kinds.items() if kind == "main" and len({*kinds.values()}) > 1]
        for ending in mains:
            for who in self._whose(ending) if ending not in told else ():
                for depth in self._losing(ending, who):
                    yield _Raw(f"ending {ending}", Finding("lost-ending", f"{ending} for {who}", depth), (ending, who))

    def _losing(self, ending: str, who: str) -> list[int]:
        """After how many choices a protagonist stands where an ending can be come to no more that once could be."""
        mine = [visited for visited in self.oracle.visited.values() if visited.protagonist == who]
        ends = [visited for visited in mine if self.retold.steps[visited.at].ending == ending]
        hopeful = self._leading_to(ends)
        going_on = [visited for visited in mine if self.retold.steps[visited.at].ending is None]
        return [visited.depth for visited in going_on if id(visited) not in hopeful] if ends else []

    def _whose(self, ending: str) -> list[str]:
        everyone = [protagonist.id for protagonist in self.oracle.story.protagonists]
        whose = self.retold.story["endings"][ending].get("for", everyone)
        return [whose] if isinstance(whose, str) else list(whose)

    def _impossible(self) -> Iterator[_Raw]:
        visited = self.oracle.visited.values()
        taken = [(_ways(self.retold.steps[one.at]), one.onward) for one in visited]
        opened = {self.retold.steps[ways[way]].name for ways, onward in taken for way in onward if way in ways}
        for step in self.retold.steps.values():
            for at in _ways(step).values() if step.id in self.oracle.arrivals else ():
                name = self.retold.steps[at].name
                if name not in opened:
                    yield _Raw(at, Finding("impossible-choice", name, self.oracle.arrivals[step.id]), name)

    def _never_used(self) -> Iterator[_Raw]:
        off = switched_off(self.retold)
        unused = Unused(self.oracle, unseen="unseen-text" not in off, unreached="unreachable-node" not in off)
        for rule, about, at, step in unused.findings():
            yield _Raw(at, Finding(rule, self.retold.steps[at].name, self.oracle.arrivals[step]), about)

    def _alike(self) -> Iterator[_Raw]:
        for opened, first, step in Choices(self.oracle).findings():
            finding = Finding("false-choice", self.retold.steps[opened].name, self.oracle.arrivals[step])
            yield _Raw(opened, finding, first)

    # -- what is declared ------------------------------------

    def _unused(self) -> Iterator[_Raw]:
        written = {step.ending for step in self.retold.steps.values()}
        for ending in self.retold.story["endings"]:
            if ending not in written:
                yield _Raw(f"ending {ending}", Finding("unused-ending", ending, -1), ending)
        for rule, name in judged(self.retold):
            yield _Raw(f"flag {name}", Finding(rule, name.rpartition(".")[2], -1), name)

    # -- what happens on the way ------------------------------------

    def _out_of_range(self) -> Iterator[_Raw]:
        for (step, index), depth in self.oracle.overflows.items():
            name = self.retold.steps[step].name
            yield _Raw(step, Finding("out-of-range", name, depth), (name, index))

    def _unwarned(self) -> Iterator[_Raw]:
        told = self.retold.story.get("warns", [])
        for step in self.retold.steps.values():
            for index, warn in enumerate(step.warns):
                if step.id in self.oracle.arrivals and warn not in ([told] if isinstance(told, str) else told):
                    finding = Finding("missing-warning", step.name, self.oracle.arrivals[step.id])
                    yield _Raw(step.id, finding, (step.name, index))


def _offers(step: Step) -> bool:
    return step.deck is not None and step.deck.pick == "offer"


def _ways(step: Step) -> dict[str, str]:
    """The ids of what can be chosen at a step, with the step that each opens onto, or the card that is chosen."""
    if step.deck is not None and _offers(step):
        return {card.node.rpartition(".")[2]: card.node for card in step.deck.cards}
    return {way.id: way.step for way in step.choices}


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
