"""From compiled code back to what an author would write, and the values of its parts: to tell why something is so.

The text is in the author's language, with as few brackets as it takes: parsed and typed again, it gives the same code.
How it was worded once is lost (`seen(x)` is `visits(x) >= 1` by now), but not what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from waymeet.expressions.code import link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.expressions.code import Code, Run


class Kind(NamedTuple):
    """What the integers of a value stand for; `words` are the values of an enum or the members of a set."""

    name: Literal["bool", "int", "enum", "set"]
    words: tuple[str, ...] = ()


class Part(NamedTuple):
    """A piece of an expression that has a value of its own, and the pieces that it is made of."""

    text: str
    value: str
    parts: tuple[Part, ...]


_BOOL, _INT = Kind("bool"), Kind("int")
#: How tightly each form holds its operands together, as the parser reads them.
_IF, _OR, _AND, _NOT, _COMPARE, _UNION, _COMMON, _SUM, _PRODUCT, _SIGN, _ATOM = range(11)
_SIGNS = {
    "+": ("+", _SUM),
    "-": ("-", _SUM),
    "*": ("*", _PRODUCT),
    "union": ("|", _UNION),
    "common": ("&", _COMMON),
    "without": ("-", _SUM),
}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_SETS = ("union", "common", "without")


class Unparser:
    """Writes the expressions of one story. `flags` are its registers by name and kind, `derived` what has a name.

    A derived name that is not known, for there are fewer `names`, is written out as what it stands for.
    """

    def __init__(
        self, flags: Sequence[tuple[str, Kind]], derived: Sequence[Code] = (), names: Sequence[str] = ()
    ) -> None:
        self._flags = flags
        self._derived = derived
        self._names = names

    def text(self, code: Code, kind: Kind = _BOOL) -> str:
        """An expression as an author would write it."""
        return self._at(_IF, code, kind)

    def parts(self, code: Code, registers: Sequence[int], runs: Sequence[Run], kind: Kind = _BOOL) -> Part:
        """An expression with its value, and what it is made of; `runs` are those of the derived names."""
        kind = self._kind(code) or kind
        value = value_text(kind, int(link(code, runs)(registers)))
        inner = [] if isinstance(code, int) or code[0] == "flag" else self._operands(code, kind)
        below = tuple(
            self.parts(operand, registers, runs, wanted) for operand, wanted in inner if not isinstance(operand, int)
        )
        return Part(self.text(code, kind), value, below)

    # -- kinds ------------------------------------

    def _kind(self, code: Code) -> Kind | None:
        """What a value is, as far as its own code tells."""
        if isinstance(code, int):
            return None
        operation, *operands = code
        match operation:
            case "flag":
                register: int = operands[0]
                return self._flags[register][1]
            case "derived":
                return self._kind(self._derived[operands[0]])
            case "if":
                return self._kind(operands[1]) or self._kind(operands[2])
            case "union" | "common" | "without":
                return self._kind(operands[0]) or self._kind(operands[1])
            case "+" | "-" | "*" | "min" | "max" | "abs" | "count":
                return _INT
            case _:
                return _BOOL

    def _operands(self, code: Code, kind: Kind) -> list[tuple[Code, Kind]]:
        """The operands of an operation, each with what it is to be read as, where the whole is read as a `kind`."""
        operation, *operands = code
        match operation:
            case "derived":
                return [(self._derived[operands[0]], kind)]
            case "not" | "and" | "or":
                return [(operand, _BOOL) for operand in operands]
            case "if":
                return [(operands[0], _BOOL), (operands[1], kind), (operands[2], kind)]
            case "has":
                item, group = operands
                words = (self._kind(item) or self._kind(group) or _INT).words
                return [(item, Kind("enum", words)), (group, Kind("set", words))]
            case "+" | "-" | "*" | "min" | "max" | "abs":
                return [(operand, _INT) for operand in operands]
            case _:  # a comparison, or an operation on sets
                kinds = [found for operand in operands if (found := self._kind(operand)) is not None]
                return [(operand, kinds[0] if kinds else _INT) for operand in operands]

    # -- words ------------------------------------

    def _at(self, level: int, code: Code, kind: Kind) -> str:
        """A piece inside another, in brackets unless it holds together at least as tightly as `level`."""
        tightness, text = self._written(code, kind)
        return text if tightness >= level else f"({text})"

    def _written(self, code: Code, kind: Kind) -> tuple[int, str]:
        """How tightly a piece holds together, and its text."""
        if isinstance(code, int):
            return _ATOM, value_text(kind, code)
        operation = code[0]
        operands = [] if operation in ("flag", "derived") else self._operands(code, kind)
        match operation:
            case "flag":
                return _ATOM, self._flags[code[1]][0]
            case "derived":
                return self._named(code[1], kind)
            case "not":
                return self._negated(*operands[0])
            case "and" | "or":
                level = _AND if operation == "and" else _OR
                return level, f" {operation} ".join(self._at(level + 1, *operand) for operand in operands)
            case "if":
                condition, yes, no = operands
                return _IF, f"{self._at(_OR, *yes)} if {self._at(_OR, *condition)} else {self._at(_IF, *no)}"
            case "has":
                return _COMPARE, self._among(operands, "in")
            case _ if operation in _COMPARISONS:
                return _COMPARE, self._compared(code, operands)
            case _ if operation in _SIGNS:
                return self._calculated(operation, operands)
            case _:
                return _ATOM, f"{operation}({', '.join(self._at(_IF, *operand) for operand in operands)})"

    def _named(self, index: int, kind: Kind) -> tuple[int, str]:
        return (_ATOM, self._names[index]) if index < len(self._names) else self._written(self._derived[index], kind)

    def _negated(self, operand: Code, kind: Kind) -> tuple[int, str]:
        if not isinstance(operand, int) and operand[0] == "has":
            return _COMPARE, self._among(self._operands(operand, _BOOL), "not in")
        return _NOT, f"not {self._at(_NOT, operand, kind)}"

    def _among(self, operands: list[tuple[Code, Kind]], sign: str) -> str:
        item, group = operands
        return f"{self._at(_UNION, *item)} {sign} {self._at(_UNION, *group)}"

    def _compared(self, code: Code, operands: list[tuple[Code, Kind]]) -> str:
        operation, left, right = code
        if operation == "==" and right == 0 and not isinstance(left, int) and left[0] == "without":
            operation, operands = "<=", self._operands(left, _INT)  # so it is said that a set holds another
        one, other = operands
        return f"{self._at(_UNION, *one)} {operation} {self._at(_UNION, *other)}"

    def _calculated(self, operation: str, operands: list[tuple[Code, Kind]]) -> tuple[int, str]:
        left, right = operands
        if operation == "-" and left[0] == 0 and not isinstance(right[0], int):
            return _SIGN, f"-{self._at(_ATOM, *right)}"
        sign, level = _SIGNS[operation]
        return level, f"{self._at(level, *left)} {sign} {self._at(level + 1, *right)}"


def value_text(kind: Kind, value: int) -> str:
    """A value as an author would write it."""
    match kind.name:
        case "bool":
            return "true" if value else "false"
        case "enum":
            return kind.words[value]
        case "set":
            return "{" + ", ".join(word for index, word in enumerate(kind.words) if value >> index & 1) + "}"
        case "int":
            return str(value)
