"""How everything that can happen in a story is found out: the cheapest way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.budget import SETS, BudgetSpentError
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.walk import walk

if TYPE_CHECKING:
    from waymeet.analysis.budget import Budget
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


def survey(story: Story, watch: Watch, *, budget: Budget) -> Survey:
    """What can happen in a story, as far as can be told within a budget."""
    liveness = Liveness(story.data, watch)
    walked = walk(story, watch, liveness, budget=budget, max_states=FEW_STATES)
    if walked.stopped is None or budget.spent(SETS, 0) is not None:
        return walked
    known = _by_sets(story, watch, liveness, budget)
    if known is not None:
        return known
    stopped = budget.spent(SETS, len(walked.states))
    if stopped is None:
        return walk(story, watch, liveness, budget=budget)
    walked.stopped = stopped
    return walked


def _by_sets(story: Story, watch: Watch, liveness: Liveness, budget: Budget) -> Survey | None:
    """What can happen, known by sets of states; None where they cannot be held, or not within the budget."""
    try:
        from waymeet.analysis.symbolic.reach import Reach
        from waymeet.analysis.symbolic.space import Space
        from waymeet.analysis.symbolic.survey import SymbolicSurvey, UnsuitedError
        from waymeet.analysis.symbolic.system import System
    except ImportError:  # there are no decision diagrams for this platform
        return None

    most = int(min(MAX_NODES, budget.left * _NODES_PER_SECOND))
    try:
        reach = Reach(Space(System(story, watch, liveness, most)), budget.share(SHARE))
        reach.run()
        return SymbolicSurvey(reach, budget)
    except (MemoryError, BudgetSpentError, UnsuitedError):
        return None
