"""YAML's own errors in a writer's words: what is wrong, where it really is, and what to write instead.

The parser notices a slip later than it was made and names it after its grammar. Each function here takes one of the
parser's messages and looks at the text around the place for the slip that most often causes it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from waymeet.authoring.yaml_colons import colon, effect_with_colon, no_colon, tight_colon
from waymeet.authoring.yaml_depth import misaligned
from waymeet.authoring.yaml_slips import (
    BLOCK_HELP,
    Failure,
    Wording,
    in_the_way,
    line_around,
    quote_help,
)

Explainer: TypeAlias = Callable[[Failure], Wording | None]

_SIGILS = {"*": "an alias", "&": "an anchor", "!": "a tag"}
_HALF_CHARACTER = "write the character itself; files are UTF-8"
_BACKSLASH = 'write \\\\ for a backslash, or put the text below a "|", where a backslash is only a backslash'


def explain(failure: Failure) -> Wording:
    """What to tell the author about an error of the parser. Never raises; the last resort quotes the parser."""
    said = f"{failure.context}: {failure.problem}"
    for words, explainer in _EXPLAINERS:
        if words in said:
            found = explainer(failure)
            if found is not None:
                return found
    return _unexplained(failure)


def _unexplained(failure: Failure) -> Wording:
    start, end = failure.word(failure.at)
    message = f"this line cannot be read as YAML: {failure.problem}"
    return Wording(start, end, message, quote_help(failure, start))


def _first_character(failure: Failure) -> Wording | None:
    """`cannot start any token`: a tab, or a character that YAML keeps for itself."""
    char = failure.text[failure.at : failure.at + 1]
    if char == "\t":
        return _tab(failure)
    message = f'unquoted text may not begin with "{char}"'
    return Wording(failure.at, failure.at + 1, message, quote_help(failure, failure.at)) if char else None


def _tab(failure: Failure) -> Wording | None:
    at = failure.at
    end = at + len(failure.text[at:]) - len(failure.text[at:].lstrip("\t"))
    if end == at:
        return None
    start, stop = line_around(failure.text, at)
    message = "this line is indented with a tab"
    if not failure.text[start:stop].strip():
        message = "there is a tab on this empty line"
    elif failure.text[start:at].strip():
        message = "a tab may not stand here"
    return Wording(at, end, message, "use spaces; most editors can be told to write spaces for the tab key")


def _reserved(failure: Failure) -> Wording | None:
    """An alias, an anchor or a tag that is none: text that begins with one of their signs."""
    sign = failure.text[failure.begin : failure.begin + 1]
    if sign not in _SIGILS:
        return None
    start, end = failure.word(failure.begin)
    message = f'unquoted text may not begin with "{sign}", which YAML takes for {_SIGILS[sign]}'
    rule = "unsafe-yaml" if "tag handle" in failure.problem else "yaml-syntax"
    return Wording(start, end, message, quote_help(failure, start), rule)


def _open_quote(failure: Failure) -> Wording | None:
    quote = failure.text[failure.begin : failure.begin + 1]
    if quote == "'":
        help_line = "write another ' where the text ends; if this is an apostrophe, put the whole text in double quotes"
    else:
        help_line = 'write another " where the text ends'
    message = f"the quote that opens here ({quote}) is never closed"
    return Wording(failure.begin, failure.begin + 1, message, f"{help_line}, or {BLOCK_HELP}")


def _escape(failure: Failure) -> Wording | None:
    """A backslash in double quotes that stands for nothing."""
    at = failure.text.rfind("\\", 0, failure.at + 1)
    if at < failure.begin:
        return None
    found = re.compile(r"\\(x\w{0,2}|u\w{0,4}|U\w{0,8}|.|$)").match(failure.text, at)
    escape = found.group() if found else "\\"
    end = at + len(escape)
    if "Unicode" in failure.problem:
        number = escape[2:]
        half = int(number, 16) <= sys.maxunicode
        message = f"{escape} is {'half a character (a lone surrogate)' if half else 'no character'}"
        return Wording(at, end, message, _HALF_CHARACTER, "unsafe-yaml")
    return Wording(at, end, f"{escape} has no meaning inside double quotes", _BACKSLASH)


def _block_header(failure: Failure) -> Wording | None:
    sign = failure.text[failure.begin : failure.begin + 1]
    _, stop = line_around(failure.text, failure.begin)
    message = f'text may not stand on the same line as "{sign}"'
    help_line = f'put it on the next line, indented; if the text itself begins with "{sign}", put it in quotes'
    return Wording(failure.begin, stop, message, help_line)


def _dash(failure: Failure) -> Wording | None:
    message = 'unquoted text may not begin with "- ", and a list may not begin on the line of its key'
    help_line = "put the first item of a list on the next line; if it is text, put it in quotes"
    return Wording(failure.at, failure.at + 1, message, help_line)


def _question(failure: Failure) -> Wording | None:
    message = 'unquoted text may not begin with "? "'
    return Wording(failure.at, failure.at + 1, message, quote_help(failure, failure.at))


def _bracket(failure: Failure) -> Wording | None:
    """`expected ',' or ']'`: a bracket never closed, prose that begins with one, or a slip between brackets."""
    text, at, opened = failure.text, failure.at, failure.begin
    sign = text[opened : opened + 1]
    close = {"[": "]", "{": "}"}.get(sign)
    if close is None:
        return None
    _, stop = line_around(text, opened)
    slip = in_the_way(failure)
    if slip is not None:
        return slip
    if at >= stop or not text[at:stop].strip():
        message = f'"{sign}" opens here and is never closed'
        return Wording(opened, opened + 1, message, f'write "{close}" where it ends; if it is text, {BLOCK_HELP}')
    if text[at] == ":":
        if (effect := effect_with_colon(failure)) is not None:
            return effect
        message = "a colon may not stand in unquoted text between brackets"
        return Wording(
            at, at + 1, message, f"put the text in quotes; if all of it from {sign} on is text, {BLOCK_HELP}"
        )
    start, end = failure.word(at)
    message = f'a comma or "{close}" is missing before this'
    return Wording(
        start, end, message, f"put text with such characters in quotes; if all from {sign} on is text, {BLOCK_HELP}"
    )


def _nothing(failure: Failure) -> Wording | None:
    """`expected node content`: a stray comma or bracket, or the end of the file."""
    text, at = failure.text, failure.at
    char = text[at : at + 1]
    bracket = failure.bracket()
    if not text[at:].strip() and bracket is not None:
        return _bracket(replace(failure, begin=bracket))
    if char in ("]", "}"):
        message = f'"{char}" closes nothing here' if bracket is None else f'something is missing before "{char}"'
        return Wording(at, at + 1, message, quote_help(failure, at))
    if char == ",":
        message = (
            "there is nothing before this comma" if bracket is not None else 'unquoted text may not begin with ","'
        )
        return Wording(at, at + 1, message, quote_help(failure, at))
    if char == ":":
        return Wording(
            at, at + 1, "there is no key before this colon", "write the key before it, or put text in quotes"
        )
    if char in ("?", "-"):
        message = f'unquoted text may not begin with "{char} ", nor a list or a key between brackets'
        return Wording(at, at + 1, message, quote_help(failure, at))
    if bracket is not None:
        message = f'what follows this "{text[bracket]}" is no list and no group of keys'
        return Wording(bracket, bracket + 1, message, f"close it where it ends; if it is text, {BLOCK_HELP}")
    return misaligned(failure)


def _item_expected(failure: Failure) -> Wording | None:
    """`expected key` and `expected '-' indicator`: something is left over, or a line does not line up."""
    return in_the_way(failure) or misaligned(failure) or _beside_quote(failure)


def _beside_quote(failure: Failure) -> Wording | None:
    """Text behind a closing quote that the parser had not handed over yet."""
    text, at = failure.text, failure.at
    start, _ = line_around(text, at)
    before = text[start:at].rstrip()
    if before[-1:] not in ("'", '"'):
        return None
    begin, end = failure.word(at)
    message = f"text goes on after its closing quote ({before[-1]})"
    return Wording(begin, end, message, quote_help(failure, at))


def _second_root(failure: Failure) -> Wording | None:
    """`expected <document start>`: the file seemed to be over."""
    text, at = failure.text, failure.at
    start, stop = line_around(text, at)
    if not text[start:at].strip() and text[:at].rstrip().endswith("\n..."):
        message = 'the line "..." ends the file, but something follows it'
        return Wording(at, stop, message, 'delete the line "..."')
    if text[start:at].strip():
        return _left_over(failure)
    message = "this line is indented less than the first key of the file"
    return Wording(at, stop, message, "let all outermost keys begin in the first column")


def _left_over(failure: Failure) -> Wording:
    start, stop = failure.word(failure.at)
    return Wording(start, stop, "this is left over: what stands before it is complete", quote_help(failure, start))


def _directive(failure: Failure) -> Wording | None:
    start, stop = line_around(failure.text, failure.begin)
    message = "directives (lines that begin with %) may not be used in a story"
    return Wording(start, stop, message, "delete the line", "unsafe-yaml")


#: Words of the parser (its context, a colon, its problem), and who explains them; the first that has an answer wins.
_EXPLAINERS: tuple[tuple[str, Explainer], ...] = (
    ("scanning a directive", _directive),
    ("%YAML", _directive),
    ("%TAG", _directive),
    ("incompatible YAML document", _directive),
    ("mapping values are not allowed", colon),
    ("found unexpected ':'", tight_colon),
    ("could not find expected ':'", no_colon),
    ("cannot start any token", _first_character),
    ("scanning an alias", _reserved),
    ("scanning an anchor", _reserved),
    ("ing a tag", _reserved),
    ("undefined tag handle", _reserved),
    ("tab character", _tab),
    ("found unexpected end of stream", _open_quote),
    ("document indicator", _open_quote),
    ("parsing a quoted scalar", _escape),
    ("scanning a block scalar", _block_header),
    ("block sequence entries are not allowed", _dash),
    ("mapping keys are not allowed", _question),
    ("expected ',' or", _bracket),
    ("expected node content", _nothing),
    ("expected '-' indicator", _item_expected),
    ("did not find expected key", _item_expected),
    ("<document start>", _second_root),
)
