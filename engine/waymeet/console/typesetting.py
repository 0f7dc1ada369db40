"""From prose and notices to the lines of a page: (style, text) pairs, clean, wrapped, and never wider than the measure.

The only maker of `Line`s, and views print nothing else: so nothing of a story reaches a terminal as it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NewType

from waymeet.console.cleaning import clean
from waymeet.console.wrapping import cells, wrap
from waymeet.prose.rendering import Block, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: One line; styles are words joined by spaces, among those of the themes.
Line = NewType("Line", tuple[Span, ...])
EMPTY = Line(())

#: The widest measure that is comfortable to read.
COMFORT = 66
_QUOTES = tuple("\"'“”„‘’«»‹›「『—–")
_MARKS = {"em": "*", "strong": "**"}


class Setting(NamedTuple):
    """How pages are set. `marks`: emphasis shows as marks; `spoken`: for ears, so no marks, indents or ornaments.

    `unbroken` is the measure of what is better left whole, such as a path: in most views longer than any.
    """

    measure: int = COMFORT
    marks: bool = False
    spoken: bool = False
    unbroken: int = 10_000


class Passage(list[Line]):
    """Lines that can be made again for another setting, for views that keep them."""

    def __init__(self, make: Callable[[Setting], Sequence[Line]], setting: Setting) -> None:
        super().__init__(make(setting))
        self._make = make
        self._setting = setting

    def set_for(self, setting: Setting) -> Sequence[Line]:
        """The lines as they are in this setting."""
        return self if setting == self._setting else self._make(setting)


def comfortable(columns: int | None, wanted: int | None = None) -> int:
    """The measure for a terminal of so many columns, or for none; `wanted` is what the reader asked for."""
    if columns is None:
        return COMFORT if wanted is None else wanted
    return min(COMFORT, columns - 2) if wanted is None else min(wanted, columns)


def set_spans(spans: Iterable[Span], setting: Setting, first: str = "") -> list[Line]:
    """Spans as lines: the first line behind the prefix `first`, the others behind as many spaces."""
    pieces = [Span(style, clean(text)) for style, text in spans]
    text = plain(pieces)
    first = clean(first).replace("\n", " ")
    width = cells(first)
    lines: list[Line] = []
    for begin, end in wrap(text, setting.measure - width):
        prefix = " " * width if lines else first
        head = (Span("", prefix),) if prefix.strip() or (prefix and end > begin) else ()
        lines.append(Line((*head, *_cut(pieces, begin, end))))
    return lines


def set_text(text: str, setting: Setting, style: str = "", first: str = "") -> list[Line]:
    """A text in one style."""
    return set_spans([Span(style, text)], setting, first)


def set_block(block: Block, setting: Setting) -> list[Line]:
    """A block of prose."""
    spans = block_spans(block, setting)
    match block.kind:
        case "break":
            return [] if setting.spoken else _centred(spans, setting)
        case "echo":
            return [] if setting.spoken else set_spans(spans, setting, "> ")
        case "verse" if not setting.spoken:
            return set_spans(spans, setting, "  ")
        case _:
            return set_spans(spans, setting)


def block_spans(block: Block, setting: Setting) -> list[Span]:
    """What a block says, not yet clean or wrapped: with its speaker, and with emphasis as the setting shows it."""
    match block.kind:
        case "break":
            return [Span("", block.plain)]
        case "echo":
            return [Span("echo", block.plain)]
        case "speech":
            return _speech(block, _emphasised(block.spans, setting))
        case _:
            return _emphasised(block.spans, setting)


def plain(line: Iterable[Span]) -> str:
    """Spans without their styles."""
    return "".join(span.text for span in line)


def _centred(spans: list[Span], setting: Setting) -> list[Line]:
    return set_spans(spans, setting, " " * max(0, (setting.measure - cells(plain(spans))) // 2))


def _emphasised(spans: Sequence[Span], setting: Setting) -> list[Span]:
    """The spans with emphasis as marks, or without, where styles cannot be shown."""
    if setting.spoken:
        return [Span("", span.text) for span in spans]
    return [_marked(span) for span in spans] if setting.marks else list(spans)


def _marked(span: Span) -> Span:
    """`*so*`, with the spaces at its edges outside the marks."""
    bare = span.text.strip()
    if not span.style or not bare:
        return Span("", span.text)
    mark = "".join(_MARKS[style] for style in span.style.split())
    before, _, after = span.text.partition(bare)
    return Span("", f"{before}{mark}{bare}{mark}{after}")


def _speech(block: Block, spans: list[Span]) -> list[Span]:
    """`Jathor: "…"`, with quotation marks unless the author wrote some."""
    quote = "" if plain(block.spans).startswith(_QUOTES) else '"'
    return [Span("", f"{block.speaker}: {quote}"), *spans, *([Span("", quote)] if quote else [])]


def _cut(pieces: list[Span], begin: int, end: int) -> list[Span]:
    """The part of the pieces from one place in their joined text to another."""
    found = []
    at = 0
    for style, text in pieces:
        part = text[max(0, begin - at) : max(0, end - at)]
        if part:
            found.append(Span(style, part))
        at += len(text)
    return found
