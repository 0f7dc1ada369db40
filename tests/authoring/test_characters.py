"""What a file's bytes may be, and what is said of the others."""

from __future__ import annotations

import unicodedata

import pytest

from waymeet.authoring.characters import MAX_PLACES, REFUSED, decode, name_of
from waymeet.diagnostics import Span
from waymeet.project import MAX_FILE


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\n", "a\nb\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("é “quoted” — 👩‍🚀 日本\u00a0\u200b".encode(), "é “quoted” — 👩‍🚀 日本\u00a0\u200b"),
        (b"a\tb", "a\tb"),
    ],
)
def test_text_that_is_taken(data: bytes, text: str) -> None:
    decoded = decode("f", data)
    assert (decoded.text, decoded.usable, decoded.findings) == (text, text, [])


@pytest.mark.parametrize("number", [0, 7, 0x0B, 0x0C, 0x1B, 0x7F, 0x80, 0x85, 0x9F, 0x61C, 0x200E, 0x200F])
def test_controls_and_marks_are_refused(number: int) -> None:
    assert_refused(chr(number))


@pytest.mark.parametrize("number", [0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xFFFE])
def test_invisible_separators_and_directions_are_refused(number: int) -> None:
    assert_refused(chr(number))


def assert_refused(char: str) -> None:
    decoded = decode("f", f"a: b\nc: é{char}d\n".encode())
    assert [(one.rule, one.span) for one in decoded.findings] == [("unsafe-yaml", Span("f", 2, 5, 2, 6))]
    assert f"U+{ord(char):04X}" in decoded.findings[0].message
    assert decoded.usable == "a: b\nc: é\ufffdd\n"


def test_every_control_and_direction_of_unicode_is_refused() -> None:
    for number in range(0x110000):
        char = chr(number)
        bidi = unicodedata.bidirectional(char) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
        control = unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") and char not in "\t\n"
        assert not (bidi or control) or REFUSED.match(char), hex(number)


def test_a_lone_carriage_return_is_no_line_end() -> None:
    found = decode("f", b"a: b\rc: d\r\n").findings
    assert [one.span for one in found] == [Span("f", 1, 5, 1, 6)]
    assert name_of("\r") in found[0].message


def test_very_many_are_counted() -> None:
    decoded = decode("f", b"\x01" * 5_000)
    assert decoded.usable is None
    assert len(decoded.findings) == MAX_PLACES
    assert decoded.findings[-1].message.endswith("; 4,980 more characters of this kind follow in the file")


def test_bytes_that_are_not_utf8() -> None:
    decoded = decode("f", "a: b\r\nc: é".encode() + b"\xe9t\xe9\n")
    assert decoded.usable is None
    assert decoded.text == "a: b\nc: é\ufffdt\ufffd\n"
    (found,) = decoded.findings
    assert (found.rule, found.span) == ("yaml-syntax", Span("f", 2, 5, 2, 6))
    assert (
        found.message == 'the file is not UTF-8: byte 0xE9 at offset 11, on line 2 (perhaps "é" from an older encoding)'
    )


def test_the_offset_counts_the_byte_order_mark() -> None:
    (found,) = decode("f", b"\xef\xbb\xbfa\xff").findings
    assert found.span == Span("f", 1, 2, 1, 3)
    assert "offset 4" in found.message


def test_half_a_character() -> None:
    (found,) = decode("f", b"a: " + "\ud83d".encode("utf-8", "surrogatepass")).findings
    assert (found.rule, found.span) == ("unsafe-yaml", Span("f", 1, 4, 1, 5))
    assert "lone surrogate" in found.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wider_encodings_are_named(encoding: str) -> None:
    (found,) = decode("f", "scene: a\n".encode(encoding)).findings
    assert found.rule == "yaml-syntax"
    assert f"saved as {encoding[:6].upper()}, not as UTF-8" in found.message


def test_sixteen_mebibytes_and_no_more() -> None:
    assert decode("f", b"#" * MAX_FILE).findings == []
    (found,) = decode("f", b"#" * (MAX_FILE + 1)).findings
    assert found.rule == "unsafe-yaml"
    assert "larger than 16 MiB" in found.message


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u3000"])
def test_what_looks_like_a_space_indents_nothing_and_is_told_once(space: str) -> None:
    text = f"a:\n{space * 2}b: c\n{space * 2}d:\n  {space * 2}e: f\n"
    (found,) = decode("f.yaml", text.encode()).findings
    assert (found.rule, found.span.line, found.span.column, found.span.end_column) == ("yaml-syntax", 2, 1, 3)
    assert "and 2 more in this file" in found.message
    assert decode("f.yaml", text.encode()).usable == text.replace(space, " ")


def test_no_break_spaces_in_prose_are_left_alone() -> None:
    text = "text: |\n  \u00ab\u00a0Non\u00a0\u00bb, dit-elle\u00a0; et\u00a0: rien.\n  \u00a0\u2014 Oui.\n"
    assert decode("f.yaml", text.encode()).findings == []
