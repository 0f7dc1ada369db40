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
from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.cache import Cache, cache_folder
from waymeet.collecting import collector_off
from waymeet.compiled import Container, File, StoryDataError, fingerprint, in_memory, opened, to_bytes
from waymeet.errors import WaymeetError
from waymeet.expressions.code import CodeError
from waymeet.project import may_belong, read_files
from waymeet.runtime import Story
from waymeet.stamps import Stamps, stamps_of
from waymeet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waymeet.analysis.budget import Budget
    from waymeet.diagnostics import Report
    from waymeet.story import StoryData

#: The story that ships with waymeet, inside the installed package; a checkout has it in `scenes/`.
_BUNDLED = "bundled"
#: So many compiled stories are kept, those that were opened last.
_KEPT = 20
_PACKAGE = Path(__file__).resolve().parent
#: What makes a compiled story what it is, besides the author's files.
_COMPILER = (
    *("authoring", "expressions", "prose", "rules"),
    *("checking.py", "compiled.py", "diagnostics.py", "renaming.py", "story.py", "values.py"),
)


@collector_off()
def load(path: str | os.PathLike[str]) -> Story:
    """The story in a folder or a file.

    Raises `StoryError`, which carries a report of everything that is wrong, `StoryNotFoundError`, and `OSError` for
    what cannot be read.
    """
    path = Path(path)
    folder = cache_folder()
    cached, seen = Cache(folder, ".story", _KEPT), Cache(folder, ".stamps", _KEPT)
    stamps = _stamps(path)
    known = None if stamps is None else seen.read(stamps.digest)
    story = _kept(path, cached, known.decode()) if known is not None and known.isalnum() else None
    if story is None:
        read = read_files(path)
        key = _key(read, _compiler(_PACKAGE))
        story = _kept(path, cached, key) or _made(path, read, cached, key)
        if stamps is not None and stamps.settled:
            seen.write(stamps.digest, key.encode())
    return story


def check(path: str | os.PathLike[str], *, budget: Budget | float | None = None, cache: bool = True) -> Report:
    """Everything that can be said about a story within so many seconds; see `waymeet.checking.check_files`.

    What the cache knows of the same content is not found out again, unless there is to be no `cache`. Raises
    `StoryNotFoundError`, and `OSError` for what cannot be read.
    """
    read = read_files(Path(path))
    name = Path(path).name
    if not cache:
        from waymeet.checking import check_files

        return check_files(read, name, budget=budget)
    return _check_anew_if_need_be(read, name, budget)


def _check_anew_if_need_be(read: dict[str, bytes], name: str, budget: Budget | float | None) -> Report:
    from dataclasses import replace

    from waymeet.results import Results

    began = time.monotonic()
    maker = _sources(_PACKAGE)
    results = Results(cache_folder(), maker.hex())
    key = _key({"": name.encode("utf-8", "surrogatepass"), **read}, maker)
    report = results.report(key)
    if report is not None:
        return replace(report, summary=replace(report.summary, seconds=round(time.monotonic() - began, 3)))
    from waymeet.checking import check_files

    report = check_files(read, name, budget=budget, proofs=results)
    if not report.undecided:
        results.keep(key, report)
    return report


@contextmanager
def bundled() -> Iterator[Path]:
    """The folder of the story that ships with waymeet."""
    here = _PACKAGE / _BUNDLED
    checkout = _PACKAGE.parents[1] / "scenes"
    if here.is_dir() or checkout.is_dir():
        yield here if here.is_dir() else checkout
        return
    from importlib.resources import as_file, files

    with as_file(files("waymeet") / _BUNDLED) as folder:  # the package is zipped
        yield folder


def _stamps(path: Path) -> Stamps | None:
    """What tells, without reading them, that neither the files of a story nor those of its compiler have changed."""
    compiler = stamps_of([_PACKAGE / part for part in _COMPILER], lambda name: name.endswith(".py"), __version__)
    story = stamps_of([path], may_belong, "" if compiler is None else compiler.digest)
    if compiler is None or story is None:
        return None
    return Stamps(story.digest, compiler.settled and story.settled)


def _made(path: Path, read: dict[str, bytes], cached: Cache, key: str) -> Story:
    """The story compiled anew, and kept."""
    data = _compiled(path, read)
    raw = to_bytes(data)
    cached.write(key, raw)
    return Story(data, fingerprint(raw))


def _compiled(path: Path, read: dict[str, bytes]) -> StoryData:
    from waymeet.checking import compile_files

    return compile_files(read, path.name)


@cache
def _compiler(package: Path) -> bytes:
    """What tells this compiler from others of the same version: a hash of its sources, which takes 2 ms."""
    return _hashed(source for part in _COMPILER for source in _python(package / part))


@cache
def _sources(package: Path) -> bytes:
    """What tells all of this waymeet from others of the same version."""
    return _hashed(_python(package))


def _python(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _hashed(sources: Iterable[Path]) -> bytes:
    digest = blake2b(digest_size=16)
    for source in sources:
        with suppress(OSError):  # there are none where the package is zipped; its version must do then
            digest.update(source.read_bytes())
    return digest.digest()


def _key(read: dict[str, bytes], maker: bytes) -> str:
    digest = blake2b(__version__.encode() + maker, digest_size=16)
    for name, data in read.items():
        digest.update(b"\0%b\0%d\0" % (os.fsencode(name), len(data)))
        digest.update(data)
    return digest.hexdigest()


def _kept(path: Path, cached: Cache, key: str) -> Story | None:
    """The compiled story that is kept; None when there is none, or it is not whole, or cannot be linked.

    A part that turns out to be damaged once a playthrough comes to it is renewed then.
    """

    def renew() -> Container | None:
        try:
            raw = to_bytes(_compiled(path, read_files(path)))
        except (WaymeetError, OSError):  # the files are no longer what they were
            return None
        cached.write(key, raw)
        return Container(in_memory(raw), len(raw))

    try:
        file = File(cached.found(key))
        container = Container(file, file.size)
        return Story(opened(container, renew), container.fingerprint)
    except (StoryDataError, CodeError, OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return None
