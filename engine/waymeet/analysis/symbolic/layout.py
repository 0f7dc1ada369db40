"""Which variable stands for which bit of which register, and what conditions and effects are in terms of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.graph import postorder
from waymeet.analysis.symbolic.diagrams import Diagrams
from waymeet.analysis.symbolic.vectors import Arithmetic, Vector, width
from waymeet.expressions.code import registers_read
from waymeet.story import Ask, conditions_in, targets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from waymeet.analysis.symbolic.diagrams import Diagram, Substitution
    from waymeet.expressions.code import Code
    from waymeet.story import Step, StoryData

    #: What some registers are by now, where effects have changed them.
    Changed = Mapping[int, Vector]


class Layout:
    """The variables of a story's registers, those that anything reads.

    Numbers come first, then words, then flags as they are first used: a diagram is small when what goes together
    stands together. Beside each variable stands another, for its value after an effect.
    """

    def __init__(self, story: StoryData, order: Sequence[int], told: Sequence[int], most: int) -> None:
        self._story = story
        self._high = told
        self._first: dict[int, tuple[int, int]] = {}
        #: The registers of so many bits, as a bit mask.
        self._of_bits: dict[int, int] = {}
        size = 0
        for register in order:
            bits = self._bits(register)
            self._first[register] = (size, bits)
            self._of_bits[bits] = self._of_bits.get(bits, 0) | 1 << register
            size += 2 * bits
        self.diagrams = Diagrams(size, most)
        self.true = self.diagrams.true
        self.false = self.diagrams.false
        self.arithmetic = Arithmetic(self.diagrams)
        self._own = {register: self._vector(register) for register in order}
        self._derived: dict[int, Vector] = {}
        self._known: dict[Code, Vector] = {}

    def _bits(self, register: int) -> int:
        """The bits that vary: the sign only where there is one."""
        low = self._story.registers[register].low
        return width(low, self._high[register]) - (low >= 0)

    def _vector(self, register: int) -> Vector:
        low = self._story.registers[register].low
        bits = [self.diagrams.variable(number) for number in self.variables(register)]
        return Vector(low, self._high[register], (*bits, *([self.diagrams.false] if low >= 0 else [])))

    def __contains__(self, register: int) -> bool:
        return register in self._first

    def place(self, register: int) -> int:
        """Where the variables of a register begin."""
        return self._first[register][0]

    def variables(self, register: int) -> range:
        """The variables of a register, for its lowest bit first."""
        first, bits = self._first[register]
        return range(first, first + 2 * bits, 2)

    def size(self, registers: int) -> int:
        """How many variables some registers have, which are a bit mask."""
        return sum(bits * (registers & mask).bit_count() for bits, mask in self._of_bits.items())

    def value(self, register: int, changed: Changed) -> Vector:
        """What a register is."""
        return changed.get(register) or self._own[register]

    def within(self, register: int) -> Diagram:
        """Where the variables of a register stand for one of its values."""
        low, high = self._story.registers[register].low, self._high[register]
        own = self._own[register]
        most = 2 ** (len(own.bits) - 1)
        widest = Vector(-most, most - 1, own.bits)
        number = self.arithmetic.number
        return ~(self.arithmetic.less(widest, number(low)) | self.arithmetic.less(number(high), widest))

    def among(self, register: int, values: Sequence[int]) -> Diagram:
        """Where a register has one of some values, which ascend."""
        own, number = self._own[register], self.arithmetic.number
        found = self.false
        for low, high in _runs(values):
            found = found | ~(self.arithmetic.less(own, number(low)) | self.arithmetic.less(number(high), own))
        return found

    def values(self, values: Mapping[int, int]) -> Diagram:
        """Where some registers have these values."""
        found = self.diagrams.true
        for register in sorted(values, key=self.place, reverse=True):
            own = self._own[register]
            found = self.arithmetic.equal(own, self.arithmetic.number(values[register])) & found
        return found

    def bits(self, registers: Sequence[int]) -> list[tuple[int, bool]]:
        """The variables of a state that has these registers."""
        return [
            (number, bool(registers[register] >> index & 1))
            for register in self._first
            for index, number in enumerate(self.variables(register))
        ]

    def value_in(self, state: Diagram, register: int) -> int:
        """A value that a register has somewhere in a set of states."""
        cube = state.pick_cube()
        assert cube is not None
        picked = [bool(cube[number]) for number in self.variables(register)]
        value = sum(bit << index for index, bit in enumerate(picked))
        return value - (picked[-1] << len(picked)) if self._story.registers[register].low < 0 else value

    def pinned(self, states: Diagram) -> Diagram:
        """One of some states, of which there must be any."""
        cube = states.pick_cube()
        assert cube is not None
        one = self.true
        for number in range(self.diagrams.size - 2, -1, -2):
            variable = self.diagrams.variable(number)
            one = (variable if cube[number] else ~variable) & one
        return one

    # -- sets of registers ------------------------------------

    def cube(self, registers: Iterable[int]) -> Diagram:
        """The variables of some registers, to quantify over."""
        return self.diagrams.cube(number for register in registers for number in self.variables(register))

    def becoming(self, values: Changed) -> Diagram | None:
        """That the second variables of some registers stand for their values after an effect; None for none."""
        if not values:
            return None
        found = self.diagrams.true
        for register in sorted(values, key=self.place, reverse=True):
            for index, number in enumerate(self.variables(register)):
                found = self.diagrams.variable(number + 1).equiv(values[register].bit(index)) & found
        return found

    def settling(self, values: Changed) -> Substitution:
        """What puts the variables of some registers in the place of their second ones."""
        numbers = [number for register in values for number in self.variables(register)]
        return self.diagrams.substitution({number + 1: self.diagrams.variable(number) for number in numbers})

    def substitution(self, values: Changed) -> Substitution | None:
        """What puts values in the place of some registers; None for none."""
        pairs = {
            number: value.bit(index)
            for register, value in values.items()
            for index, number in enumerate(self.variables(register))
        }
        return self.diagrams.substitution(pairs) if pairs else None

    # -- codes ------------------------------------

    def condition(self, code: Code, changed: Changed | None = None) -> Diagram:
        """Where a condition holds."""
        value = self.number(code, changed or {})
        result = self.diagrams.false
        for bit in value.bits:
            result = result | bit
        return result

    def number(self, code: Code, changed: Changed) -> Vector:
        """What an expression comes to."""
        if isinstance(code, int):
            return self.arithmetic.number(code)
        if changed:
            return self._calculated(code, changed)
        if code not in self._known:
            self._known[code] = self._calculated(code, changed)
        return self._known[code]

    def _calculated(self, code: Code, changed: Changed) -> Vector:
        operation, *operands = code
        match operation:
            case "flag":
                return self.value(operands[0], changed)
            case "derived":
                return self.number(self._story.derived[operands[0]], changed)
            case "not":
                return self.arithmetic.truth(~self.condition(operands[0], changed))
            case "and" | "or":
                return self._joined(operation, operands, changed)
            case "if":
                condition = self.condition(operands[0], changed)
                return self.arithmetic.chosen(condition, *(self.number(one, changed) for one in operands[1:]))
            case _:
                return self._operated(operation, [self.number(operand, changed) for operand in operands])

    def _operated(self, operation: str, numbers: list[Vector]) -> Vector:
        """What an operation on numbers and sets comes to."""
        calculate = self.arithmetic
        match operation, numbers:
            case "+", [one, other]:
                return calculate.plus(one, other)
            case "-", [one, other]:
                return calculate.minus(one, other)
            case "*", [one, other]:
                return calculate.times(one, other)
            case "abs", [one]:
                return calculate.magnitude(one)
            case "count", [one]:
                return calculate.ones(one)
            case "min" | "max", _:
                return self._extreme(operation, numbers)
            case "union" | "common" | "without", [one, other]:
                return calculate.bitwise(operation, one, other)
            case "has", [item, group]:
                return calculate.truth(calculate.has(item, group))
            case _, [one, other]:
                return calculate.truth(self._compared(operation, one, other))
            case _:
                raise AssertionError(operation)

    def _joined(self, operation: str, operands: Sequence[Code], changed: Changed) -> Vector:
        result = self.diagrams.constant(operation == "and")
        for operand in operands:
            one = self.condition(operand, changed)
            result = result & one if operation == "and" else result | one
        return self.arithmetic.truth(result)

    def _extreme(self, operation: str, numbers: Sequence[Vector]) -> Vector:
        best, *rest = numbers
        for number in rest:
            pair = (number, best) if operation == "min" else (best, number)
            best = self.arithmetic.chosen(self.arithmetic.less(*pair), number, best)
        return best

    def _compared(self, operation: str, one: Vector, other: Vector) -> Diagram:
        match operation:
            case "==" | "!=":
                same = self.arithmetic.equal(one, other)
                return same if operation == "==" else ~same
            case "<" | ">=":
                less = self.arithmetic.less(one, other)
                return less if operation == "<" else ~less
            case ">" | "<=":
                more = self.arithmetic.less(other, one)
                return more if operation == ">" else ~more
            case _:
                raise AssertionError(operation)


def _runs(values: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs without a gap, each by its ends."""
    runs: list[tuple[int, int]] = []
    for value in values:
        if runs and runs[-1][1] == value - 1:
            runs[-1] = runs[-1][0], value
        else:
            runs.append((value, value))
    return runs


def ordered(story: StoryData, used: Collection[int], starts: Sequence[int]) -> list[int]:
    """The registers that are used, in the order in which their variables are to stand."""
    steps = reversed(postorder(starts, lambda step: targets(story.steps[step])))
    met = dict.fromkeys(register for step in steps for register in _mentioned(story, story.steps[step]))
    first = {register: place for place, register in enumerate((*met, *range(len(story.registers))))}
    rows = story.registers
    return sorted(used, key=lambda register: (rows[register].high - rows[register].low == 1, first[register]))


def _mentioned(story: StoryData, step: Step) -> Iterator[int]:
    """The registers that a step writes and reads, in that order."""
    for register, code in step.effects:
        yield register
        yield from sorted(registers_read(code, story.derived))
    if step.arrivals is not None:
        yield step.arrivals
    if isinstance(step.exit, Ask) and step.exit.register is not None:
        yield step.exit.register
    for code in conditions_in(step):
        yield from sorted(registers_read(code, story.derived))
