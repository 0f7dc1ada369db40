"""Breaking text into lines by the cells it takes on a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: No line is set narrower, so that the widest character always fits.
MIN_MEASURE = 4

_WORD = re.compile(r"[^ \n]+|\n")
#: What must not begin a line, in scripts written without spaces.
_CLOSING = frozenset("、。，．！？：；）」』】》〉ー…")
_JOINER = "\u200d"


def cells(text: str) -> int:
    """How many cells a terminal takes for the text, which must be clean and without newlines."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # costs 10 ms, which a story in ASCII need not spend

    return max(0, wcswidth(text))


def wrap(text: str, measure: int) -> list[tuple[int, int]]:
    """Where each line of the text begins and ends; spaces at a break belong to no line.

    A word longer than a line is broken between characters.
    """
    measure = max(MIN_MEASURE, measure)
    lines: list[tuple[int, int]] = []
    start = end = -1  # of the line at hand; -1 while nothing is on it
    for begin, stop in _units(text):
        if text[begin] == "\n":
            lines.append((begin, begin) if start < 0 else (start, end))
            start = -1
            continue
        if start >= 0 and cells(text[start:stop]) > measure:
            lines.append((start, end))
            start = -1
        if start < 0:
            start = begin
        for cut in _cuts(text, start, stop, measure):
            lines.append((start, cut))
            start = cut
        end = stop
    if start >= 0 or not lines:
        lines.append((max(start, 0), max(end, 0)))
    return lines


def _units(text: str) -> Iterator[tuple[int, int]]:
    """The pieces that stay on one line where they can: words, wide characters with what follows them, line breaks."""
    for match in _WORD.finditer(text):
        begin, stop = match.span()
        if match[0].isascii():
            yield begin, stop
        else:
            yield from _wide_units(text, begin, stop)


def _wide_units(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    start, was_wide = begin, False
    for at, after in _clusters(text, begin, stop):
        is_wide = cells(text[at:after]) > 1
        if at > start and (is_wide or was_wide) and text[at] not in _CLOSING:
            yield start, at
            start = at
        was_wide = is_wide
    yield start, stop


def _clusters(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    """What a reader sees as single characters: a base with its combining marks, joined emoji, the pair of a flag."""
    start = begin
    for at in range(begin + 1, stop + 1):
        if at == stop or not _joins(text, start, at) or cells(text[start : at + 1]) > 2:
            yield start, at
            start = at


def _joins(text: str, start: int, at: int) -> bool:
    char, before = text[at], text[at - 1]
    if _JOINER in (char, before) or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        return at - start == 1 and "\U0001f1e6" <= before <= "\U0001f1ff"
    return not char.isascii() and cells(char) == 0


def _cuts(text: str, start: int, stop: int, measure: int) -> Iterator[int]:
    """Where a piece that is too long for a line has to be broken."""
    if cells(text[start:stop]) <= measure:
        return
    for at, after in _clusters(text, start, stop):
        if at > start and cells(text[start:after]) > measure:
            yield at
            start = at
