"""A file as its writer sees it: entries, with the comments and empty lines that stand before, behind and after them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waymeet.authoring.remarks import BLOCK_STYLES, end_of_block, remarks
from waymeet.authoring.tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.authoring.remarks import Remark
    from waymeet.authoring.source import Source


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list.

    `above` are the comments before it, with "" for an empty line; `behind` is the comment on its line. `lost` says that
    this comment follows a plain scalar directly, so that it may be text that was meant to be read.
    """

    key: Scalar | None
    value: Scalar | Group
    above: list[str]
    behind: str = ""
    lost: bool = False


@dataclass(slots=True)
class Group:
    """A mapping or a list; `flow` says that it stands in brackets, `tail` are the comments after its last entry."""

    listed: bool
    flow: bool
    column: int
    last_line: int
    entries: list[Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A whole file; `head` are the comments at its top."""

    source: Source
    head: list[str]
    root: Group


def read_page(source: Source) -> Page:
    """The entries and comments of a file whose root is a mapping."""
    assert isinstance(source.root, Mapping)
    return _Reader(source).page(source.root)


class _Reader:
    """Hands out the comments of a file, in their order, to the entries they stand by."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines = source.text.split("\n")
        self._waiting = deque(remarks(source))

    def page(self, root: Mapping) -> Page:
        """The whole file."""
        head = self._spaced(self._until(root.start.index))
        if head and self._blank_before(root.start.line):
            head.append("")
        page = Page(self._source, head, self._group(root, [], flow=False))
        rest = self._settled(self._until(len(self._source.text)), Entry(None, page.root, []), -1)
        page.root.tail += self._spaced(rest)
        return page

    def _group(self, node: Mapping | Sequence, above: list[str], *, flow: bool) -> Group:
        """A mapping or a list; `above` is what stands above its first entry."""
        flow = flow or self._source.text[node.start.index] in "{["
        group = Group(isinstance(node, Sequence), flow, node.start.column, node.end.line)
        for key, value in _entries(node):
            start = (key or value).start
            found = self._until(start.index)
            if group.entries:
                found = self._settled(found, group.entries[-1], group.column, flow=flow)
            above = [*above, *self._spaced(found), *([""] if self._blank_before(start.line) else [])]
            entry = Entry(key, Group(False, flow, 0, 0), above)
            self._fill(entry, value, flow=flow)
            group.entries.append(entry)
            above = []
        if flow:
            found = self._until(node.end.index)
            if group.entries:
                found = self._settled(found, group.entries[-1], group.column, flow=flow)
            group.tail = self._spaced(found)
        return group

    def _fill(self, entry: Entry, value: Node, *, flow: bool) -> None:
        """The value of an entry, and the comments before and inside it."""
        between = self._until(value.start.index)
        if isinstance(value, Scalar):
            entry.value = value
            entry.above += [remark.text for remark in between]
            if value.style in BLOCK_STYLES:
                entry.behind = "".join(remark.text for remark in self._until(end_of_block(self._source.text, value)))
            entry.lost = value.value != "" and self._source.comment_after(value) is not None
        elif flow or self._source.text[value.start.index] in "{[":
            entry.above += [remark.text for remark in between]
            entry.value = self._group(value, [], flow=True)
        else:
            if between and entry.key is not None and between[0].line == entry.key.end.line:
                entry.behind = between.pop(0).text
            entry.value = self._group(value, self._spaced(between), flow=False)

    def _until(self, index: int) -> list[Remark]:
        """The comments before a place that were not handed out yet."""
        found = []
        while self._waiting and self._waiting[0].index < index:
            found.append(self._waiting.popleft())
        return found

    def _settled(self, found: list[Remark], before: Entry, column: int, *, flow: bool = False) -> list[Remark]:
        """Hand to the entry before them the comments that are its own; the rest belongs to what follows.

        A comment on its last line is behind it. Those further in than what follows close the group in line with them.
        """
        holder = _innermost(before)
        if found and not found[0].alone and found[0].line == _last_line(holder) and not holder.behind:
            holder.behind = found[0].text
            found = found[1:]
        groups = [] if flow else _open_groups(before)
        for number, remark in enumerate(found):
            groups = [group for group in groups if group.column <= remark.column]
            if not remark.alone or remark.column <= column or not groups:
                return found[number:]
            widest = max(group.column for group in groups)
            groups = groups[: [group.column for group in groups].index(widest) + 1]
            groups[-1].tail += self._spaced([remark])
        return []

    def _spaced(self, found: Iterable[Remark]) -> list[str]:
        """The texts of comments, with "" where an empty line stands before one."""
        lines: list[str] = []
        for remark in found:
            lines += ["", remark.text] if remark.alone and self._blank_before(remark.line) else [remark.text]
        return lines

    def _blank_before(self, line: int) -> bool:
        return line > 0 and not self._lines[line - 1].strip()


def _entries(node: Mapping | Sequence) -> list[tuple[Scalar | None, Node]]:
    if isinstance(node, Mapping):
        return list(node.entries)
    return [(None, item) for item in node.items]


def _innermost(entry: Entry) -> Entry:
    """The last entry inside an entry that is not in brackets: on whose line a comment would stand."""
    while isinstance(entry.value, Group) and not entry.value.flow:
        entry = entry.value.entries[-1]
    return entry


def _last_line(entry: Entry) -> int:
    if isinstance(entry.value, Group):
        return entry.value.last_line
    return -1 if entry.value.style in BLOCK_STYLES else entry.value.end.line


def _open_groups(entry: Entry) -> list[Group]:
    """The groups without brackets that are still open at the end of an entry, outermost first."""
    found = []
    value = entry.value
    while isinstance(value, Group) and not value.flow:
        found.append(value)
        value = value.entries[-1].value
    return found
