"""The strongly connected components of a chain (Tarjan: Depth-first search and linear graph algorithms, 1972)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from waymeet.analysis.measures.chain import Chain, Numbers, Truths


@dataclass(frozen=True)
class Components:
    """Which component each state is in, numbered so that moves between components lead to lower numbers.

    `rounds` says of each state whether one can come back to it. `finished` numbers the states in the order in which the
    depth-first search was done with them: of all moves, only those that close a round lead to a state that is not
    lower.
    """

    of: Numbers
    rounds: Truths
    finished: Numbers


def components_of(chain: Chain) -> Components:
    """The components of a chain; without recursion, for a way may be as long as there are states."""
    offsets, targets = chain.offsets.tolist(), chain.targets.tolist()
    of, finished = _searched(offsets, targets)
    sources = np.repeat(np.arange(chain.size), np.diff(chain.offsets))
    rounds = np.bincount(of, minlength=chain.size)[of] > 1
    rounds[sources[sources == chain.targets]] = True
    return Components(of, rounds, finished)


def _searched(offsets: list[int], targets: list[int]) -> tuple[Numbers, Numbers]:
    """The component of each state, and the order in which the search was done with them."""
    size = len(offsets) - 1
    of, finished, low = [-1] * size, [0] * size, [0] * size
    position = offsets[:-1]
    open_states: list[int] = []
    entered = done = found = 0
    for root in range(size):
        if low[root]:
            continue
        way = [root]
        while way:
            state = way[-1]
            if not low[state]:
                entered += 1
                low[state] = entered
                finished[state] = entered  # until it is done with, when it was entered
                open_states.append(state)
            onward = _next(state, position, offsets, targets, low, of)
            if onward is not None:
                way.append(onward)
                continue
            way.pop()
            if way:
                low[way[-1]] = min(low[way[-1]], low[state])
            if low[state] == finished[state]:
                _close(state, open_states, of, found)
                found += 1
            finished[state] = done
            done += 1
    return np.array(of, dtype=np.int64), np.array(finished, dtype=np.int64)


def _next(
    state: int, position: list[int], offsets: list[int], targets: list[int], low: list[int], of: list[int]
) -> int | None:
    """The next state to enter from one; those entered before, and not yet in a component, tell how far back it goes."""
    end = offsets[state + 1]
    here = position[state]
    while here < end:
        target = targets[here]
        here += 1
        if not low[target]:
            position[state] = here
            return target
        if of[target] < 0:
            low[state] = min(low[state], low[target])
    position[state] = here
    return None


def _close(state: int, open_states: list[int], of: list[int], number: int) -> None:
    while True:
        member = open_states.pop()
        of[member] = number
        if member == state:
            return


def can_end(chain: Chain, components: Components) -> Truths:
    """From which states an ending can be reached."""
    return can_reach(chain, components, (chain.ends >= 0) & (chain.ends < chain.endings))


def can_stop(chain: Chain, components: Components) -> Truths:
    """From which states an ending or a dead end can be reached, so that not all readings go on for ever."""
    return can_reach(chain, components, (chain.ends >= 0) & (chain.ends != chain.endless))


def can_reach(chain: Chain, components: Components, goals: Truths) -> Truths:
    """From which states one of some others can be reached; from those themselves, too."""
    of, offsets, targets = components.of.tolist(), chain.offsets.tolist(), chain.targets.tolist()
    found = goals.tolist()
    reaching = [False] * (max(of) + 1)
    for state in np.argsort(components.of, kind="stable").tolist():
        if found[state] or any(reaching[of[target]] for target in targets[offsets[state] : offsets[state + 1]]):
            reaching[of[state]] = True
    return np.array(reaching, dtype=np.bool_)[components.of]
