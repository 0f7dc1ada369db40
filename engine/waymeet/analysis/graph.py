"""What can be come to in a graph, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Node = TypeVar("Node")


def closure(first: Iterable[int], onward: Callable[[int], Iterable[int]]) -> set[int]:
    """All that can be come to from some nodes, themselves included, where `onward` has what a node leads to."""
    found = set(first)
    waiting = list(found)
    while waiting:
        more = {node for node in onward(waiting.pop()) if node not in found}
        found |= more
        waiting.extend(more)
    return found


def postorder(first: Iterable[Node], onward: Callable[[Node], Sequence[Node]]) -> list[Node]:
    """All that can be come to from some nodes, in the order in which a depth-first search is done with them.

    Backwards, it has what leads on before what it leads to, as far as nothing comes round.
    """
    finished: list[Node] = []
    seen: set[Node] = set()
    waiting = [(node, False) for node in reversed(list(first))]
    while waiting:
        node, done = waiting.pop()
        if done:
            finished.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((following, False) for following in reversed(onward(node)))
    return finished
