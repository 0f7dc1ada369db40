"""What names stand for in an expression, and what a typed expression is: the terms that typing is done in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from waymeet.expressions import syntax
    from waymeet.expressions.code import Code
    from waymeet.expressions.types import EnumType, SetType, Type


class Counter(Protocol):
    """How often something happened; it holds a register only because some expression reads it."""

    register: int

    def need(self, cap: int, *, shown: bool) -> None:
        """Ask that the count be exact up to `cap`; `shown` says that only the wording of prose depends on it."""


#: Counts that wait to be told how far they must be exact, each with its factor.
Waiting = tuple[tuple[Counter, int], ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a name stands for when it is a flag with a register; `-1` for free text, which has none."""

    name: str
    register: int
    type: Type
    text_index: int = -1


@dataclass(frozen=True, slots=True)
class Derived:
    """What a name stands for when it is derived; `work` and `waiting` are those of its expression."""

    name: str
    index: int
    type: Type
    work: int
    waiting: Waiting = ()


class Scope(Protocol):
    """What the names in an expression may stand for, where it stands."""

    def lookup(self, name: str) -> Flag | Derived | None:
        """The flag or derived name called `name`, if there is one."""

    def types_of_word(self, word: str) -> list[EnumType | SetType]:
        """The enums and sets that have `word` among their values."""

    def names(self) -> Iterable[str]:
        """Every name that could be meant, for suggestions."""

    def other_meaning(self, name: str) -> str | None:
        """What a name is that is no flag here, and how it is asked for, as a line of help; None for no name at all."""

    def derived_depths(self) -> Sequence[int]:
        """How deep the expression of each derived name goes, by its index."""

    def is_incomplete(self) -> bool:
        """Whether some declarations could not be read, so that an unknown name may be no fault of its own."""

    def asked(self, reference: syntax.Reference) -> Code | None:
        """What `at(…)`, `ended(…)` or `playing(…)` asks; None where only a promise may ask it.

        Raises `UnknownReferenceError`.
        """

    def counter(self, reference: syntax.Reference) -> Counter:
        """The counter that `seen(…)` and its kin read; raises `UnknownReferenceError`."""


class UnknownReferenceError(Exception):
    """A reference to a node or choice that is not there; excused when it may be in a file that could not be read."""

    def __init__(self, message: str, help_line: str | None = None, *, excused: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.help = help_line
        self.excused = excused


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong inside an expression, at offsets into its text; `case` counts the case of a match it is about."""

    rule: str
    message: str
    start: int
    end: int
    help: str | None = None
    case: int | None = None


@dataclass(slots=True)
class Typed:
    """A compiled expression: its code, its type, what it costs, and the counts in it that wait for a bound.

    Each count waits with its factor, and while counts wait, the interval of `type` leaves them out.
    """

    code: Code
    type: Type
    work: int = 1
    waiting: Waiting = ()
