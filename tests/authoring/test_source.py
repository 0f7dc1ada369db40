"""A file becomes a tree with places, or located findings; never an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.trees import to_data
from waymeet.authoring.source import Mapping, Node, Place, Scalar, Sequence, Source, read_source
from waymeet.diagnostics import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

LAW = settings(deadline=None, max_examples=300)

STORY = """\
scene: well   # where it begins
about: 'An old well; it''s dry.'
local:
  steps_back: {min: 0, max: 3}
nodes:
  edge:
    tags: [night, cold]
    text: |
      You look down. {armed: Your gun is heavy. | You see nothing.}

      *Go,* she says.
    choices:
      jump:
        label: Jump.
        echo: ""
        do: [trust -= 1, mood = cold]
        goto: "well.below"
      wait:
        label: >-
          Wait a little
          longer.
        once:
    goto: edge
"""


def read(text: str) -> Source:
    source, findings = read_source("well.yaml", text.encode())
    assert findings == []
    return source


def root(source: Source) -> Node:
    assert source.root is not None
    return source.root


def findings(text: str | bytes) -> list[Diagnostic]:
    return read_source("well.yaml", text.encode() if isinstance(text, str) else text)[1]


def rules_at(text: str) -> list[tuple[str, int, int]]:
    return [(found.rule, found.span.line, found.span.column) for found in findings(text)]


def nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Sequence):
        for item in node.items:
            yield from nodes(item)
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield key
            yield from nodes(value)


def scalar(source: Source, value: str) -> Scalar:
    return next(node for node in nodes(root(source)) if isinstance(node, Scalar) and node.value == value)


def quoted(source: Source, span: Span) -> str:
    """The text of the file that a one-line span covers."""
    assert span.file == source.file
    assert span.line == span.end_line
    return source.text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


# What a file holds


def test_a_story_is_plain_data() -> None:
    assert to_data(root(read(STORY))) == {
        "scene": "well",
        "about": "An old well; it's dry.",
        "local": {"steps_back": {"min": "0", "max": "3"}},
        "nodes": {
            "edge": {
                "tags": ["night", "cold"],
                "text": "You look down. {armed: Your gun is heavy. | You see nothing.}\n\n*Go,* she says.\n",
                "choices": {
                    "jump": {"label": "Jump.", "echo": "", "do": ["trust -= 1", "mood = cold"], "goto": "well.below"},
                    "wait": {"label": "Wait a little longer.", "once": None},
                },
                "goto": "edge",
            }
        },
    }


@pytest.mark.parametrize("text", ["no", "12", "007", "2026-11-22", "~", "null", "true", "1e3", "0x1f", "="])
def test_a_plain_scalar_stays_the_text_it_is(text: str) -> None:
    assert to_data(root(read(f"text: {text}\n"))) == {"text": text}


def test_only_a_value_left_out_is_none() -> None:
    assert to_data(root(read("a:\nb: ''\nc: \"\"\nd: |\ne: []\nf: {}\n"))) == {
        "a": None,
        "b": "",
        "c": "",
        "d": "",
        "e": [],
        "f": {},
    }


@pytest.mark.parametrize(
    ("written", "style"),
    [("x", "plain"), ("'x'", "single"), ('"x"', "double"), ("|-\n  x", "literal"), (">-\n  x", "folded")],
)
def test_a_scalar_knows_its_style(written: str, style: str) -> None:
    assert scalar(read(f"a: {written}\n"), "x").style == style


def test_places_are_those_of_the_parser() -> None:
    def counted(place: Place) -> tuple[int, int, int]:
        return place.line, place.column, place.index

    source = read("a: b\nc: [d, é]\n")
    letter = scalar(source, "é")
    assert (counted(letter.start), counted(letter.end)) == ((1, 7, 12), (1, 8, 13))
    mapping = root(source)
    assert isinstance(mapping, Mapping)
    listed = mapping.entries[1][1]
    assert (counted(listed.start), counted(listed.end)) == ((1, 3, 8), (1, 9, 14))
    assert mapping.start.index == 0


def test_line_ends_and_the_byte_order_mark_leave_no_trace() -> None:
    data = b"\xef\xbb\xbf" + STORY.replace("\n", "\r\n").encode()
    source, found = read_source("well.yaml", data)
    assert found == []
    assert source.text == STORY
    assert to_data(root(source)) == to_data(root(read(STORY)))


def test_one_document_may_be_marked_as_such() -> None:
    assert to_data(root(read("---\na: b\n...\n"))) == {"a": "b"}


# Where things stand


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nodes:  # all of them\n  a: b\n", "nodes:"),
        ("a: {b: c, d: e}  # x\n", "a: {b: c, d: e}"),
        ('a: "x # y"   # z\n', 'a: "x # y"'),
        ("a: [b,  # first\n  c]\n", "a: [b"),
        ("a: |  # header\n  b\n", "a: |  # header"),
        ("a:\n  b: c\n", "a:"),
        ("a: one\n  two\n", "a: one"),
        ("- a\n- b\n", "- a"),
        ("- {a: b} # c\n", "- {a: b}"),
        ("a :  # c\n  - b\n", "a"),
    ],
)
def test_a_mapping_is_shown_by_its_first_line(text: str, words: str) -> None:
    source = read(text)
    assert quoted(source, source.span(root(source))) == words


def test_a_list_without_indentation_begins_at_its_dash() -> None:
    source = read("a:\n- b\n- c\n")
    mapping = root(source)
    assert isinstance(mapping, Mapping)
    assert source.span(mapping.entries[0][1]) == Span("well.yaml", 2, 1, 2, 4)


def test_spans_of_scalars() -> None:
    source = read(STORY)
    assert source.span(scalar(source, "well.below")) == Span("well.yaml", 17, 15, 17, 27)
    assert source.span(scalar(source, "Wait a little longer.")) == Span("well.yaml", 19, 16, 21, 18)
    prose = next(node for node in nodes(root(source)) if isinstance(node, Scalar) and node.style == "literal")
    assert source.span(prose) == Span("well.yaml", 8, 11, 11, 22)


def test_a_block_scalar_at_the_end_of_a_file_without_a_newline() -> None:
    source = read("a: |\n  x y")
    assert source.span(scalar(source, "x y")) == Span("well.yaml", 1, 4, 2, 6)


@pytest.mark.parametrize(
    ("text", "place"), [("a:", (1, 3)), ("? a", (1, 4)), ("a:\n  b:", (2, 5)), ("a:  \n", (1, 3)), ("a: ''", (1, 4))]
)
def test_a_value_left_out_stands_behind_its_key(text: str, place: tuple[int, int]) -> None:
    source = read(text)
    empty = scalar(source, "")
    assert (source.span(empty).line, source.span(empty).column) == place


def test_a_word_is_found_inside_prose() -> None:
    source = read(STORY)
    prose = next(node for node in nodes(root(source)) if isinstance(node, Scalar) and node.style == "literal")
    at = prose.value.index("she says")
    assert source.span_in(prose, at, at + 3) == Span("well.yaml", 11, 13, 11, 16)


def test_empty_and_excessive_stretches_stay_inside_the_scalar() -> None:
    source = read("a: word\nb:\n")
    word = scalar(source, "word")
    assert source.span_in(word, 2, 2) == Span("well.yaml", 1, 6, 1, 6)
    assert source.span_in(word, 4, 4) == Span("well.yaml", 1, 8, 1, 8)
    assert source.span_in(word, -5, 99) == source.span(word)
    assert source.span_in(scalar(source, ""), 0, 0) == Span("well.yaml", 2, 3, 2, 3)


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("a: He was #1 and then # gone\n", "#1 and then # gone"),
        ("a: # all of it\n", "# all of it"),
        ("a: one\n  two # gone\n", "# gone"),
        ("a: [b # gone\n  ]\n", "# gone"),
        ("a: b", None),
        ("a: b#c\n", None),
        ("a: 'b' # a note\n", None),
        ("a: | # a note\n  b # text\n", None),
        ("a: b\n# a line of its own\n", None),
    ],
)
def test_a_comment_that_swallowed_words(text: str, comment: str | None) -> None:
    source = read(text)
    values = [node for node in nodes(root(source)) if isinstance(node, Scalar)]
    span = source.comment_after(values[1])
    assert (None if span is None else quoted(source, span)) == comment


# What is refused


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x b\n", (1, 4), '"&x" is an anchor'),
        ("a: *x\n", (1, 4), '"*x" is an alias'),
        ("a: *Go on.\n", (1, 4), '"*Go" is an alias'),
        ("*x : b\n", (1, 1), '"*x" is an alias'),
        ("&x : b\n", (1, 1), '"&x" is an anchor'),
        ("a: !!str b\n", (1, 4), '"!!str" is a tag'),
        ("a: ! b\n", (1, 4), '"!" is a tag'),
        ("a: !x!y b\n", (1, 4), "a tag"),
        ("a: !t\n  b: c\n", (1, 4), '"!t" is a tag'),
        ("a: &x [b]\n", (1, 4), '"&x" is an anchor'),
        ("<<: {a: b}\n", (1, 1), "merge keys"),
        ("%YAML 1.2\n---\na: b\n", (1, 1), "directives"),
        ("%TAG ! tag:x,2000:\n---\na: b\n", (1, 1), "directives"),
        ("%ODD\n---\na: b\n", (1, 1), "directives"),
        ("a: b\n---\nc: d\n", (2, 1), "second document"),
        ("? [a]\n: b\n", (1, 3), "cannot be a key"),
        ("{a: b}: c\n", (1, 1), "cannot be a key"),
        ("a: \x07b\n", (1, 4), "a control character (U+0007)"),
        ("a: é\u202eb\n", (1, 5), "U+202E"),
        ('a: "x\\e[31m"\n', (1, 6), "\\e stands for an escape character (U+001B)"),
        ('a: "x\n\n  y \\u202e"\n', (3, 5), "U+202E"),
        ('a: "\\ud800"\n', (1, 5), "half a character"),
    ],
)
def test_unsafe_yaml(text: str, place: tuple[int, int], words: str) -> None:
    source, found = read_source("well.yaml", text.encode())
    assert source.root is None
    assert [(one.rule, one.span.line, one.span.column) for one in found] == [("unsafe-yaml", *place)]
    assert words in found[0].message
    assert found[0].severity is Severity.ERROR
    assert found[0].help


@pytest.mark.parametrize("key", ['"<<"', "'<<'"])
def test_a_quoted_merge_key_is_a_key_like_any_other(key: str) -> None:
    assert to_data(root(read(f"{key}: a\n"))) == {"<<": "a"}


def test_an_anchor_and_a_tag_on_one_node_are_both_named() -> None:
    assert rules_at("a: !!str &x b\n") == [("unsafe-yaml", 1, 4), ("unsafe-yaml", 1, 10)]


def test_a_duplicate_key_names_the_first_and_the_first_stands() -> None:
    source, found = read_source("well.yaml", b"a: 1\nb:\n  c: 2\n'a': 3\n")
    assert to_data(root(source)) == {"a": "1", "b": {"c": "2"}}
    assert [(one.rule, one.span.line, one.span.column) for one in found] == [("duplicate-key", 4, 1)]
    assert found[0].message == 'the key "a" is already on line 1'
    assert found[0].related[0].span == Span("well.yaml", 1, 1, 1, 2)


def test_all_findings_come_at_once_in_the_order_of_the_file() -> None:
    text = "a: &x 1\nb: *x\na: 2\nc: {d: 1, d: 2, <<: *x}\ne: !t f\n"
    assert rules_at(text) == [
        ("unsafe-yaml", 1, 4),
        ("unsafe-yaml", 2, 4),
        ("duplicate-key", 3, 1),
        ("duplicate-key", 4, 11),
        ("unsafe-yaml", 4, 17),
        ("unsafe-yaml", 4, 21),
        ("unsafe-yaml", 5, 4),
    ]


def test_what_was_found_before_a_syntax_error_is_kept() -> None:
    text = "a: 1\na: 2\nb:\n  c: \x07\n  c: 2\n  d: e: f\n"
    assert rules_at(text) == [
        ("duplicate-key", 2, 1),
        ("unsafe-yaml", 4, 6),
        ("duplicate-key", 5, 3),
        ("yaml-syntax", 6, 7),
    ]


@pytest.mark.parametrize("text", ["", " \n\n", "# only\n# comments\n", "\ufeff", "---\n", "---\n...\n"])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    source, found = read_source("well.yaml", text.encode())
    assert source.root is None
    assert [(one.rule, one.span) for one in found] == [("yaml-syntax", Span("well.yaml", 1, 1, 1, 1))]
    assert found[0].message.startswith("the file is empty")


def test_a_key_that_was_left_out_is_no_key() -> None:
    assert rules_at("a: {: b}\n") == [("yaml-syntax", 1, 5)]


# What an enemy would send


def nested(depth: int) -> str:
    return "".join(f"{'  ' * level}k:\n" for level in range(depth))


def test_fifty_levels_are_read_and_no_more() -> None:
    assert findings(nested(50)) == []
    assert rules_at(nested(51)) == [("unsafe-yaml", 51, 101)]


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "[\n", "[a,", "{a: ", "[[],"])
def test_deep_nesting_ends_at_once(opening: str) -> None:
    found = findings(opening * 100_000)
    assert [one.rule for one in found] == ["unsafe-yaml"]
    assert "nested more than 50 deep" in found[0].message


def test_laughs_are_refused_before_they_multiply() -> None:
    lines = ["a: &a [lol]"] + [f"{'bcdefghij'[i]}: &{'bcdefghij'[i]} [{'*' + 'abcdefghi'[i]}]" for i in range(9)]
    found = findings("\n".join(lines))
    assert {one.rule for one in found} == {"unsafe-yaml"}
    assert found[0].span == Span("well.yaml", 1, 4, 1, 6)


@pytest.mark.parametrize("line", ["- &a x\n", "a: 1\n", "- {a: 1, a: 2}\n"])
def test_findings_are_limited_and_say_so(line: str) -> None:
    found = findings(line * 5_000)
    assert len(found) == 100
    assert found[-1].help is not None
    assert found[-1].help.endswith("reading stopped here, after 100 findings")


def test_reaching_the_limit_while_wording_a_syntax_error() -> None:
    assert len(findings("a: 1\n" * 5_000 + "b: c: d\n")) == 100


# Whatever the bytes are


def assert_sound(data: bytes) -> None:
    """A file gives a tree or findings, every finding lies inside the file and says what to do."""
    source, found = read_source("well.yaml", data)
    assert source.root is not None or found
    assert found == sorted(found, key=lambda one: one.span)
    lines = source.text.split("\n")
    for one in found:
        assert one.rule in ("yaml-syntax", "unsafe-yaml", "duplicate-key")
        assert one.help
        assert 1 <= one.span.line <= one.span.end_line <= len(lines)
        assert 1 <= one.span.column <= len(lines[one.span.line - 1]) + 1
        assert (one.span.line, one.span.column) <= (one.span.end_line, one.span.end_column)
    if source.root is not None:
        to_data(source.root)
        for node in nodes(source.root):
            span = source.span(node)
            assert (span.line, span.column) <= (span.end_line, span.end_column)
            assert span.end_column <= len(lines[span.end_line - 1]) + 1


YAMLISH = st.lists(
    st.sampled_from(
        [
            *"ab \n\t:-?[]{},#&*!|>'\"%@`\\.~<=0é😀\r\x07\u202e\u2028\ufeff",
            "\n  ",
            ": ",
            "- ",
            "k: |\n  ",
            "<<",
            "---\n",
            "''",
        ]
    ),
    max_size=60,
).map("".join)


@LAW
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    assert_sound(data)


@LAW
@given(st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_text(data: bytes) -> None:
    assert_sound(data)


@LAW
@given(YAMLISH)
def test_anything_like_yaml(text: str) -> None:
    assert_sound(text.encode())


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = STORY
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 6))
        text = text[:at] + draw(st.one_of(st.just(""), st.text(max_size=3), YAMLISH)) + text[at + gone :]
    return text


@LAW
@given(mutated())
def test_a_story_with_slips(text: str) -> None:
    assert_sound(text.encode("utf-8", "surrogatepass"))


@LAW
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(st.characters(categories=["L", "N", "P", "Zs"]))
    )
)
def test_every_text_can_be_written_in_quotes(data: dict[str, str]) -> None:
    lines = [
        f'{key}: "{value.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'
        for key, value in data.items()
    ]
    assert to_data(root(read("\n".join([*lines, "end:"])))) == {**data, "end": None}
