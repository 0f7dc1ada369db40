"""Families of stories that grow, each as it is or with one defect more, planted where it is hard to find.

With the defect, the rule that `FAMILIES` names is broken once more than without: how they are made says so.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Files = dict[str, bytes]


class Family(NamedTuple):
    """How to make a story of a size, the rule that the planted defect breaks, and the least size with room for it."""

    make: Callable[..., Files]
    rule: str
    least: int = 12


def hub(topics: int, *, planted: bool = False) -> Files:
    """A hub of once-only topics, every other one open only after the one before it; the way out wants them all.

    Planted: a topic that wants a later one without the earlier one that opens it.
    """
    nodes = ["  hub:", "    text: So much to ask.", "    choices:"]
    for topic in range(topics):
        when = f", when: chosen(hub.t{topic - 1})" if topic % 2 else ""
        nodes.append(f"      t{topic}: {{label: Topic {topic}., once: true{when}}}")
    if planted:
        nodes.append("      never: {label: Never., when: chosen(hub.t1) and not chosen(hub.t0)}")
    groups = [range(first, min(first + 20, topics)) for first in range(0, topics, 20)]
    asked = [" and ".join(f"chosen(hub.t{topic})" for topic in group) for group in groups]
    derived = [f"  told{number}: {told}" for number, told in enumerate(asked)]
    when = " and ".join(f"told{number}" for number in range(len(groups)))
    nodes += [f"      out: {{label: Out., when: {when}, ending: done}}", "    goto: hub"]
    return _story(["one"], "hub", [], derived, ["done"], nodes)


def acts(count: int, *, planted: bool = False) -> Files:
    """Acts in a row; each sets two flags, or not, and each flag is read again up to five acts later.

    Planted: in the last act a choice wants two flags of the act before that no reader can have set together.
    """
    draw = random.Random(count)
    nodes: list[str] = []
    for act in range(count):
        nodes += [f"  a{act}:", f"    text: Act {act}.", "    choices:"]
        onward = f"goto: a{act + 1}" if act + 1 < count else "ending: done"
        for choice, (one, other) in enumerate((("true", "false"), ("false", "true"), ("false", "false"))):
            when = ""
            if choice and act > 5:
                back = draw.randint(1, 5)
                when = f", when: {draw.choice(['', 'not '])}f{2 * (act - back) + draw.randrange(2)}"
            do = f"[f{2 * act} = {one}, f{2 * act + 1} = {other}]"
            nodes.append(f"      c{choice}: {{label: Choose., do: {do}{when}, {onward}}}")
        if planted and act == count - 1:
            nodes.append(f"      never: {{label: No., when: f{2 * act - 2} and f{2 * act - 1}, {onward}}}")
    declared = [f"  f{flag}: false" for flag in range(2 * count)]
    return _story(["one"], "a0", declared, [], ["done"], nodes)


def wide(nodes: int, *, planted: bool = False) -> Files:
    """Chapters of a hundred nodes; flags are set in one chapter and read in the four after it, three hundred in all.

    Planted: a choice far down that wants a flag that was cleared on every way there.
    """
    draw = random.Random(nodes)
    lines: list[str] = []
    for node in range(nodes):
        chapter = node // 100
        lines += [f"  n{node}:", "    text: On."]
        if node % 100 == 0:
            cleared = [f"f{(3 * chapter + k) % 300} = false" for k in range(3)]
            lines.append(f"    do: [{', '.join(cleared)}]")
        if node == nodes - 1:
            lines.append("    ending: done")
            break
        lines.append("    choices:")
        for choice in range(draw.choice((2, 3))):
            to = min(node + 1 + choice * draw.randint(1, 3), nodes - 1, chapter * 100 + 100)
            when, do = "", ""
            if choice and chapter >= 4 and draw.random() < 0.3:
                flag = (3 * (chapter - draw.randint(0, 4)) + draw.randrange(3)) % 300
                when = f", when: {draw.choice(['', 'not '])}f{flag}"
            if draw.random() < 0.2:
                do = f", do: f{(3 * chapter + draw.randrange(3)) % 300} = {draw.choice(['true', 'false'])}"
            lines.append(f"      c{choice}: {{label: On.{do}{when}, goto: n{to}}}")
        if planted and node == (nodes // 100 - 1) * 100:
            lines.append(f"      never: {{label: No., when: f{3 * chapter % 300}, goto: n{node + 1}}}")
    return _story(["one"], "n0", [f"  f{flag}: false" for flag in range(300)], [], ["done"], lines)


def everywhere(nodes: int, *, flags: int = 150, planted: bool = False) -> Files:
    """Flags that are set and read anywhere, either way round (`global` in the tables).

    Planted: a choice behind two that need the same flag to be so and not so, with nothing between that sets it.
    """
    draw = random.Random(nodes)
    lines: list[str] = []
    for node in range(nodes):
        lines += [f"  n{node}:", "    text: On."]
        if draw.random() < 0.5:
            lines.append(f"    do: f{draw.randrange(flags)} = {draw.choice(['true', 'false'])}")
        if node == nodes - 1:
            lines.append("    ending: done")
            break
        lines += ["    choices:", f"      c0: {{label: On., goto: n{node + 1}}}"]
        for choice in (1, 2):
            when = f"{draw.choice(['', 'not '])}f{draw.randrange(flags)}"
            to = min(node + draw.randint(1, 20), nodes - 1)
            lines.append(f"      c{choice}: {{label: On., when: {when}, goto: n{to}}}")
        if planted and node == nodes // 2:
            lines.append("      never: {label: No., when: f0, choices: {ever: {label: No., when: not f0}}, goto: n0}")
    return _story(["one"], "n0", [f"  f{flag}: false" for flag in range(flags)], [], ["done"], lines)


def stats(nodes: int, *, count: int = 8, planted: bool = False) -> Files:
    """Numbers from 0 to 100 that every choice pushes, and thresholds late; one choice is only just possible.

    Planted: the same threshold one higher, which no reader can come to.
    """
    draw = random.Random(nodes)
    lines: list[str] = []
    most = [0] * count
    for node in range(nodes):
        lines += [f"  n{node}:", "    text: On."]
        if node == nodes - 1:
            lines.append("    ending: done")
            break
        lines.append("    choices:")
        first, other = draw.sample(range(count), 2)
        push = draw.randint(1, 3)
        most[first] = min(100, most[first] + push)
        lines.append(f"      up: {{label: Up., do: s{first} += {push}, goto: n{node + 1}}}")
        lines.append(f"      down: {{label: Down., do: s{other} -= 1, goto: n{node + 1}}}")
        if node == nodes - 2 and most:
            least = min(range(count), key=most.__getitem__)
            lines.append(f"      barely: {{label: Barely., when: s{least} >= {most[least]}, goto: n{node + 1}}}")
            if planted:
                when = f"s{least} >= {most[least]} and s{(least + 1) % count} > {most[(least + 1) % count]}"
                lines.append(f"      never: {{label: Never., when: {when}, goto: n{node + 1}}}")
    declared = [f"  s{stat}: {{min: 0, max: 100, overflow: clamp}}" for stat in range(count)]
    return _story(["one"], "n0", declared, [], ["done"], lines)


def cards(count: int, *, planted: bool = False) -> Files:
    """A deck of once-only cards drawn at random, some of which want others to have been drawn.

    Planted: a card that wants one drawn and the one that opens it not.
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
    return _story(["one"], "road", [], [], ["done"], lines, ["decks:", "  road: {pick: random, otherwise: gates}"])


