"""Every state that can be come to, set by set, in rings: those that take no choice, one choice, two, and so on.

What is new at a position is kept as a ring of its own, with the edge and the batch that it came by, so that the way to
any state of it can be traced back (the onion rings of symbolic model checking: Clarke, Grumberg, McMillan, Zhao:
Efficient generation of counterexamples and witnesses, 1995).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from waymeet.machine import ANSWERED

if TYPE_CHECKING:
    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.system import Edge, Position, System


class Ring(NamedTuple):
    """States of a position that were first come to after so many choices, from states of one batch, by one edge."""

    states: Diagram
    edge: Edge | None
    source: int


class Batch(NamedTuple):
    """Rings of one position and depth that were left together."""

    position: Position
    depth: int
    rings: list[Ring]


class Sounded(NamedTuple):
    """The first time an alarm went off: after how many choices, by which edge, from which batch, and in which states.

    The states are those on arrival at the position, before anything happened there; they came of those `among` the
    states of the batch, if that is said.
    """

    depth: int
    edge: Edge | None
    source: int
    position: Position
    states: Diagram
    among: Diagram | None = None


#: The batch that a beginning comes from.
NOWHERE = -1


@dataclass(slots=True)
class Reach:
    """What can be come to: the states of each position, in batches of rings, and the alarms that went off."""

    system: System
    #: A reach of playthroughs before those of this one, which then goes on from its beginnings, and no further than to
    #: an ending; and the condition of the watch that ends a way here.
    earlier: Reach | None = None
    avoided: int | None = None
    states: dict[Position, Diagram] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    by_position: dict[Position, list[int]] = field(default_factory=dict)
    alarms: dict[tuple[str, tuple[int, ...]], Sounded] = field(default_factory=dict)
    #: What is new, by depth and position, and has not been left yet.
    _fresh: dict[int, dict[Position, list[Ring]]] = field(default_factory=dict)
    _order: dict[int, list[tuple[int, Position]]] = field(default_factory=dict)

    def run(self, budget: Budget | None = None) -> None:
        """Come to everything that can be come to; raises `BudgetSpentError`."""
        if self.earlier is None:
            for start in self.system.starts():
                self.arrive(start, self.system.first, 0, None, NOWHERE)
        for depth in count():
            if not self._fresh:
                return
            if depth not in self._fresh:
                continue
            waiting = self._order[depth]
            while waiting:
                if budget is not None:
                    budget.tick("going through sets of states", 0)
                _, position = heappop(waiting)
                rings = self._fresh[depth].pop(position)
                self._leave(Batch(position, depth, rings))
            del self._fresh[depth], self._order[depth]

    def _leave(self, batch: Batch) -> None:
        number = len(self.batches)
        self.batches.append(batch)
        self.by_position.setdefault(batch.position, []).append(number)
        states = self.union(batch)
        for edge in self.system.edges(batch.position):
            if edge.asked is not None:
                self._sound_answer(edge, number, states)
            if self.earlier is not None and self.begins(edge):
                continue
            onward = self.system.come(edge, states)
            if onward.satisfiable():
                self.arrive(edge.target, onward, batch.depth + edge.cost, edge, number)

    def union(self, batch: Batch) -> Diagram:
        """All states of a batch."""
        first, *others = batch.rings
        states = first.states
        for ring in others:
            states = states | ring.states
        return states

    def arrive(self, position: Position, states: Diagram, depth: int, edge: Edge | None, source: int) -> None:
        """Take in states that come to a position by an edge from a batch, as they are on arrival."""
        if self.avoided is not None:
            states = states & ~self._avoided(position)
        if edge is None or not edge.stays:
            self._sound(position, states, Sounded(depth, edge, source, position, states))
            states = self.system.arrival(position.step).after(states)
        known = self.states.get(position)
        fresh = states if known is None else states & ~known
        if not fresh.satisfiable():
            return
        self.states[position] = fresh if known is None else known | fresh
        level = self._fresh.setdefault(depth, {})
        if position not in level:
            level[position] = []
            heappush(self._order.setdefault(depth, []), (position.step, position))
        level[position].append(Ring(fresh, edge, source))

    def _sound_answer(self, edge: Edge, number: int, states: Diagram) -> None:
        """Note an answer that changes what an event has settled."""
        step = edge.source.step
        for event in self.system.settling(edge.asked):
            key = ("contradiction", (event, step, ANSWERED))
            left = states & self.system.told_before(event)
            while key not in self.alarms and left.satisfiable():
                one, other = self.system.answered_otherwise(edge, left)
                if other.satisfiable():
                    depth = self.batches[number].depth
                    self.alarms[key] = Sounded(depth, edge, number, edge.target, other, one)
                left = left & ~one

    def begins(self, edge: Edge | None) -> bool:
        """Whether an edge begins a playthrough."""
        return edge is None or self.system.ends(edge.source)

    def _avoided(self, position: Position) -> Diagram:
        alarms = self.system.alarms(position)
        found = (alarm.when for alarm in alarms if (alarm.kind, alarm.about) == ("held", (self.avoided,)))
        return next(found, self.system.layout.diagrams.false)

    def _sound(self, position: Position, states: Diagram, sounded: Sounded) -> None:
        for alarm in self.system.alarms(position):
            key = (alarm.kind, alarm.about)
            if key not in self.alarms or sounded.depth < self.alarms[key].depth:
                heard = states & alarm.when
                if heard.satisfiable():
                    self.alarms[key] = sounded._replace(states=heard)
