"""The command: arguments in, exit code out. Rooms are opened only by the command that needs them."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from waymeet.exits import CLEAN, FINDINGS, INTERRUPTED, NO_STORY, OUR_FAULT, UNDECIDED, UNUSABLE
from waymeet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.authoring.rewriting import Rewritten
    from waymeet.console.workshop import Notes, Watch
    from waymeet.diagnostics import Report, StoryNotFoundError
    from waymeet.errors import WaymeetError
    from waymeet.recording import Coverage, Recording
    from waymeet.runtime import Story
    from waymeet.spending import Limits
    from waymeet.walkthroughs import Outcome

#: What is said when there is no room left to say more.
_LAST_WORDS = "waymeet: this is a fault of waymeet's own, and its details could not be kept\n"
_WIDTHS = range(20, 201)
#: Those of `console.themes` and `console.words`, which are not opened for their names alone.
THEMES = ("default", "high-contrast", "mono")
LANGUAGES = ("en", "fr")


class Command(NamedTuple):
    """A sub-command: its help, its arguments, and what it does."""

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


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
            return _run(arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_output()
        return CLEAN
    except _OutputError as error:
        return _refuse(f"cannot write {error.name}: {error.reason}", UNUSABLE)
    except OSError as error:
        return _unreadable(error)
    except Exception as error:  # noqa: BLE001 - the last resort before a reader would see a traceback
        return _our_fault(error)


def _run(arguments: Sequence[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    parser = build_parser(given[0] if given else None)
    options, more = parser.parse_known_args(given)
    if (getattr(options, "follow", None) or "").endswith(","):
        parser.error("argument --follow: no space may stand behind a comma, as in --follow ask,boy")
    if options.command == "play" and (clash := _clash(options)):
        parser.error(clash)
    if more:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    if options.command is None:
        parser.print_help()
        return UNUSABLE
    return COMMANDS[options.command].run(options)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors cannot steer a terminal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and exit with 2."""
        from waymeet.reports.text import printable

        super().error(printable(message))


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser with every command, or with but one, if `only` names one: a reader need not wait for the others."""
    parser = _Parser(prog="waymeet", description="Branching stories: read, write and prove them.")
    parser.add_argument("--version", action="version", version=f"waymeet {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="waymeet")
    wanted = {only: COMMANDS[only]} if only in COMMANDS else COMMANDS
    for name, command in wanted.items():
        command.arguments(commands.add_parser(name, help=command.help, description=command.help))
    return parser


class _OutputError(Exception):
    """Something could not be written."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(name)
        self.name = name
        self.reason = error.strerror


# -- play ------------------------------------


def _play_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "story", nargs="?", type=_path, metavar="STORY", help="a folder or file; else the bundled story"
    )
    parser.add_argument("--as", dest="protagonist", metavar="WHO", help="whose path to read")
    parser.add_argument("--seed", type=int, help="the seed of everything drawn by chance")
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--auto", type=_count, metavar="N", help="make N random readings and print them")
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


def _play(options: argparse.Namespace) -> int:
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


def _watch(path: Path, *, debug: bool) -> Watch:
    from waymeet.watching import StoryWatch

    return StoryWatch(path, _folder(str(path)), annotates=debug)


def _notes(path: Path | None) -> Notes:
    from waymeet.annotating import annotated
    from waymeet.opening import bundled

    with bundled() as own:
        return annotated(own if path is None else path, "" if path is None else _folder(str(path)))


def _clash(options: argparse.Namespace) -> str | None:
    """What is wrong with options that cannot stand together, where argparse does not see it."""
    ways = [f"--{name}" for name in ("auto", "replay", "follow") if getattr(options, name) is not None]
    if options.json and options.auto is not None:
        return "argument --json: not allowed with argument --auto"
    for name in ("watch", "debug"):
        if getattr(options, name) and (options.json or options.auto is not None):
            return f"argument --{name}: not allowed with argument {'--json' if options.json else '--auto'}"
    if options.watch and options.story is None:
        return "argument --watch: say which STORY to watch"
    return f"argument --set: not allowed with argument {ways[0]}" if options.flags and ways else None


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("expected a folder or a file, found nothing")
    return Path(text)


