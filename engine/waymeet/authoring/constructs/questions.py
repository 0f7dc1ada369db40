"""Questions: the reader's answer, kept in a free text or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import did_you_mean
from waymeet.expressions.scope import Flag
from waymeet.expressions.types import IntType, TextType, UnknownType, describe
from waymeet.story import Ask

if TYPE_CHECKING:
    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import WrittenAsk
    from waymeet.story import Goto

#: How long an answer may be, and is where the author does not say.
MAX_ANSWER = 200
DEFAULT_ANSWER = 40


def lower_ask(written: WrittenAsk, outward: Goto | None, lowering: Lowering) -> Ask | None:
    """The question; afterwards the story goes on by the nearest goto."""
    flag = lowering.scope.lookup(written.flag.value)
    label = lowering.line(written.label)
    if not isinstance(flag, Flag):
        name = written.flag.value
        declare = f"declare it under `flags` in the story file, as in `{name}: {{text: …}}`"
        help_line = did_you_mean(name, lowering.scope.names()) or declare
        lowering.reading.report("unknown-name", f'there is no flag "{name}"', written.flag, help_line)
        return None
    if outward is None:
        message = "after the answer the story has nowhere to go on"
        lowering.reading.report("missing-target", message, written.key("flag"), "give the step a goto")
        return None
    match flag.type:
        case TextType():
            return Ask(label, None, flag.text_index, 1, _longest(written, lowering), outward)
        case IntType(low, high):
            if written.max is not None:
                message = "max is for texts; a number goes as far as its flag does"
                lowering.reading.report("wrong-value", message, written.key("max"))
            return Ask(label, flag.register, None, low, high, outward)
        case UnknownType():
            return None
        case kind:
            message = f"a reader can give a text or a number, and {flag.name} is {describe(kind)}"
            lowering.reading.report("type-mismatch", message, written.flag, "offer choices instead")
            return None


def _longest(written: WrittenAsk, lowering: Lowering) -> int:
    if written.max is not None and not 1 <= written.max <= MAX_ANSWER:
        lowering.reading.report("wrong-value", f"max goes from 1 to {MAX_ANSWER}", written.key("max"))
    return DEFAULT_ANSWER if written.max is None else written.max
