"""What a session says, set into lines and handed to the view, with an empty line between one thing and the next."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from waymeet.console.typesetting import EMPTY, Passage, plain, set_block, set_text
from waymeet.console.words import word
from waymeet.console.wrapping import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from waymeet.console.typesetting import Line, Setting
    from waymeet.console.view import View
    from waymeet.prose.rendering import Block

#: A line that a report quotes, or the caret below it.
_QUOTED = re.compile(r" *\d* +\| ")


class Page:
    """The growing page of one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._begun = False

    def tell(self, blocks: Iterable[Block]) -> None:
        """Prose."""
        for block in blocks:
            if block.kind == "chapter":
                self.chapter(block.plain)
            else:
                self._add(partial(set_block, block))

    def title(self, text: str) -> None:
        """The story's title."""
        self._heading(text, word("story_spoken", title=text), "=")

    def chapter(self, text: str) -> None:
        """A chapter's heading."""
        self._heading(text, word("chapter_spoken", heading=text), "-")

    def say(self, text: str, style: str = "") -> None:
        """One paragraph of the console's own, or of an author's about the story."""
        self._add(lambda setting: set_text(text, setting, style))

    def say_file(self, text: str, path: Path) -> None:
        """A paragraph about a file, and its path under it: on one line where it can be, to be copied."""
        self._add(lambda setting: [*set_text(text, setting), *set_text(str(path), _unbroken(setting))])

    def verbatim(self, text: str) -> None:
        """Lines that are left as they are, as a finding with its caret; for ears, without what is only for eyes."""
        self._add(partial(_verbatim, text))

    def paragraphs(self, text: str, under: str = "") -> None:
        """Text with empty lines between its paragraphs, whose other line breaks mean nothing; a line `under` it."""
        found = [words for paragraph in text.split("\n\n") if (words := " ".join(paragraph.split()))]
        if under:
            found[-1:] = ["\n".join((*found[-1:], under))]
        for words in found:
            self.say(words)

    def listing(self, title: str, items: Sequence[str]) -> None:
        """A title and, under it, one item after another."""

        def lines(setting: Setting) -> list[Line]:
            mark = "" if setting.spoken else "- "
            return [
                *set_text(title, setting),
                *(line for item in items for line in set_text(item, setting, first=mark)),
            ]

        self._add(lines)

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Rows of a name and what goes with it, under each other."""
        self._add(lambda setting: _table(rows, setting))

    def _heading(self, text: str, spoken: str, underline: str) -> None:
        self._add(lambda setting: _heading(text, spoken, underline, setting))

    def _add(self, make: Callable[[Setting], Sequence[Line]]) -> None:
        is_first = not self._begun

        def apart(setting: Setting) -> Sequence[Line]:
            lines = make(setting)
            return lines if is_first or not lines else [EMPTY, *lines]

        if passage := Passage(apart, self.view.setting):
            self.view.show(passage)
            self._begun = True


def _unbroken(setting: Setting) -> Setting:
    return setting._replace(measure=setting.unbroken)


def _verbatim(text: str, setting: Setting) -> list[Line]:
    setting = _unbroken(setting)
    rows = [row for row in text.rstrip("\n").split("\n") if not (setting.spoken and _QUOTED.match(row))]
    indents = [len(row) - len(row.lstrip(" ")) for row in rows]
    pairs = zip(rows, indents, strict=True)
    return [line for row, indent in pairs for line in set_text(row[indent:], setting, first=row[:indent])]


def _heading(text: str, spoken: str, underline: str, setting: Setting) -> list[Line]:
    if setting.spoken:
        return set_text(spoken, setting)
    lines = set_text(text, setting, "heading")
    if setting.marks:
        lines += set_text(underline * max(cells(plain(line)) for line in lines), setting)
    return lines


def _table(rows: Sequence[tuple[str, str]], setting: Setting) -> list[Line]:
    if setting.spoken:
        return [line for name, text in rows for line in set_text(f"{name}: {text}", setting)]
    width = min(max(cells(name) for name, _ in rows), setting.measure // 2)
    return [line for row in rows for line in _row(row, width, setting)]


def _row(row: tuple[str, str], width: int, setting: Setting) -> list[Line]:
    name, text = row
    gap = width - cells(name)
    if gap >= 0:
        return set_text(text, setting, first=name + " " * (gap + 2))
    return [*set_text(name, setting), *set_text(text, setting, first=" " * (width + 2))]
