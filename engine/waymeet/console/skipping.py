"""Passing over what the reader has read before, in this reading or an earlier one, up to what they have to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.words import word
from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.console.history import History
    from waymeet.console.session import Session
    from waymeet.prose.rendering import Block
    from waymeet.runtime import Moment

#: Kinds of blocks that no reader needs to have read: what they chose, and ornaments.
_NO_PROSE = ("echo", "chapter", "break")


class Skipping:
    """The habit of passing over what was read, off until the reader asks for it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.is_on = False

    def turn(self) -> None:
        """Begin with it or end it, and say so."""
        self.is_on = not self.is_on
        self._session.page.say(word("skip_on" if self.is_on else "skip_off"))

    def tell(self, moment: Moment) -> None:
        """Tell a moment; of what was read before only the end, if that is the reader's habit."""
        if self.is_on and self.passes(moment):
            self._session.page.say(word("skipped"))
            headings = [block for block in moment.text if block.kind == "chapter"]
            self._session.page.tell([*headings[-1:], *_prose(moment.text)[-1:]])
        else:
            self.tell_whole(moment)

    def tell_whole(self, moment: Moment) -> None:
        """Tell all of a moment, and know that it was told."""
        self._session.page.tell(moment.text)
        self._session.keeper.note_told(passages(moment))

    def passes(self, moment: Moment) -> bool:
        """Whether there is nothing in a moment that is new to the reader."""
        return self._session.keeper.was_told(passages(moment))

    def next(self, history: History) -> Moment | None:
        """Where the only way on leads, if all that is told there was read before; None where the reader must choose."""
        now = history.now
        open_ones = [offer.id for offer in now.choices if offer.locked is None]
        if not self.is_on or now.question is not None or len(open_ones) != 1:
            return None
        try:
            moment = now.choose(open_ones[0])
        except EndlessLoopError:
            return None
        return moment if self.passes(moment) else None


def _prose(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block.kind not in _NO_PROSE]


def passages(moment: Moment) -> list[str]:
    """What is told at a moment, as it is noted that it was."""
    return [block.plain for block in _prose(moment.text)]
