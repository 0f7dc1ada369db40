"""What a session says, set into lines and handed to the view, with an empty line between one thing and the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from waymeet.console.typesetting import EMPTY, plain, set_block, set_text
from waymeet.console.words import word
from waymeet.console.wrapping import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from waymeet.console.typesetting import Line
    from waymeet.console.view import View
    from waymeet.prose.rendering import Block

#: Wider than any path.
_UNBROKEN = 10_000
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
                self._add(set_block(block, self.view.setting))

    def title(self, text: str) -> None:
        """The story's title."""
        self._heading(text, word("story_spoken", title=text), "=")

    def chapter(self, text: str) -> None:
        """A chapter's heading."""
        self._heading(text, word("chapter_spoken", heading=text), "-")

    def say(self, text: str, style: str = "") -> None:
        """One paragraph of the console's own, or of an author's about the story."""
        self._add(set_text(text, self.view.setting, style))

    def say_file(self, text: str, path: Path) -> None:
        """A paragraph about a file, and its path under it: on one line however long, so that it can be copied."""
        unbroken = self.view.setting._replace(measure=_UNBROKEN)
        self._add([*set_text(text, self.view.setting), *set_text(str(path), unbroken)])

    def verbatim(self, text: str) -> None:
        """Lines that are not wrapped, such as a finding with its caret; for ears, without what is only for eyes."""
        setting = self.view.setting._replace(measure=_UNBROKEN)
        rows = [row for row in text.rstrip("\n").split("\n") if not (setting.spoken and _QUOTED.match(row))]
        indents = [len(row) - len(row.lstrip(" ")) for row in rows]
        pairs = zip(rows, indents, strict=True)
        self._add([line for row, indent in pairs for line in set_text(row[indent:], setting, first=row[:indent])])

    def paragraphs(self, text: str, under: str = "") -> None:
        """Text with empty lines between its paragraphs, whose other line breaks mean nothing; a line `under` it."""
        found = [words for paragraph in text.split("\n\n") if (words := " ".join(paragraph.split()))]
        if under:
            found[-1:] = ["\n".join((*found[-1:], under))]
        for words in found:
            self.say(words)

    def listing(self, title: str, items: Sequence[str]) -> None:
        """A title and, under it, one item after another."""
        setting = self.view.setting
        mark = "" if setting.spoken else "- "
        lines = [line for item in items for line in set_text(item, setting, first=mark)]
        self._add([*set_text(title, setting), *lines])

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Rows of a name and what goes with it, under each other."""
        setting = self.view.setting
        if setting.spoken:
            lines = [line for name, text in rows for line in set_text(f"{name}: {text}", setting)]
        else:
            width = min(max(cells(name) for name, _ in rows), setting.measure // 2)
            lines = [line for row in rows for line in self._row(row, width)]
        self._add(lines)

    def _row(self, row: tuple[str, str], width: int) -> list[Line]:
        name, text = row
        gap = width - cells(name)
        if gap >= 0:
            return set_text(text, self.view.setting, first=name + " " * (gap + 2))
        return [*set_text(name, self.view.setting), *set_text(text, self.view.setting, first=" " * (width + 2))]

    def _heading(self, text: str, spoken: str, underline: str) -> None:
        setting = self.view.setting
        if setting.spoken:
            self._add(set_text(spoken, setting))
            return
        lines = set_text(text, setting, "strong")
        if setting.marks:
            lines += set_text(underline * max(cells(plain(line)) for line in lines), setting)
        self._add(lines)

    def _add(self, lines: Sequence[Line]) -> None:
        if lines:
            self.view.show([EMPTY, *lines] if self._begun else lines)
            self._begun = True
