"""A condition in a reader's words, for a choice that is `locked: true`."""

from __future__ import annotations

from typing import assert_never

from waymeet.expressions import syntax

_COMPARISONS = {
    "==": "{} is {}",
    "!=": "{} is not {}",
    "<": "{} is below {}",
    "<=": "{} is at most {}",
    ">": "{} is above {}",
    ">=": "{} is at least {}",
    "in": "{} is among {}",
    "not in": "{} is not among {}",
}
#: The same comparison read from the other side.
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_REFERENCES = {"seen": "{} seen", "visits": "visits to {}", "chosen": "{} chosen", "times": "times {} was chosen"}


def reason(tree: syntax.Expression) -> str:
    """What a condition asks for, as one sentence."""
    return f"Needs: {_words(tree)}."


def _words(tree: syntax.Expression) -> str:
    match tree:
        case syntax.Number():
            return str(tree.value)
        case syntax.Truth():
            return "true" if tree.value else "false"
        case syntax.Word():
            return tree.name.replace("_", " ")
        case syntax.SetOf():
            return ", ".join(_words(item) for item in tree.items)
        case syntax.Not():
            return f"not {_inside(tree.operand)}"
        case syntax.Negative():
            return f"-{_inside(tree.operand)}"
        case syntax.Logic():
            return f" {tree.operator} ".join(_inside(operand) for operand in tree.operands)
        case syntax.Arithmetic():
            return f"{_inside(tree.left)} {tree.operator} {_inside(tree.right)}"
        case syntax.Compare():
            return _comparison(tree)
        case syntax.Conditional():
            return f"{_inside(tree.yes)} if {_inside(tree.condition)}, else {_inside(tree.no)}"
        case syntax.Call():
            return f"{tree.function} of {', '.join(_words(argument) for argument in tree.arguments)}"
        case syntax.Reference():
            return _REFERENCES.get(tree.function, "{}").format(tree.path[-1].replace("_", " "))
        case _:
            assert_never(tree)


def _comparison(tree: syntax.Compare) -> str:
    parts = []
    left = tree.first
    for operator, right in tree.rest:
        phrase, sides = _COMPARISONS[operator], (left, right)
        if isinstance(left, syntax.Number) and operator in _TURNED:
            phrase, sides = _COMPARISONS[_TURNED[operator]], (right, left)
        parts.append(phrase.format(*map(_inside, sides)))
        left = right
    return " and ".join(parts)


def _inside(tree: syntax.Expression) -> str:
    compound = isinstance(tree, syntax.Logic | syntax.Conditional)
    return f"({_words(tree)})" if compound else _words(tree)
