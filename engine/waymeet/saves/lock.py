"""A lock on a story's folder, so that two players at once do not write over each other."""

from __future__ import annotations

import fcntl
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Lock:
    """Held until closed or until the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("ab")
        #: Whether this process holds it.
        self.held = False
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.held = True
        except BlockingIOError:
            self._file.close()

    def close(self) -> None:
        """Let the next one in."""
        self.held = False
        self._file.close()
