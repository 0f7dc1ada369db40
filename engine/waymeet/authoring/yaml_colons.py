"""Colons that are too many, missing or too close: the commonest slips of all, in a writer's words."""

from __future__ import annotations

import re

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
    message = 'a colon followed by a space (": ") may not stand in unquoted text'
    return Wording(at, at + 1, message, quote_help(failure, at))


def _runaway(failure: Failure) -> Wording:
    """A key was read as more of a text that began on an earlier line."""
    text, begin = failure.text, failure.last_start
    first, stop = line_around(text, begin)
    number = line_number(text, begin)
    if at_line_start(text, begin):
        return _without_colon(failure, begin, stop)
    start, _ = line_around(text, failure.at)
    start += len(text[start : failure.at]) - len(text[start : failure.at].lstrip())
    indent = len(text[first:begin]) - len(text[first:begin].lstrip())
    message = f"this line is read as more of the text that begins on line {number}, and its colon may not stand there"
    help_line = (
        f"a key of its own must not be indented further than the key on line {number} ({indent} spaces); "
        "if it is text, " + BLOCK_HELP
    )
    return Wording(start, failure.at + 1, message, help_line)


def _without_colon(failure: Failure, begin: int, stop: int) -> Wording:
    """A line that should be a key with a value, but has no colon, or no space behind it."""
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
