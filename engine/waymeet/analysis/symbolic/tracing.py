"""The shortest way to states that were come to, read back batch by batch and told as a witness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.leaving import changed, memory_after
from waymeet.analysis.symbolic.forward import NOWHERE
from waymeet.diagnostics import Witness
from waymeet.story import Ask, Chance, Choices, End

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.forward import Reach, Ring
    from waymeet.analysis.symbolic.system import Edge
    from waymeet.analysis.transitions import Position
    from waymeet.values import Value


class At(NamedTuple):
    """Some states of a batch."""

    batch: int
    states: Diagram


class By(NamedTuple):
    """Some states come to by an edge from a batch, as they are on arrival; with no edge, a first beginning.

    They came of those `among` the states of the batch, if that is said.
    """

    edge: Edge | None
    source: int
    position: Position
    states: Diagram
    among: Diagram | None = None


class Taken(NamedTuple):
    """An edge that was taken, with the answer that was given, if it asked."""

    edge: Edge
    answer: int | None


def trace(reach: Reach, goal: At | By) -> tuple[Position, list[Taken]]:
    """Where the way to some states begins, and the edges that it takes, in order."""
    taken: list[Taken] = []
    by = _come_to(reach, goal) if isinstance(goal, At) else goal
    while by.edge is not None:
        reach = _origin(reach, by.edge)
        came_of = reach.union(reach.batches[by.source]) if by.among is None else by.among
        states, answer = _before(reach, by.edge, came_of, by.states.pick_cube_dd())
        taken.append(Taken(by.edge, answer))
        by = _come_to(reach, At(by.source, states))
    return by.position, taken[::-1]


def _come_to(reach: Reach, goal: At) -> By:
    """How some states of a batch were come to."""
    batch = reach.batches[goal.batch]
    for ring in batch.rings:
        states = ring.states & goal.states
        if states.satisfiable():
            return arriving(reach, batch.position, ring, states)
    raise AssertionError("these states are not of this batch")


def arriving(reach: Reach, position: Position, ring: Ring, states: Diagram) -> By:
    """How some states of a ring were come to, as they were on arrival."""
    if ring.edge is not None and ring.edge.stays:
        return By(ring.edge, ring.source, position, states)
    states = reach.system.arrival(position.step).before(states)
    if ring.edge is None:
        return By(None, NOWHERE, position, states & reach.system.first)
    origin = _origin(reach, ring.edge)
    coming = reach.system.come(ring.edge, origin.union(origin.batches[ring.source]))
    return By(ring.edge, ring.source, position, states & coming)


def _origin(reach: Reach, edge: Edge) -> Reach:
    """The reach that an edge comes from: an earlier one, if there is one and it begins a playthrough."""
    return reach.earlier if reach.earlier is not None and reach.begins(edge) else reach


def _before(reach: Reach, edge: Edge, states: Diagram, there: Diagram) -> tuple[Diagram, int | None]:
    """Of some states, those that an edge leads to others from, and the answer that is to be given."""
    layout = reach.system.layout
    there = reach.system.unfresh(edge, there) & edge.guard
    if edge.asked is None:
        return states & there, None
    asking = layout.cube([edge.asked])
    answered = (states.exists(asking) & there & layout.within(edge.asked)).pick_cube_dd()
    return states & answered.exists(asking), layout.value_in(answered, edge.asked)


def witness(reach: Reach, start: Position, taken: Iterable[Taken], *, shortest: bool) -> Witness:
    """A way as it is told: each finished playthrough first, then the one that it ends in."""
    story = reach.system.story
    finished: list[Witness] = []
    memory: dict[str, Value] = {}
    told = Witness(story.protagonists[start.protagonist].id, shortest=shortest)
    for edge, answer in taken:
        if isinstance(story.data.steps[edge.source.step].exit, End):
            memory = memory_after(story, told, memory)
            finished.append(told)
            name = story.protagonists[edge.target.protagonist].id
            told = Witness(name, changed(story, memory), shortest=shortest)
        elif edge.choice is not None:
            told = _extended(reach, told, edge, answer)
    return replace(told, before=tuple(finished))


def _extended(reach: Reach, told: Witness, edge: Edge, answer: int | None) -> Witness:
    match reach.system.data.steps[edge.source.step].exit:
        case Choices(choices):
            return replace(told, play=(*told.play, choices[edge.choice or 0].id))
        case Chance(outcomes):
            return replace(told, outcomes=(*told.outcomes, outcomes[edge.choice or 0].name))
        case Ask(register=register, low=low):
            given = answer if answer is not None else low if register is not None else 0
            return replace(told, outcomes=(*told.outcomes, str(given)))
        case _:
            return told
