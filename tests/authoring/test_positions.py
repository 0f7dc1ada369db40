"""Every character of a scalar's value is found again in the file, however the scalar was written."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from waymeet.authoring.positions import line_column, pieces, span_between
from waymeet.authoring.source import Mapping, Node, Scalar, Sequence, Source, read_source
from waymeet.authoring.tree import parts
from waymeet.diagnostics import Span

LAW = settings(deadline=None, max_examples=500)


def value_of(text: str) -> tuple[Source, Scalar]:
    """The value of the key `k` of a file."""
    source, findings = read_source("f.yaml", text.encode())
    assert findings == []
    assert isinstance(source.root, Mapping)
    value = next(value for key, value in source.root.entries if key.value == "k")
    if isinstance(value, Sequence):
        value = value.items[0]
    assert isinstance(value, Scalar)
    return source, value


def sources(text: str) -> list[str]:
    """The text of the file behind each character of the value of `k`."""
    source, scalar = value_of(text)
    found = pieces(source.text, scalar.start.index, scalar.end.index, scalar.style, scalar.value)
    assert found is not None
    return [source.text[piece.start : piece.end] for piece in found]


def place(text: str, word: str) -> tuple[int, int, int, int]:
    source, scalar = value_of(text)
    at = scalar.value.index(word)
    span = source.span_in(scalar, at, at + len(word))
    return span.line, span.column, span.end_line, span.end_column


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k: ab\n", ["a", "b"]),
        ("k: a  b\n", ["a", " ", " ", "b"]),
        ("k: a  \n\n \n   b\n", ["a", "\n", "\n", "b"]),
        ("k: a \n  b\n", ["a", "\n", "b"]),
        ("k: 'it''s'\n", ["i", "t", "''", "s"]),
        ("k: ' a\n\n  b '\n", [" ", "a", "\n", "b", " "]),
        ("k: 'a\n  '\n", ["a", "\n"]),
        ('k: "a\\"\\x41\\u00e9\\U0001F600\\_\\t"\n', ["a", '\\"', "\\x41", "\\u00e9", "\\U0001F600", "\\_", "\\t"]),
        ('k: "a \\\n   b"\n', ["a", " ", "b"]),
        ('k: "a\\\n\n   b"\n', ["a", "\n", "b"]),
        ('k: "a\n   \\ b"\n', ["a", "\n", "\\ ", "b"]),
        ("k: |\n  a\n   b\n\n  c\n", ["a", "\n", " ", "b", "\n", "\n", "c", "\n"]),
        ("k: |-\n  a\n\n\n", ["a"]),
        ("k: |+\n  a\n\n\n", ["a", "\n", "\n", "\n"]),
        ("k: |2\n    a\n", [" ", " ", "a", "\n"]),
        ("k: |1-  # note\n\n   a\n  b", ["\n", " ", " ", "a", "\n", " ", "b"]),
        ("k: |\n\n  \n  a\n", ["\n", "\n", "a", "\n"]),
        ("k: |\n  a\n     \n  b\n", ["a", "\n", " ", " ", " ", "\n", "b", "\n"]),
        ("k: |1\n    \n", [" ", " ", " ", "\n"]),
        ("k: |+\n\n\n", ["\n", "\n"]),
        ("k:\n  - |\n    a\n", ["a", "\n"]),
        ("k: >\n  a\n  b\n\n  c\n", ["a", "\n", "b", "\n", "c", "\n"]),
        ("k: >-\n  a\n   b\n  c\n", ["a", "\n", " ", "b", "\n", "c"]),
        ("k: >+\n\n  a\n\n   b\n\n", ["\n", "a", "\n", "\n", " ", "b", "\n", "\n"]),
        ("k: >2\n   a\n  b\n", [" ", "a", "\n", "b", "\n"]),
        ("k: é😀\r\n", ["é", "😀"]),
    ],
)
def test_what_stands_for_each_character(text: str, expected: list[str]) -> None:
    assert sources(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k: one\n  two three\n", (2, 7, 2, 12)),
        ("k: 'it''s\n  so three'\n", (2, 6, 2, 11)),
        ('k: "\\u00e9\\t\n  \\"three\\""\n', (2, 5, 2, 10)),
        ("k: |\n  one\n\n    two three\n", (4, 9, 4, 14)),
        ("k: >\n  one\n  two\n  three\n", (4, 3, 4, 8)),
        ("j: é\nk: [one three]\n", (2, 9, 2, 14)),
        ("j: 1\r\nk: |\r\n  one\r\n  three\r\n", (4, 3, 4, 8)),
    ],
)
def test_the_place_of_a_word(text: str, expected: tuple[int, int, int, int]) -> None:
    assert place(text, "three") == expected


def test_a_word_that_is_broken_over_two_lines() -> None:
    assert place("k: one\n  two\n", "one two") == (1, 4, 2, 6)


def test_a_newline_belongs_to_the_line_it_ends() -> None:
    assert place("k: |\n  one\n  two\n", "one\n") == (2, 3, 2, 7)
    assert place("k: |\n  one\n  two\n", "\n") == (2, 6, 2, 7)


def test_pieces_that_do_not_agree_with_the_value_are_not_trusted() -> None:
    assert pieces("k: abc", 3, 6, "plain", "abd") is None


def test_lines_and_columns_count_from_one() -> None:
    text = "ab\n\nc"
    assert [line_column(text, at) for at in range(7)] == [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 2)]
    assert span_between("f", text, 1, 5) == Span("f", 1, 2, 3, 2)


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *"abé😀.,",
            " ",
            "  ",
            "\t",
            "\n",
            "\n  ",
            "\n   ",
            "\n    ",
            "''",
            "\\n",
            '\\"',
            "\\\n  ",
            "\\x41",
            ": ",
            " #",
        ]
    ),
    min_size=1,
    max_size=25,
).map("".join)
HEADERS = st.sampled_from(["|", "|-", "|+", "|1", "|2-", "|+3", ">", ">-", ">+", ">1", ">2+", "> # note", "| # note"])


@st.composite
def written(draw: st.DrawFn) -> str:
    """A file whose key `k` holds text in one of the styles; not always one that YAML accepts."""
    body = draw(FRAGMENTS)
    form = draw(st.sampled_from(["{}", "'{}'", '"{}"', "block", "[{}]", "['{}', x]"]))
    value = f"{draw(HEADERS)}\n  {body}" if form == "block" else form.format(body)
    before = draw(st.sampled_from(["", "j: ü\n", "# é\n\n"]))
    return f"{before}k: {value}{draw(st.sampled_from(['', chr(10), chr(10) + 'z: 1' + chr(10), chr(10) * 3]))}"


def scalars(node: Node) -> list[Scalar]:
    return [node] if isinstance(node, Scalar) else [found for part in parts(node) for found in scalars(part)]


@LAW
@given(written())
def test_every_character_has_its_place(text: str) -> None:
    source, _ = read_source("f.yaml", text.encode())
    assume(source.root is not None)
    assert source.root is not None
    for scalar in scalars(source.root):
        assert_placed(source, scalar)


def assert_placed(source: Source, scalar: Scalar) -> None:
    """The pieces follow one another, and each is the character itself, a fold, an escape or a doubled apostrophe."""
    found = pieces(source.text, scalar.start.index, scalar.end.index, scalar.style, scalar.value)
    assert found is not None
    at = scalar.start.index
    for number, piece in enumerate(found):
        assert at <= piece.start < piece.end <= len(source.text) + 1
        at = piece.end
        behind = source.text[piece.start : piece.end]
        folded = piece.char in " \n" and behind in ("\n", "")
        escaped = scalar.style == "double" and behind.startswith("\\")
        assert behind == piece.char or folded or escaped or (scalar.style, behind) == ("single", "''")
        span = source.span_in(scalar, number, number + 1)
        shown = source.text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]
        assert span.line == span.end_line
        assert shown == behind.removesuffix("\n")


@LAW
@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1),
    st.sampled_from(["'", '"']),
)
def test_text_in_quotes_maps_one_to_one(text: str, quote: str) -> None:
    inner = text.replace("'", "''") if quote == "'" else text.replace("\\", "\\\\").replace('"', '\\"')
    source, scalar = value_of(f"k: {quote}{inner}{quote}\n")
    assert scalar.value == text
    for at, char in enumerate(text):
        span = source.span_in(scalar, at, at + 1)
        assert source.text[span.column - 1 : span.end_column - 1][-1] == char
