"""The console's door: picks the view, plays the story, and turns however it ended into an exit code."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, TextIO

from waymeet.console import front
from waymeet.console.accidents import EXIT_INTERRUPTED, EXIT_IO, Signals, Stopped, abandon
from waymeet.console.cleaning import clean
from waymeet.console.page import Page
from waymeet.console.plain import PlainView
from waymeet.console.reading import Reading
from waymeet.console.session import Session
from waymeet.console.streams import open_streams
from waymeet.console.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waymeet.console.history import History
    from waymeet.console.options import PlayOptions
    from waymeet.console.streams import Streams
    from waymeet.console.view import View
    from waymeet.console.workshop import Notes, Watch
    from waymeet.runtime import Story

EXIT_USAGE = 2


def play(
    story: Story,
    options: PlayOptions,
    *,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.time,
    watch: Watch | None = None,
    notes: Notes | None = None,
) -> int:
    """Play a story with the reader at these streams (those of the process by default), and give the exit code.

    With a `watch`, the reading goes on in what becomes of the story's files; `notes` are for debugging.
    What breaks in the console itself is raised, once the terminal is as it was and the reader has been told.
    """
    streams = open_streams(stdin, stdout, stderr)
    signals = Signals()
    try:
        with signals.handled():
            code = _play(
                story, options, streams, os.environ if environ is None else environ, signals, clock, watch, notes
            )
            streams.stdout.flush()
    except Stopped as stopped:
        return stopped.code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        abandon(streams.stdout)
        return 0
    except OSError as error:
        abandon(streams.stdout)
        streams.stderr.write(f"waymeet: {error}\n")
        return EXIT_IO
    except Exception:
        streams.stderr.write(word("broken") + "\n")
        raise
    return code


def _play(
    story: Story,
    options: PlayOptions,
    streams: Streams,
    environ: Mapping[str, str],
    signals: Signals,
    clock: Callable[[], float],
    watch: Watch | None,
    notes: Notes | None,
) -> int:
    known = [path.id for path in story.protagonists]
    if options.protagonist not in (None, *known):
        message = word("no_such_path", name=str(options.protagonist), names=", ".join(known))
        return _refuse(streams, message)
    if options.auto is not None:
        return _read_at_random(story, options, streams, environ)
    if options.json:
        return _drive(story, options, streams, clock)
    page = _open_page(options, streams, environ, signals)
    session = Session(story, options, page, clock, watch, notes)
    try:
        code = _follow(session, streams) if options.replay is not None or options.is_trial else _read(session)
    finally:
        session.close()
    session.say_last_words()
    return code or (EXIT_IO if session.failed else 0)


def _read_at_random(story: Story, options: PlayOptions, streams: Streams, environ: Mapping[str, str]) -> int:
    """Random readings, in the plain view even at a terminal."""
    from waymeet.console import transcript
    from waymeet.console.auto import read_at_random

    spoken = _spoken_by(options, environ)
    page = Page(PlainView(streams.stdin, streams.stdout, spoken=spoken is not None, width=options.width))
    if spoken is not None:
        page.say(spoken)
    sound, text = read_at_random(story, options, page)
    if options.transcript is not None:
        try:
            page.say_file(word("transcript_written"), transcript.write(options.transcript, text))
        except OSError as error:
            page.say_file(word("transcript_failed", reason=error.strerror), options.transcript)
            return EXIT_IO
    return 0 if sound else 1


def _drive(story: Story, options: PlayOptions, streams: Streams, clock: Callable[[], float]) -> int:
    """Let a program read."""
    from waymeet.console.driving import Driver, Notices
    from waymeet.console.replaying import WayError

    notices = Notices()
    session = Session(story, options, Page(notices), clock)
    driver = Driver(session, notices, streams)
    try:
        driver.run()
    except WayError as error:
        return _refuse(streams, str(error))
    finally:
        session.close()
    session.say_last_words()
    driver.leave()
    return EXIT_IO if session.failed else 0


def _read(session: Session) -> int:
    """Title page, path, and readings until the reader has had enough."""
    front.show_title(session)
    session.keeper.warn()
    wanted = session.options.protagonist
    history = (
        front.choose_path(session) if wanted is None else front.enter_path(session, wanted, fresh=session.options.new)
    )
    _read_on(session, history)
    return 0


def _read_on(session: Session, history: History | None) -> None:
    """A reading, and then those that the reader goes on to."""
    while history is not None:
        reading = Reading(session, history)
        reading.open()
        history = _next_path(session, reading.run())


def _next_path(session: Session, path: str | None) -> History | None:
    return None if path is None else front.enter_path(session, path)


def _follow(session: Session, streams: Streams) -> int:
    """Play a way, then let a reader go on; after a replay, only one at a terminal."""
    from waymeet.console.following import follow
    from waymeet.console.replaying import WayError

    try:
        reading = follow(session)
    except WayError as error:
        return _refuse(streams, str(error))
    if session.page.view.is_live or session.options.is_trial:
        _read_on(session, _next_path(session, reading.run()))
    return 0


def _open_page(options: PlayOptions, streams: Streams, environ: Mapping[str, str], signals: Signals) -> Page:
    """A page in the view that suits; screen-reader mode says what turned it on, before anything else."""
    spoken = _spoken_by(options, environ)
    is_plain = spoken is not None or options.view == "plain" or environ.get("TERM", "dumb") == "dumb"
    if not is_plain and streams.stdin.isatty() and streams.stdout.isatty():
        view, notice = _live_view(options, streams, signals)
    else:
        view = PlainView(streams.stdin, streams.stdout, spoken=spoken is not None, width=options.width)
        notice = spoken
    page = Page(view)
    if notice is not None:
        page.say(notice)
    if options.debug:
        view.takes_directives = True
        page.say("Debugging: type :help to see what you can ask. Places are kept apart from those of readers.")
    return page


def _spoken_by(options: PlayOptions, environ: Mapping[str, str]) -> str | None:
    if options.screen_reader:
        return word("spoken_option")
    if environ.get("WAYMEET_SCREEN_READER", "") not in ("", "0"):
        return word("spoken_environment")
    return None


def _live_view(options: PlayOptions, streams: Streams, signals: Signals) -> tuple[View, str | None]:
    """The inline view, or the plain one with a notice where prompt_toolkit cannot start."""
    try:
        from waymeet.console.inline import open_inline

        return open_inline(streams.stdin, streams.stdout, signals, width=options.width), None
    except (ImportError, OSError, ValueError) as error:
        plain = PlainView(streams.stdin, streams.stdout, width=options.width)
        return plain, word("no_live_menu", reason=error)


def _refuse(streams: Streams, message: str) -> int:
    streams.stdout.flush()
    streams.stderr.write(f"waymeet: {clean(message)}\n")
    return EXIT_USAGE
