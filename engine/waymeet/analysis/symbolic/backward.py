"""Whether some states can be come to at all, asked backward from them: for stories that cannot be held whole.

Of each question only the registers that it turns on come into play, so that what entangles others does no harm. Rings
of weakest preconditions (Dijkstra: Guarded commands, nondeterminacy and formal derivation of programs, 1975) are laid
around the states until one of them holds a beginning; then the shortest way is read off, ring by ring.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.system import Edge, Position, System


class Graph:
    """All positions that edges lead to, guards ignored as far as states go."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.incoming: dict[Position, list[Edge]] = {start: [] for start in system.starts()}
        waiting = list(self.incoming)
        while waiting:
            for edge in system.edges(waiting.pop()):
                if edge.target not in self.incoming:
                    self.incoming[edge.target] = []
                    waiting.append(edge.target)
                self.incoming[edge.target].append(edge)


class Way(NamedTuple):
    """The shortest way to what was asked for: its edges in order, and after how many choices it comes there."""

    edges: list[Edge]
    depth: int


def way_to(graph: Graph, wanted: Mapping[Position, Diagram]) -> Way | None:
    """The shortest way from a beginning to some states, as they are after arrival; None where there is none."""
    system = graph.system
    known: dict[Position, Diagram] = {}
    fresh: dict[int, dict[Position, Diagram]] = {}
    order: dict[int, list[tuple[int, Position]]] = {}

    def lay(position: Position, states: Diagram, depth: int) -> None:
        before = known.get(position)
        new = states if before is None else states & ~before
        if new.satisfiable():
            known[position] = new if before is None else before | new
            level = fresh.setdefault(depth, {})
            if position not in level:
                heappush(order.setdefault(depth, []), (-position.step, position))
            level[position] = new if position not in level else level[position] | new

    for position, states in wanted.items():
        lay(position, states, 0)
    begun = {start: system.arrival(start.step).after(system.first) for start in system.starts()}
    depth = 0
    while depth in fresh:
        while order[depth]:
            _, position = heappop(order[depth])
            ring = fresh[depth].pop(position)
            if position in begun and (ring & begun[position]).satisfiable():
                return Way([], depth)
            for edge in graph.incoming[position]:
                states = system.before(edge, ring)
                if states.satisfiable():
                    lay(edge.source, states, depth + edge.cost)
        del fresh[depth], order[depth]
        depth += 1
    return None
