"""From which states all is lost, or something in particular: decided backward among those that can be come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.survey import First, Lock, Lost
from waymeet.analysis.symbolic.circling import add, is_alone, leading_to
from waymeet.analysis.symbolic.rings import Target
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.seeking import Found
    from waymeet.analysis.symbolic.survey import SymbolicSurvey
    from waymeet.analysis.symbolic.system import Edge
    from waymeet.analysis.transitions import Position

    Sets = dict[Position, Diagram]


def locks(survey: SymbolicSurvey, untold: Collection[int], told: Sequence[bool]) -> list[Lock]:
    """See `Survey.locks`."""
    trapped = _trapped(survey, untold, told)
    if not trapped:
        return []
    return [*_crossings(survey, trapped), *_beginnings(survey, trapped)]


def _trapped(survey: SymbolicSurvey, untold: Collection[int], told: Sequence[bool]) -> Sets:
    """The states from which neither an ending nor a break that is told of can be come to, less the breaks.

    Where the story itself breaks off by a break that is not told of, there is no choice left: that is no lock.
    """
    system, reached = survey.system, survey.states
    safe: Sets = {}
    over: Sets = {}
    for position, states in reached.items():
        if system.ends(position):
            safe[position] = states
            continue
        stuck = states & system.stuck(position)
        if stuck.satisfiable():
            (over if position.step in untold else safe)[position] = stuck
    for circle, is_told in zip(survey.circles, told, strict=True):
        for position, states in circle.states.items():
            add(safe if is_told else over, position, states)
    safe = closed(survey, safe)
    over = closed(survey, over, by_itself=True)
    found = {}
    nowhere = system.layout.diagrams.false
    for position, states in reached.items():
        left = states & ~(safe.get(position, nowhere) | over.get(position, nowhere))
        if left.satisfiable():
            found[position] = left
    return found


def closed(survey: SymbolicSurvey, sets: Sets, *, by_itself: bool = False) -> Sets:
    """The states that can come to be in some sets within a playthrough; or that do so by themselves."""
    incoming = survey.incoming
    if by_itself:
        incoming = {to: [edge for edge in edges if is_alone(edge)] for to, edges in incoming.items()}
    return leading_to(survey, sets, survey.states, incoming)


def _crossings(survey: SymbolicSurvey, trapped: Sets) -> Iterator[Lock]:
    """Each step and choice that lead into the trap from where all is not lost, by the nearest state that they do."""
    found: dict[tuple[int, int | None], dict[int, list[Target]]] = {}
    for position, states in survey.states.items():
        here = states & ~trapped[position] if position in trapped else states
        if survey.system.ends(position) or not here.satisfiable():
            continue
        chooses = isinstance(survey.system.data.steps[position.step].exit, Choices)
        for edge in survey.system.edges(position):
            if edge.choice is not None and edge.target in trapped:
                target = _into(survey, edge, trapped[edge.target], here, edge.target)
                if (survey.system.come(edge, here) & target.states).satisfiable():
                    whose = found.setdefault((position.step, edge.choice if chooses else None), {})
                    whose.setdefault(position.protagonist, []).append(target)
    for (step, choice), whose in sorted(found.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
        firsts = [(who, _come_into(survey, goal)) for who, goal in sorted(whose.items()) if survey.comes(goal)]
        if firsts:
            who, first = min(firsts, key=lambda one: one[1].depth)
            yield Lock(who, step, choice, begins=False, first=first)


def _into(survey: SymbolicSurvey, edge: Edge | None, trap: Diagram, among: Diagram | None, at: Position) -> Target:
    """To come into a trap by an edge, or by beginning there."""
    stays = edge is not None and edge.stays
    return Target(edge, at, trap if stays else survey.system.arrival(at.step).before(trap), among)


def _come_into(survey: SymbolicSurvey, targets: list[Target]) -> First:
    """The first time that a trap is come into, with where the story then comes to rest."""
    found = survey.seeker.nearest(targets)
    return survey.resting(First(found.depth, found), found.target.position, found.states, arrives=not found.stays)


def _beginnings(survey: SymbolicSurvey, trapped: Sets) -> list[Lock]:
    """For each protagonist whose path is lost from the start: its nearest such beginning."""
    found = []
    for start in survey.system.starts():
        if start in trapped:
            edges = [None, *(e for p in survey.states if survey.system.ends(p) for e in survey.system.edges(p))]
            targets = [_into(survey, e, trapped[start], None, start) for e in edges if e is None or e.target == start]
            targets = [target for target in targets if _is_taken(survey, target)]
            if targets and survey.comes(targets):
                first = _come_into(survey, targets)
                found.append(Lock(start.protagonist, survey.step(first), None, begins=True, first=first))
    return found


def _is_taken(survey: SymbolicSurvey, target: Target) -> bool:
    system, edge = survey.system, target.edge
    come = system.first if edge is None else system.come(edge, survey.states[edge.source])
    return bool((come & target.states).satisfiable())


def lost(survey: SymbolicSurvey, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
    """See `Survey.lost`."""
    hopeful = closed(survey, _hopeful(survey, condition))
    hopeless: Sets = {}
    for position, states in survey.states.items():
        if not survey.system.ends(position) and protagonist in (None, position.protagonist):
            left = states & survey.system.resting(position)
            left = left & ~hopeful[position] if position in hopeful else left
            if left.satisfiable():
                hopeless[position] = left
    found = survey.nearest_at(hopeless, until)
    if found is None:
        return None
    position, states = found.target.position, found.states
    if not found.stays:
        states = survey.system.arrival(position.step).after(states)
    position = position._replace(last=False)
    state = position, states & hopeless[position]
    first = First(found.depth, found, state=state)
    return Lost(first, _last_choice(survey, first))


def _last_choice(survey: SymbolicSurvey, first: First) -> tuple[int, int] | None:
    """The choice that a way takes last in its playthrough, by its step and index."""
    found: Found = first.move
    _, taken = found.trace(found.states)
    for edge, _ in reversed(taken):
        if survey.system.ends(edge.source):
            return None
        if edge.choice is not None:
            return (edge.source.step, edge.choice) if edge.cost else None
    return None


def _hopeful(survey: SymbolicSurvey, condition: int) -> Sets:
    """The states in which a condition holds, or from which an edge leads to where it does on arrival."""
    system = survey.system
    found: Sets = {}
    for position, states in survey.states.items():
        here = states & system.holding(position, condition)
        for edge in system.edges(position) if not system.ends(position) else ():
            for alarm in system.alarms(edge.target) if not edge.stays else ():
                if (alarm.kind, alarm.about) == ("held", (condition,)):
                    here = here | states & system.leading(edge, alarm.when)
        if here.satisfiable():
            found[position] = here
    return found
