"""How the live views look: what each style of a line is on a terminal, in the sixteen named colours and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: By theme, the look of each style that is not just as the terminal writes.
THEMES: dict[str, dict[str, str]] = {
    "default": {
        "em": "italic",
        "strong": "bold",
        "dim": "dim",
        "heading": "bold ansimagenta",
        "echo": "dim",
        "current": "bold",
        "locked": "dim",
        "hint": "dim",
        "status": "dim",
    },
    "high-contrast": {
        "em": "italic bold",
        "strong": "bold",
        "heading": "bold",
        "current": "bold",
        "status": "bold",
    },
    "mono": {
        "heading": "bold",
        "echo": "dim",
        "current": "bold",
        "locked": "dim",
        "hint": "dim",
        "status": "dim",
    },
}
DEFAULT = "default"
#: Has no colours, and emphasis as marks, for terminals that show italics as nothing or as something else.
MONO = "mono"


def theme_for(wanted: str | None, environ: Mapping[str, str]) -> str:
    """The theme that the reader wants; else the one without colours where `NO_COLOR` is set to anything."""
    return wanted or (MONO if environ.get("NO_COLOR") else DEFAULT)