def _count(text: str) -> int:
    return _number(text, range(1, 1_000_001))


def _width(text: str) -> int:
    return _number(text, _WIDTHS)


def _number(text: str, among: range) -> int:
    try:
        number = int(text)
    except ValueError:
        number = among.start - 1
    if number not in among:
        raise argparse.ArgumentTypeError(f"expected a number from {among.start} to {among.stop - 1}, found {text!r}")
    return number


# -- check ------------------------------------


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "stories", nargs="*", type=_path, metavar="STORY", help="folders or files; else the bundled story"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print what is found")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to standard output")
    _budget_argument(parser)
    parser.add_argument(
        "--fail-on", choices=("error", "warning", "note"), default="warning", help="the least that counts as a finding"
    )
    parser.add_argument("--no-cache", dest="cache", action="store_false", help="find everything out anew")


def _budget_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--budget",
        type=_limits,
        metavar="LIMITS",
        help="how long to look and with how much memory, as in 5m or 60s,2GB (default 60s)",
    )


def _limits(text: str) -> Limits:
    from waymeet.spending import read_limits

    try:
        return read_limits(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _check(options: argparse.Namespace) -> int:
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
    codes = [_unreadable(error) if isinstance(error, OSError) else _refuse(str(error), NO_STORY) for error in refused]
    codes += [report.exit_code(Severity(options.fail_on)) for _, report in reports]
    return next((code for code in (NO_STORY, UNUSABLE, FINDINGS, UNDECIDED) if code in codes), CLEAN)


def _print_reports(reports: list[tuple[str, Report]], options: argparse.Namespace) -> None:
    if options.format == "json":
        from waymeet.reports.json import render

        text = render([report for _, report in reports], several=len(options.stories) > 1)
    else:
        from waymeet.reports import text as as_text

        text = "".join(as_text.render(report, _folder(path), _typed(path, options)) for path, report in reports)
    _deliver(text, options.output)


def _typed(path: str, options: argparse.Namespace) -> str:
    """What opens the story when typed after a command: nothing for the bundled one."""
    return path if options.stories else ""


def _folder(path: str) -> str:
    """The folder that file names are shown below, as a person would type it."""
    return path if Path(path).is_dir() else str(Path(path).parent) if Path(path).parent != Path() else ""


# -- test ------------------------------------


def _test_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "story", nargs="?", type=_path, metavar="STORY", help="a folder or file; else the bundled story"
    )
    parser.add_argument("--coverage", action="store_true", help="say which nodes no walkthrough visits")
    parser.add_argument(
        "--generate", action="store_true", help="write as few walkthroughs as it takes to visit every node instead"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where to write them; else into walkthroughs/ in the story's folder"
    )
    _budget_argument(parser)


def _test(options: argparse.Namespace) -> int:
    from waymeet.authoring.loading import load_files
    from waymeet.checking import compile_written
    from waymeet.diagnostics import StoryError, StoryNotFoundError
    from waymeet.opening import bundled
    from waymeet.project import read_files
    from waymeet.runtime import Story
    from waymeet.walkthroughs import run_walkthroughs

    if options.generate:
        return _generate(options)
    try:
        with bundled() as own:
            path = options.story or own
            written = load_files(read_files(path))
        data = compile_written(written, path.name)
    except (StoryNotFoundError, StoryError) as error:
        return _refused(error, options.story)
    code = _tell(run_walkthroughs(Story(data), written), written.sources, _folder(str(path)))
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
        _write(f"no walkthrough visits {node}\n")
    visited = found.reachable - len(found.missing)
    _write(f"{visited:,} of {counted(found.reachable, 'node')} that can be reached are visited\n")
    if found.stopped is not None:
        _notice(f"there may be more nodes that can be reached: {found.stopped}")


