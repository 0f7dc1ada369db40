"""Conditions put together out of others, done as far as they can be where some are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.expressions.code import link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.expressions.code import Code


def both(*codes: Code) -> Code:
    """That all of some conditions hold."""
    return joined("and", codes, 0)


def either(*codes: Code) -> Code:
    """That one of some conditions holds."""
    return joined("or", codes, 1)


def negated(code: Code) -> Code:
    """That a condition does not hold."""
    return folded("not", [code])


def folded(operation: str, operands: list[Code]) -> Code:
    """An operation, done as far as it can be when some operands are known."""
    match operation, operands:
        case "not", [int(operand)]:
            return int(not operand)
        case "and", _:
            return joined("and", operands, 0)
        case "or", _:
            return joined("or", operands, 1)
        case "if", [int(condition), yes, no]:
            return yes if condition else no
        case _ if all(isinstance(operand, int) for operand in operands):
            return int(link((operation, *operands))(()))
        case _:
            return (operation, *operands)


def joined(operation: str, operands: Sequence[Code], decisive: int) -> Code:
    """`and` or `or`, of which one operand that is `decisive` decides all."""
    if any(isinstance(operand, int) and bool(operand) == bool(decisive) for operand in operands):
        return decisive
    left = [operand for operand in operands if not isinstance(operand, int)]
    if len(left) < 2:
        return left[0] if left else 1 - decisive
    return (operation, *left)
