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
    telling = _Telling(story, after or Witness(story.protagonists[start.protagonist].id), shortest)
    for edge, answer in taken:
        if isinstance(story.data.steps[edge.source.step].exit, End):
            telling.begin(story.protagonists[edge.target.protagonist].id)
        elif edge.choice is not None:
            telling.note(edge, edge.choice, answer)
    return replace(telling.told(), before=tuple(telling.finished))


class _Telling:
    """The playthrough that is being told, and those that were finished before it."""

    def __init__(self, story: Story, first: Witness, shortest: bool) -> None:
        self.finished = list(first.before)
        self._story = story
        self._first = replace(first, shortest=shortest, before=())
        self._play, self._outcomes = list(first.play), list(first.outcomes)
        fresh = story.values(story.machine.start_registers, "memory")
        self._memory: dict[str, Value] = {**fresh, **cast("dict[str, Value]", dict(first.memory))}

    def told(self) -> Witness:
        """The playthrough so far."""
        return replace(self._first, play=tuple(self._play), outcomes=tuple(self._outcomes))

    def begin(self, protagonist: str) -> None:
        """Finish this playthrough, and begin another with what it leaves."""
        self.finished.append(self.told())
        self._memory = memory_after(self._story, self.finished[-1], self._memory)
        self._first = Witness(protagonist, changed(self._story, self._memory), shortest=self._first.shortest)
        self._play, self._outcomes = [], []

    def note(self, edge: Edge[Any], number: int, answer: int | None) -> None:
        """What was chosen, what came out, or what was answered."""
        match self._story.data.steps[edge.source.step].exit:
            case Choices(choices):
                self._play.append(choices[number].id)
            case Chance(outcomes):
                self._outcomes.append(outcomes[number].name)
            case Ask(register=register, low=low):
                given = answer if answer is not None else low if register is not None else 0
                self._outcomes.append(str(given))
            case _:
                pass
