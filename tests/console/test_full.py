"""The full view: what its screen shows, and how it scrolls."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input

from console.screens import Screen
from waymeet.console.accidents import Signals
from waymeet.console.full import FullView, SteadyOutput
from waymeet.console.keys import Command
from waymeet.console.page import Page
from waymeet.console.themes import THEMES, theme_for
from waymeet.console.view import Option
from waymeet.prose.rendering import Block, Span
from waymeet.runtime import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt_toolkit.input.base import PipeInput

TWO = [Option("On."), Option("Up.", locked="Too steep."), Option("Back.")]
MANY = [Option(f"Number {number}.") for number in range(1, 13)]


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keys:
        yield keys


def _view(keyboard: PipeInput, screen: Screen) -> FullView:
    output = SteadyOutput(screen, lambda: screen.size, term="xterm", enable_cpr=False)
    view = FullView(keyboard, output, Signals(), clock=itertools.count().__next__)
    view.begin()
    return view


def _tell(page: Page, *texts: str) -> None:
    page.tell(Block("paragraph", "", (Span("", text),)) for text in texts)


def test_prose_stands_above_a_line_that_says_where_one_is_and_the_choices(keyboard: PipeInput) -> None:
    screen = Screen(40, 15)
    view = _view(keyboard, screen)
    page = Page(view)
    page.title("The Lantern")
    page.chapter("The Wood")
    _tell(page, "It is dark.")
    screen.press(keyboard, "1")
    assert view.ask(TWO) == 0
    lines = screen.seen[-1].splitlines() if screen.seen else []
    shown = next(seen for seen in screen.seen if "1. On." in seen).splitlines()
    assert shown[:5] == ["The Lantern", "", "The Wood", "", "It is dark."]
    assert shown[8:] == [
        "The Lantern \u2013 The Wood",
        "",
        "> 1. On.",
        "  -  Up. (Too steep.)",
        "  2. Back.",
        "",
        "1-2 choose   u undo   h help   q leave",
    ], lines


def test_what_is_new_begins_at_the_top_and_is_scrolled_through(keyboard: PipeInput) -> None:
    screen = Screen(40, 15)
    view = _view(keyboard, screen)
    page = Page(view)
    _tell(page, "Old.")
    screen.press(keyboard, "1")
    view.ask(TWO)
    _tell(page, *(f"Line {number}." for number in range(1, 9)))
    screen.seen.clear()
    screen.press(keyboard, " ", "b", "b", "2")
    assert view.ask(TWO) == 1
    first, second, third, fourth = [seen for seen in screen.seen if "1. On." in seen][:4]
    assert first.startswith("Line 1.\n\nLine 2.")
    assert "more: Space" in first
    assert second.startswith("\nLine 5.\n\nLine 6.\n\nLine 7.\n\nLine 8.\n")
    assert "more: Space" not in second
    assert third.startswith("Line 1.")
    assert fourth.startswith("Old.\n\nLine 1.")


def test_what_is_longer_than_the_screen_is_broken(keyboard: PipeInput) -> None:
    screen = Screen(40, 15)
    view = _view(keyboard, screen)
    page = Page(view)
    page.verbatim("wood.yaml:1:1: error: " + "x" * 30 + " end")
    page.say_file("Written:", Path("/" + "y" * 50))
    screen.press(keyboard, "1")
    view.ask(TWO)
    shown = next(seen for seen in screen.seen if "1. On." in seen)
    assert "wood.yaml:1:1: error:\n" + "x" * 30 + " end\n" in shown
    assert "y" * 39 + "\n" + "y" * 11 + "\n" in shown


def test_what_is_told_last_can_be_copied(keyboard: PipeInput) -> None:
    screen = Screen(40, 15)
    view = _view(keyboard, screen)
    page = Page(view)
    page.say_file("Written:", Path("/" + "y" * 50))
    view.close()
    page.say_file("Written:", Path("/" + "z" * 50))
    told = screen.getvalue()
    assert "y" * 50 in told
    assert "z" * 50 in told


def test_prose_is_set_anew_for_another_width(keyboard: PipeInput) -> None:
    screen = Screen(60, 20)
    view = _view(keyboard, screen)
    _tell(Page(view), "One two three four five six seven eight nine ten.")
    screen.resize(24, 20)
    screen.press(keyboard, "1")
    view.ask(TWO)
    assert any("One two three four\nfive six seven eight\nnine ten." in seen for seen in screen.seen)


def test_many_choices_take_half_of_the_screen(keyboard: PipeInput) -> None:
    screen = Screen(40, 15)
    view = _view(keyboard, screen)
    _tell(Page(view), "Pick.")
    screen.press(keyboard, "k", "\r")
    assert view.ask(MANY) == 11
    assert any(seen.startswith("Pick.") and "> 12. Number 12." in seen for seen in screen.seen)
    assert all("h help" in seen for seen in screen.seen if "Number" in seen)


def test_a_question_is_put_under_the_prose_and_letters_are_typed(keyboard: PipeInput) -> None:
    screen = Screen(60, 15)
    view = _view(keyboard, screen)
    _tell(Page(view), "A door.")
    screen.press(keyboard, "b b", "\r")
    assert view.read(Question("Who is there?", "text", 0, 12)) == "b b"
    assert any("Who is there?\n> b b\n\nAt most 12 characters." in seen for seen in screen.seen)


def test_what_was_told_last_is_printed_when_the_screen_is_given_back(keyboard: PipeInput) -> None:
    screen = Screen(60, 15)
    view = _view(keyboard, screen)
    page = Page(view)
    _tell(page, "Asked.")
    keyboard.send_text("q")
    assert view.ask(TWO) is Command.QUIT
    _tell(page, "Kept.")
    view.close()
    page.say("Written.")
    after = screen.getvalue().rpartition("\x1b[?1049l")[2]
    assert "Asked." not in after
    assert after.index("Kept.") < after.index("Written.")


def test_its_help_has_the_keys_that_scroll(keyboard: PipeInput) -> None:
    assert "Space, b" in dict(_view(keyboard, Screen(60)).help())


# -- themes ------------------------------------

NAMED = {f"ansi{bright}{name}" for bright in ("", "bright") for name in ("red", "green", "blue", "cyan", "yellow")} | {
    "ansimagenta",
    "ansibrightmagenta",
    "ansiblack",
    "ansiwhite",
    "ansigray",
    "ansibrightblack",
}


def test_themes_have_named_colours_and_three_ways_to_write() -> None:
    assert list(THEMES) == ["default", "high-contrast", "mono"]
    words = {word for theme in THEMES.values() for look in theme.values() for word in look.split()}
    assert words <= NAMED | {"bold", "dim", "italic"}
    assert not any("ansi" in look for name in ("mono", "high-contrast") for look in THEMES[name].values())
    assert "dim" not in THEMES["high-contrast"].values()


def test_no_colour_means_no_colour_unless_a_theme_is_asked_for() -> None:
    assert theme_for(None, {}) == "default"
    assert theme_for(None, {"NO_COLOR": ""}) == "default"
    assert theme_for(None, {"NO_COLOR": "1"}) == "mono"
    assert theme_for("default", {"NO_COLOR": "1"}) == "default"
