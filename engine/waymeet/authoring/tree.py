"""What a YAML file holds, as a tree of scalars, sequences and mappings that know their places."""

from __future__ import annotations

from typing import Protocol, TypeAlias


class Place(Protocol):
    """A point in the file, as the parser gives it: line, column and index, all counted from 0.

    The end of a node is exclusive; a block scalar, and a sequence or mapping without brackets, ends only where the next
    thing begins.
    """

    line: int
    column: int
    index: int


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


class Sequence:
    """A list of nodes."""

    __slots__ = ("end", "items", "start")

    def __init__(self, items: tuple[Node, ...], start: Place, end: Place) -> None:
        self.items = items
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Sequence({list(self.items)!r})"


class Mapping:
    """Keys with their values, in the order of the file; keys are unique."""

    __slots__ = ("end", "entries", "start")

    def __init__(self, entries: tuple[tuple[Scalar, Node], ...], start: Place, end: Place) -> None:
        self.entries = entries
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Mapping({list(self.entries)!r})"


Node: TypeAlias = Scalar | Sequence | Mapping


def is_nothing(node: Node) -> bool:
    """Whether nothing is written behind a key."""
    return isinstance(node, Scalar) and not node.value and node.style == "plain"


def parts(node: Node) -> list[Node]:
    """The nodes directly inside a node, in the order of the file."""
    if isinstance(node, Scalar):
        return []
    if isinstance(node, Sequence):
        return list(node.items)
    return [part for entry in node.entries for part in entry]
