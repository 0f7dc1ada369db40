"""Readers at random who are killed at random instants, and what is left of their places.

Run: `make bench ARGS="kills [--count 20000] [--seed 0]"`
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

from waymeet.checking import compile_files
from waymeet.console.keeper import Keeper
from waymeet.console.options import PlayOptions
from waymeet.console.play import play
from waymeet.project import read_files
from waymeet.runtime import Story
from waymeet.saves.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waymeet.console.history import History

ROOT = Path(__file__).parents[2]
#: A reader is killed after at most so many seconds: some while the first page is told, some after dozens of choices.
LONGEST = 0.08
#: What a reader types: mostly numbers, and now and then a word.
TYPED = [*"1123456789" * 3, "undo", "redo", "endings"]

#: The choices of a reading, and undone ones not.
Turns = tuple[str, ...]


class Killed(NamedTuple):
    """What a reader who was killed knew to be kept: the choices on each path, as far as any were taken."""

    paths: Mapping[str, Turns]
    saves: int


class _Typing(io.StringIO):
    """A reader who types at random, for ever."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        """A line, whatever was asked."""
        return f"{self._chance.choice(TYPED)}\n"


def killed(story: Story, home: Path, chance: random.Random) -> Killed:
    """One reading, and its end."""
    out, into = os.pipe()
    reader = os.fork()
    if not reader:
        os.close(out)
        _read(story, home, chance, into)
    os.close(into)
    time.sleep(chance.uniform(0, LONGEST))
    os.kill(reader, signal.SIGKILL)
    os.waitpid(reader, 0)
    with open(out, "rb") as told:  # noqa: PTH123 - a descriptor
        *lines, _unfinished = told.read().decode().split("\n")
    paths = {}
    for line in lines:
        who, *path = line.split()
        paths[who] = tuple(path)
    return Killed(paths, len(lines))


def _read(story: Story, home: Path, chance: random.Random, into: int) -> None:
    """Read until the end comes; say of each place that it is kept, as soon as it is."""
    save = Keeper.save

    def told(self: Keeper, history: History) -> None:
        save(self, history)
        if self.is_kept:
            moment = history.now
            os.write(into, (" ".join([moment.origin.protagonist, *moment.path]) + "\n").encode())

    try:
        with mock.patch.object(Keeper, "save", told), mock.patch.dict(os.environ, WAYMEET_HOME=str(home)):
            while True:
                play(story, PlayOptions(), stdin=_Typing(chance), stdout=io.StringIO(), stderr=io.StringIO())
    finally:
        os._exit(70)  # what is the other process's own to be cleaned up is left alone


def lost(story: Story, home: Path, known: Mapping[str, Turns]) -> list[str]:
    """What is not there any more, or damaged, of all that was kept; one choice more may be, which was being kept."""
    shelf = Shelf(story, home)
    try:
        if not shelf.writable:
            return ["the lock is held by nobody"]
        found = [] if shelf.unusable is None else [f"memory: {shelf.unusable.reason}"]
        for who, path in known.items():
            autosave = shelf.autosaves[who]
            place = autosave.find(story)
            found += [f"{who}: {unusable.reason}" for unusable in autosave.unusable]
            if place is None:
                found.append(f"{who}: nothing is kept")
            elif not _follows(place.moment.path, path):
                found.append(f"{who}: {len(path)} choices were kept, and {len(place.moment.path)} are there")
        found += [f"{path.name} was left" for path in shelf.folder.iterdir() if "damaged" in path.name]
        return found
    finally:
        shelf.close()


def _follows(there: Turns, known: Turns) -> bool:
    """Whether a path is the one that was known, or what one more choice or undo, or a new beginning, makes of it."""
    return there == known or there[:-1] == known or there == known[:-1] or len(there) <= 1


def tried(story: Story, count: int, seed: int) -> Counter[str]:
    """How many readers were killed, how often a place was kept before, and what was lost or damaged."""
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        known: dict[str, Turns] = {}
        for number in range(count):
            ended = killed(story, home, random.Random(chance.random()))
            known.update(ended.paths)
            seen["killed"] += 1
            seen["kept"] += ended.saves
            seen["kept nothing before"] += not ended.saves
            for loss in lost(story, home, known):
                seen["lost or damaged"] += 1
                print(f"{number}: {loss}", flush=True)
            known = _there(story, home)
    return seen


def _there(story: Story, home: Path) -> dict[str, Turns]:
    """The choices of each path, as they are kept."""
    shelf = Shelf(story, home)
    try:
        places = {who: autosave.find(story) for who, autosave in shelf.autosaves.items()}
        return {who: place.moment.path for who, place in places.items() if place is not None}
    finally:
        shelf.close()


def main(arguments: Sequence[str]) -> None:
    """Kill as many as the arguments say."""
    parser = argparse.ArgumentParser(prog="kills", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    story = Story(compile_files(read_files(ROOT / "scenes"), "scenes"))
    seen = tried(story, options.count, options.seed)
    sys.stdout.writelines(f"{what}: {seen[what]:,}\n" for what in ("killed", "kept", "kept nothing before"))
    print(f"lost or damaged: {seen['lost or damaged']:,}")
