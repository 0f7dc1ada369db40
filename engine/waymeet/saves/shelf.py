"""Everything that is kept of one story: an autosave for each protagonist, and what finished playthroughs left."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.errors import SaveError
from waymeet.saves import memory
from waymeet.saves.autosave import Autosave, Unusable
from waymeet.saves.files import free_name, read_whole, sweep, write_atomically
from waymeet.saves.lock import Lock
from waymeet.saves.memory import Legacy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.runtime import Story

_ID = re.compile(r"[a-z][a-z0-9_]*")


def home() -> Path:
    """The folder of everything waymeet keeps for a reader: `WAYMEET_HOME`, or the platform's own place."""
    if chosen := os.environ.get("WAYMEET_HOME"):
        return Path(chosen)
    from platformdirs import user_data_dir

    return Path(user_data_dir("waymeet", appauthor=False))


class Shelf:
    """The folder of one story, locked against a second writer. Raises `OSError` where it cannot be made."""

    def __init__(self, story: Story, root: Path | None = None) -> None:
        self.story = story
        self.folder = (home() if root is None else root) / "saves" / _plain_id(story.id)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(self.folder / "lock")
        if self.writable:
            sweep(self.folder)
        names = [protagonist.id for protagonist in story.protagonists]
        #: The autosaves, by protagonist.
        self.autosaves: Mapping[str, Autosave] = {name: Autosave(self.folder, _plain_id(name)) for name in names}
        #: The memory file, where it cannot be used.
        self.unusable: Unusable | None = None
        self.legacy = self._read_legacy()

    @property
    def writable(self) -> bool:
        """Whether places can be kept here: not while another player has the story open."""
        return self._lock.held

    def leave(self, legacy: Legacy) -> None:
        """Go on with this legacy, and keep it where that is allowed; raises `OSError`."""
        self.legacy = legacy
        if not self.writable:
            return
        if self.unusable is not None:
            self.unusable.path.rename(self.unusable.aside)
            self.unusable = None
        write_atomically(self._memory_path, memory.to_bytes(self.legacy))

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


def _plain_id(name: str) -> str:
    """An id that is safe as a file's name; raises `ValueError` on any other."""
    if not _ID.fullmatch(name):
        raise ValueError(f"{name!r} is no id")
    return name
