"""What an author asks the player after a colon."""

from __future__ import annotations

import io
import itertools
import shutil
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input

import waymeet
from console.screens import Screen
from waymeet.annotating import annotated
from waymeet.cli import main
from waymeet.console.accidents import Signals
from waymeet.console.full import FullView, SteadyOutput
from waymeet.console.inline import InlineView
from waymeet.console.keys import Command, Directive
from waymeet.console.live import LiveView
from waymeet.console.options import PlayOptions
from waymeet.console.page import Page
from waymeet.console.play import play
from waymeet.console.view import Option
from waymeet.runtime import Question
from waymeet.watching import StoryWatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prompt_toolkit.input.base import PipeInput

    from waymeet.runtime import Story

    Ask = Callable[..., str]

CAMP = """\
story: camp
protagonists: {ada: {start: camp.fire}}
flags:
  trust: {min: 0, max: 3, start: 1}
  mood: {one_of: [cold, open], start: cold}
  name: {text: Nell}
derive: {welcome: trust >= 2 and mood == open}
endings: {home: {}}
scene: camp
local: {knocks: {min: 0, max: 5}}
nodes:
  fire:
    text: A fire.
    do: knocks += 1
    choices:
      sit:
        label: Sit.
        when: welcome or
          seen(camp.tent) and knocks > 4
        locked: Not yet.
        do: [trust += 5, mood = open]
        goto: tent
      hide: {label: Hide., when: knocks > 4, ending: home}
      wait: {label: Wait., limit: 1, goto: fire}
      ask: {label: Ask., goto: asked}
  tent: {text: A tent., choices: {back: {label: Back., goto: fire}}}
  asked: {ask: {flag: name, label: Name}, goto: number}
  number: {ask: {flag: trust, label: Trust}, goto: fire}
"""
TAIL = """\
scene: yard
nodes:
  pump: {text: A pump., call: help, goto: camp.fire}
  help: {text: Help., choices: {on: {label: On., return: done}}}
  lots: {chance: [{weight: 1, to: pump}, {weight: 1, to: camp.tent}]}
"""


@pytest.fixture
def camp(tmp_path: Path) -> Path:
    folder = tmp_path / "camp"
    folder.mkdir()
    (folder / "camp.yaml").write_text(CAMP)
    return folder


@pytest.fixture
def ask(camp: Path) -> Ask:
    """Type lines in a debug reading: what is said after the first of them."""

    def run(*lines: str, folder: Path = camp, **options: object) -> str:
        asked = PlayOptions(**{"debug": True, "protagonist": "ada", "seed": 1, **options})  # type: ignore[arg-type]
        out, errors = io.StringIO(), io.StringIO()
        typed = io.StringIO("".join(f"{line}\n" for line in lines))
        story, notes = waymeet.load(folder), annotated(folder)
        code = play(story, asked, stdin=typed, stdout=out, stderr=errors, environ={}, notes=notes)
        assert (code, errors.getvalue()) == (0, "")
        return out.getvalue()

    return run


def test_why_a_choice_is_locked(ask: Ask) -> None:
    assert (
        'sit is locked: "Not yet." (camp.yaml:16:7)\n'
        "    when: welcome or seen(camp.tent) and knocks > 4 (camp.yaml:18:15)\n"
        "    welcome or visits(camp.tent) >= 1 and knocks > 4 = false\n"
        "        welcome = false\n"
        "            trust >= 2 and mood == open = false\n"
        "                trust >= 2 = false\n"
        "                    trust = 1\n"
        "                mood == open = false\n"
        "                    mood = cold\n"
        "        visits(camp.tent) >= 1 and knocks > 4 = false\n"
        "            visits(camp.tent) >= 1 = false\n"
        "                visits(camp.tent) = 0\n"
        "            knocks > 4 = false\n"
        "                knocks = 1\n"
        "\n"
    ) in ask(":why sit", "q")


