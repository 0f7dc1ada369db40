"""Everything that is kept of one story: an autosave for each path, named saves, and what finished readings left."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.errors import SaveError
from waymeet.renaming import Renaming
from waymeet.saves import memory
from waymeet.saves.autosave import Autosave, Generations, Unusable
from waymeet.saves.files import copy_whole, free_name, move_aside, name_before, read_whole, sweep, write_atomically
from waymeet.saves.lock import Lock
from waymeet.saves.memory import Legacy
from waymeet.saves.seen import Seen
from waymeet.saves.slots import Slots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.runtime import Story

_ID = re.compile(r"[a-z][a-z0-9_]*")
_AUTOSAVE = re.compile(rf"autosave-({_ID.pattern})(?:\.1)?\.json")


def home() -> Path:
    """The folder of everything waymeet keeps for a reader: `WAYMEET_HOME`, or the platform's own place."""
    if chosen := os.environ.get("WAYMEET_HOME"):
        return Path(chosen)
    from platformdirs import user_data_dir

    return Path(user_data_dir("waymeet", appauthor=False))


class Shelf:
    """The folder of one story, locked against a second writer. Raises `OSError` where there is none and none can be."""

    def __init__(self, story: Story, root: Path | None = None) -> None:
        self.story = story
        self.folder = (home() if root is None else root) / "saves" / _plain_id(story.id)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(self.folder / "lock")
        if self.writable:
            sweep(self.folder)
        names = [_plain_id(protagonist.id) for protagonist in story.protagonists]
        former = _former(self.folder, names, Renaming(story.data.past))
        #: The autosaves, by protagonist.
        self.autosaves: Mapping[str, Autosave] = {name: Autosave(self.folder, name, former[name]) for name in names}
        #: Where the reader was on each path before they went to a save there.
        self.left: Mapping[str, Generations] = {name: Generations(self.folder, f"left-{name}") for name in names}
        #: The saves that the reader has named.
        self.slots = Slots(self.folder)
        #: The memory file, where it cannot be used.
        self.unusable: Unusable | None = None
        #: What finished playthroughs left, and what of it the story, edited since, could not keep.
        self.legacy, self.losses = self._read_legacy().brought(story)

    @property
    def writable(self) -> bool:
        """Whether places can be kept here: not while another player has the story open, nor where there is trouble."""
        return self._lock.held

    @property
    def trouble(self) -> OSError | None:
        """Why nothing can be kept here in any player, if that is so."""
        return self._lock.trouble

    def seen(self) -> Seen:
        """What was told to the reader before; raises `OSError` where that cannot be read."""
        return Seen(self.folder / "seen", writable=self.writable)

    def leave(self, legacy: Legacy) -> None:
        """Go on with this legacy, and keep it where that is allowed; raises `OSError`."""
        self.legacy = legacy
        if not self.writable:
            return
        if self.unusable is not None:
            move_aside(self.unusable.path, self.unusable.aside)
            self.unusable = None
        write_atomically(self._memory_path, memory.to_bytes(self.legacy))

    def settle(self) -> Path | None:
        """Keep the legacy without what is lost, and give the file with all of it; None where nothing may be kept.

        Raises `OSError`.
        """
        if not self.writable:
            return None
        aside = name_before(self._memory_path, self.story.fingerprint)
        copy_whole(self._memory_path, aside)
        self.leave(self.legacy)
        return aside

    def close(self) -> None:
        """Let another player write."""
        self._lock.close()

    @property
    def _memory_path(self) -> Path:
        return self.folder / "memory.json"

    def _read_legacy(self) -> Legacy:
        path = self._memory_path
        try:
            return memory.from_bytes(read_whole(path), self.story.id)
        except FileNotFoundError:
            pass
        except (SaveError, OSError) as error:
            self.unusable = Unusable(path, str(error), free_name(path.with_name("memory.damaged.json")))
        return Legacy(self.story.id, {}, {})


def _former(folder: Path, names: list[str], renaming: Renaming) -> dict[str, list[str]]:
    """Under which other names than those of now places are kept, by the names of now."""
    found: dict[str, list[str]] = {name: [] for name in names}
    kept = sorted({file[1] for path in folder.iterdir() if (file := _AUTOSAVE.fullmatch(path.name))})
    for name in kept:
        now = renaming.path(name, names)
        if name not in names and now in names:
            found[now].append(name)
    return found


def _plain_id(name: str) -> str:
    """An id that is safe as a file's name; raises `ValueError` on any other."""
    if not _ID.fullmatch(name):
        raise ValueError(f"{name!r} is no id")
    return name
