"""One YAML file of a story: its text, its tree, and where everything in it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waymeet.authoring.characters import decode
from waymeet.authoring.events import Builder, unhurried
from waymeet.authoring.positions import pieces, span_between
from waymeet.authoring.tree import Mapping, Node, Place, Scalar, Sequence, parts
from waymeet.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Mapping", "Node", "Place", "Scalar", "Sequence", "Source", "read_source"]

_COMMENT = re.compile(r"[ \t]+(#[^\n]*)")
_BLOCK = ("literal", "folded")


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was read: its name, its text, and its tree, which is None when the file could not be read.

    `text` has no byte order mark, and its lines end in a newline only, whatever they end in on the disk.
    """

    file: str
    text: str
    root: Node | None

    def span(self, node: Node) -> Span:
        """Where a node stands; of a mapping or a sequence, what is on its first line."""
        start, end = node.start, node.end
        if not isinstance(node, Scalar):
            return Span(self.file, start.line + 1, start.column + 1, start.line + 1, self._last_column(node) + 1)
        if node.value and node.style not in _BLOCK:  # at the end of a file, the parser counts a line that is not there
            return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        kept = self.text[start.index : end.index].rstrip()
        return span_between(self.file, self.text, start.index, start.index + len(kept))

    def span_in(self, scalar: Scalar, start: int, end: int) -> Span:
        """Where the characters `value[start:end]` of a scalar stand, however it was written.

        An empty stretch is the point before the character at `start`. When the place cannot be told, which no known
        file brings about, it is the whole scalar.
        """
        first, last = scalar.start.index, scalar.end.index
        found = pieces(self.text, first, last, scalar.style, scalar.value)
        if not found:
            return self.span(scalar)
        start = min(max(start, 0), len(found))
        end = min(max(end, start), len(found))
        begin = found[start].start if start < len(found) else found[-1].end
        return span_between(self.file, self.text, begin, found[end - 1].end if end > start else begin)

    def comment_after(self, scalar: Scalar) -> Span | None:
        """The comment behind a plain scalar, on the line where it ends: in a text field, words that were lost."""
        found = _COMMENT.match(self.text, scalar.end.index) if scalar.style == "plain" else None
        return span_between(self.file, self.text, *found.span(1)) if found else None

    def _last_column(self, node: Node) -> int:
        """The column, from 0, after the last thing on the line where a node starts; comments do not count."""
        line, start = node.start.line, node.start.index
        if node.end.line == line:
            return node.end.column
        inside = [part for part in parts(node) if part.start.line == line]
        if inside and not (isinstance(inside[-1], Scalar) and inside[-1].style in _BLOCK):
            column = max(node.start.column, self._last_column(inside[-1]))
            return column + self.text.startswith(":", start + column - node.start.column)
        stop = self.text.find("\n", start)
        return node.start.column + len(self.text[start : stop if stop >= 0 else None].rstrip())


def read_source(file: str, data: bytes, tick: Callable[[], None] = unhurried) -> tuple[Source, list[Diagnostic]]:
    """Read one file: what it holds, and everything that keeps it from being read, in the order of the file.

    `file` is the path relative to the story folder, with forward slashes. Never raises, whatever the bytes are, but
    what `tick` raises, which is called at every mapping and sequence. The tree is None after a syntax error and after
    anything unsafe; after a duplicate key it stands, with the first value.
    """
    decoded = decode(file, data)
    if decoded.usable is None:
        return Source(file, decoded.text, None), decoded.findings
    builder = Builder(file, decoded.usable, decoded.findings, tick)
    root = builder.build()
    findings = sorted(builder.findings, key=lambda finding: finding.span)
    if any(finding.rule != "duplicate-key" for finding in findings):
        root = None
    return Source(file, decoded.text, root), findings
