"""The types a value can have: each a finite set of integers once a story runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoolType:
    """True or false: 1 or 0 in a register."""


@dataclass(frozen=True, slots=True)
class IntType:
    """A whole number from `low` to `high`, both included; itself in a register."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class EnumType:
    """One of `values`; its index in a register."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetType:
    """Any of `members`; in a register, a mask with bit i for member i."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextType:
    """Free text: printed, never tested, in no register."""


@dataclass(frozen=True, slots=True)
class WordsType:
    """Bare words whose enum or set only the other side of an operation can tell.

    `words` are those words; `many` says that they were written as a set.
    """

    words: tuple[str, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class UnknownType:
    """The type of what was already reported as wrong: it fits everywhere, so that one slip gives one message."""


Type = BoolType | IntType | EnumType | SetType | TextType | WordsType | UnknownType

BOOL = BoolType()
TEXT = TextType()
UNKNOWN = UnknownType()


def describe(kind: Type) -> str:
    """A type in an author's words."""
    match kind:
        case BoolType():
            return "true or false"
        case IntType():
            return "a number"
        case EnumType(values):
            return "one of " + ", ".join(values)
        case SetType(members):
            return "a set of " + ", ".join(members)
        case TextType():
            return "free text"
        case WordsType(words, many):
            return f"the set {{{', '.join(words)}}}" if many else f'the word "{words[0]}"'
        case UnknownType():
            return "unknown"
