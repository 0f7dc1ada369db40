"""How a uniform reader spreads over the states, choice by choice: where they are then, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from waymeet.analysis.measures.chain import Chain, Numbers, Reals, Truths

#: The spreading ends when a reader is still under way with no more than this chance, or after so many rounds or moves.
UNDER_WAY = 1e-12
ROUNDS = 10_000
WORK = 100_000_000


@dataclass(frozen=True)
class Spread:
    """Where a reader has been, and when they came to an ending.

    `visits` has how often they come to each state on average; `ended`, by the number of choices, the chance that they
    have come to an ending after just as many; `left` is the chance that they are still under way.
    """

    visits: Reals
    ended: list[float]
    left: float

    def within(self, share: float) -> int | None:
        """The least number of choices in which this share of the readings that end has ended; None if not known."""
        wanted = share * (sum(self.ended) + self.left) - UNDER_WAY
        so_far = 0.0
        for choices, chance in enumerate(self.ended):
            so_far += chance
            if chance and so_far >= wanted:
                return choices
        return None


def spread(chain: Chain, start: int, stopping: Truths, *, every_move: bool = False) -> Spread:
    """How a reader spreads who begins in a state; with `every_move`, answers and outcomes count like choices.

    `stopping` says where a reading may yet stop: one that comes elsewhere is not followed.
    """
    visits = np.zeros(chain.size)
    ended: list[float] = []
    free = np.zeros(chain.size, np.bool_) if every_move else (chain.ends < 0) & ~chain.reader
    states, mass = np.array([start], dtype=np.int64), np.ones(1)
    rounds = work = 0
    waiting: list[tuple[Numbers, Reals]] = []
    while len(states) and rounds < ROUNDS and work < WORK:
        visits[states] += mass
        onward = free[states]
        waiting.append((states[~onward], mass[~onward]))
        states, mass = states[onward], mass[onward]
        if mass.sum() <= UNDER_WAY:  # chance and answers, which cost nothing, are done with: now a reader chooses
            states, mass = gathered(*(np.concatenate(part) for part in zip(*waiting, strict=True)))
            waiting = []
            over = chain.ends[states]
            ended.append(float(mass[(over >= 0) & (over < chain.endings)].sum()))
            going = (over < 0) & stopping[states]
            states, mass = states[going], mass[going]
            if mass.sum() <= UNDER_WAY:
                break
        moves, whose = chain.moves(states)
        states, mass = gathered(chain.targets[moves], mass[whose] * chain.chances[moves])
        rounds, work = rounds + 1, work + len(moves)
    return Spread(visits, ended, float(mass.sum()) + sum(float(part.sum()) for _, part in waiting))


def gathered(states: Numbers, values: NDArray[Any]) -> tuple[Numbers, NDArray[Any]]:
    """Each state once, with the sum of its values."""
    if not len(states):
        return states, values
    order = np.argsort(states, kind="stable")
    states = states[order]
    firsts = np.flatnonzero(np.concatenate(([True], states[1:] != states[:-1])))
    return states[firsts], np.add.reduceat(values[order], firsts)
