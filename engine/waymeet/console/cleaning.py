"""Text made fit for a terminal: the one gate through which a story's words reach any view or file."""

from __future__ import annotations

_DROPPED = (
    *(code for code in range(0x20) if code != 0x0A),  # C0; the newline is a line break that the author asked for
    *range(0x7F, 0xA0),  # DEL and C1
    0x00AD,  # soft hyphen: terminals disagree on its width
    0x061C,  # from here on: what turns the direction of text
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
)
_TABLE: dict[int, str | None] = {
    **dict.fromkeys(_DROPPED),
    **dict.fromkeys((0x09, 0x0B, 0x0C, 0x85, 0x2028, 0x2029), " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # lone surrogates, which no encoding can carry
}


def clean(text: str) -> str:
    """The text without anything that a terminal would obey instead of show."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_TABLE)
