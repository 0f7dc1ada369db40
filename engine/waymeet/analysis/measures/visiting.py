"""Which steps a reading passes: told by a machine that notes them, which else does what any machine does."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from waymeet.machine import Machine
from waymeet.runtime import Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.diagnostics import Witness
    from waymeet.dice import Dice
    from waymeet.machine import Observer, Passage, Registers, State
    from waymeet.runtime import Moment
    from waymeet.story import StoryData
    from waymeet.values import Value


class VisitedStory(Story):
    """A story that notes in `visited` which steps are arrived at while it is played."""

    def __init__(self, data: StoryData) -> None:
        super().__init__(data)
        self.visited: set[int] = set()
        self.machine = _NotingMachine(data, self.visited)

    def play(self, witness: Witness) -> tuple[Moment, set[int]]:
        """The end of a playthrough, and the steps that were passed on it; raises as `begin` and `choose` do."""
        self.visited.clear()
        memory = cast("dict[str, Value]", dict(witness.memory))
        moment = self.begin(witness.protagonist, memory=memory, outcomes=witness.outcomes)
        for choice in witness.play:
            moment = moment.choose(choice)
        return moment, set(self.visited)


def nodes_of(story: StoryData) -> list[int]:
    """The steps that are nodes, in the order of the story, and not what a choice opens onto."""
    return [index for index, step in enumerate(story.steps) if step.id == step.node]


class _NotingMachine(Machine):
    """A machine that notes every step it arrives at, unless another observer is there."""

    def __init__(self, data: StoryData, visited: set[int]) -> None:
        super().__init__(data)
        self._visited = visited

    def arrive(
        self,
        at: int,
        registers: Registers,
        passages: list[Passage],
        observer: Observer | None = None,
        returns: tuple[int, ...] = (),
        dice: Dice | None = None,
    ) -> State:
        """Arrive as any machine does; see `Machine.arrive`."""
        return super().arrive(at, registers, passages, observer or self, returns, dice)

    def arrived(self, step: int) -> None:
        """Note that a step was arrived at."""
        self._visited.add(step)

    def clamped(self, step: int, effect: int, value: int) -> None:
        """Nothing that is noted here."""

    def changing(self, step: int, effect: int, register: int, registers: Sequence[int]) -> None:
        """Nothing that is noted here."""

    def done(self, step: int, registers: Registers) -> None:
        """Nothing that is noted here."""
