"""Which registers still matter where a reader rests: one that nothing later reads may be forgotten.

Live-variable analysis over the graph of steps (Aho, Lam, Sethi, Ullman: Compilers, 9.2.5), sets as bit masks. States
that differ only in dead registers have the same future, so to merge them is exact for every question that the rules
ask. What only prose reads is dead: it changes the wording, never the way.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING

from waymeet.expressions.code import registers_read
from waymeet.machine import State
from waymeet.story import Ask, Call, Chance, Choices, End, Return, targets, ways_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waymeet.analysis.watch import Watch
    from waymeet.expressions.code import Code
    from waymeet.machine import Registers
    from waymeet.story import Step, StoryData


class Liveness:
    """The live registers of each step, where a reader rests there."""

    def __init__(self, story: StoryData, watch: Watch) -> None:
        self._story = story
        self._watch = watch
        self._passing = watch.reads(lasting=False)
        self._lasting = watch.reads(lasting=True)
        self._start = tuple(register.start for register in story.registers)
        self._memory = _mask(i for i, register in enumerate(story.registers) if register.use == "memory")
        self._locals: dict[str, int] = {}
        for index, register in enumerate(story.registers):
            if register.use == "local":
                scene = register.name.split(".")[0]
                self._locals[scene] = self._locals.get(scene, 0) | 1 << index
        #: The value of each register above which no condition tells one from another.
        asked = 0
        for mask in self._passing.values():
            asked |= mask
        rows = enumerate(
            story.registers
        )  # a piece of prose that is looked out for may count further than conditions do
        self.told = [row.high if row.told is None or asked >> index & 1 else row.told for index, row in rows]
        self._arriving = [0] * len(story.steps)
        self._callers = [step for step in story.steps if isinstance(step.exit, Call)]
        self._returning = [index for index, step in enumerate(story.steps) if isinstance(step.exit, Return)]
        self._codes: dict[Code, int] = {}
        self._settle()
        self._changed = self._changes()
        steps = range(len(story.steps))
        self._rested = [self._resting(step) for step in steps]
        self._after = [self._beyond_effects(step) for step in steps]

    def live(self, step: int) -> int:
        """The registers that still matter where a reader rests at a step, as a bit mask.

        Those that nothing on any way there can have changed need not be kept: they are at their start.
        """
        return self._rested[step] & self._changed[step]

    def resting(self, step: int) -> int:
        """The registers that still matter where a reader rests at a step, changed or not, as a bit mask."""
        return self._rested[step]

    def forget(self, state: State) -> State:
        """The state with every dead register back at its start, and no count higher than conditions can tell."""
        live = self.live(state.step)
        rows = enumerate(zip(state.registers, self._start, self.told, strict=True))
        registers = (min(value, told) if live >> index & 1 else start for index, (value, start, told) in rows)
        return State(state.step, tuple(registers), state.returns)

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
                if isinstance(step.exit, Call):
                    before[target] += self._returning
            if isinstance(step.exit, End):
                for protagonist in self._story.protagonists:
                    before[protagonist.start].append(index)
        waiting = OrderedDict.fromkeys(reversed(range(len(self._story.steps))))
        while waiting:
            index, _ = waiting.popitem(last=False)  # a dict would go through those that left it before
            live = self._needs(index)
            if live != self._arriving[index]:
                self._arriving[index] = live
                waiting.update(dict.fromkeys(before[index]))

    def _changes(self) -> list[int]:
        """For each step, the registers that some way to it, or what happens there, can have changed."""
        steps = self._story.steps
        after_return = [branch.to for step in self._callers for way in ways_on(step) for branch in way.branches]
        found = [self._memory] * len(steps)
        own = [self._writes(step) for step in steps]
        waiting = OrderedDict.fromkeys(range(len(steps)))
        while waiting:
            index, _ = waiting.popitem(last=False)
            found[index] |= own[index]
            for target in after_return if isinstance(steps[index].exit, Return) else targets(steps[index]):
                if found[index] & ~found[target]:
                    found[target] |= found[index]
                    waiting[target] = None
        return found

    def _writes(self, step: Step) -> int:
        written = [effect.register for effect in step.effects]
        if step.arrivals is not None:
            written.append(step.arrivals)
        if isinstance(step.exit, Ask) and step.exit.register is not None:
            written.append(step.exit.register)
        return _mask(written)

    def after(self, step: int) -> int:
        """What is live at a step once its effects are done, as a bit mask."""
        return self._after[step]

    def _beyond_effects(self, index: int) -> int:
        """The same, as far as it is known while needs are still carried backward."""
        step = self._story.steps[index]
        live = self._resting(index)
        for way in ways_on(step):
            for branch in way.branches:
                live |= self._read(branch.when) | self._beyond(step, branch.to)
        match step.exit:
            case Call(to):
                live |= self._arriving[to]  # the scene that calls is not left
            case Return():
                live |= self._after_return(step)
            case _:
                pass
        return live

    def arriving(self, index: int) -> int:
        """What matters on arrival at a step, before anything happens there, and is not surely at its start."""
        return self._arriving[index] & self._changed[index]

    def kept(self, index: int) -> int:
        """What is live at a step once its effects are done and is not surely at its start."""
        return self.after(index) & self._changed[index]

    def coming(self, index: int) -> int:
        """What may still be kept when a step is come to, though nothing asks for it there any more, as a bit mask."""
        return self._coming[index]

    @cached_property
    def _coming(self) -> list[int]:
        steps = self._story.steps
        after_return = [branch.to for step in self._callers for way in ways_on(step) for branch in way.branches]
        found = list(self._arriving)
        every = _mask(index for index, register in enumerate(self._story.registers) if register.use == "local")
        for index, step in enumerate(steps):
            kept = self.after(index)
            if isinstance(step.exit, Return):
                for target in after_return:
                    found[target] |= kept | every
            for target in targets(step):
                found[target] |= kept | (self._locals.get(step.scene, 0) if steps[target].scene != step.scene else 0)
        for index, step in enumerate(steps):
            if step.id != step.node:  # play may go on from a choice without coming to a step that does nothing
                for target in targets(step):
                    found[target] |= found[index]
        for protagonist in self._story.protagonists:
            found[protagonist.start] = (1 << len(self._start)) - 1
        return found

    def used(self) -> int:
        """Every register that is live anywhere, as a bit mask."""
        live = 0
        for index in range(len(self._story.steps)):
            live |= self._arriving[index] | self.after(index) | _at(self._passing, index)
        return live

    def _needs(self, index: int) -> int:
        """What is live on arrival at a step, given what is where it leads."""
        step = self._story.steps[index]
        live = self._beyond_effects(index) | _at(self._passing, index)
        for register, code in reversed(step.effects):
            read = self._read(code)
            if self._story.registers[register].kind == "int" and not self._story.registers[register].clamp:
                live |= read  # whether it would leave its bounds is a question of its own
            elif live >> register & 1:
                live = live & ~(1 << register) | read
            if not read >> register & 1:
                live &= ~(1 << register)
            live |= self._contradicting(register)
        return live

    def _contradicting(self, register: int) -> int:
        """What tells whether a change of a register contradicts an event, and whether it is one."""
        told = self._watch.settled_by(register)
        return _mask((register, *told)) if told else 0

    def _resting(self, index: int) -> int:
        return _at(self._lasting, index) | self._leaving(index)

    def _leaving(self, index: int) -> int:
        """What is live where a reader rests, for how it goes on from there."""
        step = self._story.steps[index]
        match step.exit:
            case Choices(choices, _, _):
                live = 0
                for choice in choices:
                    live |= self._read(choice.when) | self._beyond(step, choice.to)
                return live
            case Chance(outcomes):
                live = 0
                for outcome in outcomes:
                    live |= self._read(outcome.when) | self._beyond(step, outcome.to)
                return live
            case Ask(register=register, ways=ways):
                falls = all(branch.when is not None for branch in ways.branches)
                live = _at(self._passing, index) if falls else 0  # then it is put again, and what is asked here, too
                for branch in ways.branches:
                    live |= self._read(branch.when) | self._beyond(step, branch.to)
                return live if register is None else live & ~(1 << register) | self._contradicting(register)
            case End():  # what is left matters if some path that may begin then asks for it
                return self._memory & self._beginning()
            case _:
                return 0

    def _beginning(self) -> int:
        """What is live where paths begin."""
        live = 0
        for protagonist in self._story.protagonists:
            live |= self._arriving[protagonist.start]
        return live

    def _after_return(self, step: Step) -> int:
        """What any step that calls may need once it is returned to; which one called is not asked."""
        live = 0
        for caller in self._callers:
            for way in ways_on(caller):
                for branch in way.branches:
                    live |= self._read(branch.when) | self._beyond(step, branch.to)
        return live

    def _beyond(self, step: Step, to: int) -> int:
        """What is live on the far side of a move; local flags of a scene that is left are fresh there."""
        target = self._story.steps[to]
        gone = self._locals.get(step.scene, 0) if target.scene != step.scene else 0
        return self._arriving[to] & ~gone

    def _read(self, code: Code | None) -> int:
        if code is None:
            return 0
        if code not in self._codes:
            self._codes[code] = _mask(registers_read(code, self._story.derived))
        return self._codes[code]


def _at(masks: dict[int | None, int], step: int) -> int:
    return masks.get(step, masks[None])


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _mask(indexes: Iterable[int]) -> int:
    mask = 0
    for index in indexes:
        mask |= 1 << index
    return mask
