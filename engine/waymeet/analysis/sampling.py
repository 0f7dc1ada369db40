"""What happens in some states of each step: a walk that takes so many, and as different ones as it can."""

from __future__ import annotations

import random
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from waymeet.analysis.budget import BudgetSpentError
from waymeet.analysis.graph import postorder
from waymeet.analysis.walk import MAX_SIZE, MAX_STATES, Walker
from waymeet.story import targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.liveness import Liveness
    from waymeet.analysis.moves import Move
    from waymeet.analysis.walk import Walk
    from waymeet.analysis.watch import Watch
    from waymeet.machine import State
    from waymeet.runtime import Story
    from waymeet.story import Register

    #: Whose state it is, and which, with the move that led to it and after how many choices.
    Came = tuple[tuple[int, State], tuple[Move, int]]

#: A register of more values than this need not have each of them in a sample.
_FEW = 128


def sample(story: Story, watch: Watch, liveness: Liveness, budget: Budget, most: int) -> Walk:
    """Visit at most so many states of each step, at least one with each value of a register, as far as they go.

    What it sees happens; its ways need not be the shortest. It is the same each time.
    """
    return Sampler(story, watch, liveness, budget, most).run()


class Sampler(Walker):
    """A walk step by step, in the order of the story, so that many ways have come to a step before it is left."""

    def __init__(self, story: Story, watch: Watch, liveness: Liveness, budget: Budget, most: int) -> None:
        super().__init__(story, watch, liveness, budget, MAX_STATES, MAX_SIZE)
        starts = [protagonist.start for protagonist in story.protagonists]
        steps = story.data.steps
        order = reversed(postorder(starts, lambda step: targets(steps[step])))
        self._places = {step: place for place, step in enumerate(order)}
        self._draw = random.Random(0)  # noqa: S311 - it decides what is looked at, and is no secret
        self._most = most
        self._came: dict[int, dict[tuple[int, State], tuple[Move, int]]] = {}
        self._taken: dict[int, int] = {}
        #: Of each step, the values that its states so far have.
        self._covered: dict[int, int] = {}
        self._fields = list(_fields(story.data.registers))
        self._live = liveness.live
        self._waiting: list[tuple[int, int]] = []

    def run(self) -> Walk:
        """Visit step after step."""
        walk = self._walk
        try:
            self._begin_all(-1, self._machine.start_registers)
            while self._waiting:
                _, step = heappop(self._waiting)
                for (_, state), (move, depth) in self._drawn(step):
                    self._depth = depth
                    self._visit(super()._take_in(move, state, depth))
        except (BudgetSpentError, MemoryError):
            self._waiting.clear()
        walk.stopped = f"of each step, at most {self._most} states were gone on from"
        walk.depth = -1
        self._note_stuck()
        return walk

    def _take_in(self, move: Move, state: State, depth: int) -> int:
        """Let a state wait until its step is visited; until then the move counts as staying."""
        number = self._walk.states.number(move.protagonist, state)
        if number is not None:
            return number
        if state.step not in self._came:
            self._came[state.step] = {}
            heappush(self._waiting, (self._places[state.step], state.step))
        self._came[state.step].setdefault((move.protagonist, state), (move, depth))
        return move.state

    def _drawn(self, step: int) -> list[Came]:
        came = list(self._came.pop(step).items())
        room = self._most - self._taken.get(step, 0)
        drawn = came if len(came) <= room else self._different(step, came)[:room]
        self._taken[step] = self._taken.get(step, 0) + len(drawn)
        return drawn

    def _different(self, step: int, came: list[Came]) -> list[Came]:
        """The same, those first that have a value that none before them has."""
        self._draw.shuffle(came)
        live = self._live(step)
        fields = [field for field in self._fields if live >> field[0] & 1]
        covered = self._covered.get(step, 0)
        new: list[Came] = []
        rest: list[Came] = []
        for one in came:
            values = 0
            for register, first in fields:
                values |= 1 << first + one[0][1].registers[register]
            (new if values & ~covered else rest).append(one)
            covered |= values
        self._covered[step] = covered
        return [*new, *rest]


def _fields(registers: Sequence[Register]) -> Iterator[tuple[int, int]]:
    """For each register of few values, the bit that stands for its value 0."""
    shift = 0
    for index, register in enumerate(registers):
        if register.high - register.low < _FEW:
            yield index, shift - register.low
            shift += register.high - register.low + 1
