"""How many playthroughs are needed at the least to visit every node: as many as there are nodes no two of which meet.

Two nodes meet if some playthrough visits both. Which do is found exactly; the nodes are then picked greedily, so that
more than the number found may be needed, and never fewer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.analysis.measures.chain import Chain
    from waymeet.analysis.measures.components import Components


def needed_at_least(
    chain: Chain, components: Components, passes: Sequence[int], begun: Sequence[tuple[int, int]]
) -> int:
    """The size of a set of nodes of which no playthrough visits two.

    `passes` has the nodes that each move visits, as a bit mask; `begun` has such a mask for each beginning, and the
    state that it comes to.
    """
    return len(_apart(_meetings(chain, components, passes, begun)))


def _meetings(
    chain: Chain, components: Components, passes: Sequence[int], begun: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """For each node that is visited, those that are visited on some playthrough with it, as bit masks."""
    of, targets = components.of.tolist(), chain.targets.tolist()
    sources = np.repeat(np.arange(chain.size), np.diff(chain.offsets)).tolist()
    upwards = np.argsort(components.of[np.array(sources, dtype=np.int64)], kind="stable").tolist()
    after, before = [0] * (max(of) + 1), [0] * (max(of) + 1)
    for move in upwards:
        after[of[sources[move]]] |= passes[move] | after[of[targets[move]]]
    for nodes, state in begun:
        before[of[state]] |= nodes
    for group in _grouped(upwards[::-1], sources, of):
        here = of[sources[group[0]]]
        for move in group:
            if of[targets[move]] == here:
                before[here] |= passes[move]
        for move in group:
            before[of[targets[move]]] |= before[here] | passes[move]
    found: dict[int, int] = {}
    for move, (source, target) in enumerate(zip(sources, targets, strict=True)):
        _note(found, passes[move], passes[move] | after[of[target]] | before[of[source]])
    for nodes, state in begun:
        _note(found, nodes, nodes | after[of[state]])
    return found


def _grouped(moves: list[int], sources: list[int], of: list[int]) -> list[list[int]]:
    """Neighbouring moves from the same component, together."""
    groups: list[list[int]] = []
    for move in moves:
        if groups and of[sources[groups[-1][0]]] == of[sources[move]]:
            groups[-1].append(move)
        else:
            groups.append([move])
    return groups


def _note(found: dict[int, int], nodes: int, met: int) -> None:
    while nodes:
        node = nodes & -nodes
        found[node] = found.get(node, 0) | met
        nodes ^= node


def _apart(meetings: dict[int, int]) -> list[int]:
    """Nodes of which no two meet: first those that meet few."""
    chosen: list[int] = []
    for node in sorted(meetings, key=lambda node: (meetings[node].bit_count(), node)):
        if not any(meetings[node] & other for other in chosen):
            chosen.append(node)
    return chosen
