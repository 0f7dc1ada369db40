"""What every error of waymeet's own is, so that a host can catch them all at once."""

from __future__ import annotations


class WaymeetError(Exception):
    """Something that waymeet was asked to do and cannot; what exactly says the class, and why the message."""


class ChoiceError(WaymeetError):
    """A choice that is not open, or a path that does not exist; the message names those that do."""


class SaveError(WaymeetError):
    """A save that cannot be used: damaged, of another story, newer, or of a story that has since changed too much."""
