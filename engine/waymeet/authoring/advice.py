"""Lines of help for values that cannot be what they are: what to write in their place, made from what was written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from waymeet.authoring.habits import ALONE, DEFAULT, KEYS, LISTS, NAMES, NEEDED, TABLES_OF_NAMES, TRUTHS
from waymeet.authoring.spelling import inline
from waymeet.authoring.tree import Mapping, Scalar, Sequence, is_nothing
from waymeet.authoring.yaml_colons import without_colon
from waymeet.expressions.typing import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Table

    from waymeet.authoring.tree import Node

_BETWEEN = re.compile(r"(-?\d{1,5})\s*(?:-|–|\.\.|…|to)\s*(-?\d{1,5})")
_FLAG_FORMS = (
    "write true or false, {min: 0, max: 3, start: 0} for a number, [calm, cross] for one of several words, "
    "{text: Nell} for free text"
)


def for_formula(node: Node, *, is_effect: bool) -> str | None:
    """What to write for a formula with a colon in it, which YAML takes for a key, or for a list of conditions."""
    if isinstance(node, Sequence) and not is_effect:
        return 'write one condition; "and" and "or" join its parts'
    if not isinstance(node, Mapping) or not node.entries or not isinstance(node.entries[0][1], Scalar):
        return None
    name, value = node.entries[0][0].value, node.entries[0][1].value
    condition = {"true": name, "false": f"not {name}"}.get(value, f"{name} == {value}")
    return f'write it without a colon, as in "{without_colon(name, value) if is_effect else condition}"'


def for_flag(value: str, number: int | None) -> tuple[str, str]:
    """A message and help for a flag that is declared by a word other than true and false; its number, if it is one."""
    if number is not None:
        bounds = f"{{min: {min(0, number)}, max: {max(10, number)}, start: {number}}}"
        return "a number needs the least and the most that it can be", f"write {bounds}, with bounds of your own"
    if between := _BETWEEN.fullmatch(value):
        return f'"{value}" is no range', f"write {{min: {between[1]}, max: {between[2]}}}"
    if value.lower() in TRUTHS:
        return f'expected true or false, found "{value}"', f"write {TRUTHS[value.lower()]}"
    return f'"{value}" is neither true nor false' if value else "this does not say what the flag can be", _FLAG_FORMS


def for_block(node: Mapping, forms: Iterable[str]) -> tuple[Node, str]:
    """Where and what help is due for a mapping in a text that is no block of it; `forms` are the keys of blocks."""
    keys = [key for key, _ in node.entries]
    if dash := next((key for key in keys if key.value.startswith("-")), None):
        return dash, f'a space is missing after the dash: write "- {dash.value[1:]}"'
    for form, telling in (("match", ("cases",)), ("vary", ("of",)), ("when", ("text", "else", "then"))):
        strange = next((key for key in keys if key.value not in (*telling, "else")), None)
        if strange is not None and any(key.value in telling for key in keys):
            return strange, f'a block of this kind begins with "{form}"'
    if len(keys) > 1 and keys[0].start.line < keys[1].start.line:
        return keys[1], f'begin each spoken line with a dash of its own: "- {keys[1].value}: …"'
    help_line = f"a spoken line is one name and one text; other blocks start with {', '.join(forms)}"
    return keys[1] if len(keys) > 1 else node, help_line


def for_number(text: str) -> str | None:
    """What to write for a number that is not whole, or no number."""
    if text.lower() in NUMBERS:
        return f"write {NUMBERS.index(text.lower())}"
    if re.fullmatch(r"\d+\s*%", text):
        return f"write {text.rstrip('% ')}"
    return "count in smaller steps, say in tenths" if re.fullmatch(r"-?\d*[.,]\d+", text) else None


def close_id(name: str) -> str:
    """What was written, in small letters, digits and low lines; no id where it begins with a digit."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def for_id(name: str) -> str:
    """An id that is close to what was written, with what ids are made of."""
    rules = "ids start with a small letter a-z and go on with a-z, 0-9 and _"
    close = close_id(name)
    return f'write "{close}"; {rules}' if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", close) else rules


def for_name(node: Node, field: str | None) -> str | None:
    """What to write where the name of something was wanted, and more was written."""
    if (known := NAMES.get(field or "")) is not None:
        return known
    if isinstance(node, Mapping) and node.entries:
        return f'write only the name, as in "{node.entries[0][0].value}"'
    return "write one name, without brackets and dashes" if isinstance(node, Sequence) else None


def for_list(node: Node, field: str | None) -> str | None:
    """What to write where a list was wanted."""
    if (known := LISTS.get(field or "")) is not None:
        return known
    return f"write [{node.value}]" if isinstance(node, Scalar) and node.value else None


def for_table(field: str | None) -> str | None:
    """What to write where names with their values were wanted; None for ids that are the author's own."""
    return TABLES_OF_NAMES.get(field or "")


def for_key(called: str, key: str) -> str | None:
    """What to say of a key that is written out of habit, or with a dash that has no space behind it."""
    if re.fullmatch(r"-[^\W\d]\w*", key):
        return f'a space is missing after the dash: write "- {key[1:]}"'
    return KEYS.get(called, {}).get(key) or DEFAULT.get(called)


def for_missing(called: str, key: str) -> str | None:
    """What stands behind a key that must be there."""
    return NEEDED.get(called, {}).get(key)


def instead(called: str, keys: Table[str, bool], node: Node) -> str | None:
    """What to write in place of something that is no mapping; `keys` are those that it could have had."""
    if isinstance(node, Sequence):
        return "leave out the dash before each key, or the brackets"
    if is_nothing(node):
        return "what belongs to it stands on the lines below it, two spaces further in"
    assert isinstance(node, Scalar)
    first, _, rest = node.value.partition(" ")
    if first.rstrip(":") in keys and rest:
        return f"write {{{first.rstrip(':')}: {rest}}}"
    if called in ALONE:
        return f"write {{{ALONE[called]}: {inline(node, flow=True)}}}"
    return _with_keys(key for key, required in keys.items() if required)


def _with_keys(keys: Iterable[str]) -> str | None:
    found = ", ".join(f"{key}: …" for key in keys)
    return f"write {{{found}}}" if found else None
