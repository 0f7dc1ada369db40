"""The positions of a story, conditions ignored, in an order in which what costs no choice mostly leads onward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.graph import postorder

if TYPE_CHECKING:
    from waymeet.analysis.packed.system import System
    from waymeet.analysis.transitions import Position


def ordered(system: System) -> dict[Position, int]:
    """The number of each position: reverse postorder of a depth-first search, by the ways without a choice first."""

    def onward(position: Position) -> list[Position]:
        return [edge.target for edge in sorted(system.onward(position), key=lambda edge: -edge.cost)]

    return {position: number for number, position in enumerate(reversed(postorder(system.starts(), onward)))}