def test_why_a_choice_is_hidden_or_open(ask: Ask) -> None:
    text = ask(":why hide", ":why 1", ":why 2", "q")
    assert "hide is hidden (camp.yaml:23:7)\n    when: knocks > 4 (camp.yaml:23:34)\n    = false\n" in text
    assert "wait is open (camp.yaml:24:7)\n    times(camp.fire.wait) < 1 = true\n" in text
    assert "ask is open (camp.yaml:25:7)\n    it has no condition\n" in text


def test_why_all_are_as_they_are(ask: Ask) -> None:
    text = ask(":why", "q")
    assert [text.count(f"\n{choice} is ") for choice in ("sit", "hide", "wait", "ask")] == [1, 1, 1, 1]


def test_what_is_so(ask: Ask) -> None:
    text = ask(":state", ":state tr", ":state x", "q").partition("Your choice: ")[2]
    assert "at                     camp.fire, camp.yaml:12:3\n" in text
    for row in ("trust                  1", "knocks                 1", "visits(camp.tent)      0", "mood", "name"):
        assert f"\n{row}" in text
    assert "\ntrust  1\n" in text
    assert 'No flag begins with "x".' in text


def test_another_value(ask: Ask) -> None:
    text = ask(":set trust=2", ":set mood = open", "1", ":back", ":back", ":why sit", "q")
    assert text.index("Set: trust=2") < text.index("1. Sit.") < text.index("A tent.")
    assert "You took back: Sit." in text
    assert "You took back: :set mood = open" in text
    assert "mood == open = false" in text


def test_a_value_that_leaves_nothing_to_choose_leads_on(ask: Ask, camp: Path) -> None:
    (camp / "yard.yaml").write_text(
        "scene: yard\nnodes:\n"
        "  well: {text: A well., choices: {drink: {label: Sip., when: mood == cold, goto: wall}}, otherwise: wall}\n"
        "  wall: {text: A wall., ending: home}\n"
    )
    text = ask(":goto yard.well", ":set mood=open", "q")
    assert text.index("A well.") < text.index("Set: mood=open") < text.index("A wall.") < text.index("Ending: Home")


def test_another_place(ask: Ask) -> None:
    text = ask("1", ":goto camp.tent", ":back", "1", ":trace", "q")
    assert text.index("Wait.") < text.index("A tent.") < text.index("You took back: :goto camp.tent")


def test_rewinding_goes_back_over_what_was_set(ask: Ask) -> None:
    text = ask(
        ":set trust=2",
        ":goto camp.tent",
        "1",
        "rewind",
        "2",
        ":state trust",
        "undo",
        "rewind",
        "3",
        ":state trust",
        "q",
    )
    listed = "1. Back.\n2. :goto camp.tent\n3. :set trust=2\n4. Stay where you are\n"
    assert text.count(listed) == 2
    assert text.index("You are back before: :goto camp.tent") < text.index("\ntrust  2\n")
    assert text.index("You are back before: :set trust=2") < text.index("\ntrust  1\n")


def test_saves_are_kept_apart_and_say_how_far_back_they_go(ask: Ask, home: Path) -> None:
    ask(":goto camp.tent", "save tent", "1", ":save fire", "q")
    assert not list(home.glob("saves/camp/slot-*"))
    assert sorted(path.stem for path in (home / "debug/saves/camp").glob("slot-*")) == ["slot-fire", "slot-tent"]
    text = ask(":load tent", "rewind", "undo", "undo", "q", new=True).replace("\n", " ")
    assert "You came here by :set or :goto, and such a way cannot be played again" in text
    assert "The story has changed" not in text
    assert "You are back where you were before you went to a save." in text


def test_what_ran_on_the_last_turn(ask: Ask) -> None:
    text = ask(":trace", ":set mood=open", ":trace", ":set trust=2", "1", ":trace", "q")
    assert text.count("No turn led here that could be told of.") == 2
    assert (
        "camp.fire.sit (camp.yaml:16:7)\n"
        "    trust += 5 (camp.yaml:21:14) would have been 7, and stops at the bound\n"
        "    trust += 5 (camp.yaml:21:14)\n"
        "    trust: 2 -> 3\n"
        "camp.tent (camp.yaml:26:3)\n"
        "    visits(camp.tent): 0 -> 1\n"
    ) in text


