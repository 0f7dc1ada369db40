"""Replays: the choice ids of a file, played one after another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from waymeet.console.words import word

if TYPE_CHECKING:
    from pathlib import Path

    from waymeet.console.history import History
    from waymeet.console.reading import Reading


class ReplayError(Exception):
    """A file that holds no replay, or one that does not fit the story; the message says where."""


class Played(NamedTuple):
    """A choice to play, and where the file names it."""

    choice: str
    where: str


def read_replay(path: Path) -> list[Played]:
    """The choices of a file: ids between spaces or lines, `#` for comments; or a JSON list. Raises `ReplayError`."""
    try:
        text = path.read_text(encoding="utf-8")
        if text.lstrip().startswith("["):
            return _from_json(path, json.loads(text))
    except OSError as error:
        raise ReplayError(word("replay_unreadable", path=path, reason=error.strerror)) from error
    except (ValueError, RecursionError) as error:
        raise ReplayError(word("replay_unreadable", path=path, reason=error)) from error
    return [
        Played(choice, word("replay_line", path=path, line=number))
        for number, line in enumerate(text.splitlines(), 1)
        for choice in line.partition("#")[0].split()
    ]


def play_back(reading: Reading, history: History, replay: list[Played]) -> None:
    """Take the choices, telling each; raises `ReplayError` at the first that is not open."""
    for choice, where in replay:
        moment = history.now
        ids = [offer.id for offer in moment.choices if offer.locked is None]
        if choice not in ids:
            names = ", ".join(ids) or word("replay_nothing")
            raise ReplayError(word("replay_not_open", where=where, choice=choice, step=moment.step, open=names))
        reading.choose(choice)


def _from_json(path: Path, items: list[object]) -> list[Played]:
    return [Played(str(item), word("replay_item", path=path, line=number)) for number, item in enumerate(items, 1)]
