"""A film of the player at a terminal: what a reader sees, key by key, as an asciicast and as a still picture."""

from __future__ import annotations

import json
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyte
    from pyte.screens import Char

    from kit.terminal import Terminal

#: The size of a cell in the picture, and of what surrounds it, in pixels.
_WIDE, _HIGH, _MARGIN = 8.4, 18, 14
_COLOURS = {
    "black": "#5c6370",
    "red": "#e06c75",
    "green": "#98c379",
    "brown": "#e5c07b",
    "blue": "#61afef",
    "magenta": "#c678dd",
    "cyan": "#56b6c2",
    "white": "#dcdfe4",
    "brightblack": "#7f848e",
}
_PAPER, _INK = "#1e2127", "#d7dae0"


class Shot(NamedTuple):
    """A key that is pressed after so many seconds, and the text on the screen that says that all is told."""

    after: float
    key: str
    until: str


class Film(NamedTuple):
    """What was written to a terminal of some size, and when, in seconds since the beginning."""

    columns: int
    rows: int
    events: Sequence[tuple[float, str]]


def filmed(terminal: Terminal, first: str, shots: Sequence[Shot]) -> Film:
    """Press the keys of some shots at a program that begins with showing `first`.

    The times are those of the script: how long the machine took is not filmed.
    """
    terminal.until(first)
    events, told, now = [(0.0, terminal.output)], len(terminal.output), 0.0
    for after, key, until in shots:
        now += after
        terminal.press(key)
        terminal.until(until)
        events.append((now, terminal.output[told:]))
        told = len(terminal.output)
    return Film(terminal.screen.columns, terminal.screen.lines, events)


def asciicast(film: Film, title: str) -> str:
    """A film as asciinema plays it (asciicast, version 2)."""
    head = {"version": 2, "width": film.columns, "height": film.rows, "title": title}
    lines = [head, *([round(at, 2), "o", text] for at, text in film.events)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def picture(screen: pyte.Screen, title: str) -> str:
    """What a screen shows, as SVG."""
    wide, high = screen.columns * _WIDE + 2 * _MARGIN, screen.lines * _HIGH + 2 * _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect width="100%" height="100%" rx="8" fill="{_PAPER}"/>',
            f'<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="{_INK}">',
            *(line for row in range(screen.lines) for line in _row(row, screen.buffer[row], screen.columns)),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _row(row: int, cells: Mapping[int, Char], columns: int) -> Iterator[str]:
    """The runs of one style in a row; a space is drawn as nothing."""
    start = 0
    for style, run in groupby((cells[column] for column in range(columns)), key=_style):
        text = "".join(cell.data for cell in run)
        if seen := text.rstrip():
            x, y = _MARGIN + start * _WIDE, _MARGIN + (row + 0.78) * _HIGH
            place = f'x="{x:g}" y="{y:g}" textLength="{len(seen) * _WIDE:g}" xml:space="preserve"'
            yield f"<text {place}{style}>{escape(seen, quote=False)}</text>"
        start += len(text)


def _style(cell: Char) -> str:
    """The attributes of a cell's text; where it is shown in reverse, it is underlined instead."""
    found = ""
    if cell.fg in _COLOURS:
        found += f' fill="{_COLOURS[cell.fg]}"'
    if cell.bold:
        found += ' font-weight="bold"'
    if cell.italics:
        found += ' font-style="italic"'
    if cell.reverse or cell.underscore:
        found += ' text-decoration="underline"'
    return found
