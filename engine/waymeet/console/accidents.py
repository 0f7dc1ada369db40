"""What can end a reading from outside: signals and closed pipes, turned into exit codes, the terminal left whole."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

EXIT_IO = 74
EXIT_INTERRUPTED = 128 + signal.SIGINT

_FATAL = (signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The reading ends now, with this exit code; no error, so nothing that handles errors catches it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Signals:
    """Makes `Stopped` of the signals that end a program; a view with an event loop takes them its own way meanwhile."""

    def __init__(self) -> None:
        self._take: Callable[[int], None] | None = None
        #: The exit code of a signal that came and means the end, whatever fails on the way there.
        self.code: int | None = None

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Handle the signals that end a program, for as long as this lasts."""
        wanted = [number for number in _FATAL if signal.getsignal(number) is not signal.SIG_IGN]  # as under nohup
        before = {number: signal.signal(number, self._arrived) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def diverted(self, take: Callable[[int], None], also: int) -> Iterator[None]:
        """Hand every signal to `take` instead of raising, and one more signal as well."""
        before = signal.signal(also, self._arrived)
        self._take = take
        try:
            yield
        finally:
            self._take = None
            signal.signal(also, before)

    def _arrived(self, number: int, _frame: FrameType | None) -> None:
        if number in _FATAL:
            self.code = 128 + number
        if self._take is None:
            raise Stopped(128 + number)
        self._take(number)


def abandon(stream: TextIO) -> None:
    """Send what is still to be written nowhere, so that Python does not complain of a closed pipe on its way out."""
    try:
        handle = stream.fileno()
    except (OSError, ValueError):
        return  # a stream in memory
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, handle)
    os.close(nowhere)
