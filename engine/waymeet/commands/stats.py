"""`waymeet stats`: measure a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.commands.arguments import budget_argument, count, output_argument, path_given
from waymeet.commands.output import deliver
from waymeet.commands.refusals import refused
from waymeet.exits import CLEAN, UNDECIDED

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `stats`."""
    parser.add_argument(
        "story", nargs="?", type=path_given, metavar="STORY", help="a folder or file; else the bundled story"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the figures")
    output_argument(parser)
    budget_argument(parser)
    parser.add_argument(
        "--readings", type=count, metavar="N", help="how many random readings to play for each path (default 2000)"
    )


def run(options: argparse.Namespace) -> int:
    """Measure it, and print the figures; return the exit code."""
    from waymeet.diagnostics import StoryError, StoryNotFoundError
    from waymeet.measuring import measure_files
    from waymeet.opening import bundled
    from waymeet.project import read_files
    from waymeet.spending import Spending

    try:
        with Spending(options.budget) as spending, bundled() as own:
            path = options.story or own
            figures = measure_files(read_files(path), path.name, spending.on_next(), many=options.readings)
    except (StoryNotFoundError, StoryError) as error:
        return refused(error, options.story)
    if options.format == "json":
        from waymeet.reports.figures_json import render
    else:
        from waymeet.reports.figures_text import render
    deliver(render(figures), options.output)
    return CLEAN if figures.stopped is None else UNDECIDED
