"""waymeet: branching stories that are played in a console and proved in CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.version import __version__

if TYPE_CHECKING:
    from waymeet.diagnostics import Diagnostic, Report, StoryError, StoryNotFoundError, Witness
    from waymeet.opening import check, load
    from waymeet.runtime import Block, ChoiceError, EndlessLoopError, Moment, Offer, SaveError, Story

__all__ = [
    "Block",
    "ChoiceError",
    "Diagnostic",
    "EndlessLoopError",
    "Moment",
    "Offer",
    "Report",
    "SaveError",
    "Story",
    "StoryError",
    "StoryNotFoundError",
    "Witness",
    "__version__",
    "check",
    "load",
]

_HOMES = {
    "waymeet.diagnostics": ("Diagnostic", "Report", "StoryError", "StoryNotFoundError", "Witness"),
    "waymeet.opening": ("check", "load"),
    "waymeet.runtime": ("Block", "ChoiceError", "EndlessLoopError", "Moment", "Offer", "SaveError", "Story"),
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
