"""Where each character of a YAML scalar's value stands in the file, found by reading the scalar a second time.

The C parser says where a scalar begins and ends, not where the word inside it is. Reading it again is slow, and is only
done to word an error or to lay out a text. What is rebuilt is compared with the value the parser gave: when the two
differ, `pieces` answers None rather than point at the wrong word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
BLANK = " \t"


class Piece(NamedTuple):
    """One character of a value and the stretch of the file's text that stands for it."""

    char: str
    start: int
    end: int


class Line(NamedTuple):
    """One line of a block scalar without its indentation; `end` is where its newline is, or where the scalar ends."""

    start: int
    end: int
    text: str


def pieces(text: str, start: int, end: int, style: str, value: str) -> list[Piece] | None:
    """The place of every character of `value`, the scalar that `text[start:end]` holds; None if they do not agree."""
    match style:
        case "plain":
            found = list(_flow(text, start, end, ""))
        case "single":
            found = list(_flow(text, start + 1, end - 1, "'"))
        case "double":
            found = list(_flow(text, start + 1, end - 1, '"'))
        case _:
            found = _block(text, start, end, style, value)
    return found if "".join(piece.char for piece in found) == value else None


def line_column(text: str, index: int) -> tuple[int, int]:
    """The line and the column, both counted from 1, of a place in the text."""
    index = min(index, len(text))
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def span_between(file: str, text: str, start: int, end: int) -> Span:
    """The span of `text[start:end]`; a newline at its end still belongs to its own line."""
    line, column = line_column(text, start)
    end_line, end_column = line_column(text, end - 1) if end > start else (line, column - 1)
    return Span(file, line, column, end_line, end_column + 1)


def _flow(text: str, start: int, end: int, quote: str) -> Iterator[Piece]:
    """The characters of a plain or quoted scalar; line breaks inside it are folded."""
    at = start
    while at < end:
        char = text[at]
        if char in " \t\n":
            stop = _skip(text, at, end)
            yield from _gap(text, at, stop, folded=False)
            at = stop
        elif quote == '"' and char == "\\" and text[at + 1 : at + 2] == "\n":
            stop = _skip(text, at + 2, end)
            yield from _gap(text, at + 2, stop, folded=True)
            at = stop
        else:
            piece = _character(text, at, quote)
            yield piece
            at = piece.end


def _skip(text: str, at: int, end: int) -> int:
    """Past the spaces, tabs and newlines at this place."""
    while at < end and text[at] in " \t\n":
        at += 1
    return at


def _gap(text: str, start: int, end: int, *, folded: bool) -> Iterator[Piece]:
    """White space inside text: kept within a line; of several line breaks the first one is dropped, a lone one a space.

    After an escaped line break (`folded`) that first break is behind us, and the indentation goes with it.
    """
    breaks = [at for at in range(start, end) if text[at] == "\n"]
    if not breaks and not folded:
        yield from (Piece(text[at], at, at + 1) for at in range(start, end))
    elif len(breaks) == 1 and not folded:
        yield Piece(" ", breaks[0], breaks[0] + 1)
    else:
        yield from (Piece("\n", at, at + 1) for at in (breaks if folded else breaks[1:]))


def _character(text: str, at: int, quote: str) -> Piece:
    """One character, written as itself, as a doubled apostrophe or as an escape."""
    char = text[at]
    if quote == "'" and char == "'":
        return Piece("'", at, at + 2)
    if quote != '"' or char != "\\":
        return Piece(char, at, at + 1)
    letter = text[at + 1]
    digits = HEX_DIGITS.get(letter, 0)
    end = at + 2 + digits
    return Piece(chr(int(text[at + 2 : end], 16)) if digits else ESCAPES[letter], at, end)


def _block(text: str, start: int, end: int, style: str, value: str) -> list[Piece]:
    """The characters of a block scalar; whatever was chomped off its end is left out."""
    header_end = text.find("\n", start, end)
    if header_end < 0:
        return []
    lines = list(_lines(text, header_end + 1, end, value))
    found = list(_literal(lines) if style == "literal" else _folded(lines))
    return found[: len(value)]


def _lines(text: str, start: int, end: int, value: str) -> Iterator[Line]:
    """The lines of a block scalar, freed of the indentation that the parser took off."""
    indent = _indentation(text, start, end, value)
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        first = start
        while first < stop and first - start < indent and text[first] == " ":
            first += 1
        yield Line(first, stop, text[first:stop])
        start = stop + 1


def _indentation(text: str, start: int, end: int, value: str) -> int:
    """How many spaces the parser took off each line, seen from the first line that kept any character.

    The header may give the number, but counts from an indentation that the text here does not show.
    """
    body = value.lstrip("\n")
    if not body:
        return end - start
    for _ in range(len(value) - len(body)):
        start = text.find("\n", start, end) + 1
    line = text[start:end].split("\n", 1)[0]
    return _spaces(line) - _spaces(body.split("\n", 1)[0])


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _literal(lines: Iterable[Line]) -> Iterator[Piece]:
    """Every character as it stands, newlines included."""
    for line in lines:
        yield from (Piece(char, line.start + at, line.start + at + 1) for at, char in enumerate(line.text))
        yield Piece("\n", line.end, line.end + 1)


def _folded(lines: Iterable[Line]) -> Iterator[Piece]:
    """A single break between two lines of text is a space; breaks around blank or further indented lines are kept."""
    breaks: list[int] = []
    indented_before = True  # nothing is folded before the first line of text
    for line in lines:
        if line.text:
            indented = line.text[0] in BLANK
            yield from _joint(breaks, fold=not indented and not indented_before)
            yield from (Piece(char, line.start + at, line.start + at + 1) for at, char in enumerate(line.text))
            indented_before, breaks = indented, []
        breaks.append(line.end)
    yield from (Piece("\n", at, at + 1) for at in breaks)


def _joint(breaks: list[int], *, fold: bool) -> Iterator[Piece]:
    """The line breaks between two lines of text of a folded scalar."""
    if fold and len(breaks) == 1:
        yield Piece(" ", breaks[0], breaks[0] + 1)
    else:
        yield from (Piece("\n", at, at + 1) for at in breaks[fold:])
