"""The film and the picture of the player in docs/pictures are what a reader sees; `--update` takes them anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyte
import pytest

from kit.filming import Shot, asciicast, filmed, picture
from kit.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CAST, STILL = (ROOT / "docs" / "pictures" / name for name in ("reading.cast", "reading.svg"))
TITLE = "May We Meet Again, read in a terminal"
HINT = "q leave"
SHOTS = [
    Shot(3, "1", "Climb to the door."),
    Shot(6, "1", "Pick up the copper ring."),
    Shot(6, "\x1b[B", "Pick up the copper ring."),
    Shot(1, "\x1b[B", "Pick up the copper ring."),
    Shot(1, "\r", "Say the number out loud."),
]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    command = [sys.executable, "-m", "waymeet", "play", str(ROOT / "scenes")]
    terminal = Terminal(command, columns=72, rows=30, LC_ALL="C.UTF-8", NO_COLOR="")
    yield terminal
    terminal.child.close(force=True)


def test_the_film_shows_what_a_reader_sees(terminal: Terminal, update: bool) -> None:
    film = filmed(terminal, HINT, SHOTS)
    seen = picture(terminal.screen, TITLE)
    if update:
        CAST.parent.mkdir(exist_ok=True)
        CAST.write_text(asciicast(film, TITLE), encoding="utf-8")
        STILL.write_text(seen, encoding="utf-8")
    assert STILL.read_text(encoding="utf-8") == seen
    assert picture(_played(CAST.read_text(encoding="utf-8")), TITLE) == seen


def _played(cast: str) -> pyte.Screen:
    """The screen at the end of a film."""
    head, *events = [json.loads(line) for line in cast.splitlines()]
    screen = pyte.Screen(head["width"], head["height"])
    stream = pyte.Stream(screen)
    for _, _, text in events:
        stream.feed(text)
    return screen
