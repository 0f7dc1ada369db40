"""The intervals of sums, products and functions, and the factors of the counts that wait inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.expressions.code import saturate
from waymeet.expressions.scope import Typed
from waymeet.expressions.types import UNKNOWN, IntType

if TYPE_CHECKING:
    from collections.abc import Callable

    from waymeet.expressions.code import Code
    from waymeet.expressions.scope import Waiting
    from waymeet.expressions.types import Type


def is_fixed(typed: Typed) -> bool:
    """Whether a number is the same in every state."""
    return not typed.waiting and isinstance(typed.type, IntType) and typed.type.low == typed.type.high


def scaled(waiting: Waiting, factor: int) -> Waiting:
    """Counts that wait, each with its factor multiplied."""
    return tuple((counter, own * factor) for counter, own in waiting if factor)


def calculate(operator: str, left: Typed, right: Typed) -> Typed:
    """A sum, difference or product, with its interval; of a product with counts, one side is fixed."""
    if not isinstance(left.type, IntType) or not isinstance(right.type, IntType):
        return Typed(0, UNKNOWN)
    a, b = left.type, right.type
    if operator == "+":
        ends, waiting = [a.low + b.low, a.high + b.high], left.waiting + right.waiting
    elif operator == "-":
        ends, waiting = [a.low - b.high, a.high - b.low], left.waiting + scaled(right.waiting, -1)
    else:
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        waiting = scaled(left.waiting, b.low) + scaled(right.waiting, a.low)
    kind = IntType(saturate(min(ends)), saturate(max(ends)))
    return Typed((operator, left.code, right.code), kind, left.work + right.work + 1, waiting)


def bounds(function: str, kinds: list[IntType]) -> IntType:
    """The interval of `abs` of one number, or of `min` or `max` of some."""
    if function == "abs":
        (kind,) = kinds
        low = 0 if kind.low <= 0 <= kind.high else min(abs(kind.low), abs(kind.high))
        return IntType(low, max(abs(kind.low), abs(kind.high)))
    pick: Callable[[list[int]], int] = min if function == "min" else max
    return IntType(pick([kind.low for kind in kinds]), pick([kind.high for kind in kinds]))


def join(one: Type, other: Type) -> Type:
    """The type of a value that comes from either of two."""
    if isinstance(one, IntType) and isinstance(other, IntType):
        return IntType(min(one.low, other.low), max(one.high, other.high))
    return one


def subset(operator: str, one: Code, other: Code) -> Code:
    """`a <= b` for sets: nothing of a is missing in b; `<` also says that they differ."""
    small, large = (one, other) if operator in ("<", "<=") else (other, one)
    within: Code = ("==", ("without", small, large), 0)
    return within if operator in ("<=", ">=") else ("and", within, ("!=", one, other))
