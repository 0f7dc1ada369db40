"""What a reader asked for on the command line. Imports nothing that costs time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class PlayOptions(NamedTuple):
    """How to play. `auto` is a number of random readings, `width` the measure in terminal cells.

    `follow` is a way to play first: choice ids, or the path of a file that holds some, a witness or a report. `json` is
    to be driven by a program. `at` is the node where a trial begins, and `flags` what is so there, as it was typed.
    `debug` is for authors who ask why.
    """

    protagonist: str | None = None
    seed: int | None = None
    auto: int | None = None
    replay: Path | None = None
    follow: str | None = None
    view: Literal["plain", "inline", "full"] | None = None
    screen_reader: bool = False
    width: int | None = None
    new: bool = False
    transcript: Path | None = None
    theme: str | None = None
    language: str | None = None
    json: bool = False
    at: str | None = None
    flags: tuple[str, ...] = ()
    debug: bool = False

    @property
    def is_trial(self) -> bool:
        """Whether nothing of the reading is to be kept: no reader could have begun it so, or chose all of its way."""
        return self.follow is not None or self.supposes

    @property
    def supposes(self) -> bool:
        """Whether it is to begin otherwise than the story does."""
        return self.at is not None or bool(self.flags)
