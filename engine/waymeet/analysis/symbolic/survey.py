"""Everything that can happen in a story, known by sets of states."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from waymeet.analysis.budget import Budget
from waymeet.analysis.liveness import bits
from waymeet.analysis.survey import First, Lock, Lost, Survey
from waymeet.analysis.symbolic.circling import alone, circles, is_patient
from waymeet.analysis.symbolic.losing import locks, lost
from waymeet.analysis.symbolic.reach import Reach
from waymeet.analysis.symbolic.rings import Target
from waymeet.analysis.symbolic.seeking import Seeker
from waymeet.analysis.symbolic.space import Avoiding
from waymeet.analysis.telling import witness
from waymeet.machine import ANSWERED
from waymeet.story import Chance, Choices, End

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from waymeet.analysis.symbolic.backward import Goal
    from waymeet.analysis.symbolic.circling import Circle
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.seeking import Found
    from waymeet.analysis.symbolic.space import Space
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

    def add(self, key: _Key) -> None:
        """Take in one thing more."""
        self._found.setdefault(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self._found

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class SymbolicSurvey(Survey):
    """What sets of states tell, of each position all that can be come to, and nothing else; see `Survey`.

    Raises `UnsuitedError`.
    """

    def __init__(self, reach: Reach, budget: Budget) -> None:
        self.stopped = None
        self._alarms = reach.alarms
        self._know(reach.space, reach.states, Seeker(reach.space, budget), budget)
        if not is_patient(self):
            raise UnsuitedError
        self.circles: Sequence[Circle] = circles(self)
        self.loops = [circle.loop for circle in self.circles]

    def _know(self, space: Space, states: Mapping[Position, Diagram], seeker: Seeker, budget: Budget) -> None:
        """Fill the tables."""
        self.space = space
        self.system: System = space.system
        self.story = space.system.story
        self.states = states
        self.seeker = seeker
        self.budget = budget
        self._positions: dict[int, list[Position]] = {}
        for position in space.positions:
            if position in states:
                self._positions.setdefault(position.step, []).append(position)
        self.opened = set(self._opened())
        self.endings = set(self._endings())
        self._skipped = dict(self._skipping())
        self.arrivals = Firsts(sorted({*self._come_to(), *self._skipped}), self._arrived)
        self.stuck = Firsts((step for step in sorted(self._positions) if self._is_stuck(step)), self._first_stuck)
        alarms = sorted(self._sounded())
        self.clamps = Firsts(((a, b) for kind, (a, *bs) in alarms if kind == "clamps" for b in bs), self._clamped)
        self.held = Firsts((about[0] for kind, about in alarms if kind == "held"), self._heard_held)
        contradicted = ((e, s, n) for kind, about in alarms if kind == "contradictions" for e, s, n in [about])
        self.contradictions = Firsts(contradicted, self._contradicted)

    def tick(self) -> None:
        """Say that something which may take long goes on: what all sets are known of is gone through to its end."""

    # -- whether something happens ------------------------------------

    def comes(self, _goal: Goal) -> bool:
        """Whether something can be come to that the sets do not rule out."""
        return True

    def _happens(self, _kind: str, _about: tuple[int, ...], _goal: Callable[[], Goal]) -> bool:
        """Whether what the sets do not rule out happens; it is the thing of a kind (see `settles`) that is asked."""
        return True

    def _is_at(self, kind: str, about: tuple[int, ...], states: Mapping[Position, Diagram]) -> bool:
        """Whether a reader can be at some positions in some states."""
        left = {position: self.states[position] & some for position, some in states.items()}
        left = {position: some for position, some in left.items() if some.satisfiable()}
        return bool(left) and self._happens(kind, about, lambda: left)

    def _opened(self) -> Iterator[tuple[int, int]]:
        for step, positions in self._positions.items():
            if isinstance(self.system.data.steps[step].exit, Choices):
                for index, guard in enumerate(self.system.offered(step)):
                    if self._is_at("opened", (step, index), dict.fromkeys(positions, guard)):
                        yield step, index

    def _endings(self) -> Iterator[tuple[int, int]]:
        found: dict[tuple[int, int], list[Position]] = {}
        for step, positions in self._positions.items():
            way_out = self.system.data.steps[step].exit
            if isinstance(way_out, End):
                for position in positions:
                    found.setdefault((position.protagonist, way_out.ending), []).append(position)
        for about, positions in found.items():
            if self._is_at("endings", about, dict.fromkeys(positions, self.system.layout.true)):
                yield about

    def _skipping(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """The steps that choices open onto and that do nothing, which play does not go through; with those choices."""
        found: dict[int, list[tuple[int, int]]] = {}
        for step, index in sorted(self.opened):
            choice = self.story.machine.steps[step].choices[index]
            if choice.opens != choice.to:
                found.setdefault(choice.opens, []).append((step, index))
        yield from found.items()

    def _come_to(self) -> Iterator[int]:
        for step, positions in self._positions.items():
            if self._is_at("arrivals", (step,), dict.fromkeys(positions, self.system.layout.true)):
                yield step

    def _is_stuck(self, step: int) -> bool:
        if isinstance(self.system.data.steps[step].exit, Chance):
            return False
        return self._is_at("stuck", (step,), {p: self.system.stuck(p) for p in self._positions[step]})

    def _sounded(self) -> Iterable[tuple[str, tuple[int, ...]]]:
        return self._alarms

    # -- how it comes about ------------------------------------

    def _clamped(self, about: tuple[int, int]) -> First:
        found = self._heard("clamps", about)
        return First(found.depth, found, self._value(about, found.states))

    def _heard_held(self, condition: int) -> First:
        found = self._heard("held", (condition,))
        return First(found.depth, found)

    def _contradicted(self, about: tuple[int, int, int]) -> First:
        event, step, effect = about
        if effect == ANSWERED:
            found = self.seeker.nearest(self._answering(event, step))
        else:
            found = self._heard("contradictions", about)
        return First(found.depth, found)

    def _answering(self, event: int, step: int) -> list[Target]:
        return [
            Target(edge, edge.target, other, one)
            for position in self._positions[step]
            for edge in self.system.edges(position)
            if event in self.system.settling(edge.asked)
            for one, other in self.system.answered_otherwise(edge, event, self.states[position])
        ]

    def _heard(self, kind: str, about: tuple[int, ...]) -> Found:
        """The first time that an alarm goes off."""
        return self.seeker.nearest(self.seeker.arriving(self._alarming(kind, about)))

    def _alarming(self, kind: str, about: tuple[int, ...]) -> dict[Position, Diagram]:
        """Where an alarm goes off, by position."""
        return {
            position: alarm.when
            for position in self.states
            for alarm in self.system.alarms(position)
            if (alarm.kind, alarm.about) == (kind, about)
        }

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

    def _arrived(self, step: int) -> First:
        true = self.system.layout.true
        goal = self.seeker.arriving(dict.fromkeys(self._positions.get(step, ()), true))
        for chosen, index in self._skipped.get(step, ()):
            for position in self._positions[chosen]:
                edges = self.system.edges(position)
                goal += [Target(edge, edge.target, true) for edge in edges if edge.choice == index]
        found = self.seeker.nearest(goal)
        return First(found.depth, found)

    def _first_stuck(self, step: int) -> First:
        return self.first_at({p: self.states[p] & self.system.stuck(p) for p in self._positions[step]})

    def first_at(self, states: Mapping[Position, Diagram]) -> First:
        """The first time that a reader is at a position in some states, of which there must be any."""
        found = self.seeker.nearest(self.seeker.resting(states))
        position, there = found.target.position, found.states
        if not found.stays:
            there = self.system.arrival(position.step).after(there)
        return First(found.depth, found, state=(position, there & states[position]))

    def nearest_at(self, states: Mapping[Position, Diagram], avoided: int | None) -> Found | None:
        """The way to the nearest of some states at which a reader can be, if there is any.

        In the playthrough that it ends in, a condition of the watch is `avoided`, if there is one to be.
        """
        if avoided is None:
            return self.seeker.nearest(self.seeker.resting(states)) if states else None
        space = Avoiding(self.system, avoided)
        reach = Reach(space, Budget())
        reach.run()
        left = {
            p: some & states[own]
            for p, some in reach.states.items()
            if p.last and (own := p._replace(last=False)) in states
        }
        left = {position: some for position, some in left.items() if some.satisfiable()}
        seeker = Seeker(space, self.budget)
        return seeker.nearest(seeker.resting(left)) if left else None

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
        for position in self.states:
            for edge in self.system.edges(position) if not self.system.ends(position) else ():
                found.setdefault(edge.target, []).append(edge)
        return found

    # -- ways ------------------------------------

    def way(self, first: First) -> Witness:
        """The shortest playthrough to something."""
        found: Found = first.move
        return witness(self.story, *found.trace(found.states), shortest=found.shortest, after=found.after)

    def step(self, first: First) -> int:
        """The step at which a reader stands then, for what is about that."""
        position: Position = first.state[0]
        return position.step

    def stands(self, first: First, protagonist: str, state: State) -> bool:
        """Whether a state of a protagonist is the one that something is about."""
        position, states = first.state
        who = self.story.protagonists[position.protagonist].id
        if (who, position.step, position.returns) != (protagonist, state.step, state.returns):
            return False
        told, live = self.system.told, self.system.liveness.after(position.step)
        here = self.system.layout.values({r: min(state.registers[r], told[r]) for r in self.system.order})
        dead = self.system.layout.cube(r for r in self.system.order if not live >> r & 1)
        return bool((states.exists(dead) & here).satisfiable())

    # -- the rest ------------------------------------

    @cached_property
    def rests(self) -> int | None:
        """In how many different states a reader can rest, as far as anything later can tell them apart."""
        return sum(self._counted(position, states) for position, states in self.states.items())

    def _counted(self, position: Position, states: Diagram) -> int:
        rested = states & self.system.resting(position)
        if isinstance(self.system.data.steps[position.step].exit, Chance) or not rested.satisfiable():
            return 0
        after, resting = self.system.liveness.after(position.step), self.system.liveness.resting(position.step)
        dead = [register for register in bits(after & ~resting) if register in self.system.layout]
        kept = rested.exists(self.system.layout.cube(dead))
        return self._size(kept, resting)

    def count(self, position: Position, states: Diagram) -> int:
        """How many states there are in a set at a position."""
        return self._size(states, self.system.liveness.after(position.step))

    def _size(self, states: Diagram, live: int) -> int:
        """How many states there are in a set that depends on live registers only."""
        layout = self.system.layout
        return int(states.sat_count(layout.diagrams.size)) >> layout.diagrams.size - layout.size(live)

    def is_open(self, step: int, choice: int) -> bool:
        """Whether the condition of a choice holds somewhere, be it offered there or not."""
        way_out = self.system.data.steps[step].exit
        assert isinstance(way_out, Choices)
        when = way_out.choices[choice].when
        guard = self.system.layout.diagrams.true if when is None else self.system.layout.condition(when)
        return any((self.states[position] & guard).satisfiable() for position in self._positions.get(step, ()))

    def locks(self, untold: Collection[int], told: Sequence[bool]) -> Sequence[Lock]:
        """Where all is lost, told once for each cause."""
        return locks(self, untold, told)

    def lost(self, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
        """The nearest place where a condition can hold no more, though the story is not over and `until` never held."""
        return lost(self, condition, until, protagonist)
