"""What a reader asked for on the command line. Imports nothing that costs time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class PlayOptions(NamedTuple):
    """How to play. `auto` is a number of random readings, `width` the measure in terminal cells.

    `follow` is a way to play first: choice ids, or the path of a file that holds some, a witness or a report. `json` is
    to be driven by a program.
    """

    protagonist: str | None = None
    seed: int | None = None
    auto: int | None = None
    replay: Path | None = None
    follow: str | None = None
    view: Literal["plain"] | None = None
    screen_reader: bool = False
    width: int | None = None
    new: bool = False
    transcript: Path | None = None
    json: bool = False
