"""Saying why a command does not do what it was told to, each with its exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from waymeet.commands.output import folder_of, notice
from waymeet.exits import NO_STORY, OUR_FAULT, UNUSABLE
from waymeet.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from waymeet.errors import WaymeetError


def refuse(message: str, code: int) -> int:
    """Say why not, so that it cannot steer a terminal; return the exit code."""
    from waymeet.reports.text import printable

    notice(f"waymeet: {printable(message)}")
    return code


def refused(error: WaymeetError, path: Path | None) -> int:
    """Say what is wrong with the story at a path, or with the bundled one."""
    from waymeet.diagnostics import StoryError
    from waymeet.reports.text import render

    if not isinstance(error, StoryError):
        return refuse(str(error), NO_STORY)
    notice(render(error.report, "" if path is None else folder_of(str(path))).rstrip())
    return error.report.exit_code()


def unreadable(error: OSError) -> int:
    """Say what could not be read."""
    return refuse(f"cannot read {error.filename or 'the story'}: {error.strerror}", UNUSABLE)


def our_fault(error: Exception) -> int:
    """Say that the fault is ours, and keep the details where a report of it can quote them."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="waymeet-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(f"waymeet {__version__}, Python {sys.version}\n\n")
        file.write("".join(traceback.format_exception(error)))
    return refuse(f"this is a fault of waymeet's own ({type(error).__name__}); details are in {file.name}", OUR_FAULT)
