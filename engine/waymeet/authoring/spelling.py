"""How a scalar is spelled in the fixed layout, and whether two spellings mean the same."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.authoring.layout import LINE, PROSE, REFLOWED, VERSE
from waymeet.authoring.positions import pieces
from waymeet.authoring.remarks import BLOCK_STYLES, block_lines
from waymeet.expressions.syntax import ExpressionError
from waymeet.prose.parser import parse_prose
from waymeet.prose.syntax import Line, Paragraph, ProseError, Words

if TYPE_CHECKING:
    from waymeet.authoring.tree import Scalar

WIDTH = 110
INDENT = 2

#: What some reader of YAML takes for a truth value, for nothing, or for a number, a date or a time.
_SPECIAL = re.compile(
    r"(?i:true|false|yes|no|on|off|y|n|null|~|=|<<|[-+]?\.(?:inf|nan))|[-+.]*\d[\w.:+-]*|\d{4}-\d\d?-\d\d?.*|"
)
_FIRST = re.compile(r"""-(?!\w)|[?:,\[\]{}#&*!|>'"%@`]""")
_NOT_PLAIN = re.compile(r": | #|:$|^---|^\.\.\.")
_NOT_IN_BRACKETS = re.compile(r"[,?:\[\]{}]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_SPACE = re.compile(r"\s+")
#: What ends a line, as `_bare` gives it.
_ENDS = (("Line",), ("Paragraph",))


class Spelling(NamedTuple):
    """The lines of a scalar, the first without indentation; of one in block style, a comment goes behind the first."""

    lines: list[str]
    block: bool = False


def is_special(scalar: Scalar) -> bool:
    """Whether a scalar is nothing, or a plain one that looks like a truth value, a number or the like."""
    return scalar.style == "plain" and _SPECIAL.fullmatch(scalar.value) is not None


def spell(scalar: Scalar, text: str, kind: str, room: tuple[int, int], *, lost: bool, quoted: bool) -> Spelling:
    """A scalar in the fixed layout; `room` is the column where its key stands, and where it itself would begin.

    `lost` says that a comment must stay right behind it, `quoted` that it must not become plain.
    """
    if scalar.style in BLOCK_STYLES:
        return _respelled(scalar, text, kind, room[0])
    one = inline(scalar, quoted=quoted)
    many = "\n" in text[scalar.start.index : scalar.end.index]
    fits = room[1] + len(one) <= WIDTH
    if kind in REFLOWED and not lost and not is_special(scalar) and (many or not fits or "\n" in scalar.value):
        for lines in (_author_lines(scalar, text), _trimmed(scalar.value)):
            if lines and same_text(kind, scalar.value, scalar.style, "\n".join([*lines, ""]), "literal"):
                return _block(lines, room[0], "|")
    if many and (not fits or "\n" in scalar.value or lost):
        raw = [line.strip(" \t") for line in text[scalar.start.index : scalar.end.index].split("\n")]
        return Spelling([raw[0], *_indented(raw[1:], room[0])])
    return Spelling([one])


def inline(scalar: Scalar, *, flow: bool = False, quoted: bool = False) -> str:
    """A scalar on one line, with the least quoting that it needs; `flow` says that it stands in brackets."""
    value = scalar.value
    if is_special(scalar) or (scalar.style == "plain" and not quoted):
        return value
    if not value:
        return '""'
    if not quoted and _can_be_plain(value, flow=flow):
        return value
    if value.isprintable() and ("'" not in value or '"' in value or "\\" in value):
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _can_be_plain(value: str, *, flow: bool) -> bool:
    if not value.isprintable() or value != value.strip() or _FIRST.match(value) or _SPECIAL.fullmatch(value):
        return False
    return not _NOT_PLAIN.search(value) and not (flow and _NOT_IN_BRACKETS.search(value))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


# -- block scalars ------------------------------------


def _respelled(scalar: Scalar, text: str, kind: str, column: int) -> Spelling:
    """A block scalar: of text without what means nothing, anything else line for line as it was."""
    lines = _author_lines(scalar, text)
    if kind in REFLOWED and lines and same_text(kind, scalar.value, scalar.style, "\n".join([*lines, ""]), "literal"):
        return _block(lines, column, "|")
    kept = scalar.value.rstrip("\n")
    if not kept or len(scalar.value) - len(kept) > 1:
        return Spelling([inline(scalar, quoted=True)])
    mark = ("|" if scalar.style == "literal" else ">") + ("-" if kept == scalar.value else "")
    return _block(kept.split("\n") if scalar.style == "literal" else block_lines(text, scalar), column, mark)


def _block(lines: list[str], column: int, mark: str) -> Spelling:
    start = next((at for at, line in enumerate(lines) if line.strip(" \t")), len(lines))
    digit = str(INDENT) if any(line[:1] in (" ", "\t") for line in lines[: start + 1]) else ""
    return Spelling([mark[:1] + digit + mark[1:], *_indented(lines, column)], block=True)


def _indented(lines: list[str], column: int) -> list[str]:
    return [" " * (column + INDENT) + line if line else "" for line in lines]


def _author_lines(scalar: Scalar, text: str) -> list[str]:
    """The lines of a text as its author broke them, trimmed.

    In a text that YAML folded, a newline left in the value stands for an empty line. Empty when it cannot be told.
    """
    value = scalar.value
    if scalar.style != "literal":
        found = pieces(text, scalar.start.index, scalar.end.index, scalar.style, scalar.value)
        if found is None:
            return []
        broken = ("\n" if piece.char == " " and text[piece.start] == "\n" else piece.char for piece in found)
        marked = "".join("\0" if piece.char == "\n" else char for piece, char in zip(found, broken, strict=True))
        value = re.sub("\0+", "\n\n", marked)
    return _trimmed(value)


def _trimmed(value: str) -> list[str]:
    """The lines of a text without spaces at their ends and empty lines around them."""
    lines = [line.rstrip(" \t") for line in value.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


# -- meaning ------------------------------------


def same_text(kind: str, first: str, first_style: str, second: str, second_style: str) -> bool:
    """Whether two scalars of one kind, each with its value and style, say the same to the engine."""
    folded = first_style != "literal", second_style != "literal"
    if first == second and (folded[0] == folded[1] or kind != PROSE or "\n" not in first):
        return True
    if kind == LINE:
        return first.split() == second.split()
    if kind not in (PROSE, VERSE):
        return False
    try:
        return bool(_told(first, kind, folded=folded[0]) == _told(second, kind, folded=folded[1]))
    except (ProseError, ExpressionError):
        return False


def _told(value: str, kind: str, *, folded: bool) -> Any:
    return _bare(parse_prose(value, folded=folded, verse=kind == VERSE))


def _bare(tree: Any) -> Any:
    """A syntax tree without its places in the text."""
    if isinstance(tree, tuple):
        return _joined(tree)
    if is_dataclass(tree):
        names = (each.name for each in fields(tree) if each.name not in ("start", "end"))
        return (type(tree).__name__, *(_bare(getattr(tree, name)) for name in names))
    return tree


def _joined(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Parts with neighbouring words joined, and without the spaces around line ends, which are never shown."""
    joined: list[Any] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Words):
            text = part.text.lstrip(" ") if last in _ENDS else part.text
            if isinstance(last, str):
                joined[-1] = _SPACE.sub(" ", last + text)
            else:
                joined.append(text)
        else:
            if isinstance(part, (Line, Paragraph)) and isinstance(last, str):
                joined[-1] = last.rstrip(" ")
            joined.append(_bare(part))
    return tuple(part for part in joined if part != "")
