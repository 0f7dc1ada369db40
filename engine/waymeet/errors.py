"""What every error of waymeet's own is, so that a host can catch them all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class WaymeetError(Exception):
    """Something that waymeet was asked to do and cannot; what exactly says the class, and why the message."""


class ChoiceError(WaymeetError):
    """A choice that is not open, or a path that does not exist; the message names those that do."""


class OutcomeError(ChoiceError):
    """An outcome fixed beforehand that cannot be: `why`, and what is `possible` instead, by name.

    `left` counts the outcomes that were not used yet, this one included.
    """

    def __init__(self, why: str, possible: Sequence[str], left: int) -> None:
        super().__init__(f"{why}; possible: {', '.join(possible)}" if possible else why)
        self.why = why
        self.possible = possible
        self.left = left


class SaveError(WaymeetError):
    """A save that cannot be used: damaged, of another story, newer, or of a story that has since changed too much."""
