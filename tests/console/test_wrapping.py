"""Breaking lines: by cells, at word boundaries, without losing anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waymeet.console.cleaning import clean
from waymeet.console.typesetting import Setting, plain, set_block
from waymeet.console.wrapping import cells, wrap
from waymeet.prose.rendering import Block, Span

#: Letters of many scripts, and what makes widths hard: marks, joiners, variation selectors, flags, wide characters.
HARD = "ab é—-'\u0301\u200d\ufe0f漢字。、ñ가👩🏽👍🇩🇪❤ﷺ\u3000\xa0\u1160\u0e33\n  "
TEXT = (st.text(st.sampled_from(HARD)) | st.text(st.characters(exclude_categories=[]))).map(clean)
SPANS = st.lists(st.builds(Span, st.sampled_from(["", "em", "strong", "em strong"]), st.text(st.sampled_from(HARD))))
BLOCKS = st.builds(Block, st.sampled_from(["paragraph", "speech", "verse", "break", "echo"]), TEXT, SPANS.map(tuple))


def _lines(text: str, measure: int) -> list[str]:
    return [text[begin:end] for begin, end in wrap(text, measure)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two three four", ["one two", "three four"]),
        ("a  b", ["a  b"]),
        ("one\n\ntwo\n", ["one", "", "two"]),
        ("incomprehensible", ["incomprehe", "nsible"]),
        ("to incomprehensible", ["to", "incomprehe", "nsible"]),
        ("漢字かな交じり文です", ["漢字かな交", "じり文です"]),
        ("これはテスト、です", ["これはテス", "ト、です"]),
        ("e\u0301" * 12, ["e\u0301" * 10, "e\u0301" * 2]),
        ("👨\u200d👩\u200d👧" * 6, ["👨\u200d👩\u200d👧" * 5, "👨\u200d👩\u200d👧"]),
        ("🇩🇪" * 6, ["🇩🇪" * 5, "🇩🇪"]),
        ("ten\u00a0cells\u00a0x", ["ten\u00a0cells\u00a0", "x"]),
    ],
)
def test_lines_of_ten_cells(text: str, lines: list[str]) -> None:
    assert _lines(text, 10) == lines


@given(TEXT, st.integers(4, 80))
def test_no_line_is_wider_than_the_measure(text: str, measure: int) -> None:
    assert all(cells(line) <= measure for line in _lines(text, measure))


@given(TEXT, st.integers(1, 80))
def test_no_text_is_lost(text: str, measure: int) -> None:
    kept = "".join(_lines(text, measure))
    assert kept.replace(" ", "") == text.replace(" ", "").replace("\n", "")


@given(BLOCKS, st.integers(12, 80), st.booleans(), st.booleans())
def test_a_block_fits_its_setting(block: Block, measure: int, marks: bool, spoken: bool) -> None:
    lines = set_block(block, Setting(measure, marks, spoken))
    assert all(cells(plain(line)) <= measure for line in lines)
