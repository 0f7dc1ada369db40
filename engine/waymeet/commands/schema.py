"""`waymeet schema`: print the JSON Schema of story files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.commands.arguments import output_argument, path_given
from waymeet.commands.output import deliver, notice
from waymeet.commands.refusals import refuse
from waymeet.exits import CLEAN, NO_STORY

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `schema`."""
    parser.add_argument(
        "--story",
        nargs="?",
        const=Path(),
        type=path_given,
        metavar="STORY",
        help="add the names of the story in a folder or file; without one, in the current folder",
    )
    output_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Write the schema; return the exit code."""
    import json

    from waymeet.authoring.loading import load_files
    from waymeet.authoring.schema.generator import generate
    from waymeet.diagnostics import StoryNotFoundError
    from waymeet.project import read_files
    from waymeet.rules import SETTABLE_RULES

    try:
        files = None if options.story is None else load_files(read_files(options.story))
    except StoryNotFoundError as error:
        return refuse(str(error), NO_STORY)
    schema = generate(SETTABLE_RULES, files)
    deliver(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", options.output)
    if files is not None and files.findings:
        notice("waymeet: not all of the story can be read (waymeet check says why), so no name will be called unknown")
    return CLEAN
