"""What a YAML file holds, as a tree of scalars, sequences and mappings that know their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias


class Place(Protocol):
    """A point in the file: line, column and index, all counted from 0."""

    line: int
    column: int
    index: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a node starts and ends, counted from 0, the end exclusive, as the parser gives it.

    A block scalar, and a sequence or mapping without brackets, ends only where the next thing begins.
    """

    line: int
    column: int
    index: int
    end_line: int
    end_column: int
    end_index: int


def _mark(start: Place, end: Place) -> Mark:
    return Mark(start.line, start.column, start.index, end.line, end.column, end.index)


class Scalar:
    """A piece of text: a key or a value; `style` is how it was written (plain, single, double, literal, folded)."""

    __slots__ = ("end", "start", "style", "value")

    def __init__(self, value: str, style: str, start: Place, end: Place) -> None:
        self.value = value
        self.style = style
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Scalar({self.value!r}, {self.style!r})"

    @property
    def mark(self) -> Mark:
        """Where it starts and ends."""
        return _mark(self.start, self.end)


class Sequence:
    """A list of nodes."""

    __slots__ = ("end", "items", "start")

    def __init__(self, items: tuple[Node, ...], start: Place, end: Place) -> None:
        self.items = items
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Sequence({list(self.items)!r})"

    @property
    def mark(self) -> Mark:
        """Where it starts and ends."""
        return _mark(self.start, self.end)


class Mapping:
    """Keys with their values, in the order of the file; keys are unique."""

    __slots__ = ("end", "entries", "start")

    def __init__(self, entries: tuple[tuple[Scalar, Node], ...], start: Place, end: Place) -> None:
        self.entries = entries
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Mapping({list(self.entries)!r})"

    @property
    def mark(self) -> Mark:
        """Where it starts and ends."""
        return _mark(self.start, self.end)


Node: TypeAlias = Scalar | Sequence | Mapping


def parts(node: Node) -> list[Node]:
    """The nodes directly inside a node, in the order of the file."""
    if isinstance(node, Scalar):
        return []
    if isinstance(node, Sequence):
        return list(node.items)
    return [part for entry in node.entries for part in entry]


def to_data(node: Node) -> object:
    """The tree as plain dicts, lists and strings; a value that was left out is None."""
    kind = type(node)
    if kind is Scalar:
        return node.value if node.value or node.style != "plain" else None  # type: ignore[union-attr]
    if kind is Mapping:
        return {key.value: to_data(value) for key, value in node.entries}  # type: ignore[union-attr]
    return [to_data(item) for item in node.items]  # type: ignore[union-attr]
