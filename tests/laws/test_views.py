"""Readings of whatever text there is: no line is over the measure, nothing is lost, and all views tell the same."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input

from console.screens import Screen
from kit.examples import examples
from waymeet.console.accidents import Signals
from waymeet.console.cleaning import clean
from waymeet.console.full import FullView, SteadyOutput
from waymeet.console.inline import InlineView
from waymeet.console.page import Page
from waymeet.console.plain import PlainView
from waymeet.console.typesetting import plain
from waymeet.console.view import Option
from waymeet.console.wrapping import cells
from waymeet.prose.rendering import Block, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.console.typesetting import Line
    from waymeet.console.view import View

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b.")
PLAIN = ["and", "the", "hand", "Trigedasleng", "–", "…", "*", "don't", "\x1b[31m", "\u202e", "\u200b", "\t"]
WIDE = ["狼と香辛料", "「行こう」", "한글", "ไม่", "नमस्ते", "👩‍👩‍👧", "🇫🇷🇩🇪", "👍🏽", "e\u0301", "Z\u0351\u036b"]
WORDS = (
    st.sampled_from(PLAIN)
    | st.sampled_from(WIDE)
    | st.text(st.characters(codec="utf-8"), max_size=12)
    | st.integers(1, 260).map(lambda length: "Donaudampfschiff"[: length % 16 + 1] * (length // 16 + 1))
)
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
SPANS = st.lists(st.builds(Span, st.sampled_from(["", "em", "strong"]), TEXTS), min_size=1, max_size=3).map(tuple)
BLOCKS = st.builds(Block, st.sampled_from(["paragraph", "verse", "speech"]), st.just("Jathor"), SPANS)
OPTIONS = st.builds(Option, TEXTS, st.none() | TEXTS, st.booleans())


class Passage(NamedTuple):
    """What is told, and what can be chosen then."""

    blocks: list[Block]
    options: list[Option]


PASSAGES = st.builds(
    Passage,
    st.lists(BLOCKS, min_size=1, max_size=3),
    st.lists(OPTIONS, max_size=3).map(lambda some: [Option("On."), *some]),
)


class Told:
    """A view that notes what it is given to show."""

    def __init__(self, view: View) -> None:
        self.lines: list[Line] = []
        show = view.show

        def noted(lines: Sequence[Line]) -> None:
            self.lines += lines
            show(lines)

        view.show = noted  # type: ignore[method-assign]
        self.page = Page(view)

    def prose(self, reading: Sequence[Passage]) -> list[str]:
        """The lines of all that is told in a reading."""
        for passage in reading:
            self.page.tell(passage.blocks)
        return [plain(line) for line in self.lines]


def ink(text: str) -> str:
    """What is left of a text without its spaces and marks of emphasis."""
    return "".join(text.split()).replace("*", "").replace('"', "")


@examples(60)
@given(st.lists(PASSAGES, min_size=1, max_size=4), st.integers(20, 200))
def test_every_view_tells_all_of_it_within_the_measure(reading: list[Passage], columns: int) -> None:
    out = io.StringIO()
    told = Told(PlainView(io.StringIO("1\n" * len(reading)), out, width=columns))
    written = told.prose(reading)
    assert [told.page.view.ask(passage.options) for passage in reading] == [0] * len(reading)
    assert all(cells(line) <= columns for line in out.getvalue().splitlines())
    assert "\x1b" not in out.getvalue()
    with create_pipe_input() as keyboard:
        screen = Screen(columns)
        inline = Told(InlineView(keyboard, screen.output, Signals())).prose(reading)
        left = ESCAPE.sub("", screen.getvalue())
        assert all(line.strip() in left for line in inline)
        output = SteadyOutput(screen, lambda: screen.size, term="xterm", enable_cpr=False)
        full = Told(FullView(keyboard, output, Signals())).prose(reading)
    assert all(cells(line) <= min(66, columns - 2) for line in (*inline, *full))
    ours = "".join(clean(span.text) for passage in reading for block in passage.blocks for span in block.spans)
    spoken = [ink("".join(lines)).replace("Jathor:", "") for lines in (written, inline, full)]
    assert spoken == [ink(ours)] * 3