def test_what_an_answer_brought_about(ask: Ask) -> None:
    text = ask("2", "Ada", ":trace", "3", ":trace", "q")
    assert "camp.number (camp.yaml:28:3)\n\n" in text
    assert "camp.fire (camp.yaml:12:3)\n    the answer\n    knocks += 1 (camp.yaml:14:9)\n    trust: 1 -> 3\n" in text


def test_chance_comes_out_as_it_did_where_it_is_traced(ask: Ask, camp: Path) -> None:
    (camp / "yard.yaml").write_text(TAIL)
    (camp / "camp.yaml").write_text(CAMP.replace("goto: asked", "goto: yard.lots"))
    for seed in range(6):
        text = ask("2", ":trace", ":state", "q", seed=seed, new=True)
        there = "yard.help" if "Help." in text else "camp.tent"
        assert f"\n{there} (" in text
        assert ("called from            yard.pump" in text) is (there == "yard.help")


def test_questions_take_it_too(ask: Ask) -> None:
    text = ask("2", ":state name", ":undo", "q")
    assert "\nname  Nell\n" in text
    assert "You took back: Ask." in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (":stat", 'There is no ":stat"; did you mean "state"?'),
        (":xyzzy", 'There is no ":xyzzy"; type :help to see what there is.'),
        (":set trust=9", 'That cannot be: trust cannot be "9": it is a number from 0 to 3.'),
        (":set", "That cannot be: expected a flag and its value, as in trust=2."),
        (":goto camp", 'That cannot be: there is no node "camp"; did you mean "camp.tent"'),
        (":why 9", "That cannot be: there is no choice 9 at camp.fire; there is sit, hide, wait, ask."),
        (":", "What you can ask:"),
        (":help", "What you can ask:"),
        (":help", "What you can do:"),
        (":sheet", "This story shows no more than it tells."),
    ],
)
def test_what_else_can_be_typed(ask: Ask, typed: str, said: str) -> None:
    assert said in ask(typed, "q").replace("\n", " ")


def test_nothing_is_asked_where_there_are_no_choices(ask: Ask) -> None:
    assert "That cannot be: there are no choices at camp.fire.hide." in ask(":set knocks=5", "1", ":why", "q")


def test_a_reader_has_no_debugger(ask: Ask) -> None:
    text = ask(":state", "q", debug=False)
    assert '":state" is no answer here.' in text
    assert "Debugging" not in text


def test_places_are_kept_apart_from_those_of_readers(ask: Ask, home: Path) -> None:
    ask("1", "q", debug=False)
    before = {path: path.read_bytes() for path in (home / "saves").rglob("*.json")}
    text = ask("1", ":goto camp.tent", "1", "q")
    assert "Your place is kept." in text
    assert {path: path.read_bytes() for path in (home / "saves").rglob("*.json")} == before
    text = ask("1", "undo", "q")
    assert ":goto camp.tent" in (home / "debug/saves/camp/autosave-ada.json").read_text()
    assert "you cannot go back further than this" in text.replace("\n", " ")


def test_a_debugged_reading_comes_along_when_a_file_is_saved(camp: Path) -> None:
    class Typist:
        turns = iter((":goto camp.tent", "", ":why 1", ":back", "q"))

        def isatty(self) -> bool:
            return False

        def readline(self, _size: int) -> str:
            turn = next(self.turns)
            if not turn:
                (camp / "camp.yaml").write_text("# first\n" + CAMP.replace("A tent.", "A large tent."))
            return f"{turn}\n"

    out = io.StringIO()
    story, watch = waymeet.load(camp), StoryWatch(camp, annotates=True)
    play(story, PlayOptions(debug=True), stdin=Typist(), stdout=out, environ={}, watch=watch, notes=annotated(camp))  # type: ignore[arg-type]
    text = out.getvalue()
    assert text.index("A tent.") < text.index("A file was saved") < text.index("A large tent.")
    assert "back is open (camp.yaml:27:" in text
    assert "You took back: :goto camp.tent" in text


