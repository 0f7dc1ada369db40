"""How the shortest way to something is found: rings from the start while they are cheap, else towards it alone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.budget import BudgetSpentError
from waymeet.analysis.symbolic.diagrams import DiagramLimitError
from waymeet.analysis.symbolic.rings import SEEKING, Rings, Target, distances
from waymeet.analysis.symbolic.tracing import trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.rings import Hit
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.symbolic.tracing import Trace
    from waymeet.analysis.transitions import Position
    from waymeet.diagnostics import Witness

#: Which part of what is left may be spent on the search that serves all goals, and on one for a single goal.
_SHARED, _SINGLE = 0.5, 0.1


class Found(NamedTuple):
    """The way to something: to which target, after how many choices, and in which state, as it comes to it.

    `trace` has where a way to that begins, and its edges; where it goes on from a playthrough, that is in `after`.
    `shortest` says whether it certainly is.
    """

    target: Target
    depth: int
    states: Diagram
    trace: Callable[[Diagram], Trace]
    shortest: bool
    after: Witness | None = None

    @property
    def stays(self) -> bool:
        """Whether it ends where the story stays, and nothing happens on arrival."""
        return self.target.edge is not None and self.target.edge.stays


class Seeker:
    """Finds ways to what is known to be come to, the shortest as long as there is something left of the budget.

    Raises `MemoryError` where not even some way can be told.
    """

    def __init__(self, space: Space, budget: Budget) -> None:
        self.space = space
        self.system = space.system
        self._budget = budget

    def nearest(self, goal: Sequence[Target]) -> Found:
        """The nearest of some targets, to at least one of which there must be a way; some way where time is short."""
        hit = self._within(self._patience, self._shared, goal, min(self._came[target.position] for target in goal))
        if hit is not None:
            return _found(self._shared, hit, shortest=True)
        towards = Rings(self.space, {position: -ahead for position, ahead in self._ahead(goal).items()})
        hit = self._within(self._budget.share(_SINGLE), towards, goal, 0)
        if hit is not None:
            return _found(towards, hit, shortest=True)
        towards.forget()
        hit = self._any.nearest(goal, 0, None)
        assert hit is not None
        _, taken = trace(self._any, hit)
        depth = sum(edge.cost for edge, _ in taken)
        return _found(self._any, hit._replace(depth=depth), shortest=depth <= self._came[hit.target.position])

    def _within(self, budget: Budget, rings: Rings, goal: Sequence[Target], bonus: int) -> Hit | None:
        """What a search finds within a budget, if it does."""
        try:
            budget.tick(SEEKING, 0)
            found = rings.nearest(goal, bonus, budget)
        except BudgetSpentError:
            return None
        except DiagramLimitError:
            pass
        else:
            assert found is not None, "what is known to be come to was not"
            return found
        rings.forget()  # now that the error holds nothing of it any more
        self.system.layout.diagrams.tidy()
        return None

    # -- searches ------------------------------------

    @cached_property
    def _patience(self) -> Budget:
        return self._budget.share(_SHARED)

    @cached_property
    def _shared(self) -> Rings:
        return Rings(self.space, self._came)

    @cached_property
    def _any(self) -> Rings:
        return Rings(self.space)

    @cached_property
    def _came(self) -> Mapping[Position, int]:
        """How many choices it takes at least to each position."""
        edges = self.space.edges
        return distances(lambda p: ((e.target, e.cost) for e in edges(p)), dict.fromkeys(self._starts, 0))

    def _ahead(self, goal: Sequence[Target]) -> Mapping[Position, int]:
        """How many choices it takes at least from each position to the nearest of some targets."""
        first: dict[Position, int] = {}
        for edge in (target.edge for target in goal if target.edge is not None):
            first[edge.source] = min(edge.cost, first.get(edge.source, 1))
        incoming = self.space.incoming
        return distances(lambda p: ((e.source, e.cost) for e in incoming.get(p, ())), first)

    @cached_property
    def _starts(self) -> list[Position]:
        return list(self.space.starts())

    # -- goals ------------------------------------

    def arriving(self, states: Mapping[Position, Diagram]) -> list[Target]:
        """To come to positions in some states, as they are on arrival."""
        return [*self._beginning(states), *self._coming(states, stays=False)]

    def resting(self, states: Mapping[Position, Diagram]) -> list[Target]:
        """To be at positions in some states, once what happens on arrival is done."""
        before = {p: self.system.arrival(p.step).before(some) for p, some in states.items()}
        return [*self._beginning(before), *self._coming(before, stays=False), *self._coming(states, stays=True)]

    def _coming(self, states: Mapping[Position, Diagram], *, stays: bool) -> Iterable[Target]:
        for position, some in states.items():
            for edge in self.space.incoming.get(position, ()):
                if edge.stays == stays:
                    yield Target(edge, position, some)

    def _beginning(self, states: Mapping[Position, Diagram]) -> Iterable[Target]:
        return (Target(None, start, states[start]) for start in self._starts if start in states)


def _found(rings: Rings, hit: Hit, *, shortest: bool) -> Found:
    def traced(states: Diagram) -> Trace:
        return trace(rings, hit._replace(states=states))

    return Found(hit.target, hit.depth, rings.system.layout.pinned(hit.states), traced, shortest)
