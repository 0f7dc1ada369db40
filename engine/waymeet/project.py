"""The files of a story on disk: which belong to it, read within bounds and never outside its folder."""

from __future__ import annotations

import os
from pathlib import Path

from waymeet.diagnostics import StoryNotFoundError

SUFFIXES = (".yaml", ".yml")
#: Enough for any story; a folder with more is not one.
MAX_FILES = 10_000
MAX_FILE = 16 * 1024 * 1024


def read_files(path: Path) -> dict[str, bytes]:
    """The YAML files of a story: a folder with its sub-folders, or a single file. Names are relative to the folder.

    Hidden files and folders, links that lead out of the folder, and what is no ordinary file are no part of it. Of a
    file over the size limit only enough is read to tell that it is. Raises `StoryNotFoundError`, and `OSError` for what
    cannot be read, a broken link among it.
    """
    if path.is_dir():
        found = {name: _read(path / name) for name in _names(path)}
        if not found:
            raise StoryNotFoundError(f"{path} holds no story: there is no YAML file in it")
        return found
    if not path.is_file():
        what = ": it is no ordinary file" if path.exists() else ""
        raise StoryNotFoundError(f"there is no story at {path}{what}")
    return {path.name: _read(path)}


def _names(folder: Path) -> list[str]:
    home = os.path.realpath(folder)
    found: list[str] = []
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            file = Path(place, name)
            if name.endswith(SUFFIXES) and not name.startswith(".") and _belongs(file, home):
                found.append(file.relative_to(folder).as_posix())
        if len(found) > MAX_FILES:
            raise StoryNotFoundError(f"{folder} holds more than {MAX_FILES} YAML files: it is no story folder")
    return sorted(found)


def _refuse(error: OSError) -> None:
    raise error


def _belongs(file: Path, home: str) -> bool:
    """Whether a name stands for an ordinary file inside the folder; a broken link does, so that it is reported."""
    inside = Path(os.path.realpath(file)).is_relative_to(home)
    return inside and (file.is_file() or not file.exists())


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_FILE + 1)
