"""The port between a reading and its author's half: what an author at work has at hand while reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.runtime import Story


class Written(NamedTuple):
    """What an author wrote: where, as `file:line:column`, and what."""

    place: str
    text: str


class Notes(NamedTuple):
    """What a runnable story no longer holds of its files, by the indexes that it has for things.

    `derived` are the derived names in order; `steps` where each step stands; `effects` and `whens` are by step and
    position, the conditions being those of choices.
    """

    derived: tuple[str, ...] = ()
    steps: Mapping[int, str] = {}
    effects: Mapping[tuple[int, int], Written] = {}
    whens: Mapping[tuple[int, int], Written] = {}


class Reread(NamedTuple):
    """The story as its files are now; None where they make none.

    `wrong` is what is worst about it, in lines that must not be wrapped, and `more` how much else is wrong.
    `cut_short` says that there was no time to look at everything.
    """

    story: Story | None
    wrong: str = ""
    more: int = 0
    notes: Notes = Notes()
    cut_short: bool = False


class Watch(Protocol):
    """The files of the story that is read."""

    def changed(self) -> bool:
        """Whether some were saved since they were last read, and are not being written just now."""

    def reread(self) -> Reread:
        """Read them again, and check the story as well as can be done while somebody waits."""
