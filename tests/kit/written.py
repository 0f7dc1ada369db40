"""A story as it is written, read from the data of its YAML alone: every step with what applies there.

What menus hold is at each place that offers it, under the place's name, and counted by its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.reference import Value
    from kit.stories import Files

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
    """What chance decides: entries with the node that each leads to and its weight, or dice with ranges of totals."""

    ways: tuple[tuple[str, str, int], ...]
    dice: tuple[int, int] | None = None
    add: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the node that is gone to, and where the story goes on after each name that comes back."""

    to: str
    returns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """A node in a deck."""

    node: str
    when: str | None
    priority: int
    once: bool


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck; its cards stand in the order in which they are picked."""

    pick: str
    offer: int
    otherwise: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is written.

    `name` is its own: that of its menu where it is part of one, else its `id`. Formulas and targets are read in the
    names of `home`, which is no scene for what a menu of the story holds, though it happens in `scene`. `onward` is the
    list that applies when nothing is chosen, None when there is none; `owner` says where that stands.
    """

    id: str
    name: str
    node: str
    scene: str
    home: str
    data: dict[str, Any]
    tags: tuple[str, ...]
    warns: tuple[str, ...]
    effects: tuple[str, ...]
    choices: tuple[Way, ...]
    onward: Goto | None
    owner: str
    onward_home: str
    ending: str | None
    lots: Lots | None = None
    asked: str | None = None
    call: Call | None = None
    back: str | None = None
    deck: Deck | None = None


@dataclass(frozen=True, slots=True)
class _Around:
    """What a step is written in: the nearest goto with its place and home, `once` of the scene, the node's tags."""

    onward: Goto | None
    owner: str
    onward_home: str
    once: bool
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Offered:
    """A choice of a step: what it opens onto there, its own name, its home, and what is written."""

    step: str
    name: str
    home: str
    data: dict[str, Any]


