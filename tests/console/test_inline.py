"""Keys in the inline view, and what its screen shows."""

from __future__ import annotations

import itertools
import signal
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from console.screens import Screen
from waymeet.console.accidents import Signals, Stopped
from waymeet.console.inline import InlineView
from waymeet.console.keys import BINDINGS, Command
from waymeet.console.menu import Menu
from waymeet.console.page import Page
from waymeet.console.view import Option
from waymeet.prose.rendering import Block, Span
from waymeet.runtime import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prompt_toolkit.input.base import PipeInput
    from prompt_toolkit.output import Output

THREE = [Option("One."), Option("Two.", locked="Not yet."), Option("Three.", taken=True), Option("Four.")]
TWELVE = [Option(f"Number {number}.") for number in range(1, 13)]


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keys:
        yield keys


def _view(keyboard: PipeInput, output: Output | None = None, clock: Callable[[], float] | None = None) -> InlineView:
    """A view for which a second goes by between one look at the clock and the next."""
    return InlineView(keyboard, output or DummyOutput(), Signals(), clock=clock or itertools.count().__next__)


# -- keys ------------------------------------


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("1", 0),
        ("3", 2),
        ("9\x1b02", 1),
        ("\r", 0),
        ("j\r", 1),
        ("jj\x1b[A\r", 1),
        ("k\r", 2),
        ("\x1b[B\x1b[B\x1b[B\r", 0),
        ("zZ!\x1b[200~1\r\x1b[201~2", 1),
    ],
)
def test_a_menu_of_few(keyboard: PipeInput, typed: str, answer: int) -> None:
    keyboard.send_text(typed)
    assert _view(keyboard).ask(THREE) == answer


@pytest.mark.parametrize(("typed", "answer"), [("12\r", 11), ("1\r", 0), ("99\r3\r", 2), ("12\x7f\r", 0), ("1j\r", 1)])
def test_a_menu_of_many_takes_digits_and_enter(keyboard: PipeInput, typed: str, answer: int) -> None:
    keyboard.send_text(typed)
    assert _view(keyboard).ask(TWELVE) == answer


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("u", Command.UNDO),
        ("U", Command.REDO),
        ("\x12", Command.REDO),
        ("r", Command.REWIND),
        ("\t", Command.SKIP),
        ("i", Command.SHEET),
        ("t", Command.TRANSCRIPT),
        ("e", Command.ENDINGS),
        ("h", Command.HELP),
        ("?", Command.HELP),
        ("q", Command.QUIT),
        ("\x04", Command.QUIT),
    ],
)
def test_commands(keyboard: PipeInput, typed: str, command: Command) -> None:
    keyboard.send_text(typed)
    assert _view(keyboard).ask(THREE) is command


def test_help_is_made_from_the_table(keyboard: PipeInput) -> None:
    shown = [keys for keys, _ in _view(keyboard).help()]
    assert {binding.shown for binding in BINDINGS} <= set(shown)


def test_the_end_of_input_means_leaving(keyboard: PipeInput) -> None:
    keyboard.close()
    assert _view(keyboard).ask(THREE) is Command.QUIT


def test_an_interrupt_is_asked_about_once(keyboard: PipeInput) -> None:
    keyboard.send_text("\x03j\x03\x03")
    with pytest.raises(Stopped) as stopped:
        _view(keyboard).ask(THREE)
    assert stopped.value.code == 130


def test_keys_meant_for_what_stood_there_before_are_dropped(keyboard: PipeInput) -> None:
    times = iter([0.0, 0.05, 0.14, 0.16])
    keyboard.send_text("123")
    assert _view(keyboard, clock=lambda: next(times)).ask(THREE) == 2


def test_what_is_typed_past_a_menu_does_not_answer_the_next(keyboard: PipeInput) -> None:
    view = _view(keyboard)
    keyboard.send_text("11111")
    assert view.ask(THREE) == 0
    keyboard.send_text("2")
    assert view.ask(THREE) == 1


# -- accidents ------------------------------------


def test_a_break_in_a_key_handler_ends_the_menu_and_is_raised(
    keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Menu, "_move", lambda *_args: 1 / 0)
    keyboard.send_text("j1")
    with pytest.raises(ZeroDivisionError):
        _view(keyboard).ask(THREE)