# -- the live views ------------------------------------


def _view(keyboard: PipeInput, kind: type[LiveView] = InlineView, screen: Screen | None = None) -> LiveView:
    screen = Screen(60, 12) if screen is None else screen
    output = SteadyOutput(screen, lambda: screen.size, term="xterm", enable_cpr=False)
    view = kind(keyboard, output, Signals(), clock=itertools.count().__next__)
    view.takes_directives = True
    return view


@pytest.mark.parametrize("kind", [InlineView, FullView])
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (":why 2\r", Directive("why 2")),
        (": goto x \r", Directive("goto x")),
        (":\r1", 0),
        (":wh\x031", 0),
        (":\x041", 0),
        (":wh\x1b\x1b1", 0),
    ],
)
def test_a_colon_opens_a_line_under_the_prose(
    typed: str, answer: object, kind: type[LiveView], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveView, "_forget_typeahead", lambda _view: None)
    with create_pipe_input() as keyboard:
        keyboard.send_text(typed)
        assert _view(keyboard, kind).ask([Option("One.")]) == answer


def test_the_line_remembers_what_was_typed_before() -> None:
    with create_pipe_input() as keyboard:
        screen = Screen(60, 12)
        view = _view(keyboard, InlineView, screen)
        for keys in ((":", "why 2", "\r"), (":", "\x1b[A", "\r")):
            screen.press(keyboard, *keys)
            assert view.ask([Option("One.")]) == Directive("why 2")


def test_a_full_screen_keeps_the_prose_above_the_line() -> None:
    with create_pipe_input() as keyboard:
        screen = Screen(60, 12)
        view = _view(keyboard, FullView, screen)
        assert isinstance(view, FullView)
        view.begin()
        Page(view).say("A fire.")
        screen.press(keyboard, ":", "why", "\r")
        assert view.ask([Option("One.")]) == Directive("why")
        assert any(seen.startswith("A fire.\n") and seen.endswith("\n:why") for seen in screen.seen)


def test_a_question_takes_directives() -> None:
    with create_pipe_input() as keyboard:
        view = _view(keyboard)
        keyboard.send_text(":state\r")
        assert view.read(Question("Who?", "text", 1, 9)) == Directive("state")
        view.takes_directives = False
        keyboard.send_text(":undo\r")
        assert view.read(Question("Who?", "text", 1, 9)) is Command.UNDO


# -- from Python and on the command line ------------------------------------


def test_a_moment_can_be_supposed(story: Story) -> None:
    begun = story.begin("ada")
    moment = begun.suppose("elsewhere", at="house.gate", flags={"bold": True})
    assert (moment.node, moment.flags["bold"], moment.path) == ("house.gate", True, ("elsewhere",))
    assert (moment.text[0].kind, begun.flags["bold"]) == ("chapter", False)
    assert story.resume(moment.save()) == moment
    with pytest.raises(ValueError, match="no flag"):
        begun.suppose("x", flags={"bald": True})


def test_the_command_debugs(camp: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(":why sit\nq\n"))
    assert main(["play", str(camp), "--plain", "--debug", "--as", "ada"]) == 0
    assert f"when: welcome or seen(camp.tent) and knocks > 4 ({camp}/camp.yaml:18:15)" in capsys.readouterr().out


def test_the_bundled_story_can_be_debugged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(":why\n:state\n1\n:trace\nq\n"))
    assert main(["play", "--plain", "--debug", "--as", "clarke"]) == 0
    assert " is open (" in capsys.readouterr().out


def test_a_trial_can_be_debugged_and_keeps_nothing(ask: Ask, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    assert "visits(camp.tent)      1" in ask("1", ":state", "q", at="camp.tent")
    assert not (home / "debug").exists()
