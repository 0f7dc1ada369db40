"""A blind reader's evening with the bundled story, by script: nothing but words, and none missing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import waymeet

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard

SCENES = Path(__file__).parents[2] / "scenes"
#: What is typed, and what has to be said of it, in the order in which it is.
EVENING = [
    ("1", "Chapter: The Burned Field."),
    ("1", "1 of 4: Take the water-skin."),
    ("1", "1 of 3: Say the number out loud."),
    ("save harbour", "Saved as harbour."),
    ("undo", "You took back: Take the water-skin."),
    ("redo", "Taken again: Take the water-skin."),
    ("rewind", "Before which choice do you want to stand again?"),
    ("2", "You are back before: Go down among the rows."),
    ("load harbour", "You are at your save. To come back to where you were, undo."),
    ("sheet", "The gun"),
    ("endings", "0 of 8"),
    ("help", "What you can do:"),
    ("hello", '"hello" is no answer here. Type a number from 1 to 3, or help.'),
]
MENU = re.compile(r"\d+ of \d+: ")


def test_an_evening_is_nothing_but_words(read: Callable[..., Heard]) -> None:
    typed = [line for line, _ in EVENING]
    heard = read(*typed, *["1"] * 100, "quit", story=waymeet.load(SCENES), screen_reader=True)
    assert heard.code == 0
    assert heard.errors == ""
    assert all(char.isprintable() or char == "\n" for char in heard.text)
    assert heard.text.startswith("Screen-reader mode, turned on by --screen-reader.\n")
    at = 0
    for _, said in EVENING:
        at = heard.text.index(said, at)
    assert heard.text.index("\nEnding: ", at) < heard.text.index("You have found 1 of 8 endings on Clarke's path.", at)
    assert not re.search(r"^(\d+\. |-  |> |[=~_*#-]{3,}$)", heard.text, re.MULTILINE)
    prompts = heard.text.split("Your choice: ")[:-1]
    assert all(MENU.search(prompt) or "is no answer" in prompt for prompt in prompts)
