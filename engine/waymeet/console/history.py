"""The way of a reader: every place they were at is kept, so undo goes back over all they did, and redo comes back."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from waymeet.console.transcript import passage
from waymeet.runtime import ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waymeet.runtime import Moment


#: What begins a turn in the path that no reader can take: an author set something, or went somewhere.
SUPPOSED = ":"


class Move(Enum):
    """How a reader came to a place: by a choice, back to an earlier one, or to a save."""

    CHOICE = "choice"
    REWIND = "rewind"
    LOAD = "load"


class Standing:
    """A moment as it was read, with what was told there, and where the reader stood before; nothing in it changes."""

    __slots__ = ("before", "moment", "passages")

    def __init__(self, moment: Moment, passages: tuple[str, ...], before: Standing | None) -> None:
        self.moment = moment
        self.passages = passages
        self.before = before

    def back(self) -> Iterator[Standing]:
        """This and those before it on its way, the last one first."""
        at: Standing | None = self
        while at is not None:
            yield at
            at = at.before

    @property
    def label(self) -> str:
        """How the choice read that led here, or the answer."""
        turn = self.moment.path[-1]
        labels = {offer.id: offer.label for offer in self.before.moment.choices} if self.before else {}
        return labels.get(turn, turn.removeprefix(ANSWER))


class _Done(NamedTuple):
    move: Move
    led_to: Standing


class History:
    """Where a reader has been, never nowhere.

    It begins with moments, oldest first; `told` is what was read, whose end is of them, if it is known already.
    """

    def __init__(self, moments: Sequence[Moment], told: Sequence[str] = ()) -> None:
        ways = _way(moments, told)
        self._done = [_Done(Move.CHOICE, standing) for standing in ways]
        self._undone: list[_Done] = []

    @property
    def now(self) -> Moment:
        """Where the reader is."""
        return self.standing.moment

    @property
    def standing(self) -> Standing:
        """Where the reader is, and how they came there."""
        return self._done[-1].led_to

    @property
    def last(self) -> Moment | None:
        """Where the reader was one choice ago, if that is known."""
        before = self.standing.before
        return None if before is None else before.moment

    @property
    def can_undo(self) -> bool:
        """Whether anything was done that can be taken back."""
        return len(self._done) > 1

    @property
    def can_redo(self) -> bool:
        """Whether anything was taken back."""
        return bool(self._undone)

    @property
    def transcript(self) -> tuple[str, ...]:
        """What was read on this way, one text for each moment."""
        ways = [standing.passages for standing in self.standing.back()]
        return tuple(text for passages in reversed(ways) for text in passages)

    @property
    def is_supposed(self) -> bool:
        """Whether this way cannot be played again, for an author has set something on it or gone somewhere."""
        return any(turn.startswith(SUPPOSED) for turn in self.now.path)

    @property
    def turns(self) -> list[Standing]:
        """Where each choice and each answer of this way led, the last one first."""
        return [standing for standing in self.standing.back() if standing.before is not None]

    def go(self, moment: Moment) -> None:
        """Go on to a new moment; what was taken back is no longer to be taken again."""
        self._do(Move.CHOICE, Standing(moment, (passage(moment),), self.standing))

    def rewind(self, standing: Standing) -> None:
        """Go back to where the reader stood earlier on this way."""
        self._do(Move.REWIND, standing)

    def load(self, moments: Sequence[Moment], told: Sequence[str]) -> None:
        """Go over to the end of another way, as a history can begin with one."""
        self._do(Move.LOAD, _way(moments, told)[-1])

    def undo(self) -> tuple[Move, Standing]:
        """Take back what was done last, which must exist: how, and where it had led."""
        done = self._done.pop()
        self._undone.append(done)
        return done

    def redo(self) -> tuple[Move, Standing]:
        """Do again what was taken back last, which must exist."""
        done = self._undone.pop()
        self._done.append(done)
        return done

    def taken_here(self) -> set[str]:
        """The choices that were taken at this step before, in this playthrough."""
        here = self.now.step
        turns = self.turns
        path = self.now.path[len(self.now.path) - len(turns) :]
        return {
            turn
            for turn, standing in zip(reversed(path), turns, strict=True)
            if standing.before is not None and standing.before.moment.step == here
        }

    def _do(self, move: Move, standing: Standing) -> None:
        self._undone.clear()
        self._done.append(_Done(move, standing))


def _way(moments: Sequence[Moment], told: Sequence[str]) -> list[Standing]:
    """Moments as places on one way; what is told beyond them is of the first, told before it."""
    more = len(told) - len(moments)
    known = told[more:] if more >= 0 else map(passage, moments)
    texts: list[tuple[str, ...]] = [(text,) for text in known]
    texts[0] = (*told[: max(more, 0)], *texts[0])
    way: list[Standing] = []
    for moment, passages in zip(moments, texts, strict=True):
        way.append(Standing(moment, passages, way[-1] if way else None))
    return way
