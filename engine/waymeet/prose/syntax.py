"""The syntax tree of prose; every form knows where in its text it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from waymeet.expressions.syntax import Expression

Style = Literal["em", "strong"]
Variation = Literal["sequence", "cycle", "once", "shuffle"]


@dataclass(frozen=True, slots=True)
class Form:
    """Anything in prose; `start` and `end` are offsets into its text, the end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words(Form):
    """Text as it stands, white space folded."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph(Form):
    """An empty line: the paragraph ends."""


@dataclass(frozen=True, slots=True)
class Line(Form):
    """A line break that the author asked for."""


@dataclass(frozen=True, slots=True)
class Styled(Form):
    """Emphasis."""

    style: Style
    parts: Parts


@dataclass(frozen=True, slots=True)
class Printed(Form):
    """A value in braces."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Form):
    """`{condition: yes | no}`."""

    condition: Expression
    yes: Parts
    no: Parts


@dataclass(frozen=True, slots=True)
class Case(Form):
    """One case of a match: its label, at `start`, and its prose."""

    label: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class Matched(Form):
    """`{value? label: … | label: …}`."""

    value: Expression
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Varied(Form):
    """`{first|second}`, `{&…}`, `{!…}`, `{~…}`."""

    variation: Variation
    options: tuple[Parts, ...]


Part = Words | Paragraph | Line | Styled | Printed | Conditional | Matched | Varied
Parts = tuple[Part, ...]


class ProseError(Exception):
    """Prose whose shape is wrong: the message, the offsets it is about, and what to do about it."""

    def __init__(self, message: str, start: int, end: int, help_line: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start + 1)
        self.help = help_line
