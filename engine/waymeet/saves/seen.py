"""What of a story's prose was ever told to this reader, whichever reading told it, so that it can be skipped."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HEAD = b"waymeet seen 1\n"
#: The largest the file grows; a story whose wording never comes again fills it, and then nothing more is noted.
MAX_SIZE = 16 * 1024 * 1024
_DIGITS = 16


class Seen:
    """The passages that were told, by their wording. Without a `path` they are known for as long as this lasts.

    In the file each is a line of its own, only ever added, so that a crash costs the last one at most. A file that is
    none of these, such as one of a newer waymeet, is left as it is.
    """

    def __init__(self, path: Path | None, *, writable: bool = True) -> None:
        self._path = path
        self._marks: set[bytes] = set()
        self._begin = _HEAD
        if path is not None and path.exists():
            self._read(path)
        self._room = MAX_SIZE - len(self._marks) * (_DIGITS + 1) if writable and self._path is not None else 0

    def has(self, passages: Iterable[str]) -> bool:
        """Whether every one of these was told before."""
        return all(_mark(text) in self._marks for text in passages)

    def note(self, passages: Iterable[str]) -> None:
        """Know from now on that these were told; raises `OSError` where that cannot be kept."""
        marks = dict.fromkeys(map(_mark, passages))
        new = b"".join(mark + b"\n" for mark in marks if mark not in self._marks)
        self._marks.update(marks)
        if not new or len(new) > self._room or self._path is None:
            return
        with self._path.open("ab") as file:
            file.write(self._begin + new)
        self._begin = b""
        self._room -= len(new)

    def _read(self, path: Path) -> None:
        with path.open("rb") as file:
            raw = file.read(MAX_SIZE)
        if not raw.startswith(_HEAD):
            if raw:
                self._path = None
            return
        self._marks = {line for line in raw.split(b"\n")[1:] if len(line) == _DIGITS}
        self._begin = b"" if raw.endswith(b"\n") else b"\n"


def _mark(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGITS // 2).hexdigest().encode()
