"""The files of a story on disk, laid out anew: each replaced at once or left as it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.formatting import format_file
from waymeet.diagnostics import Diagnostic, Severity, Span
from waymeet.project import find_files, read_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.authoring.formatting import Formatted


class UnwritableError(OSError):
    """A file that was to be replaced could not be."""


class Rewritten(NamedTuple):
    """What became of one file: `name` is relative to the story folder."""

    name: str
    changed: bool
    formatted: Formatted


def rewrite(path: Path, *, write: bool) -> Iterator[Rewritten]:
    """Lay out the files of the story at a path, one after the other; without `write` only say which would change.

    Files that are in order already are not touched, and neither is one that is saved by another program meanwhile.
    Raises `StoryNotFoundError`, `UnwritableError`, and `OSError` for what cannot be read.
    """
    found = find_files(path)
    for name, data in read_found(path, found).items():
        formatted = format_file(name, data)
        changed = formatted.data is not None and formatted.data != data
        file = Path(os.path.realpath(found[name]))
        if changed and formatted.data is not None and write and not _written(file, data, formatted.data):
            changed, formatted = False, formatted._replace(data=None, findings=[_meanwhile(name)])
        yield Rewritten(name, changed, formatted)


def _meanwhile(name: str) -> Diagnostic:
    message = "this file was saved by another program meanwhile, and was left alone"
    return Diagnostic("left-alone", Severity.ERROR, message, Span(name, 1, 1, 1, 2), "run fmt again")


def _written(file: Path, before: bytes, after: bytes) -> bool:
    try:
        return _replace(file, before, after)
    except OSError as error:
        raise UnwritableError(error.errno, error.strerror, str(file)) from error


def _replace(file: Path, before: bytes, after: bytes) -> bool:
    """Put a new file in the place of one, with its permissions; False when it no longer holds what was read."""
    with file.open("r+b") as opened:  # a file that may not be written is refused here, before anything is done
        if opened.read() != before:
            return False
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp", delete=False) as temporary:
        try:
            temporary.write(after)
            temporary.flush()
            os.fsync(temporary.fileno())
            shutil.copymode(file, temporary.name)
            Path(temporary.name).replace(file)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise
    return True
