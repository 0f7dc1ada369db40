"""`waymeet play`: read a story."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from waymeet.commands.arguments import count, number_among, path_given
from waymeet.commands.output import folder_of
from waymeet.commands.refusals import refused

if TYPE_CHECKING:
    import argparse

    from waymeet.console.workshop import Notes, Watch
    from waymeet.runtime import Story

WIDTHS = range(20, 201)
#: Those of `console.themes` and `console.words`, which are not opened for their names alone.
THEMES = ("default", "high-contrast", "mono")
LANGUAGES = ("en", "fr")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `play`."""
    parser.set_defaults(clash=_clash)
    parser.add_argument(
        "story", nargs="?", type=path_given, metavar="STORY", help="a folder or file; else the bundled story"
    )
    parser.add_argument("--as", dest="protagonist", metavar="WHO", help="whose path to read")
    parser.add_argument("--seed", type=int, help="the seed of everything drawn by chance")
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--auto", type=count, metavar="N", help="make N random readings and print them")
    first.add_argument("--replay", type=Path, metavar="FILE", help="play the choice ids in a file first")
    first.add_argument(
        "--follow",
        metavar="WAY",
        help="play a way first and keep nothing: choice ids (a,b), or a file with some, a witness or a JSON report "
        "(report.json#3: its third finding)",
    )
    first.add_argument("--at", metavar="NODE", help="begin at this node (scene.node) and keep nothing")
    parser.add_argument(
        "--set",
        dest="flags",
        action="append",
        default=[],
        metavar="FLAG=VALUE",
        help="begin with this value of a flag or memory and keep nothing; as often as you like",
    )
    parser.add_argument("--watch", action="store_true", help="go on in the story as it is each time a file is saved")
    parser.add_argument("--debug", action="store_true", help="ask why, with a colon: :help says how")
    parser.add_argument("--json", action="store_true", help="for programs: one JSON object a line in and out")
    look = parser.add_mutually_exclusive_group()
    look.add_argument("--plain", action="store_true", help="no escape codes, numbered choices, words for keys")
    look.add_argument("--full", action="store_true", help="a screen of its own: prose above, choices below")
    parser.add_argument("--theme", choices=THEMES, help="how a terminal shows it")
    parser.add_argument("--language", choices=LANGUAGES, help="the language of what is not the story's own")
    parser.add_argument("--screen-reader", action="store_true", help="plain, and everything said in words")
    parser.add_argument("--width", type=_width, metavar="CELLS", help="the length of a line")
    parser.add_argument("--new", action="store_true", help="do not go on where you were")
    parser.add_argument("--transcript", type=Path, metavar="FILE", help="write what was read to a file at the end")


def run(options: argparse.Namespace) -> int:
    """Read it in the console; return the exit code."""
    from waymeet.console.options import PlayOptions
    from waymeet.console.play import play

    story = _opened(options.story)
    if isinstance(story, int):
        return story
    chosen = PlayOptions(
        protagonist=options.protagonist,
        seed=options.seed,
        auto=options.auto,
        replay=options.replay,
        follow=options.follow,
        view="plain" if options.plain else "full" if options.full else None,
        screen_reader=options.screen_reader,
        width=options.width,
        new=options.new,
        transcript=options.transcript,
        theme=options.theme,
        language=options.language,
        json=options.json,
        at=options.at,
        flags=tuple(options.flags),
        debug=options.debug,
    )
    watch = _watch(options.story, debug=options.debug) if options.watch else None
    return play(story, chosen, watch=watch, notes=_notes(options.story) if options.debug else None)


def _opened(path: Path | None) -> Story | int:
    """The story at a path, or the bundled one; or, after saying what is wrong with it, the exit code."""
    from waymeet.errors import WaymeetError
    from waymeet.opening import bundled, load

    try:
        with bundled() as own:
            return load(own if path is None else path)
    except WaymeetError as error:
        return refused(error, path)


def _watch(path: Path, *, debug: bool) -> Watch:
    from waymeet.watching import StoryWatch

    return StoryWatch(path, folder_of(str(path)), annotates=debug)


def _notes(path: Path | None) -> Notes:
    from waymeet.annotating import annotated
    from waymeet.opening import bundled

    with bundled() as own:
        return annotated(own if path is None else path, "" if path is None else folder_of(str(path)))


def _clash(options: argparse.Namespace) -> str | None:
    """What is wrong with options that cannot stand together, where argparse does not see it."""
    if (options.follow or "").endswith(","):
        return "argument --follow: no space may stand behind a comma, as in --follow ask,boy"
    ways = [f"--{name}" for name in ("auto", "replay", "follow") if getattr(options, name) is not None]
    if options.json and options.auto is not None:
        return "argument --json: not allowed with argument --auto"
    for name in ("watch", "debug"):
        if getattr(options, name) and (options.json or options.auto is not None):
            return f"argument --{name}: not allowed with argument {'--json' if options.json else '--auto'}"
    if options.watch and options.story is None:
        return "argument --watch: say which STORY to watch"
    return f"argument --set: not allowed with argument {ways[0]}" if options.flags and ways else None


def _width(text: str) -> int:
    return number_among(text, WIDTHS)
