"""`waymeet test`: play a story's walkthroughs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.commands.arguments import budget_argument, path_given
from waymeet.commands.generate import generate
from waymeet.commands.output import folder_of, notice, write
from waymeet.commands.refusals import refused
from waymeet.exits import CLEAN, FINDINGS

if TYPE_CHECKING:
    import argparse

    from waymeet.recording import Coverage
    from waymeet.walkthroughs import Outcome


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `test`."""
    parser.add_argument(
        "story", nargs="?", type=path_given, metavar="STORY", help="a folder or file; else the bundled story"
    )
    parser.add_argument("--coverage", action="store_true", help="say which nodes no walkthrough visits")
    parser.add_argument(
        "--generate", action="store_true", help="write as few walkthroughs as it takes to visit every node instead"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where to write them; else into walkthroughs/ in the story's folder"
    )
    budget_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Play the walkthroughs, or write some; return the exit code."""
    from waymeet.authoring.loading import load_files
    from waymeet.checking import compile_written
    from waymeet.diagnostics import StoryError, StoryNotFoundError
    from waymeet.opening import bundled
    from waymeet.project import read_files
    from waymeet.runtime import Story
    from waymeet.walkthroughs import run_walkthroughs

    if options.generate:
        return generate(options)
    try:
        with bundled() as own:
            path = options.story or own
            written = load_files(read_files(path))
        data = compile_written(written, path.name)
    except (StoryNotFoundError, StoryError) as error:
        return refused(error, options.story)
    code = _tell(run_walkthroughs(Story(data), written), written.sources, folder_of(str(path)))
    if options.coverage:
        from waymeet.recording import coverage
        from waymeet.spending import Spending

        with Spending(options.budget) as spending:
            _tell_coverage(coverage(written, data, spending.on_next()))
    return code


def _tell_coverage(found: Coverage) -> None:
    """Say which nodes no walkthrough visits."""
    from waymeet.reports.text import counted

    for node in found.missing:
        write(f"no walkthrough visits {node}\n")
    visited = found.reachable - len(found.missing)
    write(f"{visited:,} of {counted(found.reachable, 'node')} that can be reached are visited\n")
    if found.stopped is not None:
        notice(f"there may be more nodes that can be reached: {found.stopped}")


def _tell(outcomes: list[Outcome], texts: dict[str, str], folder: str) -> int:
    """Say how walkthroughs went."""
    from waymeet.reports.text import located

    sources = {file: text.split("\n") for file, text in texts.items()}
    for outcome in outcomes:
        write("".join(located(finding, sources, folder) + "\n" for finding in outcome.findings))
    failed = sum(bool(outcome.findings) for outcome in outcomes)
    write(f"{len(outcomes) - failed} of {len(outcomes)} walkthroughs hold\n")
    if not outcomes:
        notice("there is no walkthrough in this story: a file with `walkthrough:`, `as:` and `play:` is one")
    return FINDINGS if failed else CLEAN
