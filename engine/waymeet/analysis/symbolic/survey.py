"""Everything that can happen in a story, known by sets of states."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from waymeet.analysis.survey import First, Lock, Loop, Lost, Survey
from waymeet.analysis.symbolic.circling import alone, circles, is_patient
from waymeet.analysis.symbolic.forward import Reach
from waymeet.analysis.symbolic.losing import locks, lost
from waymeet.analysis.symbolic.tracing import At, By, trace, witness
from waymeet.story import Chance, Choices, End

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.forward import Sounded
    from waymeet.analysis.symbolic.system import Edge, Position, System
    from waymeet.diagnostics import Witness
    from waymeet.machine import State


class UnsuitedError(Exception):
    """Play may give up somewhere on a way without choices, which sets of states know nothing of."""


class SymbolicSurvey(Survey):
    """What a reach tells; see `Survey`. It is complete: one that was cut short is of no use here.

    Raises `UnsuitedError`.
    """

    stopped = None

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.system: System = reach.system
        self.story = reach.system.story
        self._positions: dict[int, list[Position]] = {}
        for position in reach.states:
            self._positions.setdefault(position.step, []).append(position)
        sounded = {kind: self._sounded(kind) for kind in ("clamp", "held", "contradiction")}
        self.clamps = {(step, effect): first for (step, effect), first in sounded["clamp"].items()}
        self.held = {condition: first for (condition,), first in sounded["held"].items()}
        self.contradictions = {(e, s, n): first for (e, s, n), first in sounded["contradiction"].items()}
        self.opened = set(self._opened())
        self.endings = set(self._endings())
        come_to = {step: self._nearest(step, self.system.layout.diagrams.true) for step in self._positions}
        self.arrivals = {**dict(self._skipped()), **come_to}
        self.stuck = dict(self._stuck())
        if not is_patient(self):
            raise UnsuitedError
        self.circles = circles(self)
        self.loops: Sequence[Loop] = [circle.loop for circle in self.circles]

    # -- what happens on the way ------------------------------------

    def _sounded(self, kind: str) -> dict[tuple[int, ...], First]:
        return {about: self._heard(about, sounded) for (k, about), sounded in self.reach.alarms.items() if k == kind}

    def _heard(self, about: tuple[int, ...], sounded: Sounded) -> First:
        states = sounded.states.pick_cube_dd()
        by = By(sounded.edge, sounded.source, sounded.position, states, sounded.among)
        return First(sounded.depth, by, self._value(about, states) if len(about) == 2 else 0)

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

    def _skipped(self) -> Iterator[tuple[int, First]]:
        """The steps that a choice opens onto and that do nothing, which play does not go through."""
        for step, index in sorted(self.opened):
            choice = self.story.machine.steps[step].choices[index]
            if choice.opens != choice.to:
                first = self._nearest(step, self.system.offered(step)[index])
                edge = next(e for e in self.system.edges(first.state[0]) if e.choice == index)
                by = By(edge, first.move.batch, edge.target, self.system.come(edge, first.move.states))
                yield choice.opens, First(first.depth + 1, by)

    def _stuck(self) -> Iterator[tuple[int, First]]:
        for step, positions in self._positions.items():
            way_out = self.system.data.steps[step].exit
            stuck = [p for p in positions if (self.reach.states[p] & self.system.stuck(p)).satisfiable()]
            if stuck and not isinstance(way_out, Chance):
                yield step, min((self.first_at(p, self.system.stuck(p)) for p in stuck), key=lambda first: first.depth)

    def _nearest(self, step: int, states: Diagram) -> First:
        """The first time that a reader is at a step in some states."""
        found = [p for p in self._positions[step] if (self.reach.states[p] & states).satisfiable()]
        return min((self.first_at(position, states) for position in found), key=lambda first: first.depth)

    def first_at(self, position: Position, states: Diagram) -> First:
        """The first time that a reader is at a position in some states, of which there must be any."""
        for number in self.reach.by_position[position]:
            batch = self.reach.batches[number]
            here = self.reach.union(batch) & states
            if here.satisfiable():
                return First(batch.depth, At(number, here), state=(position, here))
        raise AssertionError("nobody comes there")

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

    # -- ways ------------------------------------

    def way(self, first: First) -> Witness:
        """The shortest playthrough to something."""
        reach, goal = first.move if isinstance(first.move[0], Reach) else (self.reach, first.move)
        return witness(reach, *trace(reach, goal), shortest=True)

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
        dead = [register for register in self.system.order if not live >> register & 1]
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
