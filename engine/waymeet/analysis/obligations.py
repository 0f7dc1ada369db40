"""What a story has to answer for, its promises and the views of its events, as conditions to look out for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.watch import Condition, Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.authoring.constructs.promises import Promise
    from waymeet.story import Event, StoryData


class Promised(NamedTuple):
    """A promise, and the number of the condition that decides it.

    `condition` holds where one that is never or always so is broken, and where one that is possible is met; `until`
    holds where one that is always possible need not be so any more.
    """

    promise: Promise
    condition: int
    until: int | None


class View(NamedTuple):
    """A protagonist's view of an event, and the number of the condition that it has been come to."""

    event: Event
    protagonist: str
    step: int
    condition: int


class Obligations:
    """The promises and views of a story, and a watch for all of them."""

    def __init__(self, story: StoryData, promises: Sequence[Promise] = ()) -> None:
        self._conditions: list[Condition] = []
        self.promises = [self._promised(promise) for promise in promises]
        numbers = {protagonist.id: index for index, protagonist in enumerate(story.protagonists)}
        self.views = [
            View(event, who, step, self._number(Condition(("at", step), numbers[who])))
            for event in story.events
            for who, step in event.views
        ]
        self.watch = Watch(story, self._conditions)

    def _promised(self, promise: Promise) -> Promised:
        code, who = promise.condition, promise.protagonist
        if promise.kind == "always":
            code = ("not", code)
        condition = self._number(Condition(code, who, lasting=promise.kind == "always_possible"))
        until = None if promise.until is None else self._number(Condition(promise.until, who))
        return Promised(promise, condition, until)

    def _number(self, condition: Condition) -> int:
        self._conditions.append(condition)
        return len(self._conditions) - 1
