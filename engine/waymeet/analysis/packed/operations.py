"""The operations of `expressions/code.py` on numbers and sets, done for all states of a batch at once.

They saturate as play does; that a result surely stays within bounds saves looking at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waymeet.analysis.packed.values import Number, constant
from waymeet.expressions.code import INT_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.analysis.packed.values import Values

    Operation = Callable[[Sequence[Number]], Number]

COMPARED: dict[str, Any] = {
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _saturated(values: Values, bounds: Sequence[int]) -> Number:
    return Number(values, min(bounds), max(bounds)).held(-INT_MAX, INT_MAX)


def _plus(numbers: Sequence[Number]) -> Number:
    one, other = numbers
    return _saturated(one.values + other.values, (one.low + other.low, one.high + other.high))


def _minus(numbers: Sequence[Number]) -> Number:
    one, other = numbers
    return _saturated(one.values - other.values, (one.low - other.high, one.high - other.low))


def _times(numbers: Sequence[Number]) -> Number:
    one, other = numbers
    return _saturated(one.values * other.values, [a * b for a in one[1:] for b in other[1:]])


def _extreme(numbers: Sequence[Number], of_two: Any, of_bounds: Any) -> Number:
    values = numbers[0].values
    for number in numbers[1:]:
        found: Any = of_two(values, number.values)
        values = found if found.shape else int(found)
    return Number(values, of_bounds(one.low for one in numbers), of_bounds(one.high for one in numbers))


def _magnitude(numbers: Sequence[Number]) -> Number:
    [one] = numbers
    values = abs(one.values) if isinstance(one.values, int) else np.abs(one.values)
    return Number(values, 0, max(abs(one.low), abs(one.high)))


def _ones(numbers: Sequence[Number]) -> Number:
    [one] = numbers
    if isinstance(one.values, int):
        return constant(one.values.bit_count())
    width = one.high.bit_length()
    counted = np.zeros(len(one.values), np.int64)
    for bit in range(width):
        counted += one.values >> bit & 1
    return Number(counted, 0, width)


def _has(numbers: Sequence[Number]) -> Number:
    item, group = numbers
    return Number(group.values >> item.values & 1, 0, 1)


def _bitwise(numbers: Sequence[Number], combined: Any) -> Number:
    one, other = numbers
    return Number(combined(one.values, other.values), 0, (1 << max(one.high, other.high).bit_length()) - 1)


OPERATIONS: dict[str, Operation] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "min": lambda numbers: _extreme(numbers, np.minimum, min),
    "max": lambda numbers: _extreme(numbers, np.maximum, max),
    "abs": _magnitude,
    "count": _ones,
    "has": _has,
    "union": lambda numbers: _bitwise(numbers, lambda one, other: one | other),
    "common": lambda numbers: _bitwise(numbers, lambda one, other: one & other),
    "without": lambda numbers: _bitwise(numbers, lambda one, other: one & ~other),
}
