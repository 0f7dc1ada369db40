"""What a reader is asked for, and whether an answer will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from waymeet.errors import ChoiceError

if TYPE_CHECKING:
    from waymeet.machine import LinkedAsk
    from waymeet.prose.rendering import Rendering


class Question(NamedTuple):
    """What a reader is asked for: a number from `low` to `high`, or a text of at most `high` characters."""

    label: str
    kind: Literal["number", "text"]
    low: int
    high: int


def asked(ask: LinkedAsk, rendering: Rendering) -> Question:
    """The question of a step, its label as it reads now."""
    kind: Literal["number", "text"] = "text" if ask.register is None else "number"
    return Question(ask.label.line(rendering), kind, ask.low, ask.high)


def number_given(given: str, question: Question) -> int:
    """The number that an answer is; raises `ChoiceError` for one that does not fit."""
    if not given.removeprefix("-").isdecimal() or len(given) > 10 or not question.low <= int(given) <= question.high:
        raise ChoiceError(f"expected a number from {question.low} to {question.high}")
    return int(given)


def text_given(given: str, question: Question) -> str:
    """The text that an answer is; raises `ChoiceError` for one that does not fit."""
    if not given or len(given) > question.high or not given.isprintable():
        raise ChoiceError(f"expected a text of 1 to {question.high} characters")
    return given
