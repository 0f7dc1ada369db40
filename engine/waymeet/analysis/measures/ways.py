"""Ways through a chain to an ending: the shortest, the briefest, and how long the longest is."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from waymeet.analysis.measures.readings import ANSWER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.analysis.measures.chain import Chain, Numbers
    from waymeet.analysis.measures.components import Components
    from waymeet.runtime import Story


def cheapest(chain: Chain, start: int, costs: Sequence[int]) -> list[int] | None:
    """The moves of a cheapest way from a state to an ending; None if there is no way (Dijkstra, 1959).

    Of ways that cost the same, the one that takes choices earlier in the file.
    """
    offsets, targets, ends = chain.offsets.tolist(), chain.targets.tolist(), chain.ends.tolist()
    best = {start: 0}
    by: dict[int, tuple[int, int]] = {}
    waiting = [(0, 0, start)]
    order = 0
    while waiting:
        cost, _, state = heappop(waiting)
        if cost > best[state]:
            continue
        if 0 <= ends[state] < chain.endings:
            return _traced(state, by)
        for move in range(offsets[state], offsets[state + 1]):
            target, total = targets[move], cost + costs[move]
            if target not in best or total < best[target]:
                best[target] = total
                by[target] = (state, move)
                order += 1
                heappush(waiting, (total, order, target))
    return None


def _traced(state: int, by: dict[int, tuple[int, int]]) -> list[int]:
    way = []
    while state in by:
        state, move = by[state]
        way.append(move)
    return way[::-1]


def choices_made(chain: Chain) -> Numbers:
    """What each move costs a reader in choices: 1, or nothing for an answer and for what chance brings."""
    return np.repeat(chain.reader, np.diff(chain.offsets)).astype(np.int64)


def most_choices(chain: Chain, components: Components, start: int) -> int | None:
    """The most choices on a way from a state to an ending; None if there is no way.

    There must be no round on any way to an ending (see `counting`).
    """
    offsets, targets, ends = chain.offsets.tolist(), chain.targets.tolist(), chain.ends.tolist()
    longest = [-1] * chain.size
    for state in np.argsort(components.of, kind="stable").tolist():
        if 0 <= ends[state] < chain.endings:
            longest[state] = 0
        onward = [longest[target] for target in targets[offsets[state] : offsets[state + 1]]]
        if (most := max(onward, default=-1)) >= 0:
            longest[state] = most + bool(chain.reader[state])
    return None if longest[start] < 0 else longest[start]


def to_endings(chain: Chain) -> tuple[list[int], list[int]]:
    """For each state, the fewest choices from it to an ending, and the move to make first; -1 where there is no way.

    At an ending there is no move to make.
    """
    sources, arriving = _arriving(chain)
    offsets, reader = arriving.tolist(), chain.reader.tolist()
    before = np.argsort(chain.targets, kind="stable").tolist()
    endings = np.flatnonzero((chain.ends >= 0) & (chain.ends < chain.endings)).tolist()
    far, first = [-1] * chain.size, [-1] * chain.size
    level = endings
    for state in endings:
        far[state] = 0
    depth = 0
    while level:
        onward: list[int] = []
        for state in level:  # grows while it is gone through: chance and answers cost nothing
            if far[state] != depth:
                continue
            for move in before[offsets[state] : offsets[state + 1]]:
                source = int(sources[move])
                cost = depth + reader[source]
                if far[source] < 0 or cost < far[source]:
                    far[source], first[source] = cost, move
                    (onward if reader[source] else level).append(source)
        level, depth = onward, depth + 1
    return far, first


def _arriving(chain: Chain) -> tuple[Numbers, Numbers]:
    """The state of each move, and where the moves to each state begin when moves are in the order of their targets."""
    sources = np.repeat(np.arange(chain.size), np.diff(chain.offsets))
    counts = np.bincount(chain.targets, minlength=chain.size)
    return sources, np.concatenate(([0], np.cumsum(counts)))


def named(story: Story, chain: Chain, way: Sequence[int]) -> tuple[list[str], list[str]]:
    """What is chosen on a way of moves, and what chance and answers bring on it."""
    play, outcomes = [], []
    states = np.searchsorted(chain.offsets, np.array(way, dtype=np.int64), side="right") - 1
    for state, move in zip(states.tolist(), way, strict=True):
        step = story.machine.steps[int(chain.steps[state])]
        choice = int(chain.choices[move])
        if step.ask is not None:
            outcomes.append(str(choice) if step.ask.register is not None else ANSWER[: step.ask.high])
        elif step.outcomes:
            outcomes.append(step.outcomes[choice][0].name)
        else:
            play.append(step.choices[choice].id)
    return play, outcomes
