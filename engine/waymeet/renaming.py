"""What became of the names of earlier releases, followed from any of them to those of now.

A save does not say which release it is of, and need not: no name may come back once a release has said what became of
it, so what releases say before the one that a name is of is not about that name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waymeet.machine import LinkedStep, Registers
    from waymeet.story import PastNames

_COUNT = re.compile(r"(visits|times)\((.*)\)", re.DOTALL)


class _Release(NamedTuple):
    """What one release says, each name by what it was called before; see `story.PastNames`."""

    protagonists: dict[str, str]
    steps: dict[str, str]
    moved: dict[str, str]
    endings: dict[str, str]
    flags: dict[str, str]
    values: dict[str, str]


class Renaming:
    """The names of all earlier releases; one that nothing is said of is its own, and empty is what is gone, unmissed.

    Names are followed from the release before the one of index `since`.
    """

    def __init__(self, past: Sequence[PastNames]) -> None:
        self._releases = [_Release(*map(dict, release)) for release in past]
        self._ids: dict[str, set[str]] = defaultdict(set)
        for number, release in enumerate(self._releases):
            for old, new in release.steps.items():
                self._ids[self.step(new, number + 1)[0]].add(re.split("[.:]", old)[-1])

    def protagonist(self, name: str, since: int = 0) -> str:
        """What a protagonist is called now."""
        for release in self._releases[since:]:
            name = release.protagonists.get(name, name)
        return name

    def path(self, name: str, paths: Sequence[str]) -> str:
        """Whose path was read: one that nothing is known of is that of the only protagonist, where there is but one."""
        now = self.protagonist(name)
        return paths[0] if now and now not in paths and len(paths) == 1 else now

    def ending(self, name: str, since: int = 0) -> str:
        """What an ending is called now."""
        for release in self._releases[since:]:
            name = release.endings.get(name, name)
        return name

    def step(self, path: str, since: int = 0) -> tuple[str, bool]:
        """What a scene, a node or a choice is called now, and whether that is only where a reader goes on."""
        moved = False
        for release in self._releases[since:]:
            found = next((above for above in _upward(path) if above in release.steps or above in release.moved), "")
            if found in release.moved:
                path, moved = release.moved[found], True
            elif found:
                path = release.steps[found] + path[len(found) :]
        return path, moved

    def flag(self, name: str, since: int = 0) -> str:
        """What a flag, a memory, a free text or a count is called now."""
        if count := _COUNT.fullmatch(name):
            return f"{count[1]}({self.step(count[2], since)[0]})"
        for release in self._releases[since:]:
            name = _flag(name, release)
        return name

    def word(self, flag: str, word: str, since: int = 0) -> str:
        """What a value of a flag is called now."""
        for release in self._releases[since:]:
            if (now := release.values.get(f"{flag}.{word}")) is not None:
                word = now.rpartition(".")[2]
            flag = _flag(flag, release)
        return word

    def turn(self, turn: str, at: LinkedStep, registers: Registers) -> str:
        """What a turn at a step is called now: if no open choice has its name, that of one that once had."""
        if at.taken(turn, registers) is not None:
            return turn
        return next((way.id for _, way in at.open(registers) if turn in self._ids.get(way.path, ())), turn)


def is_internal(name: str) -> bool:
    """Whether a name is one that no author gave: that of a count, or of an event that was told."""
    return "(" in name


def _flag(name: str, release: _Release) -> str:
    """What a release calls a flag; a local one goes with its scene."""
    scene, dot, local = name.partition(".")
    if dot and name not in release.flags:
        return f"{release.steps.get(scene, scene)}.{local}"
    return release.flags.get(name, name)


def _upward(path: str) -> Iterator[str]:
    """A path and those that it is below, itself first."""
    while path:
        yield path
        path = path.rpartition(".")[0]
