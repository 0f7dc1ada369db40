"""The chances of each fate as exact fractions, for a story without rounds that has few states."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waymeet.analysis.measures.chain import Chain
    from waymeet.analysis.measures.components import Components

#: The most states of a chain whose chances are worked out as fractions: their denominators grow with every move.
FEW = 2_000


def exact_fates(chain: Chain, components: Components, start: int) -> list[Fraction] | None:
    """The exact chance of each fate from a state; None where a state can be come back to, or there are too many."""
    if chain.size > FEW or components.rounds.any():
        return None
    reached = [Fraction(0)] * chain.size
    reached[start] = Fraction(1)
    fates = [Fraction(0)] * chain.fates
    for state in (-components.of).argsort(kind="stable").tolist():
        chance = reached[state]
        if chain.ends[state] >= 0:
            fates[chain.ends[state]] += chance
        elif chance:
            here = slice(chain.offsets[state], chain.offsets[state + 1])
            weights, targets = chain.weights[here].tolist(), chain.targets[here].tolist()
            for weight, target in zip(weights, targets, strict=True):
                reached[target] += chance * Fraction(weight, sum(weights))
    return fates
