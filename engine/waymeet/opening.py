"""Opening a story: from a folder or file of YAML, by way of the cache, to a `Story`; and checking one.

The one place where the player's half and the author's half meet: the author's is imported only when a story must be
compiled or checked.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from waymeet.expressions.code import CodeError
from waymeet.project import read_files
from waymeet.runtime import Story
from waymeet.story import StoryDataError, from_bytes, to_bytes
from waymeet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.budget import Budget
    from waymeet.diagnostics import Report

#: The story that ships with waymeet, inside the installed package; a checkout has it in `scenes/`.
_BUNDLED = "bundled"
#: So many compiled stories are kept, those that were opened last.
_KEPT = 20
#: Seconds after which a file that was never finished is nobody's any more.
_STALE = 3600
_TEMPORARY = "tmp"
#: What makes a compiled story what it is, besides the author's files.
_COMPILER = (
    *("authoring", "expressions", "prose", "checking.py", "diagnostics.py", "renaming.py", "rules", "story.py"),
    "values.py",
)


def load(path: str | os.PathLike[str]) -> Story:
    """The story in a folder or a file.

    Raises `StoryError`, which carries a report of everything that is wrong, `StoryNotFoundError`, and `OSError` for
    what cannot be read.
    """
    read = read_files(Path(path))
    cached = cache_folder() / f"{_key(read)}.story"
    story = _cached(cached)
    if story is None:
        story, raw = _compiled(Path(path), read)
        _keep(cached, raw)
    return story


def check(path: str | os.PathLike[str], *, budget: Budget | float | None = None) -> Report:
    """Everything that can be said about a story within so many seconds; see `waymeet.checking.check_files`.

    Raises `StoryNotFoundError`, and `OSError` for what cannot be read.
    """
    from waymeet.checking import check_files

    return check_files(read_files(Path(path)), Path(path).name, budget=budget)


@contextmanager
def bundled() -> Iterator[Path]:
    """The folder of the story that ships with waymeet."""
    packaged = files("waymeet") / _BUNDLED
    if packaged.is_dir():
        with as_file(packaged) as folder:
            yield folder
    else:
        yield Path(__file__).resolve().parents[2] / "scenes"


def cache_folder() -> Path:
    """Where compiled stories are kept: data only, and safe to delete."""
    if home := os.environ.get("WAYMEET_HOME"):
        return Path(home, "cache")
    from platformdirs import user_cache_path

    return user_cache_path("waymeet")


def _compiled(path: Path, read: dict[str, bytes]) -> tuple[Story, bytes]:
    from waymeet.checking import compile_files

    data = compile_files(read, path.name)
    raw = to_bytes(data)
    return Story(data, raw), raw


@cache
def _compiler(package: Path) -> bytes:
    """What tells this compiler from others of the same version: a hash of its sources, which takes 2 ms."""
    digest = blake2b(digest_size=16)
    for part in _COMPILER:
        path = package / part
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            with suppress(OSError):  # there are none where the package is zipped; its version must do then
                digest.update(source.read_bytes())
    return digest.digest()


def _key(read: dict[str, bytes]) -> str:
    digest = blake2b(__version__.encode() + _compiler(Path(__file__).parent), digest_size=16)
    for name, data in read.items():
        digest.update(b"\0%b\0%d\0" % (os.fsencode(name), len(data)))
        digest.update(data)
    return digest.hexdigest()


def _cached(file: Path) -> Story | None:
    """The story in the cache; None when it is not there, or not whole, or cannot be linked."""
    try:
        raw = file.read_bytes()
        story = Story(from_bytes(raw), raw)
    except (OSError, StoryDataError, CodeError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return None
    with suppress(OSError):
        os.utime(file)
    return story


def _keep(file: Path, raw: bytes) -> None:
    """Put a compiled story into the cache; where that is not possible, the next start compiles again."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, prefix=_TEMPORARY, delete=False) as temporary:
            temporary.write(raw)
        try:
            Path(temporary.name).replace(file)
        except OSError:
            Path(temporary.name).unlink()
        _tidy(file.parent)


def _tidy(folder: Path) -> None:
    """Remove the stories that were not opened for longest, and what writes that broke off have left."""
    times: dict[Path, float] = {}
    for file in folder.iterdir():
        with suppress(OSError):  # another process may tidy too
            times[file] = file.stat().st_mtime
    stories = sorted((file for file in times if file.suffix == ".story"), key=times.__getitem__, reverse=True)
    stale = [file for file in times if file.name.startswith(_TEMPORARY) and times[file] < time.time() - _STALE]
    for file in (*stories[_KEPT:], *stale):
        with suppress(OSError):
            file.unlink()
