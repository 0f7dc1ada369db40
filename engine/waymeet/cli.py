"""The command: arguments in, exit code out. Rooms are opened only by the command that needs them."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol, cast

from waymeet.commands.output import OutputError, let_go_of_output
from waymeet.commands.refusals import our_fault, refuse, unreadable
from waymeet.exits import CLEAN, INTERRUPTED, OUR_FAULT, UNUSABLE
from waymeet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What is said when there is no room left to say more.
_LAST_WORDS = "waymeet: this is a fault of waymeet's own, and its details could not be kept\n"


class Room(Protocol):
    """The module of a sub-command."""

    def arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Add its arguments; a `clash` among its defaults says what is wrong where argparse does not see it."""

    def run(self, options: argparse.Namespace, /) -> int:
        """Do it, and return the exit code."""


class Command(NamedTuple):
    """A sub-command: its help, and the name of its room."""

    help: str
    module: str

    def room(self) -> Room:
        """The room, opened."""
        return cast("Room", import_module(self.module))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; no traceback ever reaches a user."""
    try:
        return _handled(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - saying what is wrong went wrong itself, as it may when memory runs out
        with suppress(Exception):
            sys.stderr.write(_LAST_WORDS)
        return OUR_FAULT


def _handled(arguments: Sequence[str] | None) -> int:
    """The exit code, after saying what went wrong."""
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_output()
        return CLEAN
    except OutputError as error:
        return refuse(f"cannot write {error.name}: {error.reason}", UNUSABLE)
    except OSError as error:
        return unreadable(error)
    except Exception as error:  # noqa: BLE001 - the last resort before a reader would see a traceback
        return our_fault(error)


def _run(given: Sequence[str]) -> int:
    parser = build_parser(given)
    options, more = parser.parse_known_args(given)
    if clash := options.clash(options):
        parser.error(clash)
    if more:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    if options.command is None:
        parser.print_help()
        return UNUSABLE
    return COMMANDS[options.command].room().run(options)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors cannot steer a terminal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and exit with 2."""
        from waymeet.reports.text import printable

        super().error(printable(message))


def build_parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of these arguments: a reader need not wait for the rooms of commands that are not among them."""
    parser = _Parser(prog="waymeet", description="Branching stories: read, write and prove them.")
    parser.add_argument("--version", action="version", version=f"waymeet {__version__}")
    parser.set_defaults(clash=lambda _options: None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="waymeet")
    for name in given[:1] if given and given[0] in COMMANDS else COMMANDS:
        command = COMMANDS[name]
        its_own = commands.add_parser(name, help=command.help, description=command.help)
        if name in given:
            command.room().arguments(its_own)
    return parser


#: Every command, in the order of the help.
COMMANDS = {
    "play": Command("read a story", "waymeet.commands.play"),
    "check": Command("prove what can be proved of a story, and show what is wrong", "waymeet.commands.check"),
    "test": Command("play a story's walkthroughs, or make some", "waymeet.commands.test"),
    "stats": Command("measure a story: playthroughs, endings, lengths, what matters", "waymeet.commands.stats"),
    "fmt": Command("lay out a story's files in the one fixed way", "waymeet.commands.fmt"),
    "schema": Command("print the JSON Schema of story files, for editors", "waymeet.commands.schema"),
}
