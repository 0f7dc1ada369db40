"""The slips that stop a YAML parser, recognised in the text around the place where it stopped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

BLOCK_HELP = 'write it indented on the lines below a "|"'


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
    below = indentation(text, at) > indentation(text, begin) or column_at(text, at) == column_at(text, begin)
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
    indent = indentation(text, at)
    if indent <= indentation(text, failure.last_start):
        return None
    sign, number = text[failure.last_start], line_number(text, failure.last_start)
    message = f'this line is indented less than the first line of the text that "{sign}" begins on line {number}'
    help_line = "indent all lines of that text by the same number of spaces; empty lines before it must hold no spaces"
    return Wording(at, stop, message, help_line)


def column_at(text: str, at: int) -> int:
    """How far in a place stands on its line."""
    return at - line_around(text, at)[0]


def indentation(text: str, at: int) -> int:
    """How far in the line at a place begins."""
    start, stop = line_around(text, at)
    return len(text[start:stop]) - len(text[start:stop].lstrip(" "))
