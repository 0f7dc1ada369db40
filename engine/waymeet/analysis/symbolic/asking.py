"""Whether something can be come to, asked one by one where all that can be come to is too much to hold.

What is known of the states of each position is a set that has them all and maybe more: at first what values rule out,
then less by what each proof shows never to be. Beside it stands what a walk came to.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.budget import BudgetSpentError
from waymeet.analysis.cone import Cone
from waymeet.analysis.liveness import bits
from waymeet.analysis.symbolic.backward import Backward, Met
from waymeet.analysis.transitions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.backward import Goal, Seen
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.layout import Layout
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.valuesets import ValueSets
    from waymeet.analysis.walk import Walk


#: Which part of what a question may take is tried first, and which each try to rule it out by a few registers.
_AT_FIRST, _PART = 0.1, 0.3


class UnknownError(Exception):
    """A question could not be answered; the message says why."""


class Answer(NamedTuple):
    """That something can be come to: the search that found it, and where a way begins."""

    search: Backward
    met: Met


class Asking:
    """Answers questions about one story, each within a part of the budget."""

    def __init__(self, space: Space, values: ValueSets, walked: Walk, budget: Budget) -> None:
        self.space = space
        self.system = space.system
        self.budget = budget
        self.possible = dict(_possible(space, values))
        self._walked = walked
        self._at = _seen(walked)
        #: The flags that entangle, once they are known.
        self._named = ""
        self._cone = Cone(space.system.data)
        self._values: dict[int, list[tuple[int, bool]]] = {}

    def come(self, goal: Goal, budget: Budget) -> Answer | None:
        """How something can be come to; None where it never is. Raises `UnknownError`."""
        if not isinstance(goal, Mapping):
            goal = [target for target in goal if target.edge is None or target.edge.source in self.possible]
        with suppress(UnknownError):
            return self._exactly(goal, budget.share(_AT_FIRST))
        return None if self._is_ruled_out(goal, budget) else self._exactly(goal, budget)

    def _exactly(self, goal: Goal, budget: Budget) -> Answer | None:
        search = Backward(self.space, self.possible, goal)
        met, is_done = self._met(search, budget, self)
        if not is_done:
            raise UnknownError(self._entangling(search))
        if met is not None:
            return Answer(search, met)
        self._rule_out(search)
        return None

    def _met(self, search: Backward, budget: Budget, seen: Seen | None = None) -> tuple[Met | None, bool]:
        """Where a way begins, if there is one, and whether the search came to an end.

        Where it ran out of memory, it is let go of once nothing of it is held by the error any more.
        """
        try:
            return search.meets(budget, seen), True
        except BudgetSpentError:
            return None, False
        except MemoryError:
            pass
        search.forget()
        self.system.layout.diagrams.tidy()
        return None, False

    def _is_ruled_out(self, goal: Goal, budget: Budget) -> bool:
        """Whether something can never be, however all registers are but a few."""
        asked = sorted({register for states in self._wanted(goal) for register in self._depends(states)})
        few = [list(pair) for pair in combinations(asked, 2)] if len(asked) > 2 else []
        for kept in (asked, self._cone.of(asked), *few):
            freed = self.system.layout.cube(r for r in self.system.order if r not in kept)
            search = Backward(self.space, self.possible, goal, freed=freed)
            met, is_done = self._met(search, budget.share(_PART))
            if is_done and met is None:
                self._rule_out(search)
                return True
        return False

    def _wanted(self, goal: Goal) -> Iterator[Diagram]:
        """The states that are asked for, each as far on the way there as it is known."""
        if isinstance(goal, Mapping):
            yield from goal.values()
        else:
            for target in goal:
                yield target.states if target.edge is None else self.system.leading(target.edge, target.states)

    def _rule_out(self, search: Backward) -> None:
        for position, states in search.leading.items():
            self.possible[position] = self.possible[position] & ~states

    def _depends(self, states: Diagram) -> list[int]:
        """The registers that a set of states depends on."""
        cube = self.system.layout.cube
        return [n for n in self.system.order if (states.exists(cube([n])) ^ states).satisfiable()]

    # -- what was seen ------------------------------------

    def at(self, position: Position) -> Sequence[int]:
        """The states of a position that the walk came to."""
        return self._at.get(position, ())

    def values(self, number: int) -> Sequence[tuple[int, bool]]:
        """The variables of a state of the walk."""
        if number not in self._values:
            self._values[number] = self.system.layout.bits(self._registers(number))
        return self._values[number]

    def pinned(self, number: int) -> Diagram:
        """A state of the walk as a set, as far as it matters there."""
        registers = self._registers(number)
        after = self.system.liveness.after(self._walked.states.step(number))
        return self.system.layout.values({r: registers[r] for r in self.system.order if after >> r & 1})

    def _registers(self, number: int) -> Sequence[int]:
        return list(map(min, self._walked.states[number].registers, self.system.told))

    def _entangling(self, search: Backward) -> str:
        """Which flags the largest set of a search depends on, if there is room to tell."""
        largest = max(search.leading.values(), key=lambda states: states.node_count(), default=None)
        search.forget()
        if largest is None or self._named:
            return self._named
        with suppress(MemoryError):
            self._named = ", ".join(self.system.data.registers[number].name for number in self._depends(largest))
        return self._named


def _possible(space: Space, values: ValueSets) -> Mapping[Position, Diagram]:
    """The states of each position that values do not rule out."""
    layout, liveness = space.system.layout, space.system.liveness
    known: dict[tuple[int, int], Diagram] = {}
    all_of: dict[int, Diagram] = {}
    found = {}
    for position, sets in values.states.items():
        live = liveness.after(position.step)
        if live not in all_of:
            all_of[live] = _within(layout, live)
        states = all_of[live]
        for register in values.restricted(sets):
            if live >> register & 1:
                mask = values.mask(sets, register)
                if (register, mask) not in known:
                    known[register, mask] = layout.among(register, values.fields[register].values(mask))
                states = known[register, mask] & states
        found[position] = states
    return found


def _within(layout: Layout, live: int) -> Diagram:
    """Where the variables of some registers stand for values that these can have."""
    states = layout.true
    for register in bits(live):
        states = layout.within(register) & states
    return states


def _seen(walked: Walk) -> Mapping[Position, list[int]]:
    """The states of a walk, by their positions, from which there is a way on.

    At a dead end a walk forgets what the ways on depend on, which a set of states does not.
    """
    found: dict[Position, list[int]] = {}
    for number in range(len(walked.states)):
        state = walked.states[number]
        if not walked.targets(number) and walked.story.machine.steps[state.step].ending is None:
            continue
        found.setdefault(Position(walked.protagonists[number], state.step, state.returns), []).append(number)
    return found
