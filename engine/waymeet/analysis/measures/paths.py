"""The figures of each path: from its chain where every state is known, else from random readings alone."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np

from waymeet.analysis.measures.absorbing import fates_of, met
from waymeet.analysis.measures.chain import chain_of
from waymeet.analysis.measures.components import can_stop, components_of
from waymeet.analysis.measures.counting import counts_of, playthroughs
from waymeet.analysis.measures.fractions import exact_fates
from waymeet.analysis.measures.readings import played_words, readings
from waymeet.analysis.measures.seeing import seen_words
from waymeet.analysis.measures.spreading import UNDER_WAY, spread
from waymeet.analysis.measures.telling import told
from waymeet.analysis.measures.ways import cheapest, choices_made, most_choices, named
from waymeet.analysis.measures.weighing import decisions
from waymeet.analysis.moves import NOWHERE
from waymeet.figures import EndingChance, Lengths, PathFigures, Playthroughs, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.analysis.measures.readings import Played
    from waymeet.analysis.walk import Walk
    from waymeet.authoring.places import Places
    from waymeet.runtime import Story

#: So many decisions are named.
MOST_DECISIONS = 10
#: Where playthroughs are endless, those are counted that are no longer than this share of the readings that end.
USUAL = 0.99
#: What is not known of a path whose states are not all known.
MISSING = ("playthroughs", "exact chances", "shortest reading", "words that can be seen", "choices that matter")


def sampled_path(story: Story, who: int, many: int) -> PathFigures:
    """What random readings tell of a path when not every state is known."""
    protagonist = story.protagonists[who]
    played = readings(story, protagonist.id, many)
    ended = Counter(reading.ending for reading in played if not reading.given_up)
    endings = [
        EndingChance(ending.id, ending.title, ended[ending.id] / len(played))
        for ending in story.endings
        if protagonist.id in ending.protagonists or ended[ending.id]
    ]
    return PathFigures(
        protagonist.id,
        protagonist.name,
        sampled=True,
        readings=len(played),
        endings=_sorted(endings),
        dead_end=ended[None] / len(played),
        endless=sum(reading.given_up for reading in played) / len(played),
        lengths=_seen_lengths([reading for reading in played if reading.ending is not None]),
        missing=MISSING,
    )


def _seen_lengths(ended: Sequence[Played]) -> Lengths | None:
    """The lengths of the readings that were played to an ending."""
    if not ended:
        return None
    by_choices = min(ended, key=lambda reading: (reading.choices, reading.words))
    by_words = min(ended, key=lambda reading: (reading.words, reading.choices))
    return Lengths(
        Reading(by_choices.choices, by_choices.words),
        Reading(by_words.choices, by_words.words),
        _median(ended),
        most=None,
        exact=False,
    )


def _median(ended: Sequence[Played]) -> Reading:
    return Reading(median_low(reading.choices for reading in ended), median_low(reading.words for reading in ended))


def _sorted(endings: list[EndingChance]) -> tuple[EndingChance, ...]:
    """The likeliest first; of those alike, as in the file."""
    return tuple(sorted(endings, key=lambda ending: -ending.chance))


class Measurer:
    """The figures of every path of a story that was walked whole; `many` random readings are played for each."""

    def __init__(self, walk: Walk, places: Places, many: int) -> None:
        self._walk = walk
        self._story = walk.story
        self._places = places
        self._many = many
        self._chain = chain_of(walk)
        self._components = components_of(self._chain)
        self._stopping = can_stop(self._chain, self._components)
        self._counts = counts_of(self._chain, self._components)
        self._fates = fates_of(self._chain, self._components)
        self._telling = told(walk)

    @cached_property
    def _seen(self) -> list[int]:
        return seen_words(self._walk, self._telling, self._places)

    def path(self, who: int) -> PathFigures:
        """The figures of one protagonist's path."""
        protagonist = self._story.protagonists[who]
        starts = [begun.state for begun in self._walk.begun if begun.move.protagonist == who]
        start = self._start(who)
        fates = self._fates[start]
        spreading = spread(self._chain, start, self._stopping)
        played = readings(self._story, protagonist.id, self._many)
        ended = [reading for reading in played if reading.ending is not None]
        usual = spreading.within(0.5)
        meeting = met(self._chain, self._components, spreading.visits, self._stopping)
        return PathFigures(
            protagonist.id,
            protagonist.name,
            sampled=False,
            readings=len(played),
            endings=self._endings(start, starts),
            margin=max(0.0, float(1 - fates.sum())),
            dead_end=float(fates[self._chain.dead_end]),
            endless=float(fates[self._chain.endless]),
            playthroughs=self._playthroughs(start),
            lengths=self._lengths(who, start, ended, usual if spreading.left <= UNDER_WAY * 10 else None),
            seen=self._seen[who],
            decisions=decisions(self._story, self._chain, self._fates, meeting, MOST_DECISIONS),
        )

    def _start(self, who: int) -> int:
        """The state that a path comes to first, from a fresh memory."""
        loop = self._chain.size - 1
        fresh = (b.state for b in self._walk.begun if b.move.state == NOWHERE and b.move.protagonist == who)
        return next(fresh, loop)

    def _endings(self, start: int, starts: list[int]) -> tuple[EndingChance, ...]:
        """The chance of each ending that a path can come to, with some memory."""
        exact = exact_fates(self._chain, self._components, start)
        found = []
        for index, ending in enumerate(self._story.endings):
            later = max((float(self._fates[state, index]) for state in starts), default=0.0)
            if later:
                chance = float(self._fates[start, index])
                found.append(
                    EndingChance(ending.id, ending.title, chance, None if exact is None else exact[index], later)
                )
        return _sorted(found)

    def _playthroughs(self, start: int) -> Playthroughs:
        number = self._counts[start]
        if number is not None:
            return Playthroughs(number)
        usual = spread(self._chain, start, self._stopping, every_move=True).within(USUAL)
        if usual is None:  # most readings are too long to be followed
            usual = len(cheapest(self._chain, start, [1] * len(self._chain.targets)) or ())
        return playthroughs(self._chain, start, usual)

    def _lengths(self, who: int, start: int, ended: Sequence[Played], usual: int | None) -> Lengths | None:
        """How long readings are; None where none comes to an ending."""
        costs = choices_made(self._chain)
        many = len(self._telling.words) + 1
        words = np.array(self._telling.words, dtype=np.int64)
        short = cheapest(self._chain, start, (costs * 2**32 + words).tolist())
        brief = cheapest(self._chain, start, (words * many + costs).tolist())
        if short is None or brief is None:
            return None
        by_choices, by_words = self._reading(who, short), self._reading(who, brief)
        sampled = _median(ended) if ended else None
        most = most_choices(self._chain, self._components, start) if self._counts[start] is not None else None
        return Lengths(
            by_choices,
            min(by_words, by_choices, *(Reading(reading.choices, reading.words) for reading in ended), key=_brevity),
            sampled if sampled is None or usual is None else Reading(usual, sampled.words),
            most,
            exact=usual is not None and sampled is not None,
        )

    def _reading(self, who: int, way: list[int]) -> Reading:
        """A way through the chain, as it reads."""
        play, outcomes = named(self._story, self._chain, way)
        return Reading(len(play), played_words(self._story, self._story.protagonists[who].id, play, outcomes))


def _brevity(reading: Reading) -> tuple[int, int]:
    return reading.words, reading.choices
