"""A lock on a story's folder, so that two players at once do not write over each other."""

from __future__ import annotations

import fcntl
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Lock:
    """Held until closed or until the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] | None = None
        #: Whether this process holds it.
        self.held = False
        #: Why nobody can hold it, as where nothing can be written.
        self.trouble: OSError | None = None
        try:
            self._file = path.open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.held = True
        except BlockingIOError:
            self.close()
        except OSError as error:
            self.trouble = error
            self.close()

    def close(self) -> None:
        """Let the next one in."""
        self.held = False
        if self._file is not None:
            self._file.close()
