"""The console's door: picks the view, plays the story, and turns however it ended into an exit code."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple, TextIO

from waymeet.console import front
from waymeet.console.accidents import EXIT_INTERRUPTED, EXIT_IO, Signals, Stopped, abandon
from waymeet.console.cleaning import clean
from waymeet.console.config import read_config
from waymeet.console.page import Page
from waymeet.console.plain import PlainView
from waymeet.console.reading import Reading
from waymeet.console.session import Session
from waymeet.console.streams import open_streams
from waymeet.console.themes import theme_for
from waymeet.console.words import language_for, speaking, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from waymeet.console.config import Config
    from waymeet.console.full import FullView
    from waymeet.console.history import History
    from waymeet.console.inline import InlineView
    from waymeet.console.options import PlayOptions
    from waymeet.console.streams import Streams
    from waymeet.console.view import View
    from waymeet.console.workshop import Notes, Watch
    from waymeet.runtime import Story

EXIT_USAGE = 2


class Asked(NamedTuple):
    """How the reader wants to read: on the command line, by their settings, by the environment."""

    options: PlayOptions
    config: Config
    environ: Mapping[str, str]

    @property
    def spoken_by(self) -> str | None:
        """The words that say what turned screen-reader mode on; None where nothing did."""
        by_environment = self.environ.get("WAYMEET_SCREEN_READER", "")
        if self.options.screen_reader:
            return word("spoken_option")
        if by_environment not in ("", "0"):
            return word("spoken_environment")
        by_config = not by_environment and self.config.settings.get("screen_reader", False)
        return word("spoken_config", path=self.config.path) if by_config else None

    @property
    def notices(self) -> list[str]:
        """What is said before anything else."""
        spoken = self.spoken_by
        return [*([] if spoken is None else [spoken]), *self.config.complaints]


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
    config = read_config()
    asked = Asked(config.added_to(options), config, os.environ if environ is None else environ)
    with speaking(language_for(asked.options.language, asked.environ)):
        return _ended(lambda signals: _play(story, asked, streams, signals, clock, watch, notes), streams)


def _ended(playing: Callable[[Signals], int], streams: Streams) -> int:
    """The exit code, however the reading ends."""
    signals = Signals()
    try:
        with signals.handled():
            code = playing(signals)
            streams.stdout.flush()
    except Stopped as stopped:
        return stopped.code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        abandon(streams.stdout)
        return signals.code or 0
    except OSError as error:
        abandon(streams.stdout)
        if signals.code is not None:
            return signals.code  # the terminal went away, and cannot be written to
        streams.stderr.write(f"waymeet: {error}\n")
        return EXIT_IO
    except Exception:
        streams.stderr.write(word("broken") + "\n")
        raise
    return code


def _play(
    story: Story,
    asked: Asked,
    streams: Streams,
    signals: Signals,
    clock: Callable[[], float],
    watch: Watch | None,
    notes: Notes | None,
) -> int:
    options = asked.options
    known = [path.id for path in story.protagonists]
    if options.protagonist not in (None, *known):
        message = word("no_such_path", name=str(options.protagonist), names=", ".join(known))
        return _refuse(streams, message)
    if options.auto is not None:
        return _read_at_random(story, asked, streams)
    if options.json:
        return _drive(story, options, streams, clock)
    with _opened_page(asked, streams, signals) as page:
        session = Session(story, options, page, clock, watch, notes)
        try:
            refusal = _read(session)
        finally:
            session.close()
    if refusal is not None:
        return _refuse(streams, refusal)
    session.say_last_words()
    return EXIT_IO if session.failed else 0


def _read_at_random(story: Story, asked: Asked, streams: Streams) -> int:
    """Random readings, in the plain view even at a terminal."""
    from waymeet.console import transcript
    from waymeet.console.auto import read_at_random

    options, spoken = asked.options, asked.spoken_by
    page = Page(PlainView(streams.stdin, streams.stdout, spoken=spoken is not None, width=options.width))
    for notice in asked.notices:
        page.say(notice)
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


def _read(session: Session) -> str | None:
    """Readings until the reader has had enough; why there can be none, if so."""
    if session.options.replay is not None or session.options.is_trial:
        return _follow(session)
    _enter(session)
    return None


def _enter(session: Session) -> None:
    """Title page, path, and readings."""
    front.show_title(session)
    session.keeper.warn()
    wanted = session.options.protagonist
    history = (
        front.choose_path(session) if wanted is None else front.enter_path(session, wanted, fresh=session.options.new)
    )
    _read_on(session, history)


def _read_on(session: Session, history: History | None) -> None:
    """A reading, and then those that the reader goes on to."""
    while history is not None:
        reading = Reading(session, history)
        reading.open()
        history = _next_path(session, reading.run())


def _next_path(session: Session, path: str | None) -> History | None:
    return None if path is None else front.enter_path(session, path)


def _follow(session: Session) -> str | None:
    """Play a way, then let a reader go on; after a replay, only one at a terminal. Why it cannot be played, if so."""
    from waymeet.console.following import follow
    from waymeet.console.replaying import WayError

    try:
        reading = follow(session)
    except WayError as error:
        return str(error)
    if session.page.view.is_live or session.options.is_trial:
        _read_on(session, _next_path(session, reading.run()))
    return None


@contextmanager
def _opened_page(asked: Asked, streams: Streams, signals: Signals) -> Iterator[Page]:
    """A page in the view that suits; screen-reader mode says what turned it on, before anything else."""
    options, spoken = asked.options, asked.spoken_by
    is_plain = spoken is not None or options.view == "plain" or asked.environ.get("TERM", "dumb") == "dumb"
    with ExitStack() as closing:
        notices = asked.notices
        view: View = PlainView(streams.stdin, streams.stdout, spoken=spoken is not None, width=options.width)
        if not is_plain and streams.stdin.isatty() and streams.stdout.isatty():
            try:
                live = _live_view(asked, streams, signals)
            except (ImportError, OSError, ValueError) as error:
                notices.append(word("no_live_menu", reason=error))
            else:
                closing.callback(live.close)
                view = live
        page = Page(view)
        for notice in notices:
            page.say(notice)
        if options.debug:
            view.takes_directives = True
            page.say("Debugging: type :help to see what you can ask. Places are kept apart from those of readers.")
        yield page


def _live_view(asked: Asked, streams: Streams, signals: Signals) -> InlineView | FullView:
    """The view with keys that the reader wants; raises what prompt_toolkit does where it cannot start."""
    options = asked.options
    theme = theme_for(options.theme, asked.environ)
    if options.view == "full":
        from waymeet.console.full import open_full

        return open_full(streams.stdin, streams.stdout, signals, width=options.width, theme=theme)
    from waymeet.console.inline import open_inline

    return open_inline(streams.stdin, streams.stdout, signals, width=options.width, theme=theme)


def _refuse(streams: Streams, message: str) -> int:
    streams.stdout.flush()
    streams.stderr.write(f"waymeet: {clean(message)}\n")
    return EXIT_USAGE
