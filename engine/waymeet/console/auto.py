"""Random readings without a reader: each is told from the beginning to an ending, and no place is kept on disk."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

from waymeet.console import transcript
from waymeet.console.words import word
from waymeet.prose.rendering import Block, Span
from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.console.options import PlayOptions
    from waymeet.console.page import Page
    from waymeet.runtime import Moment, Question, Story, Value

#: After so many choices a reading is given up.
MAX_TURNS = 10_000
#: What is answered wherever words are asked for.
_NAME = "Ada"


def read_at_random(story: Story, options: PlayOptions, page: Page) -> tuple[bool, str]:
    """Tell `options.auto` readings, each with the memory that those before it left.

    Whether each came to an ending, and the transcript of them all.
    """
    seed = int.from_bytes(os.urandom(4)) if options.seed is None else options.seed
    chance = Random(seed)  # noqa: S311  (no secret)
    count = options.auto or 0
    memory: Mapping[str, Value] = {}
    sound = True
    transcripts = []
    for number in range(1, count + 1):
        who = options.protagonist or chance.choice(story.protagonists).id
        name = story.protagonist(who).name
        page.say(word("auto_reading", n=number, all=count, name=name, seed=seed), "strong")
        reading = _Reading(page, chance, keeps=options.transcript is not None)
        moment = reading.read(story, who, memory)
        transcripts.append(reading.transcript(story, who))
        if moment is None:
            sound = False
        else:
            memory = moment.memory
    return sound, "\n\n".join(transcripts)


class _Reading:
    """One reading; `keeps`: whether a transcript is wanted."""

    def __init__(self, page: Page, chance: Random, *, keeps: bool) -> None:
        self._page = page
        self._chance = chance
        self._passages: list[str] | None = [] if keeps else None

    def transcript(self, story: Story, who: str) -> str:
        """What was read, under a title."""
        return transcript.under_title(story, who, self._passages or [])

    def read(self, story: Story, who: str, memory: Mapping[str, Value]) -> Moment | None:
        """The ending that the reading came to; None if that is a dead end or an endless loop, or it was given up."""
        try:
            moment = story.begin(who, seed=self._chance.randrange(2**32), memory=memory)
            self._tell(moment)
            for _ in range(MAX_TURNS):
                if moment.ending is not None:
                    self._page.say(word("ending", title=story.ending(moment.ending).title), "strong")
                    return moment
                if moment.stuck:
                    self._page.say(word("auto_stuck", step=moment.step))
                    return None
                moment = self._step(moment)
        except EndlessLoopError as error:
            self._page.say(word("auto_endless", step=error.step, reason=error))
            return None
        self._page.say(word("auto_too_long", turns=MAX_TURNS))
        return None

    def _step(self, moment: Moment) -> Moment:
        after = go_at_random(moment, self._chance)
        labels = {offer.id: offer.label for offer in moment.choices}
        said = labels.get(after.path[-1], "")
        if said and (not after.text or after.text[0].kind != "echo"):
            self._page.tell([Block("echo", "", (Span("", said),))])
        self._tell(after)
        return after

    def _tell(self, moment: Moment) -> None:
        self._page.tell(moment.text)
        if self._passages is not None:
            self._passages.append(transcript.passage(moment))


def go_at_random(moment: Moment, chance: Random) -> Moment:
    """Take one of the open choices, each as likely as the others, or answer; raises `EndlessLoopError`."""
    if moment.question is not None:
        return moment.answer(_answer(moment.question, chance))
    return moment.choose(chance.choice([offer for offer in moment.choices if offer.locked is None]).id)


def _answer(question: Question, chance: Random) -> str | int:
    if question.kind == "number":
        return chance.randint(question.low, question.high)
    return _NAME[: question.high]
