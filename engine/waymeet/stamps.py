"""What tells that files are as they were when they were read, without reading them again: their stamps.

A file's stamp has its place on the disk, its size, and the instants when its contents and its entry were last changed.
The second of these nobody can set, and every write sets it; but a clock may stand still for as long as its disk counts.
So stamps are only to be relied on once they are older than that, as git does with its index.
"""

from __future__ import annotations

import os
import time
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    #: Where a file is, and its stamp.
    Row = tuple[str, int, int, int, int, int]

#: Nanoseconds: what the coarsest disk counts by (FAT, 2 s), and a little more.
_COARSE = 2_100_000_000
#: More files than any story has, or its compiler.
_MOST = 10_000


class Stamps(NamedTuple):
    """The stamps of some files, as one short string; `settled`: whether a change from now on would show in them."""

    digest: str
    settled: bool


def stamps_of(roots: Iterable[str | os.PathLike[str]], counts: Callable[[str], bool], of: str = "") -> Stamps | None:
    """The stamps of files and of folders, `of` what; in folders, those of the files whose name `counts`.

    They must be taken before the files are read. None where they tell nothing: one is not there, or is a link, or is no
    ordinary file; or there are too many.
    """
    now = time.time_ns()
    rows: list[Row] = []
    try:
        found = [Path(root).resolve() for root in roots]
        for root in found:
            _look(root, counts, rows)
    except (OSError, RuntimeError, ValueError):  # links in a circle are an error of the run to older versions of Python
        return None
    youngest = max((max(row[-2:]) for row in rows), default=now)
    digest = blake2b(repr((of, [*map(str, found)], sorted(rows))).encode(), digest_size=16)
    return Stamps(digest.hexdigest(), youngest < now - _COARSE)


def _look(root: Path, counts: Callable[[str], bool], rows: list[Row]) -> None:
    """Add the stamps of one file or folder; raises `OSError`, and `ValueError` for what is neither or too much."""
    if root.is_dir():
        _look_into(root, counts, rows)
    elif root.is_file():
        rows.append(_row(str(root), root.stat()))
    else:
        raise ValueError(root)


def _look_into(folder: str | Path, counts: Callable[[str], bool], rows: list[Row]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                _look_into(entry.path, counts, rows)
            elif counts(entry.name):
                if not entry.is_file(follow_symlinks=False):
                    raise ValueError(entry.path)
                rows.append(_row(entry.path, entry.stat(follow_symlinks=False)))
        if len(rows) > _MOST:
            raise ValueError(folder)


def _row(path: str, found: os.stat_result) -> Row:
    return path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
