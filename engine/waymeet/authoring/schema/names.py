"""The names that a story declares, each with some words on what it stands for, for an editor to offer them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from waymeet.authoring.constructs.flags import flag_form
from waymeet.authoring.fields import Reading, broken_rows, rows
from waymeet.authoring.source import Scalar
from waymeet.expressions.types import UNKNOWN, IntType, TextType, UnknownType, describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.authoring.loading import WrittenFiles
    from waymeet.authoring.models import (
        Flags,
        Menus,
        WrittenBlock,
        WrittenChoice,
        WrittenScene,
        WrittenStep,
        WrittenStory,
        WrittenStoryAndScene,
    )
    from waymeet.expressions.types import Type

T = TypeVar("T")
#: So many characters are shown of a text.
_SHOWN = 60
#: The types of flags that can keep a reader's answer.
_ASKED = (IntType, TextType, UnknownType)


@dataclass(slots=True)
class StoryNames:
    """The names of a story, by the forms that use them, with words on each; its flags, with their types.

    `whole` says that everything could be read, so that there are no other names.
    """

    whole: bool = False
    named: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    flags: dict[str, Type] = field(default_factory=dict)
    derived: list[str] = field(default_factory=list)

    def add(self, form: str, names: Iterable[str], words: Scalar | str | None = None) -> None:
        """Make names known; of several that are alike the first has the words."""
        shown = " ".join((words.value if isinstance(words, Scalar) else words or "").split())
        for name in names:
            self.named[form].setdefault(name, shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN].rstrip()} …")


def gather(files: WrittenFiles) -> StoryNames:
    """The names of everything in a story that could be read."""
    names = StoryNames(whole=files.story is not None and not files.findings)
    if files.story is not None:
        _story(*files.story, names)
    for reading, scene in files.scenes:
        _scene(reading, scene, names)
    return names


def _story(reading: Reading, story: WrittenStory, names: StoryNames) -> None:
    for name, who in _all(story.protagonists):
        names.add("protagonist", [name], who.name if who else None)
        names.add("speaker", [name], who.name if who else None)
    for name, speaker in _all(story.cast):
        names.add("speaker", [name], speaker.name if speaker else None)
    for name, ending in _all(story.endings):
        names.add("ending", [name], ending.title if ending else None)
    for warning in story.warns:
        names.add("warning", [" ".join(warning.value.split())])
    names.add("deck", [name for name, _ in _all(story.decks)])
    names.derived = [name for name, _ in _all(story.derive)]
    _flags(reading, story.flags, names)
    _flags(reading, story.memory, names)
    for name, _ in _all(story.memory):
        names.add("remembered", [name], describe(names.flags[name]))
    for event, _ in _all(story.events):
        for kind in ("remembered", "flag"):
            names.add(kind, [f"told({event})"], "whether a finished reading has told this event")
    _menus(story.menus, names)


def _scene(reading: Reading, scene: WrittenScene | WrittenStoryAndScene, names: StoryNames) -> None:
    home = scene.scene.value
    names.add("scene", [home])
    _flags(reading, scene.local, names)
    _menus(scene.menus, names)
    for name, node in _all(scene.nodes):
        full = f"{home}.{name}"
        names.add("node", [name, full], _beginning(node.text if node else ()))
        names.add("place", [name, full], _beginning(node.text if node else ()))
        if node is not None:
            names.add("choice", [] if node.card is None else [name])
            _step(full, node, names)


def _step(full: str, step: WrittenStep, names: StoryNames) -> None:
    names.add("tag", (tag.value for tag in step.tags))
    _choices(full, step.choices or {}, names)


def _choices(full: str, choices: dict[str, WrittenChoice], names: StoryNames) -> None:
    for name, choice in _all(choices):
        names.add("choice", [name], choice.label if choice else None)
        names.add("place", [f"{full}.{name}"], choice.label if choice else None)
        if choice is not None:
            _step(f"{full}.{name}", choice, names)


def _menus(menus: Menus, names: StoryNames) -> None:
    for name, choices in _all(menus):
        names.add("menu", [name])
        _choices(name, choices or {}, names)


def _flags(reading: Reading, table: Flags, names: StoryNames) -> None:
    """Flags with their types; what is wrong with them is for others to report."""
    kinds: dict[str, Type] = {}
    for key, written in rows(table):
        form = flag_form(key, written, Reading(reading.source))
        kinds[key.value] = UNKNOWN if form is None else form.type
    kinds |= dict.fromkeys(broken_rows(table), UNKNOWN)
    for name, kind in kinds.items():
        names.add("flag", [name], describe(kind))
        names.add("question", [name] if isinstance(kind, _ASKED) else [], describe(kind))
    names.flags |= kinds


def _all(table: dict[str, T]) -> Iterable[tuple[str, T | None]]:
    """The rows of a table, and after them those that could not be read."""
    return [*table.items(), *((name, None) for name in broken_rows(table))]


def _beginning(text: Iterable[WrittenBlock]) -> Scalar | None:
    """The first words of a text."""
    return next((block for block in text if isinstance(block, Scalar)), None)
