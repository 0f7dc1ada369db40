"""What a mapping was meant for, judged by its keys, and putting entries into a tree where they were meant to stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from waymeet.authoring.layout import SHAPES, TABLES
from waymeet.authoring.tree import Mapping, Scalar, is_nothing
from waymeet.diagnostics import closest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.authoring.tree import Node

    Entry: TypeAlias = tuple[Scalar, Node]


# -- what it is ------------------------------------


def keys_of(node: Node) -> set[str]:
    """The keys of a mapping; of anything else, none."""
    return {key.value for key, _ in node.entries} if isinstance(node, Mapping) else set()


def is_row(value: Node, shape: str) -> bool:
    """Whether a mapping has the keys of a row of this shape: choices have a label, nodes have none.

    What stands in it that is such a row itself does not count: it may only stand too far in.
    """
    if not isinstance(value, Mapping) or not shape:
        return False
    keys = {key.value for key, inner in value.entries if key.value in SHAPES[shape].keys or not is_row(inner, shape)}
    if shape in ("choice", "node") and ("label" in keys) != (shape == "choice"):
        return False
    strange = keys - SHAPES[shape].keys.keys()
    return bool(keys - strange) and 3 * len(strange) <= len(keys)


def is_table(value: Node, shape: str) -> bool:
    """Whether a mapping holds rows of the table of this shape, and nothing else."""
    rows = value.entries if isinstance(value, Mapping) and shape in TABLES else ()
    return bool(rows) and all(is_row(row, TABLES[shape]) for _, row in rows)


def is_no_row(value: Mapping, row: str) -> bool:
    """Whether a mapping among rows cannot be one: it holds no key that a row has."""
    return bool(value.entries) and not keys_of(value) & SHAPES[row].keys.keys()


def is_choice_instead(value: Node, shape: str) -> bool:
    """Whether what stands behind the key of a record, such as `ask`, is a choice with that id."""
    keys = keys_of(value)
    strange = keys - SHAPES[shape].keys.keys()
    return bool(SHAPES[shape].keys) and is_row(value, "choice") and 2 * len(strange) >= len(keys)


# -- putting it there ------------------------------------


def headed(entries: Iterable[Entry], keys: Iterable[str]) -> list[Entry]:
    """The entries of a record; what follows an unknown key with nothing behind it may belong to that key."""
    found = list(entries)
    known = set(keys)
    for at, (key, value) in enumerate(found[:-1]):
        if key.value not in known and is_nothing(value) and not closest(key.value, known):
            return [*found[:at], (key, mapping_of(headed(found[at + 1 :], known)))]
    return found


def mapping_of(entries: list[Entry]) -> Mapping:
    """A mapping with these entries."""
    return Mapping(tuple(entries), entries[0][0].start, entries[-1][1].end)


def last_with_room(node: Node, shape: str, key: str) -> tuple[Scalar, Scalar] | None:
    """The last row of a table, or of what is in it, that has no such key and could; with its own first key."""
    if shape not in TABLES or not isinstance(node, Mapping) or not node.entries:
        return None
    row, value = node.entries[-1]
    row_keys = SHAPES[TABLES[shape]].keys
    if not isinstance(value, Mapping) or not value.entries:
        return None
    if key in row_keys:
        return None if key in keys_of(value) else (row, value.entries[0][0])
    last, inner = value.entries[-1]
    return last_with_room(inner, row_keys.get(last.value, ""), key)


def added(node: Node, entry: Entry) -> Mapping:
    """A mapping with one entry more; of a block of text, which may have swallowed what follows it, nothing is asked."""
    entries = node.entries if isinstance(node, Mapping) else ()
    key, value = entry
    if isinstance(value, Scalar) and value.style in ("literal", "folded"):
        value = Scalar("…", value.style, value.start, value.end)
    return Mapping((*entries, (key, value)), node.start, value.end)


def with_key(node: Node, row: Scalar, entry: Entry) -> Mapping:
    """A table with an entry added to a row at the end of it, or at the end of what is in it."""
    assert isinstance(node, Mapping)
    *before, (last, value) = node.entries
    inner = added(value, entry) if last is row else with_key(value, row, entry)
    return Mapping((*before, (last, inner)), node.start, node.end)


def put(entries: list[Entry], table: str, entry: Entry) -> None:
    """Put a row into the table behind a key, which is made where there is none."""
    for at, (key, value) in enumerate(entries):
        if key.value == table:
            entries[at] = key, added(value, entry)
            return
    key = entry[0]
    entries.append((Scalar(table, "plain", key.start, key.end), mapping_of([entry])))
