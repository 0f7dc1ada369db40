"""Random readings by the runtime itself: what is told, word for word, and where they end."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from waymeet.analysis.measures.telling import words_in
from waymeet.machine import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.runtime import Moment, Question, Story

#: How many readings are played for each path, unless told otherwise.
READINGS = 2_000
#: After so many choices and answers a reading is given up.
MAX_TURNS = 2_000
#: So many turns are played for a path in all, at most: in a story without a way out every reading is long.
MAX_TURNS_IN_ALL = 400_000
#: What is answered wherever words are asked for.
ANSWER = "Ada"


@dataclass(frozen=True, slots=True)
class Played:
    """One reading: its ending (None: a dead end), how many choices were made, and how many words were told.

    `given_up` says that it went on for too long, or came round in an endless loop.
    """

    ending: str | None
    choices: int
    words: int
    given_up: bool = False


def readings(story: Story, protagonist: str, many: int) -> list[Played]:
    """Random readings of a path from a fresh memory, the same ones each time.

    Fewer than `many` where those played go on for very long.
    """
    chance = Random(0)  # noqa: S311  (no secret)
    found: list[Played] = []
    turns = 0
    while len(found) < many and turns < MAX_TURNS_IN_ALL:
        played = _Reader(chance).read(story, protagonist)
        found.append(played)
        turns += played.choices
    return found


def played_words(story: Story, protagonist: str, play: Sequence[str], outcomes: Sequence[str]) -> int:
    """How many words are told in one playthrough."""
    moment = story.begin(protagonist, outcomes=outcomes)
    words = words_in(moment.text)
    for choice in play:
        moment = moment.choose(choice)
        words += words_in(moment.text)
    return words


class _Reader:
    """Takes each open choice, and gives each answer, alike often."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._choices = 0
        self._words = 0

    def read(self, story: Story, protagonist: str) -> Played:
        """Read a path from its beginning until it is over."""
        ending, given_up = None, False
        try:
            moment = story.begin(protagonist, seed=self._chance.randrange(2**32))
            self._words += words_in(moment.text)
            for _ in range(MAX_TURNS):
                if moment.ending is not None or moment.stuck:
                    break
                moment = self._turn(moment)
                self._words += words_in(moment.text)
            ending, given_up = moment.ending, moment.ending is None and not moment.stuck
        except EndlessLoopError:
            given_up = True
        return Played(ending, self._choices, self._words, given_up)

    def _turn(self, moment: Moment) -> Moment:
        if moment.question is not None:
            return moment.answer(self._answer(moment.question))
        self._choices += 1
        return moment.choose(self._chance.choice([offer.id for offer in moment.choices if offer.locked is None]))

    def _answer(self, question: Question) -> str | int:
        if question.kind == "number":
            return self._chance.randint(question.low, question.high)
        return ANSWER[: question.high]
