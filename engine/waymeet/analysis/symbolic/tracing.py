"""The way to states that were come to, read back ring by ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.telling import Taken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.rings import Hit, Ring, Rings
    from waymeet.analysis.symbolic.system import Edge, System
    from waymeet.analysis.transitions import Position

    #: Where a way begins, and the edges that it takes, in order.
    Trace = tuple[Position, list[Taken]]


def trace(rings: Rings, hit: Hit) -> Trace:
    """Where the way to a hit begins, and the edges that it takes, in order."""
    taken: list[Taken] = []
    edge, source, states, among = hit.target.edge, hit.source, hit.states, hit.target.among
    position = hit.target.position
    while edge is not None:
        batch = rings.batches[source]
        came_of = batch.states if among is None else batch.states & among
        before, answer = _before(rings.system, edge, came_of, states.pick_cube_dd())
        taken.append(Taken(edge, answer))
        position, among = batch.position, None
        edge, source, states = _come_to(rings, batch.rings, position, before)
    return position, taken[::-1]


def _come_to(rings: Rings, some: Iterable[Ring], position: Position, goal: Diagram) -> tuple[Edge | None, int, Diagram]:
    """By which edge, from which batch, some states of a batch were come to; and how they were as they came."""
    goal = rings.system.arrival(position.step).alike(goal)
    for ring in some:
        states = ring.states & goal
        if states.satisfiable():
            if ring.edge is None or not ring.edge.stays:
                states = rings.system.arrival(position.step).before(states)
            if ring.edge is None:
                return None, ring.source, states & rings.system.first
            return ring.edge, ring.source, states & rings.system.come(ring.edge, rings.batches[ring.source].states)
    raise AssertionError("these states are not of this batch")


def _before(system: System, edge: Edge, states: Diagram, there: Diagram) -> tuple[Diagram, int | None]:
    """Of some states, those that an edge leads to others from, and the answer that is to be given."""
    layout = system.layout
    there = system.unfresh(edge, there) & edge.guard
    if edge.asked is None:
        return states & there, None
    asking = layout.cube([edge.asked])
    answered = (states.exists(asking) & there & layout.within(edge.asked)).pick_cube_dd()
    return states & answered.exists(asking), layout.value_in(answered, edge.asked)
