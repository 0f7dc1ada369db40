"""The shortest way to something: sets of states in rings, by how many choices they take.

What is new at a position is kept as a ring, with the edge and the batch that it came by, so that the way to any state
of it can be traced back (the onion rings of symbolic model checking: Clarke, Grumberg, McMillan, Zhao: Efficient
generation of counterexamples and witnesses, 1995). Those go first that lead on with the fewest choices more than it
takes at least, conditions ignored (symbolic A*: Edelkamp, Reffel: OBDDs in heuristic search, 1998): counted from the
beginning, which serves any goal, or up to one goal.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.symbolic.system import Edge
    from waymeet.analysis.transitions import Position

    Distances = dict[Position, int]


class Ring(NamedTuple):
    """States of a position that came from states of one batch, by one edge; by none where the story begins."""

    states: Diagram
    edge: Edge | None
    source: int


class Batch(NamedTuple):
    """Rings of one position and depth that were left together."""

    position: Position
    depth: int
    rings: list[Ring]

    @property
    def states(self) -> Diagram:
        """All its states."""
        first, *others = self.rings
        states = first.states
        for ring in others:
            states = states | ring.states
        return states


#: What is being done while a way is looked for.
SEEKING = "looking for the shortest way"
#: The batch that a first beginning comes from.
NOWHERE = -1


class Target(NamedTuple):
    """Something to be come to: by an edge, or, with none, where the story begins; in states as they are on arrival.

    It must be come to from those `among` the states before, if that is said.
    """

    edge: Edge | None
    position: Position
    states: Diagram
    among: Diagram | None = None


class Hit(NamedTuple):
    """A target that was come to, after how many choices, from which batch, in which states, as they are on arrival."""

    target: Target
    depth: int
    source: int
    states: Diagram


class Rings:
    """A search under way; it can go on from where it was for another goal.

    `bonus` has for each position how many choices go unpunished there, or, below 0, are still ahead at least; positions
    that are not in it are left out. Without, choices are not counted, and a way that is found is merely some way.
    """

    def __init__(self, space: Space, bonus: Mapping[Position, int] | None = None) -> None:
        self.space = space
        self.system = space.system
        self.batches: list[Batch] = []
        self._bonus = bonus
        self._left: dict[Position, list[int]] = {}
        self._done: dict[Position, Diagram] = {}
        self._fresh: dict[tuple[Position, int], list[Ring]] = {}
        self._waiting: list[tuple[int, int, int, Position]] = []
        self._begin()

    def nearest(self, goal: Iterable[Target], bonus: int, budget: Budget | None) -> Hit | None:
        """The nearest of some targets; None where there is no way to any. At none of them is the bonus less.

        Raises `BudgetSpentError`, after which it can be gone on with all the same.
        """
        targets: dict[Position, list[Target]] = {}
        best = None
        for target in goal:
            if target.edge is None:
                best = best or self._begun(target)
            else:
                targets.setdefault(target.edge.source, []).append(target)
        for position in targets:
            for number in self._left.get(position, ()):
                best = self._nearer(best, number, targets)
        while self._waiting and (best is None or self._waiting[0][0] + bonus < best.depth):
            if budget is not None:
                budget.tick(SEEKING, 0)
            left = self._leave()
            if left is not None:
                best = self._nearer(best, left, targets)
        return best

    def forget(self) -> None:
        """Let go of everything, to make room for other searches; it begins anew."""
        self.batches.clear()
        self._left.clear()
        self._done.clear()
        self._fresh.clear()
        self._waiting.clear()
        self._begin()

    def _begin(self) -> None:
        for start in self.space.starts():
            self._arrive(start, self.system.first, 0, None, NOWHERE)

    def _begun(self, target: Target) -> Hit | None:
        states = self.space.allowed(target.position, target.states & self.system.first)
        return Hit(target, 0, NOWHERE, states) if states.satisfiable() else None

    def _nearer(self, best: Hit | None, number: int, targets: Mapping[Position, list[Target]]) -> Hit | None:
        batch = self.batches[number]
        for target in targets.get(batch.position, ()):
            assert target.edge is not None
            depth = batch.depth + self._cost(target.edge)
            if best is None or depth < best.depth:
                states = batch.states if target.among is None else batch.states & target.among
                states = self.system.come(target.edge, states) & target.states
                states = self.space.allowed(target.position, states)
                if states.satisfiable():
                    best = Hit(target, depth, number, states)
        return best

    def _cost(self, edge: Edge) -> int:
        return 0 if self._bonus is None else edge.cost

    def _leave(self) -> int | None:
        """Go on from the batch that is next, and give its number; None where all of it was left before."""
        _, _, depth, position = heappop(self._waiting)
        rings = self._fresh.pop((position, depth))
        done = self._done.get(position)
        if done is not None:
            fresh = [ring._replace(states=ring.states & ~done) for ring in rings]
            rings = [ring for ring in fresh if ring.states.satisfiable()]
        if not rings:
            return None
        batch = Batch(position, depth, rings)
        states = batch.states
        self._done[position] = states if done is None else done | states
        number = len(self.batches)
        self.batches.append(batch)
        self._left.setdefault(position, []).append(number)
        for edge in self.space.edges(position):
            onward = self.system.come(edge, states)
            if onward.satisfiable():
                self._arrive(edge.target, onward, depth + self._cost(edge), edge, number)
        return number

    def _arrive(self, position: Position, states: Diagram, depth: int, edge: Edge | None, source: int) -> None:
        bonus = 0 if self._bonus is None else self._bonus.get(position)
        if bonus is None:
            return
        states = self.space.allowed(position, states)
        if edge is None or not edge.stays:
            states = self.system.arrival(position.step).after(states)
        if position in self._done:
            states = states & ~self._done[position]
        if not states.satisfiable():
            return
        key = (position, depth)
        if key not in self._fresh:
            self._fresh[key] = []
            heappush(self._waiting, (depth - bonus, self.space.places[position], depth, position))
        self._fresh[key].append(Ring(states, edge, source))


def distances(onward: Callable[[Position], Iterable[tuple[Position, int]]], first: Mapping[Position, int]) -> Distances:
    """How many choices it takes at least from some positions to each that they lead to, conditions ignored.

    `onward` has where each leads and at what cost, 0 or 1; `first` says how many it took to them, 0 or 1 as well.
    """
    found = dict(first)
    waiting = deque(sorted(first.items(), key=lambda item: item[1]))
    while waiting:
        position, distance = waiting.popleft()
        if distance == found[position]:
            for following, cost in onward(position):
                if distance + cost < found.get(following, distance + cost + 1):
                    found[following] = distance + cost
                    (waiting.append if cost else waiting.appendleft)((following, distance + cost))
    return found
