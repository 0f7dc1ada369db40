"""From models to the runnable story: every name resolved, every formula typed, every construct lowered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from waymeet.authoring.constructs.calls import check_calls
from waymeet.authoring.constructs.decks import gather_decks, read_undrawn
from waymeet.authoring.constructs.events import declare_told, lower_events, tell_at_endings, told_register
from waymeet.authoring.constructs.flags import declare_flags
from waymeet.authoring.constructs.history import lower_history
from waymeet.authoring.constructs.menus import report_overgrown, unused_menus, unused_step
from waymeet.authoring.constructs.promises import Promise, lower_promises
from waymeet.authoring.constructs.steps import StepLowering
from waymeet.authoring.constructs.story import (
    blurb,
    declare_derived,
    declare_speakers,
    lower_chapters,
    lower_endings,
    lower_protagonists,
    lower_severities,
    lower_sheet,
    one_line,
    spoken_name,
)
from waymeet.authoring.fields import Reading, broken_rows, id_problem, rows
from waymeet.authoring.lowering import Lowering, Shared
from waymeet.authoring.models import FORMAT
from waymeet.authoring.names import MAX_OFFERED, Menu
from waymeet.authoring.places import Places
from waymeet.diagnostics import Related
from waymeet.expressions.scope import Flag
from waymeet.expressions.types import UNKNOWN
from waymeet.story import Register, Step, StoryData

if TYPE_CHECKING:
    from collections.abc import Collection

    from waymeet.authoring.loading import WrittenFiles
    from waymeet.authoring.models import (
        Menus,
        WrittenChoice,
        WrittenScene,
        WrittenStep,
        WrittenStory,
        WrittenStoryAndScene,
    )
    from waymeet.authoring.names import Names
    from waymeet.story import Ending, Text

    Scene = tuple[Reading, WrittenScene | WrittenStoryAndScene]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A runnable story with the places of its parts, how much was written, and how its rules are to count."""

    story: StoryData
    places: Places
    choices: int
    words: int
    severities: dict[str, str]
    promises: tuple[Promise, ...]


def compile_story(files: WrittenFiles, rules: Collection[str]) -> Compiled | None:
    """The runnable story, or None when anything is wrong with the files, which their readings then say.

    `rules` are those that are about states, which `check` may set and, but for unused-allow, an `allow` may name.
    """
    if files.story is None:
        return None
    reading, written = files.story
    _check_version(reading, written)
    shared = Shared(rules=rules)
    shared.names.files_lost = files.lost
    shared.names.displaced = {name for file in files.readings for name in file.displaced}
    shared.endings = (*written.endings, *broken_rows(written.endings))
    top = Lowering(shared, reading)
    declare_speakers(written, top)
    _declare_menus(written.menus, reading, shared.names)
    scenes = _declare_scenes(files.scenes, shared.names)
    if shared.names.overgrown is not None:
        report_overgrown(shared.names.overgrown)
        return None
    shared.decks = gather_decks(written, top, scenes)
    registers, texts = _declare_flags(written, top, scenes)
    told = declare_told(written.events, shared.names)
    derived = declare_derived(written, top)
    endings = lower_endings(written, top)
    shared.names.endings = _numbered(endings, written, shared.names.displaced)
    shared.names.protagonists = {name: index for index, name in enumerate(written.protagonists)}
    events = lower_events(written, told, top)
    steps = tell_at_endings(events, _lower_scenes(scenes, shared, shared.names.endings), shared.names)
    promises = lower_promises(written.promises, replace(top, promising=True))
    story = StoryData(
        id=written.story.value,
        title=one_line(written.title, spoken_name(written.story)),
        authors=tuple(one_line(author) for author in written.authors),
        about=blurb(written.about, top),
        language=one_line(written.language, "en"),
        warns=tuple(one_line(warn) for warn in written.warns),
        protagonists=lower_protagonists(written, top),
        endings=endings,
        registers=(),
        texts=tuple(texts),
        derived=tuple(derived),
        chapters=lower_chapters(written, top),
        sheet=lower_sheet(written, top),
        events=events,
        places=shared.variations,
        steps=(),
        past=lower_history(written, top),
    )
    _read_unused(shared)
    severities = lower_severities(written, top)
    if not files.findings:
        check_calls(shared.calls, steps)
    if files.findings:
        return None
    registers |= {event.told: told_register(event) for event in events}
    registers |= _count_registers(shared.names, steps)
    same, registered = shared.names.same, {index: count.register for index, count in shared.names.counts.items()}
    counts = {index: registered.get(same.get(index, index)) for index in range(len(steps))}
    story = story._replace(
        registers=tuple(registers[index] for index in range(len(registers))),
        steps=tuple(steps[index]._replace(arrivals=counts.get(index)) for index in range(len(steps))),
    )
    return Compiled(story, shared.places, _choices_written(shared.names), shared.words, severities, promises)


def _choices_written(names: Names) -> int:
    """How many choices were written; those of a menu once, however many places use it."""
    written = [full for full in names.steps if full.count(".") > 1 and ":" not in full]
    return len(written) - (len(names.same) - len(names.shared_steps))


def _numbered(endings: tuple[Ending, ...], written: WrittenStory, displaced: set[str]) -> dict[str, int]:
    names = (*(ending.id for ending in endings), *broken_rows(written.endings), *sorted(displaced))
    return {name: index for index, name in enumerate(names)}


