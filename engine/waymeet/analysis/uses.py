"""Which flags, texts and derived names a story asks for and which it changes, conditions and reachability ignored.

What reads a flag only to change that very flag, as `x += 1` does, is no use of it. One that decides what another flag
becomes is used, even where nothing asks for the other: chains of flags are not followed, derived names are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from waymeet.expressions.code import leaves
from waymeet.prose.rendering import code_of, sections
from waymeet.story import Ask, conditions_in, prose_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.authoring.constructs.promises import Promise
    from waymeet.expressions.code import Code
    from waymeet.prose.rendering import Prose
    from waymeet.story import Step, StoryData

#: Where something is used: the index of a step, or else in words.
Place = int | str


@dataclass(frozen=True, slots=True)
class Uses:
    """Where each thing is used first, for those that are used at all.

    `read` and `written` go by register, `printed` and `asked` by free text, `derived` by derived name.
    """

    read: dict[int, Place] = field(default_factory=dict)
    written: dict[int, Place] = field(default_factory=dict)
    printed: dict[int, Place] = field(default_factory=dict)
    asked: dict[int, Place] = field(default_factory=dict)
    derived: dict[int, Place] = field(default_factory=dict)


def uses_of(story: StoryData, promises: Iterable[Promise] = ()) -> Uses:
    """What a story asks for and changes anywhere; a derived name that nothing asks for asks for nothing."""
    uses = Uses()
    for index, step in enumerate(story.steps):
        _note_step(uses, index, step)
    for line in story.sheet:
        _note_prose(uses, line.value, "the sheet")
    for promise in promises:
        for code in (promise.condition, promise.until):
            _note_read(uses, 0 if code is None else code, f"the promise {promise.id}")
    for event in story.events:
        uses.read.update((register, f"the event {event.id}") for register in event.settles if register not in uses.read)
    for index in reversed(range(len(story.derived))):  # each stands after those that it is made of
        if index in uses.derived:
            _note_read(uses, story.derived[index], uses.derived[index])
    return uses


def _note_step(uses: Uses, index: int, step: Step) -> None:
    for register, code in step.effects:
        uses.written.setdefault(register, index)
        _note_read(uses, code, index, but=register)
    for prose in prose_in(step):
        _note_prose(uses, prose, index)
    for code in conditions_in(step):
        _note_read(uses, code, index)
    if isinstance(step.exit, Ask):
        if step.exit.register is not None:
            uses.written.setdefault(step.exit.register, index)
        if step.exit.text is not None:
            uses.asked.setdefault(step.exit.text, index)


def _note_prose(uses: Uses, prose: Prose, place: Place) -> None:
    for part in prose:
        if not isinstance(part, str):
            _note_form(uses, part, place)


def _note_form(uses: Uses, form: Any, place: Place) -> None:
    code = code_of(form)
    if code is not None:
        _note_read(uses, code, place)
    if form[0] == "text":
        uses.printed.setdefault(form[1], place)
    for prose in sections(form):
        _note_prose(uses, prose, place)


def _note_read(uses: Uses, code: Code, place: Place, but: int | None = None) -> None:
    for kind, index in leaves(code):
        if kind == "derived":
            uses.derived.setdefault(index, place)
        elif index != but:
            uses.read.setdefault(index, place)