def _generate(options: argparse.Namespace) -> int:
    """Write walkthroughs that visit every node."""
    from waymeet.diagnostics import StoryError, StoryNotFoundError
    from waymeet.opening import bundled
    from waymeet.project import read_files
    from waymeet.recording import record
    from waymeet.spending import Spending

    folder = options.output
    if folder is None and (options.story is None or not options.story.is_dir()):
        return _refuse("say with --output DIR where to write the walkthroughs: this story has no folder", UNUSABLE)
    try:
        with Spending(options.budget) as spending, bundled() as own:
            path = options.story or own
            recording = record(read_files(path), path.name, spending.on_next())
    except (StoryNotFoundError, StoryError) as error:
        return _refused(error, options.story)
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
            _write(printable(f"{'wrote' if is_new else 'there already:'} {file} ({about})") + "\n")
    except OSError as error:
        raise _OutputError(str(error.filename), error) from error
    for node in recording.missing:
        _write(f"no walkthrough visits {node}: no way to it can be recorded\n")
    many = len(recording.walkthroughs)
    visited = recording.reachable - len(recording.missing)
    few = "fewer cannot" if many <= recording.least else f"it takes at least {recording.least}"
    visit = f"{counted(many, 'walkthrough')} {'visits' if many == 1 else 'visit'} {visited:,}"
    _write(f"{visit} of {counted(recording.reachable, 'node')} that can be reached; {few}\n")
    if recording.stopped is not None:
        _notice(f"there may be more nodes that can be reached: {recording.stopped}")


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


def _tell(outcomes: list[Outcome], texts: dict[str, str], folder: str) -> int:
    """Say how walkthroughs went."""
    from waymeet.reports.text import located

    sources = {file: text.split("\n") for file, text in texts.items()}
    for outcome in outcomes:
        _write("".join(located(finding, sources, folder) + "\n" for finding in outcome.findings))
    failed = sum(bool(outcome.findings) for outcome in outcomes)
    _write(f"{len(outcomes) - failed} of {len(outcomes)} walkthroughs hold\n")
    if not outcomes:
        _notice("there is no walkthrough in this story: a file with `walkthrough:`, `as:` and `play:` is one")
    return FINDINGS if failed else CLEAN


# -- stats ------------------------------------


def _stats_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "story", nargs="?", type=_path, metavar="STORY", help="a folder or file; else the bundled story"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the figures")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to standard output")
    _budget_argument(parser)
    parser.add_argument(
        "--readings", type=_count, metavar="N", help="how many random readings to play for each path (default 2000)"
    )


def _stats(options: argparse.Namespace) -> int:
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
        return _refused(error, options.story)
    if options.format == "json":
        from waymeet.reports.figures_json import render
    else:
        from waymeet.reports.figures_text import render
    _deliver(render(figures), options.output)
    return CLEAN if figures.stopped is None else UNDECIDED


# -- fmt ------------------------------------


def _fmt_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "stories", nargs="*", type=_path, metavar="STORY", help="folders or files; else the current folder"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")


def _fmt(options: argparse.Namespace) -> int:
    from waymeet.authoring.rewriting import UnwritableError
    from waymeet.diagnostics import StoryNotFoundError

    codes: list[int] = []
    try:
        for path in options.stories or [Path()]:
            codes += _fmt_story(path, check=options.check)
    except StoryNotFoundError as error:
        return _refuse(str(error), NO_STORY)
    except UnwritableError as error:
        raise _OutputError(str(error.filename), error) from error
    return next((code for code in (OUR_FAULT, UNUSABLE, FINDINGS) if code in codes), CLEAN)


def _fmt_story(path: Path, *, check: bool) -> list[int]:
    """Lay out one story and say what became of its files; an exit code for each."""
    from waymeet.authoring.rewriting import rewrite
    from waymeet.reports.text import located, printable

    folder = _folder(str(path))
    codes = []
    for file in rewrite(path, write=not check):
        if file.changed:
            _write(printable(f"{'would change' if check else 'changed'} {Path(folder, file.name)}") + "\n")
        sources = {file.name: file.formatted.text.split("\n")}
        _write("".join(located(finding, sources, folder) + "\n" for finding in file.formatted.findings))
        codes.append(_fmt_code(file, check=check))
    return codes


