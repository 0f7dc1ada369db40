"""Whether something can be come to, asked one by one where all that can be come to is too much to hold.

What is known of the states of each position is a set that has them all and maybe more: at first what values rule out,
then less by what each proof shows never to be. Beside it stands what a walk came to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.budget import BudgetSpentError
from waymeet.analysis.symbolic.backward import Backward, Met
from waymeet.analysis.transitions import Position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.rings import Target
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.valuesets import ValueSets
    from waymeet.analysis.walk import Walk


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
        self._seen = _seen(walked)
        self._known: dict[Position, Diagram] = {}

    def come(self, goal: Sequence[Target], budget: Budget) -> Answer | None:
        """How something can be come to; None where it never is. Raises `UnknownError`."""
        targets = [target for target in goal if target.edge is None or target.edge.source in self.possible]
        search = Backward(self.space, self.possible, targets)
        try:
            met = search.meets(self._states_seen, budget)
        except (BudgetSpentError, MemoryError) as error:
            raise UnknownError(self._entangling(search)) from error
        if met is not None:
            return Answer(search, met)
        for position, states in search.leading.items():
            self.possible[position] = self.possible[position] & ~states
        return None

    def _states_seen(self, position: Position) -> Diagram | None:
        """The states of a position that the walk came to."""
        if position not in self._known and position in self._seen:
            found = self.system.layout.false
            for number in self._seen[position]:
                found = found | self.pinned(number)
            self._known[position] = found
        return self._known.get(position)

    def pinned(self, number: int) -> Diagram:
        """A state of the walk, as what it has in the registers that matter there."""
        state = self._walked.states[number]
        live, told = self.system.liveness.live(state.step), self.system.told
        after = self.system.liveness.after(state.step)
        kept = [r for r in self.system.order if after >> r & 1]
        start = self._walked.story.machine.start_registers
        values = {r: min(state.registers[r], told[r]) if live >> r & 1 else start[r] for r in kept}
        return self.system.layout.values(values)

    def number(self, met: Met) -> int | None:
        """The state of the walk in which a way begins; None for one that begins where the story does."""
        for number in self._seen.get(met.position, ()):
            if (self.pinned(number) & met.states).satisfiable():
                return number
        return None

    def _entangling(self, search: Backward) -> str:
        """Which flags the largest set of a search depends on."""
        largest = max(search.leading.values(), key=lambda states: states.node_count(), default=None)
        if largest is None:
            return ""
        layout, data = self.system.layout, self.system.data
        asked = [n for n in self.system.order if (largest.exists(layout.cube([n])) ^ largest).satisfiable()]
        return ", ".join(data.registers[number].name for number in asked)


def _possible(space: Space, values: ValueSets) -> Mapping[Position, Diagram]:
    """The states of each position that values do not rule out."""
    layout, liveness = space.system.layout, space.system.liveness
    known: dict[tuple[int, int], Diagram] = {}
    found = {}
    for position, sets in values.states.items():
        states = layout.true
        live = liveness.after(position.step)
        for register, field in reversed(values.fields.items()):
            mask = values.mask(sets, register)
            if register in layout and live >> register & 1:
                if (register, mask) not in known:
                    known[register, mask] = layout.among(register, field.values(mask))
                states = known[register, mask] & states
        found[position] = states
    return found


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
