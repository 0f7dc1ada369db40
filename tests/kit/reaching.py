"""What can be reached in a story, by sets of states in the decision diagrams of CUDD: an oracle.

It shares nothing with the analysis of the checker but the compiled story and the running of expressions. One set for
each protagonist and step holds with which registers that is arrived at, and one with which it is rested at; what is
new in one is carried on until nothing is new. Nothing is forgotten, as in a walk with `forget=False`. (Coudert,
Berthet, Madre: Verification of synchronous sequential machines based on symbolic execution, 1989.)
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from waymeet.expressions.code import link, registers_read
from waymeet.story import Chance, Choices, End, Goto

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waymeet.expressions.code import Code, Run
    from waymeet.story import Assignment, Step, StoryData

#: A set of assignments of values to registers, as a node of a decision diagram.
Set = Any
#: A protagonist and a step, by index.
Place = tuple[int, int]

#: A comparison or an effect is tried out with so many combinations of values at most.
MOST = 1 << 14


class UnsuitedError(Exception):
    """A story with what is not told here: calls, questions, decks that offer, or wide arithmetic."""


class Reaching:
    """All that can be reached in a story; raises `UnsuitedError`."""

    def __init__(self, story: StoryData) -> None:
        self._story = story
        self._registers = _Registers(story)
        self._none = self._registers.nothing
        self._arrived: dict[Place, Set] = defaultdict(lambda: self._none)
        self._rested: dict[Place, Set] = defaultdict(lambda: self._none)
        self._new: dict[Place, Set] = defaultdict(lambda: self._none)
        #: The choices that are open somewhere, by step and index.
        self.opened: set[tuple[int, int]] = set()
        start = self._registers.at_start()
        for who, protagonist in enumerate(story.protagonists):
            self._come((who, protagonist.start), start)
        while self._new:
            self._visit(min(self._new, key=lambda place: place[1]))

    def states(self) -> int:
        """In how many states a reader can rest, or chance decides."""
        return sum(self._registers.count(states) for states in self._rested.values())

    def _come(self, to: Place, states: Set) -> None:
        fresh = states & ~self._arrived[to]
        if fresh != self._none:
            self._arrived[to] |= fresh
            self._new[to] |= fresh

    def _visit(self, at: Place) -> None:
        """Carry on what was new where one arrives at a step."""
        who, number = at
        step = self._story.steps[number]
        states = self._new.pop(at)
        if step.arrivals is not None:
            states = self._registers.counted(step.arrivals, states)
        for effect in step.effects:
            states = self._registers.after(effect, states)
        rests = states & self._rest_set(step)
        fresh = rests & ~self._rested[at]
        self._rested[at] |= fresh
        self._go_on(who, step, states & ~rests)
        self._choose(who, number, step, fresh)

    def _rest_set(self, step: Step) -> Set:
        """With which registers one rests at a step: where something is open, or nothing leads on."""
        match step.exit:
            case Choices(choices, fallback, None):
                asked, way = [choice.when for choice in choices], fallback
            case Chance(outcomes, fallback):
                asked, way = [outcome.when for outcome in outcomes], fallback
            case Goto():
                asked, way = [], step.exit
            case End() | None:
                return ~self._none
            case _:
                raise UnsuitedError(step.id)
        rests = ~self._none
        for branch in way.branches if way is not None else ():
            rests &= ~self._registers.where(branch.when)
        for when in asked:
            rests |= self._registers.where(when)
        return rests

    def _go_on(self, who: int, step: Step, states: Set) -> None:
        """Leave by the first branch that is open."""
        way = step.exit if isinstance(step.exit, Goto) else getattr(step.exit, "fallback", None)
        for branch in way.branches if way is not None else ():
            here = self._registers.where(branch.when)
            self._move(who, step, branch.to, states & here)
            states &= ~here

    def _choose(self, who: int, number: int, step: Step, states: Set) -> None:
        """All that can be done where one rests."""
        match step.exit:
            case Choices(choices):
                for index, choice in enumerate(choices):
                    taken = states & self._registers.where(choice.when)
                    if taken != self._none:
                        self.opened.add((number, index))
                    self._come((who, choice.to), taken)
            case Chance(outcomes):
                for outcome in outcomes:
                    self._move(who, step, outcome.to, states & self._registers.where(outcome.when))
            case End():
                left = self._registers.left_behind(states)
                for other, protagonist in enumerate(self._story.protagonists):
                    self._come((other, protagonist.start), left)
            case _:
                pass

    def _move(self, who: int, step: Step, to: int, states: Set) -> None:
        if self._story.steps[to].scene != step.scene:
            states = self._registers.out_of(step.scene, states)
        self._come((who, to), states)


class _Registers:
    """The registers of a story, each as so many variables of a diagram, and what can be asked of them and done."""

    def __init__(self, story: StoryData) -> None:
        try:
            from dd import cudd as diagrams
        except ImportError:  # no wheel for this platform: the same in Python, slow
            from dd import autoref as diagrams
        self._story = story
        self._diagrams = diagrams.BDD()
        self._diagrams.configure(reordering=True)
        self.nothing = self._diagrams.false
        self._bits = [
            [f"r{index}_{bit}" for bit in range(max(1, (r.high - r.low).bit_length()))]
            for index, r in enumerate(story.registers)
        ]
        self._width = sum(map(len, self._bits))
        self._diagrams.declare(*(name for names in self._bits for name in names))
        self._conditions: dict[Code, Set] = {}
        self._derived: list[Run] = []
        for code in story.derived:
            self._derived.append(link(code, self._derived))

    def count(self, states: Set) -> int:
        """How many there are; exact up to 2⁵³."""
        return int(self._diagrams.count(states, self._width))

    def at_start(self) -> Set:
        """All at their start."""
        return self._all(~self.nothing, range(len(self._story.registers)))

    def left_behind(self, states: Set) -> Set:
        """What a finished playthrough leaves: all but memory at its start."""
        return self._all(states, [i for i, r in enumerate(self._story.registers) if r.use != "memory"])

    def out_of(self, scene: str, states: Set) -> Set:
        """The flags of a scene at their start."""
        registers = enumerate(self._story.registers)
        return self._all(states, [i for i, r in registers if r.use == "local" and r.name.split(".")[0] == scene])

    def _all(self, states: Set, registers: Sequence[int] | range) -> Set:
        for register in registers:
            states = self._set(states, register, self._story.registers[register].start)
        return states

    def _set(self, states: Set, register: int, value: int) -> Set:
        return self._diagrams.exist(self._bits[register], states) & self._is(register, value)

    def _is(self, register: int, value: int) -> Set:
        offset = value - self._story.registers[register].low
        return self._diagrams.cube({name: bool(offset >> bit & 1) for bit, name in enumerate(self._bits[register])})

    def counted(self, register: int, states: Set) -> Set:
        """A count one higher, up to its bound."""
        high = self._story.registers[register].high
        found = self.nothing
        for value in range(high + 1):
            found |= self._set(states & self._is(register, value), register, min(value + 1, high))
        return found

    def after(self, effect: Assignment, states: Set) -> Set:
        """What an effect makes of some states."""
        register = self._story.registers[effect.register]
        found = self.nothing
        for value, here in self._values(effect.code).items():
            held = min(max(value, register.low), register.high)
            found |= self._set(states & here, effect.register, held)
        return found

    def where(self, when: Code | None) -> Set:
        """The states in which a condition holds."""
        if when is None:
            return ~self.nothing
        if when not in self._conditions:
            self._conditions[when] = self._where(when)
        return self._conditions[when]

    def _where(self, when: Code) -> Set:
        match when:
            case ("not", operand):
                return ~self.where(operand)
            case ("and", *operands):
                found = ~self.nothing
                for operand in operands:
                    found &= self.where(operand)
                return found
            case ("or", *operands):
                return ~self.where(("and", *(("not", operand) for operand in operands)))
            case ("derived", index):
                return self.where(self._story.derived[index])
            case _:
                holding = [here for value, here in self._values(when).items() if value]
                return self._diagrams.false if not holding else _joined(holding)

    def _values(self, code: Code) -> dict[int, Set]:
        """The states in which an expression has each of its values, found by trying."""
        found: dict[int, Set] = defaultdict(lambda: self.nothing)
        run = link(code, self._derived)
        for registers in self._tried(sorted(registers_read(code, self._story.derived))):
            values = [register.start for register in self._story.registers]
            here = ~self.nothing
            for register, value in registers:
                values[register] = value
                here &= self._is(register, value)
            found[int(run(values))] |= here
        return found

    def _tried(self, read: list[int]) -> Iterator[list[tuple[int, int]]]:
        ranges = [range(r.low, r.high + 1) for r in (self._story.registers[register] for register in read)]
        if prod(map(len, ranges)) > MOST:
            raise UnsuitedError(f"{read} have too many values to try them all")
        for values in product(*ranges):
            yield list(zip(read, values, strict=True))


def _joined(sets: list[Set]) -> Set:
    found = sets[0]
    for one in sets[1:]:
        found |= one
    return found