def _check_version(reading: Reading, written: WrittenStory) -> None:
    if written.waymeet is not None and written.waymeet.value != str(FORMAT):
        message = f'this is written for version "{written.waymeet.value}" of the format; this waymeet knows {FORMAT}'
        reading.report("format-version", message, written.waymeet, "install a newer waymeet, or write `waymeet: 1`")


def _declare_scenes(scenes: list[Scene], names: Names) -> list[Scene]:
    """Give every step its index, in the order of the files; a second scene of one id is reported and left out."""
    kept: dict[str, Scene] = {}
    for reading, scene in scenes:
        name = scene.scene.value
        if name in kept:
            earlier, first = kept[name]
            related = Related(earlier.source.span(first.scene), "the first is here")
            message = f'there are two scenes "{name}"; the first is in {earlier.source.file}'
            reading.report("duplicate-key", message, scene.scene, "give one of them another id", (related,))
            continue
        kept[name] = (reading, scene)
        names.scenes[name] = {*scene.nodes, *broken_rows(scene.nodes)}
        for broken in broken_rows(scene.nodes):
            names.add_step(f"{name}.{broken}")
        _declare_menus(scene.menus, reading, names, name)
        for node, written in scene.nodes.items():
            _declare_steps(f"{name}.{node}", name, written, names)
    return list(kept.values())


def _declare_menus(menus: Menus, reading: Reading, names: Names, scene: str = "") -> None:
    names.displaced.update(broken_rows(menus))
    for menu, choices in menus.items():
        if id_problem(menu) is not None:
            names.displaced.add(menu)  # it was reported, and a colon in it would part the menu from its choices
            continue
        full = f"{scene}.{menu}" if scene else menu
        names.menus[full] = Menu(full, reading, scene, choices)


def _declare_steps(
    full: str, scene: str, written: WrittenStep, names: Names, shared: str = "", within: tuple[str, ...] = ()
) -> None:
    """Give a step its index, and then those of its choices, those of its menus last.

    `scene` is where it is written, which for the choices of a menu need not be where they are; `within` has the menus
    that it is part of.
    """
    names.add_step(full, shared)
    choices: dict[str, WrittenChoice] = {} if written.choices is None else written.choices
    for name in broken_rows(choices):
        names.add_step(f"{full}.{name}")
    for name, choice in choices.items():
        _declare_steps(f"{full}.{name}", scene, choice, names, shared and f"{shared}.{name}", within)
    for used in written.menus:
        menu = names.menu(scene, used.value)
        if menu is None or not menu.fits(within):
            continue
        for name, choice in menu.choices.items():
            if len(names.same) >= MAX_OFFERED:
                names.overgrown = menu
                return
            if f"{full}.{name}" not in names.steps:
                inside = (*within, menu.name)
                _declare_steps(f"{full}.{name}", menu.scene, choice, names, f"{menu.name}:{name}", inside)


def _declare_flags(written: WrittenStory, top: Lowering, scenes: list[Scene]) -> tuple[dict[int, Register], list[Text]]:
    registers, texts = declare_flags(written.flags, "flag", top)
    registers |= declare_flags(written.memory, "memory", top).registers
    for reading, scene in scenes:
        declared = declare_flags(scene.local, "local", Lowering(top.shared, reading, scene.scene.value))
        registers |= declared.registers
    names = top.shared.names
    for name in sorted(names.displaced):
        names.flags.setdefault(name, Flag(name, -1, UNKNOWN))
    return registers, texts


def _lower_scenes(scenes: list[Scene], shared: Shared, endings: dict[str, int]) -> dict[int, Step]:
    steps: dict[int, Step] = {}
    for reading, scene in scenes:
        lowering = StepLowering(Lowering(shared, reading, scene.scene.value), endings)
        for name, node in rows(scene.nodes):
            lowering.node(name, node, once=scene.once)
        steps |= lowering.steps
    return steps


def _read_unused(shared: Shared) -> None:
    """Read the menus that no step offers and the decks that none draws from; nothing comes of it but what is wrong."""
    aside = replace(shared, names=shared.names.aside(), places=Places(), calls=[])
    for deck in shared.decks.values():
        if not deck.is_drawn:
            read_undrawn(deck, aside)
    for menu in unused_menus(shared.names):
        for name, choice in menu.choices.items():
            full = unused_step(menu, name)
            _declare_steps(full, menu.scene, choice, aside.names, f"{menu.name}:{name}", (menu.name,))
        endings = dict.fromkeys(shared.endings, 0)
        StepLowering(Lowering(aside, menu.reading, menu.scene), endings, within=(menu.name,)).unused_menu(menu)


def _count_registers(names: Names, steps: dict[int, Step]) -> dict[int, Register]:
    """The registers of the counts that something reads, now that it is known how far each must go."""
    found = {}
    for index, count in names.counts.items():
        step = steps[index]
        what = "visits" if step.id == step.node else "times"
        name = names.menu_choices.get(index, step.id)
        found[count.register] = Register(
            f"{what}({name})", "int", "count", 0, max(count.cap, count.shown), 0, (), clamp=True, told=count.cap
        )
    return found
