"""The families once more, each with what takes away the ground on which a method stands that fits the first form."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks import tangles
from benchmarks.graphs import Choice, Comparison, Flag, Graph, Node, Push, written

if TYPE_CHECKING:
    from benchmarks.graphs import Files


def hub_chained(topics: int, *, planted: bool = False) -> Files:
    """A hub whose topics want others far off, and some also a number of topics asked: no small groups stand alone.

    Known: in the order of their numbers all can be asked, and the first that was not asked is always open. Planted: a
    topic that wants the last one asked without one that it wants.
    """
    draw = random.Random(topics)
    nodes = ["  hub:", "    text: So much to ask.", "    choices:"]
    wants = 0
    for topic in range(topics):
        when = []
        if topic > 1 and (topic == topics - 1 or draw.random() < 0.6):
            wants = draw.randrange(topic)
            when.append(f"chosen(hub.t{wants})")
        if topic > 3 and draw.random() < 0.3:
            when.append(f"asked >= {draw.randint(2, topic)}")
        condition = f", when: {' and '.join(when)}" if when else ""
        nodes.append(f"      t{topic}: {{label: Topic {topic}., once: true, do: asked += 1{condition}}}")
    if planted:
        nodes.append(f"      never: {{label: Never., when: chosen(hub.t{topics - 1}) and not chosen(hub.t{wants})}}")
    nodes += [f"      out: {{label: Out., when: asked >= {topics}, ending: done}}", "    goto: hub"]
    return written(nodes, starts={"one": "hub"}, flags=[f"  asked: {{min: 0, max: {topics}}}"])


def acts_late(count: int, *, planted: bool = False) -> Files:
    """Acts whose flags are all read at the very end, the first with the last, so that none can be forgotten.

    Known: two acts are free of each other, and each gives either of its flags. Planted: at the very end, both flags of
    the first act.
    """
    draw = random.Random(count)
    graph = Graph({f"f{flag}": Flag() for flag in range(2 * count)})
    for act in range(count):
        ways = enumerate(((1, 0), (0, 1), (0, 0)))
        do = [
            (number, (Push(f"f{2 * act}", "=", one), Push(f"f{2 * act + 1}", "=", other)))
            for number, (one, other) in ways
        ]
        graph.nodes.append(Node(choices=[Choice(f"c{number}", act + 1, (), pushes) for number, pushes in do]))
    for act in range(count):
        here = count + act
        read = [2 * one + draw.randrange(2) for one in dict.fromkeys((act, count - 1 - act))]
        when = tuple(Comparison(f"f{flag}", "==", draw.randrange(2)) for flag in read)
        graph.nodes.append(Node(choices=[Choice("on", here + 1), Choice("too", here + 1, when)]))
    if planted:
        both = (Comparison("f0", "==", 1), Comparison("f1", "==", 1))
        graph.nodes[-1].choices.append(Choice("never", 2 * count, both))
    graph.nodes.append(Node())
    return graph.files()


def wide_counted(nodes: int, *, planted: bool = False, chapter: int = 100, high: int = 20) -> Files:
    """As `wide`, with a number that is pushed and read in all chapters: no chapter can be forgotten as a whole.

    Known and planted: as there.
    """
    return tangles.wide_graph(nodes, random.Random(nodes), planted=planted, chapter=chapter, counted=high).files()


def stats_summed(nodes: int, *, count: int = 8, high: int = 100, planted: bool = False) -> Files:
    """As `stats`, with thresholds for the sums of two: they do not fall apart into one number each.

    Known and planted: as there.
    """
    return tangles.stats_graph(nodes, random.Random(nodes), count, high, planted=planted, summed=True).files()


def cards_summed(count: int, *, planted: bool = False) -> Files:
    """A deck of once-only cards that bring gold and fame, some of which want so much of both together.

    Known: a card wants no more than those of lower numbers bring, so that in the order of their numbers all can be
    drawn. Planted: a card that wants one drawn while there is less than that one wants, and nothing is ever lost.
    """
    draw = random.Random(count)
    lines = ["  road:", "    text: The road.", "    choices:", "      on: {label: On., draw: road}"]
    wants = total = 0
    for card in range(count):
        when, brings = "", draw.randint(1, 3)
        if card > 3 and (card == count - 1 or draw.random() < 0.5):
            wants = draw.randint(total // 2, total)
            when = f", when: gold + fame >= {wants}"
        lines += [
            f"  k{card}:",
            f"    card: {{deck: road, once: true{when}}}",
            f"    do: {draw.choice(('gold', 'fame'))} += {brings}",
            "    goto: road",
        ]
        total += brings
    if planted:
        when = f"seen(k{count - 1}) and gold + fame < {wants}"
        lines += ["  never:", f"    card: {{deck: road, once: true, when: {when}}}", "    goto: road"]
    lines += ["  gates:", "    text: The gates.", "    ending: done"]
    flags = [f"  {name}: {{min: 0, max: {total}}}" for name in ("gold", "fame")]
    return written(
        lines, starts={"one": "road"}, flags=flags, more=("decks:", "  road: {pick: random, otherwise: gates}")
    )


def pair_copied(nodes: int, *, facts: int = 12, planted: bool = False) -> Files:
    """As `pair`, with facts that are copied from one to another, so that none stands for itself.

    Known and planted: as there.
    """
    return tangles.pair_graph(nodes, random.Random(nodes), facts, planted=planted, copied=True).files()


def maze_levers(rooms: int, *, levers: int = 30, planted: bool = False) -> Files:
    """A corridor of rooms with ways back and thirty levers, each of which leads back to the first room.

    Known: from each lever one has to come back for the next, in whatever order, and on the way only leads on; the
    shortest way behind the gate is known by that. Planted: as in `maze`.
    """
    draw = random.Random(rooms)
    graph = Graph({f"l{lever}": Flag() for lever in range(levers + 1 if planted else levers)})
    gate = rooms - 2
    places = _lever_rooms(rooms, levers)
    for room in range(gate):
        node = Node(choices=[Choice("on", room + 1), Choice("back", max(0, room - draw.randint(1, 5)))])
        if room in places:
            node.choices.append(Choice("pull", 0, (), (Push(f"l{places.index(room)}", "=", 1),)))
        graph.nodes.append(node)
    pulled = tuple(Comparison(f"l{lever}", "==", 1) for lever in range(levers))
    graph.nodes += [Node(choices=[Choice("back", 0), Choice("on", rooms - 1, pulled)])]
    graph.nodes += [Node(choices=[Choice("out", rooms)]), Node()]
    if planted:
        missing = f"l{levers}"
        graph.nodes[-2].choices.append(
            Choice("never", rooms, (Comparison(missing, "==", 1),), (Push(missing, "=", 1),))
        )
    return graph.files()


def maze_levers_depth(rooms: int, levers: int = 30) -> int:
    """The choices of the shortest way behind the gate."""
    return sum(room + 1 for room in _lever_rooms(rooms, levers)) + rooms - 1


def _lever_rooms(rooms: int, levers: int) -> list[int]:
    """Where the levers are, one in a room; there must be three rooms more than levers."""
    return [1 + lever * (rooms - 3) // levers for lever in range(levers)]
