"""The choices that matter most: how far each moves the chances of the endings; see `waymeet.figures.Decision`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waymeet.figures import Decision, WeighedChoice

if TYPE_CHECKING:
    from waymeet.analysis.measures.chain import Chain, Numbers, Reals
    from waymeet.runtime import Story

#: So many moves are weighed at once.
_BATCH = 100_000
#: What moves the chances by no more than that moves nothing: it is an error of rounding.
_NOTHING = 1e-9


def decisions(story: Story, chain: Chain, fates: Reals, met: Reals, most: int) -> tuple[Decision, ...]:
    """The weightiest decisions of a reading, by the steps at which they are taken; at most so many.

    `met` has the chance that a reader comes to each state at all.
    """
    counts = np.diff(chain.offsets)
    states = np.flatnonzero(chain.reader & (met > 0) & (np.append(counts, 0)[: chain.size] > 1))
    moves, whose = chain.moves(states)
    keys = chain.steps[states][whose] * 2**20 + chain.choices[moves]
    rows = _rows(keys)
    weights = np.zeros(len(rows))
    times = np.zeros(len(rows))
    shifts = np.zeros((len(rows), chain.fates))
    row_of = np.searchsorted(rows, keys)
    for first in range(0, len(moves), _BATCH):
        part = slice(first, first + _BATCH)
        shift = _shift(chain, fates, states[whose[part]], moves[part])
        often = met[states[whose[part]]]
        weights += np.bincount(row_of[part], often * np.abs(shift).sum(axis=1) / 2, len(rows))
        times += np.bincount(row_of[part], often, len(rows))
        np.add.at(shifts, row_of[part], often[:, None] * shift)
    return _told(story, rows, weights, shifts / times[:, None], most)


def _rows(keys: Numbers) -> Numbers:
    """Each key once, in order."""
    ordered = np.sort(keys)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def _shift(chain: Chain, fates: Reals, states: Numbers, moves: Numbers) -> Reals:
    """By how much the fates after each move differ from those after another move of its state, taken at random."""
    others = chain.offsets[states + 1] - chain.offsets[states] - 1
    taken = fates[chain.targets[moves]]
    every = fates[states] * (others + 1)[:, None]
    return taken - (every - taken) / others[:, None]


def _told(story: Story, rows: Numbers, weights: Reals, shifts: Reals, most: int) -> tuple[Decision, ...]:
    steps = story.machine.steps
    found: dict[int, list[WeighedChoice]] = {}
    for key, weight, shift in zip(rows.tolist(), weights.tolist(), shifts, strict=True):
        step, choice = divmod(key, 2**20)
        if weight > _NOTHING:
            toward = int(shift.argmax())
            names = *(ending.id for ending in story.endings), "a dead end", "no end"
            row = WeighedChoice(steps[step].choices[choice].id, weight, names[toward], float(shift[toward]))
            found.setdefault(step, []).append(row)
    told = []
    for step, choices in found.items():
        choices.sort(key=lambda row: -row.weight)
        told.append(Decision(steps[step].id, choices[0].weight, tuple(choices)))
    return tuple(sorted(told, key=lambda decision: -decision.weight)[:most])
