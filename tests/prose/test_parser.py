"""Reading prose takes work in proportion to its length, whatever is in it."""

from __future__ import annotations

from typing import SupportsIndex

import pytest

from waymeet.expressions.syntax import ExpressionError
from waymeet.prose.parser import parse_prose
from waymeet.prose.syntax import Line, Matched, Paragraph, ProseError, Words

#: So many that work which grows with the square of the length would take minutes.
MANY = 300_000


class Counted(str):
    """A text that counts the characters that are copied out of it."""

    __slots__ = ("copied",)
    copied: int

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        found = super().__getitem__(key)
        self.copied = getattr(self, "copied", 0) + len(found)
        return found


@pytest.mark.parametrize(
    "text",
    [
        "{mood?" + " " * MANY,
        "{mood? cold" + " " * MANY,
        "{mood? cold: a |" + " " * MANY + "}",
        "{" + " " * MANY,
        "{" + "(" * MANY,
        "a" + " " * MANY + "}",
    ],
    ids=["label", "after a label", "second label", "header", "brackets", "words"],
)
def test_what_is_no_prose_is_refused_at_once(text: str) -> None:
    with pytest.raises((ProseError, ExpressionError)):
        parse_prose(text)


def test_blanks_around_a_label_are_skipped_at_once() -> None:
    blank = " " * MANY
    (part,) = parse_prose(f"{{mood?{blank}cold{blank}:{blank}yes{blank}| else: no}}")
    assert isinstance(part, Matched)
    first, last = part.cases
    assert (first.label, last.label) == ("cold", "else")
    assert (first.start, first.end) == (6 + MANY, 10 + MANY)


def test_escapes_do_not_copy_the_rest_of_the_text() -> None:
    text = Counted(r"\{" * 2_000)
    assert len(parse_prose(text)) == 2_000
    assert text.copied < 10 * len(text)


@pytest.mark.parametrize("text", ["a\\", "a\\  ", "a\\\n", "a\\\nb"])
def test_a_backslash_at_the_end_of_a_line_breaks_it(text: str) -> None:
    words, line, *_ = parse_prose(text)
    assert isinstance(words, Words)
    assert isinstance(line, Line)


@pytest.mark.parametrize("text", ["a\\\n\nb", "a\\\n \n\nb"])
def test_an_empty_line_counts_more_than_a_backslash_before_it(text: str) -> None:
    for folded in (False, True):
        _, end, _ = parse_prose(text, folded=folded)
        assert isinstance(end, Paragraph)


def test_many_blank_lines_at_the_ends_are_left_out_at_once() -> None:
    blank = "\t\n" * MANY
    (words,) = parse_prose(f"{blank}a{blank}", verse=False)
    assert isinstance(words, Words)
    assert words.text == "a"
