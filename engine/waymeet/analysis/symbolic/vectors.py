"""Whole numbers that depend on the state: bit by bit, each bit a diagram, in two's complement.

A vector knows an interval that its value never leaves, and has as many bits as that needs; the last one is the sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waymeet.expressions.code import INT_MAX

if TYPE_CHECKING:
    from waymeet.analysis.symbolic.diagrams import Diagram, Diagrams


@dataclass(frozen=True, slots=True)
class Vector:
    """A number from `low` to `high`; `bits` has the lowest first and the sign last."""

    low: int
    high: int
    bits: tuple[Diagram, ...]

    @property
    def sign(self) -> Diagram:
        """Whether it is negative."""
        return self.bits[-1]

    def bit(self, index: int) -> Diagram:
        """A bit, the sign going on for ever."""
        return self.bits[index] if index < len(self.bits) else self.bits[-1]


def width(low: int, high: int) -> int:
    """How many bits, the sign included, the numbers of an interval need."""
    return max(low.bit_length() if low >= 0 else (-low - 1).bit_length(), high.bit_length() if high >= 0 else 0) + 1


class Arithmetic:
    """Sums, comparisons and whatever else conditions do with numbers, on vectors."""

    def __init__(self, diagrams: Diagrams) -> None:
        self._diagrams = diagrams
        self._true = diagrams.true
        self._false = diagrams.false

    def number(self, value: int) -> Vector:
        """A number that does not depend on the state."""
        bits = (self._diagrams.constant(value >> index & 1) for index in range(width(value, value)))
        return Vector(value, value, tuple(bits))

    def truth(self, condition: Diagram) -> Vector:
        """1 where a condition holds, else 0."""
        return Vector(0, 1, (condition, self._false))

    # -- comparisons ------------------------------------

    def equal(self, one: Vector, other: Vector) -> Diagram:
        """Where two numbers are the same."""
        result = self._true
        for index in range(max(len(one.bits), len(other.bits))):
            result = result & one.bit(index).equiv(other.bit(index))
        return result

    def less(self, one: Vector, other: Vector) -> Diagram:
        """Where the first is below the second."""
        if one.high < other.low or one.low >= other.high:
            return self._diagrams.constant(one.high < other.low)
        size = max(len(one.bits), len(other.bits))
        result = self._false
        for index in range(size - 1):
            result = one.bit(index).equiv(other.bit(index)).ite(result, other.bit(index))
        return one.bit(size - 1).equiv(other.bit(size - 1)).ite(result, one.bit(size - 1))

    # -- arithmetic ------------------------------------

    def plus(self, one: Vector, other: Vector) -> Vector:
        """The sum, within what a number can be."""
        low, high = one.low + other.low, one.high + other.high
        return self._saturated(self._sum(one, other, self._false, low, high))

    def minus(self, one: Vector, other: Vector) -> Vector:
        """The difference, within what a number can be."""
        low, high = one.low - other.high, one.high - other.low
        turned = Vector(~other.high, ~other.low, tuple(~bit for bit in other.bits))
        return self._saturated(self._sum(one, turned, self._true, low, high))

    def times(self, one: Vector, other: Vector) -> Vector:
        """The product, within what a number can be."""
        ends = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
        low, high = min(ends), max(ends)
        size = width(low, high)
        total = self.number(0)
        for index in range(size):  # modulo 2 to the power of the width, signs and all
            bits = [self._false] * index + [one.bit(k) & other.bit(index) for k in range(size - index)]
            total = self._sum(total, Vector(low, high, tuple(bits)), self._false, low, high)
        return self._saturated(total)

    def _sum(self, one: Vector, other: Vector, carry: Diagram, low: int, high: int) -> Vector:
        """The sum of two numbers and a carry, known to be from `low` to `high`."""
        bits = []
        for index in range(width(low, high)):
            a, b = one.bit(index), other.bit(index)
            both = a ^ b
            bits.append(both ^ carry)
            carry = both.ite(carry, a)
        return Vector(low, high, tuple(bits))

    def _saturated(self, value: Vector) -> Vector:
        return self.held(value, -INT_MAX, INT_MAX)

    def held(self, value: Vector, low: int, high: int) -> Vector:
        """The nearest number within bounds."""
        if value.low < low:
            value = self.chosen(self.less(value, self.number(low)), self.number(low), value)
        if value.high > high:
            value = self.chosen(self.less(self.number(high), value), self.number(high), value)
        low, high = max(low, min(value.low, high)), min(high, max(value.high, low))
        return Vector(low, high, tuple(value.bit(index) for index in range(width(low, high))))

    def chosen(self, condition: Diagram, yes: Vector, no: Vector) -> Vector:
        """One number where a condition holds, another elsewhere."""
        low, high = min(yes.low, no.low), max(yes.high, no.high)
        bits = (condition.ite(yes.bit(index), no.bit(index)) for index in range(width(low, high)))
        return Vector(low, high, tuple(bits))

    def magnitude(self, value: Vector) -> Vector:
        """The number without its sign."""
        if value.low >= 0:
            return value
        turned = self.minus(self.number(0), value)
        both = self.chosen(value.sign, turned, value)
        high = max(-value.low, value.high)
        return Vector(0, high, tuple(both.bit(index) for index in range(width(0, high))))

    # -- sets, as masks ------------------------------------

    def ones(self, value: Vector) -> Vector:
        """How many members a set has."""
        total = self.number(0)
        for bit in value.bits[:-1]:
            total = self.plus(total, self.truth(bit))
        return total

    def has(self, item: Vector, group: Vector) -> Diagram:
        """Where the member of an index is in a set."""
        result = self._false
        for index in range(max(0, item.low), min(len(group.bits) - 1, item.high + 1)):
            result = result | (self.equal(item, self.number(index)) & group.bits[index])
        return result

    def bitwise(self, operation: str, one: Vector, other: Vector) -> Vector:
        """The union of two sets, what they have in common, or the first without the second."""
        size = max(len(one.bits), len(other.bits))
        pairs = [(one.bit(index), other.bit(index)) for index in range(size)]
        match operation:
            case "union":
                bits = tuple(a | b for a, b in pairs)
            case "common":
                bits = tuple(a & b for a, b in pairs)
            case _:
                bits = tuple(a & ~b for a, b in pairs)
        return Vector(0, 2 ** (size - 1) - 1, bits)
