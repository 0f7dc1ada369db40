"""Endless loops: states that go on by themselves and never come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.survey import Loop

if TYPE_CHECKING:
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.survey import SymbolicSurvey
    from waymeet.analysis.symbolic.system import Edge, Position, System

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
    while left:
        firsts = [survey.first_at(position, states) for position, states in left.items()]
        first = min(firsts, key=lambda one: one.depth)
        position, states = first.state
        orbit = _orbit(system, position, states.pick_cube_dd())
        caught = _leading_to(system, left, orbit)
        steps = _from_the_first(orbit)
        ids = tuple(system.data.steps[step].id for step in steps)
        known = found.get(frozenset(ids))
        loop = Loop(ids, came_round=True, first=first) if known is None else known.loop
        found[frozenset(ids)] = Circle(loop, caught if known is None else _joined(known.states, caught))
        left = {p: rest for p, s in left.items() if (rest := s & ~caught[p] if p in caught else s).satisfiable()}
    return list(found.values())


def alone(system: System, position: Position) -> list[Edge]:
    """The ways by which a position goes on by itself."""
    edges = system.edges(position)
    return [] if system.ends(position) else [edge for edge in edges if edge.choice is None and not edge.stays]


def _going_on(survey: SymbolicSurvey) -> Sets:
    """The states from which the story goes on by itself for ever: the greatest set that leads into itself."""
    system = survey.system
    left = {position: survey.reach.states[position] for position in _in_circles(survey)}
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


def _in_circles(survey: SymbolicSurvey) -> list[Position]:
    """The positions from which a way without choices leads back, conditions ignored; those that lead there, too."""
    onward = {
        p: [e.target for e in alone(survey.system, p) if e.target in survey.reach.states] for p in survey.reach.states
    }
    count = {position: len(targets) for position, targets in onward.items()}
    before: dict[Position, list[Position]] = {}
    for position, targets in onward.items():
        for target in targets:
            before.setdefault(target, []).append(position)
    waiting = [position for position, left in count.items() if not left]
    while waiting:  # what leads only to places that lead nowhere by themselves is in no circle
        for source in before.get(waiting.pop(), ()):
            count[source] -= 1
            if not count[source]:
                waiting.append(source)
    return [position for position, left in count.items() if left]


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


def _leading_to(system: System, among: Sets, orbit: list[tuple[Position, Diagram]]) -> Sets:
    """The states among some that lead by themselves to an orbit."""
    found: Sets = {}
    for position, state in orbit:
        found[position] = found[position] | state if position in found else state
    incoming: dict[Position, list[Edge]] = {}
    for position in among:
        for edge in alone(system, position):
            incoming.setdefault(edge.target, []).append(edge)
    waiting = dict(found)
    while waiting:
        target, states = waiting.popitem()
        for edge in incoming.get(target, ()):
            fresh = system.before(edge, states) & among[edge.source]
            if edge.source in found:
                fresh = fresh & ~found[edge.source]
            if fresh.satisfiable():
                found[edge.source] = found[edge.source] | fresh if edge.source in found else fresh
                waiting[edge.source] = waiting[edge.source] | fresh if edge.source in waiting else fresh
    return found


def _from_the_first(orbit: list[tuple[Position, Diagram]]) -> list[int]:
    """The steps of an orbit, from the one that stands first in the file."""
    steps = [position.step for position, _ in orbit]
    first = steps.index(min(steps))
    return list(dict.fromkeys(steps[first:] + steps[:first]))


def _joined(one: Sets, other: Sets) -> Sets:
    return {p: one[p] | other[p] if p in one and p in other else (one.get(p) or other[p]) for p in {**one, **other}}
