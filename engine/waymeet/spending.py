"""What a command may spend: limits as they are typed, a line that says how far it is, and Ctrl-C to have enough."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self, TextIO

from waymeet.analysis.budget import SECONDS, Budget, resident

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from waymeet.analysis.budget import Progress

_LIMIT = re.compile(r"(\d+(?:\.\d*)?|\.\d+) ?(s|m|mb|gb)?", re.IGNORECASE)
_TIMES = {"": 1, "s": 1, "m": 60}
_SIZES = {"mb": 10**6, "gb": 10**9}
_MOST_SECONDS = 1e6
_MOST_BYTES = 10**18
#: Seconds before a line is shown at all, so that what is done at once does not flicker.
_PATIENCE = 0.5
_NARROWEST = 20


class Limits(NamedTuple):
    """Seconds, and bytes of memory; None is no limit."""

    seconds: float = SECONDS
    memory: int | None = None


def read_limits(text: str) -> Limits:
    """Limits as they are typed: a time, a size, or both with a comma between; raises `ValueError` on anything else."""
    found: dict[str, float] = {}
    for part in text.split(","):
        match = _LIMIT.fullmatch(part.strip())
        unit = (match[2] or "").lower() if match else ""
        kind = "memory" if unit in _SIZES else "seconds"
        amount = float(match[1]) * {**_TIMES, **_SIZES}[unit] if match else 0.0
        if kind in found or not 0 < amount < (_MOST_BYTES if kind == "memory" else _MOST_SECONDS):
            wanted = "a time such as 60s or 5m, a size of memory such as 500MB or 2GB, or both as in 60s,2GB"
            raise ValueError(f"expected {wanted}, found {text!r}")
        found[kind] = amount
    memory = int(found["memory"]) if "memory" in found else None
    if memory is not None and not resident():
        raise ValueError("how much memory is in use cannot be told on this system: give a time only")
    return Limits(found.get("seconds", SECONDS), memory)


class Spending:
    """A command at work on one story after another, each within the same limits.

    As long as it is entered, the first Ctrl-C ends what is going on with what is known by then, and leaves the stories
    after it undecided; a second one ends the command at once. On a terminal a line says how far it is.
    """

    def __init__(self, limits: Limits | None = None, stream: TextIO | None = None) -> None:
        self._limits = limits or Limits()
        self._line = _line(sys.stderr if stream is None else stream)
        self._budget = Budget()
        self._interrupted = False
        self._installed = False

    def on_next(self) -> Budget:
        """What may be spent on the next story, from now on."""
        listen = None if self._line is None else self._line.tell
        self._budget = Budget(*self._limits, listen=listen)
        if self._interrupted:
            self._budget.interrupt()
        return self._budget

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else somebody else minds it
            signal.signal(signal.SIGINT, self._caught)
            self._installed = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._line is not None:
            self._line.clear()

    def _caught(self, number: int, frame: FrameType | None) -> None:
        if self._interrupted:
            signal.default_int_handler(number, frame)
        self._interrupted = True
        self._budget.interrupt()


class _Line:
    """One line on a terminal, written over as things go on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = False

    def tell(self, progress: Progress) -> None:
        """Say how far it is."""
        if progress.seconds >= _PATIENCE:
            self._write(f"{_told(progress)[: self._width()].ljust(self._width())}\r")
            self._shown = True

    def clear(self) -> None:
        """Leave nothing behind, not even the ^C that a terminal shows."""
        if self._shown:
            self._write(" " * self._width() + "\r")

    def _width(self) -> int:
        """All cells of a line but the last, after which some terminals begin the next."""
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except OSError:
            columns = 0
        return max(_NARROWEST, columns or 80) - 1

    def _write(self, text: str) -> None:
        with suppress(OSError):  # a terminal that was closed needs no line
            self._stream.write(f"\r{text}")
            self._stream.flush()


def _line(stream: TextIO | None) -> _Line | None:
    """A line for a stream that is a terminal which can go back to the beginning of one."""
    can = os.name == "nt" or os.environ.get("TERM", "dumb") not in {"", "dumb"}
    return _Line(stream) if can and stream is not None and stream.isatty() else None


def _told(progress: Progress) -> str:
    parts = [progress.phase]
    if progress.part is not None:
        parts.append(f"{progress.part:.0%}")
    if progress.states:
        parts.append(f"{progress.states:,} states")
    return ", ".join([*parts, f"{progress.seconds:.0f} s"])
