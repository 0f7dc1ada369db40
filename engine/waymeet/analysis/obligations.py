"""What a story has to answer for, as conditions to look out for: promises, views of events, endings."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.likeness import Likenesses
from waymeet.analysis.questions import Questions
from waymeet.analysis.uses import uses_of
from waymeet.analysis.watch import Condition, Watch
from waymeet.story import End

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from waymeet.authoring.constructs.promises import Promise
    from waymeet.authoring.places import Places
    from waymeet.expressions.code import Code
    from waymeet.story import Event, StoryData


#: The rules that ask of each way, condition and piece of prose whether it ever comes about.
_ASKING = frozenset({"impossible-branch", "needless-condition", "unseen-text"})


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


class Whose(NamedTuple):
    """An ending that some step leads to, a protagonist, and the number of the condition that one comes to the other."""

    ending: int
    protagonist: int
    condition: int


class Obligations:
    """The promises, views and endings of a story, and a watch for all of them.

    `strays` are the endings of each protagonist that are for others, `mains` those that it must not lose without a
    word.
    """

    def __init__(
        self, story: StoryData, promises: Sequence[Promise], places: Places, off: Collection[str] = ()
    ) -> None:
        """For the rules that are not `off`."""
        self._story = story
        self._conditions: list[Condition] = []
        self.promises = [self._promised(promise) for promise in promises]
        numbers = {protagonist.id: index for index, protagonist in enumerate(story.protagonists)}
        self.views = [
            View(event, who, step, self._number(Condition(("at", step), numbers[who])))
            for event in story.events
            for who, step in event.views
        ]
        self._ends = _ends(story)
        self.strays = [
            self._whose(index, who)
            for index, who in self._pairs(story)
            if story.protagonists[who].id not in story.endings[index].protagonists
        ]
        self.mains = [
            self._whose(index, who)
            for index, who in self._pairs(story)
            if story.protagonists[who].id in story.endings[index].protagonists and self._is_main(story, index, who)
        ]
        asked = len(self._conditions)
        silent = story._replace(steps=())
        asking = silent if frozenset(off) >= _ASKING else story
        self.questions = Questions(asking, places, self._asked_at)
        read = uses_of(story, promises).read
        alike = silent if "false-choice" in off else story
        self.likenesses = Likenesses(alike, places, read, self.questions.asked)
        #: Those of which it matters only whether they ever hold, and those that are known to, by their numbers.
        self.mere = range(asked, len(self._conditions))
        self.met: frozenset[int] = frozenset()
        self.watch = Watch(story, self._conditions)

    def _asked_at(self, step: int, code: Code) -> int:
        return self._number(Condition(code, steps=(step,)))

    def meet(self, met: frozenset[int]) -> None:
        """Take for known that some conditions hold somewhere: the watch asks them no more."""
        self.met = met
        self.watch = Watch(self._story, self._conditions, met)

    def _pairs(self, story: StoryData) -> Iterator[tuple[int, int]]:
        """Every ending that some step leads to, with every protagonist."""
        return product(sorted(self._ends), range(len(story.protagonists)))

    def _whose(self, ending: int, protagonist: int) -> Whose:
        return Whose(ending, protagonist, self._number(Condition(1, protagonist, True, self._ends[ending])))

    def _is_main(self, story: StoryData, ending: int, protagonist: int) -> bool:
        """Whether an ending is a main one, with no word on how it can be lost: no hint, and no promise about it.

        Where every ending is a main one, none is: an author who tells no kinds apart says nothing with it.
        """
        row = story.endings[ending]
        if all(other.kind == row.kind for other in story.endings):
            return False
        promised = [one.promise for one in self.promises if one.promise.kind == "always_possible"]
        told = any(
            promise.condition == ("ended", ending) and promise.protagonist in (None, protagonist)
            for promise in promised
        )
        return row.kind == "main" and not row.hint and not told

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


def _ends(story: StoryData) -> dict[int, tuple[int, ...]]:
    """The steps that end with each ending."""
    found: dict[int, list[int]] = {}
    for index, step in enumerate(story.steps):
        if isinstance(step.exit, End):
            found.setdefault(step.exit.ending, []).append(index)
    return {ending: tuple(steps) for ending, steps in found.items()}
