"""Families of stories that grow, each clean or with one defect, planted where it is hard to find.

What is known of each at any size follows from how it is made, and its docstring says why: a clean one has no finding,
a planted one a single finding, of the rule that `FAMILIES` names. How they are tangled at random is in `tangles`, and
what takes away the ground on which a method stands in `variants`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks import tangles, variants
from benchmarks.graphs import Choice, Comparison, Flag, Graph, Node, Push, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.graphs import Files


@dataclass(frozen=True)
class Family:
    """How to make a story of a size, and what is known of it.

    `rule` is the one that the planted defect breaks; `least` is a size, and `narrow` the other measures, at which every
    state can be gone through one by one; `deepest` has, by the same measures, the choices of the shortest way to the
    planted defect, where it stands deep.
    """

    make: Callable[..., Files]
    least: int
    rule: str = "impossible-choice"
    narrow: Mapping[str, Any] = field(default_factory=dict)
    deepest: Callable[..., int] | None = None

    def small(self, *, planted: bool) -> Files:
        """The story at the size at which every state can be gone through."""
        return self.make(self.least, planted=planted, **self.narrow)

    def known(self, *, planted: bool) -> dict[str, int]:
        """How many findings of each rule there are, whatever the size."""
        return {self.rule: 1} if planted else {}


def hub(topics: int, *, planted: bool = False) -> Files:
    """A hub of once-only topics, every other one open only after the one before it; the way out wants them all.

    Known: each topic opens at some time, as what it wants is asked before. Planted: a topic that wants a later one
    without the earlier one that opens it.
    """
    nodes = ["  hub:", "    text: So much to ask.", "    choices:"]
    for topic in range(topics):
        when = f", when: chosen(hub.t{topic - 1})" if topic % 2 else ""
        nodes.append(f"      t{topic}: {{label: Topic {topic}., once: true{when}}}")
    if planted:
        nodes.append("      never: {label: Never., when: chosen(hub.t1) and not chosen(hub.t0)}")
    derived, when = all_asked(topics)
    nodes += [f"      out: {{label: Out., when: {when}, ending: done}}", "    goto: hub"]
    return written(nodes, starts={"one": "hub"}, derived=derived)


def all_asked(topics: int) -> tuple[list[str], str]:
    """Derived names, and a condition made of them, that say whether all topics of a hub were asked."""
    groups = [range(first, min(first + 20, topics)) for first in range(0, topics, 20)]
    asked = [" and ".join(f"chosen(hub.t{topic})" for topic in group) for group in groups]
    derived = [f"  told{number}: {told}" for number, told in enumerate(asked)]
    return derived, " and ".join(f"told{number}" for number in range(len(groups)))


def acts(count: int, *, planted: bool = False) -> Files:
    """Acts in a row; each sets two flags, or not, and each flag is read again up to five acts later.

    Known: a choice wants one flag of one earlier act, which a choice there gives, which wants one flag of one act
    earlier still; the acts between leave it alone. Planted: in the last act a choice wants the two flags of the act
    before, of which each choice there sets one at most.
    """
    draw = random.Random(count)
    graph = Graph({f"f{flag}": Flag() for flag in range(2 * count)})
    for act in range(count):
        node = Node()
        for number, (one, other) in enumerate(((1, 0), (0, 1), (0, 0))):
            when: tuple[Comparison, ...] = ()
            if number and act > 5:
                flag = 2 * (act - draw.randint(1, 5)) + draw.randrange(2)
                when = (Comparison(f"f{flag}", "==", draw.randrange(2)),)
            do = (Push(f"f{2 * act}", "=", one), Push(f"f{2 * act + 1}", "=", other))
            node.choices.append(Choice(f"c{number}", act + 1, when, do))
        graph.nodes.append(node)
    if planted:
        both = (Comparison(f"f{2 * count - 4}", "==", 1), Comparison(f"f{2 * count - 3}", "==", 1))
        graph.nodes[-1].choices.append(Choice("never", count, both))
    graph.nodes.append(Node())
    return graph.files()


def cards(count: int, *, planted: bool = False) -> Files:
    """A deck of once-only cards drawn at random, some of which want others to have been drawn.

    Known: each card wants one of a lower number, so that in the order of their numbers all can be drawn. Planted: a
    card that wants one drawn and the one that opens it not.
    """
    lines = ["  road:", "    text: The road.", "    choices:", "      on: {label: On., draw: road}"]
    for card in range(count):
        when = f", when: seen(k{card // 2 - 1})" if card > 3 else ""
        lines += [
            f"  k{card}:",
            f"    card: {{deck: road, once: true{when}}}",
            f"    text: Card {card}.",
            "    goto: road",
        ]
    if planted:
        when = f"seen(k{count - 1}) and not seen(k{(count - 1) // 2 - 1})"
        lines += ["  never:", f"    card: {{deck: road, once: true, when: {when}}}", "    goto: road"]
    lines += ["  gates:", "    text: The gates.", "    ending: done"]
    return written(lines, starts={"one": "road"}, more=("decks:", "  road: {pick: random, otherwise: gates}"))


def maze(rooms: int, *, planted: bool = False) -> Files:
    """Long corridors with ways back, three levers that each lead back to the first room, and a gate that wants them.

    Known: a reader can always go on to the gate, and from there back. Planted: behind the gate, a door that wants a
    lever which only the room behind it has; the shortest way there is found by `deepest`.
    """
    return _maze(rooms, planted=planted).files()


def _maze(rooms: int, *, planted: bool) -> Graph:
    draw = random.Random(rooms)
    levers = [rooms * part // 4 for part in (1, 2, 3)]
    graph = Graph({f"l{lever}": Flag() for lever in range(4 if planted else 3)})
    gate = rooms - 2
    for room in range(gate + 1):
        step = max(1, rooms // 1000)
        pulled = tuple(Comparison(f"l{lever}", "==", 1) for lever in range(3)) if room == gate else ()
        node = Node(choices=[Choice("on", room + 1, pulled)])
        node.choices.append(Choice("leap", min(gate, room + draw.randint(1, step))))
        node.choices.append(Choice("back", max(0, room - draw.randint(1, 5 * step))))
        if room in levers:
            node.choices.append(Choice("pull", 0, (), (Push(f"l{levers.index(room)}", "=", 1),)))
        graph.nodes.append(node)
    graph.nodes += [Node(choices=[Choice("out", rooms)]), Node()]
    if planted:
        graph.nodes[-2].choices.append(Choice("never", rooms, (Comparison("l3", "==", 1),), (Push("l3", "=", 1),)))
    return graph


def maze_depth(rooms: int) -> int:
    """The choices of the shortest way behind the gate: from room to room, for each set of levers that are pulled."""
    graph = _maze(rooms, planted=True)
    behind = rooms - 1
    level, depth = [(0, frozenset[str]())], 0
    seen = set(level)
    while all(room != behind for room, _ in level):
        following = []
        for room, pulled in level:
            for choice in graph.nodes[room].choices:
                if all(test.flag in pulled for test in choice.when):
                    state = choice.to, pulled | {push.flag for push in choice.do}
                    if state not in seen:
                        seen.add(state)
                        following.append(state)
        level, depth = following, depth + 1
    return depth


FAMILIES = {
    "hub": Family(hub, 7),
    "acts": Family(acts, 8),
    "wide": Family(tangles.wide, 40, narrow={"chapter": 8}),
    "global": Family(tangles.everywhere, 30, narrow={"flags": 6}),
    "stats": Family(tangles.stats, 10, narrow={"count": 4, "high": 6}),
    "cards": Family(cards, 7, "unreachable-node"),
    "pair": Family(tangles.pair, 12, narrow={"facts": 3}),
    "maze": Family(maze, 40, deepest=maze_depth),
    "entangled": Family(tangles.entangled, 16, narrow={"flags": 5, "counters": 1}),
    "hub-chained": Family(variants.hub_chained, 8),
    "acts-late": Family(variants.acts_late, 5),
    "wide-counted": Family(variants.wide_counted, 40, narrow={"chapter": 8, "high": 4}),
    "stats-summed": Family(variants.stats_summed, 10, narrow={"count": 4, "high": 6}),
    "cards-summed": Family(variants.cards_summed, 7, "unreachable-node"),
    "pair-copied": Family(variants.pair_copied, 12, narrow={"facts": 3}),
    "maze-levers": Family(variants.maze_levers, 40, narrow={"levers": 4}, deepest=variants.maze_levers_depth),
}
