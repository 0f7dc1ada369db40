"""How the shortest way to something is found: rings from the start while they are cheap, else towards it alone."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.symbolic.diagrams import DiagramLimitError
from waymeet.analysis.symbolic.rings import Rings, Target, distances

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.rings import Hit
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.transitions import Position

#: How many choices away a goal may be, conditions ignored, for rings from the start to be worth a try.
_NEAR = 200


class Found(NamedTuple):
    """The way to something: the search that found it and the hit; whether it is certainly the shortest."""

    rings: Rings
    hit: Hit
    shortest: bool


class Seeker:
    """Finds ways to what is known to be come to; `seconds` says how long one may be looked for to be the shortest."""

    def __init__(self, space: Space, seconds: Callable[[], float]) -> None:
        self.space = space
        self.system = space.system
        self._seconds = seconds
        self._exhausted = False

    def nearest(self, goal: Sequence[Target]) -> Found:
        """The nearest of some targets, to at least one of which there must be a way."""
        near = distances(self.space.incoming, goal)
        if not self._exhausted and min((near[start] for start in self._starts if start in near), default=0) <= _NEAR:
            found = self._within(self._plain, goal, self._seconds() / 2)
            if found is not None:
                return Found(self._plain, found, shortest=True)
            self._exhausted = True
        towards = Rings(self.space, near)
        found = self._within(towards, goal, self._seconds())
        if found is not None:
            return Found(towards, found, shortest=True)
        greedy = Rings(self.space, near, greedy=True)
        found = greedy.nearest(goal, _endlessly)
        assert found is not None
        return Found(greedy, found, shortest=False)

    def _within(self, rings: Rings, goal: Sequence[Target], seconds: float) -> Hit | None:
        deadline = time.monotonic() + seconds

        def tick(_: int) -> None:
            if time.monotonic() > deadline:
                raise TimeoutError

        try:
            found = rings.nearest(goal, tick)
        except (TimeoutError, DiagramLimitError):
            return None
        if found is None:
            raise AssertionError("what is known to be come to was not")
        return found

    # -- what leads where ------------------------------------

    @cached_property
    def _plain(self) -> Rings:
        return Rings(self.space)

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


def _endlessly(_: int) -> None:
    """Let a search go on: what is looked for is there."""
