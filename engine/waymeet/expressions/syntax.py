"""The syntax tree of conditions and effects; every node knows where in its text it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Functions that ask about the way so far; their argument is a path of ids, not an expression.
REFERENCES = ("seen", "visits", "chosen", "times")
#: Questions that only promises may ask.
PROMISE_REFERENCES = ("at", "ended", "playing")
FUNCTIONS = ("min", "max", "abs", "count")
KEYWORDS = ("and", "or", "not", "in", "if", "else", "true", "false")
#: Words that no id may be.
RESERVED = frozenset((*KEYWORDS, *FUNCTIONS, *REFERENCES, *PROMISE_REFERENCES, "toggle"))

Comparison = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in an expression; `start` and `end` are offsets into its text, the end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A whole number."""

    value: int


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A bare name: a flag, a derived name, an enum value or a set member."""

    name: str


@dataclass(frozen=True, slots=True)
class SetOf(Node):
    """A set written out, as in `{crest, feather}`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not x`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """`-x`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`a and b and …` or `a or b or …`."""

    operator: Literal["and", "or"]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a + b`, `a - b`, `a * b` on numbers; `a | b`, `a & b`, `a - b` on sets."""

    operator: Literal["+", "-", "*", "|", "&"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A chain of comparisons: `first op operand op operand …`."""

    first: Expression
    rest: tuple[tuple[Comparison, Expression], ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`yes if condition else no`."""

    condition: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`min(…)`, `max(…)`, `abs(…)`, `count(…)`."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """`seen(…)`, `visits(…)`, `chosen(…)`, `times(…)` with the path of ids inside."""

    function: str
    path: tuple[str, ...]
    path_start: int
    path_end: int


Expression = (
    Number | Truth | Word | SetOf | Not | Negative | Logic | Arithmetic | Compare | Conditional | Call | Reference
)


def words_in(tree: Expression) -> list[str]:
    """The bare names in an expression, in no particular order but always the same."""
    found: list[str] = []
    waiting: list[Expression] = [tree]
    while waiting:
        item = waiting.pop()
        match item:
            case Word():
                found.append(item.name)
            case SetOf(_, _, items) | Call(_, _, _, items) | Logic(_, _, _, items):
                waiting.extend(items)
            case Not() | Negative():
                waiting.append(item.operand)
            case Arithmetic():
                waiting += [item.left, item.right]
            case Compare():
                waiting += [item.first, *(operand for _, operand in item.rest)]
            case Conditional():
                waiting += [item.condition, item.yes, item.no]
            case Number() | Truth() | Reference():
                pass
    return found


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """An effect `target = value`, `target += value` or `target -= value`."""

    target: Word
    operator: Literal["=", "+=", "-="]
    value: Expression


@dataclass(frozen=True, slots=True)
class Toggle(Node):
    """The effect `toggle(target)`."""

    target: Word


Effect = Assign | Toggle


class ExpressionError(Exception):
    """A text that is no expression: the message, the offsets it is about, and what to do about it."""

    def __init__(self, message: str, start: int, end: int, help_line: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start + 1)
        self.help = help_line
