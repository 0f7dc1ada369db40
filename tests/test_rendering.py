"""Rendering prose: neighbours in one style become one span, in time that stays in proportion to their number."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from waymeet.prose.rendering import KINDS, STYLES, Prose, Rendering, Span, Template


def _rendered(prose: Prose) -> list[list[Span]]:
    return [list(block.spans) for block in Template(prose).render(Rendering((7,), ("", "x"), {}, 0))]


def test_pieces_in_one_style_are_one_span() -> None:
    prose = ("One ", ("text", 1), ("em", (" two", ("strong", (" three ",)))), ("em", (" four ",)), " .")
    assert _rendered(prose) == [[("", "One x"), ("em", " two"), ("em strong", " three "), ("em", "four "), ("", ".")]]


def test_spaces_are_taken_off_through_all_pieces_in_one_style() -> None:
    assert _rendered(("So", " ", ("text", 0), " ", ("text", 0), ".")) == [[("", "So.")]]
    assert _rendered(("So ", ("em", ("it ", ("text", 0), ".")), " ", ("line",), " goes ")) == [
        [("", "So "), ("em", "it."), ("", "\ngoes")]
    ]


def test_a_block_of_many_pieces_takes_time_in_proportion() -> None:
    piece = ("when", 1, ("x" * 50,), ())
    template = Template((piece,) * 60_000)
    began = time.process_time()
    (block,) = template.render(Rendering((), (), {}, 0))
    assert time.process_time() - began < 3
    assert len(block.plain) == 3_000_000


_TEXT = st.text("ab .,\n", max_size=4).filter(bool)
_PIECES = st.recursive(
    st.lists(_TEXT | st.sampled_from([("text", 0), ("text", 1), ("line",), ("para",), ("break",)]), max_size=6),
    lambda inner: st.lists(
        st.tuples(st.sampled_from(["em", "strong", "verse"]), inner.map(tuple))
        | st.tuples(st.just("speech"), st.just("A"), inner.map(tuple))
        | _TEXT,
        max_size=6,
    ),
    max_leaves=20,
).map(tuple)


@given(_PIECES)
def test_no_block_is_empty_and_no_neighbours_have_one_style(prose: Prose) -> None:
    for block in Template((*prose, ("text", 0))).render(Rendering((7,), ("", "x"), {}, 0)):
        assert block.kind in KINDS
        styles = [span.style for span in block.spans]
        assert set(styles) <= STYLES
        assert all(one != other for one, other in pairwise(styles))
        assert all(span.text for span in block.spans)
        assert block.spans or block.kind == "break"
