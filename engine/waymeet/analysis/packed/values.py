"""What is so in each state of a batch: whether something holds, and what an expression comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from waymeet.analysis.packed.words import Mask, Words

    #: A value in each state, or the same in all.
    Values = int | NDArray[np.int64]


class Where:
    """In which states of a batch something holds: always, never, or in some."""

    __slots__ = ("holds",)

    def __init__(self, holds: bool | Mask) -> None:
        self.holds = holds

    def __and__(self, other: Where) -> Where:
        if isinstance(self.holds, bool):
            return other if self.holds else self
        if isinstance(other.holds, bool):
            return self if other.holds else other
        return Where(self.holds & other.holds)

    def __or__(self, other: Where) -> Where:
        if isinstance(self.holds, bool):
            return self if self.holds else other
        if isinstance(other.holds, bool):
            return other if other.holds else self
        return Where(self.holds | other.holds)

    def __invert__(self) -> Where:
        return Where(not self.holds if isinstance(self.holds, bool) else ~self.holds)

    def of(self, words: Words) -> Words:
        """Those of the batch's words of which it holds."""
        if isinstance(self.holds, bool):
            return words if self.holds else words[:0]
        return words.compress(self.holds)

    def any(self) -> bool:
        """Whether it holds in any state of a batch, which must have one."""
        return self.holds if isinstance(self.holds, bool) else bool(self.holds.any())

    def first(self) -> int:
        """The number of the first state in which it holds, for there must be one."""
        return 0 if isinstance(self.holds, bool) else int(self.holds.argmax())

    def mask(self, count: int) -> Mask:
        """The same, said of each of so many states."""
        return np.full(count, self.holds) if isinstance(self.holds, bool) else self.holds


ALWAYS = Where(True)
NEVER = Where(False)


class Number(NamedTuple):
    """What an expression comes to in each state, and between which bounds that surely is."""

    values: Values
    low: int
    high: int

    def held(self, low: int, high: int) -> Number:
        """The same, kept within bounds."""
        if low <= self.low and self.high <= high:
            return self
        bounds = min(max(self.low, low), high), max(min(self.high, high), low)
        if isinstance(self.values, int):
            return Number(min(high, max(low, self.values)), *bounds)
        values = self.values if self.low >= low else np.maximum(self.values, low)
        return Number(values if self.high <= high else np.minimum(values, high), *bounds)

    def outside(self, low: int, high: int) -> Where:
        """Where it is not within bounds."""
        if low <= self.low and self.high <= high:
            return NEVER
        return where(self.values < low) | where(self.values > high)

    def one(self, state: int) -> int:
        """The value in one state."""
        return self.values if isinstance(self.values, int) else int(self.values[state])


def constant(value: int) -> Number:
    """The same number in all states."""
    return Number(value, value, value)


def where(holds: Any) -> Where:
    """Where a comparison holds, of columns or of single numbers."""
    return Where(holds if isinstance(holds, np.ndarray) else bool(holds))


def truth(condition: Where) -> Number:
    """1 where a condition holds, else 0."""
    if isinstance(condition.holds, bool):
        return constant(int(condition.holds))
    return Number(condition.holds.astype(np.int64), 0, 1)
