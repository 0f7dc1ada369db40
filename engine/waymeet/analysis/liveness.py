"""Which registers still matter where a reader rests: one that nothing later reads may be forgotten.

Live-variable analysis over the graph of steps (Aho, Lam, Sethi, Ullman: Compilers, 9.2.5), sets as bit masks. States
that differ only in dead registers have the same future, so to merge them is exact for every question that the rules
ask. What only prose reads is dead: it changes the wording, never the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.expressions.code import registers_read
from waymeet.machine import State
from waymeet.story import Choices, End, Goto

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.expressions.code import Code
    from waymeet.machine import Registers
    from waymeet.story import Step, StoryData


class Liveness:
    """The live registers of each step, where a reader rests there."""

    def __init__(self, story: StoryData) -> None:
        self._story = story
        self._start = tuple(register.start for register in story.registers)
        self._memory = _mask(i for i, register in enumerate(story.registers) if register.use == "memory")
        self._locals: dict[str, int] = {}
        for index, register in enumerate(story.registers):
            if register.use == "local":
                scene = register.name.split(".")[0]
                self._locals[scene] = self._locals.get(scene, 0) | 1 << index
        self._told = [register.high if register.told is None else register.told for register in story.registers]
        self._arriving = [0] * len(story.steps)
        self._settle()
        resting = [self._resting(step) for step in story.steps]
        self._live = [_indexes(live) for live in resting]

    def forget(self, state: State) -> State:
        """The state with every dead register back at its start, and no count higher than conditions can tell."""
        registers = list(self._start)
        for index in self._live[state.step]:
            registers[index] = min(state.registers[index], self._told[index])
        return State(state.step, tuple(registers))

    def starting(self, at: int, registers: Registers) -> Registers:
        """The registers with which a path begins at a step, less what it never reads."""
        live = self._arriving[at]
        pairs = zip(registers, self._start, strict=True)
        return tuple(value if live >> index & 1 else start for index, (value, start) in enumerate(pairs))

    def _settle(self) -> None:
        """Carry needs backward until nothing changes; a step waits its turn again when one it leads to needs more."""
        before: list[list[int]] = [[] for _ in self._story.steps]
        for index, step in enumerate(self._story.steps):
            for target in targets(step):
                before[target].append(index)
        waiting = dict.fromkeys(reversed(range(len(self._story.steps))))
        while waiting:
            index = next(iter(waiting))
            del waiting[index]
            live = self._needs(self._story.steps[index])
            if live != self._arriving[index]:
                self._arriving[index] = live
                waiting.update(dict.fromkeys(before[index]))

    def _needs(self, step: Step) -> int:
        """What is live on arrival at a step, given what is where it leads."""
        live = self._resting(step)
        way = step.exit.fallback if isinstance(step.exit, Choices) else step.exit
        if isinstance(way, Goto):
            for branch in way.branches:
                live |= self._read(branch.when) | self._beyond(step, branch.to)
        for register, code in reversed(step.effects):
            read = self._read(code)
            if self._story.registers[register].kind == "int" and not self._story.registers[register].clamp:
                live |= read  # whether it would leave its bounds is a question of its own
            elif live >> register & 1:
                live = live & ~(1 << register) | read
            if not read >> register & 1:
                live &= ~(1 << register)
        return live

    def _resting(self, step: Step) -> int:
        match step.exit:
            case Choices(choices, _):
                live = 0
                for choice in choices:
                    live |= self._read(choice.when) | self._beyond(step, choice.to)
                return live
            case End():
                return self._memory
            case _:
                return 0

    def _beyond(self, step: Step, to: int) -> int:
        """What is live on the far side of a move; local flags of a scene that is left are fresh there."""
        target = self._story.steps[to]
        gone = self._locals.get(step.scene, 0) if target.scene != step.scene else 0
        return self._arriving[to] & ~gone

    def _read(self, code: Code | None) -> int:
        return 0 if code is None else _mask(registers_read(code, self._story.derived))


def targets(step: Step) -> list[int]:
    """The steps that a step can lead to, conditions ignored, in the order of the file."""
    match step.exit:
        case Choices(choices, fallback):
            onward = [] if fallback is None else [branch.to for branch in fallback.branches]
            return [*(choice.to for choice in choices), *onward]
        case Goto(branches):
            return [branch.to for branch in branches]
        case _:
            return []


def _indexes(mask: int) -> tuple[int, ...]:
    """The numbers of the bits that are set."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return tuple(found)


def _mask(indexes: Iterable[int]) -> int:
    mask = 0
    for index in indexes:
        mask |= 1 << index
    return mask
