"""What can be come to in a graph, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Node = TypeVar("Node")


def circling(nodes: Iterable[int], onward: Callable[[int], Iterable[int]]) -> set[int]:
    """The nodes from which some way leads back to themselves.

    Tarjan: Depth-first search and linear graph algorithms, 1972.
    """
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_: list[int] = []
    at: dict[int, int] = {}
    found: set[int] = set()
    for root in nodes:
        waiting = [] if root in order else [(root, iter(onward(root)))]
        while waiting:
            node, targets = waiting[-1]
            if node not in order:
                order[node] = lowest[node] = len(order)
                at[node] = len(open_)
                open_.append(node)
            for target in targets:
                if target not in order:
                    waiting.append((target, iter(onward(target))))
                    break
                if target == node:
                    found.add(node)
                if target in lowest:
                    lowest[node] = min(lowest[node], lowest[target])
            else:
                waiting.pop()
                if waiting and node in lowest:
                    before = waiting[-1][0]
                    lowest[before] = min(lowest[before], lowest[node])
                if lowest[node] == order[node]:
                    circle = open_[at[node] :]
                    found.update(circle if len(circle) > 1 else ())
                    del open_[-len(circle) :]
                    for member in circle:
                        del lowest[member]
    return found


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


class Chains(NamedTuple, Generic[Node]):
    """The longest way outside of circles, and the nodes that are in circles or lead to one."""

    longest: int
    circling: list[Node]


def chains(onward: Mapping[Node, Sequence[Node]]) -> Chains[Node]:
    """What leads only to nodes that lead nowhere is in no circle; the rest may be, or leads to one."""
    before: dict[Node, list[Node]] = {}
    for node, targets in onward.items():
        for target in targets:
            before.setdefault(target, []).append(node)
    left = {node: len(targets) for node, targets in onward.items()}
    length = dict.fromkeys(onward, 0)
    waiting = [node for node, targets in left.items() if not targets]
    while waiting:
        target = waiting.pop()
        for source in before.get(target, ()):
            length[source] = max(length[source], length[target] + 1)
            left[source] -= 1
            if not left[source]:
                waiting.append(source)
    return Chains(max(length.values(), default=0), [node for node, targets in left.items() if targets])
