"""The slow, obvious oracle: every state by the public runtime alone, breadth first, nothing reduced.

Beside the runtime walks the second telling of the format (`kit.retold`), which says what a `Moment` does not: which
steps were passed through and which effects left their range. The two must agree at every state, so that to compare
with the oracle is also to compare the runtime with the specification. What the rules make of it is in `kit.verdicts`.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from kit.retold import Retold
from waymeet.dice import Luck
from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.reference import Value as PlainValue
    from kit.retold import Passing, State
    from kit.stories import Files
    from waymeet.machine import State as RawState
    from waymeet.runtime import Moment, Story
    from waymeet.values import Value


#: Plays the last move of a reader, with what chance brings in it fixed.
Play = Callable[[tuple[str, ...]], "Moment"]


class TooLargeError(Exception):
    """A story with more states than the oracle has patience for."""


class DisagreementError(AssertionError):
    """The runtime does not do what the specification says."""


#: How a move is made: by the machine alone, which stops where chance decides, and by the runtime, with what is fixed.
_Move = tuple[Callable[[], "RawState"], Play, tuple[str, ...]]


@dataclass(slots=True)
class Visited:
    """One state: how it came about, what is so, where each open choice leads, and which lead round in a circle."""

    protagonist: str
    at: str
    moment: Moment | None
    state: State
    depth: int
    raw: RawState
    played: Play
    fixed: tuple[str, ...]
    onward: dict[str, Visited | None] = field(default_factory=dict)
    rounds: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_stuck(self) -> bool:
        """Whether the story breaks off here."""
        return self.moment is not None and self.moment.stuck


@dataclass(slots=True)
class Oracle:
    """Everything that can happen in a story."""

    story: Story
    retold: Retold
    most: int = 1500
    visited: dict[object, Visited] = field(default_factory=dict)
    starts: list[tuple[Visited, int]] = field(default_factory=list)
    arrivals: dict[str, int] = field(default_factory=dict)
    overflows: dict[tuple[str, int], int] = field(default_factory=dict)
    loops: dict[frozenset[str], int] = field(default_factory=dict)
    moves: set[tuple[str, str]] = field(default_factory=set)
    #: What was so at each step once its effects were done.
    states: dict[str, dict[object, State]] = field(default_factory=dict)
    _level: list[Visited] = field(default_factory=list)
    _begun: set[object] = field(default_factory=set)

    @classmethod
    def of(cls, story: Story, files: Files, most: int = 1500) -> Oracle:
        """The oracle of a story that was made from these files; raises `TooLargeError`."""
        oracle = cls(story, Retold(files), most)
        oracle._explore()
        return oracle

    # -- exploring ------------------------------------

    def _explore(self) -> None:
        self._begin_all({}, 0)
        depth = 0
        while self._level:
            for visited in self._level:  # grows: an ending begins new paths at no cost
                self._visit(visited)
            depth += 1
            level: list[Visited] = []
            for before in self._level:
                for choice in _open(before.moment):
                    self._take(before, choice, depth, level)
            self._level = level
            for fresh in level:
                self._check(fresh)

    def _visit(self, visited: Visited) -> None:
        moment, step = visited.moment, self.retold.steps[visited.at]
        if moment is None:
            self._draw(visited)
            return
        self._check(visited)
        if moment.ending is not None:
            self._begin_all(moment.memory, visited.depth)
        if step.asked is not None:
            self._answer(visited, moment)

    def _draw(self, visited: Visited) -> None:
        """All that chance can bring; it costs nothing."""
        machine = self.story.machine
        outcomes = machine.steps[visited.raw.step].possible(visited.raw.registers)
        expected = self.retold.outcomes(visited.at, visited.state)
        if [(outcome.name, outcome.weight) for outcome in outcomes] != expected:
            raise DisagreementError(f"at {visited.at}: {outcomes}, expected {expected}")
        for name in dict(expected):
            passing = self.retold.drawn(visited.at, name, visited.state)
            to = next(outcome.to for outcome in outcomes if outcome.name == name)
            raw = partial(machine.go_on, visited.raw, to, [])
            fixed = (*visited.fixed, name)
            self._arrive(visited, name, passing, visited.depth, (raw, visited.played, fixed), self._level)

    def _answer(self, visited: Visited, moment: Moment) -> None:
        """Every answer; it costs nothing."""
        for answer in self.retold.answers(visited.at):
            passing = self.retold.answered(visited.at, answer, visited.state)
            value = answer if isinstance(answer, int) else 0
            raw = partial(self.story.machine.answered, moment.state, value, [])
            played = partial(_answered, moment, answer)
            self._arrive(visited, str(answer), passing, visited.depth, (raw, played, ()), self._level)

    def _begin_all(self, memory: Mapping[str, Value], depth: int) -> None:
        """Begin every path with this memory, unless that was done."""
        for protagonist in self.story.protagonists:
            key = (protagonist.id, tuple(sorted(memory.items())) if memory else self._fresh())
            if key in self._begun:
                continue
            self._begun.add(key)
            passing = self.retold.begin(protagonist.id, {name: _plain(value) for name, value in memory.items()})
            registers = self.story.remember(memory)
            raw = partial(self.story.machine.arrive, protagonist.start, registers, [])
            played = partial(_begun, self.story, protagonist.id, memory)
            reached = self._arrive(protagonist.id, "", passing, depth, (raw, played, ()), self._level)
            if reached is not None:
                self.starts.append((reached, depth))

    def _fresh(self) -> tuple[tuple[str, Value], ...]:
        pairs = zip(self.story.data.registers, self.story.machine.start_registers, strict=True)
        registers = tuple(value for _, value in pairs)
        return tuple(sorted(self.story.values(registers, "memory").items()))

    def _take(self, before: Visited, choice: str, depth: int, level: list[Visited]) -> None:
        assert before.moment is not None
        machine, state = self.story.machine, before.moment.state
        to = next(way.to for way in machine.steps[state.step].choices if way.id == choice)
        passing = self.retold.chosen(before.at, choice, before.state)
        raw = partial(machine.arrive, to, state.registers, [], None, state.returns)
        self._arrive(before, choice, passing, depth, (raw, partial(_chosen, before.moment, choice), ()), level)

    def _arrive(
        self, before: Visited | str, name: str, passing: Passing, depth: int, move: _Move, level: list[Visited]
    ) -> Visited | None:
        """Note what happens on the way from a state, or from a protagonist's beginning, and where it comes to rest."""
        reached = self._reached(before if isinstance(before, str) else before.protagonist, passing, depth, move, level)
        if isinstance(before, Visited):
            before.onward[name] = reached
            if reached is None:
                before.rounds[name] = passing.round
        return reached

    def _reached(
        self, protagonist: str, passing: Passing, depth: int, move: _Move, level: list[Visited]
    ) -> Visited | None:
        arrive, played, fixed = move
        for step in passing.steps:
            self.arrivals.setdefault(step, depth)
        self.moves.update(pairwise(passing.steps))
        for step, state in passing.states:
            self.states.setdefault(step, {})[*state.flags.values(), *state.counts.values()] = state
        for effect in passing.overflows:
            self.overflows.setdefault(effect, depth)
        try:
            raw = arrive()
            decides = bool(self.story.machine.steps[raw.step].possible(raw.registers))
            moment = None if decides else played(fixed)
        except EndlessLoopError as error:
            if set(error.circle) != passing.round:
                raise DisagreementError(f"the circle {error.circle} is {sorted(passing.round)}") from error
            self.loops.setdefault(passing.round, depth)
            return None
        at = self.story.machine.steps[raw.step].id
        if passing.state is None or passing.rest != at or (moment is not None and moment.state != raw):
            raise DisagreementError(f"the runtime rests at {at}; expected {passing.rest or sorted(passing.round)}")
        key = (protagonist, raw)
        if key not in self.visited:
            self.visited[key] = Visited(protagonist, at, moment, passing.state, depth, raw, played, fixed)
            level.append(self.visited[key])
            if len(self.visited) > self.most:
                raise TooLargeError
        return self.visited[key]

    def _check(self, visited: Visited) -> None:
        """Hold the runtime to what the specification says."""
        moment, at = visited.moment, visited.at
        if moment is None:
            return
        expected = {name: value for name, value in visited.state.flags.items() if "." not in name}
        expected |= {
            name.removeprefix(moment.scene + "."): value
            for name, value in visited.state.flags.items()
            if name.startswith(moment.scene + ".")
        }
        others = {text.name for text in self.story.data.texts} | {f"told({event.id})" for event in self.story.events}
        actual = {name: _plain(value) for name, value in moment.flags.items() if name not in others}
        if actual != expected:
            raise DisagreementError(f"at {at} after {moment.path}: {actual}, expected {expected}")
        offered = [(offer.id, offer.locked is not None) for offer in moment.choices]
        if offered != self.retold.offers(at, visited.state):
            raise DisagreementError(f"at {at} after {moment.path}: {offered} offered")
        if moment.tags != self.retold.steps[at].tags:
            raise DisagreementError(f"at {at}: the tags are {moment.tags}")
        if moment.ending != self.retold.steps[at].ending:
            raise DisagreementError(f"at {at}: the ending is {moment.ending}")


def _open(moment: Moment | None) -> list[str]:
    return [] if moment is None else [offer.id for offer in moment.choices if offer.locked is None]


def _begun(story: Story, protagonist: str, memory: Mapping[str, Value], fixed: tuple[str, ...]) -> Moment:
    return story.begin(protagonist, memory=memory, outcomes=fixed)


def _chosen(moment: Moment, choice: str, fixed: tuple[str, ...]) -> Moment:
    return with_luck(moment, fixed).choose(choice)


def _answered(moment: Moment, answer: int | str, fixed: tuple[str, ...]) -> Moment:
    return with_luck(moment, fixed).answer(answer)


def with_luck(moment: Moment, fixed: tuple[str, ...]) -> Moment:
    """The same moment, where chance will bring this."""
    lucky = copy(moment)
    lucky._luck = Luck(0, fixed)
    return lucky


def _plain(value: Value) -> PlainValue:
    return frozenset(value) if isinstance(value, tuple) else value
