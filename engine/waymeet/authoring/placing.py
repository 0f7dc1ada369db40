"""Strays in words: which key does not stand where it belongs, where to put it, and how far in that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.fitting import keys_of
from waymeet.authoring.habits import CALLED
from waymeet.authoring.layout import TABLES

if TYPE_CHECKING:
    from waymeet.authoring.fitting import Entry
    from waymeet.authoring.tree import Mapping, Node, Scalar

#: What the rows of a table are called where its key is no plural.
_MANY = {"memory": "memory flags", "local": "local flags", "cast": "members of the cast"}


class Stray(NamedTuple):
    """A key that does not stand where it belongs, and what to say of it; `more` are keys after it that go with it."""

    key: Scalar
    message: str
    told: str
    more: list[Scalar]

    @property
    def help(self) -> str:
        """What to do about it."""
        more = [f'"{key.value}" (line {key.start.line + 1})' for key in self.more]
        return f"{self.told}; with it {' and '.join(more)}" if more else self.told


@dataclass(slots=True)
class Frame:
    """A mapping that is being gone through, of a shape, behind a key; `entries` is what belongs in it."""

    shape: str
    node: Mapping
    name: Scalar | None
    entries: list[Entry] = field(default_factory=list)
    #: What came from further in, to stand after the entry that it was found in; what is to go into tables by their key.
    arriving: list[Entry] = field(default_factory=list)
    inward: list[tuple[str, Entry]] = field(default_factory=list)
    #: The stray that the entry before was or went with; the first of those whose table is missing, by the table's key.
    run: Stray | None = None
    without: dict[str, Stray] = field(default_factory=dict)
    #: The row below which nothing stood, and which is being given the keys that come after it.
    filled: Scalar | None = None
    #: A key of a table that came from further in with nothing below it: what comes after it may be its rows.
    heading: Scalar | None = None
    #: Whether what is found in it only follows from a stray that was told.
    is_told: bool = False

    @property
    def called(self) -> str:
        """What it is called in a line of help."""
        return f"the{CALLED[self.shape][1:]}" if self.name is None else f'"{self.name.value}"'

    def has(self, key: str) -> bool:
        """Whether a key stands in it."""
        return key in keys_of(self.node)


class Wordings:
    """Says of keys where they belong; `strays` are those of which something was said."""

    def __init__(self, text: str) -> None:
        self.strays: list[Stray] = []
        self._text = text

    def has_colon(self, key: Scalar) -> bool:
        """Whether a colon stands behind a key; between braces, YAML takes a key without one, too."""
        return self._text[key.end.index :].lstrip().startswith(":")

    def in_braces(self, node: Node) -> bool:
        """Whether a mapping is written between braces."""
        return self._text.startswith("{", node.start.index)

    def tell(self, frame: Frame, key: Scalar, help_line: str, *, run: bool = False) -> Stray:
        """Note a stray; one of a run of lines, of which the same is to be said, goes with the first of them."""
        message = f'"{key.value}" is not a key of {CALLED.get(frame.shape)}'
        if frame.shape in TABLES and frame.name is not None:
            rows = _MANY.get(frame.name.value, frame.name.value)
            message = f'"{key.value}" stands among the {rows}, and is taken for one of them'
        if run and frame.run is not None and frame.run.told == help_line:
            frame.run.more.append(key)
        else:
            frame.run = Stray(key, message, help_line, [])
            self.strays.append(frame.run)
        return frame.run

    def move(self, value: Mapping, column: int, like: Scalar | None, frame: Frame) -> str:
        """Where to put a key and the lines that belong to it."""
        lines = f", and the lines that belong to it by {column + 2}"
        stays = value.entries[0][0].start.column == column + 2 or self.in_braces(value)
        return self.line_up(column, like, frame) + ("" if stays else lines)

    def line_up(self, column: int, like: Scalar | None, frame: Frame, *, inward: bool = False) -> str:
        """Where to put a key: how far in, like which other; in braces, how far in a line stands means nothing."""
        if inward and like is not None and self._text[: like.start.index].rstrip(" ").endswith(("{", ",")):
            return "move it into its braces"
        if self.in_braces(frame.node):
            return "move it into braces of its own" if inward else "move it out of these braces"
        where = f', to line up with "{like.value}" (line {like.start.line + 1})' if like else ""
        return "let it begin in the first column" if column == 0 else f"indent it by {column} spaces{where}"
