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
class Step:
    """A step as it is written.

    `onward` is the list that applies when nothing is chosen, None when there is none; `owner` says where that stands.
    """

    id: str
    node: str
    scene: str
    effects: tuple[str, ...]
    choices: tuple[Way, ...]
    onward: Goto | None
    owner: str
    ending: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What is so: flags by full name (`scene.flag` for local ones), and how often each step was come to."""

    flags: Mapping[str, Value]
    counts: Mapping[str, int]


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
        self, full: str, node: str, written: dict[str, Any], outward: tuple[Goto | None, str], *, once: bool
    ) -> None:
        scene = node.split(".", maxsplit=1)[0]
        if "goto" in written:
            outward = (self._goto(scene, written["goto"]), f"goto of {full}")
        onward, owner = outward
        if "otherwise" in written:
            onward, owner = self._goto(scene, written["otherwise"]), f"otherwise of {full}"
        effects = written.get("do", [])
        self.steps[full] = Step(
            id=full,
            node=node,
            scene=scene,
            effects=tuple([effects] if isinstance(effects, str) else effects),
            choices=tuple(_ways(full, written.get("choices", {}), once=once)),
            onward=onward,
            owner=owner,
            ending=written.get("ending"),
        )
        for name, choice in written.get("choices", {}).items():
            self._read(f"{full}.{name}", node, choice, outward, once=once)

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
        flags, counts = dict(state.flags), dict(state.counts)
        while True:
            passing.steps.append(at)
            step = self.steps[at]
            counts[at] += 1
            here = _World(self, step.scene, flags, counts)
            self._effects(step, here, passing)
            to = None if step.ending is not None or self._open(step, here) else self._way(step, here)
            if to is None:
                passing.rest, passing.state = at, State(flags, counts)
                return passing
            if self.steps[to].scene != step.scene:
                for name, flag in self.flags.items():
                    if flag.use == "local" and name.startswith(step.scene + "."):
                        flags[name] = flag.start
            at = to
            key = (at, tuple(flags.values()), tuple(min(count, PLENTY) for count in counts.values()))
            if key in been:
                passing.round = frozenset(passing.steps[been[key] :])
                return passing
            been[key] = len(passing.steps)

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
        return local if local in self.flags else name if name in self.flags else None

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