def pair(nodes: int, *, facts: int = 12, planted: bool = False) -> Files:
    """Two paths, each of which leaves facts that the other reads.

    Planted: a choice of the second path that wants a fact settled both ways.
    """
    draw = random.Random(nodes)
    lines: list[str] = []
    for path in ("p", "q"):
        for node in range(nodes):
            lines += [f"  {path}{node}:", "    text: On."]
            if node == nodes - 1:
                lines.append(f"    ending: {path}_done")
                continue
            lines.append("    choices:")
            every = max(1, nodes // facts)
            fact = node // every % facts
            sets = node % every == 0 and (fact % 2 == (path == "q"))
            do = f", do: m{fact} = {{value}}" if sets else ""
            lines.append(f"      c0: {{label: On.{do.format(value='done')}, goto: {path}{node + 1}}}")
            lines.append(f"      c1: {{label: On.{do.format(value='spared')}, goto: {path}{node + 1}}}")
            if draw.random() < 0.3:
                when = f"m{draw.randrange(facts)} == {draw.choice(['untold', 'done', 'spared'])}"
                lines.append(f"      c2: {{label: On., when: {when}, goto: {path}{min(node + 2, nodes - 1)}}}")
            if planted and path == "q" and node == nodes // 2:
                lines.append("      never: {label: No., when: m0 == done and m1 == spared and m0 == spared, goto: q0}")
    memory = ["memory:", *(f"  m{fact}: [untold, done, spared]" for fact in range(facts))]
    return _story(["p", "q"], "p0 q0", [], [], ["p_done", "q_done"], lines, memory, whose=True)


def maze(nodes: int, *, planted: bool = False) -> Files:
    """Long corridors with ways back and three levers; the way out wants all three pulled.

    Planted: one more door, which wants a lever that only the room behind it has.
    """
    draw = random.Random(nodes)
    levers = [nodes * part // 4 for part in (1, 2, 3)]
    lines: list[str] = []
    for node in range(nodes):
        lines += [f"  n{node}:", "    text: A passage."]
        if node == nodes - 1:
            lines.append("    ending: out")
            break
        lines.append("    choices:")
        step = max(1, nodes // 1000)
        lines.append(f"      on: {{label: On., goto: n{node + 1}}}")
        lines.append(f"      leap: {{label: Leap., goto: n{min(nodes - 2, node + draw.randint(1, step))}}}")
        lines.append(f"      back: {{label: Back., goto: n{max(0, node - draw.randint(1, 5 * step))}}}")
        if node in levers:
            lines.append(f"      pull: {{label: Pull., do: l{levers.index(node)} = true, goto: n0}}")
        if node == nodes - 2:
            lines[-3] = f"      on: {{label: On., when: l0 and l1 and l2, goto: n{node + 1}}}"
    if planted:
        lines[3] = "      never: {label: A door., when: l3, do: l3 = true, goto: n1}\n" + lines[3]
    declared = [f"  l{lever}: false" for lever in range(4 if planted else 3)]
    return _story(["one"], "n0", declared, [], ["out"], lines)


def entangled(nodes: int, *, flags: int = 20, counters: int = 3, planted: bool = False) -> Files:
    """Flags and counters that are set and read at random, all over a graph with cycles.

    Planted: a choice that wants a counter past what its bounds allow.
    """
    draw = random.Random(nodes + flags)
    lines: list[str] = []
    for node in range(nodes):
        lines += [f"  n{node}:", "    text: Here."]
        effects = [f"f{draw.randrange(flags)} = {draw.choice(['true', 'false'])}"]
        if draw.random() < 0.3:
            effects.append(f"k{draw.randrange(counters)} {draw.choice(['+', '-'])}= 1")
        if node:
            lines.append(f"    do: [{', '.join(effects)}]")
        if node == nodes - 1:
            lines.append("    ending: done")
            break
        lines += ["    choices:", f"      on: {{label: On., goto: n{node + 1}}}"]
        for choice in (1, 2):
            kind = draw.random()
            when = f"{draw.choice(['', 'not '])}f{draw.randrange(flags)}"
            if kind < 0.3:
                when = f"k{draw.randrange(counters)} {draw.choice(['>=', '<'])} {draw.randint(1, 4)}"
            lines.append(f"      c{choice}: {{label: Go., when: {when}, goto: n{draw.randrange(nodes)}}}")
        if planted and node == nodes // 2:
            lines.append("      never: {label: No., when: k0 > 5 and k1 == 0 and k1 == 1, goto: n0}")
    declared = [f"  f{flag}: false" for flag in range(flags)]
    declared += [f"  k{counter}: {{min: 0, max: 5, overflow: clamp}}" for counter in range(counters)]
    return _story(["one"], "n0", declared, [], ["done"], lines)


def _story(
    protagonists: list[str],
    starts: str,
    flags: list[str],
    derived: list[str],
    endings: list[str],
    nodes: Iterable[str],
    more: Iterable[str] = (),
    *,
    whose: bool = False,
) -> Files:
    def lines() -> Iterator[str]:
        yield from ("waymeet: 1", "story: family", "title: Family", "protagonists:")
        yield from (f"  {who}: {{start: {start}}}" for who, start in zip(protagonists, starts.split(), strict=True))
        yield from ["flags:", *flags] if flags else []
        yield from more
        yield from ["derive:", *derived] if derived else []
        yield "endings:"
        for index, ending in enumerate(endings):
            yield f"  {ending}: {{title: The End{f', for: {protagonists[index]}' if whose else ''}}}"
        yield from ("scene: all", "nodes:")
        yield from nodes

    return {"story.yaml": ("\n".join(lines()) + "\n").encode()}


FAMILIES = {
    "hub": Family(hub, "impossible-choice"),
    "acts": Family(acts, "impossible-choice"),
    "wide": Family(wide, "impossible-choice", 150),
    "global": Family(everywhere, "impossible-choice"),
    "stats": Family(stats, "impossible-choice"),
    "cards": Family(cards, "unreachable-node"),
    "pair": Family(pair, "impossible-choice"),
    "maze": Family(maze, "impossible-choice"),
    "entangled": Family(entangled, "impossible-choice"),
}
