"""A second telling of the format: plays a story from the data of its YAML alone, by the words of the specification.

Slow and plain. It shares the parser of formulas with the engine and nothing else; what an arrival passes through (the
steps, the effects out of range) is told, which the engine's `Moment` keeps to itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kit import reference
from waymeet.expressions.parser import parse_effect, parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.reference import Value
    from kit.stories import Files
    from waymeet.expressions import syntax

#: More moves than any chain that ends has in a generated story; counts beyond this are all alike to them.
PLENTY = 150

_expression = lru_cache(maxsize=None)(parse_expression)
_effect = lru_cache(maxsize=None)(parse_effect)


Goto = tuple[tuple[str | None, str], ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A declared flag, memory or local flag."""

    use: str
    kind: str
    start: Value
    low: int = 0
    high: int = 0
    clamp: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A choice as it is written: its id, what it opens onto, its condition, and how often it may be taken."""

    id: str
    step: str
    when: str | None
    limit: int | None
    locked: bool


@dataclass(frozen=True, slots=True)
class Lots:
    """What chance decides: names with the node that each leads to, or totals that are sorted into ranges."""

    ways: tuple[tuple[str, str], ...]
    totals: tuple[int, ...] = ()
    add: str | None = None

    @property
    def names(self) -> list[str]:
        """What can come out."""
        return list(map(str, self.totals)) or list(dict.fromkeys(name for name, _ in self.ways))


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the node that is gone to, and where the story goes on after each name that comes back."""

    to: str
    returns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is written.

    `onward` is the list that applies when nothing is chosen, None when there is none; `owner` says where that stands.
    """

    id: str
    node: str
    scene: str
    tags: tuple[str, ...]
    warns: tuple[str, ...]
    effects: tuple[str, ...]
    choices: tuple[Way, ...]
    onward: Goto | None
    owner: str
    ending: str | None
    lots: Lots | None = None
    asked: str | None = None
    call: Call | None = None
    back: str | None = None

    @property
    def rests(self) -> bool:
        """Whether the story always waits here: for chance, for an answer, or because it is over."""
        return self.lots is not None or self.asked is not None or self.ending is not None


@dataclass(frozen=True, slots=True)
class State:
    """What is so: flags by full name (`scene.flag` for local ones), how often each step was come to, and who called."""

    flags: Mapping[str, Value]
    counts: Mapping[str, int]
    returns: tuple[str, ...] = ()


@dataclass(slots=True)
class Passing:
    """An arrival, with what happened on the way; `rest` is where it came to rest, None where it goes round."""

    steps: list[str] = field(default_factory=list)
    overflows: list[tuple[str, int]] = field(default_factory=list)
    round: frozenset[str] = frozenset()
    rest: str | None = None
    state: State | None = None


class Retold:
    """A story, read from its data."""

    def __init__(self, files: Files) -> None:
        self.story = next(data for data in files.values() if "story" in data)
        self.scenes = {data["scene"]: data for data in files.values() if "scene" in data}
        self.flags: dict[str, Flag] = {}
        self.derived: dict[str, str] = self.story.get("derive", {})
        self.steps: dict[str, Step] = {}
        self.nodes = [f"{scene}.{node}" for scene, data in self.scenes.items() for node in data["nodes"]]
        self._declare()
        for scene, data in self.scenes.items():
            for node, written in data["nodes"].items():
                full = f"{scene}.{node}"
                self._read(full, full, written, (None, ""), once=data.get("once", False))

    # -- reading ------------------------------------

    def _declare(self) -> None:
        for use in ("flags", "memory"):
            for name, written in self.story.get(use, {}).items():
                if not (isinstance(written, dict) and "text" in written):
                    self.flags[name] = _flag(use, written)
        for scene, data in self.scenes.items():
            for name, written in data.get("local", {}).items():
                self.flags[f"{scene}.{name}"] = _flag("local", written)

    def _read(
        self,
        full: str,
        node: str,
        written: dict[str, Any],
        outward: tuple[Goto | None, str],
        *,
        once: bool,
        tags: tuple[str, ...] = (),
    ) -> None:
        scene = node.split(".", maxsplit=1)[0]
        if "goto" in written:
            outward = (self._goto(scene, written["goto"]), f"goto of {full}")
        onward, owner = outward
        if "otherwise" in written:
            onward, owner = self._goto(scene, written["otherwise"]), f"otherwise of {full}"
        tags = tuple(dict.fromkeys((*tags, *_listed(written, "tags"))))
        self.steps[full] = Step(
            id=full,
            node=node,
            scene=scene,
            tags=tags,
            warns=_listed(written, "warns"),
            effects=_listed(written, "do"),
            choices=tuple(_ways(full, written.get("choices", {}), once=once)),
            onward=onward,
            owner=owner,
            ending=written.get("ending"),
            lots=self._lots(scene, written),
            asked=written["ask"]["flag"] if "ask" in written else None,
            call=self._call(scene, written),
            back={True: "", None: None}.get(written.get("return"), written.get("return")),
        )
        for name, choice in written.get("choices", {}).items():
            self._read(f"{full}.{name}", node, choice, outward, once=once, tags=self.steps[node].tags)

    def _lots(self, scene: str, written: dict[str, Any]) -> Lots | None:
        if "chance" in written:
            nodes = [self._node(scene, entry["to"]) for entry in written["chance"]]
            return Lots(tuple((node, node) for node in nodes))
        if "roll" not in written:
            return None
        roll = written["roll"]
        ways = tuple((range_, self._node(scene, to)) for range_, to in roll["outcomes"].items())
        count, sides = map(int, roll["dice"].split("d"))
        return Lots(ways, tuple(range(count, count * sides + 1)), roll.get("add"))

    def _call(self, scene: str, written: dict[str, Any]) -> Call | None:
        if "call" not in written:
            return None
        returns = {name: self._node(scene, to) for name, to in written.get("returns", {}).items()}
        return Call(self._node(scene, written["call"]), returns)

    def _goto(self, scene: str, written: Any) -> Goto:
        entries = written if isinstance(written, list) else [written]
        pairs = [(entry.get("when"), entry["to"]) if isinstance(entry, dict) else (None, entry) for entry in entries]
        return tuple((when, self._node(scene, to)) for when, to in pairs)

    def _node(self, scene: str, name: str) -> str:
        return next(
            full for full in (f"{scene}.{name}", name, *(f"{s}.{name}" for s in self.scenes)) if full in self.nodes
        )

    # -- playing ------------------------------------

    def begin(self, protagonist: str, memory: Mapping[str, Value]) -> Passing:
        """The first arrival of a path."""
        flags = {name: memory.get(name, flag.start) for name, flag in self.flags.items()}
        start = self.story["protagonists"][protagonist]["start"]
        return self.arrive(start, State(flags, dict.fromkeys(self.steps, 0)))

    def arrive(self, at: str, state: State) -> Passing:
        """What happens from the arrival at a step until the reader is asked, or the story ends, or stops."""
        passing = Passing()
        been: dict[Any, int] = {}
        flags, counts, returns = dict(state.flags), dict(state.counts), state.returns
        while True:
            passing.steps.append(at)
            step = self.steps[at]
            counts[at] += 1
            here = _World(self, step.scene, flags, counts)
            self._effects(step, here, passing)
            to = None if step.rests or self._open(step, here) else self._onward(step, here, returns)
            if to is None:
                passing.rest, passing.state = at, State(flags, counts, returns)
                return passing
            if step.call is not None:
                returns = (*returns, at)
            elif step.back is not None:
                caller = self.steps[returns[-1]].scene
                returns = returns[:-1]
                if caller != step.scene:
                    self._leave(step.scene, flags)
                if self.steps[to].scene != caller:
                    self._leave(caller, flags)
            elif self.steps[to].scene != step.scene:
                self._leave(step.scene, flags)
            at = to
            counted = tuple(min(count, PLENTY) for count in counts.values())
            key = (at, tuple(flags.values()), counted, returns)
            if key in been:
                passing.round = frozenset(passing.steps[been[key] :])
                return passing
            been[key] = len(passing.steps)

    def drawn(self, at: str, name: str, state: State) -> Passing:
        """What happens when chance has decided at a step."""
        step = self.steps[at]
        assert step.lots is not None
        flags = dict(state.flags)
        if step.lots.totals:
            total = int(name)
            if step.lots.add is not None:
                here = _World(self, step.scene, flags, state.counts)
                total += reference.number(_expression(step.lots.add), here)
            to = next(to for range_, to in step.lots.ways if _holds(range_, total))
        else:
            to = next(to for other, to in step.lots.ways if other == name)
        if self.steps[to].scene != step.scene:
            self._leave(step.scene, flags)
        return self.arrive(to, State(flags, state.counts, state.returns))

    def answers(self, at: str) -> list[int | str]:
        """Every answer to a question that makes a difference."""
        asked = self.steps[at].asked
        assert asked is not None
        name = _World(self, self.steps[at].scene, {}, {}).full(asked) or asked
        flag = self.flags.get(name)
        return ["Anna"] if flag is None else list(range(flag.low, flag.high + 1))

    def answered(self, at: str, answer: int | str, state: State) -> Passing:
        """What happens after an answer; where nothing leads on, it is asked again."""
        step = self.steps[at]
        assert step.asked is not None
        flags = dict(state.flags)
        here = _World(self, step.scene, flags, state.counts)
        if isinstance(answer, int):
            flags[here.full(step.asked) or step.asked] = answer
        to = self._way(step, here)
        if to is None:
            return Passing(rest=at, state=State(flags, state.counts, state.returns))
        if self.steps[to].scene != step.scene:
            self._leave(step.scene, flags)
        return self.arrive(to, State(flags, state.counts, state.returns))

    def _onward(self, step: Step, here: _World, returns: tuple[str, ...]) -> str | None:
        """Where a step leads by itself."""
        if step.call is not None:
            return step.call.to
        if step.back is None:
            return self._way(step, here)
        if not returns:
            return None
        caller = self.steps[returns[-1]]
        assert caller.call is not None
        there = _World(self, caller.scene, here.flags, here.counts)
        return caller.call.returns.get(step.back) or self._way(caller, there)

    def _leave(self, scene: str, flags: dict[str, Value]) -> None:
        """A scene is left: its local flags are forgotten."""
        for name, flag in self.flags.items():
            if flag.use == "local" and name.startswith(scene + "."):
                flags[name] = flag.start

    def offers(self, at: str, state: State) -> list[tuple[str, bool]]:
        """What a reader is offered at a step: ids, and whether each is locked."""
        step = self.steps[at]
        here = _World(self, step.scene, state.flags, state.counts)
        found = []
        for way in step.choices:
            spent = way.limit is not None and state.counts[way.step] >= way.limit
            if not spent and (way.when is None or reference.truth(_expression(way.when), here)):
                found.append((way.id, False))
            elif way.locked and not spent:
                found.append((way.id, True))
        return found

    def _effects(self, step: Step, here: _World, passing: Passing) -> None:
        for index, text in enumerate(step.effects):
            effect = _effect(text)
            value = reference.changed(effect, here)
            name = here.full(effect.target.name)
            assert name is not None
            flag = self.flags[name]
            if flag.kind == "int":
                assert isinstance(value, int)
                if not flag.low <= value <= flag.high and not flag.clamp:
                    passing.overflows.append((step.id, index))
                value = max(flag.low, min(flag.high, value))
            here.flags[name] = value  # type: ignore[index]

    def _open(self, step: Step, here: _World) -> bool:
        return any(not locked for _, locked in self.offers(step.id, State(here.flags, here.counts)))

    def _way(self, step: Step, here: _World) -> str | None:
        for when, to in step.onward or ():
            if when is None or reference.truth(_expression(when), here):
                return to
        return None


@dataclass(frozen=True, slots=True)
class _World:
    """What formulas of one scene see."""

    story: Retold
    scene: str
    flags: Mapping[str, Value]
    counts: Mapping[str, int]

    def full(self, name: str) -> str | None:
        """The full name of a flag."""
        local = f"{self.scene}.{name}"
        return local if local in self.story.flags else name if name in self.story.flags else None

    def named(self, name: str) -> Value | None:
        """The value of a flag or derived name."""
        if (full := self.full(name)) is not None:
            return self.flags[full]
        if name in self.story.derived:
            return reference.evaluate(_expression(self.story.derived[name]), self)
        return None

    def arrivals(self, asked: syntax.Reference) -> int:
        """How often a step was come to."""
        name = ".".join(asked.path)
        places = (f"{self.scene}.{name}", name, *(f"{scene}.{name}" for scene in self.story.scenes))
        return self.counts[next(full for full in places if full in self.counts)]


def _listed(written: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """What a key holds that takes one text or a list of them."""
    value = written.get(key, ())
    return (value,) if isinstance(value, str) else tuple(value)


def _holds(written: str, total: int) -> bool:
    """Whether a range of a roll has a total."""
    if written.endswith("+"):
        return total >= int(written[:-1])
    low, dots, high = written.partition("..")
    return (not low or total >= int(low)) and (total <= int(high) if dots else total == int(written))


def _flag(use: str, written: Any) -> Flag:
    if isinstance(written, bool):
        return Flag(use, "bool", written)
    if isinstance(written, list):
        return Flag(use, "enum", written[0])
    if "one_of" in written:
        return Flag(use, "enum", written.get("start", written["one_of"][0]))
    if "any_of" in written:
        return Flag(use, "set", frozenset(written.get("start", [])))
    if "min" in written:
        low, high = written["min"], written["max"]
        start = written.get("start", max(low, min(high, 0)))
        return Flag(use, "int", start, low, high, written.get("overflow") == "clamp")
    return Flag(use, "bool", written["start"])


def _ways(full: str, choices: dict[str, Any], *, once: bool) -> Iterator[Way]:
    for name, written in choices.items():
        limit = written.get("limit")
        if limit is None and written.get("once", once):
            limit = 1
        yield Way(name, f"{full}.{name}", written.get("when"), limit, bool(written.get("locked")))
