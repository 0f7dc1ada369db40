"""How everything that can happen in a story is found out: the cheapest way first."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING

from waymeet.analysis.budget import SETS, BudgetSpentError
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.sampling import sample
from waymeet.analysis.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.survey import Survey
    from waymeet.analysis.symbolic.system import System
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story

#: A story with no more states is walked state by state, which takes some hundredths of a second.
FEW_STATES = 2_000
#: Which part of what is left of the budget all sets of states may take, and which one if they will have done by then;
#: in fewer seconds than this, there is no telling.
SHARE, LONGEST_SHARE = 0.1, 0.7
_TELLING = 2.0
#: States that take so few bits may well be gone through one by one, in the greater part of what is left.
_FEW_BITS, _MOSTLY = 32, 0.7
#: How many nodes the decision diagrams may have. In a second a few millions are made, and one step cannot be
#: interrupted, so that with little time there may be fewer.
MAX_NODES = 1 << 23
_NODES_PER_SECOND = 500_000
_LEAST_NODES = 1 << 17
#: How many bytes a node takes, with what is kept beside it.
_NODE = 100
#: Of how many states at a step it is seen what happens, before the rest is asked; and with which part of what is left.
SAMPLE, _SAMPLING = 16, 0.5


def survey(story: Story, watch: Watch, *, budget: Budget) -> Survey:
    """What can happen in a story, as far as can be told within a budget."""
    return next(surveys(story, watch, budget))


def surveys(story: Story, watch: Watch, budget: Budget) -> Iterator[Survey]:
    """What can happen in a story, the more thoroughly told first: who runs out of memory with one takes the next."""
    liveness = Liveness(story.data, watch)
    walked = walk(story, watch, liveness, budget=budget, max_states=FEW_STATES)
    if walked.stopped is None or budget.spent(SETS, 0) is not None:
        yield walked
        return
    try:
        from waymeet.analysis.symbolic import system
    except ImportError:  # there are no decision diagrams for this platform
        yield walk(story, watch, liveness, budget=budget)
        return
    make = partial(system.System, story, watch, liveness, _nodes(budget))
    known = _by_sets(make, budget)
    if known is None and _bits(story, liveness) <= _FEW_BITS:
        known = _by_words(story, watch, liveness, budget)
    if known is not None:
        yield known
    proved = _by_proofs(make, budget)
    yield proved or walk(story, watch, liveness, budget=budget)
    walked.stopped = "there was not enough memory"
    yield walked


def _nodes(budget: Budget) -> int:
    """How many nodes diagrams may have within a budget."""
    room = MAX_NODES if budget.room is None else budget.room // _NODE
    return int(max(_LEAST_NODES, min(MAX_NODES, room, budget.left * _NODES_PER_SECOND)))


def _bits(story: Story, liveness: Liveness) -> float:
    """How many bits a state takes; infinitely many where that is more than a word has."""
    from waymeet.analysis import packed

    try:
        return packed.bits(story, liveness)
    except packed.UnsuitedError:
        return inf


def _by_words(story: Story, watch: Watch, liveness: Liveness, budget: Budget) -> Survey | None:
    """What can happen, known by going through every state; None where they are too many."""
    from waymeet.analysis import packed

    room = packed.MAX_BYTES if budget.room is None else min(packed.MAX_BYTES, budget.room // 2)
    try:
        return packed.survey(story, watch, liveness, tick=budget.share(_MOSTLY).tick, max_bytes=room)
    except (MemoryError, BudgetSpentError, packed.UnsuitedError, packed.OutgrownError):
        return None


def _by_sets(make: Callable[[], System], budget: Budget) -> Survey | None:
    """What can happen, known by sets of states; None where they cannot be held, or not within a share of the budget."""
    from waymeet.analysis.symbolic.reach import Reach
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.symbolic.survey import SymbolicSurvey, UnsuitedError

    try:
        space = Space(make())  # not on the share's account: whoever comes next makes one, too
        least = _TELLING / max(_TELLING, budget.left)
        reach = Reach(space, budget.share(min(LONGEST_SHARE, max(SHARE, least)), LONGEST_SHARE))
        reach.run()
        return SymbolicSurvey(reach, budget)
    except (MemoryError, BudgetSpentError, UnsuitedError):
        return None


def _by_proofs(make: Callable[[], System], budget: Budget) -> Survey | None:
    """What is seen to happen, and what is proved of the rest one by one; None where there is no room to prove."""
    from waymeet.analysis.symbolic.asking import Asking
    from waymeet.analysis.symbolic.proving import ProvedSurvey
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.valuesets import ValueSets

    try:
        system = make()
        space = Space(system)
        seen = sample(system.story, system.watch, system.liveness, budget.share(_SAMPLING), SAMPLE)
        values = ValueSets(system.transitions, system.order, system.told)
        values.run(space.places, budget)
        return ProvedSurvey(Asking(space, values, seen, budget), seen, budget)
    except (MemoryError, BudgetSpentError):
        return None
