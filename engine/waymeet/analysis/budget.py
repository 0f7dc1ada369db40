"""What a check may spend: time and memory, until it is spent or somebody has waited long enough."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds between two looks at how much memory there is in use, each of which takes some 10 µs.
_LOOK_EVERY = 0.05
#: Seconds between two things told to a listener.
_TELL_EVERY = 0.1
#: What is being done while sets of states are gone through.
SETS = "going through sets of states"
_GIGA = 10**9
_MEGA = 10**6
#: How many seconds there are for one check, unless told otherwise.
SECONDS = 60.0
#: The phase in which files are read and compiled.
READING = "reading the story"


class BudgetSpentError(Exception):
    """No more may be spent; the message says why, as an author reads it."""


class Progress(NamedTuple):
    """How far something is.

    `phase` says what is being done, as in "while reading the story"; `states` how many were seen; `part` how much of
    the phase is done, from 0 to 1, where that is known; `seconds` how long all has taken so far.
    """

    phase: str
    states: int
    part: float | None
    seconds: float


@dataclass(slots=True)
class _Common:
    """What a budget and its shares have in common."""

    began: float
    memory: int | None
    listen: Callable[[Progress], None] | None
    look_at: float
    tell_at: float
    interrupted: bool = False


class Budget:
    """What may be spent, from `began` (`time.monotonic`): so many seconds, so many bytes of memory; None is no limit.

    A listener is told how far it is, at most ten times a second. One that is a share of another (see `share`) is
    limited in time by itself, and in all else together with that.
    """

    def __init__(
        self,
        seconds: float | None = None,
        memory: int | None = None,
        *,
        began: float | None = None,
        listen: Callable[[Progress], None] | None = None,
        share_of: Budget | None = None,
    ) -> None:
        began = time.monotonic() if began is None else began
        common = _Common(began, memory, listen, began, began) if share_of is None else share_of.common
        self.common: _Common = common
        self._began = began
        self._deadline = self._latest = inf if seconds is None else began + seconds
        limit = seconds or 0.0
        self._time = f"the budget of {limit:g} s" if share_of is None else f"a share of the budget, {limit:.1f} s,"

    @property
    def left(self) -> float:
        """The seconds that are left: infinitely many where there is no limit, and never less than 0."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def room(self) -> int | None:
        """The bytes of memory that are left; None where there is no limit."""
        memory = self.common.memory
        return None if memory is None else max(0, memory - resident())

    def interrupt(self) -> None:
        """Let no more be spent, here and in every share, whatever is left."""
        self.common.interrupted = True

    def keep(self, seconds: float) -> None:
        """Leave so many seconds, but no more than half of what is left, for what comes after and does not ask."""
        self._deadline -= min(seconds, self.left / 2)

    def share(self, part: float, most: float = 0.0) -> Budget:
        """A budget of that part of the time that is left, in all else the same.

        It is prolonged, up to `most` of the time, while what it is told of how far it is (see `tick`) promises that it
        will have done by then.
        """
        if self._deadline == inf:
            return Budget(share_of=self)
        share = Budget(self.left * part, share_of=self)
        share._latest = max(share._deadline, share._began + self.left * most)
        return share

    def tick(self, phase: str, states: int, part: float | None = None, *, ahead: int = 0) -> None:
        """Say how far something is (see `Progress`); raises `BudgetSpentError` when no more may be spent.

        `ahead` are bytes of memory that are about to be asked for, all at once. Cheap enough to be called some thousand
        times a second.
        """
        now = time.monotonic()
        common = self.common
        if now > self._deadline:
            self._prolong(now, part)
        if now > self._deadline or common.interrupted or (common.memory is not None and now >= common.look_at):
            common.look_at = now + _LOOK_EVERY
            if (reason := self.spent(phase, states, ahead)) is not None:
                raise BudgetSpentError(reason)
        if common.listen is not None and now >= common.tell_at:
            common.tell_at = now + _TELL_EVERY
            common.listen(Progress(phase, states, part, now - common.began))

    def _prolong(self, now: float, part: float | None) -> None:
        """Go on for half of what is left to be done, if at the pace so far it is done in time."""
        if part:
            done = self._began + (now - self._began) / part
            if done <= self._latest:
                self._deadline = min(self._latest, now + max(_LOOK_EVERY, (done - now) / 2))

    def spent(self, phase: str, states: int, ahead: int = 0) -> str | None:
        """Why no more may be spent, as an author reads it; None as long as there is something left."""
        so_far = f"after {states:,} states" if states else f"while {phase}"
        memory = self.common.memory
        if self.common.interrupted:
            return f"it was interrupted {so_far}"
        if time.monotonic() > self._deadline:
            return f"{self._time} was used up {so_far}"
        if memory is not None and resident() + ahead > memory:
            return f"the budget of {_in_units(memory)} of memory was used up {so_far}"
        return None


def resident() -> int:
    """How many bytes of memory this process holds: now, or at most so far where only that is known.

    0 where neither is known.
    """
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - opened twenty times a second
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return _most_resident()


def _most_resident() -> int:
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:  # Windows has no such module
        return 0
    most = getrusage(RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _in_units(size: int) -> str:
    return f"{size / _GIGA:g} GB" if size >= _GIGA else f"{size / _MEGA:g} MB"
