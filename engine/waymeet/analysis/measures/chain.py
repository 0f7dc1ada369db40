"""A walk as arrays: the Markov chain of a reader who takes each open choice, and gives each answer, alike often.

Every state of the walk is a state of the chain under the same number; after them comes one for all endless loops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from waymeet.analysis.walk import Walk

Numbers: TypeAlias = NDArray[np.int64]
Reals: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Chain:
    """The moves of state s are those from `offsets[s]` up to `offsets[s + 1]`, in the order of the walk.

    Of each move there is the choice (an index, or an answer), where it leads, and its weight among those of its state;
    `chances` are the weights divided by their sum, and `again` says that it is an outcome of the same name as one
    before it, so that nobody can tell which of them came out. `steps` has where each state rests; at those that are
    `reader`, the reader chooses, at those that are `drawn`, chance decides, and at others an answer is given. `ends` is
    the fate of each state that nothing leads on from (see `fates`), else -1.
    """

    offsets: Numbers
    choices: Numbers
    targets: Numbers
    weights: Numbers
    chances: Reals
    again: Truths
    steps: Numbers
    reader: Truths
    drawn: Truths
    ends: Numbers
    endings: int

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.ends)

    @property
    def fates(self) -> int:
        """How many ways a reading can go in the end: each ending by its index, a dead end, and going on for ever."""
        return self.endings + 2

    @property
    def dead_end(self) -> int:
        """The fate of a reading that breaks off."""
        return self.endings

    @property
    def endless(self) -> int:
        """The fate of a reading that never ends: an endless loop, or choices that lead to no ending any more."""
        return self.endings + 1

    def moves(self, states: Numbers) -> tuple[Numbers, Numbers]:
        """The moves of some states, and for each of these moves which of the states it belongs to, by position."""
        counts = self.offsets[states + 1] - self.offsets[states]
        whose = np.repeat(np.arange(len(states)), counts)
        before = np.cumsum(counts) - counts
        return np.arange(len(whose)) - before[whose] + self.offsets[states][whose], whose


def chain_of(walk: Walk) -> Chain:
    """The chain of a walk that visited every state."""
    loop = len(walk.states)
    offsets, choices, targets, weights = [0], [], [], []
    steps, reader, drawn, ends, again = [], [], [], [], []
    machine, endings = walk.story.machine, len(walk.story.endings)
    for number in range(loop):
        at = walk.states.step(number)
        step = machine.steps[at]
        names: set[str] = set()
        for choice, target in walk.moves(number):
            choices.append(choice)
            targets.append(target if target >= 0 else loop)
            weights.append(step.outcomes[choice][0].weight if step.outcomes else 1)
            again.append(bool(step.outcomes) and step.outcomes[choice][0].name in names)
            names.update([step.outcomes[choice][0].name] if step.outcomes else ())
        steps.append(at)
        reader.append(bool(step.choices))
        is_over = len(targets) == offsets[-1]
        drawn.append(bool(step.outcomes) and not is_over)
        ends.append(-1 if not is_over else endings if step.ending is None else step.ending)
        offsets.append(len(targets))
    offsets.append(len(targets))
    weighed = np.array(weights, dtype=np.int64)
    return Chain(
        np.array(offsets, dtype=np.int64),
        np.array(choices, dtype=np.int64),
        np.array(targets, dtype=np.int64),
        weighed,
        _chances(weighed, np.array(offsets, dtype=np.int64)),
        np.array(again, dtype=np.bool_),
        np.array([*steps, -1], dtype=np.int64),
        np.array([*reader, False], dtype=np.bool_),
        np.array([*drawn, False], dtype=np.bool_),
        np.array([*ends, endings + 1], dtype=np.int64),
        endings,
    )


def _chances(weights: Numbers, offsets: Numbers) -> Reals:
    """Each weight divided by the sum of those of the same state."""
    counts = np.diff(offsets)
    totals = np.concatenate(([0], np.cumsum(weights)))
    of_state = totals[offsets[1:]] - totals[offsets[:-1]]
    return np.asarray(weights / np.repeat(of_state, counts), dtype=np.float64)
