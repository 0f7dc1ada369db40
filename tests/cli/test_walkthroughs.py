"""`waymeet test`: walkthroughs that hold, and each way in which one can leave its script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cli.stories import FERRY, story, write
from waymeet.authoring import loading
from waymeet.authoring.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Ran

    Run = Callable[..., Ran]

HOLDS = """\
walkthrough: The knife and the cold water
as: mara
play: [wait, take_knife, {at: landing, choose: swim}]
expect:
  ending: across
  flags: {armed: true, coins: 1, mood: cross, clues: [feather], called: Mara, toll: unpaid, waits: 1}
  text: [The river is high., You have the knife., It is cold.]
"""
REMEMBERS = """\
walkthrough: What Mara left
as: tom
memory: {toll: paid}
play: []
expect: {open: [tally, sleep], text: Rain on the roof.}
"""
#: The same circle from the start of a path, and behind a choice.
CIRCLE = story(
    "  gate: {text: Shut., choices: {fog: {label: Walk., goto: fog}, house: {label: Stay., goto: house}}}\n"
    "  fog: {text: Fog., goto: mist}\n"
    "  mist: {text: Mist., goto: fog}\n",
    more="  lena: {start: road.fog}\n",
)


def played(here: Path, run: Run, walkthrough: str, text: str = FERRY) -> Ran:
    folder = write(here / "s", story=text)
    write(folder / "walkthroughs", one=walkthrough)
    return run("test", "s")


def script(*lines: str, who: str = "mara", play: str = "[]") -> str:
    return "\n".join(["walkthrough: One", f"as: {who}", f"play: {play}", *lines]) + "\n"


@pytest.mark.parametrize("walkthrough", [HOLDS, REMEMBERS, script()])
def test_a_walkthrough_that_holds(here: Path, run: Run, walkthrough: str) -> None:
    assert played(here, run, walkthrough) == (0, "1 of 1 walkthroughs hold\n", "")


def test_the_bundled_walkthroughs_hold(run: Run, scenes: Path) -> None:
    many = len(list((scenes / "walkthroughs").iterdir()))
    assert run("test") == (0, f"{many} of {many} walkthroughs hold\n", "")


def test_a_story_without_walkthroughs_says_what_one_is(here: Path, run: Run) -> None:
    ran = run("test", write(here / "s", story=FERRY))
    assert (ran.code, ran.out) == (0, "0 of 0 walkthroughs hold\n")
    assert "there is no walkthrough in this story" in ran.err


def test_every_walkthrough_is_played_though_one_fails(here: Path, run: Run) -> None:
    folder = write(here / "s", story=FERRY)
    write(folder / "w", a=script(play="[fly]"), b=HOLDS, c=script(play="[sing]"))
    ran = run("test", "s")
    assert ran.code == 1
    assert ran.out.index("s/w/a.yaml:3:8: error[walkthrough]") < ran.out.index("s/w/c.yaml:3:8: error[walkthrough]")
    assert ran.out.endswith("1 of 3 walkthroughs hold\n")


#: What is wrong with a walkthrough, the word in it that is marked, and what is said of it.
FAILURES = {
    "not open": (script(play="[wait, fly]"), "fly", ["at bank.landing", "open there: take_knife, wait, pay, swim"]),
    "locked": (
        script(play="[take_knife, pay]"),
        "pay",
        ["it is locked: He will not look at you.", "at bank.landing", "open there: wait, swim"],
    ),
    "hidden": (script(play="[take_knife, take_knife]"), "take_knife", ["at bank.landing", "open there: wait, swim"]),
    "nested": (script(play="[pay, swim]"), "swim", ["at bank.landing.pay", "open there: sit, stand"]),
    "after the end": (script(play="[swim, wait]"), "wait", ["the reading has come to the ending across"]),
    "wrong node": (
        script(play="[wait, {at: hut, choose: swim}]"),
        "hut",
        ["the reading is at bank.landing here, not at hut", "open there: take_knife, wait, pay, swim"],
    ),
    "wrong choice at the right node": (
        script(play="[{at: bank.landing, choose: fly}]"),
        "fly",
        ["at bank.landing", "open there:"],
    ),
    "other ending": (
        script("expect: {ending: asleep}", play="[swim]"),
        "asleep",
        ["expected the ending asleep", "the reading is at the ending across"],
    ),
    "no ending": (
        script("expect: {ending: across}", play="[pay]"),
        "across",
        ["bank.landing.pay, which is no ending", "open there: sit, stand"],
    ),
    "bool": (script("expect: {flags: {armed: true}}"), "true", ["armed is false here"]),
    "number": (script("expect: {flags: {coins: 3}}", play="[pay]"), "3", ["coins is 0 here"]),
    "enum": (script("expect: {flags: {mood: cross}}"), "cross", ["mood is calm here"]),
    "set": (script("expect: {flags: {clues: [crest]}}", play="[take_knife]"), "[crest]", ["clues is [feather] here"]),
    "text": (script("expect: {flags: {called: Lena}}"), "Lena", ["called is Mara here"]),
    "memory at the end": (script("expect: {flags: {toll: unpaid}}", play="[pay]"), "unpaid", ["toll is paid here"]),
    "local": (script("expect: {flags: {waits: 0}}", play="[wait]"), "0", ["waits is 1 here"]),
    "out of bounds": (script("expect: {flags: {coins: 9}}"), "9", ["0", "3"]),
    "no such value": (script("expect: {flags: {mood: glad}}"), "glad", ["calm", "cross"]),
    "no bool": (script("expect: {flags: {armed: yes}}"), "yes", ["armed", "true"]),
    "no flag": (script("expect: {flags: {coin: 1}}"), "coin", ['there is no flag "coin"', "coins"]),
    "words not told": (
        script("expect: {text: [The river is low.]}"),
        "The river is low.",
        ["these words were not told on the way"],
    ),
    "words of a way not taken": (script("expect: {text: It is cold.}", play="[pay]"), "It is cold.", ["not told"]),
    "not open at the end": (
        script("expect: {open: [pay, wait]}", play="[take_knife]"),
        "pay",
        ["pay is not open at bank.landing", "open there: wait, swim"],
    ),
    "not locked": (script("expect: {locked: [pay]}"), "pay", ["pay is not locked at bank.landing"]),
    "no number": (script("expect: {flags: {coins: --5}}"), "--5", ["coins cannot be '--5'", "a number from 0 to 3"]),
    "digits of another script": (script("expect: {flags: {coins: \u0663}}"), "\u0663", ["a number from 0 to 3"]),
    "keys for a value": (script("expect: {flags: {coins: {is: 1}}}"), "{is: 1}", ["found keys with values"]),
    "a list for a text": (script("expect: {flags: {called: [Mara]}}"), "[Mara]", ["found a list"]),
    "a list in a list": (script("expect: {flags: {clues: [[feather]]}}"), "[feather]", ["found a list"]),
    "something open": (script("expect: {open: []}"), "open", ["this is: take_knife, wait, pay, swim"]),
    "something locked": (
        script("expect: {locked: []}", play="[take_knife]"),
        "locked",
        ["nothing is to be locked at bank.landing, and this is: pay"],
    ),
    "unknown memory": (
        script("memory: {tol: paid}", who="tom"),
        "tol",
        ['the story keeps no memory called "tol"', "toll"],
    ),
    "impossible memory": (script("memory: {toll: owed}", who="tom"), "owed", ["unpaid", "paid"]),
    "unknown path": (script(who="lexa"), "lexa", ['there is no path "lexa"', "mara, tom"]),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_marks_the_word_and_says_what_was_so_there(here: Path, run: Run, name: str) -> None:
    walkthrough, marked, said = FAILURES[name]
    ran = played(here, run, walkthrough)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.endswith("0 of 1 walkthroughs hold\n")
    assert ran.out.count("error[walkthrough]") == 1
    head, quoted, carets = ran.out.split("\n")[:3]
    assert head.startswith("s/walkthroughs/one.yaml:")
    at = carets.index("^")
    assert quoted[at : carets.rindex("^") + 1] == marked
    for words in said:
        assert words in ran.out


@pytest.mark.parametrize(("who", "play", "marked"), [("mara", "[fog]", "fog"), ("lena", "[]", "lena")])
def test_a_way_into_an_endless_loop(here: Path, run: Run, who: str, play: str, marked: str) -> None:
    ran = played(here, run, script(who=who, play=play), CIRCLE)
    assert ran.code == 1
    _, quoted, carets = ran.out.split("\n")[:3]
    assert quoted[carets.index("^") :].startswith(marked)
    assert "goes round in a circle at road." in ran.out


def test_a_play_that_stops_short_of_an_expected_dead_end_is_told_where_it_is(here: Path, run: Run) -> None:
    text = story("  gate: {text: Shut., choices: {go: {label: Go., goto: well}}}\n  well: {text: Dark.}\n")
    ran = played(here, run, script("expect: {ending: home}", play="[go]"), text)
    assert "road.well, which is no ending" in ran.out
    assert "open there: nothing" in ran.out


def test_a_number_of_very_many_digits_is_no_fault(here: Path, run: Run) -> None:
    for sign in ("", "-"):
        ran = played(here, run, script(f"expect: {{flags: {{coins: {sign}{'9' * 10_000}}}}}"))
        assert (ran.code, ran.err) == (1, "")
        assert "it is a number from 0 to 3" in ran.out


def test_that_nothing_is_open_or_locked_can_be_expected(here: Path, run: Run) -> None:
    assert played(here, run, script("expect: {open: [], locked: []}", play="[swim]")).code == 0


def test_the_files_are_read_and_shaped_once(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shaped: list[str] = []

    def read(file: str, data: bytes, *more: Any) -> object:
        shaped.append(file)
        return read_source(file, data, *more)

    monkeypatch.setattr(loading, "read_source", read)
    assert played(here, run, HOLDS).code == 0
    assert shaped == ["story.yaml", "walkthroughs/one.yaml"]


def test_all_that_is_wrong_at_the_end_is_told(here: Path, run: Run) -> None:
    ran = played(here, run, script("expect: {ending: asleep, flags: {coins: 0, armed: true}, text: Nothing of this.}"))
    assert ran.out.count("error[walkthrough]") == 4


def test_a_value_that_cannot_be_does_not_hide_what_else_is_wrong(here: Path, run: Run) -> None:
    ran = played(here, run, script("expect: {flags: {coins: 9, mood: cross}, text: Nothing of this.}"))
    assert ran.out.count("error[walkthrough]") == 3


def test_a_single_file_is_a_story_without_walkthroughs(here: Path, run: Run) -> None:
    write(here, ferry=FERRY)
    assert run("test", "ferry.yaml").code == 0


@pytest.mark.parametrize(
    ("text", "code"), [("story: [", 2), (FERRY.replace("goto: landing", "goto: lending"), 1), ("a: b", 1)]
)
def test_a_story_that_cannot_be_built_is_not_played(here: Path, run: Run, text: str, code: int) -> None:
    ran = played(here, run, HOLDS, text)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("s/story.yaml:")


def test_a_misspelt_walkthrough_is_a_finding_of_check_too(here: Path, run: Run) -> None:
    ran = played(here, run, HOLDS.replace("expect:", "expects:"))
    assert ran.code == 1
    assert '"expects" is not a key of a walkthrough' in ran.err
    assert 'did you mean "expect"?' in ran.err
    assert run("check", "s").code == 1


def test_a_story_that_is_not_there(run: Run) -> None:
    assert run("test", "nowhere") == (66, "", "waymeet: there is no story at nowhere\n")
