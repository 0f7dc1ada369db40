"""Every state of a story, one packed word each, in NumPy arrays that are moved all at once: exact and explicit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from waymeet.analysis.packed.reach import OutgrownError, Reach
from waymeet.analysis.packed.survey import PackedSurvey
from waymeet.analysis.packed.system import System
from waymeet.analysis.packed.words import MOST_BITS, Layout, UnsuitedError

if TYPE_CHECKING:
    from waymeet.analysis.liveness import Liveness
    from waymeet.analysis.packed.reach import Tick
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story

__all__ = ["MAX_BYTES", "MOST_BITS", "OutgrownError", "PackedSurvey", "UnsuitedError", "bits", "survey", "until"]

#: What the states may take, with the tables that they are looked up in; what is made on the way comes on top.
MAX_BYTES = 2 << 30


def survey(story: Story, watch: Watch, liveness: Liveness, *, tick: Tick, max_bytes: int = MAX_BYTES) -> PackedSurvey:
    """Everything that can happen in a story.

    `tick` is called once for each array that is moved, with what is being done and how many states there are by now;
    what it raises ends the search. Raises `UnsuitedError` where a state does not fit into a word or play may give up,
    and `OutgrownError` where the states take more than `max_bytes`.
    """
    reach = Reach(System(story, watch, liveness), tick=tick, max_bytes=max_bytes)
    reach.run()
    return PackedSurvey(reach)


def bits(story: Story, liveness: Liveness) -> int:
    """How many bits a state takes besides where it is, `MOST_BITS` at most: so there are no more than 2 to that there.

    Quickly told, before anything is gone through. Raises `UnsuitedError` where they are more.
    """
    return Layout(story, liveness).size


def until(deadline: float) -> Tick:
    """A `tick` that raises `TimeoutError` when `time.monotonic` is past a deadline."""

    def tick(_phase: str, _states: int) -> None:
        if time.monotonic() > deadline:
            raise TimeoutError

    return tick
