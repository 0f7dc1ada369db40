"""Every name a story declares, and what it stands for at each place that can use it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from waymeet.diagnostics import Related, closest, did_you_mean, suggestion
from waymeet.expressions.scope import Derived, Flag, UnknownReferenceError
from waymeet.expressions.types import EnumType, SetType, TextType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.authoring.fields import Reading
    from waymeet.authoring.models import WrittenChoice
    from waymeet.authoring.source import Scalar
    from waymeet.expressions.code import Code
    from waymeet.expressions.syntax import Reference
    from waymeet.expressions.types import Type


#: How many menus may stand in each other.
MAX_MENUS = 20
#: How many choices menus may come to, counted at each place that offers them: menus in menus multiply.
MAX_OFFERED = 100_000
#: Looking for what was meant takes time in a large story; after so many slips nobody needs it.
MAX_SUGGESTIONS = 50
#: So many names are listed where none is close.
MAX_NAMED = 8
_OF_A_MENU = " of a menu"


@dataclass(slots=True)
class Count:
    """How often a step was arrived at: a register that exists because something reads it.

    Conditions tell its values apart up to `cap`, prose up to `shown`.
    """

    step: int
    register: int
    cap: int = 0
    shown: int = 0

    def need(self, cap: int, *, shown: bool) -> None:
        """Ask that the count be exact up to `cap`; `shown` says that only the wording of prose depends on it."""
        if shown:
            self.shown = max(self.shown, cap)
        else:
            self.cap = max(self.cap, cap)


@dataclass(frozen=True, slots=True)
class Menu:
    """Choices that several steps share: under which full name, where they are written, and in which scene, if any."""

    name: str
    reading: Reading
    scene: str
    choices: dict[str, WrittenChoice]

    def fits(self, within: tuple[str, ...]) -> bool:
        """Whether it can be offered by a choice that is part of these menus."""
        return self.name not in within and len(within) < MAX_MENUS

    @property
    def short(self) -> str:
        """The name by which its own scene knows it."""
        return self.name.rpartition(".")[2]


@dataclass(slots=True)
class Declared:
    """A name and where it was declared, for messages about clashes."""

    what: str
    related: Related
    scene: str


@dataclass(slots=True)
class Names:
    """The names of one story.

    `steps` maps `scene.node` and `scene.node.choice` to the index of the step; `scenes` the nodes of each scene. The
    choices of a menu have steps wherever the menu is used: `shared_steps` maps `menu.choice` to the first of them, and
    `same` maps each to that first, for they are counted as one.
    """

    flags: dict[str, Flag] = field(default_factory=dict)
    local: dict[str, dict[str, Flag]] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    words: dict[str, list[EnumType | SetType]] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    scenes: dict[str, set[str]] = field(default_factory=dict)
    derived_depths: list[int] = field(default_factory=list)
    #: Endings and protagonists by their ids, with their places in the story's lists.
    endings: dict[str, int] = field(default_factory=dict)
    protagonists: dict[str, int] = field(default_factory=dict)
    menus: dict[str, Menu] = field(default_factory=dict)
    shared_steps: dict[str, int] = field(default_factory=dict)
    same: dict[int, int] = field(default_factory=dict)
    #: The menu that would have made the menus' choices too many, if one would.
    overgrown: Menu | None = None
    #: The choices of menus, as `menu:choice`, by the first of their steps.
    menu_choices: dict[int, str] = field(default_factory=dict)
    counts: dict[int, Count] = field(default_factory=dict)
    registers: int = 0
    #: Whether some flag or derived name could not be read; whether some file could not.
    incomplete: bool = False
    files_lost: bool = False
    #: Names that were declared where nothing can be declared.
    displaced: set[str] = field(default_factory=set)
    _suggested: int = 0
    _declared: dict[str, list[Declared]] = field(default_factory=dict)

    def declare(self, name: Scalar, what: str, reading: Reading, scene: str = "") -> bool:
        """Note a name of the shared namespace; reports a clash with an earlier one and says whether it is free.

        Names of different scenes do not clash: neither is known in the other's.
        """
        declared = self._declared.setdefault(name.value, [])
        near = [other for other in declared if scene == "" or other.scene in ("", scene)]
        earlier = next((other for other in near if not (what == other.what == "an enum value")), None)
        if earlier is not None:
            message = f'"{name.value}" is {what} here, and {earlier.what} elsewhere'
            if what == earlier.what:
                message = f'there are two of "{name.value}", each {what}'
            reading.report("wrong-value", message, name, "give one of them another name", (earlier.related,))
            return False
        declared.append(Declared(what, Related(reading.source.span(name), f"{what} here"), scene))
        return True

    def add_words(self, kind: Type) -> None:
        """Make the values of an enum or the members of a set known."""
        if isinstance(kind, EnumType | SetType):
            for word in kind.values if isinstance(kind, EnumType) else kind.members:
                kinds = self.words.setdefault(word, [])
                if kind not in kinds:
                    kinds.append(kind)

    def new_flag(self, name: str, kind: Type, text_index: int = -1) -> Flag:
        """A flag with the next free register; free text gets none."""
        if isinstance(kind, TextType):
            return Flag(name, -1, kind, text_index)
        self.registers += 1
        return Flag(name, self.registers - 1, kind)

    def count(self, step: int) -> Count:
        """The count of arrivals at a step."""
        step = self.same.get(step, step)
        if step not in self.counts:
            self.counts[step] = Count(step, self.registers)
            self.registers += 1
        return self.counts[step]

    def aside(self) -> Names:
        """The same names, to which steps and counts can be added that are no part of the story."""
        return replace(
            self,
            steps=self.steps.copy(),
            shared_steps=self.shared_steps.copy(),
            same=self.same.copy(),
            menu_choices=self.menu_choices.copy(),
            counts=self.counts.copy(),
        )

    def menu(self, scene: str, name: str) -> Menu | None:
        """The menu meant by a name in a scene, the scene's own first; those of other scenes are not known there.

        What they do is written in flags that only their own scene may change.
        """
        return None if "." in name else self.menus.get(f"{scene}.{name}") or self.menus.get(name)

    def add_step(self, full: str, shared: str = "") -> None:
        """Give a step its index; `shared` is what it is called as part of a menu, `menu:choice`."""
        index = len(self.steps)
        self.steps[full] = index
        if shared:
            self.same[index] = self.shared_steps.setdefault(shared.replace(":", "."), index)
            self.menu_choices.setdefault(self.same[index], self._menu_choice(shared))

    def _menu_choice(self, shared: str) -> str:
        """The choice of a menu by the menu's own name: that of one file which holds the story and a scene is both's."""
        full, _, choice = shared.partition(":")
        short = full.rpartition(".")[2]
        own, other = self.menus[full], self.menus.get(short)
        return shared if other is None or other.choices is not own.choices else f"{short}:{choice}"

    def node(self, scene: str, name: str) -> int:
        """The step of the node meant by `node` or `scene.node` in a scene; raises `UnknownReferenceError`."""
        return self._meant(scene, tuple(name.split(".")), nodes=True)[1]

    def full_node(self, scene: str, name: str) -> str:
        """The same node, as `scene.node`."""
        return self._meant(scene, tuple(name.split(".")), nodes=True)[0]

    def choice(self, scene: str, path: tuple[str, ...]) -> int:
        """The step that the choice meant by `node.choice` or `menu.choice` opens onto.

        Raises `UnknownReferenceError`.
        """
        return self._meant(scene, path, nodes=False)[1]

    def _meant(self, scene: str, path: tuple[str, ...], *, nodes: bool) -> tuple[str, int]:
        """What a name means in a scene: the full name, and the step."""
        name = ".".join(path)
        found = self._called(f"{scene}.{name}", nodes=nodes)
        if not found and not nodes and path[0] in self.menus and name in self.shared_steps:
            return name, self.shared_steps[name]  # a menu of the story is at home in every scene
        if not found:
            places = dict.fromkeys((name, *(f"{other}.{name}" for other in self.scenes)))
            found = [called for full in places for called in self._called(full, nodes=nodes)]
        if len(found) == 1:
            return found[0]
        what = "node" if nodes else "choice"
        if found:
            shown = " or ".join(called for called, _ in found)
            mend = "give the menu, or the other one, a name of its own"
            mend = mend if _OF_A_MENU in shown else "write the scene's id before it"
            raise UnknownReferenceError(f'"{name}" could be {shown}', mend)
        help_line = self._suggest(scene, name, nodes=nodes)
        excused = self.files_lost or not self.displaced.isdisjoint(path)
        raise UnknownReferenceError(f'there is no {what} "{name}"', help_line, excused=excused)

    def _called(self, full: str, *, nodes: bool) -> list[tuple[str, int]]:
        """The node, or else the choices, of a full name, each as it is told from others and with its step."""
        found = [(full, self.steps[full])] if full in self.steps and self._is_node(full) == nodes else []
        if not nodes and full in self.shared_steps:
            found.append((full + _OF_A_MENU, self.shared_steps[full]))
        return found

    def _is_node(self, full: str) -> bool:
        return full.count(".") == 1

    def _suggest(self, scene: str, name: str, *, nodes: bool) -> str | None:
        """The nodes or choices whose own ids are close, those of the scene by their short names."""
        self._suggested += 1
        if self._suggested > MAX_SUGGESTIONS:
            return None
        here = [full.removeprefix(f"{scene}.") for full in self.steps if full.startswith(f"{scene}.")]
        if close := closest(name, [short for short in here if ("." in short) != nodes]):
            return suggestion(close)
        shown: dict[str, list[str]] = {}
        for full in self.steps:
            if self._is_node(full) == nodes:
                shown.setdefault(full.rpartition(".")[2], []).append(full.removeprefix(f"{scene}."))
        close = closest(name.rpartition(".")[2], shown)
        return suggestion(full for last in close for full in shown[last]) or self._listed(scene, name, nodes=nodes)

    def _listed(self, scene: str, name: str, *, nodes: bool) -> str | None:
        """What there is where nothing is close: the nodes of the scene that is named or else at hand, or choices."""
        first = name.partition(".")[0]
        if not nodes:
            here = f"{scene}.{first}." if f"{scene}.{first}" in self.steps else f"{name.rpartition('.')[0]}."
            choices = [full.removeprefix(here) for full in self.steps if full.startswith(here)]
            return f"its choices are {_some(choices)}" if choices else "it is written `node.choice`"
        if first in self.scenes:
            known = [full for full in self.steps if full.startswith(f"{first}.") and self._is_node(full)]
            return f'"{first}" is a scene, and its nodes are {_some(known)}'
        known = [full for full in self.steps if self._is_node(full)]
        own = [full.removeprefix(f"{scene}.") for full in known if full.startswith(f"{scene}.")]
        return f"the nodes of this scene are {_some(own)}" if own else f"the nodes are {_some(known)}"


def _some(names: list[str]) -> str:
    """The first few of some names."""
    return ", ".join(names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that can be used in one scene, or, with no scene, in what all scenes share.

    `promising` says that a promise is read, which may ask more than other conditions.
    """

    story: Names
    scene: str = ""
    promising: bool = False

    def lookup(self, name: str) -> Flag | Derived | None:
        """What a name stands for, the scene's own flags first."""
        found = self.story.local.get(self.scene, {}).get(name)
        return found or self.story.flags.get(name) or self.story.derived.get(name)

    def types_of_word(self, word: str) -> list[EnumType | SetType]:
        """The enums and sets that have a word among their values."""
        return self.story.words.get(word, [])

    def names(self) -> Iterable[str]:
        """Every name that could be meant."""
        local = self.story.local.get(self.scene, {})
        return [*local, *self.story.flags, *self.story.derived, *self.story.words]

    def other_meaning(self, name: str) -> str | None:
        """A local flag of another scene, a node, an ending or a protagonist, with how to ask for it."""
        scene = next((scene for scene, flags in self.story.local.items() if name in flags), None)
        if scene is not None:
            return f"only the scene {scene} knows it, as its local flag; what all scenes know stands under `flags`"
        if f"{self.scene}.{name}" in self.story.steps:
            return f"{name} is a node: to ask whether the reader has been there, write seen({name})"
        for what, names in (("ended", self.story.endings), ("playing", self.story.protagonists)):
            if name in names and self.promising:
                return f"write {what}({name})"
        return None

    def derived_depths(self) -> list[int]:
        """How deep the expression of each derived name goes, by its index."""
        return self.story.derived_depths

    def is_incomplete(self) -> bool:
        """Whether some flag or derived name could not be read."""
        return self.story.incomplete

    def counter(self, reference: Reference) -> Count:
        """The count that `seen(…)` and its kin read; raises `UnknownReferenceError`."""
        if reference.function in ("seen", "visits"):
            return self.story.count(self.story.node(self.scene, ".".join(reference.path)))
        return self.story.count(self.story.choice(self.scene, reference.path))

    def asked(self, reference: Reference) -> Code | None:
        """What only a promise may ask: ("at", step), ("ended", ending) or ("playing", protagonist).

        Raises `UnknownReferenceError`.
        """
        if not self.promising:
            return None
        name = ".".join(reference.path)
        if reference.function == "at" and name in self.story.endings:
            raise UnknownReferenceError(f'"{name}" is an ending, not a node', f"write ended({name})")
        if reference.function == "at":
            return ("at", self.story.node(self.scene, name))
        known = self.story.endings if reference.function == "ended" else self.story.protagonists
        if name not in known:
            what = "ending" if reference.function == "ended" else "protagonist"
            help_line = did_you_mean(name, known) or f"there is {_some(list(known))}"
            raise UnknownReferenceError(f'there is no {what} "{name}"', help_line)
        return (reference.function, known[name])
