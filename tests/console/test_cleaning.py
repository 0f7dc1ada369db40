"""The gate that a story's words pass on their way to a terminal or a file."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waymeet.console.cleaning import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb", "a\nb"),
        ("a\tb", "a b"),
        ("a\x1b[31mb\x1b]0;title\x07", "a[31mb]0;title"),
        ("a\x9b31mb\x7f\r\x00", "a31mb"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\ud800b", "a\ufffdb"),
        ("\u201cna\u00efve\u201d 漢字 👩\u200d🚀", "\u201cna\u00efve\u201d 漢字 👩\u200d🚀"),
    ],
)
def test_what_a_terminal_would_obey_is_gone(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(st.characters(exclude_categories=[])))
def test_nothing_is_left_that_is_not_shown(text: str) -> None:
    kept = clean(text)
    assert not [char for char in kept if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"]
    assert not [char for char in kept if unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI")]
    kept.encode()
    assert clean(kept) == kept
