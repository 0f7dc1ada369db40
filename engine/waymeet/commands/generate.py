"""`waymeet test --generate`: write walkthroughs into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.commands.output import OutputError, notice, write
from waymeet.commands.refusals import refuse, refused
from waymeet.exits import CLEAN, UNDECIDED, UNUSABLE

if TYPE_CHECKING:
    import argparse

    from waymeet.recording import Recording


def generate(options: argparse.Namespace) -> int:
    """Write walkthroughs that visit every node."""
    from waymeet.diagnostics import StoryError, StoryNotFoundError
    from waymeet.opening import bundled
    from waymeet.project import read_files
    from waymeet.recording import record
    from waymeet.spending import Spending

    folder = options.output
    if folder is None and (options.story is None or not options.story.is_dir()):
        return refuse("say with --output DIR where to write the walkthroughs: this story has no folder", UNUSABLE)
    try:
        with Spending(options.budget) as spending, bundled() as own:
            path = options.story or own
            recording = record(read_files(path), path.name, spending.on_next())
    except (StoryNotFoundError, StoryError) as error:
        return refused(error, options.story)
    _put(recording, Path(options.story, "walkthroughs") if folder is None else folder)
    return CLEAN if recording.stopped is None else UNDECIDED


def _put(recording: Recording, folder: Path) -> None:
    """Write walkthroughs into a folder, none in the place of another file, and say what they visit."""
    from waymeet.reports.text import counted, printable

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for recorded in recording.walkthroughs:
            file, is_new = _placed(folder, recorded.stem, recorded.data)
            about = f"{counted(recorded.choices, 'choice')}, {counted(len(recorded.nodes), 'node')}"
            write(printable(f"{'wrote' if is_new else 'there already:'} {file} ({about})") + "\n")
    except OSError as error:
        raise OutputError(str(error.filename), error) from error
    for node in recording.missing:
        write(f"no walkthrough visits {node}: no way to it can be recorded\n")
    many = len(recording.walkthroughs)
    visited = recording.reachable - len(recording.missing)
    few = "fewer cannot" if many <= recording.least else f"it takes at least {recording.least}"
    visit = f"{counted(many, 'walkthrough')} {'visits' if many == 1 else 'visit'} {visited:,}"
    write(f"{visit} of {counted(recording.reachable, 'node')} that can be reached; {few}\n")
    if recording.stopped is not None:
        notice(f"there may be more nodes that can be reached: {recording.stopped}")


def _placed(folder: Path, stem: str, data: bytes) -> tuple[Path, bool]:
    """The file of a folder that holds this, and whether it was written now: under the first name that is free."""
    number = 1
    while True:
        file = folder / (f"{stem}.yaml" if number == 1 else f"{stem}_{number}.yaml")
        try:
            with file.open("xb") as opened:
                opened.write(data)
        except FileExistsError:
            if file.is_file() and file.read_bytes() == data:
                return file, False
            number += 1
        else:
            return file, True
