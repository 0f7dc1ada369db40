"""Slips that writers make: each is named where it was made, in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from waymeet.authoring.source import read_source
from waymeet.authoring.yaml_errors import explain
from waymeet.authoring.yaml_slips import Failure

if TYPE_CHECKING:
    from waymeet.diagnostics import Diagnostic


class Slip(NamedTuple):
    """A file, the line, the stretch of it that must be pointed at, and words of the message and of the help."""

    text: str
    line: int
    shown: str
    message: str
    help: str = ""


SLIPS = {
    "colon in text": Slip("text: He said: go\n", 1, ":", 'a colon followed by a space (": ")', '"text: |"'),
    "colon in a list item": Slip("do:\n  - a: b: c\n", 2, ":", "a colon followed by a space", "quotes"),
    "colon after a quote": Slip("a: 'x': y\n", 1, ":", "a colon followed by a space", "quotes"),
    "colon after a double colon": Slip("nodes:: a:\n", 1, ":", "a colon followed by a space"),
    "two colons": Slip("a: : b\n", 1, ":", "two colons in a row", "delete one"),
    "colon between brackets": Slip(
        "a: {b: c: d}\n", 1, ":", "a colon may not stand in unquoted text between", "quotes"
    ),
    "tight colon between brackets": Slip("a: {label:Hold it}\n", 1, ":", "a space is missing after this colon"),
    "no space after the colon": Slip("a: b\nc:d\n", 2, ":", "a space is missing after this colon", "write a space"),
    "no space after the first colon": Slip("a:b\nc: d\n", 1, ":", "a space is missing after this colon"),
    "no colon": Slip("a: b\ngoto camp\nc: d\n", 2, "goto camp", "there is no colon on this line", '"key: value"'),
    "no colon on the first line": Slip("camp\nb: c\n", 1, "camp", "there is no colon on this line"),
    "no colon further in": Slip("a:\n  b\n  c: d\n", 2, "b", "there is no colon on this line"),
    "keys under a value": Slip(
        "a: b\n  c: d\n", 2, "c:", "more of the text that begins on line 1", "not be indented further"
    ),
    "keys under a value and a comment": Slip(
        "a: b # x\n  c: d\n", 2, "c: d", "nothing above it is indented like that", 'line up with "a"'
    ),
    "key far too long": Slip("a: b\n" + "x" * 1100 + ": c\n", 2, "x" * 60, "too long for a key"),
    "text after its quote": Slip('text: "Go," she says.\n', 1, "she", 'goes on after its closing quote (")', "quotes"),
    "text after its quote in a list": Slip("- 'a' b\n", 1, "b", "goes on after its closing quote (')"),
    "text after its quote between brackets": Slip("a: ['b' c]\n", 1, "c", "goes on after its closing quote (')"),
    "apostrophe in quotes": Slip(
        "a: 'it's fine'\nb: c\n", 1, "s", "goes on after its closing quote (')", "two apostrophes"
    ),
    "empty quotes before text": Slip("a: b\n'' c: d\n", 2, "c:", "goes on after its closing quote"),
    "apostrophe that opens": Slip("text: 'tis late\nb: c\n", 1, "'", "never closed", "apostrophe"),
    "quote never closed": Slip('a:\n  text: "Go\n  b: c\n', 2, '"', "never closed", 'write another "'),
    "quote closed by the next": Slip("a: 'x\nb: 'c'\n", 1, "'", "closes only on line 2", "close it where"),
    "quote before a document": Slip("a: 'x\n---\ny'", 1, "'", "never closed"),
    "tab": Slip("a:\n\tb: c\n", 2, "\t", "indented with a tab", "spaces"),
    "tab after a value": Slip("a: b\n\t\tc: d\n", 2, "\t\t", "indented with a tab"),
    "tab in a block of text": Slip("a: |\n\tb\n", 2, "\t", "indented with a tab"),
    "tab on an empty line": Slip("a: b\n\t\nc: d\n", 2, "\t", "a tab on this empty line"),
    "tab after a dash": Slip("- \ta: b\n", 1, "\t", "a tab may not stand here"),
    "at sign": Slip("text: @jathor\n", 1, "@", 'may not begin with "@"', '"text: |"'),
    "backtick": Slip("a: `b`\n", 1, "`", 'may not begin with "`"', "quotes"),
    "percent": Slip("a: %b\n", 1, "%", 'may not begin with "%"', "quotes"),
    "comma": Slip("a: ,b\n", 1, ",", 'may not begin with ","', "quotes"),
    "emphasis": Slip("text: *Go* away\n", 1, "*Go*", 'may not begin with "*"', '"text: |"'),
    "strong emphasis": Slip("text: **Go**\n", 1, "**Go**", 'may not begin with "*"', "quotes"),
    "ampersand": Slip("a: & b\n", 1, "&", 'may not begin with "&"', "quotes"),
    "tag": Slip("a: !<b c\n", 1, "!<b", 'may not begin with "!"', "quotes"),
    "broken tag": Slip("a: !% c\n", 1, "!%", 'may not begin with "!"', "quotes"),
    "dash": Slip("text: - he said\n", 1, "-", 'may not begin with "- "', "next line"),
    "question mark": Slip("text: ? what\n", 1, "?", 'may not begin with "? "', "quotes"),
    "greater than": Slip("text: > hello\n", 1, "> hello", 'on the same line as ">"', "quotes"),
    "text after the bar": Slip("text: |hello\n", 1, "|hello", 'on the same line as "|"', "next line"),
    "condition": Slip("text: {armed: yes | no} and so on\n", 1, "and", "goes on after {…}", '"text: |"'),
    "bracketed text": Slip("text: [sic] he said\n", 1, "he", "goes on after […]", '"text: |"'),
    "comma after brackets": Slip("a: [b], c\n", 1, ",", "goes on after […]"),
    "match in text": Slip("text: {mood? a: b | c: d}\n", 1, "?", 'a comma or "}" is missing', '"|"'),
    "list never closed": Slip("a: [b, c\nd: e\n", 1, "[", '"[" opens here and is never closed', 'write "]"'),
    "keys never closed": Slip("a: {b: c\nd: e\n", 1, "{", '"{" opens here and is never closed', 'write "}"'),
    "list never closed at the end": Slip("a: [b,\n", 1, "[", "never closed"),
    "list never begun": Slip("a: b\n]\n", 2, "]", '"]" closes nothing'),
    "wrong bracket": Slip("a: {b: [c}\n", 1, "}", 'a comma or "]" is missing'),
    "two commas": Slip("a: [b,,c]\n", 1, ",", "nothing before this comma"),
    "colon between brackets first": Slip("a: {: b\n", 1, ":", "no key before this colon"),
    "list between brackets": Slip("a: [- b]\n", 1, "-", 'may not begin with "- "'),
    "item out of line": Slip(
        "a:\n  - b\n - c\n", 3, "- c", "this list item is indented by 1 space", 'by 2 to line up with "- b" (line 2)'
    ),
    "key out of line": Slip(
        "a:\n  b: c\n d: e\n", 3, "d: e", "indented by 1 space", 'by 2 to line up with "b" (line 2), or by 0'
    ),
    "key of an item out of line": Slip(
        "a:\n  - b: c\n   d: e\n", 3, "d: e", "indented by 3 spaces", 'by 4 to line up with "b"'
    ),
    "dash without a space": Slip(
        "a:\n  - b\n  -match: c\n", 3, "-", "a space is missing after this dash", '"- match…"'
    ),
    "dash without a space before text": Slip("a:\n  - b\n  -Mist.\n", 3, "-", "a space is missing after this dash"),
    "dash without a space first": Slip("a:\n  -b: c\n    d: e\n", 2, "-", "a space is missing after this dash"),
    "dash for an id": Slip(
        "choices:\n  a:\n    b: c\n  - b: c\n", 4, "-", 'below "choices" begins with an id', '"go_in:"'
    ),
    "dash for an id first": Slip(
        "choices:\n  - b: c\n    d: |\n      e\n  f:\n    b: c\n", 2, "-", "begins with an id"
    ),
    "effect with a colon": Slip("do: trust: +1\n", 1, ":", "an effect has no colon", 'write "trust += 1"'),
    "effect with a colon and a value": Slip("do: lamp: false\n", 1, ":", "no colon", 'write "lamp = false"'),
    "effect with a colon between braces": Slip("a: {do: trust: -2, b: c}\n", 1, ":", "no colon", '"trust -= 2"'),
    "key of a node at the margin": Slip(
        "nodes:\n  a:\n    text: b\ngoto: c\n  c:\n    text: d\n",
        4,
        "goto",
        "in the first column",
        "by 4 spaces to line up",
    ),
    "keys of a node at the margin before a comment": Slip(
        "nodes:\n  a:\n    text: b\ngoto: c # d\n  c:\n    text: d\n",
        4,
        "goto",
        "in the first column",
        'with "text" (line 3)',
    ),
    "key in a list": Slip("a:\n  - b\n  c: d\n", 3, "c: d", "no list item", 'begin it with "- "'),
    "item among keys": Slip("a: b\n- c\n", 2, "- c", "this is a list item", "a key of its own"),
    "first key indented": Slip("  a: b\nc: d\n", 2, "c: d", "indented less than the first key", "first column"),
    "block of text out of line": Slip(
        "a: |\n   x\n  y\n", 3, "y", "indented less than the first line", "same number of spaces"
    ),
    "block of text not indented": Slip(
        "a: |\nHello there\nb: c\n", 2, "Hello there", "not indented", "indent every line"
    ),
    "comment in text": Slip("text: He was #1\n  and more\n", 1, "#1", "is a comment", "quotes"),
    "comment in text below its key": Slip("text:\n  He was #1\n  and more\n", 2, "#1", "is a comment", "quotes"),
    "escape": Slip('text: "\\{armed"\n', 1, "\\{", "\\{ has no meaning inside double quotes", "\\\\"),
    "escape by number": Slip('text: "a\n  \\xZZ"\n', 2, "\\xZZ", "has no meaning inside double quotes"),
    "no key": Slip("a: b\n: c\n", 2, ":", "no key before this colon", "write the key"),
    "after the end of the document": Slip("a: b\n...\nc: d\n", 3, "c: d", '"..." ends the file', "delete"),
    "left over": Slip("{a: b} c\n", 1, "c", "left over"),
}


def only_finding(text: str) -> Diagnostic:
    source, findings = read_source("f.yaml", text.encode())
    assert source.root is None
    assert len(findings) == 1
    return findings[0]


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_named_where_it_was_made(slip: Slip) -> None:
    found = only_finding(slip.text)
    line = slip.text.split("\n")[found.span.line - 1]
    assert (found.rule, found.span.line) == ("yaml-syntax", slip.line)
    assert line[found.span.column - 1 : found.span.end_column - 1] == slip.shown
    assert slip.message in found.message
    assert found.help
    assert slip.help in found.help


IN_A_NODE = {
    name: slip for name, slip in SLIPS.items() if slip.text.startswith(("text: ", "a: ")) and "document" not in name
}


@pytest.mark.parametrize("slip", IN_A_NODE.values(), ids=IN_A_NODE.keys())
def test_a_slip_is_named_alike_deep_in_a_file(slip: Slip) -> None:
    lines = [
        "nodes:",
        "  x:",
        "    tags: [y]",
        "    about: |",
        "      Some: text.",
        *("    " + line for line in slip.text.split("\n")),
    ]
    found = only_finding("\n".join(line.rstrip(" ") for line in lines))
    alone = only_finding(slip.text)
    assert (found.span.line, found.span.column) == (alone.span.line + 5, alone.span.column + 4)
    assert slip.message.replace("line 1", "line 6").replace("line 2", "line 7") in found.message


def test_no_message_is_left_in_the_words_of_the_parser() -> None:
    for slip in SLIPS.values():
        message = only_finding(slip.text).message
        for word in ("mapping", "scalar", "token", "sequence", "expected", "cannot be read as YAML"):
            assert word not in message


def test_a_message_nobody_has_met_yet_is_passed_on() -> None:
    found = explain(Failure("a: b\n", "the parser is at a loss", "", 3, 3))
    assert (found.start, found.end) == (3, 4)
    assert found.message == "this line cannot be read as YAML: the parser is at a loss"


@pytest.mark.parametrize("text", ["", "\n\n", "a"])
@pytest.mark.parametrize(
    "problem", ["found unexpected end of stream", "did not find expected key", "tab character", "?"]
)
def test_a_place_at_or_behind_the_end_of_the_file(text: str, problem: str) -> None:
    found = explain(Failure(text, problem, "", len(text), len(text)))
    assert 0 <= found.start <= found.end <= len(text) + 1
