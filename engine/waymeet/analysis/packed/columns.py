"""The states of a batch as columns: conditions and effects of a story, worked out for all of them at once.

Numbers are columns of 64-bit integers; what compares a register with a number, as most conditions do, is done on the
words as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waymeet.analysis.packed.operations import COMPARED, OPERATIONS
from waymeet.analysis.packed.values import ALWAYS, NEVER, Number, Where, constant, truth, where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.analysis.packed.words import Field, Layout, Words
    from waymeet.expressions.code import Code


class Columns:
    """The states of a batch: the terms in which the ways on are worked out for them.

    Registers that are not `present` in the words are at their start.
    """

    def __init__(
        self, layout: Layout, derived: Sequence[Code], starts: Sequence[int], words: Words, present: int
    ) -> None:
        self.true = ALWAYS
        self.false = NEVER
        self._layout = layout
        self._derived = derived
        self._starts = starts
        self._words = words
        self._present = present
        #: What effects have made of registers by now.
        self.changed: dict[int, Number] = {}
        self._known: dict[int, Number] = {}
        self._conditions: dict[int, Where] = {}

    def become(self, register: int, number: Number) -> None:
        """Give a register another value."""
        self.changed[register] = number
        self._known.clear()
        self._conditions.clear()

    # -- registers ------------------------------------

    def _field(self, register: int) -> Field | None:
        """The field of a register that is in the words as it was."""
        return self._layout.fields[register] if self._present >> register & 1 else None

    def value(self, register: int) -> Number:
        """What a register is."""
        if register in self.changed:
            return self.changed[register]
        field = self._field(register)
        if field is None:
            return constant(self._starts[register])
        word = self._layout.word
        values = (self._words >> word(field.shift)) & word(field.mask)
        if field.start:
            values ^= word(field.start)
        numbers = values.astype(np.int64)
        if field.low:
            numbers += field.low
        return Number(numbers, field.low, field.high)

    def differs(self, register: int, number: Number) -> Where:
        """Where a register is not what a number is."""
        return where(self.value(register).values != number.values)

    def _compared(self, operation: str, register: int, number: int) -> Where:
        """A register in the words against a number."""
        field = self._field(register)
        if field is None or register in self.changed:
            one = self.value(register)
            return where(COMPARED[operation](one.values, number))
        if operation in (">", "<="):
            return self._less(field, number + 1) if operation == "<=" else ~self._less(field, number + 1)
        if operation in ("<", ">="):
            return self._less(field, number) if operation == "<" else ~self._less(field, number)
        same = self._is(field, number)
        return same if operation == "==" else ~same

    def _is(self, field: Field, number: int) -> Where:
        if not field.low <= number <= field.high:
            return NEVER
        word = self._layout.word
        return Where((self._words & word(field.bits)) == word(field.code(number)))

    def _less(self, field: Field, number: int) -> Where:
        if not field.low < number <= field.high:
            return Where(number > field.low)
        word = self._layout.word
        found = self._words & word(field.bits)
        if field.start:
            found ^= word(field.start << field.shift)
        return Where(found < word((number - field.low) << field.shift))

    # -- codes ------------------------------------

    def condition(self, code: Code) -> Where:
        """Where a condition holds."""
        if isinstance(code, int):
            return Where(bool(code))
        operation, *operands = code
        match operation, operands:
            case "flag", [register]:
                return self._compared("!=", register, 0)
            case "derived", [index]:
                return self._named_condition(index)
            case "not", [operand]:
                return ~self.condition(operand)
            case "and" | "or", _:
                return self._joined(operation, operands)
            case (("==" | "!=" | "<" | "<=" | ">" | ">="), [("flag", register), int(number)]):
                return self._compared(operation, register, number)
            case (("==" | "!=" | "<" | "<=" | ">" | ">="), [left, right]):
                return where(COMPARED[operation](self.number(left).values, self.number(right).values))
            case _:
                return where(self.number(code).values != 0)

    def _joined(self, operation: str, operands: Sequence[Code]) -> Where:
        result = self.condition(operands[0])
        for operand in operands[1:]:
            one = self.condition(operand)
            result = result & one if operation == "and" else result | one
        return result

    def _named_condition(self, index: int) -> Where:
        if index not in self._conditions:
            self._conditions[index] = self.condition(self._derived[index])
        return self._conditions[index]

    def number(self, code: Code) -> Number:
        """What an expression comes to."""
        if isinstance(code, int):
            return constant(code)
        operation, *operands = code
        match operation:
            case "flag":
                return self.value(operands[0])
            case "derived":
                return self._named(operands[0])
            case "not" | "and" | "or" | "==" | "!=" | "<" | "<=" | ">" | ">=":
                return truth(self.condition(code))
            case "if":
                return self._chosen(*operands)
            case _:
                return OPERATIONS[operation]([self.number(operand) for operand in operands])

    def _named(self, index: int) -> Number:
        if index not in self._known:
            self._known[index] = self.number(self._derived[index])
        return self._known[index]

    def _chosen(self, condition: Code, yes: Code, no: Code) -> Number:
        holds, one, other = self.condition(condition).holds, self.number(yes), self.number(no)
        if isinstance(holds, bool):
            return one if holds else other
        values = np.where(holds, one.values, other.values)
        return Number(values, min(one.low, other.low), max(one.high, other.high))
