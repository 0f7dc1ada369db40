"""`waymeet fmt`: lay out a story's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.commands.arguments import path_given
from waymeet.commands.output import OutputError, folder_of, write
from waymeet.commands.refusals import refuse
from waymeet.exits import CLEAN, FINDINGS, NO_STORY, OUR_FAULT, UNUSABLE

if TYPE_CHECKING:
    import argparse

    from waymeet.authoring.rewriting import Rewritten


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `fmt`."""
    parser.add_argument(
        "stories", nargs="*", type=path_given, metavar="STORY", help="folders or files; else the current folder"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")


def run(options: argparse.Namespace) -> int:
    """Lay out the files; return the exit code."""
    from waymeet.authoring.rewriting import UnwritableError
    from waymeet.diagnostics import StoryNotFoundError

    codes: list[int] = []
    try:
        for path in options.stories or [Path()]:
            codes += _fmt_story(path, check=options.check)
    except StoryNotFoundError as error:
        return refuse(str(error), NO_STORY)
    except UnwritableError as error:
        raise OutputError(str(error.filename), error) from error
    return next((code for code in (OUR_FAULT, UNUSABLE, FINDINGS) if code in codes), CLEAN)


def _fmt_story(path: Path, *, check: bool) -> list[int]:
    """Lay out one story and say what became of its files; an exit code for each."""
    from waymeet.authoring.rewriting import rewrite
    from waymeet.reports.text import located, printable

    folder = folder_of(str(path))
    codes = []
    for file in rewrite(path, write=not check):
        if file.changed:
            write(printable(f"{'would change' if check else 'changed'} {Path(folder, file.name)}") + "\n")
        sources = {file.name: file.formatted.text.split("\n")}
        write("".join(located(finding, sources, folder) + "\n" for finding in file.formatted.findings))
        codes.append(_fmt_code(file, check=check))
    return codes


def _fmt_code(file: Rewritten, *, check: bool) -> int:
    from waymeet.diagnostics import UNREADABLE

    if file.formatted.unproved:
        return OUR_FAULT
    if any(finding.rule in UNREADABLE for finding in file.formatted.findings):
        return UNUSABLE
    return FINDINGS if file.formatted.findings or (check and file.changed) else CLEAN
