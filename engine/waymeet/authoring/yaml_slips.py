"""The slips that stop a YAML parser, recognised in the text around the place where it stopped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

BLOCK_HELP = 'write it indented on the lines below a "|"'
MAX_LINES_BACK = 2000


class Wording(NamedTuple):
    """What to tell the author of `text[start:end]`."""

    start: int
    end: int
    message: str
    help: str
    rule: str = "yaml-syntax"


@dataclass(frozen=True, slots=True)
class Failure:
    """What the parser said of `text`, and where: `at` is where it stopped, `begin` where the thing it was in began.

    The last thing that it could read is `text[last_start:last_end]`, a scalar if `last_style` is not empty. `nest` are
    the places of the lists and mappings that are open, outermost first.
    """

    text: str
    problem: str
    context: str
    at: int
    begin: int
    last_style: str = ""
    last_start: int = 0
    last_end: int = 0
    nest: tuple[int, ...] = ()

    def word(self, at: int) -> tuple[int, int]:
        """The word at a place; at the end of the file, the last one there is."""
        if not self.text[at:].strip():
            at = len(self.text.rstrip())
            return max(at - 1, 0), at
        found = re.compile(r"\s*([^\s,\]}]+|\S)").match(self.text, at)
        return found.span(1) if found else (at, at)

    def bracket(self) -> int | None:
        """Where the innermost bracket opens that is still open."""
        return next((at for at in reversed(self.nest) if self.text[at : at + 1] in ("[", "{")), None)


def line_around(text: str, at: int) -> tuple[int, int]:
    """Where the line at a place starts and ends, its newline left out."""
    stop = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, len(text) if stop < 0 else stop


def line_number(text: str, at: int) -> int:
    """The number of a line, from 1."""
    return text.count("\n", 0, at) + 1


def at_line_start(text: str, at: int) -> bool:
    """Whether nothing but indentation and list dashes stands before a place on its line."""
    return re.fullmatch(r"\s*(- +)*", text[line_around(text, at)[0] : at]) is not None


def quote_help(failure: Failure, at: int) -> str:
    """How to write text that YAML takes for something else; names the key when there is one on the line."""
    start, _ = line_around(failure.text, at)
    key = re.match(r"[ \t]*(?:- +)*([\w-]+):(?=\s)", failure.text[start:at])
    below = f'"{key.group(1)}: |"' if key else 'a "|"'
    return f"put the whole text in quotes, or write it indented on the lines below {below}"


def in_the_way(failure: Failure) -> Wording | None:
    """The slip that left something where the parser wanted the next key or item."""
    for look in (_question_mark, _after_quote, _after_bracket, _stray, _after_comment, _block_indent):
        found = look(failure)
        if found is not None:
            return found
    return None


def _question_mark(failure: Failure) -> Wording | None:
    """Unquoted text with a question mark between brackets, which the parser does not take."""
    at = failure.at
    if failure.text[at : at + 1] != "?" and failure.text[at - 1 : at] == "?":
        at -= 1
    if failure.text[at : at + 1] != "?" or re.search(r"\{\s*\w+$", failure.text[:at]):  # `{mood? …}` is prose itself
        return None
    message = "between brackets, text with a question mark has to be in quotes"
    return Wording(at, at + 1, message, f"put all of the text in quotes, or {BLOCK_HELP}")


def _after_quote(failure: Failure) -> Wording | None:
    """Text that goes on after its closing quote; when the quote spans lines, the first of them was never closed."""
    text, at, begin, end = failure.text, failure.at, failure.last_start, failure.last_end
    if failure.last_style not in ("single", "double") or text[end:at].strip(" \t"):
        return None
    quote = text[begin : begin + 1]
    apostrophe = " (two apostrophes stand for one)" if quote == "'" else ' (inside it, \\" stands for a quote)'
    if "\n" in text[begin:end]:
        number = line_number(text, end)
        message = f"the quote that opens here ({quote}) closes only on line {number}, and text follows it there"
        return Wording(begin, begin + 1, message, f"close it where the text ends{apostrophe}, or {BLOCK_HELP}")
    start, stop = failure.word(at)
    message = f"text goes on after its closing quote ({quote})"
    return Wording(start, stop, message, f"put all of the text inside the quotes{apostrophe}, or {BLOCK_HELP}")


def _after_bracket(failure: Failure) -> Wording | None:
    """Text that begins with a bracket, so that what follows the closing one is too much."""
    text, at, end = failure.text, failure.at, failure.last_end
    if failure.last_style or text[end - 1 : end] not in ("]", "}") or text[end:at].strip(" \t") or at >= len(text):
        return None
    if failure.bracket() is not None and text[at] in "]},:\n":
        return None
    pair = "{…}" if text[end - 1] == "}" else "[…]"
    start, stop = failure.word(at)
    message = f"text goes on after {pair}, which YAML takes for a list or for keys of its own"
    return Wording(start, stop, message, quote_help(failure, at))


def _stray(failure: Failure) -> Wording | None:
    """A closing bracket or a colon with nothing before it."""
    char = failure.text[failure.at : failure.at + 1]
    if char in ("]", "}") and failure.bracket() is None:
        return Wording(
            failure.at, failure.at + 1, f'"{char}" closes nothing here', "delete it, or put the text in quotes"
        )
    if char == ":" and at_line_start(failure.text, failure.at):
        return Wording(failure.at, failure.at + 1, "there is no key before this colon", "write the key before it")
    return None


def _after_comment(failure: Failure) -> Wording | None:
    """Unquoted text with a `#` in it: what follows is a comment, and the next line of text is left over."""
    found = re.compile(r"[ \t]+(#[^\n]*)\n").match(failure.text, failure.last_end)
    if failure.last_style != "plain" or not found or not at_line_start(failure.text, failure.at):
        return None
    text, at, begin = failure.text, failure.at, failure.last_start
    below = _indent(text, at) > _indent(text, begin) or _column(text, at) == _column(text, begin)
    if not below or re.compile(r"[\w-]+:(?=\s)").match(text, at):
        return None
    message = 'everything from " #" on is a comment, so the text ends here although it goes on on the next line'
    start, stop = found.span(1)
    return Wording(
        start, stop, message, f"put the whole text in quotes, or {BLOCK_HELP}; delete the # if it is not meant"
    )


def _block_indent(failure: Failure) -> Wording | None:
    """A line of a block of text that is indented less than the first one."""
    text, at = failure.text, failure.at
    if (
        failure.last_style not in ("literal", "folded")
        or not at_line_start(text, at)
        or text[failure.last_end : at].strip()
    ):
        return None
    _, stop = line_around(text, at)
    indent = _indent(text, at)
    if indent <= _indent(text, failure.last_start):
        return None
    sign, number = text[failure.last_start], line_number(text, failure.last_start)
    message = f'this line is indented less than the first line of the text that "{sign}" begins on line {number}'
    help_line = "indent all lines of that text by the same number of spaces; empty lines before it must hold no spaces"
    return Wording(at, stop, message, help_line)


def _column(text: str, at: int) -> int:
    return at - line_around(text, at)[0]


def _indent(text: str, at: int) -> int:
    start, stop = line_around(text, at)
    return len(text[start:stop]) - len(text[start:stop].lstrip(" "))


def misaligned(failure: Failure) -> Wording | None:
    """A line that begins at a column where nothing above it begins."""
    text, at = failure.text, failure.at
    if not at_line_start(text, at) or at >= len(text):
        return None
    indent = _indent(text, at)
    above = _columns_above(text, at)
    if indent in above:
        return _mixed(failure)
    start, stop = line_around(text, at)
    options = [f"by {column} to line up with {what}" for column, what in _nearest(above, indent)]
    kind = "list item" if text[start:stop].lstrip().startswith("- ") else "line"
    message = f"this {kind} is indented by {_spaces(indent)}, and nothing above it is indented like that"
    help_line = f"indent it {', or '.join(options)}" if options else "indent it like the lines above it"
    return Wording(start + indent, stop, message, help_line)


def _mixed(failure: Failure) -> Wording:
    """A line that lines up, but is a list item among keys, or a key among list items."""
    start, stop = line_around(failure.text, failure.at)
    start += _indent(failure.text, failure.at)
    if failure.text.startswith("-", start):
        message = "this is a list item, but the lines above it at this indentation are keys"
        return Wording(start, stop, message, "put the list under a key of its own, or delete the dash")
    above, end = _line_above(failure.text, start)
    if not failure.text[above:end].lstrip().startswith("- ") and ":" not in failure.text[above:end]:
        above += _indent(failure.text, above)
        message = "there is no colon on this line, so it is no key"
        return Wording(above, above + len(failure.text[above:end].rstrip()), message, 'write "key: value"')
    message = "this is no list item, but it stands inside the list above it"
    return Wording(start, stop, message, 'begin it with "- ", or indent it like the key that the list belongs to')


def _line_above(text: str, at: int) -> tuple[int, int]:
    """The nearest line above that says something, without its comment."""
    start, stop = line_around(text, at)
    for _ in range(MAX_LINES_BACK):
        if start == 0:
            break
        start, stop = line_around(text, start - 1)
        words = text[start:stop].split(" #", maxsplit=1)[0]
        if words.strip() and not words.lstrip().startswith("#"):
            return start, start + len(words)
    return start, stop


def _columns_above(text: str, at: int) -> dict[int, str]:
    """The indentations that enclose a line, innermost first, each with the line it was seen on."""
    found: dict[int, str] = {}
    start, _ = line_around(text, at)
    least = len(text)
    for _ in range(MAX_LINES_BACK):
        if start == 0 or least == 0:
            break
        start, stop = line_around(text, start - 1)
        line = text[start:stop]
        dashes = re.match(r" *(- +)*", line)
        words = line.strip()
        columns = [dashes.end(), _indent(text, start)] if dashes and words and words[0] != "#" else []
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
