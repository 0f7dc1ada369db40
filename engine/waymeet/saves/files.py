"""Files written so that a crash at any instant leaves the old one or the new one, whole."""

from __future__ import annotations

import os
from contextlib import suppress
from stat import S_ISREG
from typing import TYPE_CHECKING

from waymeet.errors import SaveError

if TYPE_CHECKING:
    from pathlib import Path

_TEMPORARY = ".tmp"
#: The largest file that is read.
MAX_SIZE = 64 * 1024 * 1024


def read_whole(path: Path) -> bytes:
    """The bytes of a file; raises `OSError`, and `SaveError` for what is no file or larger than any of ours, unread."""
    found = path.stat()
    if not S_ISREG(found.st_mode):
        raise SaveError("it is no file")
    if found.st_size > MAX_SIZE:
        raise SaveError("it is larger than any that waymeet writes")
    return path.read_bytes()


def write_atomically(path: Path, data: bytes, previous: Path | None = None) -> None:
    """Replace the file at `path`; the one that was there becomes `previous`, if that is given. Raises `OSError`."""
    temporary = path.with_name(path.name + _TEMPORARY)
    path.parent.mkdir(parents=True, exist_ok=True)  # somebody may have removed it since it was made
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if previous is not None:
            with suppress(FileNotFoundError):
                path.replace(previous)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove what writes that never finished have left."""
    for stray in folder.glob("*" + _TEMPORARY):
        stray.unlink(missing_ok=True)


def free_name(path: Path) -> Path:
    """This path if nothing is there, else the first of `name-2`, `name-3`, … that is free."""
    number = 2
    free = path
    while os.path.lexists(free):
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


def name_before(path: Path, fingerprint: str) -> Path:
    """Where a file goes as it was before the version of a story that has this fingerprint, if nothing is there."""
    return free_name(path.with_name(f"{path.stem}.before-{fingerprint[:8]}{path.suffix}"))


def copy_whole(path: Path, copy: Path) -> None:
    """Copy a file, if it is still there, as whole as `write_atomically` writes one; raises `OSError`."""
    with suppress(FileNotFoundError):
        write_atomically(free_name(copy), path.read_bytes())


def move_aside(path: Path, aside: Path) -> None:
    """Rename a file, if it is still there, to a name that nothing else has by now; raises `OSError`."""
    with suppress(FileNotFoundError):
        path.rename(free_name(aside))


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
