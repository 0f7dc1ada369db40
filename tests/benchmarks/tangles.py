"""Families that are tangled at random: flags, facts and numbers set in one place and read in another.

Conditions are drawn at random, and those that no simulated reader found true are turned round (see `Graph.mend`), so
that of a clean one it is known that every choice is open to somebody. The first way on is always open and leads to the
end, so that nothing is ever lost. Two flags, the twins, are only ever set to the same: what is planted wants them to
differ.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks.graphs import Choice, Comparison, Flag, Graph, Node, Push

if TYPE_CHECKING:
    from benchmarks.graphs import Files, Flags, State

#: A choice that no reader can take, for the twins never differ, and one that somebody can.
_TWINS = ("f0", "f1")
DIFFER = (Comparison(_TWINS[0], "==", 1), Comparison(_TWINS[1], "==", 0))
AGREE = (Comparison(_TWINS[0], "==", 1), Comparison(_TWINS[1], "==", 1))


def setting(flag: str, value: int) -> tuple[Push, ...]:
    """A flag set, and with one twin the other."""
    return tuple(Push(name, "=", value) for name in (_TWINS if flag in _TWINS else (flag,)))


def wide(nodes: int, *, planted: bool = False, chapter: int = 100) -> Files:
    """Chapters; flags are set in one and read in it and the four after it, three a chapter, three hundred in all.

    Known: see above; each chapter forgets its three flags of a hundred chapters before, on arrival. Planted: two
    chapters before the end the twins are set, in the last one a choice wants them to differ.
    """
    return wide_graph(nodes, random.Random(nodes), planted=planted, chapter=chapter).files()


def wide_graph(nodes: int, draw: random.Random, *, planted: bool, chapter: int, counted: int = 0) -> Graph:
    """The nodes of `wide`; with `counted`, a number up to that which is pushed and read in all chapters."""
    graph = Graph({f"f{flag}": Flag() for flag in range(300)} | ({"k": Flag(counted)} if counted else {}))
    last = (nodes - 1) // chapter
    for number in range(nodes - 1):
        here = number // chapter
        own = [f"f{(3 * here + k) % 300}" for k in range(3)]
        node = Node(tuple(Push(flag, "=", 0) for flag in own) if number % chapter == 0 else ())
        for index in range(draw.choice((2, 3))):
            to = min(number + 1 + index * draw.randint(1, 3), nodes - 1, (here + 1) * chapter)
            when: tuple[Comparison, ...] = ()
            if index and here >= 4 and draw.random() < 0.3:
                when = (
                    Comparison(
                        f"f{(3 * (here - draw.randint(0, 4)) + draw.randrange(3)) % 300}", "==", draw.randrange(2)
                    ),
                )
            do: tuple[Push, ...] = (Push(draw.choice(own), "=", draw.randrange(2)),) if draw.random() < 0.2 else ()
            if counted and draw.random() < 0.1:
                do += (Push("k", draw.choice(("+=", "-=")), 1),)
            elif counted and index and not when and draw.random() < 0.1:
                when = (Comparison("k", draw.choice((">=", "<")), draw.randint(1, counted)),)
            node.choices.append(Choice(f"c{index}", to, when, do))
        graph.nodes.append(node)
    graph.nodes.append(Node())
    _tell(graph, max(0, last - 2) * chapter, max(0, last) * chapter, planted=planted)
    graph.mend(draw, 10 * nodes)
    return graph


def _tell(graph: Graph, told: int, asked: int, *, planted: bool) -> None:
    """Twins of their own, which one node sets and another, further on, asks for."""
    graph.flags |= {"told": Flag(), "heard": Flag()}
    both = (Push("told", "=", 1), Push("heard", "=", 1))
    graph.nodes[told].choices.append(Choice("tell", told + 1, (), both))
    to = asked + 1
    graph.nodes[asked].choices.append(Choice("ever", to, (Comparison("told", "==", 1), Comparison("heard", "==", 1))))
    if planted:
        graph.nodes[asked].choices.append(
            Choice("never", to, (Comparison("told", "==", 1), Comparison("heard", "==", 0)))
        )


def everywhere(nodes: int, *, flags: int = 150, planted: bool = False) -> Files:
    """Flags that are set and read anywhere, either way round (`global` in the tables).

    Known: see above. Planted: half-way, a choice that wants the twins to differ.
    """
    draw = random.Random(nodes)
    graph = Graph({f"f{flag}": Flag() for flag in range(flags)})
    for number in range(nodes - 1):
        do = setting(f"f{draw.randrange(flags)}", draw.randrange(2)) if draw.random() < 0.5 else ()
        node = Node(do, [Choice("c0", number + 1)])
        for index in (1, 2):
            when = (Comparison(f"f{draw.randrange(flags)}", "==", draw.randrange(2)),)
            node.choices.append(Choice(f"c{index}", min(number + draw.randint(1, 20), nodes - 1), when))
        graph.nodes.append(node)
    graph.nodes.append(Node())
    if planted:
        graph.nodes[nodes // 2].choices.append(Choice("never", nodes // 2 + 1, DIFFER))
    graph.mend(draw, 20 * nodes)
    return graph.files()


def entangled(nodes: int, *, flags: int = 20, counters: int = 3, planted: bool = False) -> Files:
    """Flags and counters that are set and read at random, all over a graph with cycles.

    Each node sets three flags, so that 200 nodes have 93,970,389 states; with one flag each there would be thousands of
    millions. Known: see above. Planted: half-way, a choice that wants the twins to differ.
    """
    draw = random.Random(nodes + flags)
    graph = Graph({f"f{flag}": Flag() for flag in range(flags)} | {f"k{k}": Flag(5) for k in range(counters)})
    for number in range(nodes - 1):
        flagged = draw.sample(range(flags), 3)
        do = tuple(push for flag in flagged for push in setting(f"f{flag}", draw.randrange(2)))
        if draw.random() < 0.3:
            do += (Push(f"k{draw.randrange(counters)}", draw.choice(("+=", "-=")), 1),)
        node = Node(do if number else (), [Choice("on", number + 1)])
        for index in (1, 2):
            when = (Comparison(f"f{draw.randrange(flags)}", "==", draw.randrange(2)),)
            if draw.random() < 0.3:
                when = (Comparison(f"k{draw.randrange(counters)}", draw.choice((">=", "<")), draw.randint(1, 4)),)
            node.choices.append(Choice(f"c{index}", draw.randrange(nodes), when))
        graph.nodes.append(node)
    graph.nodes.append(Node())
    if planted:
        graph.nodes[nodes // 2].choices.append(Choice("never", 0, DIFFER))
    graph.mend(draw, 500 * nodes)
    return graph.files()


def pair(nodes: int, *, facts: int = 12, planted: bool = False) -> Files:
    """Two paths, each of which leaves facts that the other reads, as `untold`, `done` or `spared`.

    Known: see above, with readers that read one path after the other; the first path besides leaves two facts that
    are never alike, and somebody can find the one done and the other spared. Planted: the second path wants both done.
    """
    return pair_graph(nodes, random.Random(nodes), facts, planted=planted).files()


def pair_graph(nodes: int, draw: random.Random, facts: int, *, planted: bool, copied: bool = False) -> Graph:
    """The nodes of `pair`; with `copied`, each path also takes over what the other left, from one fact to another."""
    words = ("untold", "done", "spared")
    kinds = {f"m{fact}": Flag(2, words, kept=True) for fact in (*range(facts), "a", "b")}
    graph = Graph(kinds | {f"b{fact}": Flag(kept=True) for fact in range(facts if copied else 0)})
    every = max(1, nodes // facts)
    for path, who in enumerate(("p", "q")):
        first = graph.starts[who] = len(graph.nodes)
        for number in range(nodes - 1):
            fact, at = number // every % facts, first + number
            sets = number % every == 0 and fact % 2 == path
            do: list[tuple[Push, ...]] = [(Push(f"m{fact}", "=", value),) if sets else () for value in (1, 2)]
            if copied and number % every == 0:
                do = [one + copy for one, copy in zip(do, _copies(draw, fact, facts), strict=True)]
            node = Node((), [Choice("c0", at + 1, (), do[0]), Choice("c1", at + 1, (), do[1])])
            if draw.random() < 0.3:
                when = Comparison(f"m{draw.randrange(facts)}", "==", draw.randrange(3))
                if copied and draw.random() < 0.5:
                    when = Comparison(f"b{draw.randrange(facts)}", "==", draw.randrange(2))
                node.choices.append(Choice("c2", min(at + 2, first + nodes - 1), (when,)))
            graph.nodes.append(node)
        graph.nodes.append(Node(ending=f"{who}_done"))
    del graph.starts["one"]
    _leave(graph, nodes, planted=planted)
    graph.mend(draw, 500 * nodes)
    return graph


def _copies(draw: random.Random, fact: int, facts: int) -> tuple[tuple[Push, ...], tuple[Push, ...]]:
    """What two choices do to a fact of yes or no: the one copies another to it, the other settles it."""
    other = f"b{draw.randrange(facts)}"
    return (Push(f"b{fact}", "=", other),), (Push(f"b{fact}", "=", draw.randrange(2)),)


def _leave(graph: Graph, nodes: int, *, planted: bool) -> None:
    """Two facts that the first path leaves together, and never alike, for the second one to ask for."""
    told, asked = nodes // 3, nodes + nodes // 2
    for name, one, other in (("kind", 1, 2), ("cold", 2, 1)):
        both = (Push("ma", "=", one), Push("mb", "=", other))
        graph.nodes[told].choices.append(Choice(name, told + 1, (), both))
    wanted = (Comparison("ma", "==", 1), Comparison("mb", "==", 2))
    graph.nodes[asked].choices.append(Choice("ever", asked + 1, wanted))
    if planted:
        graph.nodes[asked].choices.append(Choice("never", asked + 1, (wanted[0], Comparison("mb", "==", 1))))


def stats(nodes: int, *, count: int = 8, high: int = 100, planted: bool = False) -> Files:
    """Numbers that every choice pushes up or down, by one to three, and thresholds late that read all of them.

    Known: each late threshold is one that a simulated reader passes. The first two numbers go up only at a choice
    between the one and the other, so that together they come to no more than those steps add up to. One choice near
    the end is barely possible: it wants all of that, and of the others what one reader has. Planted: one more than it.
    """
    return stats_graph(nodes, random.Random(nodes), count, high, planted=planted).files()


def stats_graph(
    nodes: int, draw: random.Random, count: int, high: int, *, planted: bool, summed: bool = False
) -> Graph:
    """The nodes of `stats`; with `summed`, late thresholds are of sums of two numbers."""
    names = [f"s{stat}" for stat in range(count)]
    graph = Graph({name: Flag(high, start=0 if name in names[:2] else high // 2) for name in names})
    readers = [graph.fresh() for _ in range(12)]
    room = high
    for number in range(nodes - 1):
        node = Node(choices=_pushes(draw, names[2:], number + 1))
        size = draw.randint(1, 3)
        if number % max(2, nodes // 50) == 0 and size <= room:
            room -= size
            node.choices[:2] = [Choice(n, number + 1, (), (Push(n, "+=", size),)) for n in names[:2]]
            node.choices.append(
                Choice("spend", number + 1, (), (Push(draw.choice(names[:2]), "-=", draw.randint(1, 3)),))
            )
        if number >= nodes * 9 // 10:
            node.choices.append(Choice("may", number + 1, _passed(draw, draw.choice(readers), names, summed=summed)))
        if number == nodes - 2:
            node.choices += _last(readers[0], names, number + 1, planted=planted)
        for index, reader in enumerate(readers):
            _push(draw, graph.flags, node, reader, thrifty=index == 0)
        graph.nodes.append(node)
    graph.nodes.append(Node())
    return graph


def _pushes(draw: random.Random, names: list[str], to: int) -> list[Choice]:
    """Three choices: one number up, another down, or the one for the other."""
    one, other = draw.sample(names, 2)
    up, down, taken, given = (draw.randint(1, 3) for _ in range(4))
    return [
        Choice("up", to, (), (Push(one, "+=", up),)),
        Choice("down", to, (), (Push(other, "-=", down),)),
        Choice("trade", to, (), (Push(other, "+=", taken), Push(one, "-=", given))),
    ]


def _passed(draw: random.Random, reader: State, names: list[str], *, summed: bool) -> tuple[Comparison, ...]:
    """Three thresholds that a reader passes, often only just."""
    chosen = draw.sample(names, 3)
    wanted = [f"{one} + {draw.choice([n for n in names if n != one])}" if summed else one for one in chosen]
    tests = []
    for flag in wanted:
        have, slack = sum(reader[name] for name in flag.split(" + ")), draw.randint(0, 3)
        tests.append(
            Comparison(flag, ">=", have - slack) if draw.random() < 0.5 else Comparison(flag, "<=", have + slack)
        )
    return tuple(tests)


def _last(thrifty: State, names: list[str], to: int, *, planted: bool) -> list[Choice]:
    """The choice that is barely possible and, if wanted, the one that is not."""
    others = tuple(Comparison(name, "<=" if index % 2 else ">=", thrifty[name]) for index, name in enumerate(names[2:]))
    barely = (*(Comparison(name, ">=", thrifty[name]) for name in names[:2]), *others)
    never = (barely[0], barely[1]._replace(value=barely[1].value + 1), *others)
    return [Choice("barely", to, barely), *([Choice("never", to, never)] if planted else [])]


def _push(draw: random.Random, flags: Flags, node: Node, reader: State, *, thrifty: bool) -> None:
    """Let a simulated reader choose; a thrifty one takes every step of the first two numbers up, and none down."""
    ways = [choice for choice in node.choices if choice.is_open(reader)]
    if thrifty:
        contested = [choice for choice in ways if choice.id in ("s0", "s1")]
        ways = contested or [choice for choice in ways if choice.id != "spend"]
    for push in draw.choice(ways).do:
        push.do(reader, flags)
