"""What `waymeet stats` tells of a story: plain figures, each with how far it can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from waymeet.diagnostics import Summary

#: Words of fiction that are read silently in a minute (Brysbaert: How many words do we read per minute?, 2019).
WORDS_A_MINUTE = 260


@dataclass(frozen=True, slots=True)
class EndingChance:
    """How likely a uniform reader comes to an ending on a first reading.

    `exact` is the same as a fraction, where it was worked out as one. `later` is the greatest chance among all
    memories that earlier readings can leave, a fresh one included. Both `later` and `exact` may be unknown.
    """

    ending: str
    title: str
    chance: float
    exact: Fraction | None = None
    later: float | None = None


@dataclass(frozen=True, slots=True)
class Playthroughs:
    """How many playthroughs come to an ending, one other than another if any choice, answer or outcome differs.

    `number` has all of them; it is None where they are endless, because a reader can come back to a state. Then
    `some` counts those of at most `moves` choices, answers and outcomes.
    """

    number: int | None
    some: int = 0
    moves: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The length of a reading: choices that the reader makes, and words told, those of the choices made included."""

    choices: int
    words: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long readings are, of those that come to an ending.

    `fewest_choices` is the shortest reading by choices; `fewest_words` the briefest that was found. `median` is
    over random readings (see `PathFigures.readings`), its choices exact where `exact` says so, and None where none of
    them came to an ending; `most` choices are None where there is no bound, or where none is known.
    """

    fewest_choices: Reading
    fewest_words: Reading
    median: Reading | None
    most: int | None
    exact: bool


@dataclass(frozen=True, slots=True)
class WeighedChoice:
    """What one choice changes: `weight` as its decision's (see `Decision`), and the ending that it helps most.

    `points` is by how much taking it rather than another raises the chance of the ending `toward`, on average over
    where it is met.
    """

    choice: str
    weight: float
    toward: str
    points: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A place where a reader chooses, with how much hangs on it: the weight of the weightiest of its choices.

    The weight of a choice is summed over the states in which it is open beside another: the chance that a first reading
    comes to the state at all, times the total variation distance between the chances of all endings (and of none) once
    it is taken there and those once one of the others is, at random. As a place can be come to in several states, it
    can be above 1.
    """

    step: str
    weight: float
    choices: tuple[WeighedChoice, ...]


@dataclass(frozen=True, slots=True)
class PathFigures:
    """The figures of one protagonist's path, from a fresh memory unless it says otherwise.

    `sampled` says that chances are shares of random readings because not every state is known; `missing` names what
    is not known then. `readings` is the number of random readings played. `margin` is by how much any chance may be
    too low. `dead_end` and `endless` are the chances that a reading breaks off and that it never ends, or, if they are
    sampled, that it had not ended when it was given up.
    `seen` are the words that some reader of this path can come to see, after whatever earlier readings.
    """

    protagonist: str
    name: str
    sampled: bool
    readings: int
    endings: tuple[EndingChance, ...]
    margin: float = 0.0
    dead_end: float = 0.0
    endless: float = 0.0
    playthroughs: Playthroughs | None = None
    lengths: Lengths | None = None
    seen: int | None = None
    decisions: tuple[Decision, ...] | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a story; `stopped` says why some of them are sampled or missing, and is None when none is."""

    story: str
    summary: Summary
    paths: tuple[PathFigures, ...]
    stopped: str | None = None
