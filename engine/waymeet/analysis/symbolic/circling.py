"""Endless loops: states that go on by themselves and never come to rest."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.graph import Chains, chains
from waymeet.analysis.survey import Loop
from waymeet.machine import MAX_MOVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.survey import SymbolicSurvey
    from waymeet.analysis.symbolic.system import Edge, System
    from waymeet.analysis.transitions import Position

    Sets = dict[Position, Diagram]


class Circle(NamedTuple):
    """An endless loop, and the states from which it is come to without a choice."""

    loop: Loop
    states: Sets


def circles(survey: SymbolicSurvey) -> list[Circle]:
    """The endless loops of a story, the nearest first."""
    system = survey.system
    left = _going_on(survey)
    found: dict[frozenset[str], Circle] = {}
    while left and survey.comes(left):
        first = survey.first_at(left)
        position, states = first.state
        orbit = _orbit(system, position, states.pick_cube_dd())
        caught = _leading_to(survey, left, orbit)
        steps = _from_the_first(orbit)
        ids = tuple(system.data.steps[step].id for step in steps)
        known = found.get(frozenset(ids))
        loop = Loop(ids, came_round=True, first=first) if known is None else known.loop
        found[frozenset(ids)] = Circle(loop, caught if known is None else _joined(known.states, caught))
        left = {p: rest for p, s in left.items() if (rest := s & ~caught[p] if p in caught else s).satisfiable()}
    return list(found.values())


def alone(system: System, position: Position) -> list[Edge]:
    """The ways by which a position goes on by itself."""
    return [] if system.ends(position) else [edge for edge in system.edges(position) if is_alone(edge)]


def is_alone(edge: Edge) -> bool:
    """Whether an edge of a playthrough is taken without anybody's doing."""
    return edge.choice is None and not edge.stays


def _going_on(survey: SymbolicSurvey) -> Sets:
    """The states from which the story goes on by itself for ever: the greatest set that leads into itself."""
    system = survey.system
    left = {position: survey.states[position] for position in _chains(survey).circling}
    shrunk = True
    while shrunk:
        shrunk = False
        for position in list(left):
            onward = system.layout.diagrams.false
            for edge in alone(system, position):
                if edge.target in left:
                    onward = onward | system.before(edge, left[edge.target])
            kept = left[position] & onward
            if kept != left[position]:
                shrunk = True
                left[position] = kept
                if not kept.satisfiable():
                    del left[position]
    return left


def _chains(survey: SymbolicSurvey) -> Chains[Position]:
    """The ways gone without choices, conditions ignored."""
    reached = survey.states
    return chains({p: [e.target for e in alone(survey.system, p) if e.target in reached] for p in reached})


def is_patient(survey: SymbolicSurvey) -> bool:
    """Whether play surely goes every way without choices that does not come round: after too many steps it gives up.

    Within circles, a way that does not come round is in no state twice.
    """
    chains = _chains(survey)
    states = sum(survey.count(position, survey.states[position]) for position in chains.circling)
    return 2 * chains.longest + states <= MAX_MOVES


def _orbit(system: System, position: Position, state: Diagram) -> list[tuple[Position, Diagram]]:
    """The states that a state which never comes to rest comes round through."""
    been: dict[tuple[Position, Diagram], None] = {}
    while (position, state) not in been:
        been[position, state] = None
        edge = next(edge for edge in alone(system, position) if (state & edge.guard).satisfiable())
        state = system.arrival(edge.target.step).after(system.come(edge, state)).pick_cube_dd()
        position = edge.target
    ring = list(been)
    return ring[ring.index((position, state)) :]


def _leading_to(survey: SymbolicSurvey, among: Sets, orbit: list[tuple[Position, Diagram]]) -> Sets:
    """The states among some that lead by themselves to an orbit."""
    found: Sets = {}
    for position, state in orbit:
        add(found, position, state)
    incoming: dict[Position, list[Edge]] = {}
    for position in among:
        for edge in alone(survey.system, position):
            incoming.setdefault(edge.target, []).append(edge)
    return leading_to(survey, found, among, incoming)


def leading_to(
    survey: SymbolicSurvey, sets: Sets, among: Mapping[Position, Diagram], incoming: Mapping[Position, Iterable[Edge]]
) -> Sets:
    """The states among some that can come to be in some sets by the edges that lead to each position; and the sets.

    What leads to the end of the story is done with before what leads there, as far as it does not come round.
    """
    places, true = survey.space.places, survey.system.layout.true
    found, fresh = dict(sets), dict(sets)
    waiting = [(-places[position], position) for position in fresh]
    heapify(waiting)
    while waiting:
        survey.tick()
        _, target = heappop(waiting)
        states = fresh.pop(target)
        whole = found[target] == among.get(target)
        for edge in incoming.get(target, ()):
            some = among[edge.source]
            if not (whole and edge.guard == true):
                some = survey.system.before(edge, states) & some
            if edge.source in found:
                some = some & ~found[edge.source]
            if some.satisfiable():
                add(found, edge.source, some)
                if edge.source not in fresh:
                    heappush(waiting, (-places[edge.source], edge.source))
                add(fresh, edge.source, some)
    return found


def add(sets: Sets, position: Position, states: Diagram) -> None:
    """Add states to those of a position."""
    sets[position] = sets[position] | states if position in sets else states


def _from_the_first(orbit: list[tuple[Position, Diagram]]) -> list[int]:
    """The steps of an orbit, from the one that stands first in the file."""
    steps = [position.step for position, _ in orbit]
    first = steps.index(min(steps))
    return list(dict.fromkeys(steps[first:] + steps[:first]))


def _joined(one: Sets, other: Sets) -> Sets:
    return {p: one[p] | other[p] if p in one and p in other else (one.get(p) or other[p]) for p in {**one, **other}}
