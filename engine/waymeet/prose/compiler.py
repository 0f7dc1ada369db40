"""From the syntax tree of prose to its compiled form: names resolved, matches complete, variations numbered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from waymeet.diagnostics import did_you_mean
from waymeet.expressions import syntax as expressions
from waymeet.expressions.scope import Flag, Problem
from waymeet.expressions.types import BoolType, EnumType, IntType, SetType, TextType, UnknownType, describe
from waymeet.expressions.typing import Typing
from waymeet.prose import syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.expressions.code import Code
    from waymeet.expressions.scope import Scope
    from waymeet.expressions.types import Type
    from waymeet.prose.rendering import Prose

_RANGE = re.compile(r"(-?\d{1,10})(?:\.\.(-?\d{1,10}))?")

#: A case as it was written: its label and where that stands, and its prose.
Labelled = tuple[str, expressions.Node, "Prose"]


class ProseCompiler:
    """Compiles the prose of one scope; what is wrong is gathered in `problems`."""

    def __init__(self, scope: Scope, new_place: Callable[[], int]) -> None:
        self._scope = scope
        self._new_place = new_place
        self.problems: list[Problem] = []
        #: What was written for each compiled form that shows one thing or another, by the identity of the compiled one.
        self.forms: dict[int, syntax.Conditional | syntax.Matched | syntax.Varied] = {}

    def compile(self, parts: syntax.Parts) -> Prose:
        """The compiled form of some parts."""
        return tuple(self._part(part) for part in parts)

    def condition(self, tree: expressions.Expression) -> Code:
        """The code of a condition."""
        typing = Typing(self._scope, self.problems, shown=True)
        return typing.condition(tree).code

    def vary(self, variation: str, options: Sequence[Prose]) -> Prose:
        """A variation with a place of its own."""
        return ("vary", variation, self._new_place(), tuple(options))

    def match(self, value: expressions.Expression, cases: Sequence[Labelled]) -> Prose:
        """A choice of prose by an enum or a number; reports labels that do not fit and values that have no case."""
        typed = Typing(self._scope, self.problems, shown=True).alone(value)
        if isinstance(typed.type, UnknownType):
            return ()
        if not isinstance(typed.type, EnumType | IntType):
            message = f"cases need one of several values or a number, and this is {describe(typed.type)}"
            help_line = "for true or false write {condition: yes | no}" if isinstance(typed.type, BoolType) else None
            self._wrong("type-mismatch", message, value, help_line)
            return ()
        return self._cases(typed.code, typed.type, value, cases)

    # -- inline forms ------------------------------------

    def _part(self, part: syntax.Part) -> Prose:
        match part:
            case syntax.Words():
                return part.text
            case syntax.Paragraph():
                return ("para",)
            case syntax.Line():
                return ("line",)
            case syntax.Styled():
                return (part.style, self.compile(part.parts))
            case syntax.Printed():
                return self.printed(part.expression)
            case syntax.Conditional() | syntax.Matched() | syntax.Varied():
                form = self._varying(part)
                self.forms[id(form)] = part
                return form

    def _varying(self, part: syntax.Conditional | syntax.Matched | syntax.Varied) -> Prose:
        match part:
            case syntax.Conditional():
                return ("when", self.condition(part.condition), self.compile(part.yes), self.compile(part.no))
            case syntax.Matched():
                return self.match(part.value, [self._labelled(case) for case in part.cases])
            case syntax.Varied():
                return self.vary(part.variation, [self.compile(option) for option in part.options])

    def _labelled(self, case: syntax.Case) -> Labelled:
        return case.label, expressions.Node(case.start, case.end), self.compile(case.parts)

    def printed(self, tree: expressions.Expression) -> Prose:
        """The value of an expression, as it is printed."""
        typed = Typing(self._scope, self.problems, shown=True).alone(tree)
        match typed.type:
            case BoolType():
                return ("value", typed.code, ("false", "true"))
            case EnumType(values):
                return ("value", typed.code, tuple(value.replace("_", " ") for value in values))
            case SetType(members):
                return ("members", typed.code, tuple(member.replace("_", " ") for member in members))
            case TextType():
                flag = self._scope.lookup(tree.name) if isinstance(tree, expressions.Word) else None
                assert isinstance(flag, Flag)
                return ("text", flag.text_index)
            case _:
                return ("value", typed.code, ())

    # -- matches ------------------------------------

    def _cases(self, code: Code, kind: EnumType | IntType, value: expressions.Node, cases: Sequence[Labelled]) -> Prose:
        ranges: list[tuple[int, int, Prose]] = []
        otherwise: Prose | None = None
        for case, (label, place, prose) in enumerate(cases):
            if otherwise is not None:
                self._wrong("bad-prose", "no case after `else` can be reached", place, case=case)
            elif label == "else":
                otherwise = prose
            elif (found := self._range(label, place, kind, case)) is not None:
                if any(low <= found[0] and found[1] <= high for low, high, _ in ranges):
                    self._wrong("bad-prose", f'the case "{label}" stands here twice', place, case=case)
                ranges.append((*found, prose))
        missing = _uncovered(kind, ranges)
        if otherwise is None and missing is not None and len(ranges) == len(cases):
            help_line = "give it a case, or end with `else: …`"
            self._wrong("incomplete-match", f"nothing is said for {missing}", value, help_line)
        return ("match", code, tuple(ranges), otherwise or ())

    def _range(
        self, label: str, place: expressions.Node, kind: EnumType | IntType, case: int
    ) -> tuple[int, int] | None:
        if isinstance(kind, EnumType):
            if label in kind.values:
                return kind.values.index(label), kind.values.index(label)
            help_line = did_you_mean(label, kind.values) or 'for all other values write "else"'
            self._wrong("type-mismatch", f'"{label}" is not {describe(kind)}', place, help_line, case)
            return None
        found = _RANGE.fullmatch(label)
        if found is None:
            help_line = 'write 3, or 1..3 for a range, or "else" for all other numbers'
            self._wrong("bad-prose", f'"{label}" is no number', place, help_line, case)
            return None
        low = int(found[1])
        return low, int(found[2] or low)

    def _wrong(
        self, rule: str, message: str, place: expressions.Node, help_line: str | None = None, case: int | None = None
    ) -> None:
        self.problems.append(Problem(rule, message, place.start, place.end, help_line, case))


def _uncovered(kind: Type, ranges: Sequence[tuple[int, int, Prose]]) -> str | None:
    """The first value without a case, in words."""
    if isinstance(kind, EnumType):
        low, high = 0, len(kind.values) - 1
    else:
        assert isinstance(kind, IntType)
        low, high = kind.low, kind.high
    for first, last, _ in sorted(ranges, key=lambda case: case[:2]):
        if first > low:
            break
        low = max(low, last + 1)
    if low > high:
        return None
    return kind.values[low] if isinstance(kind, EnumType) else str(low)
