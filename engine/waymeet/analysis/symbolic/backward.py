"""Whether something can be come to, and by which way, found out backward from it.

Only what can lead there is gone through, and of each condition only as much as it depends on (weakest preconditions;
Dijkstra: A discipline of programming, 1976), so that this answers where all that can be come to is too much to hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple, Protocol

from waymeet.analysis.symbolic.rings import Target
from waymeet.analysis.telling import Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.transitions import Position

    #: What is asked for: targets to be come to, or states of positions to be at.
    Goal = Sequence[Target] | Mapping[Position, Diagram]

_PHASE = "going backward from what is asked"


class Step(NamedTuple):
    """States of a position from which a target's edge leads on: to a batch, or, where that is None, to the goal.

    Without a target they are the goal themselves.
    """

    states: Diagram
    position: Position
    target: Target | None = None
    onward: int | None = None


class Batch(NamedTuple):
    """Steps of one position that were gone back from together, so many choices before the goal."""

    position: Position
    depth: int
    steps: list[Step]


class Met(NamedTuple):
    """Where a way to the goal begins: in some states of a batch, or, with none, at the goal itself.

    Where it begins at what was seen, `seen` is the number of that state.
    """

    batch: int | None
    position: Position
    states: Diagram
    seen: int | None = None


class Seen(Protocol):
    """States that are known to be come to, by their numbers."""

    def at(self, position: Position) -> Sequence[int]:
        """The states of a position."""

    def values(self, number: int) -> Sequence[tuple[int, bool]]:
        """The variables of a state."""

    def pinned(self, number: int) -> Diagram:
        """A state as a set that has nothing else."""


def _seen_in(states: Diagram, position: Position, batch: int, seen: Seen) -> Met | None:
    for number in seen.at(position):
        if states.eval(seen.values(number)):
            return Met(batch, position, states & seen.pinned(number), number)
    return None


class Backward:
    """A search for the ways to a goal, among states of which `possible` has all that can be come to, and maybe more.

    `came` has how many choices it takes at least to each position; with it, the first way that is found is the
    shortest. Without, it is merely some way, found sooner. What depends on registers of the cube `freed` is forgotten
    on the way: then there may be no way though one is found, but there is none where none is (localization; Kurshan:
    Computer-aided verification of coordinating processes, 1994).
    """

    def __init__(
        self,
        space: Space,
        possible: Mapping[Position, Diagram],
        goal: Goal,
        came: Mapping[Position, int] | None = None,
        freed: Diagram | None = None,
    ) -> None:
        self.space = space
        self.system = space.system
        self.batches: list[Batch] = []
        #: The states that were gone back from.
        self.leading: dict[Position, Diagram] = {}
        self._possible = possible
        self._came = came
        self._freed = freed
        self._begun: Met | None = None
        self._fresh: dict[tuple[Position, int], list[Step]] = {}
        self._waiting: list[tuple[int, int, int, Position]] = []
        if isinstance(goal, Mapping):
            for position, states in goal.items():
                self._wait(Step(states, position), 0)
        else:
            for target in goal:
                self._begin(target)

    def meets(self, budget: Budget, seen: Seen | None = None) -> Met | None:
        """Where a way begins, at a beginning or at one of some states that were seen; None where there is no way.

        Raises `BudgetSpentError`, and `MemoryError` where the diagrams outgrow their room.
        """
        starts = set(self.space.starts())
        while self._begun is None and self._waiting:
            budget.tick(_PHASE, 0)
            batch = self._next()
            if batch is None:
                continue
            position = self.batches[batch].position
            states = self.leading[position]
            met = None if seen is None else _seen_in(states, position, batch, seen)
            if met is not None:
                return met
            if position in starts:
                first = self.system.arrival(position.step).after(self.space.allowed(position, self.system.first))
                if (states & first).satisfiable():
                    return Met(batch, position, states & first)
            self._go_back(batch)
        return self._begun

    def forget(self) -> None:
        """Let go of everything: it makes room for other searches."""
        self.batches.clear()
        self.leading.clear()
        self._fresh.clear()
        self._waiting.clear()

    def _begin(self, target: Target) -> None:
        if target.edge is not None:
            states = self.system.leading(target.edge, self.space.allowed(target.position, target.states))
            states = states if target.among is None else states & target.among
            self._wait(Step(states, target.edge.source, target), 0)
        else:
            states = self.space.allowed(target.position, target.states & self.system.first)
            if states.satisfiable():
                self._begun = Met(None, target.position, states)

    def _wait(self, step: Step, depth: int) -> None:
        position = step.position
        possible = self._possible.get(position._replace(last=False))
        if possible is None or (self._came is not None and position not in self._came):
            return
        states = step.states & possible
        if self._freed is not None:
            states = states.exists(self._freed)
        if position in self.leading:
            states = states & ~self.leading[position]
        if not states.satisfiable():
            return
        if self._came is not None and step.target is not None and step.target.edge is not None:
            depth += step.target.edge.cost
        key = (position, depth)
        if key not in self._fresh:
            self._fresh[key] = []
            least = depth + (0 if self._came is None else self._came[position])
            heappush(self._waiting, (least, -self.space.places[position], depth, position))
        self._fresh[key].append(step._replace(states=states))

    def _next(self) -> int | None:
        """The batch that is next; None where all of it was gone back from before."""
        _, _, depth, position = heappop(self._waiting)
        steps = self._fresh.pop((position, depth))
        done = self.leading.get(position)
        if done is not None:
            fresh = [step._replace(states=step.states & ~done) for step in steps]
            steps = [step for step in fresh if step.states.satisfiable()]
        if not steps:
            return None
        for step in steps:
            done = step.states if done is None else done | step.states
        assert done is not None
        self.leading[position] = done
        self.batches.append(Batch(position, depth, steps))
        return len(self.batches) - 1

    def _go_back(self, number: int) -> None:
        batch = self.batches[number]
        states = batch.steps[0].states
        for step in batch.steps[1:]:
            states = states | step.states
        before = self.space.allowed(batch.position, self.system.arrival(batch.position.step).before(states))
        for edge in self.space.incoming.get(batch.position, ()):
            target = Target(edge, batch.position, states if edge.stays else before)
            self._wait(Step(self.system.leading(edge, target.states), edge.source, target, number), batch.depth)

    def way(self, met: Met) -> tuple[list[Taken], Target, Diagram]:
        """The edges of a way from where it begins; the target that it comes to, and in which states, as they come."""
        taken: list[Taken] = []
        target, there = Target(None, met.position, met.states), met.states
        batch, states = met.batch, met.states.pick_cube_dd()
        while batch is not None:
            step = next(s for s in self.batches[batch].steps if (s.states & states).satisfiable())
            if step.target is None:
                break
            target, edge = step.target, step.target.edge
            assert edge is not None
            states = (states & step.states).pick_cube_dd()
            there = (self.system.come(edge, states) & target.states).pick_cube_dd()
            answer = None
            if edge.asked is not None:
                given = self.system.unfresh(edge, there) & edge.guard & self.system.layout.within(edge.asked)
                given = given & states.exists(self.system.layout.cube([edge.asked]))
                answer = self.system.layout.value_in(given, edge.asked)
            taken.append(Taken(edge, answer))
            states = there if edge.stays else self.system.arrival(target.position.step).after(there)
            batch = step.onward
        return taken, target, there
