"""The way of one playthrough: every moment is kept, so undo goes back to the beginning and redo comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.transcript import passage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.runtime import Moment


class History:
    """Moments, oldest first, never none. `told` is what was read, whose end is of them, if it is known already."""

    def __init__(self, moments: Sequence[Moment], told: Sequence[str] = ()) -> None:
        self._moments = list(moments)
        begins = len(told) - len(moments)
        self._before = tuple(told[: max(begins, 0)])
        self._passages = list(told[begins:]) if begins >= 0 else [passage(moment) for moment in moments]
        self._undone: list[Moment] = []

    @property
    def now(self) -> Moment:
        """Where the reader is."""
        return self._moments[-1]

    @property
    def last(self) -> Moment | None:
        """Where the reader was one choice ago, if that is known."""
        return self._moments[-2] if len(self._moments) > 1 else None

    @property
    def before(self) -> tuple[Moment, ...]:
        """Where the reader was before, as far as that is known."""
        return tuple(self._moments[:-1])

    @property
    def can_redo(self) -> bool:
        """Whether a choice was taken back."""
        return bool(self._undone)

    @property
    def transcript(self) -> tuple[str, ...]:
        """What was read on this way, one text for each moment."""
        return (*self._before, *self._passages)

    def go(self, moment: Moment) -> None:
        """Go on to a new moment; what was taken back is no longer to be taken again."""
        self._undone.clear()
        self._push(moment)

    def undo(self) -> None:
        """Go back one choice, which must exist."""
        self._undone.append(self._moments.pop())
        self._passages.pop()

    def redo(self) -> None:
        """Take the choice again that was taken back last, which must exist."""
        self._push(self._undone.pop())

    def taken_here(self) -> set[str]:
        """The choices that were taken at this step before, in this playthrough."""
        here = self.now.step
        path = self.now.path
        start = len(path) - len(self._moments) + 1  # moments from before a resume may be missing
        return {choice for moment, choice in zip(self._moments, path[start:], strict=False) if moment.step == here}

    def _push(self, moment: Moment) -> None:
        self._moments.append(moment)
        self._passages.append(passage(moment))
