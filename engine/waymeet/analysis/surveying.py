"""How everything that can happen in a story is found out: the cheapest way first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from waymeet.analysis.liveness import Liveness
from waymeet.analysis.walk import walk

if TYPE_CHECKING:
    from waymeet.analysis.survey import Survey
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story

#: A story with no more states is walked state by state, which takes less than a second and makes ready for nothing.
FEW_STATES = 10_000
#: How much of the time sets of states may take: what is left goes to a walk, which at least knows what it has seen.
SHARE = 0.6
#: How many nodes the decision diagrams may have: each takes some 40 bytes. In a second a few millions are made, and one
#: step cannot be interrupted, so that with little time there may be fewer.
MAX_NODES = 1 << 24
_NODES_PER_SECOND = 500_000


def survey(story: Story, watch: Watch, *, budget: float, began: float) -> Survey:
    """What can happen in a story, as far as can be told within `budget` seconds from `began` (`time.monotonic`)."""
    walked = walk(story, watch, budget=budget, began=began, max_states=FEW_STATES)
    left = began + budget - time.monotonic()
    if walked.stopped is None or left <= 0:
        return walked
    known = _by_sets(story, watch, left * SHARE)
    if known is not None:
        return known
    if time.monotonic() < began + budget:
        return walk(story, watch, budget=budget, began=began)
    walked.stopped = f"the budget of {budget:g} s was used up after {len(walked.states):,} states"
    return walked


def _by_sets(story: Story, watch: Watch, seconds: float) -> Survey | None:
    """What can happen, known by sets of states; None where they cannot be held, or not in time."""
    deadline = time.monotonic() + seconds
    try:
        from waymeet.analysis.symbolic.reach import Reach
        from waymeet.analysis.symbolic.space import Space
        from waymeet.analysis.symbolic.survey import SymbolicSurvey, UnsuitedError
        from waymeet.analysis.symbolic.system import System
    except ImportError:  # there are no decision diagrams for this platform
        return None

    def tick(_: int) -> None:
        if time.monotonic() > deadline:
            raise TimeoutError

    try:
        most = min(MAX_NODES, int(seconds * _NODES_PER_SECOND))
        reach = Reach(Space(System(story, watch, Liveness(story.data, watch), most)), tick)
        reach.run()
        return SymbolicSurvey(reach, lambda: deadline - time.monotonic())
    except (MemoryError, TimeoutError, UnsuitedError):
        return None
