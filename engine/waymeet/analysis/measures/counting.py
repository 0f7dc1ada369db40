"""How many playthroughs there are, exactly: counted from the end back, or by length where there is no end to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waymeet.analysis.measures.components import can_end
from waymeet.analysis.measures.spreading import gathered
from waymeet.figures import Playthroughs

if TYPE_CHECKING:
    from waymeet.analysis.measures.chain import Chain
    from waymeet.analysis.measures.components import Components


def counts_of(chain: Chain, components: Components) -> list[int | None]:
    """From each state, how many ways there are to an ending; None where they are endless.

    A round that leads to no ending any more adds nothing.
    """
    counts: list[int | None] = [0] * chain.size
    ends, rounds = can_end(chain, components).tolist(), components.rounds.tolist()
    offsets, targets, again = chain.offsets.tolist(), chain.targets.tolist(), chain.again.tolist()
    for state in np.argsort(components.of, kind="stable").tolist():
        if chain.ends[state] >= 0:
            counts[state] = int(chain.ends[state] < chain.endings)
        elif rounds[state] and ends[state]:
            counts[state] = None
        elif ends[state]:
            onward = [counts[targets[move]] for move in range(offsets[state], offsets[state + 1]) if not again[move]]
            finite = [count for count in onward if count is not None]
            counts[state] = sum(finite) if len(finite) == len(onward) else None
    return counts


def playthroughs(chain: Chain, start: int, most: int) -> Playthroughs:
    """The playthroughs from a state where they are endless: those of at most `most` moves."""
    states, ways = np.array([start], dtype=np.int64), np.array([1], dtype=object)
    some = 0
    for _ in range(most + 1):
        ended = chain.ends[states]
        some += sum(ways[(ended >= 0) & (ended < chain.endings)].tolist())
        moves, whose = chain.moves(states)
        moves, whose = moves[~chain.again[moves]], whose[~chain.again[moves]]
        if not len(moves):
            break
        states, ways = gathered(chain.targets[moves], ways[whose])
    return Playthroughs(None, some, most)
