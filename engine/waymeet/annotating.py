"""How a story was written: where its steps, effects and conditions stand, for those who debug it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.loading import load_files
from waymeet.checking import compiled_whole
from waymeet.console.workshop import Notes, Written
from waymeet.project import read_files

if TYPE_CHECKING:
    from pathlib import Path

    from waymeet.diagnostics import Span


def annotated(path: Path, folder: str = "") -> Notes:
    """The notes of the story in a folder or a file, its files shown below `folder`; raises as `opening.load` does."""
    written = load_files(read_files(path))
    places = compiled_whole(written, path.name).places
    texts = {file: text.split("\n") for file, text in written.sources.items()}
    prefix = f"{folder.rstrip('/')}/" if folder else ""

    def place(span: Span) -> str:
        return f"{prefix}{span.file}:{span.line}:{span.column}"

    def note(span: Span) -> Written:
        return Written(place(span), _text(texts[span.file], span))

    return Notes(
        tuple(places.derived),
        {index: place(span) for index, span in places.steps.items()},
        {key: note(span) for key, span in places.effects.items()},
        {key: note(entry.when) for key, entry in places.whens.items() if entry.when is not None},
    )


def _text(lines: list[str], span: Span) -> str:
    """What stands in a span, on one line."""
    rows = lines[span.line - 1 : span.end_line]
    rows[-1] = rows[-1][: span.end_column - 1]
    rows[0] = rows[0][span.column - 1 :]
    return " ".join(" ".join(rows).split())
