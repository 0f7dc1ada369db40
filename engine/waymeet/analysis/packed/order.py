"""The positions of a story, conditions ignored, in an order in which what costs no choice mostly leads onward."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waymeet.analysis.packed.system import System
    from waymeet.analysis.transitions import Position


def ordered(system: System) -> dict[Position, int]:
    """The number of each position: reverse postorder of a depth-first search, by the ways without a choice first."""
    finished: list[Position] = []
    seen: set[Position] = set()
    waiting = [(start, False) for start in reversed(list(system.starts()))]
    while waiting:
        position, done = waiting.pop()
        if done:
            finished.append(position)
        elif position not in seen:
            seen.add(position)
            waiting.append((position, True))
            edges = sorted(system.onward(position), key=lambda edge: -edge.cost)
            waiting.extend((edge.target, False) for edge in reversed(edges) if edge.target not in seen)
    return {position: number for number, position in enumerate(reversed(finished))}
