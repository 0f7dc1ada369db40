"""How everything that can happen in a story is found out: the cheapest way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.budget import BudgetSpentError
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
_SETS = "going through sets of states"


def survey(story: Story, watch: Watch, *, budget: Budget) -> Survey:
    """What can happen in a story, as far as can be told within a budget."""
    walked = walk(story, watch, budget=budget, max_states=FEW_STATES)
    if walked.stopped is None or budget.spent(_SETS, 0) is not None:
        return walked
    known = _by_sets(story, watch, budget.share(SHARE))
    if known is not None:
        return known
    stopped = budget.spent(_SETS, len(walked.states))
    if stopped is None:
        return walk(story, watch, budget=budget)
    walked.stopped = stopped
    return walked


def _by_sets(story: Story, watch: Watch, budget: Budget) -> Survey | None:
    """What can happen, known by sets of states; None where they cannot be held, or not within the budget."""
    try:
        from waymeet.analysis.symbolic.forward import Reach
        from waymeet.analysis.symbolic.survey import SymbolicSurvey, UnsuitedError
        from waymeet.analysis.symbolic.system import System
    except ImportError:  # there are no decision diagrams for this platform
        return None
    try:
        most = int(min(MAX_NODES, budget.left * _NODES_PER_SECOND))
        reach = Reach(System(story, watch, Liveness(story.data, watch), most))
        reach.run(budget)
        return SymbolicSurvey(reach)
    except (MemoryError, BudgetSpentError, UnsuitedError):
        return None
