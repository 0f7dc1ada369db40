"""The one layout of a story's files: written anew from their entries and comments, and given back when proved equal.

What the layout is stands in docs/decisions/0007-layout.md.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.arranging import arranged, in_brackets, name_of, opening_of
from waymeet.authoring.braces import joined
from waymeet.authoring.layout import TEXTS, inside, parts_of, shape_of_file
from waymeet.authoring.pages import Entry, Group, Page, read_page
from waymeet.authoring.remarks import remarks
from waymeet.authoring.source import Mapping, Scalar, read_source
from waymeet.authoring.spelling import INDENT, is_special, same_text, spell
from waymeet.diagnostics import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.authoring.layout import Shape
    from waymeet.authoring.source import Node, Source


class Formatted(NamedTuple):
    """A file in the fixed layout; None, with the reasons, for one that is left alone."""

    data: bytes | None
    findings: list[Diagnostic]
    #: The text of the file as it was, for findings to quote.
    text: str
    #: Whether the file is left alone only because what was written could not be proved to be equal.
    unproved: bool = False


def format_file(file: str, data: bytes) -> Formatted:
    """Lay out one file of a story. Never raises, whatever the bytes are.

    A file with anything wrong in its YAML, one where a comma between braces has cut something off, and one that is no
    part of a story, is left alone, and so is one where the new text does not hold the same values and the same comments
    at the same things.
    """
    source, findings = read_source(file, data)
    if findings or source.root is None:
        return Formatted(None, findings, source.text)
    shape = shape_of_file(source.root) if isinstance(source.root, Mapping) else None
    if shape is None:
        return Formatted(None, [_no_part(file)], source.text)
    if cut := list(_cut_off(source.root, shape, source)):
        return Formatted(None, cut, source.text)
    page = arranged(read_page(source), shape)
    written = _written(page, shape).encode()
    if not _is_proved(page, written, shape):
        return Formatted(None, [_unproved(file)], source.text, unproved=True)
    return Formatted(written, [], source.text)


def _cut_off(node: Node, shape: Shape, source: Source) -> Iterator[Diagnostic]:
    """What commas between braces have cut off: on lines of its own it would seem to be keys."""
    cuts = joined(node, source, shape.keys, effects=True)[1] if isinstance(node, Mapping) else ()
    for span, message, help_line in cuts:
        yield Diagnostic("lost-text", Severity.ERROR, message, span, help_line)
    for _, part, inner in parts_of(node, shape):
        yield from _cut_off(part, inner, source)


def _no_part(file: str) -> Diagnostic:
    message = "this file is no part of a story, and was left alone"
    help_line = "a file starts with `story:`, `scene:` or `walkthrough:`"
    return Diagnostic("missing-key", Severity.ERROR, message, Span(file, 1, 1, 1, 2), help_line)


def _unproved(file: str) -> Diagnostic:
    message = "this file was left alone: it could not be proved that the new layout loses nothing"
    help_line = "this is a fault of waymeet's own; please report it with the file"
    return Diagnostic("left-alone", Severity.ERROR, message, Span(file, 1, 1, 1, 2), help_line)


# -- writing ------------------------------------


def _written(page: Page, shape: Shape) -> str:
    return "\n".join([*page.head, *_group_lines(page, page.root, shape, 0)]) + "\n"


def _group_lines(page: Page, group: Group, shape: Shape, column: int) -> Iterator[str]:
    for entry in group.entries:
        yield from _remark_lines(entry.above, column)
        yield from _entry_lines(page, entry, shape if group.listed else inside(shape, name_of(entry)), column)
    yield from _remark_lines(group.tail, column)


def _remark_lines(lines: list[str], column: int) -> Iterator[str]:
    for line in lines:
        yield " " * column + line if line else ""


def _entry_lines(page: Page, entry: Entry, shape: Shape, column: int) -> Iterator[str]:
    opening = opening_of(entry, column)
    behind = f"  {entry.behind}" if entry.behind else ""
    value = entry.value
    if isinstance(value, Scalar):
        yield from _scalar_lines(page, entry, value, shape, column)
    elif value.flow or not value.entries:
        yield f"{opening} {in_brackets(value)}{behind}"
    else:
        lines = _group_lines(page, value, shape, column + INDENT)
        yield opening + behind if entry.key is not None else f"{opening} {next(lines).lstrip(' ')}"
        yield from lines


def _scalar_lines(page: Page, entry: Entry, value: Scalar, shape: Shape, column: int) -> Iterator[str]:
    opening = opening_of(entry, column)
    behind = f"  {entry.behind}" if entry.behind else ""
    quoted = bool(behind) and not entry.lost and shape.scalar in TEXTS
    room = (column, len(opening) + 1)
    spelled = spell(value, page.source.text, shape.scalar, room, lost=entry.lost, quoted=quoted)
    lines = [f"{opening} {spelled.lines[0]}".rstrip(" "), *spelled.lines[1:]]
    lines[0 if spelled.block else -1] += behind
    yield from lines


# -- the proof ------------------------------------


def _is_proved(page: Page, written: bytes, shape: Shape) -> bool:
    """Whether what was written reads back as the same values, with every comment at the same thing."""
    again, findings = read_source(page.source.file, written)
    if findings or page.source.root is None or again.root is None or not _same(page.source.root, again.root, shape):
        return False
    return _comments(page.source) == _comments(again) and _places(page) == _places(arranged(read_page(again), shape))


def _comments(source: Source) -> Counter[str]:
    return Counter(remark.text for remark in remarks(source))


def _same(first: Node, second: Node, shape: Shape) -> bool:
    """Whether two trees mean the same; only keys that the format knows may have moved."""
    if isinstance(first, Scalar) or isinstance(second, Scalar):
        if not (isinstance(first, Scalar) and isinstance(second, Scalar)) or is_special(first) != is_special(second):
            return False
        return same_text(shape.scalar, first.value, first.style, second.value, second.style)
    if type(first) is not type(second):
        return False
    ones, others = parts_of(first, shape), parts_of(second, shape)
    if shape.keys and isinstance(first, Mapping):
        ones, others = (sorted(found, key=lambda part: part[0]) for found in (ones, others))
    return len(ones) == len(others) and all(
        one[0] == other[0] and _same(one[1], other[1], one[2]) for one, other in zip(ones, others, strict=True)
    )


def _places(page: Page) -> list[tuple[str, ...]]:
    """The comments of an arranged page, each with the way to the thing that it stands at."""
    return [("", *filter(None, page.head)), *_places_in(page.root, "")]


def _places_in(group: Group, way: str) -> Iterator[tuple[str, ...]]:
    for number, entry in enumerate(group.entries):
        inner = f"{way}/{number if entry.key is None else entry.key.value}"
        yield (inner, *filter(None, entry.above), "behind" if entry.behind else "", entry.behind, str(entry.lost))
        if isinstance(entry.value, Group):
            yield from _places_in(entry.value, inner)
    yield (way, "after", *filter(None, group.tail))
