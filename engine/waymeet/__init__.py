"""waymeet: branching stories that are played in a console and proved in CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.version import __version__

if TYPE_CHECKING:
    from waymeet.diagnostics import (
        Diagnostic,
        Related,
        Report,
        Severity,
        Span,
        StoryError,
        StoryNotFoundError,
        Summary,
        Undecided,
        Witness,
    )
    from waymeet.errors import SaveError, WaymeetError
    from waymeet.machine import EndlessLoopError, Offer, Signal
    from waymeet.opening import check, load
    from waymeet.prose.rendering import Block
    from waymeet.runtime import ChoiceError, Moment, Origin, Question, Recovered, Story
    from waymeet.story import Ending, Event, Protagonist
    from waymeet.values import FlagValueError, Value

__all__ = [
    "Block",
    "ChoiceError",
    "Diagnostic",
    "Ending",
    "EndlessLoopError",
    "Event",
    "FlagValueError",
    "Moment",
    "Offer",
    "Origin",
    "Protagonist",
    "Question",
    "Recovered",
    "Related",
    "Report",
    "SaveError",
    "Severity",
    "Signal",
    "Span",
    "Story",
    "StoryError",
    "StoryNotFoundError",
    "Summary",
    "Undecided",
    "Value",
    "WaymeetError",
    "Witness",
    "__version__",
    "check",
    "load",
]

_HOMES = {
    "waymeet.diagnostics": (
        "Diagnostic",
        "Related",
        "Report",
        "Severity",
        "Span",
        "StoryError",
        "StoryNotFoundError",
        "Summary",
        "Undecided",
        "Witness",
    ),
    "waymeet.errors": ("SaveError", "WaymeetError"),
    "waymeet.machine": ("EndlessLoopError", "Offer", "Signal"),
    "waymeet.opening": ("check", "load"),
    "waymeet.prose.rendering": ("Block",),
    "waymeet.runtime": ("ChoiceError", "Moment", "Origin", "Question", "Recovered", "Story"),
    "waymeet.story": ("Ending", "Event", "Protagonist"),
    "waymeet.values": ("FlagValueError", "Value"),
}


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that `import waymeet` costs nothing."""
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