def test_a_break_in_drawing_ends_the_menu_and_is_raised(keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Menu, "_hint_text", lambda _self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _view(keyboard).ask(THREE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_menu_with_its_exit_code(keyboard: PipeInput, number: signal.Signals) -> None:
    signals = Signals()
    times = itertools.count()

    def clock() -> float:
        now = next(times)
        if now == 1:  # when the first key is heard
            signal.raise_signal(number)
        return now

    keyboard.send_text("j")
    view = InlineView(keyboard, DummyOutput(), signals, clock=clock)
    with signals.handled(), pytest.raises(Stopped) as stopped:
        view.ask(THREE)
    assert stopped.value.code == 128 + number
    assert signal.getsignal(number) == signal.SIG_DFL


# -- the screen ------------------------------------


def test_the_menu_marks_the_current_the_locked_and_the_taken(keyboard: PipeInput) -> None:
    screen = Screen(80)
    screen.press(keyboard, "j", "k", "1")
    _view(keyboard, screen.output).ask(THREE)
    choices = "> 1. One.\n  -  Two. (Not yet.)\n  2. Three. (taken before)\n  3. Four."
    assert f"\n{choices}\n\n1-3 choose   u undo   h help   q leave" in screen.seen
    assert any("> 2. Three." in seen for seen in screen.seen)


def test_the_menu_is_gone_when_it_is_done_and_the_prose_stays(keyboard: PipeInput) -> None:
    screen = Screen(40)
    view = _view(keyboard, screen.output)
    Page(view).tell([Block("paragraph", "", (Span("", "It was "), Span("em", "dark"), Span("", ".")))])
    keyboard.send_text("1")
    view.ask(THREE)
    assert screen.seen[-1] == "It was dark."


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
def test_long_choices_hang_and_keep_to_the_measure(keyboard: PipeInput, columns: int) -> None:
    screen = Screen(columns)
    keyboard.send_text("1")
    _view(keyboard, screen.output).ask([Option("Go on and " * 12), Option("No.")])
    menu = max(screen.seen, key=len).splitlines()
    assert menu[1].startswith("> 1. Go on")
    assert menu[2].startswith("     ")
    assert max(map(len, menu)) <= min(66, columns - 2)


def test_a_menu_higher_than_the_screen_scrolls_to_the_current_choice(keyboard: PipeInput) -> None:
    screen = Screen(40, rows=8)
    screen.press(keyboard, "k", "\r")
    assert _view(keyboard, screen.output).ask(TWELVE) == 11
    assert any("> 12. Number 12." in seen for seen in screen.seen)


def test_a_question_is_shown_with_what_is_typed_and_is_gone_when_it_is_answered(keyboard: PipeInput) -> None:
    screen = Screen(60)
    view = _view(keyboard, screen.output)
    Page(view).tell([Block("paragraph", "", (Span("", "A door."),))])
    screen.press(keyboard, "A", "d", "a", "\r")
    assert view.read(Question("Who is there?", "text", 0, 12)) == "Ada"
    hint = "At most 12 characters.   :undo   :help   :quit"
    assert f"A door.\n\nWho is there?\n> Ada\n\n{hint}" in screen.seen
    assert screen.seen[-1] == "A door."


def test_an_interrupt_shows_that_it_was_heard(keyboard: PipeInput) -> None:
    screen = Screen(80)
    screen.press(keyboard, "\x03", "1")
    assert _view(keyboard, screen.output).ask(THREE) == 0
    assert any("Press Ctrl-C again to leave" in seen for seen in screen.seen)


def test_nothing_asks_the_terminal_where_its_cursor_is(keyboard: PipeInput) -> None:
    screen = Screen(80)
    keyboard.send_text("1")
    _view(keyboard, screen.output).ask(THREE)
    assert "\x1b[6n" not in screen.getvalue()


def test_emphasis_is_styled(keyboard: PipeInput) -> None:
    screen = Screen(80)
    spans = (Span("em", "soft"), Span("strong", "loud"), Span("em strong", "both"))
    Page(_view(keyboard, screen.output)).tell([Block("paragraph", "", spans)])
    assert "3msoft" in screen.getvalue()
    assert "1mloud" in screen.getvalue()
    assert "1;3mboth" in screen.getvalue()


@pytest.mark.parametrize(
    ("theme", "written"), [("default", "3msoft"), ("high-contrast", "1;3msoft"), ("mono", "*soft*")]
)
def test_a_theme_shows_emphasis_its_own_way(keyboard: PipeInput, theme: str, written: str) -> None:
    screen = Screen(80)
    view = InlineView(keyboard, screen.output, Signals(), theme=theme)
    Page(view).tell([Block("paragraph", "", (Span("em", "soft"),))])
    assert written in screen.getvalue()
