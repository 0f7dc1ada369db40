"""Where everything on a page goes: keys in order, what stays in brackets, one empty line at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.layout import TEXTS, inside
from waymeet.authoring.pages import Entry, Group, Page
from waymeet.authoring.spelling import INDENT, WIDTH, inline, is_special
from waymeet.authoring.tree import Scalar

if TYPE_CHECKING:
    from waymeet.authoring.layout import Shape


def arranged(page: Page, shape: Shape) -> Page:
    """Put the entries of a page in order, decide which brackets stay, and even out the empty lines."""
    root = page.root
    _arrange(root, shape, 0)
    root.flow = False
    first = root.entries[0]
    if page.head and page.head[-1] and first.above:
        page.head.append("")
    page.head = _single([*page.head, *first.above])
    first.above = []
    for before, after in zip(root.entries, root.entries[1:], strict=False):
        if _is_section(before) or _is_section(after):
            after.above = _single(["", *after.above], first=False)
    return page


def _is_section(entry: Entry) -> bool:
    return isinstance(entry.value, Group) and not entry.value.flow


def _arrange(group: Group, shape: Shape, column: int) -> None:
    """Arrange the entries of a group that does not stand in brackets, and everything inside them."""
    _order(group, shape)
    for entry in group.entries:
        inner = shape if group.listed else inside(shape, name_of(entry))
        if isinstance(entry.value, Group):
            _arrange_inner(entry, entry.value, inner, column)
        else:
            _arrange_remark(entry, entry.value, inner)
    for place, entry in enumerate(group.entries):
        parted = shape.apart and not group.listed
        entry.above = _single([""] * parted + entry.above, first=place == 0)
    group.tail = _single(group.tail, first=False)


def _arrange_inner(entry: Entry, group: Group, shape: Shape, column: int) -> None:
    """Arrange the group behind a key or a dash; in a list, comments before its first entry go above the dash."""
    if not group.entries:
        entry.above += [line for line in group.tail if line]
        group.tail = []
        return
    group.flow = group.flow and _fits(entry, group, shape, column)
    if group.flow:
        return
    _arrange(group, shape, column + INDENT)
    if entry.key is None:
        first = group.entries[0]
        entry.above += [*([entry.behind] if entry.behind else []), *first.above]
        entry.behind, first.above = "", []


def _arrange_remark(entry: Entry, value: Scalar, shape: Shape) -> None:
    """See that no comment behind a text comes to look like a part of it; a number cannot be put in quotes for that."""
    entry.lost = entry.lost and shape.scalar in TEXTS
    if entry.behind and not entry.lost and shape.scalar in TEXTS and is_special(value):
        entry.above.append(entry.behind)
        entry.behind = ""


def _fits(entry: Entry, group: Group, shape: Shape, column: int) -> bool:
    """Whether what stands in brackets can stay on one line; if so it is put in order."""
    if _has_remarks(group) or _needs_lines(group):
        return False
    _order_inside(group, shape)
    return len(opening_of(entry, column)) + 1 + len(in_brackets(group)) <= WIDTH


def _has_remarks(group: Group) -> bool:
    """Whether any comment stands in a group."""
    lines = [*group.tail, *(line for entry in group.entries for line in (*entry.above, entry.behind))]
    inner = (entry.value for entry in group.entries if isinstance(entry.value, Group))
    return any(lines) or any(_has_remarks(value) for value in inner)


def _needs_lines(group: Group) -> bool:
    """Whether a scalar with an empty line in it stands in a group."""
    for entry in group.entries:
        if isinstance(entry.value, Group):
            if _needs_lines(entry.value):
                return True
        elif "\n" in entry.value.value and entry.value.end.line > entry.value.start.line:
            return True
    return False


def _order_inside(group: Group, shape: Shape) -> None:
    _order(group, shape)
    for entry in group.entries:
        if isinstance(entry.value, Group):
            _order_inside(entry.value, shape if group.listed else inside(shape, name_of(entry)))


def name_of(entry: Entry) -> str:
    """The key of an entry; nothing for an item of a list."""
    return "" if entry.key is None else entry.key.value


def _order(group: Group, shape: Shape) -> None:
    """Sort the keys that the format knows; where it knows none, as in a table of ids, all stay."""
    order = {key: place for place, key in enumerate(shape.keys)}
    if not group.listed:
        group.entries.sort(key=lambda entry: order.get(name_of(entry), len(order)))


def _single(lines: list[str], *, first: bool = True) -> list[str]:
    """Comments with one empty line at most between two of them; `first` allows none before them."""
    kept: list[str] = []
    for line in lines:
        if line or (kept[-1] if kept else not first):
            kept.append(line)
    return kept


# -- what stands on one line ------------------------------------


def opening_of(entry: Entry, column: int) -> str:
    """A key with its colon, or a dash."""
    return " " * column + ("-" if entry.key is None else f"{inline(entry.key)}:")


def in_brackets(group: Group) -> str:
    """A group on one line."""
    if group.listed:
        return f"[{', '.join(_in_line(entry.value) for entry in group.entries)}]"
    return f"{{{', '.join(_pair(entry) for entry in group.entries)}}}"


def _pair(entry: Entry) -> str:
    assert entry.key is not None
    key, value = inline(entry.key, flow=True), _in_line(entry.value)
    return f"{key}: {value}"  # with its colon even before nothing: a key without one seems to be cut off from a text


def _in_line(value: Scalar | Group) -> str:
    return inline(value, flow=True) if isinstance(value, Scalar) else in_brackets(value)
