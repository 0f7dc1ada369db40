"""From the bytes of a file to its text: UTF-8 only, one kind of line end, and no character that a reader cannot see."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import NamedTuple

from waymeet.authoring.positions import line_column, span_between
from waymeet.diagnostics import Diagnostic, Severity, Span
from waymeet.project import MAX_FILE, MEGA

#: Controls other than tab and newline, line and paragraph separators, marks that turn the direction of the text, and
#: what is no character at all. A terminal obeys some of them, an editor hides the others.
REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
MAX_PLACES = 20
#: Spaces that are none to YAML, where a line begins: alone, or among others before a key.
_LOOKALIKES = "[\u00a0\u2000-\u200a\u202f\u3000]"
_INDENTATION = re.compile(
    f"^(?:{_LOOKALIKES}|[ ]+{_LOOKALIKES}(?=[ {_LOOKALIKES[1:]}*[a-z][a-z0-9_]*:(?:[ \n]|$)))[ {_LOOKALIKES[1:]}*",
    re.MULTILINE,
)

_REFUSED_RUN = re.compile(REFUSED.pattern + "+")
_ORDINARY = bytes(sorted({*range(0x20, 0x7F), 0x09, 0x0A}))
_STAND_IN = "\ufffd"
_BOM = b"\xef\xbb\xbf"
_SAVE_AS_UTF8 = 'save the file again with the encoding "UTF-8" (editors offer it when saving)'
_WIDE = (
    (re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff|[^\0]\0\0\0|\0\0\0[^\0]"), "UTF-32"),
    (re.compile(rb"\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0]"), "UTF-16"),
)
_NAMES = {
    "\x00": "a NUL character",
    "\x1b": "an escape character",
    "\r": "a lone carriage return",
    "\ufeff": "a byte order mark in the middle of the file",
}


class Decoded(NamedTuple):
    """A file's text; `usable` is the same with refused characters replaced, None when there is nothing to parse."""

    text: str
    usable: str | None
    findings: list[Diagnostic]


def decode(file: str, data: bytes) -> Decoded:
    """The text of a file, or what is wrong with its bytes. Never raises."""
    if len(data) > MAX_FILE:
        return Decoded("", None, [_too_large(file)])
    wide = next((name for beginning, name in _WIDE if beginning.match(data)), None)
    if wide:
        return _in_wide_characters(file, data, wide)
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        return _undecodable(file, data, error.start + (len(_BOM) if data.startswith(_BOM) else 0))
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    leftover = data.removeprefix(_BOM).translate(None, _ORDINARY)  # in most stories a few letters with accents
    if "\r" in text or (leftover and REFUSED.search(leftover.decode("utf-8").replace("\r", ""))):
        return _with_refused(file, text)
    if leftover and re.search(_LOOKALIKES, leftover.decode("utf-8")) and (found := _INDENTATION.search(text)):
        return _with_lookalikes(file, text, found)
    return Decoded(text, text, [])


def name_of(char: str) -> str:
    """A refused character in words, with its number: `a control character (U+0007)`."""
    category = unicodedata.category(char)
    kind = {"Cc": "a control character", "Cf": "an invisible mark that turns the direction of text"}
    name = _NAMES.get(char) or kind.get(category, "an invisible separator" if category[0] == "Z" else "no character")
    return f"{name} (U+{ord(char):04X})"


def _with_refused(file: str, text: str) -> Decoded:
    """Text with characters that are refused: each is reported; of very many the rest is counted, and none is parsed."""
    count = len(text) - len(_REFUSED_RUN.sub("", text))
    more = count - MAX_PLACES
    findings = []
    for number, place in enumerate(islice(REFUSED.finditer(text), MAX_PLACES), 1):
        char = place.group()
        rest = f"; {more:,} more characters of this kind follow in the file" if number == MAX_PLACES < count else ""
        message = f"{name_of(char)} may not stand in a story{rest}"
        findings.append(_unsafe(message, span_between(file, text, place.start(), place.end()), _delete(char)))
    return Decoded(text, None if more > 0 else REFUSED.sub(_STAND_IN, text), findings)


def _with_lookalikes(file: str, text: str, first: re.Match[str]) -> Decoded:
    """Text with lines that are indented by no-break spaces or the like, as text from a web page is; told once."""
    mended, count = _INDENTATION.subn(lambda found: " " * len(found.group()), text)
    message = "this line is indented with no-break spaces, which look like spaces and are none"
    if count > 1:
        message += f" (and {count - 1:,} more in this file)"
    span = span_between(file, text, *first.span())
    finding = Diagnostic("yaml-syntax", Severity.ERROR, message, span, "delete them and type spaces in their place")
    return Decoded(mended, mended, [finding])


def _delete(char: str) -> str:
    if char == "\r":
        return "save the file with ordinary line ends (LF or CRLF)"
    return "delete it; it may not be visible in your editor, so retype the words around it"


def _unsafe(message: str, span: Span, help_line: str) -> Diagnostic:
    return Diagnostic("unsafe-yaml", Severity.ERROR, message, span, help_line)


def _too_large(file: str) -> Diagnostic:
    message = f"the file is larger than {MAX_FILE // MEGA} MiB, the most that a story file may have"
    return _unsafe(message, Span(file, 1, 1, 1, 1), "split it into several scene files")


def _undecodable(file: str, data: bytes, at: int) -> Decoded:
    """What to say of bytes that are not UTF-8, with the text as far as it can be shown."""
    text = data.removeprefix(_BOM).decode("utf-8", "replace").replace("\r\n", "\n")
    before = data[:at].removeprefix(_BOM).decode("utf-8").replace("\r\n", "\n")
    line, column = line_column(before, len(before))
    span = Span(file, line, column, line, column + 1)
    if data[at] == 0xED and data[at + 1 : at + 2] >= b"\xa0":
        message = f"half a character (a lone surrogate) at byte {at} (0x{data[at]:02X})"
        return Decoded(text, None, [_unsafe(message, span, "delete it and type the character again")])
    message = f"the file is not UTF-8: byte 0x{data[at]:02X} at offset {at}, on line {line}{_guess(data, at)}"
    return Decoded(text, None, [Diagnostic("yaml-syntax", Severity.ERROR, message, span, _SAVE_AS_UTF8)])


def _in_wide_characters(file: str, data: bytes, name: str) -> Decoded:
    text = data.decode(name, "replace").replace("\r\n", "\n")
    message = f"the file is saved as {name}, not as UTF-8 (its first bytes are {data[:4].hex(' ').upper()})"
    found = Diagnostic("yaml-syntax", Severity.ERROR, message, Span(file, 1, 1, 1, 2), _SAVE_AS_UTF8)
    return Decoded(text, None, [found])


def _guess(data: bytes, at: int) -> str:
    """Which letter the byte is likely to have meant."""
    char = data[at : at + 1].decode("cp1252", "ignore")
    return f' (perhaps "{char}" from an older encoding)' if char.isprintable() and char else ""
