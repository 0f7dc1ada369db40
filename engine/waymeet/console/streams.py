"""The streams that a reading goes through, also where the process was started without some of them."""

from __future__ import annotations

import sys
from io import StringIO, TextIOWrapper
from typing import NamedTuple, TextIO


class Streams(NamedTuple):
    """Where a reader's answers come from and where everything goes."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO


class _Nowhere(StringIO):
    """Holds nothing and keeps nothing: what a closed stream is replaced by."""

    def write(self, text: str) -> int:
        """Let the text go."""
        return len(text)


def open_streams(stdin: TextIO | None, stdout: TextIO | None, stderr: TextIO | None) -> Streams:
    """These streams, those of the process by default; on a closed one there is nothing to read and nobody listens."""
    given = (stdin, sys.stdin), (stdout, sys.stdout), (stderr, sys.stderr)
    streams = Streams(*(stream or standard or _Nowhere() for stream, standard in given))
    for stream in streams:
        _forgive(stream)
    return streams


def _forgive(stream: TextIO) -> None:
    """Replace what the stream's encoding cannot carry instead of failing on it."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
