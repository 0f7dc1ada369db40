"""Reading in the plain view, through streams in memory."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TextIO
from unittest.mock import Mock

import pytest

from waymeet.console.accidents import Stopped
from waymeet.console.keys import Command
from waymeet.console.plain import PlainView
from waymeet.console.view import Option

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard

    Read = Callable[..., Heard]


def test_nobody_there_gets_the_title_and_the_opening_page(read: Read) -> None:
    heard = read()
    assert heard.code == 0
    assert heard.text == (
        "The Lantern\n===========\n\nby A. Tester, B. Tester\n\nA lantern is carried through a wood, or it is not.\n\n"
        "Ada. You have the lantern.\n0 of 2 endings found.\n\nBo. You wait.\n0 of 1 ending found.\n\n"
        'Type the number of a choice and press Enter; "help" lists what\nelse you can type.\n\n'
        "1. Read as Ada\n2. Read as Bo\n\nYour choice: \n\n"
        "Nobody is there to choose, so here is how Ada's path begins.\n\n"
        'The Wood\n--------\n\nThe wood is *very* dark.\n\nThe owl: "Who is there?"\n\n  One light\n  two feet\n\n'
        "                              * * *\n\n"
        "1. Trim the wick.\n-  Shout at the owl. (Your voice is gone.)\n2. Walk on.\n3. Step into the pit.\n"
        "4. Walk in a ring.\n\nYour choice: \n"
    )


def test_a_reader_who_leaves_at_the_door_has_left(read: Read) -> None:
    heard = read("quit")
    assert heard.text.endswith("Your choice: \n")
    assert heard.code == 0


def test_nobody_there_to_go_on_with_a_path_ends_quietly(read: Read) -> None:
    read("1", "q", protagonist="ada")
    heard = read(protagonist="ada")
    assert heard.text.endswith(
        "1. Continue Ada's path\n2. Begin Ada's path anew, and give up your place on it\n\nYour choice: \n"
    )


def test_a_path_named_is_begun_without_asking(read: Read) -> None:
    heard = read(protagonist="bo")
    assert "You look out. Nothing yet." in heard.text
    assert "Read as" not in heard.text


def test_a_path_that_does_not_exist_is_refused_with_those_that_do(read: Read) -> None:
    heard = read(protagonist="cy")
    assert heard == ("", "waymeet: There is no path cy; the paths are: ada, bo.\n", 2)


def test_what_is_no_answer_is_said_and_asked_again(read: Read) -> None:
    heard = read("soon", "9", "0", "", "\u00b2", "quit", protagonist="bo")
    assert '"soon" is no answer here. Type 1, or help.' in heard.text
    assert heard.text.count("Type 1, or help.") == 5


@pytest.mark.parametrize("typed", ["1.", "1)", " 1. "])
def test_a_number_may_be_typed_as_it_is_shown(read: Read, typed: str) -> None:
    assert "> Trim the wick." in read(typed, "q", protagonist="ada").text


def test_a_number_that_is_none_is_told_as_it_was_typed(read: Read) -> None:
    assert '"7." is no answer here.' in read("7.", "quit", protagonist="bo").text


def test_choices_taken_before_are_marked(read: Read) -> None:
    heard = read("1", "q", protagonist="ada")
    assert "1. Trim the wick. (taken before)" in heard.text
    assert "> Trim the wick.\n\nIt burns lower." in heard.text


def test_the_heading_stands_between_what_the_choice_told_and_the_new_scene(read: Read) -> None:
    heard = read("2", "q", protagonist="ada")
    assert "> You walk.\n\nTwigs snap.\n\nThe House\n---------\n\nA gate, and a door.\n" in heard.text


def test_ears_are_told_of_a_new_chapter(read: Read) -> None:
    heard = read("2", "q", protagonist="ada", screen_reader=True)
    assert "Twigs snap.\n\nChapter: The House.\n\nA gate, and a door.\n" in heard.text


def test_help_lists_every_command(read: Read) -> None:
    heard = read("help", "q", protagonist="ada")
    for command in Command:
        assert command.value in heard.text


def test_the_sheet_shows_what_the_story_lets_be_seen(read: Read) -> None:
    assert "Oil  1\n" in read("1", "sheet", "q", protagonist="ada").text


def test_a_screen_reader_hears_full_words_and_no_ornaments(read: Read) -> None:
    heard = read("1", "q", protagonist="ada", screen_reader=True)
    assert heard.text.startswith("Screen-reader mode, turned on by --screen-reader.\n\nStory: The Lantern.\n")
    assert "Chapter: The Wood.\n" in heard.text
    assert (
        "1 of 4: Trim the wick. Taken before.\nNot open: Shout at the owl. Your voice is gone.\n2 of 4:" in heard.text
    )
    assert not set("*>=") & set(heard.text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_is_done_ears_hear_words(read: Read, language: str) -> None:
    typed = (
        "1",
        "save quay",
        "s",
        "",
        "rewind",
        "1",
        "load",
        "2",
        "help",
        "endings",
        "skip",
        "sheet",
        "t",
        "2",
        "1",
        "q",
    )
    heard = read(*typed, protagonist="ada", screen_reader=True, language=language, width=200)
    marks = set("*>=#|<[]{}~^\u2013\u2014\u2026\u2191\u2193\u2022")
    told = [line for line in heard.text.splitlines() if "transcript.txt" not in line]
    assert [line for line in told if marks & set(line) or line.startswith(("-", " "))] == []
    assert heard.code == 0


def test_the_environment_can_ask_for_screen_reader_mode(read: Read) -> None:
    heard = read(environ={"WAYMEET_SCREEN_READER": "1"})
    assert heard.text.startswith("Screen-reader mode, turned on by WAYMEET_SCREEN_READER.")
    assert not read(environ={"WAYMEET_SCREEN_READER": "0"}).text.startswith("Screen-reader")


def test_the_measure_can_be_asked_for(read: Read) -> None:
    heard = read("help", "q", width=20)
    assert max(len(line) for line in heard.text.replace("Your choice: ", "").splitlines()) <= 20


def _typing(*answers: str | type[KeyboardInterrupt]) -> TextIO:
    """A keyboard on which Ctrl-C can be pressed."""
    return Mock(isatty=lambda: True, readline=Mock(side_effect=answers))


def test_an_interrupt_is_asked_about_once() -> None:
    out = io.StringIO()
    view = PlainView(_typing(KeyboardInterrupt, "1\n"), out)
    assert view.ask([Option("On.")]) == 0
    assert out.getvalue().count("Press Ctrl-C again to leave") == 1
    with pytest.raises(Stopped) as stopped:
        PlainView(_typing(KeyboardInterrupt, KeyboardInterrupt), out).ask([Option("On.")])
    assert stopped.value.code == 130


def test_an_answer_without_an_end_is_no_harm() -> None:
    view = PlainView(io.StringIO("7" * 5000 + "\n1\n"), io.StringIO())
    assert view.ask([Option("On.")]) == 0
