"""How everything that can happen in a story is found out: the cheapest way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.budget import SETS, BudgetSpentError
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.sampling import sample
from waymeet.analysis.walk import walk

if TYPE_CHECKING:
    from waymeet.analysis.budget import Budget
    from waymeet.analysis.survey import Survey
    from waymeet.analysis.symbolic.system import System
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story

#: A story with no more states is walked state by state, which takes less than a second and makes ready for nothing.
FEW_STATES = 10_000
#: Which part of what is left of the budget all sets of states may take, before things are asked one by one.
SHARE = 0.3
#: How many nodes the decision diagrams may have: each takes some 40 bytes. In a second a few millions are made, and one
#: step cannot be interrupted, so that with little time there may be fewer.
MAX_NODES = 1 << 23
_NODES_PER_SECOND = 500_000
#: Of how many states at a step it is seen what happens, before the rest is asked.
SAMPLE = 16


def survey(story: Story, watch: Watch, *, budget: Budget) -> Survey:
    """What can happen in a story, as far as can be told within a budget."""
    liveness = Liveness(story.data, watch)
    walked = walk(story, watch, liveness, budget=budget, max_states=FEW_STATES)
    if walked.stopped is None or budget.spent(SETS, 0) is not None:
        return walked
    try:
        from waymeet.analysis.symbolic import system
    except ImportError:  # there are no decision diagrams for this platform
        return walk(story, watch, liveness, budget=budget)
    most = int(min(MAX_NODES, budget.left * _NODES_PER_SECOND))
    known = _by_sets(system.System(story, watch, liveness, most), budget)
    return known or _by_proofs(system.System(story, watch, liveness, most), budget)


def _by_sets(system: System, budget: Budget) -> Survey | None:
    """What can happen, known by sets of states; None where they cannot be held, or not within the budget."""
    from waymeet.analysis.symbolic.reach import Reach
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.symbolic.survey import SymbolicSurvey, UnsuitedError

    try:
        reach = Reach(Space(system), budget.share(SHARE))
        reach.run()
        return SymbolicSurvey(reach, budget)
    except (MemoryError, BudgetSpentError, UnsuitedError):
        return None


def _by_proofs(system: System, budget: Budget) -> Survey:
    """What is seen to happen, and what is proved of the rest one by one."""
    from waymeet.analysis.symbolic.asking import Asking
    from waymeet.analysis.symbolic.proving import ProvedSurvey
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.valuesets import ValueSets

    space = Space(system)
    seen = sample(system.story, system.watch, system.liveness, budget.share(SHARE), SAMPLE)
    try:
        values = ValueSets(system.transitions, system.order, system.told)
        values.run(space.places, budget)
        return ProvedSurvey(Asking(space, values, seen, budget), seen, budget)
    except (MemoryError, BudgetSpentError) as error:
        seen.stopped = str(error) or "there was not enough memory"
        return seen
