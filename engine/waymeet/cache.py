"""Files that save work when they are there, and are never missed: data only, safe to delete, bounded in number."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

#: Seconds after which a file that was never finished is nobody's any more.
_STALE = 3600
_TEMPORARY = "tmp"


def cache_folder() -> Path:
    """Where they are kept."""
    if home := os.environ.get("WAYMEET_HOME"):
        return Path(home, "cache")
    from platformdirs import user_cache_path

    return user_cache_path("waymeet")


class Cache(NamedTuple):
    """The files of one suffix in a folder, of which so many are kept: those that were used last."""

    folder: Path
    suffix: str
    kept: int

    def read(self, key: str) -> bytes | None:
        """What is kept under a key, whole or not; None where nothing is."""
        try:
            return self.found(key).read_bytes()
        except OSError:
            return None

    def found(self, key: str) -> Path:
        """Where it is kept, if it is; it counts as used."""
        file = self._file(key)
        with suppress(OSError):
            os.utime(file)
        return file

    def write(self, key: str, raw: bytes) -> None:
        """Keep something; where that is not possible, it will be made again."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            from tempfile import mkstemp

            handle, name = mkstemp(dir=self.folder, prefix=_TEMPORARY)
            try:
                with open(handle, "wb") as temporary:  # noqa: PTH123  (open already)
                    temporary.write(raw)
                Path(name).replace(self._file(key))
            except OSError:
                Path(name).unlink()
            self._tidy()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{self.suffix}"

    def _tidy(self) -> None:
        """Remove those that were not used for longest, and what writes that broke off have left."""
        times: dict[Path, float] = {}
        for file in self.folder.iterdir():
            with suppress(OSError):  # another process may tidy too
                times[file] = file.stat().st_mtime
        mine = sorted((file for file in times if file.suffix == self.suffix), key=times.__getitem__, reverse=True)
        stale = [file for file in times if file.name.startswith(_TEMPORARY) and times[file] < time.time() - _STALE]
        for file in (*mine[self.kept :], *stale):
            with suppress(OSError):
                file.unlink()
