"""Colons that are too many, missing or too close: the commonest slips of all, in a writer's words."""

from __future__ import annotations

import re

from waymeet.authoring.yaml_depth import at_the_margin, tight_dash
from waymeet.authoring.yaml_slips import (
    BLOCK_HELP,
    Failure,
    Wording,
    at_line_start,
    in_the_way,
    line_around,
    line_number,
    quote_help,
)

MAX_KEY = 1024  # a limit of YAML's
_EFFECT = re.compile(r"\bdo:[ \t]+(\[[ \t]*)?(\w+)[ \t]*$")


def colon(failure: Failure) -> Wording:
    """`mapping values are not allowed`: a second colon on a line, or a colon in what still counts as text."""
    text, at = failure.text, failure.at
    start, _ = line_around(text, at)
    before = text[start:at]
    if re.search(r":\s*$", before):
        return Wording(
            at, at + 1, "there are two colons in a row", "delete one of them, or put text that needs it in quotes"
        )
    if at - failure.last_start > MAX_KEY and failure.last_end == at:
        return _long_key(failure, failure.last_start)
    if failure.last_style == "plain" and failure.last_start < start:
        return _runaway(failure)
    if (effect := effect_with_colon(failure)) is not None:
        return effect
    message = 'a colon followed by a space (": ") may not stand in unquoted text'
    return Wording(at, at + 1, message, quote_help(failure, at))


def effect_with_colon(failure: Failure) -> Wording | None:
    """`do: trust: +1`, where a sign belongs in place of the second colon."""
    text, at = failure.text, failure.at
    start, stop = line_around(text, at)
    effect = _EFFECT.search(text[start:at])
    if effect is None:
        return None
    value = re.split(r" #|[,\]}]", text[at + 1 : stop])[0].strip()
    return Wording(at, at + 1, "an effect has no colon", f'write "{without_colon(effect.group(2), value)}"')


def without_colon(flag: str, value: str) -> str:
    """The effect that is meant by a flag, a colon, and a value."""
    change = re.fullmatch(r"([+-])[ \t]*(\w+)", value)
    return f"{flag} {change[1]}= {change[2]}" if change else f"{flag} = {value or 'true'}"


def _runaway(failure: Failure) -> Wording:
    """A key was read as more of a text that began on an earlier line."""
    text, begin = failure.text, failure.last_start
    first, stop = line_around(text, begin)
    dash = tight_dash(text, first + len(text[first:stop]) - len(text[first:stop].lstrip()))
    if dash is not None:
        return dash
    number = line_number(text, begin)
    if at_line_start(text, begin):
        return _without_colon(failure, begin, stop)
    if (outside := at_the_margin(text, first)) is not None:
        return outside
    start, _ = line_around(text, failure.at)
    start += len(text[start : failure.at]) - len(text[start : failure.at].lstrip())
    indent = len(text[first:begin]) - len(text[first:begin].lstrip())
    message = f"this line is read as more of the text that begins on line {number}, and its colon may not stand there"
    help_line = (
        f"a key of its own must not be indented further than the key on line {number} ({indent} spaces), "
        f"unless the key that it belongs to is missing above it; if it is text, {BLOCK_HELP}"
    )
    return Wording(start, failure.at + 1, message, help_line)


def _without_colon(failure: Failure, begin: int, stop: int) -> Wording:
    """A line that should be a key with a value, but has no colon, or no space behind it."""
    if (dash := tight_dash(failure.text, begin)) is not None:
        return dash
    words = failure.text[begin:stop].split(" #")[0].rstrip()
    end = begin + len(words)
    tight = re.match(r"[\w-]+(:)(?=[^\s:/])", words)
    if tight:
        at = begin + tight.start(1)
        return Wording(
            at, at + 1, "a space is missing after this colon", "write a space between the colon and what follows"
        )
    message = "there is no colon on this line, so it is no key"
    help_line = (
        'write "key: value"; if these words belong to the text above, indent them further than the key of that text, '
        'and begin that text with "|"'
    )
    return Wording(begin, end, message, help_line)


def _long_key(failure: Failure, begin: int) -> Wording:
    message = f"this is too long for a key ({MAX_KEY:,} characters at most)"
    return Wording(begin, min(failure.word(begin)[1], begin + 60), message, quote_help(failure, begin))


def no_colon(failure: Failure) -> Wording:
    """`could not find expected ':'`: a line that is no key stands where only a key can."""
    begin = failure.begin
    if failure.at - begin >= MAX_KEY:
        return _long_key(failure, begin)
    _, stop = line_around(failure.text, begin)
    if failure.last_style in ("literal", "folded") and not failure.text[failure.last_end : begin].strip():
        sign = failure.text[failure.last_start]
        message = f'this line is not indented, so it is not part of the text that "{sign}" begins'
        help_line = "indent every line of that text by the same number of spaces, further than its key"
        return Wording(begin, stop, message, help_line)
    return in_the_way(failure) or _without_colon(failure, begin, stop)


def tight_colon(failure: Failure) -> Wording:
    """A colon without a space between brackets, where YAML wants one."""
    message = "a space is missing after this colon"
    help_line = "write a space if a value follows; if the colon belongs to text, put that text in quotes"
    return Wording(failure.at, failure.at + 1, message, help_line)
