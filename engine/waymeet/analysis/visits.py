"""How often a step can be come to in one playthrough at the most, as far as the way the story is built tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.graph import circling
from waymeet.story import Ask, Call, Choices, Return, targets, ways_on

if TYPE_CHECKING:
    from waymeet.expressions.code import Code
    from waymeet.story import StoryData


#: Stands for all that calls go on to.
_RETURN = -1


class Visits:
    """The bounds of a story's steps: conditions are taken to be what they please, but for `once` and `limit`."""

    def __init__(self, story: StoryData) -> None:
        self._story = story
        #: What opens onto each step that a choice opens onto: the step that offers it, and how often it can be taken.
        self._opened: dict[int, tuple[int, int | None]] = {}
        for index, step in enumerate(story.steps):
            if isinstance(step.exit, Choices) and step.exit.most is None:
                for choice in step.exit.choices:
                    self._opened[choice.to] = (index, _limit(choice.shown))
        callers = [step for step in story.steps if isinstance(step.exit, Call)]
        self._after_return = [branch.to for step in callers for way in ways_on(step) for branch in way.branches]
        self._circling = circling(range(len(story.steps)), self._onward)

    def most(self, step: int) -> int | None:
        """The most visits; None where there may be any number."""
        bounds = [None if step in self._circling else 1]
        while step in self._opened:
            step, limit = self._opened[step]
            bounds += [limit, None if step in self._circling else 1]
        return min((bound for bound in bounds if bound is not None), default=None)

    def _onward(self, step: int) -> list[int]:
        """Where a step can lead; a return leads to `_RETURN` and from there to wherever some call goes on."""
        if step == _RETURN:
            return self._after_return
        row = self._story.steps[step]
        match row.exit:
            case Return():
                return [_RETURN]
            case Ask(ways=ways) if all(branch.when is not None for branch in ways.branches):
                return [*targets(row), step]  # where no way is open, it is put again
            case _:
                return targets(row)


def _limit(shown: Code | None) -> int | None:
    """How often a choice can be taken whose condition, but for the author's own, this is."""
    return None if shown is None else int(shown[2])
