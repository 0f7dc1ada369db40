"""Keys at the wrong depth: each is told once, where it stands, and the tree is mended, so that nothing follows from it.

How far in a line stands decides what it belongs to, and is what beginners get wrong most. A stray is a key that cannot
stand where it does and could stand further in or further out; it is put there before the file is read again.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from waymeet.authoring.fitting import (
    added,
    headed,
    is_choice_instead,
    is_no_row,
    is_row,
    is_table,
    keys_of,
    last_with_room,
    mapping_of,
    put,
    with_key,
)
from waymeet.authoring.habits import CALLED, KEYS
from waymeet.authoring.layout import SHAPES, TABLES
from waymeet.authoring.placing import Frame, Stray, Wordings
from waymeet.authoring.tree import Mapping, Scalar, is_nothing
from waymeet.diagnostics import closest, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.authoring.fitting import Entry
    from waymeet.authoring.tree import Node

#: For so many keys a place is looked for; a file with more of them is no story.
MAX_LOOKS = 200
#: The ways on of a step: one that has one already is not where another belongs.
_WAYS_ON = {"goto", "ending", "choices", "call", "return", "roll", "chance", "ask", "draw"}
#: The keys that tell a choice from a node which was given a label by mistake.
_CHOICES_ONLY = {"when", "locked", "once", "limit", "echo"}


def settled(root: Mapping, shape: str, text: str) -> tuple[Mapping, list[Stray], set[str]]:
    """A file's tree with its stray keys where they belong, the strays, and keys whose ids are not all known any more.

    `shape` is the name of the file's shape.
    """
    settling = _Settling(text)
    return settling.record(root, shape, None), settling.strays, settling.lost


class _Settling:
    """Goes through a tree from the outside in; `frames` are the mappings around the one at hand."""

    def __init__(self, text: str) -> None:
        self.lost: set[str] = set()
        self._words = Wordings(text)
        self._patience = MAX_LOOKS
        self._frames: list[Frame] = []

    @property
    def strays(self) -> list[Stray]:
        """What was found so far."""
        return self._words.strays

    # -- records: mappings with fixed keys ------------------------------------

    def record(self, node: Mapping, shape: str, name: Scalar | None) -> Mapping:
        """A mapping with fixed keys, settled."""
        keys = SHAPES[shape].keys
        with self._inside(Frame(shape, node, name)) as frame:
            for key, value in node.entries if self._words.in_braces(node) else headed(node.entries, keys):
                is_known = key.value in keys and not is_choice_instead(value, keys[key.value])
                if is_known or not self._unknown(frame, key, value):
                    self._keep(frame, key, self._known(key, value, keys.get(key.value, "")))
                self._receive(frame)
        for table, entry in frame.inward:
            put(frame.entries, table, entry)
        return Mapping(tuple(frame.entries), node.start, node.end)

    @contextmanager
    def _inside(self, frame: Frame) -> Iterator[Frame]:
        self._frames.append(frame)
        yield frame
        self._frames.pop()

    def _keep(self, frame: Frame, key: Scalar, value: Node) -> None:
        frame.entries.append((key, value))
        frame.run = None

    def _receive(self, frame: Frame) -> None:
        frame.entries += frame.arriving
        frame.arriving = []

    def _known(self, key: Scalar, value: Node, shape: str) -> Node:
        if isinstance(value, Mapping) and shape in TABLES:
            return self._table(value, shape, key)
        if isinstance(value, Mapping) and shape == "menus":
            menus = [(name, self._menu(name, menu)) for name, menu in value.entries]
            return Mapping(tuple((name, menu) for name, menu in menus if menu is not None), value.start, value.end)
        return value

    def _menu(self, name: Scalar, value: Node) -> Node | None:
        """A menu; None for a choice that stands in the place of one."""
        if not is_row(value, "choice"):
            return self._known(name, value, "choices")
        indent = f'indent "{name.value}" by {name.start.column + 2} spaces'
        help_line = f'write the id of the menu above it, as in "pockets:", and {indent}'
        message = f'"{name.value}" is a choice, and has to stand in a menu'
        self._words.strays.append(Stray(name, message, help_line, []))
        self.lost.add("menus")
        return None

    def _unknown(self, frame: Frame, key: Scalar, value: Node) -> bool:
        """Find a place for a key that means nothing in a record; says whether there is one."""
        self._patience -= 1
        if self._patience < 0 or not self._words.has_colon(key):
            return False
        if self._key_of_last(frame, key, value):
            return True
        if key.value in KEYS.get(CALLED.get(frame.shape, ""), {}):
            return False
        if isinstance(value, Mapping) and value.entries:
            return (
                self._row_of_outer(frame, key, value)
                or self._row_of_inner(frame, key, value)
                or self._misspelt(frame, key, value)
                or self._key_of_outer(frame, key, value)
            )
        return self._key_of_outer(frame, key, value)

    def _row_of_outer(self, frame: Frame, key: Scalar, value: Mapping) -> bool:
        """A node within a node, a choice within a choice, and their like."""
        for at in range(len(self._frames) - 1, -1, -1):
            outer = self._frames[at]
            shape = TABLES.get(outer.shape, "")
            if not is_row(value, shape):
                continue
            if not outer.is_told:
                first = outer.node.entries[0][0]
                move = self._words.move(value, first.start.column, first, frame)
                self._words.tell(frame, key, f"if it is {CALLED[shape]} itself, {move}")
            inside, self._frames = self._frames, self._frames[: at + 1]
            outer.arriving += self._moved(outer, key, value)
            self._frames = inside
            return True
        return False

    def _row_of_inner(self, frame: Frame, key: Scalar, value: Mapping) -> bool:
        """A node beside `nodes`, an ending beside `endings`, and their like."""
        table = self._table_for(frame, value)
        if table is None:
            return False
        shape = SHAPES[frame.shape].keys[table]
        held = next((node for found, node in frame.node.entries if found.value == table), None)
        first = held.entries[0][0] if isinstance(held, Mapping) and held.entries else None
        move = self._words.move(value, key.start.column + 2 if first is None else first.start.column, first, frame)
        below = f'it belongs below "{table}": {move}' if held is not None else f'write "{table}:" above it, and {move}'
        if table in frame.without:
            frame.without[table].more.append(key)
        else:
            told = self._words.tell(frame, key, f"if it is {CALLED[TABLES[shape]]}, {below}")
            if first is None:
                frame.without[table] = told
        with self._inside(Frame(shape, value, key)) as rows:
            frame.inward += [(table, entry) for entry in self._moved(rows, key, value)]
        return True

    def _table_for(self, frame: Frame, value: Mapping) -> str | None:
        """The key of the table that a row belongs in: the nearest above it that could hold it, else the only one."""
        fitting = [name for name, shape in SHAPES[frame.shape].keys.items() if is_row(value, TABLES.get(shape, ""))]
        above = [key.value for key, node in frame.entries if key.value in fitting and not isinstance(node, Scalar)]
        if frame.entries and frame.entries[-1][0].value in fitting:
            above.append(frame.entries[-1][0].value)
        there = above[-1:] or [name for name in fitting if frame.has(name)][-1:]
        return there[0] if there else fitting[0] if len(fitting) == 1 else None

    def _moved(self, table: Frame, key: Scalar, value: Mapping) -> list[Entry]:
        """A row that is put into a table, and rows that stood in it and only stood too far in because it did not."""
        table.is_told, was_told = True, table.is_told
        before, table.arriving = table.arriving, []
        row = key, self.record(value, TABLES[table.shape], key)
        rows, table.arriving = [row, *table.arriving], before
        table.is_told = was_told
        return rows

    def _misspelt(self, frame: Frame, key: Scalar, value: Mapping) -> bool:
        """A misspelt key whose names are used elsewhere."""
        keys = SHAPES[frame.shape].keys
        guess = next((name for name in closest(key.value, keys) if not frame.has(name)), None)
        if guess is None or keys[guess] not in TABLES:
            return False
        self._words.tell(frame, key, suggestion([guess]) or "")
        meant = Scalar(guess, key.style, key.start, key.end)
        frame.entries.append((meant, self._table(value, keys[guess], meant)))
        return True

    def _key_of_outer(self, frame: Frame, key: Scalar, value: Node) -> bool:
        """A key that belongs to what the record at hand stands in."""
        for outer in reversed(self._frames[:-1]):
            if key.value in SHAPES[outer.shape].keys and not outer.has(key.value):
                first = outer.node.entries[0][0]
                move = self._words.line_up(first.start.column, first, frame)
                self._words.tell(frame, key, f"it belongs to {outer.called}: {move}", run=True)
                outer.arriving.append((key, self._known(key, value, SHAPES[outer.shape].keys[key.value])))
                outer.heading = key if is_nothing(value) else None
                return True
        return False

    def _key_of_last(self, frame: Frame, key: Scalar, value: Node) -> bool:
        """A key that belongs to the last thing above it."""
        if key.value == "when" or not frame.entries or isinstance(value, Mapping):
            return False
        table, rows = frame.entries[-1]
        found = last_with_room(rows, SHAPES[frame.shape].keys.get(table.value, ""), key.value)
        if found is None:
            return False
        row, like = found
        move = self._words.line_up(like.start.column, like, frame, inward=True)
        self._words.tell(frame, key, f'if it belongs to "{row.value}", {move}', run=True)
        frame.entries[-1] = table, with_key(rows, row, (key, value))
        return True

    # -- tables: ids, each with what it stands for ------------------------------------

    def _table(self, node: Mapping, shape: str, name: Scalar) -> Mapping:
        with self._inside(Frame(shape, node, name)) as frame:
            for at, (key, value) in enumerate(node.entries):
                if self._rows_of_heading(frame, node.entries, at):
                    break
                if not self._among_rows(frame, key, value):
                    is_record = isinstance(value, Mapping)
                    self._keep(frame, key, self.record(value, TABLES[shape], key) if is_record else value)  # type: ignore[arg-type]
                self._receive(frame)
        return Mapping(tuple(frame.entries), node.start, node.end)

    def _rows_of_heading(self, frame: Frame, entries: tuple[Entry, ...], at: int) -> bool:
        """Rows after the key of another table, which stands too far in itself while its rows do not."""
        holder = self._frames[-2]
        key, value = entries[at]
        keys = SHAPES[holder.shape].keys
        is_outside = holder.heading is not None
        if holder.heading is not None:
            key = holder.heading
        elif not is_nothing(value) or keys.get(key.value) not in TABLES or holder.has(key.value):
            return False
        rows = list(entries[at if is_outside else at + 1 :])
        if not rows or rows[0][0].value in SHAPES[TABLES[frame.shape]].keys:
            return False
        if is_outside:
            holder.arriving.pop()
            holder.heading = None
        else:
            first = holder.node.entries[0][0]
            move = self._words.line_up(first.start.column, first, frame)
            self._words.tell(frame, key, f"if it belongs to {holder.called}, {move}")
        holder.arriving.append((key, self._known(key, mapping_of(rows), keys[key.value])))
        return True

    def _among_rows(self, frame: Frame, key: Scalar, value: Node) -> bool:
        """Find a place for a key that is no row, but one of a row above it or of what the table stands in."""
        if is_nothing(value):
            return False
        if self._choice_among_nodes(frame, key, value):
            return True
        row, holder = TABLES[frame.shape], self._frames[-2]
        if isinstance(value, Mapping) and not self._is_key_among_rows(key, value, row):
            return False
        inward = self._room_above(frame, key) if key.value in SHAPES[row].keys else None
        inward = None if _declares_flag(frame, value) else inward
        outward = key.value in SHAPES[holder.shape].keys and not holder.has(key.value)
        if inward is not None and (frame.filled is inward[0] or is_nothing(frame.entries[-1][1])):
            frame.filled, outward = inward[0], False
        if inward is None and not outward:
            return False
        self._words.tell(frame, key, self._either(frame, inward, outward=outward), run=True)
        if inward is None or (outward and not self._belongs_above(frame, key.value)):
            holder.arriving.append((key, self._known(key, value, SHAPES[holder.shape].keys[key.value])))
        else:
            value = self._known(key, value, SHAPES[row].keys[key.value])
            frame.entries[-1] = inward[0], added(frame.entries[-1][1], (key, value))
        return True

    def _is_key_among_rows(self, key: Scalar, value: Mapping, row: str) -> bool:
        """Whether a mapping among rows is none itself: it stands behind a key that rows have, or holds none of them."""
        if key.value in SHAPES[row].keys:
            return is_table(value, SHAPES[row].keys[key.value]) and not is_row(value, row)
        return is_no_row(value, row)

    def _either(self, frame: Frame, inward: tuple[Scalar, Scalar | None] | None, *, outward: bool) -> str:
        """Where to put a key: further out, or further in."""
        told = []
        if outward and frame.name is not None:
            move = self._words.line_up(frame.name.start.column, frame.name, frame)
            told.append(f"if it belongs to {self._frames[-2].called}, {move}")
        if inward is not None:
            row, like = inward
            column = like.start.column if like else row.start.column + 2
            told.append(f'if it belongs to "{row.value}", {self._words.line_up(column, like, frame, inward=True)}')
        return "; ".join(told)

    def _choice_among_nodes(self, frame: Frame, key: Scalar, value: Node) -> bool:
        """A choice that stands so far out that it is taken for a node."""
        above, node = frame.entries[-1] if frame.entries else (key, value)
        inner = node.entries if isinstance(node, Mapping) else ()
        choices = next((found for name, found in inner if name.value == "choices"), None)
        if frame.shape != "nodes" or not isinstance(value, Mapping) or not is_row(value, "choice"):
            return False
        if not isinstance(choices, Mapping) or not choices.entries or not keys_of(value) & _CHOICES_ONLY:
            return False
        first = choices.entries[0][0]
        move = self._words.move(value, first.start.column, first, frame)
        self._words.tell(frame, key, f'if it is a choice of "{above.value}", {move}')
        entry = key, self.record(value, "choice", key)
        entries = ((name, added(found, entry) if found is choices else found) for name, found in inner)
        frame.entries[-1] = above, Mapping(tuple(entries), node.start, node.end)
        return True

    def _room_above(self, frame: Frame, key: Scalar) -> tuple[Scalar, Scalar | None] | None:
        """The row above, if it lacks this key; and its own first key, if it has one further in."""
        row, value = frame.entries[-1] if frame.entries else (key, key)
        if is_nothing(value):
            return row, None
        if not isinstance(value, Mapping) or not value.entries or key.value in keys_of(value):
            return None
        first = value.entries[0][0]
        return row, first if first.start.column > row.start.column else None

    def _belongs_above(self, frame: Frame, key: str) -> bool:
        """Whether a key that could belong to the row above it, or to what the table stands in, belongs to the row."""
        above = keys_of(frame.entries[-1][1])
        return frame.shape != "choices" or not above or (key in _WAYS_ON and not above & _WAYS_ON)


def _declares_flag(frame: Frame, value: Node) -> bool:
    """Whether a value among flags is one that declares a flag."""
    return frame.shape == "flags" and not (isinstance(value, Scalar) and value.value not in ("true", "false"))
