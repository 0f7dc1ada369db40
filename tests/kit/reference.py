"""What formulas mean, once more: evaluated straight from the syntax tree over an author's values, one case at a time.

Shares nothing with the compiler: no types, no registers, no code; counts are exact, however high they go.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Protocol, assert_never

from waymeet.expressions import syntax

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a formula can come to: a set is a frozenset of its members.
Value = bool | int | str | frozenset[str]

LIMIT = 2**31 - 1
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class World(Protocol):
    """What is so at one moment of a playthrough."""

    def named(self, name: str) -> Value | None:
        """The value of a flag or a derived name; None for what is neither, a word."""

    def arrivals(self, reference: syntax.Reference) -> int:
        """How often the node was come to, or the choice taken, that `seen(…)` and its kin name."""


def held(value: int) -> int:
    """The nearest number that the language knows."""
    return max(-LIMIT, min(LIMIT, value))


def evaluate(tree: syntax.Expression, world: World) -> Value:
    """What an expression comes to; bare words stand for themselves."""
    match tree:
        case syntax.Number():
            return tree.value
        case syntax.Truth():
            return tree.value
        case syntax.Word():
            value = world.named(tree.name)
            return tree.name if value is None else value
        case syntax.SetOf():
            return frozenset(item.name for item in tree.items if isinstance(item, syntax.Word))
        case syntax.Not():
            return not evaluate(tree.operand, world)
        case syntax.Negative():
            return held(-number(tree.operand, world))
        case syntax.Logic():
            truths = [evaluate(operand, world) for operand in tree.operands]
            return all(truths) if tree.operator == "and" else any(truths)
        case syntax.Arithmetic():
            return _arithmetic(tree, world)
        case syntax.Compare():
            return _compare(tree, world)
        case syntax.Conditional():
            return evaluate(tree.yes if evaluate(tree.condition, world) else tree.no, world)
        case syntax.Call():
            return _call(tree, world)
        case syntax.Reference():
            count = world.arrivals(tree)
            return count >= 1 if tree.function in ("seen", "chosen") else count
        case _:
            assert_never(tree)


def truth(tree: syntax.Expression, world: World) -> bool:
    """What a condition comes to."""
    value = evaluate(tree, world)
    assert isinstance(value, bool), tree
    return value


def number(tree: syntax.Expression, world: World) -> int:
    """What a number comes to."""
    value = evaluate(tree, world)
    assert isinstance(value, int), tree
    assert not isinstance(value, bool), tree
    return value


def group(value: Value) -> frozenset[str]:
    """A value as a set: a lone word is the set of it."""
    if isinstance(value, str):
        return frozenset({value})
    assert isinstance(value, frozenset), value
    return value


def changed(tree: syntax.Effect, world: World) -> Value:
    """The value that an effect would give its flag, were there no bounds."""
    before = world.named(tree.target.name)
    assert before is not None
    if isinstance(tree, syntax.Toggle):
        return not before
    value = evaluate(tree.value, world)
    match tree.operator:
        case "=":
            return value
        case "+=" if isinstance(before, frozenset):
            return before | group(value)
        case "-=" if isinstance(before, frozenset):
            return before - group(value)
        case "+=" | "-=":
            assert isinstance(before, int)
            assert isinstance(value, int)
            return held(before + value if tree.operator == "+=" else before - value)


def _arithmetic(tree: syntax.Arithmetic, world: World) -> Value:
    left, right = evaluate(tree.left, world), evaluate(tree.right, world)
    if isinstance(left, int) and isinstance(right, int):
        match tree.operator:
            case "+":
                return held(left + right)
            case "-":
                return held(left - right)
            case _:
                return held(left * right)
    one, other = group(left), group(right)
    match tree.operator:
        case "|":
            return one | other
        case "&":
            return one & other
        case _:
            return one - other


def _compare(tree: syntax.Compare, world: World) -> bool:
    left = evaluate(tree.first, world)
    for sign, part in tree.rest:
        right = evaluate(part, world)
        if sign in ("in", "not in"):
            assert isinstance(right, frozenset)
            holds = (left in right) == (sign == "in")
        else:
            holds = _COMPARISONS[sign](left, right)
        if not holds:
            return False
        left = right
    return True


def _call(tree: syntax.Call, world: World) -> int:
    if tree.function == "count":
        return len(group(evaluate(tree.arguments[0], world)))
    numbers = [number(argument, world) for argument in tree.arguments]
    match tree.function:
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case _:
            return abs(numbers[0])
