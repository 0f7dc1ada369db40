"""What there is to be searched: all playthroughs of a story, one after another; or the last one on its own terms."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from waymeet.analysis.graph import postorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.system import Edge, System
    from waymeet.analysis.transitions import Position


class Space:
    """The positions of all playthroughs and the edges between them, conditions ignored."""

    def __init__(self, system: System) -> None:
        self.system = system
        #: Every position: what leads on before what it leads to, as far as the story does not come round.
        self.positions: Sequence[Position] = postorder(
            self.starts(), lambda position: [edge.target for edge in self.edges(position)]
        )[::-1]

    def starts(self) -> Iterator[Position]:
        """Where paths begin at first."""
        return self.system.starts()

    def edges(self, position: Position) -> list[Edge]:
        """The ways on from a position."""
        return self.system.edges(position)

    def avoided(self, _position: Position) -> Diagram | None:
        """The states that are not to be come to at a position, as they are on arrival, if there are any."""
        return None

    def allowed(self, position: Position, states: Diagram) -> Diagram:
        """Of some states on arrival, those that are not to be avoided."""
        avoided = self.avoided(position)
        return states if avoided is None else states & ~avoided

    @cached_property
    def places(self) -> Mapping[Position, int]:
        """The place of each position in that order."""
        return {position: place for place, position in enumerate(self.positions)}

    @cached_property
    def incoming(self) -> Mapping[Position, Sequence[Edge]]:
        """For each position, the edges that lead to it, those after endings included."""
        found: dict[Position, list[Edge]] = {}
        for position in self.positions:
            for edge in self.edges(position):
                found.setdefault(edge.target, []).append(edge)
        return found


class Avoiding(Space):
    """The same, with the last playthrough told from those before it: there, a condition of the watch never holds."""

    def __init__(self, system: System, condition: int) -> None:
        self._condition = condition
        super().__init__(system)

    def starts(self) -> Iterator[Position]:
        """Where paths begin at first, be it the last one or not."""
        for start in self.system.starts():
            yield start
            yield start._replace(last=True)

    def edges(self, position: Position) -> list[Edge]:
        """The ways on from a position; nothing begins after the last playthrough."""
        edges = self.system.edges(position._replace(last=False))
        if position.last:
            return [] if self.system.ends(position) else [_last(edge) for edge in edges]
        begins = self.system.ends(position)
        return [*edges, *(_last(edge)._replace(source=position) for edge in edges if begins)]

    def avoided(self, position: Position) -> Diagram | None:
        """Where the condition holds on arrival, in the last playthrough."""
        if position.last:
            for alarm in self.system.alarms(position):
                if (alarm.kind, alarm.about) == ("held", (self._condition,)):
                    return alarm.when
        return None


def _last(edge: Edge) -> Edge:
    return edge._replace(source=edge.source._replace(last=True), target=edge.target._replace(last=True))
