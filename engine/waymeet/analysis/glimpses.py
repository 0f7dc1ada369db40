"""What some readings at random come to see: so much that only the rest need be looked for in every state.

What a condition of the watch reads must be kept in the states, and hundreds of conditions in prose that nothing else
asks for would multiply them beyond measure. That nearly all of them hold somewhere, a few thousand choices show.
"""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

from waymeet.expressions.code import link
from waymeet.machine import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from waymeet.analysis.watch import Watch
    from waymeet.expressions.code import Run
    from waymeet.machine import Registers, State
    from waymeet.runtime import Story

#: How many steps are gone through at the most, and how many readings of each path in a row that show nothing new
#: are enough, or fewer in a small story.
MOST_STEPS = 100_000
ENOUGH = 50
#: A reading is left after so many choices, and paths begin with so many different memories.
LONGEST = 400
MEMORIES = 500
#: How often a path begins with nothing in memory, and how often just any way is taken.
AFRESH = 0.3
ANY = 0.3


def glimpsed(story: Story, watch: Watch, wanted: Collection[int], most: int = MOST_STEPS) -> frozenset[int]:
    """Those of some conditions, each asked at one step, that hold in readings which take what was taken least.

    The same on every run: how far it goes is counted in steps, not in time.
    """
    reader = _Reader(story, watch, wanted, min(most, 2_000 + 200 * len(story.data.steps)))
    with suppress(_EnoughError):
        reader.run()
    return frozenset(reader.met)


class _EnoughError(Exception):
    """So many steps were gone through that it is enough."""


class _Reader:
    """Reads on and on, and notes which conditions hold; it is its own observer."""

    def __init__(self, story: Story, watch: Watch, wanted: Collection[int], most: int) -> None:
        self._story = story
        self._machine = story.machine
        self._random = Random(0)  # noqa: S311 - no secret is made of it
        self._left = most
        self._open: dict[int, list[tuple[int, Run]]] = {}
        self._waiting = 0
        self._taken: dict[tuple[int, int], int] = {}
        self.met: set[int] = set()
        for number in wanted:
            condition = watch.conditions[number]
            for step in condition.steps or ():
                self._open.setdefault(step, []).append((number, link(condition.code, story.machine.derived)))
                self._waiting += 1

    def run(self) -> None:
        """Read until nothing new is met for a while; a path begins afresh, or with what some other has left."""
        rows, fresh = self._story.data.registers, self._machine.start_registers
        memories = [fresh]
        idle = 0
        enough = min(ENOUGH, 10 + len(self._story.data.steps))
        while self._waiting and idle < enough:
            met = len(self.met)
            for protagonist in self._story.protagonists:
                start = fresh if self._random.random() < AFRESH else self._random.choice(memories)
                ended = self._read(protagonist.start, start)
                if ended is not None:
                    pairs = zip(rows, fresh, ended, strict=True)
                    left = tuple(old if row.use == "memory" else new for row, new, old in pairs)
                    if len(memories) < MEMORIES:
                        memories.append(left)
                    else:
                        memories[self._random.randrange(MEMORIES)] = left
            idle = 0 if len(self.met) > met else idle + 1

    def _read(self, start: int, registers: Registers) -> Registers | None:
        """The registers with which one playthrough ends; None if it comes to no ending."""
        machine = self._machine
        try:
            state: State | None = machine.arrive(start, registers, [], self)
            for _ in range(LONGEST):
                if state is None or machine.steps[state.step].ending is not None:
                    return None if state is None else state.registers
                state = self._onward(state)
        except EndlessLoopError:
            pass
        return None

    def _onward(self, state: State) -> State | None:
        """Where some choice, answer or outcome leads; None where there is none."""
        machine, step = self._machine, self._machine.steps[state.step]
        if step.ask is not None:
            value = 0 if step.ask.register is None else self._random.randint(step.ask.low, step.ask.high)
            return machine.answered(state, value, [], self)
        if step.outcomes:
            possible = step.possible(state.registers)
            outcome = possible[self._least(state.step, range(len(possible)))] if possible else None
            return None if outcome is None else machine.go_on(state, outcome.to, [], self)
        choices = step.open(state.registers)
        if not choices:
            return None
        index = self._least(state.step, [index for index, _ in choices])
        return machine.arrive(step.choices[index].to, state.registers, [], self, state.returns)

    def _least(self, step: int, indexes: Sequence[int]) -> int:
        """One of those that were taken least so far; now and then any."""
        if self._random.random() < ANY:
            index = self._random.choice(indexes)
        else:
            least = min(self._taken.get((step, index), 0) for index in indexes)
            index = self._random.choice([index for index in indexes if self._taken.get((step, index), 0) == least])
        self._taken[step, index] = self._taken.get((step, index), 0) + 1
        return index

    # -- what happens on the way ------------------------------------

    def arrived(self, step: int) -> None:  # noqa: ARG002 - which one makes no difference
        """Count a step."""
        self._left -= 1
        if self._left < 0:
            raise _EnoughError

    def clamped(self, step: int, effect: int, value: int) -> None:
        """Nothing is to be noted of it."""

    def changing(self, step: int, effect: int, register: int, registers: Sequence[int]) -> None:
        """Nothing is to be noted of it."""

    def done(self, step: int, registers: Registers) -> None:
        """Note which conditions hold, and ask those no more."""
        asked = self._open.get(step)
        if asked:
            left = [(number, run) for number, run in asked if not run(registers)]
            if len(left) < len(asked):
                self.met.update(number for number, _ in asked)
                self.met.difference_update(number for number, _ in left)
                self._waiting -= len(asked) - len(left)
                self._open[step] = left
