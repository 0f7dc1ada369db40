"""Everything that can happen in a story, known by sets of states."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from waymeet.analysis.liveness import bits
from waymeet.analysis.survey import First, Lock, Loop, Lost, Survey
from waymeet.analysis.symbolic.circling import alone, circles, is_patient
from waymeet.analysis.symbolic.losing import locks, lost
from waymeet.analysis.symbolic.rings import Target
from waymeet.analysis.symbolic.seeking import Seeker
from waymeet.analysis.symbolic.tracing import trace, witness
from waymeet.machine import ANSWERED
from waymeet.story import Chance, Choices, End

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.reach import Reach
    from waymeet.analysis.symbolic.seeking import Found
    from waymeet.analysis.symbolic.system import Edge, System
    from waymeet.analysis.transitions import Position
    from waymeet.diagnostics import Witness
    from waymeet.machine import State

_Key = TypeVar("_Key")


class UnsuitedError(Exception):
    """Play may give up somewhere on a way without choices, which sets of states know nothing of."""


class Firsts(Mapping[_Key, First]):
    """The first time of each of some things, found when it is asked for."""

    def __init__(self, keys: Iterable[_Key], find: Callable[[_Key], First]) -> None:
        self._found: dict[_Key, First | None] = dict.fromkeys(keys)
        self._find = find

    def __getitem__(self, key: _Key) -> First:
        known = self._found[key]
        if known is None:
            known = self._found[key] = self._find(key)
        return known

    def __contains__(self, key: object) -> bool:
        return key in self._found

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class SymbolicSurvey(Survey):
    """What a reach tells; see `Survey`. It is complete: one that was cut short is of no use here.

    Raises `UnsuitedError`.
    """

    stopped = None

    def __init__(self, reach: Reach, budget: Budget) -> None:
        self.reach = reach
        self.system: System = reach.system
        self.story = reach.system.story
        self.budget = budget
        self.seeker = Seeker(reach.space, budget)
        self._positions: dict[int, list[Position]] = {}
        for position in reach.states:
            self._positions.setdefault(position.step, []).append(position)
        alarms = sorted(reach.alarms)
        self.clamps = Firsts(((a, b) for kind, (a, *bs) in alarms if kind == "clamp" for b in bs), self._clamped)
        self.held = Firsts((about[0] for kind, about in alarms if kind == "held"), self._heard_held)
        contradicted = ((e, s, n) for kind, about in alarms if kind == "contradiction" for e, s, n in [about])
        self.contradictions = Firsts(contradicted, self._contradicted)
        self.opened = set(self._opened())
        self.endings = set(self._endings())
        self._skipped = dict(self._skipping())
        self.arrivals = Firsts(sorted({*self._positions, *self._skipped}), self._arrived)
        self.stuck = Firsts((step for step in sorted(self._positions) if self._stuck(step)), self._first_stuck)
        if not is_patient(self):
            raise UnsuitedError
        self.circles = circles(self)
        self.loops: Sequence[Loop] = [circle.loop for circle in self.circles]

    # -- what happens on the way ------------------------------------

    def _clamped(self, about: tuple[int, int]) -> First:
        found = self._heard("clamp", about)
        states = found.hit.states.pick_cube_dd()
        hit = found.hit._replace(states=states)
        return First(hit.depth, found._replace(hit=hit), self._value(about, states))

    def _heard_held(self, condition: int) -> First:
        found = self._heard("held", (condition,))
        return First(found.hit.depth, found)

    def _contradicted(self, about: tuple[int, int, int]) -> First:
        event, step, effect = about
        if effect == ANSWERED:
            found = self.seeker.nearest(list(self._answering(event, step)))
        else:
            found = self._heard("contradiction", about)
        return First(found.hit.depth, found)

    def _answering(self, event: int, step: int) -> Iterator[Target]:
        for position in self._positions[step]:
            for edge in self.system.edges(position):
                if event in self.system.settling(edge.asked):
                    for one, other in self.system.answered_otherwise(edge, event, self.reach.states[position]):
                        yield Target(edge, edge.target, other, one)

    def _heard(self, kind: str, about: tuple[int, ...]) -> Found:
        """The first time that an alarm went off."""
        heard = {
            position: alarm.when
            for position in self.reach.states
            for alarm in self.system.alarms(position)
            if (alarm.kind, alarm.about) == (kind, about)
        }
        return self.seeker.nearest(self.seeker.arriving(heard))

    def _value(self, about: tuple[int, ...], states: Diagram) -> int:
        """What an effect comes to, in one state on arrival."""
        step, effect = about
        values = list(self.story.machine.start_registers)
        for register in self.system.order:
            values[register] = self.system.layout.value_in(states, register)
        linked = self.story.machine.steps[step]
        values = list(self.story.machine.counted(linked.arrivals, tuple(values)))
        for register, run, low, high in linked.effects[:effect]:
            values[register] = min(high, max(low, int(run(values))))
        return int(linked.effects[effect][1](values))

    def _opened(self) -> Iterator[tuple[int, int]]:
        for step, positions in self._positions.items():
            if isinstance(self.system.data.steps[step].exit, Choices):
                for index, guard in enumerate(self.system.offered(step)):
                    if any((self.reach.states[position] & guard).satisfiable() for position in positions):
                        yield step, index

    def _endings(self) -> Iterator[tuple[int, int]]:
        for position in self.reach.states:
            way_out = self.system.data.steps[position.step].exit
            if isinstance(way_out, End):
                yield position.protagonist, way_out.ending

    def _skipping(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """The steps that choices open onto and that do nothing, which play does not go through; with those choices."""
        found: dict[int, list[tuple[int, int]]] = {}
        for step, index in sorted(self.opened):
            choice = self.story.machine.steps[step].choices[index]
            if choice.opens != choice.to:
                found.setdefault(choice.opens, []).append((step, index))
        yield from found.items()

    def _arrived(self, step: int) -> First:
        true = self.system.layout.true
        goal = self.seeker.arriving(dict.fromkeys(self._positions.get(step, ()), true))
        for chosen, index in self._skipped.get(step, ()):
            for position in self._positions[chosen]:
                edges = self.system.edges(position)
                goal += [Target(edge, edge.target, true) for edge in edges if edge.choice == index]
        found = self.seeker.nearest(goal)
        return First(found.hit.depth, found)

    def _stuck(self, step: int) -> bool:
        if isinstance(self.system.data.steps[step].exit, Chance):
            return False
        positions = self._positions[step]
        return any((self.reach.states[p] & self.system.stuck(p)).satisfiable() for p in positions)

    def _first_stuck(self, step: int) -> First:
        return self.first_at({p: self.reach.states[p] & self.system.stuck(p) for p in self._positions[step]})

    def first_at(self, states: Mapping[Position, Diagram]) -> First:
        """The first time that a reader is at a position in some states, of which there must be any."""
        found = self.seeker.nearest(self.seeker.resting(states))
        position, there = found.hit.target.position, found.hit.states
        if found.hit.target.edge is None or not found.hit.target.edge.stays:
            there = self.system.arrival(position.step).after(there)
        return First(found.hit.depth, found, state=(position, there & states[position]))

    def resting(self, first: First, position: Position, states: Diagram, *, arrives: bool) -> First:
        """The same, with the state in which the story comes to rest from some states at a position, or on arrival."""
        system, state = self.system, states.pick_cube_dd()
        if arrives:
            state = system.arrival(position.step).after(state)
        while (state & ~system.resting(position)).satisfiable():
            state = (state & ~system.resting(position)).pick_cube_dd()
            edge = next(edge for edge in alone(system, position) if (state & edge.guard).satisfiable())
            position = edge.target
            state = system.arrival(position.step).after(system.come(edge, state))
        return first._replace(state=(position, state))

    @cached_property
    def incoming(self) -> dict[Position, list[Edge]]:
        """For each position, the edges of a playthrough that lead to it."""
        found: dict[Position, list[Edge]] = {}
        for position in self.reach.states:
            for edge in self.system.edges(position) if not self.system.ends(position) else ():
                found.setdefault(edge.target, []).append(edge)
        return found

    def is_own_ending(self, position: Position) -> bool:
        """Whether a position is an ending of its protagonist's own."""
        way_out = self.system.data.steps[position.step].exit
        assert isinstance(way_out, End)
        who = self.story.protagonists[position.protagonist].id
        return who in self.story.endings[way_out.ending].protagonists

    # -- ways ------------------------------------

    def way(self, first: First) -> Witness:
        """The shortest playthrough to something."""
        found: Found = first.move
        return witness(self.system, *trace(found.rings, found.hit), shortest=found.shortest)

    def step(self, first: First) -> int:
        """The step at which a reader stands then, for what is about that."""
        position: Position = first.state[0]
        return position.step

    def stands(self, first: First, protagonist: str, state: State) -> bool:
        """Whether a state of a protagonist is the one that something is about."""
        position, states = first.state
        who = self.story.protagonists[position.protagonist].id
        return (who, position.step, position.returns) == (protagonist, state.step, state.returns) and bool(
            (states & self._pinned(state)).satisfiable()
        )

    def _pinned(self, state: State) -> Diagram:
        told = self.system.told
        return self.system.layout.values({r: min(state.registers[r], told[r]) for r in self.system.order})

    # -- the rest ------------------------------------

    @cached_property
    def rests(self) -> int:
        """In how many different states a reader can rest, as far as anything later can tell them apart."""
        return sum(self._counted(position, states) for position, states in self.reach.states.items())

    def _counted(self, position: Position, states: Diagram) -> int:
        if isinstance(self.system.data.steps[position.step].exit, Chance):
            return 0
        live = self.system.liveness.live(position.step)
        dead = [n for n in bits(self.system.liveness.after(position.step) & ~live) if n in self.system.layout]
        kept = (states & self.system.resting(position)).exists(self.system.layout.cube(dead))
        return self._size(kept, live)

    def count(self, position: Position, states: Diagram) -> int:
        """How many states there are in a set at a position."""
        return self._size(states, self.system.liveness.after(position.step))

    def _size(self, states: Diagram, live: int) -> int:
        """How many states there are in a set that depends on live registers only."""
        layout = self.system.layout
        free = layout.diagrams.size - sum(len(layout.variables(r)) for r in self.system.order if live >> r & 1)
        return int(states.sat_count(layout.diagrams.size)) >> free

    def is_open(self, step: int, choice: int) -> bool:
        """Whether the condition of a choice holds somewhere, be it offered there or not."""
        way_out = self.system.data.steps[step].exit
        assert isinstance(way_out, Choices)
        when = way_out.choices[choice].when
        guard = self.system.layout.diagrams.true if when is None else self.system.layout.condition(when)
        return any((self.reach.states[position] & guard).satisfiable() for position in self._positions.get(step, ()))

    def locks(self, untold: Collection[int], told: Sequence[bool]) -> Sequence[Lock]:
        """Where all is lost, told once for each cause."""
        return locks(self, untold, told)

    def lost(self, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
        """The nearest place where a condition can hold no more, though the story is not over and `until` never held."""
        return lost(self, condition, until, protagonist)
