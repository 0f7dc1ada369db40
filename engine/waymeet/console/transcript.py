"""What was read, as text for a file: a paragraph a line, headings underlined, choices after `>`, emphasis as marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.cleaning import clean
from waymeet.console.typesetting import Setting, block_spans, plain
from waymeet.console.words import word
from waymeet.console.wrapping import cells
from waymeet.saves.files import free_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from waymeet.prose.rendering import Block
    from waymeet.runtime import Moment, Story

_SETTING = Setting(marks=True)


def passage(moment: Moment) -> str:
    """What one moment told."""
    return "\n\n".join(clean(_text(block)) for block in moment.text)


def text_of(moment: Moment, passages: Iterable[str]) -> str:
    """The transcript of a playthrough that stands at `moment`, under a title."""
    return under_title(moment.story, moment.origin.protagonist, passages)


def under_title(story: Story, who: str, passages: Iterable[str]) -> str:
    """What was read on one path, under a title."""
    name = story.protagonist(who).name
    title = clean(word("transcript_title", title=story.title, name=name))
    return "\n\n".join((title, *filter(None, passages))) + "\n"


def write(path: Path, text: str) -> Path:
    """Write a text to this path, or to the next free name if something is there; raises `OSError`."""
    while True:
        free = free_name(path)
        try:
            with free.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue  # somebody took the name in between
        return free


def _text(block: Block) -> str:
    text = plain(block_spans(block, _SETTING))
    match block.kind:
        case "echo":
            return f"> {text}"
        case "chapter":
            return f"{text}\n{'-' * cells(clean(text))}"
        case _:
            return text
