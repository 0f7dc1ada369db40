"""Commas between braces: YAML ends a value there, and a writer who means a text is told which words that cuts off."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from waymeet.authoring.positions import span_between
from waymeet.authoring.tree import Mapping, Scalar
from waymeet.authoring.yaml_slips import BLOCK_HELP
from waymeet.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Container

    from waymeet.authoring.source import Source
    from waymeet.authoring.tree import Node

BRACE = "a text that begins with a brace has to stand in quotes, for YAML takes it for keys"
BRACE_HELP = f"put all of the text in quotes, or {BLOCK_HELP}"
#: A longer value is not quoted in a line of help.
_SHORT = 70


#: What a comma has cut off from a value: where it stands, a message, and help.
Cut: TypeAlias = tuple[Span, str, str]


def in_braces(node: Node, source: Source) -> bool:
    """Whether a mapping is written between braces."""
    return source.text.startswith("{", node.start.index)


def begins_with_brace(mapping: Mapping, source: Source) -> bool:
    """Whether what YAML takes for keys is a text that begins with a form in braces: nothing in it is a key."""
    return in_braces(mapping, source) and bool(mapping.entries) and not has_colon(mapping.entries[0][0], source)


def brace(mapping: Mapping, source: Source) -> Span:
    """The brace that a mapping begins with."""
    return span_between(source.file, source.text, mapping.start.index, mapping.start.index + 1)


def has_colon(key: Scalar, source: Source) -> bool:
    """Whether a colon stands behind a key; between braces, YAML takes a key without one, too."""
    return source.text[key.end.index :].lstrip().startswith(":")


def in_quotes(text: str) -> str | None:
    """A text in quotes of the kind that it does not hold itself; None for one that holds both, or is long."""
    quote = next((quote for quote in "\"'" if quote not in text), None)
    return f"{quote}{text}{quote}" if quote and len(text) <= _SHORT and "\\" not in text else None


def joined(
    mapping: Mapping, source: Source, known: Container[str] = (), *, effects: bool = False
) -> tuple[Mapping, list[Cut]]:
    """The mapping with what commas have cut off joined to the values that it was cut off from.

    What is `known` is a key, though it may stand without a value. Of effects something is said only if that is asked
    for: how several of them are written is better told where they are read.
    """
    if not in_braces(mapping, source):
        return mapping, []
    entries: list[tuple[Scalar, Node]] = []
    cut: dict[int, Scalar] = {}
    for key, value in mapping.entries:
        is_more = bool(entries) and key.value not in known and _is_cut_off(key, source)
        if is_more and isinstance(entries[-1][1], Scalar) and entries[-1][1].value:
            last, whole = entries[-1]
            entries[-1] = last, _whole(whole, value if value.end.index > key.end.index else key, source)
            cut.setdefault(len(entries) - 1, key)
        else:
            entries.append((key, value))
    found = [_cut(*entries[at], first, source) for at, first in cut.items() if effects or entries[at][0].value != "do"]
    return Mapping(tuple(entries), mapping.start, mapping.end), found


def first_without_key(mapping: Mapping, source: Source, known: Container[str]) -> Scalar | None:
    """The first value between braces that stands there without a key, so that YAML takes it for one."""
    if not in_braces(mapping, source):
        return None
    return next((key for key, _ in mapping.entries if key.value not in known and not has_colon(key, source)), None)


def with_key(mapping: Mapping, bare: Scalar, name: str) -> Mapping:
    """The mapping with a name for a key before what stands there without one."""
    key = Scalar(name, "plain", bare.start, bare.end)
    entries = ((key, bare) if found is bare else (found, value) for found, value in mapping.entries)
    return Mapping(tuple(entries), mapping.start, mapping.end)


def _is_cut_off(key: Scalar, source: Source) -> bool:
    """Whether a key is no key, but the rest of the value before it."""
    is_words = " " in key.value and not key.value[0].isdigit()
    return key.style == "plain" and (is_words or not has_colon(key, source))


def _whole(first: Node, last: Node, source: Source) -> Scalar:
    text = source.text[first.start.index : last.end.index]
    return Scalar(" ".join(text.split()), "plain", first.start, last.end)


def _cut(key: Scalar, value: Node, first: Scalar, source: Source) -> Cut:
    assert isinstance(value, Scalar)
    comma, start, end = source.text.rfind(",", 0, first.start.index), first.start, value.end
    line = start.line - source.text.count("\n", comma, start.index)
    column = comma - source.text.rfind("\n", 0, comma) - 1
    span = Span(source.file, line + 1, column + 1, end.line + 1, end.column + 1)
    message = f'between braces a comma ends the value, so this is cut off from "{key.value}"'
    quoted = in_quotes(value.value.strip("“”„‟"))
    help_line = f"put all of it in quotes: {key.value}: {quoted}" if quoted else f'put all of "{key.value}" in quotes'
    return span, message, help_line
