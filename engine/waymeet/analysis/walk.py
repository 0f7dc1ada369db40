"""The walker: breadth-first over every reachable state, by the runtime's own step function.

Slow and plain to see through, it is the measure that faster methods are held to. What a finished playthrough leaves in
memory begins new ones at no cost, so that a state's depth is the least number of choices, those of earlier playthroughs
included, that lead to it; ties go to the order of the file.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from waymeet.analysis.liveness import Liveness
from waymeet.diagnostics import Witness
from waymeet.machine import EndlessLoopError
from waymeet.values import decode

if TYPE_CHECKING:
    from waymeet.machine import Registers, State
    from waymeet.runtime import Story

_Key = TypeVar("_Key")

MAX_STATES = 3_000_000
#: Stands for the state that an endless loop never comes to.
LOOP = -1
_CHECK_EVERY = 512


class Move(NamedTuple):
    """What leads from one state to the next: a choice, or the beginning of a path.

    `choice` is an index; `BEGIN` where `protagonist` begins, with what the ending in `state` left behind, or with
    nothing where `state` is `NOWHERE`.
    """

    state: int
    choice: int
    protagonist: int


BEGIN = -1
NOWHERE = -1


class First(NamedTuple):
    """The first time something happened on the way: after how many choices, by which move, and with what value."""

    depth: int
    move: Move
    value: int = 0


@dataclass(slots=True)
class Walk:
    """What a walk found. States have numbers; `moves` lists each one's open choices with the states they lead to.

    `arrivals`, `clamps` and `loops` tell when a step, an effect past its bounds (by step and index) or an endless loop
    (by the ids of its steps; `circles` has the error that play raises) was first met on the way. `opened`,
    `endings` and `stuck` tell the first state where a choice (by step and index) is open, a protagonist comes to an
    ending, and a step leads nowhere.
    """

    story: Story
    protagonists: list[int] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    parents: list[Move] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    moves: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    arrivals: dict[int, First] = field(default_factory=dict)
    clamps: dict[tuple[int, int], First] = field(default_factory=dict)
    loops: dict[frozenset[str], First] = field(default_factory=dict)
    circles: dict[frozenset[str], EndlessLoopError] = field(default_factory=dict)
    opened: dict[tuple[int, int], int] = field(default_factory=dict)
    endings: dict[tuple[int, int], int] = field(default_factory=dict)
    stuck: dict[int, int] = field(default_factory=dict)
    #: Why the walk ended before it was complete, and the depth it was at; None when every state was visited.
    stopped: str | None = None
    depth: int = 0

    def way_to(self, state: int) -> Witness:
        """The shortest playthrough that comes to a state."""
        return self._witness(self.parents[state])

    def way_through(self, move: Move) -> Witness:
        """The shortest playthrough whose last move is this one."""
        return self._witness(move)

    def _witness(self, move: Move) -> Witness:
        play: list[str] = []
        depth = 0 if move.state == NOWHERE else self.depths[move.state] + (move.choice != BEGIN)
        shortest = self.stopped is None or depth <= self.depth
        while move.choice != BEGIN:
            step = self.story.machine.steps[self.states[move.state].step]
            play.append(step.choices[move.choice].id)
            move = self.parents[move.state]
        before: tuple[Witness, ...] = ()
        memory: tuple[tuple[str, object], ...] = ()
        if move.state != NOWHERE:
            earlier = self.way_to(move.state)
            before = (*earlier.before, Witness(earlier.protagonist, earlier.memory, (), earlier.play))
            memory = self._memory(self.states[move.state].registers)
        protagonist = self.story.protagonists[move.protagonist].id
        return Witness(protagonist, memory, before, tuple(reversed(play)), shortest=shortest)

    def _memory(self, registers: Registers) -> tuple[tuple[str, object], ...]:
        rows = zip(self.story.data.registers, registers, strict=True)
        changed = ((row, value) for row, value in rows if row.use == "memory" and value != row.start)
        return tuple((register.name, decode(register, value)) for register, value in changed)


def walk(story: Story, *, budget: float | None = None, max_states: int = MAX_STATES, forget: bool = True) -> Walk:
    """Visit every reachable state of a story, or as many as `budget` (seconds) and `max_states` allow.

    With `forget` off, states that differ only in what nothing reads any more are told apart (for tests of that).
    """
    return _Walker(story, budget, max_states, forget=forget).run()


class _BudgetSpentError(Exception):
    """The walk has to end before it is complete; the message says why."""


class _Walker:
    """A walk under way, level by level; it is its own observer of what happens between states."""

    def __init__(self, story: Story, budget: float | None, max_states: int, *, forget: bool) -> None:
        self._walk = Walk(story)
        self._machine = story.machine
        self._liveness = Liveness(story.data) if forget else None
        self._deadline = None if budget is None else time.monotonic() + budget
        self._budget = budget
        self._max_states = max_states
        self._numbers: dict[tuple[int, State], int] = {}
        self._begun: set[tuple[int, Registers]] = set()
        self._memory = [i for i, register in enumerate(story.data.registers) if register.use == "memory"]
        self._level: list[int] = []
        self._next: list[int] = []
        self._depth = 0
        self._move = Move(NOWHERE, BEGIN, 0)
        self._arriving = 0
        self._arrivals = 0

    def run(self) -> Walk:
        """Visit level after level."""
        visited: set[int] = set()
        try:
            self._begin_all(NOWHERE, self._machine.start_registers)
            while self._level:
                for number in self._level:  # grows while it is walked: paths begin at no cost
                    if number not in visited:
                        visited.add(number)
                        self._visit(number)
                self._level, self._next = self._next, []
                self._depth += 1
        except _BudgetSpentError as spent:
            self._walk.stopped = str(spent)
            self._walk.depth = self._depth
        return self._walk

    def _count(self) -> None:
        """Count an arrival, and look at the clock now and then."""
        self._arrivals += 1
        if self._arrivals % _CHECK_EVERY == 0:
            seen = len(self._walk.states)
            if self._deadline is not None and time.monotonic() > self._deadline:
                raise _BudgetSpentError(f"the budget of {self._budget:g} s was used up after {seen:,} states")
            if seen > self._max_states:
                raise _BudgetSpentError(f"there are more than {self._max_states:,} states")

    # -- states ------------------------------------

    def _visit(self, number: int) -> None:
        walk = self._walk
        state = walk.states[number]
        step = self._machine.steps[state.step]
        if step.ending is not None:
            walk.endings.setdefault((walk.protagonists[number], step.ending), number)
            self._begin_all(number, state.registers)
            return
        moves = []
        for index, choice in enumerate(step.choices):
            if choice.is_open(state.registers):
                walk.opened.setdefault((state.step, index), number)
                move = Move(number, index, walk.protagonists[number])
                if choice.opens != choice.to:
                    _note(walk.arrivals, choice.opens, First(self._depth + 1, move))
                moves.append((index, self._arrive(move, choice.to, state.registers, self._depth + 1)))
        walk.moves[number] = tuple(moves)
        if not moves:
            walk.stuck.setdefault(state.step, number)

    def _begin_all(self, number: int, registers: Registers) -> None:
        """Begin every path with what a playthrough left, if it has not begun like that before."""
        fresh = list(self._machine.start_registers)
        for index in self._memory:
            fresh[index] = registers[index]
        for index, protagonist in enumerate(self._walk.story.protagonists):
            start = tuple(fresh)
            if self._liveness is not None:
                start = self._liveness.starting(protagonist.start, start)
            if (index, start) not in self._begun:
                self._begun.add((index, start))
                reached = self._arrive(Move(number, BEGIN, index), protagonist.start, start, self._depth)
                if reached != LOOP:
                    self._walk.starts.append(reached)

    def _arrive(self, move: Move, at: int, registers: Registers, depth: int) -> int:
        self._move = move
        self._arriving = depth
        try:
            state = self._machine.arrive(at, registers, [], self)
        except EndlessLoopError as error:
            circle = frozenset(error.circle)
            self._walk.circles.setdefault(circle, error)
            _note(self._walk.loops, circle, First(depth, move))
            return LOOP
        if self._liveness is not None:
            state = self._liveness.forget(state)
        return self._number(move, state, depth)

    def _number(self, move: Move, state: State, depth: int) -> int:
        """The number of a state, new or known; one that a path now begins with may come to lie less deep."""
        walk = self._walk
        number = self._numbers.setdefault((move.protagonist, state), len(walk.states))
        if number == len(walk.states):
            walk.protagonists.append(move.protagonist)
            walk.states.append(state)
            walk.parents.append(move)
            walk.depths.append(depth)
            walk.moves.append(())
        elif depth < walk.depths[number]:
            walk.parents[number] = move
            walk.depths[number] = depth
        else:
            return number
        (self._level if depth == self._depth else self._next).append(number)
        return number

    # -- what happens on the way ------------------------------------

    def arrived(self, step: int) -> None:
        """Note that a step was arrived at."""
        self._count()
        _note(self._walk.arrivals, step, First(self._arriving, self._move))

    def clamped(self, step: int, effect: int, value: int) -> None:
        """Note that an effect was held within bounds."""
        _note(self._walk.clamps, (step, effect), First(self._arriving, self._move, value))


def _note(table: dict[_Key, First], key: _Key, first: First) -> None:
    known = table.get(key)
    if known is None or first.depth < known.depth:
        table[key] = first
