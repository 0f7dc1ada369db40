"""Why a choice is open, locked or hidden: its condition as it was written, and the values of what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.errors import ChoiceError
from waymeet.expressions.unparsing import Kind, Unparser, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.console.workshop import Notes
    from waymeet.expressions.unparsing import Part
    from waymeet.machine import LinkedChoice, Registers
    from waymeet.runtime import Moment
    from waymeet.story import StoryData


def named_values(data: StoryData, registers: Registers, scene: str) -> list[tuple[str, str]]:
    """Flags, memory, local flags and counts by what they are called in a scene, and their values as one writes them."""
    kinds = _flags(data, scene)
    return [(name, value_text(kind, value)) for (name, kind), value in zip(kinds, registers, strict=True)]


def explained(moment: Moment, wanted: str, notes: Notes) -> list[str]:
    """Why the choices of a step are as they are, in lines: all of them, or the one of this number or id.

    Raises `ChoiceError`.
    """
    choices = moment.story.machine.steps[moment.state.step].choices
    if not choices:
        raise ChoiceError(f"there are no choices at {moment.step}")
    picked = range(len(choices)) if not wanted else [_position(moment, choices, wanted)]
    return [line for position in picked for line in _explained(moment, position, notes)]


def _position(moment: Moment, choices: tuple[LinkedChoice, ...], wanted: str) -> int:
    """The position of a choice among all there are, by its id, or by its number among the open ones."""
    ids = [choice.id for choice in choices]
    if wanted in ids:
        return ids.index(wanted)
    is_open = [position for position, _ in moment.story.machine.steps[moment.state.step].open(moment.state.registers)]
    if wanted.isdecimal() and wanted.isascii() and 1 <= int(wanted) <= len(is_open):
        return is_open[int(wanted) - 1]
    raise ChoiceError(f"there is no choice {wanted} at {moment.step}; there is {', '.join(ids)}")


def _explained(moment: Moment, position: int, notes: Notes) -> Iterator[str]:
    story, state = moment.story, moment.state
    choice = story.machine.steps[state.step].choices[position]
    code = getattr(story.data.steps[state.step].exit, "choices", ())[position].when
    where = notes.steps.get(choice.opens)
    yield f"{choice.id} is {_standing(moment, position)}{f' ({where})' if where else ''}"
    if code is None:
        yield "    it has no condition"
        return
    written = notes.whens.get((state.step, position))
    if written is not None:
        yield f"    when: {written.text} ({written.place})"
    unparser = Unparser(_flags(story.data, moment.scene), story.data.derived, notes.derived)
    part = unparser.parts(code, state.registers, story.machine.derived)
    yield f"    = {part.value}" if written and written.text == part.text else f"    {part.text} = {part.value}"
    for below in part.parts:
        yield from _lines(below, "        ")


def _standing(moment: Moment, position: int) -> str:
    """How a choice stands to a reader."""
    step, registers = moment.story.machine.steps[moment.state.step], moment.state.registers
    choice = step.choices[position]
    if position in [found for found, _ in step.open(registers)]:
        return "open"
    if choice.is_open(registers):
        return f"left out, for only the first {step.most} that are open are offered"
    reasons = [offer.locked for offer in moment.choices if offer.id == choice.id]
    return f'locked: "{reasons[0]}"' if reasons else "hidden"


def _lines(part: Part, indent: str) -> Iterator[str]:
    yield f"{indent}{part.text} = {part.value}"
    for below in part.parts:
        yield from _lines(below, indent + "    ")


def _flags(data: StoryData, scene: str) -> list[tuple[str, Kind]]:
    """The registers by the names that they have in a scene."""
    prefix = f"{scene}."
    return [
        (register.name.removeprefix(prefix) if register.use == "local" else register.name,
         Kind(register.kind, register.words))
        for register in data.registers
    ]  # fmt: skip
