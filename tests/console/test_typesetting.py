"""How blocks of prose look on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waymeet.console.transcript import passage
from waymeet.console.typesetting import Setting, comfortable, plain, set_block, set_text
from waymeet.prose.rendering import Block, Span

if TYPE_CHECKING:
    from waymeet.runtime import Story

EM = (Span("", "so "), Span("em", "it "), Span("em strong", "is"), Span("", "."))


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (Block("paragraph", "", EM), "so *it* ***is***."),
        (Block("speech", "Fen", EM), 'Fen: "so *it* ***is***."'),
        (Block("speech", "Fen", (Span("em", '"No," she says.'),)), 'Fen: *"No," she says.*'),
        (Block("verse", "", (Span("", "one\ntwo"),)), "  one\n  two"),
        (Block("break", "", ()), "            * * *"),
        (Block("echo", "", (Span("", "a choice that is quite long now"),)), "> a choice that is quite long\n  now"),
    ],
)
def test_blocks_where_emphasis_is_marks(block: Block, written: str) -> None:
    assert "\n".join(map(plain, set_block(block, Setting(30, marks=True)))) == written


def test_styles_are_kept_apart_where_they_can_be_shown() -> None:
    (line,) = set_block(Block("paragraph", "", EM), Setting(20))
    assert line == EM


def test_a_style_goes_on_over_the_end_of_a_line() -> None:
    lines = set_block(Block("paragraph", "", (Span("em", "one two three"),)), Setting(8))
    assert lines == [(Span("em", "one two"),), (Span("em", "three"),)]


@pytest.mark.parametrize("kind", ["break", "echo"])
def test_ears_are_spared_ornaments_and_echoes(kind: str) -> None:
    assert set_block(Block(kind, "", EM), Setting(20, spoken=True)) == []


@pytest.mark.parametrize(
    ("columns", "wanted", "measure"), [(None, None, 66), (None, 90, 90), (40, None, 38), (200, None, 66), (40, 90, 40)]
)
def test_the_measure(columns: int | None, wanted: int | None, measure: int) -> None:
    assert comfortable(columns, wanted) == measure


@given(st.text(st.characters(exclude_categories=[])), st.text(st.characters(exclude_categories=[])))
def test_no_line_holds_what_a_terminal_would_obey(text: str, prefix: str) -> None:
    shown = "".join(map(plain, set_text(text, Setting(), first=prefix)))
    assert not {"\x1b", "\x9b", "\n", "\r", "\x07", "\u202e"} & set(shown)


def test_a_passage_for_a_file(story: Story) -> None:
    assert passage(story.begin("ada")) == (
        'The Wood\n--------\n\nThe wood is *very* dark.\n\nThe owl: "Who is there?"\n\nOne light\ntwo feet\n\n* * *'
    )
