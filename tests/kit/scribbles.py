"""Prints stories as nobody would: every style of YAML, odd indentation, and comments and empty lines all over."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from kit.formulas import chance

if TYPE_CHECKING:
    from random import Random

#: Keys whose text may be written in any style.
_TEXTS = {"text", "label", "locked", "echo", "about", "verse", "else", "of", "title", "hint", "name", "jathor"}
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.<>=()' -]*")
_WORDY = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null")


class Scribbler:
    """Prints data as one YAML file; `comments` are those that it put in."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments: list[str] = []
        #: Whether the last thing printed would take in whatever is indented further.
        self._open = False

    def file(self, data: dict[str, Any]) -> str:
        """The whole file."""
        start = self.random.choice(("", "", "", "---\n", "\n\n", "--- #\n"))
        if "#" in start:
            start = f"--- {self._comment()}\n"
        text = start + "".join(self._above(0)) + self._mapping(data, self.random.choice((0, 0, 0, 1, 3)))
        return text + "".join(self._above(0)) + self.random.choice(("", "\n\n", "...\n"))

    def _comment(self) -> str:
        self.comments.append(f"#{self.random.choice(('', ' ', '-- '))}c{len(self.comments)}")
        return self.comments[-1]

    def _above(self, column: int) -> list[str]:
        """Empty lines and comments on lines of their own."""
        lines = []
        while chance(self.random, 18):
            if chance(self.random, 50):
                lines.append(self.random.choice(("\n", "\n\n\n", "\n" if self._open else "   \n")))
            else:
                columns = (column, 0, max(column - 2, 0)) if self._open else (column, 0, column + 1, column + 4, column)
                lines.append(" " * self.random.choice(columns) + f"{self._comment()}{self.random.choice(('', '  '))}\n")
        return lines

    def _behind(self) -> str:
        return f" {self._comment()}" if chance(self.random, 12) else self.random.choice(("", "", "", "  "))

    def _mapping(self, data: dict[str, Any], column: int, *, started: bool = False) -> str:
        keys = list(data)
        if chance(self.random, 30):
            self.random.shuffle(keys)
        text = ""
        for key in keys:
            if not (started and not text):
                text += "".join(self._above(column)) + " " * column
            written = self.random.choice((key, key, key, key, f'"{key}"', f"'{key}'"))
            text += f"{written}{self.random.choice((':', ':', ' :'))}" + self._value(key, data[key], column)
        return text

    def _list(self, key: str, data: list[Any], column: int) -> str:
        text = ""
        for item in data:
            text += "".join(self._above(column)) + " " * column + "-"
            if isinstance(item, dict) and item and chance(self.random, 50):
                text += " " + self._mapping(item, column + 2, started=True)
            else:
                text += self._value(key, item, column, listed=True)
        return text

    def _value(self, key: str, value: Any, column: int, *, listed: bool = False) -> str:
        """What stands behind a colon or a dash, to the end of its line or lines."""
        self._open = False
        if isinstance(value, dict | list):
            if not value or chance(self.random, 35):
                return " " + self._brackets(value, column + 1) + self._behind() + "\n"
            inner = column + self.random.choice((1, 2, 2, 2, 4))
            text = self._behind() + "\n"
            if isinstance(value, list):
                return text + self._list(key, value, inner if listed or chance(self.random, 70) else column)
            return text + self._mapping(value, inner)
        if isinstance(value, str) and key in _TEXTS and chance(self.random, 60):
            return self._text(value, column)
        between = f"{self._behind()}\n{' ' * (column + 3)}" if chance(self.random, 5) else " "
        return between + self._scalar(value) + self._behind() + "\n"

    def _text(self, value: str, column: int) -> str:
        """Text as a block scalar, or quoted over several lines."""
        pad = " " * (column + self.random.choice((1, 2, 4)))
        match self.random.randrange(4):
            case 0 | 1 if value and value[0] not in " \n":
                style = self.random.choice(("|", "|", "|-", "|+", ">", ">-"))
                lines = value.split("\n")
                if style[0] == ">":
                    lines = "\n\n".join(lines).split("\n")
                broken = [self._broken(line, "\n" + pad) for line in lines]
                header = style + (f" {self._comment()}" if chance(self.random, 20) else "")
                self._open = True
                return f" {header}\n" + "".join(f"{pad}{line}\n" if line else "\n" for line in broken)
            case 2:
                quoted = json.dumps(value, ensure_ascii=False)
                return " " + self._broken(quoted, "\n" + pad) + self._behind() + "\n"
            case 3 if "\n" not in value:
                quoted = "'" + value.replace("'", "''") + "'"
                return " " + self._broken(quoted, f"\n{pad}") + self._behind() + "\n"
            case _:
                pass
        return " " + self._scalar(value) + self._behind() + "\n"

    def _broken(self, text: str, end: str) -> str:
        """The same with a line broken here and there at a space between two words."""
        return re.sub(r"(?<=[\w.,]) (?=\w)", lambda _: end if chance(self.random, 25) else " ", text)

    def _scalar(self, value: Any, *, flow: bool = False) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        plain = _PLAIN.fullmatch(value) and not value.endswith(" ") and not _WORDY.fullmatch(value)
        if plain and not (flow and ":" in value) and chance(self.random, 60):
            return value
        if value.isprintable() and chance(self.random, 50):
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value, ensure_ascii=chance(self.random, 20))

    def _brackets(self, value: Any, column: int) -> str:
        if not isinstance(value, dict | list):
            return self._scalar(value, flow=True)
        gap = self._gap if chance(self.random, 30) else lambda _column: ""
        if isinstance(value, list):
            items = [self._brackets(item, column) for item in value]
        else:
            items = [f"{self._scalar(key, flow=True)}: {self._brackets(item, column)}" for key, item in value.items()]
        open_, close = "[]" if isinstance(value, list) else "{}"
        inner = "".join(f"{gap(column)}{item}{gap(column)}, " for item in items)
        if items and chance(self.random, 80):
            inner = inner[:-2]
        return f"{open_}{inner}{gap(column)}{close}"

    def _gap(self, column: int) -> str:
        """A line broken in brackets, perhaps behind a comment."""
        if chance(self.random, 30):
            return f" {self._comment()}\n{' ' * column}"
        return self.random.choice(("", " ", f"\n{' ' * column}", f"\n\n{' ' * column}"))
