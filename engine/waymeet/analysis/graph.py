"""What can be come to in a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def closure(first: Iterable[int], onward: Callable[[int], Iterable[int]]) -> set[int]:
    """All that can be come to from some nodes, themselves included, where `onward` has what a node leads to."""
    found = set(first)
    waiting = list(found)
    while waiting:
        more = {node for node in onward(waiting.pop()) if node not in found}
        found |= more
        waiting.extend(more)
    return found
