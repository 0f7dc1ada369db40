"""The value of a register in an author's terms, and back: `True`, `3`, `"cold"`, `("crest", "feather")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.errors import WaymeetError

if TYPE_CHECKING:
    from waymeet.story import Register

#: A set is a tuple of its members in the order of their declaration.
Value = bool | int | str | tuple[str, ...]


class FlagValueError(WaymeetError, ValueError):
    """A value that its flag cannot have."""


def decode(register: Register, value: int) -> Value:
    """What a register's integer means."""
    match register.kind:
        case "bool":
            return bool(value)
        case "int":
            return value
        case "enum":
            return register.words[value]
        case "set":
            return tuple(word for index, word in enumerate(register.words) if value >> index & 1)


def encode(register: Register, value: object) -> int:
    """The integer for a value; raises `FlagValueError`. A set may come as any list or tuple of members."""
    match register.kind, value:
        case "bool", bool():
            return int(value)
        case "int", int() if not isinstance(value, bool) and register.low <= value <= register.high:
            return value
        case "enum", str() if value in register.words:
            return register.words.index(value)
        case "set", list() | tuple() | frozenset() | set() if all(member in register.words for member in value):
            return sum(1 << register.words.index(member) for member in set(value))
        case _:
            raise FlagValueError(f"{register.name} cannot be {value!r}: it is {allowed(register)}")


def allowed(register: Register) -> str:
    """The values a register can have, in words."""
    match register.kind:
        case "bool":
            return "true or false"
        case "int":
            return f"a number from {register.low} to {register.high}"
        case "enum":
            return "one of " + ", ".join(register.words)
        case "set":
            return "any of " + ", ".join(register.words)
