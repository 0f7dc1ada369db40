"""The port between a reading and its author's half: what an author at work has at hand while reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from waymeet.runtime import Story


class Reread(NamedTuple):
    """The story as its files are now; None where they make none.

    `wrong` is what is worst about it, in lines that must not be wrapped, and `more` how much else is wrong.
    """

    story: Story | None
    wrong: str = ""
    more: int = 0


class Watch(Protocol):
    """The files of the story that is read."""

    def changed(self) -> bool:
        """Whether some were saved since they were last read, and are not being written just now."""

    def reread(self) -> Reread:
        """Read them again, and check the story as well as can be done while somebody waits."""
