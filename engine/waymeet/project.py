"""The files of a story on disk: which belong to it, read within bounds and never outside its folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.diagnostics import StoryNotFoundError

SUFFIXES = (".yaml", ".yml")
#: What word processors and desktops put behind a file's name, often without showing it.
_ADDED = (".txt", ".text", ".rtf", ".doc", ".docx", ".odt")
MEGA = 1024 * 1024
#: Enough for any story; a folder with more is not one.
MAX_FILES = 10_000
MAX_TOTAL = 256 * MEGA
#: The most that one file may have; what is larger is a finding, and the other files are still read.
MAX_FILE = 16 * MEGA


def read_files(path: Path) -> dict[str, bytes]:
    """The YAML files of a story, by their names: what `read_found` reads of what `find_files` finds.

    A file that would be one but for what was added to its name (see `meant_name`) is there with nothing in it.
    """
    read = read_found(path, find_files(path))
    return {**read, **dict.fromkeys(_misnamed(path), b"")} if path.is_dir() else read


def meant_name(name: str) -> str | None:
    """The name of a YAML file to which something was added (`story.yaml.txt`), without that; None for any other."""
    stem, dot, added = name.rpartition(".")
    return stem if dot + added in _ADDED and stem.endswith(SUFFIXES) else None


def may_belong(name: str) -> bool:
    """Whether a file of this name can be one of a story, or one that was meant to be."""
    return name.endswith(SUFFIXES) or meant_name(name) is not None


def find_files(path: Path) -> dict[str, Path]:
    """Where the YAML files of a story are: a folder with its sub-folders, or a single file.

    Each is known by its name relative to the folder, with forward slashes, which is well-formed Unicode even where the
    disk has other bytes. Hidden files and folders, links that lead out of the folder, and what is no ordinary file are
    no part of a story. Raises `StoryNotFoundError`, and `OSError` for a folder that cannot be read.
    """
    if path.is_dir():
        found = _shown(_names(path), path)
        if not found:
            rename = "".join(f"; rename {name} to {meant_name(name)}" for name in _misnamed(path)[:1])
            raise _not_found(f"{path} holds no story: there is no YAML file in it{rename}")
        return found
    if not path.is_file():
        what = ": it is no ordinary file" if path.exists() else _instead(path)
        raise _not_found(f"there is no story at {path}{what}")
    return _shown([path.name], path.parent)


def read_found(path: Path, found: dict[str, Path]) -> dict[str, bytes]:
    """What the files that were found at a path hold.

    Of a file over the size limit only enough is read to tell that it is. Raises `StoryNotFoundError` when there is too
    much in all, and `OSError` for what cannot be read, a broken link among it.
    """
    read: dict[str, bytes] = {}
    total = 0
    for name, file in found.items():
        read[name] = _read(file)
        total += len(read[name])
        if total > MAX_TOTAL:
            raise _not_found(f"{path} holds more than {MAX_TOTAL // MEGA} MiB of YAML: it is no story folder")
    return read


def _not_found(message: str) -> StoryNotFoundError:
    from waymeet.diagnostics import StoryNotFoundError  # which a reader whose story is there need not wait for

    return StoryNotFoundError(message)


def _instead(path: Path) -> str:
    """What was probably meant by a path where nothing is: the folder at hand, or a neighbour with such a name."""
    from waymeet.diagnostics import closest

    here = Path.cwd()
    if path.name == here.name and any(here.glob("*.yaml")):
        return f'; you are in {here.name} already: type "." for the folder that you are in'
    try:
        names = [entry.name for entry in path.parent.iterdir() if not entry.name.startswith(".")]
    except OSError:  # there is no such folder either
        return ""
    for name in names:
        if meant_name(name) == path.name:
            return f"; rename {name} to {path.name}"
    close = [name for name in closest(path.name, names) if (path.parent / name).is_dir() or name.endswith(SUFFIXES)]
    return f"; did you mean {path.parent / close[0]}?" if close else ""


def _misnamed(folder: Path) -> list[str]:
    """The files that would be YAML files but for what was added to their names."""
    return [name for name in _names(folder, _ADDED) if meant_name(name)]


def _names(folder: Path, suffixes: tuple[str, ...] = SUFFIXES) -> list[str]:
    home = os.path.realpath(folder)
    found: list[str] = []
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            file = Path(place, name)
            if name.endswith(suffixes) and not name.startswith(".") and _belongs(file, home):
                found.append(file.relative_to(folder).as_posix())
        if len(found) > MAX_FILES:
            raise _not_found(f"{folder} holds more than {MAX_FILES} YAML files: it is no story folder")
    return sorted(found)


def _shown(names: Iterable[str], folder: Path) -> dict[str, Path]:
    """The files by names that can be written anywhere; two that would be shown alike are told apart."""
    found: dict[str, Path] = {}
    for name in names:
        shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        while shown in found:
            shown += "~"
        found[shown] = folder / name
    return found


def _refuse(error: OSError) -> None:
    raise error


def _belongs(file: Path, home: str) -> bool:
    """Whether a name stands for an ordinary file inside the folder; a broken link does, so that it is reported."""
    inside = Path(os.path.realpath(file)).is_relative_to(home)
    return inside and (file.is_file() or not file.exists())


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_FILE + 1)
