"""Opening a story: from a folder or file of YAML, by way of the cache, to a `Story`; and checking one.

The one place where the player's half and the author's half meet: the author's is imported only when a story must be
compiled or checked.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager, suppress
from hashlib import blake2b
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from waymeet.project import read_files
from waymeet.runtime import Story
from waymeet.story import StoryDataError, from_bytes, to_bytes
from waymeet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Report

#: The story that ships with waymeet, inside the installed package; a checkout has it in `scenes/`.
_BUNDLED = "bundled"


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


def check(path: str | os.PathLike[str], *, budget: float | None = None) -> Report:
    """Everything that can be said about a story; see `waymeet.checking.check_files`.

    Raises `StoryNotFoundError`, and `OSError` for what cannot be read.
    """
    from waymeet.checking import check_files

    with _no_collector():
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

    with _no_collector():
        data = compile_files(read, path.name)
    raw = to_bytes(data)
    return Story(data, raw), raw


def _key(read: dict[str, bytes]) -> str:
    digest = blake2b(__version__.encode(), digest_size=16)
    for name, data in read.items():
        digest.update(b"\0%b\0%d\0" % (os.fsencode(name), len(data)))
        digest.update(data)
    return digest.hexdigest()


def _cached(file: Path) -> Story | None:
    """The story in the cache; None when it is not there, or not whole."""
    try:
        raw = file.read_bytes()
        return Story(from_bytes(raw), raw)
    except (OSError, StoryDataError):
        return None


def _keep(file: Path, raw: bytes) -> None:
    """Put a compiled story into the cache; where that is not possible, the next start compiles again."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, delete=False) as temporary:
            temporary.write(raw)
        try:
            Path(temporary.name).replace(file)
        except OSError:
            Path(temporary.name).unlink()


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the cyclic garbage collector from walking the many small objects of a story over and over."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
