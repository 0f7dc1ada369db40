"""The comments of a file: what begins with "#" and stands between its scalars, or behind the sign that opens one."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waymeet.authoring.tree import Scalar, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.authoring.source import Source
    from waymeet.authoring.tree import Node

BLOCK_STYLES = ("literal", "folded")
_HEADER = re.compile(r"[|>][-+0-9]*(?:[ \t]+(?=#))?")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment where it stands; `alone` says that nothing stands before it on its line."""

    index: int
    line: int
    column: int
    text: str
    alone: bool


def remarks(source: Source) -> list[Remark]:
    """Every comment of a file, in order: what stands between the scalars and begins with "#"."""
    starts = [0, *(found.end() for found in re.finditer("\n", source.text))]
    return [
        _remark(source.text, at, starts) for start, end in _gaps(source) for at in _comments(source.text, start, end)
    ]


def _remark(text: str, at: int, starts: list[int]) -> Remark:
    line = bisect_right(starts, at) - 1
    begin = starts[line]
    stop = text.find("\n", at)
    comment = text[at : stop if stop >= 0 else None].rstrip()
    return Remark(at, line, at - begin, comment, not text[begin:at].strip())


def _gaps(source: Source) -> Iterator[tuple[int, int]]:
    """The stretches of text between the scalars; the end of a block scalar's first line is one, too."""
    at = 0
    for scalar in _scalars(source.root):
        yield at, scalar.start.index
        at = scalar.end.index
        if scalar.style in BLOCK_STYLES:
            header = _HEADER.match(source.text, scalar.start.index)
            assert header is not None
            stop = source.text.find("\n", header.end())
            yield header.end(), stop if stop >= 0 else len(source.text)
            at = end_of_block(source.text, scalar)
    yield at, len(source.text)


def _scalars(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif node is not None:
        for part in parts(node):
            yield from _scalars(part)


def _comments(text: str, start: int, end: int) -> Iterator[int]:
    while (at := text.find("#", start, end)) >= 0:
        yield at
        stop = text.find("\n", at, end)
        start = end if stop < 0 else stop


# -- block scalars ------------------------------------


def block_lines(text: str, scalar: Scalar) -> list[str]:
    """The lines of a block scalar as they stand in the file, without indentation and without empty lines at the end."""
    return _block(text, scalar)[0]


def end_of_block(text: str, scalar: Scalar) -> int:
    """Where the last line of a block scalar ends that is not empty."""
    return _block(text, scalar)[1]


def _block(text: str, scalar: Scalar) -> tuple[list[str], int]:
    """The lines of a block scalar, and where the last of them ends."""
    first = text.find("\n", scalar.start.index)
    body = scalar.value.lstrip("\n")
    if first < 0 or not body:
        return [], len(text) if first < 0 else first
    lines = text[first + 1 : scalar.end.index].split("\n")
    indent = _spaces(lines[len(scalar.value) - len(body)]) - _spaces(body.split("\n", 1)[0])
    count = next((at for at, line in enumerate(lines) if line.strip(" ") and _spaces(line) < indent), len(lines))
    while count and not lines[count - 1].strip(" "):
        count -= 1
    return [line[indent:] for line in lines[:count]], first + sum(len(line) + 1 for line in lines[:count])


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
