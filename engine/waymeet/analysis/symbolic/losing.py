"""From which states all is lost, or something in particular: decided backward among those that can be come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.survey import First, Lock, Lost
from waymeet.analysis.symbolic.circling import add, is_alone, leading_to
from waymeet.analysis.symbolic.forward import Reach
from waymeet.analysis.symbolic.tracing import At, By, arriving, trace
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.survey import SymbolicSurvey
    from waymeet.analysis.symbolic.system import Edge, Position

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
    system, reached = survey.system, survey.reach.states
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
    return leading_to(survey.system, sets, survey.reach.states, incoming)


def _crossings(survey: SymbolicSurvey, trapped: Sets) -> Iterator[Lock]:
    """Each step and choice that lead into the trap from where all is not lost, by the nearest state that they do."""
    found: dict[tuple[int, int | None], Lock] = {}
    for position, states in survey.reach.states.items():
        here = states & ~trapped[position] if position in trapped else states
        if survey.system.ends(position) or not here.satisfiable():
            continue
        chooses = isinstance(survey.system.data.steps[position.step].exit, Choices)
        for edge in survey.system.edges(position):
            if edge.choice is not None and edge.target in trapped:
                crossing = survey.system.before(edge, trapped[edge.target]) & here
                if crossing.satisfiable():
                    lock = _crossing(survey, edge, crossing, trapped[edge.target], chooses=chooses)
                    key = (lock.step, lock.choice)
                    if key not in found or lock.first.depth < found[key].first.depth:
                        found[key] = lock
    yield from found.values()


def _crossing(survey: SymbolicSurvey, edge: Edge, states: Diagram, trap: Diagram, *, chooses: bool) -> Lock:
    start = survey.first_at(edge.source, states)
    depth = start.depth + edge.cost
    there = survey.system.come(edge, start.move.states)
    if not edge.stays:
        there = there & survey.system.arrival(edge.target.step).before(trap)
    by = By(edge, start.move.batch, edge.target, there)
    first = survey.resting(First(depth, by), edge.target, there, arrives=not edge.stays)
    return Lock(edge.source.protagonist, edge.source.step, edge.choice if chooses else None, begins=False, first=first)


def _beginnings(survey: SymbolicSurvey, trapped: Sets) -> list[Lock]:
    """For each protagonist whose path is lost from the start: its nearest such beginning."""
    found: dict[int, Lock] = {}
    for number, batch in enumerate(survey.reach.batches):
        for ring in batch.rings:
            if (
                not survey.reach.begins(ring.edge)
                or batch.position.protagonist in found
                or batch.position not in trapped
            ):
                continue
            lost_here = ring.states & trapped[batch.position]
            if lost_here.satisfiable():
                first = First(batch.depth, At(number, lost_here))
                resting = survey.resting(first, batch.position, lost_here, arrives=False)
                lock = Lock(batch.position.protagonist, survey.step(resting), None, begins=True, first=resting)
                found[batch.position.protagonist] = lock
    return list(found.values())


def lost(survey: SymbolicSurvey, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
    """See `Survey.lost`."""
    hopeful = closed(survey, _hopeful(survey, condition))
    onward = Reach(survey.system, earlier=survey.reach, avoided=until)
    for number in range(len(survey.reach.batches)):
        if protagonist in (None, survey.reach.batches[number].position.protagonist):
            _begin(survey.reach, number, onward)
    onward.run()
    for number, batch in enumerate(onward.batches):
        states = onward.union(batch) & survey.system.resting(batch.position)
        if batch.position in hopeful:
            states = states & ~hopeful[batch.position]
        if states.satisfiable() and not survey.system.ends(batch.position):
            first = First(batch.depth, (onward, At(number, states)), state=(batch.position, states))
            return Lost(first, _last_choice(survey, first))
    return None


def _begin(reach: Reach, number: int, onward: Reach) -> None:
    """Begin in another reach what begins in a batch of this one."""
    batch = reach.batches[number]
    for ring in batch.rings:
        if reach.begins(ring.edge):
            by = arriving(reach, batch.position, ring, ring.states)
            onward.arrive(batch.position, by.states, batch.depth, ring.edge, ring.source)


def _last_choice(survey: SymbolicSurvey, first: First) -> tuple[int, int] | None:
    """The choice that a way takes last in its playthrough, by its step and index."""
    reach, goal = first.move
    _, taken = trace(reach, goal)
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
    for position, states in survey.reach.states.items():
        here = states & system.holding(position, condition)
        for edge in system.edges(position) if not system.ends(position) else ():
            for alarm in system.alarms(edge.target) if not edge.stays else ():
                if (alarm.kind, alarm.about) == ("held", (condition,)):
                    here = here | states & system.leading(edge, alarm.when)
        if here.satisfiable():
            found[position] = here
    return found
