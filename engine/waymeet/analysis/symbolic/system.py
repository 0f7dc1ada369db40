"""The transition system of a story, on sets of states.

What the machine does with one state, an edge does with a set of them, forward (`come`, then `arrive`) and backward
(`before`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.liveness import bits
from waymeet.analysis.symbolic.layout import Layout, ordered
from waymeet.analysis.transitions import Transitions
from waymeet.expressions.code import registers_read
from waymeet.story import Ask, End

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis import transitions
    from waymeet.analysis.liveness import Liveness
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.vectors import Vector
    from waymeet.analysis.transitions import Position
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story

    Edge = transitions.Edge[Diagram]


class Alarm(NamedTuple):
    """Something to be told of at a step: `kind` is clamps, held or contradictions; `about` says which one.

    It goes off where `when` holds of the state in which the step is come to.
    """

    kind: str
    about: tuple[int, ...]
    when: Diagram


class Arrival:
    """What coming to a step does to a set of states: its count, its effects, and what nothing later reads."""

    def __init__(self, system: System, step: int) -> None:
        self._layout = layout = system.layout
        self.changed: dict[int, Vector] = {}
        #: The effects that would leave their bounds, each with where.
        self.overflows: list[tuple[int, Diagram]] = []
        #: The changes of settled facts: event, effect, and where.
        self.contradictions: list[tuple[int, int, Diagram]] = []
        written = system.data.steps[step]
        if written.arrivals is not None and written.arrivals in layout:
            self._count(written.arrivals, system.told[written.arrivals])
        for effect, (register, code) in enumerate(written.effects):
            row = system.data.registers[register]
            read = registers_read(code, system.data.derived)
            if all(one in layout for one in read) and (register in layout or (row.kind == "int" and not row.clamp)):
                self._apply(system, step, effect)  # what reads a register that nothing needs is itself not needed
        live, coming = system.liveness.after(step), system.liveness.coming(step)
        kept = {register: value for register, value in self.changed.items() if live >> register & 1}
        lost = {register for register in bits(coming & ~live) if register in layout}
        self._lost = layout.cube(lost)
        gone = sorted(lost | kept.keys(), key=layout.place)
        self._gone = layout.cube(gone)
        fixed = {register: value.low for register, value in kept.items() if value.low == value.high}
        self._fixed = layout.values(fixed)
        moving = {register: value for register, value in kept.items() if register not in fixed}
        self._becoming = layout.becoming(moving)
        self._settling = layout.settling(moving)
        self._backward = layout.substitution(kept)

    def _count(self, register: int, most: int) -> None:
        arithmetic = self._layout.arithmetic
        more = arithmetic.plus(self._layout.value(register, {}), arithmetic.number(1))
        self.changed[register] = arithmetic.held(more, 0, most)

    def _apply(self, system: System, step: int, effect: int) -> None:
        register, code = system.data.steps[step].effects[effect]
        row, arithmetic = system.data.registers[register], self._layout.arithmetic
        value = self._layout.number(code, self.changed)
        low, high = arithmetic.number(row.low), arithmetic.number(row.high)
        if row.kind == "int" and not row.clamp and (value.low < row.low or value.high > row.high):
            self.overflows.append((effect, arithmetic.less(value, low) | arithmetic.less(high, value)))
        value = arithmetic.held(value, row.low, row.high)
        if register in self._layout:
            different = ~arithmetic.equal(value, self._layout.value(register, self.changed))
            for event in system.watch.settling(register):
                told = self._layout.condition(("flag", system.data.events[event].told), self.changed)
                self.contradictions.append((event, effect, told & different))
            self.changed[register] = value

    def after(self, states: Diagram) -> Diagram:
        """The states in which a set of states is once the step was come to."""
        if self._becoming is not None:
            return (states & self._becoming).exists(self._gone).substitute(self._settling) & self._fixed
        return states.exists(self._gone) & self._fixed

    def alike(self, states: Diagram) -> Diagram:
        """Some states at the step, with all that differ from one of them only in what nothing later reads."""
        return states.exists(self._lost)

    def before(self, states: Diagram) -> Diagram:
        """The states that come to be in a set of states by coming to the step."""
        return states.substitute(self._backward) if self._backward is not None else states


class System:
    """The positions and edges of a story, made as they are asked for."""

    def __init__(self, story: Story, watch: Watch, liveness: Liveness, most: int) -> None:
        self.story = story
        self.data = story.data
        self.watch = watch
        self.liveness = liveness
        self.told = liveness.told
        starts = [protagonist.start for protagonist in story.protagonists]
        self.order = ordered(story.data, list(bits(liveness.used())), starts)
        self.layout = Layout(story.data, self.order, self.told, most)
        self._arrivals: dict[int, Arrival] = {}
        self._edges: dict[Position, list[Edge]] = {}
        self._alarms: dict[tuple[int, int], list[Alarm]] = {}
        self.transitions = Transitions(story, self.order)
        self.ends = self.transitions.ends
        self.starts = self.transitions.starts

    @cached_property
    def first(self) -> Diagram:
        """The state in which the first playthrough begins, before anything happened."""
        return self.layout.values({index: self.data.registers[index].start for index in self.order})

    # -- carrying states over ------------------------------------

    def arrival(self, step: int) -> Arrival:
        """What coming to a step does."""
        if step not in self._arrivals:
            self._arrivals[step] = Arrival(self, step)
        return self._arrivals[step]

    def come(self, edge: Edge, states: Diagram) -> Diagram:
        """The states that take an edge, as they are when they come to its end, before anything happens there."""
        if edge.asked is not None:
            states = states.exists(self.layout.cube([edge.asked])) & self.layout.within(edge.asked)
        states = states & edge.guard
        return self._renewed(states, edge.fresh) if edge.fresh else states

    def before(self, edge: Edge, states: Diagram) -> Diagram:
        """The states from which an edge can lead into a set of states at its end."""
        return self.leading(edge, states if edge.stays else self.arrival(edge.target.step).before(states))

    def unfresh(self, edge: Edge, states: Diagram) -> Diagram:
        """The states that become some others when what an edge forgets begins anew."""
        starts = {index: self.layout.arithmetic.number(self.data.registers[index].start) for index in edge.fresh}
        substitution = self.layout.substitution(starts)
        return states if substitution is None else states.substitute(substitution)

    def _renewed(self, states: Diagram, registers: tuple[int, ...]) -> Diagram:
        starts = {index: self.data.registers[index].start for index in registers}
        return states.exists(self.layout.cube(registers)) & self.layout.values(starts)

    def alarms(self, position: Position) -> list[Alarm]:
        """What may have to be told of where a protagonist comes to a step."""
        key = (position.protagonist, position.step)
        if key not in self._alarms:
            arrival, step = self.arrival(position.step), position.step
            found = [Alarm("clamps", (step, effect), when) for effect, when in arrival.overflows]
            for event, effect, when in arrival.contradictions:
                found.append(Alarm("contradictions", (event, step, effect), when))
            for number, code in self.watch.asked(*key):
                found.append(Alarm("held", (number,), self.layout.condition(code, arrival.changed)))
            self._alarms[key] = [alarm for alarm in found if alarm.when.satisfiable()]
        return self._alarms[key]

    def settling(self, register: int | None) -> list[int]:
        """The events that settle a register, by their numbers."""
        return [] if register is None else self.watch.settling(register)

    def answered_otherwise(self, edge: Edge, event: int, states: Diagram) -> Iterator[tuple[Diagram, Diagram]]:
        """Where an answer changes what an event has settled: those of some states with one value of it, and after it.

        The states after it are as they come to the end of the edge, with every other answer that leads there.
        """
        assert edge.asked is not None
        left = states & self.layout.condition(("flag", self.data.events[event].told))
        while left.satisfiable():
            same = self.layout.values({edge.asked: self.layout.value_in(left, edge.asked)})
            alike = left & same
            left = left & ~same
            answered = alike.exists(self.layout.cube([edge.asked])) & self.layout.within(edge.asked) & edge.guard
            other = self._renewed(answered & ~same, edge.fresh)
            if other.satisfiable():
                yield alike, other

    def holding(self, position: Position, condition: int) -> Diagram:
        """Where a condition of the watch holds of a reader at a position."""
        asked = dict(self.watch.asked(position.protagonist, position.step))
        return self.layout.condition(asked[condition]) if condition in asked else self.layout.false

    def leading(self, edge: Edge, states: Diagram) -> Diagram:
        """The states from which an edge can come to some states, as they are on arrival."""
        states = self.unfresh(edge, states) & edge.guard
        if edge.asked is not None:
            states = (states & self.layout.within(edge.asked)).exists(self.layout.cube([edge.asked]))
        return states

    # -- edges ------------------------------------

    def resting(self, position: Position) -> Diagram:
        """Where a reader rests at a position, or chance decides: where the story does not go on by itself."""
        result = self.layout.true
        for edge in self.edges(position) if not self.ends(position) else ():
            if edge.choice is None:
                result = result & ~edge.guard
        return result

    def edges(self, position: Position) -> list[Edge]:
        """The ways on from a position."""
        if position not in self._edges:
            edges: Iterator[Edge] = self.transitions.leaving(position, self.layout)
            self._edges[position] = [edge for edge in edges if edge.guard.satisfiable()]
        return self._edges[position]

    def stuck(self, position: Position) -> Diagram:
        """Where a reader at a position can do nothing, and the story does not go on by itself either."""
        step = self.data.steps[position.step]
        if isinstance(step.exit, End | Ask):
            return self.layout.false
        result = self.layout.true
        for edge in self.edges(position):
            result = result & ~edge.guard
        return result

    def offered(self, step: int) -> list[Diagram]:
        """Where each choice of a step is open and among those that are offered."""
        return self.transitions.offered(step, self.layout)
