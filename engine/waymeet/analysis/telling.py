"""A way through the transition system of a story, told as a witness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from waymeet.analysis.leaving import changed, memory_after
from waymeet.diagnostics import Witness
from waymeet.story import Ask, Chance, Choices, End

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.analysis.transitions import Edge, Position
    from waymeet.runtime import Story
    from waymeet.values import Value


class Taken(NamedTuple):
    """An edge that was taken, with the answer that was given, if it asked."""

    edge: Edge[Any]
    answer: int | None = None


def witness(
    story: Story, start: Position, taken: Iterable[Taken], *, shortest: bool, after: Witness | None = None
) -> Witness:
    """A way as it is told: each finished playthrough first, then the one that it ends in; `after` is how it begins."""
    told = after or Witness(story.protagonists[start.protagonist].id)
    told, finished = replace(told, shortest=shortest, before=()), list(told.before)
    memory: dict[str, Value] = {}
    if after is not None:
        fresh = story.values(story.machine.start_registers, "memory")
        memory = {**fresh, **cast("dict[str, Value]", dict(after.memory))}
    for edge, answer in taken:
        if isinstance(story.data.steps[edge.source.step].exit, End):
            memory = memory_after(story, told, memory)
            finished.append(told)
            name = story.protagonists[edge.target.protagonist].id
            told = Witness(name, changed(story, memory), shortest=shortest)
        elif edge.choice is not None:
            told = _extended(story, told, edge, answer)
    return replace(told, before=tuple(finished))


def _extended(story: Story, told: Witness, edge: Edge[Any], answer: int | None) -> Witness:
    number = edge.choice or 0
    match story.data.steps[edge.source.step].exit:
        case Choices(choices):
            return replace(told, play=(*told.play, choices[number].id))
        case Chance(outcomes):
            return replace(told, outcomes=(*told.outcomes, outcomes[number].name))
        case Ask(register=register, low=low):
            given = answer if answer is not None else low if register is not None else 0
            return replace(told, outcomes=(*told.outcomes, str(given)))
        case _:
            return told