@dataclass(slots=True)
class Written:
    """A story, read; `steps` are in the order of the files, `named` has what each name of a choice counts."""

    files: Files
    story: dict[str, Any] = field(init=False)
    scenes: dict[str, dict[str, Any]] = field(init=False)
    nodes: list[str] = field(init=False)
    flags: dict[str, Flag] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    decks: dict[str, Deck] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.story = next(data for data in self.files.values() if "story" in data)
        self.scenes = {data["scene"]: data for data in self.files.values() if "scene" in data}
        self.nodes = [f"{scene}.{node}" for scene, data in self.scenes.items() for node in data["nodes"]]
        self._declare()
        self._deal()
        for scene, data in self.scenes.items():
            around = _Around(None, "", "", data.get("once", False))
            for node, written in data["nodes"].items():
                self._read(f"{scene}.{node}", f"{scene}.{node}", f"{scene}.{node}", scene, written, around)

    def _declare(self) -> None:
        for use in ("flags", "memory"):
            for name, written in self.story.get(use, {}).items():
                if not (isinstance(written, dict) and "text" in written):
                    self.flags[name] = _flag(use, written)
        for scene, data in self.scenes.items():
            for name, written in data.get("local", {}).items():
                self.flags[f"{scene}.{name}"] = _flag("local", written)

    def _deal(self) -> None:
        """The decks with their cards, those of the highest priority first, alike ones in the order of the files."""
        for name, written in self.story.get("decks", {}).items():
            cards = [
                Card(f"{scene}.{node}", card.get("when"), card.get("priority", 0), card.get("once", False))
                for scene, data in self.scenes.items()
                for node, step in data["nodes"].items()
                if (card := step.get("card")) and card["deck"] == name
            ]
            cards.sort(key=lambda card: card.priority, reverse=True)
            otherwise = self.target("", written["otherwise"])
            self.decks[name] = Deck(written["pick"], written.get("offer", len(cards)), otherwise, tuple(cards))

    # -- steps ------------------------------------

    def _read(self, full: str, name: str, node: str, home: str, written: dict[str, Any], around: _Around) -> None:
        if "goto" in written:
            around = _Around(self._goto(home, written["goto"]), f"goto of {name}", home, around.once, around.tags)
        onward, owner, onward_home = around.onward, around.owner, around.onward_home
        if "otherwise" in written:
            onward, owner, onward_home = self._goto(home, written["otherwise"]), f"otherwise of {name}", home
        offered = list(self._offered(full, name, home, written))
        self.steps[full] = Step(
            id=full,
            name=name,
            node=node,
            scene=node.partition(".")[0],
            home=home,
            data=written,
            tags=tuple(dict.fromkeys((*around.tags, *_listed(written, "tags")))),
            warns=_listed(written, "warns"),
            effects=_listed(written, "do"),
            choices=tuple(_way(choice, once=around.once) for choice in offered),
            onward=onward,
            owner=owner,
            onward_home=onward_home,
            ending=written.get("ending"),
            lots=self._lots(home, written),
            asked=written["ask"]["flag"] if "ask" in written else None,
            call=self._call(home, written),
            back={True: "", None: None}.get(written.get("return"), written.get("return")),
            deck=self.decks[written["draw"]] if "draw" in written else None,
        )
        self.named |= {full: name, name: name}
        for choice in offered:
            once = around.once and choice.home != ""
            inside = _Around(around.onward, around.owner, around.onward_home, once, self.steps[node].tags)
            self._read(choice.step, choice.name, node, choice.home, choice.data, inside)

    def _offered(self, full: str, name: str, home: str, written: dict[str, Any]) -> Iterator[_Offered]:
        """The choices of a step: its own, and then those of its menus."""
        for key, choice in written.get("choices", {}).items():
            yield _Offered(f"{full}.{key}", f"{name}.{key}", home, choice)
        for used in _listed(written, "menus"):
            menu, menu_home, choices = self._menu(home, used)
            for key, choice in choices.items():
                yield _Offered(f"{full}.{key}", f"{menu}.{key}", menu_home, choice)

    def _menu(self, home: str, name: str) -> tuple[str, str, dict[str, Any]]:
        """The full name of a menu that is used in a scene or by the story, its home, and what it holds."""
        own = self.scenes.get(home, {}).get("menus", {})
        if name in own:
            return f"{home}.{name}", home, own[name]
        return name, "", self.story["menus"][name]

    def _lots(self, home: str, written: dict[str, Any]) -> Lots | None:
        if "chance" in written:
            entries = [(entry["to"], entry.get("weight", 1)) for entry in written["chance"]]
            return Lots(tuple((node, node, weight) for to, weight in entries for node in [self.target(home, to)]))
        if "roll" not in written:
            return None
        roll = written["roll"]
        ranges = tuple((range_, self.target(home, to), 1) for range_, to in roll["outcomes"].items())
        count, _, sides = roll["dice"].partition("d")
        return Lots(ranges, (int(count or 1), int(sides)), roll.get("add"))

    def _call(self, home: str, written: dict[str, Any]) -> Call | None:
        if "call" not in written:
            return None
        returns = {name: self.target(home, to) for name, to in written.get("returns", {}).items()}
        return Call(self.target(home, written["call"]), returns)

    def _goto(self, home: str, written: Any) -> Goto:
        entries = written if isinstance(written, list) else [written]
        pairs = [(entry.get("when"), entry["to"]) if isinstance(entry, dict) else (None, entry) for entry in entries]
        return tuple((when, self.target(home, to)) for when, to in pairs)

    # -- names ------------------------------------

    def target(self, home: str, name: str) -> str:
        """The node that a name means in a scene."""
        return next(full for full in self._meanings(home, name) if full in self.nodes)

    def counted(self, home: str, name: str) -> str:
        """The name under which that is counted which a name of a node or a choice means in a scene."""
        return next(self.named[full] for full in self._meanings(home, name) if full in self.named)

    def _meanings(self, home: str, name: str) -> Iterator[str]:
        """What a name can mean: in its own scene, in full, or in another scene."""
        yield from (f"{home}.{name}", name, *(f"{scene}.{name}" for scene in self.scenes))


def _listed(written: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """What a key holds that takes one text or a list of them."""
    value = written.get(key, ())
    return (value,) if isinstance(value, str) else tuple(value)


def _way(choice: _Offered, *, once: bool) -> Way:
    written = choice.data
    limit = written.get("limit")
    if limit is None and written.get("once", once and choice.home != ""):
        limit = 1
    return Way(choice.step.rpartition(".")[2], choice.step, written.get("when"), limit, bool(written.get("locked")))


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
