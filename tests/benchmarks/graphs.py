"""Random stories as plain graphs: made, read by simulated readers and written as YAML.

Nothing here knows the engine, so that what is known of such a story is known without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator

Files = dict[str, bytes]
State = dict[str, int]

_OPERATIONS = {"==": eq, "!=": ne, ">=": ge, "<": lt, "<=": le, ">": gt}
_TURNED = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", "<=": ">", ">": "<="}


class Flag(NamedTuple):
    """What is kept of a reading, from 0 to `high`: with `words` one of them, else for 1 a yes or no, else a number.

    What is `kept` stays for later readings once an ending is come to.
    """

    high: int = 1
    words: tuple[str, ...] = ()
    start: int = 0
    kept: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it can be counted up and down."""
        return self.high > 1 and not self.words

    def written(self) -> str:
        """Its declaration; numbers are meant to stop at their bounds."""
        if self.words:
            return f"{{one_of: [{', '.join(self.words)}], start: {self.words[self.start]}}}"
        if self.high > 1:
            return f"{{min: 0, max: {self.high}, start: {self.start}, overflow: clamp}}"
        return "true" if self.start else "false"

    def told(self, value: int) -> str:
        """A value of it, as it is written."""
        if self.words:
            return self.words[value]
        return str(value) if self.high > 1 else ("false", "true")[value]


Flags = dict[str, Flag]


class Comparison(NamedTuple):
    """A comparison of a flag, or of the sum of some (`a + b`), with a number."""

    flag: str
    operation: str
    value: int

    def holds(self, state: State) -> bool:
        """Whether it is so."""
        have = state[self.flag] if self.flag in state else sum(state[name] for name in self.flag.split(" + "))
        return bool(_OPERATIONS[self.operation](have, self.value))

    def turned(self) -> Comparison:
        """What holds where this does not."""
        return self._replace(operation=_TURNED[self.operation])

    def written(self, flags: Flags) -> str:
        """The condition."""
        flag = flags.get(self.flag)
        if flag is None or flag.is_number:
            return f"{self.flag} {self.operation} {self.value}"
        if flag.words:
            return f"{self.flag} {self.operation} {flag.words[self.value]}"
        return self.flag if (self.operation == "==") == bool(self.value) else f"not {self.flag}"


class Push(NamedTuple):
    """What is done to a flag: it becomes a number or what another one is (`=`), or goes up or down (`+=`, `-=`)."""

    flag: str
    operation: str
    value: int | str

    def do(self, state: State, flags: Flags) -> None:
        """Change a state."""
        by = state[self.value] if isinstance(self.value, str) else self.value
        after = {"=": by, "+=": state[self.flag] + by, "-=": state[self.flag] - by}[self.operation]
        state[self.flag] = min(max(after, 0), flags[self.flag].high)

    def written(self, flags: Flags) -> str:
        """The effect."""
        value = self.value if isinstance(self.value, str) else flags[self.flag].told(self.value)
        return f"{self.flag} {self.operation} {value}"


class Choice(NamedTuple):
    """A way on to a node, by its number, open where all of `when` holds."""

    id: str
    to: int
    when: tuple[Comparison, ...] = ()
    do: tuple[Push, ...] = ()

    def is_open(self, state: State) -> bool:
        """Whether it can be taken."""
        return all(test.holds(state) for test in self.when)


@dataclass
class Node:
    """A place: what is done on arrival, and the ways on; one without any is an ending."""

    do: tuple[Push, ...] = ()
    choices: list[Choice] = field(default_factory=list)
    ending: str = "done"


