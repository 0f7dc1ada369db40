"""Lines that begin too far in or too far out for the parser, and dashes in the wrong place."""

from __future__ import annotations

import re

from waymeet.authoring.layout import SHAPES, TABLES
from waymeet.authoring.yaml_slips import (
    Failure,
    Wording,
    at_line_start,
    column_at,
    indentation,
    line_around,
    line_number,
)

ID_HELP = (
    'write an id and a colon in place of each dash, as in "go_in:", and the rest on the lines below it, two spaces '
    "further in"
)
_MAX_LINES_BACK = 2000
#: The keys of nodes and choices that no file has itself.
_STEP_KEYS = (SHAPES["node"].keys | SHAPES["choice"].keys).keys() - SHAPES["story"].keys.keys()
#: The keys below which ids stand, and no dashes.
_NAMED = {key for shape in SHAPES.values() for key, name in shape.keys.items() if name in TABLES}


def at_the_margin(text: str, at: int) -> Wording | None:
    """A key of a node, or of a choice, in the first column, though lines before and after it stand further in."""
    found: Wording | None = None
    while (key := re.compile(r"(\w+):(?=\s)").match(text, at)) and key.group(1) in _STEP_KEYS:
        above = columns_above(text, at)
        inner = min((column for column in above if column > 2), default=4)
        message = f'"{key.group(1)}" stands in the first column, and what stands there belongs to the file'
        like = f" to line up with {above[inner]}" if inner in above else ""
        found = Wording(at, key.end(1), message, f"if it belongs to a node, indent it by {inner} spaces{like}")
        if at == 0:
            break
        at = text.rfind("\n", 0, at - 1) + 1
    return found


def misaligned(failure: Failure) -> Wording | None:
    """A line that begins at a column where nothing above it begins."""
    text, at = failure.text, failure.at
    if not at_line_start(text, at) or at >= len(text):
        return None
    indent = indentation(text, at)
    above = columns_above(text, at)
    if indent in above:
        return _mixed(failure)
    if (outside := at_the_margin(text, _line_above(text, at)[0])) is not None:
        return outside
    start, stop = line_around(text, at)
    options = [f"by {column} to line up with {what}" for column, what in _nearest(above, indent)]
    kind = "list item" if text[start:stop].lstrip().startswith("- ") else "line"
    message = f"this {kind} is indented by {_spaces(indent)}, and nothing above it is indented like that"
    help_line = f"indent it {', or '.join(options)}" if options else "indent it like the lines above it"
    return Wording(start + indent, stop, message, help_line)


def _mixed(failure: Failure) -> Wording:
    """A line that lines up, but is a list item among keys, or a key among list items."""
    start, stop = line_around(failure.text, failure.at)
    start += indentation(failure.text, failure.at)
    dash = tight_dash(failure.text, start) or _dash_for_a_name(failure, start)
    if dash is not None:
        return dash
    if failure.text.startswith("-", start):
        message = "this is a list item, but the lines above it at this indentation are keys"
        return Wording(start, stop, message, "put the list under a key of its own, or delete the dash")
    above, end = _line_above(failure.text, start)
    is_beside = indentation(failure.text, above) == column_at(failure.text, start)
    if is_beside and not failure.text[above:end].lstrip().startswith("- ") and ":" not in failure.text[above:end]:
        above += indentation(failure.text, above)
        message = "there is no colon on this line, so it is no key"
        return Wording(above, above + len(failure.text[above:end].rstrip()), message, 'write "key: value"')
    message = "this is no list item, but it stands inside the list above it"
    return Wording(start, stop, message, 'begin it with "- ", or indent it like the key that the list belongs to')


def tight_dash(text: str, at: int) -> Wording | None:
    """A dash at the beginning of a list item, with no space behind it."""
    found = re.compile(r"-([^\W\d]\w*|[{\"'])").match(text, at)
    if found is None:
        return None
    return Wording(at, at + 1, "a space is missing after this dash", f'write "- {found.group(1)}…"')


def _dash_for_a_name(failure: Failure, at: int) -> Wording | None:
    """A list item, or a list, below a key where each thing begins with an id of its own."""
    if not failure.nest:
        return None
    first = failure.nest[-1]
    above, stop = _line_above(failure.text, first)
    key = re.fullmatch(r"\s*(?:- +)*(\w+):\s*", failure.text[above:stop])
    dash = next((place for place in (first, at) if failure.text.startswith("- ", place)), None)
    if dash is None or key is None or key.group(1) not in _NAMED:
        return None
    message = f'what stands below "{key.group(1)}" begins with an id, not with a dash'
    return Wording(dash, dash + 1, message, ID_HELP)


def _line_above(text: str, at: int) -> tuple[int, int]:
    """The nearest line above that says something, without its comment."""
    start, stop = line_around(text, at)
    for _ in range(_MAX_LINES_BACK):
        if start == 0:
            break
        start, stop = line_around(text, start - 1)
        words = text[start:stop].split(" #", maxsplit=1)[0]
        if words.strip() and not words.lstrip().startswith("#"):
            return start, start + len(words)
    return start, stop


def columns_above(text: str, at: int) -> dict[int, str]:
    """The indentations that enclose a line, innermost first, each with the line it was seen on."""
    found: dict[int, str] = {}
    start, _ = line_around(text, at)
    least = len(text)
    for _ in range(_MAX_LINES_BACK):
        if start == 0 or least == 0:
            break
        start, stop = line_around(text, start - 1)
        line = text[start:stop]
        dashes = re.match(r" *(- +)*", line)
        words = line.strip()
        columns = [dashes.end(), indentation(text, start)] if dashes and words and words[0] != "#" else []
        for column in (column for column in columns if column < least):
            least = column
            found[column] = f'"{line[column:].split(":")[0].strip()[:30]}" (line {line_number(text, start)})'
    return found


def _nearest(above: dict[int, str], indent: int) -> list[tuple[int, str]]:
    """The closest indentation on either side of one that fits nothing."""
    deeper = [column for column in above if column > indent][-1:]
    outer = [column for column in above if column < indent][:1]
    return [(column, above[column]) for column in deeper + outer]


def _spaces(number: int) -> str:
    return "1 space" if number == 1 else f"{number} spaces"
