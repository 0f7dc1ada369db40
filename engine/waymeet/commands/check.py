"""`waymeet check`: prove what can be proved of stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.commands.arguments import budget_argument, output_argument, path_given
from waymeet.commands.output import deliver, folder_of
from waymeet.commands.refusals import refuse, unreadable
from waymeet.exits import CLEAN, FINDINGS, NO_STORY, UNDECIDED, UNUSABLE

if TYPE_CHECKING:
    import argparse

    from waymeet.diagnostics import Report, StoryNotFoundError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `check`."""
    parser.add_argument(
        "stories", nargs="*", type=path_given, metavar="STORY", help="folders or files; else the bundled story"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print what is found")
    output_argument(parser)
    budget_argument(parser)
    parser.add_argument(
        "--fail-on", choices=("error", "warning", "note"), default="warning", help="the least that counts as a finding"
    )
    parser.add_argument("--no-cache", dest="cache", action="store_false", help="find everything out anew")


def run(options: argparse.Namespace) -> int:
    """Check the stories, and print what is found; return the exit code."""
    from waymeet.diagnostics import Severity, StoryNotFoundError
    from waymeet.opening import bundled, check
    from waymeet.spending import Spending

    reports: list[tuple[str, Report]] = []
    refused: list[StoryNotFoundError | OSError] = []
    with Spending(options.budget) as spending, bundled() as own:
        for path in options.stories or [own]:
            try:
                reports.append((str(path), check(path, budget=spending.on_next(), cache=options.cache)))
            except (StoryNotFoundError, OSError) as error:
                refused.append(error)
    if reports:
        _print_reports(reports, options)
    codes = [unreadable(error) if isinstance(error, OSError) else refuse(str(error), NO_STORY) for error in refused]
    codes += [report.exit_code(Severity(options.fail_on)) for _, report in reports]
    return next((code for code in (NO_STORY, UNUSABLE, FINDINGS, UNDECIDED) if code in codes), CLEAN)


def _print_reports(reports: list[tuple[str, Report]], options: argparse.Namespace) -> None:
    if options.format == "json":
        from waymeet.reports.json import render

        text = render([report for _, report in reports], several=len(options.stories) > 1)
    else:
        from waymeet.reports import text as as_text

        text = "".join(as_text.render(report, folder_of(path), _typed(path, options)) for path, report in reports)
    deliver(text, options.output)


def _typed(path: str, options: argparse.Namespace) -> str:
    """What opens the story when typed after a command: nothing for the bundled one."""
    return path if options.stories else ""
