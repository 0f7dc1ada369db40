"""How likely each fate is from each state: an absorbing Markov chain, solved component by component.

(Kemeny, Snell: Finite Markov chains, 1960.) Components are taken so that all that is beyond one is known by then. The
equations of a small one are solved at once; in a large one, what is known flows back along the moves until next to
nothing is missing. That never gives too much: what is missing from a sum of 1 bounds the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.measures.chain import Chain, Numbers, Reals, Truths
    from waymeet.analysis.measures.components import Components

#: The most states of a component whose equations are solved at once.
DENSE = 1_500
#: In a larger one, it is gone on with until no state gains more than this in a round, or for so many rounds, or until
#: so much is multiplied: moves times fates times rounds.
GAIN = 1e-13
ROUNDS = 20_000
WORK = 4_000_000_000


def fates_of(chain: Chain, components: Components) -> Reals:
    """The chance of each fate from each state, a row for each state; by what a row misses of 1, any may be too low."""
    found = np.zeros((chain.size, chain.fates))
    over = np.flatnonzero(chain.ends >= 0)
    found[over, chain.ends[over]] = 1.0
    for alone, together in _levels(chain, components):
        if len(alone):
            found[alone] = _left(chain, alone, found)
        for members in together:
            _solve(chain, members, found)
    return found


def _levels(chain: Chain, components: Components) -> Iterator[tuple[Numbers, list[Numbers]]]:
    """The states from which something leads on, nearest to the end first: those alone in a component, and the others.

    What is at one level leads only to lower ones, or round within its component.
    """
    level = _level_of(chain, components)
    going = np.flatnonzero(chain.ends < 0)
    going = going[np.lexsort((components.of[going], level[going]))]
    crowded = np.bincount(components.of)[components.of] > 1
    for part in _runs(going, level):
        yield part[~crowded[part]], list(_runs(part[crowded[part]], components.of))


def met(chain: Chain, components: Components, visits: Reals, stopping: Truths) -> Reals:
    """The chance that a reader comes to each state at all, given how often they do on average.

    In a component too large to be solved at once, it may be as high as the number of visits, up to 1. Of what is not
    `stopping`, nothing is known.
    """
    found = np.minimum(visits, 1.0)
    rounds = np.flatnonzero(components.rounds & (visits > 0) & stopping)
    for members in _runs(rounds[np.argsort(components.of[rounds], kind="stable")], components.of):
        if len(members) <= DENSE:
            found[members] = visits[members] / np.linalg.inv(_leaving(chain, members)).diagonal()
    return found


def _level_of(chain: Chain, components: Components) -> Numbers:
    """For each state, how many components there are at most on a way to the end."""
    of = components.of.tolist()
    offsets, targets = chain.offsets.tolist(), chain.targets.tolist()
    level = [0] * (max(of) + 1)
    for state in np.argsort(components.of, kind="stable").tolist():
        here = of[state]
        for target in targets[offsets[state] : offsets[state + 1]]:
            there = of[target]
            if there != here and level[there] >= level[here]:
                level[here] = level[there] + 1
    return np.array(level, dtype=np.int64)[components.of]


def _runs(states: Numbers, key: Numbers) -> Iterator[Numbers]:
    """Neighbours with the same key, together."""
    if len(states):
        yield from np.split(states, np.flatnonzero(np.diff(key[states])) + 1)


def _flowed(chain: Chain, states: Numbers, found: Reals) -> Reals:
    """The fates of some states, given those of where they lead."""
    moves, _ = chain.moves(states)
    firsts = np.cumsum(chain.offsets[states + 1] - chain.offsets[states])
    flow = found[chain.targets[moves]] * chain.chances[moves, None]
    return np.asarray(np.add.reduceat(flow, np.concatenate(([0], firsts[:-1])), axis=0))


def _left(chain: Chain, states: Numbers, found: Reals) -> Reals:
    """The fates of states of which none leads to another; one may lead to itself, and what else it does then counts."""
    moves, whose = chain.moves(states)
    again = chain.targets[moves] == states[whose]
    stays = np.bincount(whose[again], chain.chances[moves[again]], len(states))
    only = np.bincount(whose[~again], minlength=len(states)) == 0
    flow = _flowed(chain, states, found)
    flow[~only] /= (1 - stays[~only])[:, None]
    flow[only, chain.endless] = 1.0
    return flow


def _solve(chain: Chain, members: Numbers, found: Reals) -> None:
    """Find the fates of the states of one component, given those of all that is beyond it."""
    moves, _ = chain.moves(members)
    if np.isin(chain.targets[moves], members).all():
        found[members, chain.endless] = 1.0
    elif len(members) <= DENSE:
        found[members] = np.linalg.solve(_leaving(chain, members), _flowed(chain, members, found)).clip(0.0, 1.0)
    else:
        for _ in range(min(ROUNDS, WORK // (len(moves) * chain.fates) + 1)):
            before = found[members]
            found[members] = _flowed(chain, members, found)
            if (found[members] - before).sum(axis=1).max() < GAIN:
                break


def _leaving(chain: Chain, members: Numbers) -> Reals:
    """The unit matrix less the chances of the moves among some states, given in order."""
    moves, whose = chain.moves(members)
    inside = np.isin(chain.targets[moves], members)
    matrix = np.eye(len(members))
    there = np.searchsorted(members, chain.targets[moves[inside]])
    np.subtract.at(matrix, (whose[inside], there), chain.chances[moves[inside]])
    return matrix