@dataclass
class Graph:
    """A story of nodes; the first way on from each is always open and leads nearer to an ending.

    `starts` has where each protagonist begins.
    """

    flags: Flags
    nodes: list[Node] = field(default_factory=list)
    starts: dict[str, int] = field(default_factory=lambda: {"one": 0})

    def arrive(self, at: int, state: State) -> State:
        """What is so once a node was come to."""
        if not self.nodes[at].do:
            return state
        after = state.copy()
        for push in self.nodes[at].do:
            push.do(after, self.flags)
        return after

    def chosen(self, choice: Choice, state: State) -> State:
        """What is so where a choice leads."""
        after = state.copy()
        for push in choice.do:
            push.do(after, self.flags)
        return self.arrive(choice.to, after)

    def fresh(self, left: State | None = None) -> State:
        """What a reading begins with, given what is so at the end of the one before it."""
        start = {name: flag.start for name, flag in self.flags.items()}
        kept = {name: value for name, value in (left or {}).items() if self.flags[name].kept}
        return start | kept

    # -- readers ------------------------------------

    def mend(self, draw: random.Random, turns: int) -> None:
        """Turn each condition round that readers at random never found true; its opposite was then seen to hold.

        The first reader always takes the first way on, and so comes everywhere. Only a condition that is a single test
        is turned. What readers saw stays so, for a choice that none of them could take took part in no reading.
        """
        opened = self._opened(draw, turns)
        for number, node in enumerate(self.nodes):
            node.choices = [
                choice
                if (number, index) in opened or len(choice.when) != 1
                else choice._replace(when=(choice.when[0].turned(),))
                for index, choice in enumerate(node.choices)
            ]

    def _opened(self, draw: random.Random, turns: int) -> set[tuple[int, int]]:
        """The choices that readers found open in so many turns: first straight on as each, then at random."""
        found: set[tuple[int, int]] = set()
        left = self.fresh()
        for who in self.starts:
            left = self._read(who, left, None, len(self.nodes), found)[1]
        while turns > 0:
            taken, left = self._read(draw.choice(list(self.starts)), left, draw, turns, found)
            turns -= taken + 1
            if draw.random() < 0.2:
                left = self.fresh()
        return found

    def _read(
        self, who: str, left: State, draw: random.Random | None, turns: int, found: set[tuple[int, int]]
    ) -> tuple[int, State]:
        """Read once, or for so many turns; how many they were, and what is so in the end."""
        at = self.starts[who]
        state = self.arrive(at, self.fresh(left))
        for turn in range(turns):
            ways = [(n, way) for n, way in enumerate(self.nodes[at].choices) if way.is_open(state)]
            if not ways:
                return turn, state
            found.update((at, index) for index, _ in ways)
            choice = ways[0][1] if draw is None else draw.choice(ways)[1]
            at, state = choice.to, self.chosen(choice, state)
        return turns, left

    # -- writing ------------------------------------

    def files(self) -> Files:
        """The story as an author would write it."""
        flags = [f"  {name}: {flag.written()}" for name, flag in self.flags.items() if not flag.kept]
        memory = [f"  {name}: {flag.written()}" for name, flag in self.flags.items() if flag.kept]
        starts = {who: f"n{at}" for who, at in self.starts.items()}
        endings = dict.fromkeys(node.ending for node in self.nodes if not node.choices)
        return written(self._written_nodes(), starts=starts, flags=flags, memory=memory, endings=endings)

    def _written_nodes(self) -> Iterator[str]:
        for number, node in enumerate(self.nodes):
            yield f"  n{number}:"
            yield "    text: On."
            if node.do:
                yield f"    do: {self._effects(node.do)}"
            if not node.choices:
                yield f"    ending: {node.ending}"
                continue
            yield "    choices:"
            for choice in node.choices:
                do = f", do: {self._effects(choice.do)}" if choice.do else ""
                tests = " and ".join(test.written(self.flags) for test in choice.when)
                when = f", when: {tests}" if tests else ""
                yield f"      {choice.id}: {{label: On.{when}{do}, goto: n{choice.to}}}"

    def _effects(self, effects: Iterable[Push]) -> str:
        return f"[{', '.join(push.written(self.flags) for push in effects)}]"


#: What is tangled at random sets what nothing reads, and asks what can only be so.
QUIET = (
    "never-read",
    "never-written",
    "unused-flag",
    "impossible-branch",
    "needless-condition",
    "unseen-text",
    "false-choice",
)


def written(
    nodes: Iterable[str],
    *,
    starts: dict[str, str],
    flags: Iterable[str] = (),
    memory: Iterable[str] = (),
    derived: Iterable[str] = (),
    endings: Iterable[str] = ("done",),
    more: Iterable[str] = (),
) -> Files:
    """A story in one file; `QUIET` has the rules that it is not held to."""

    def lines() -> Iterator[str]:
        yield from ("waymeet: 1", "story: family", "title: Family", "protagonists:")
        yield from (f"  {who}: {{start: {start}}}" for who, start in starts.items())
        for title, rows in (("flags", list(flags)), ("memory", list(memory)), ("derive", list(derived))):
            yield from [f"{title}:", *rows] if rows else []
        yield from more
        yield f"check: {{rules: {{{', '.join(f'{rule}: {chr(34)}off{chr(34)}' for rule in QUIET)}}}}}"
        yield "endings:"
        for ending in endings:
            owner = f", for: {ending.removesuffix('_done')}" if len(starts) > 1 else ""
            yield f"  {ending}: {{title: The End{owner}}}"
        yield from ("scene: all", "nodes:")
        yield from nodes

    return {"story.yaml": ("\n".join(lines()) + "\n").encode()}