def _fmt_code(file: Rewritten, *, check: bool) -> int:
    from waymeet.diagnostics import UNREADABLE

    if file.formatted.unproved:
        return OUR_FAULT
    if any(finding.rule in UNREADABLE for finding in file.formatted.findings):
        return UNUSABLE
    return FINDINGS if file.formatted.findings or (check and file.changed) else CLEAN


# -- schema ------------------------------------


def _schema_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--story",
        nargs="?",
        const=Path(),
        type=_path,
        metavar="STORY",
        help="add the names of the story in a folder or file; without one, in the current folder",
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to standard output")


def _schema(options: argparse.Namespace) -> int:
    import json

    from waymeet.authoring.loading import load_files
    from waymeet.authoring.schema.generator import generate
    from waymeet.diagnostics import StoryNotFoundError
    from waymeet.project import read_files
    from waymeet.rules import SETTABLE_RULES

    try:
        files = None if options.story is None else load_files(read_files(options.story))
    except StoryNotFoundError as error:
        return _refuse(str(error), NO_STORY)
    schema = generate(SETTABLE_RULES, files)
    _deliver(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", options.output)
    if files is not None and files.findings:
        _notice("waymeet: not all of the story can be read (waymeet check says why), so no name will be called unknown")
    return CLEAN


# -- what commands share ------------------------------------


def _opened(path: Path | None) -> Story | int:
    """The story at a path, or the bundled one; or, after saying what is wrong with it, the exit code."""
    from waymeet.errors import WaymeetError
    from waymeet.opening import bundled, load

    try:
        with bundled() as own:
            return load(own if path is None else path)
    except WaymeetError as error:
        return _refused(error, path)


def _refused(error: WaymeetError, path: Path | None) -> int:
    """Say what is wrong with the story at a path, or with the bundled one."""
    from waymeet.diagnostics import StoryError
    from waymeet.reports.text import render

    if not isinstance(error, StoryError):
        return _refuse(str(error), NO_STORY)
    _notice(render(error.report, "" if path is None else _folder(str(path))).rstrip())
    return error.report.exit_code()


def _deliver(text: str, output: Path | None) -> None:
    """Write to a file, or to standard output."""
    if output is None:
        _write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise _OutputError(str(output), error) from error


def _write(text: str) -> None:
    """Write to standard output, if there is one; what its encoding cannot show is replaced."""
    if sys.stdout is None:
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _let_go_of_output()
        raise _OutputError("to standard output", error) from error


def _let_go_of_output() -> None:
    """Point standard output at nothing, so that what is still in its buffer troubles nobody at exit."""
    with suppress(OSError, ValueError):  # a stream without a file has nothing to let go of
        number = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


def _notice(message: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(message.encode("utf-8", "replace").decode() + "\n")


def _refuse(message: str, code: int) -> int:
    from waymeet.reports.text import printable

    _notice(f"waymeet: {printable(message)}")
    return code


def _unreadable(error: OSError) -> int:
    return _refuse(f"cannot read {error.filename or 'the story'}: {error.strerror}", UNUSABLE)


def _our_fault(error: Exception) -> int:
    """Say that the fault is ours, and keep the details where a report of it can quote them."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="waymeet-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(f"waymeet {__version__}, Python {sys.version}\n\n")
        file.write("".join(traceback.format_exception(error)))
    return _refuse(f"this is a fault of waymeet's own ({type(error).__name__}); details are in {file.name}", OUR_FAULT)


#: Every command, in the order of the help.
COMMANDS = {
    "play": Command("read a story", _play_arguments, _play),
    "check": Command("prove what can be proved of a story, and show what is wrong", _check_arguments, _check),
    "test": Command("play a story's walkthroughs, or make some", _test_arguments, _test),
    "stats": Command("measure a story: playthroughs, endings, lengths, what matters", _stats_arguments, _stats),
    "fmt": Command("lay out a story's files in the one fixed way", _fmt_arguments, _fmt),
    "schema": Command("print the JSON Schema of story files, for editors", _schema_arguments, _schema),
}
