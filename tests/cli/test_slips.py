"""What writers do wrong, rule by rule: the finding stands on the very word, is the only one, and helps."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cli.stories import FERRY, story, write
from waymeet.diagnostics import UNREADABLE
from waymeet.rules import ALL_RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Ran

    Run = Callable[..., Ran]

FLAGS = """\
  rope: false
  coins: {min: 0, max: 2, start: 0}
  mood: {one_of: [calm, cross, glad], start: calm}
  clues: {any_of: [feather, crest]}
  called: {text: Mara}
"""


class Slip(NamedTuple):
    """A story with one slip: the rule, the line and the word that are marked, and words that must be said."""

    rule: str
    line: str
    word: str
    said: tuple[str, ...]
    text: str


def slip(rule: str, line: str, word: str, said: str, nodes: str, **more: str) -> Slip:
    return Slip(rule, line, word, tuple(said.split(" + ")), story(nodes, flags=more.pop("flags", FLAGS), **more))


def gate(text: str = "The gate is shut.", way: str = "goto: house", do: str = "rope = false") -> str:
    effect = f"    do: {do}\n" if do else ""
    return f"  gate:\n{effect}    text: {text}\n    {way}\n"


def prose(text: str) -> str:
    return gate("|\n      The gate is shut,\n      and " + text + " you wait.")


def choice(inside: str, do: str = "rope = false") -> str:
    return gate(way="choices:\n      go: {label: Go., goto: house}\n      try: {label: Try., " + inside + "}", do=do)


#: One slip each. The marked line is the first that holds the third part's line.
STUCK = "  well:\n    choices: {look: {label: Look., goto: well}}\n"

SLIPS = {
    # what YAML says
    "colon": slip("yaml-syntax", "text: He said", ":", 'a colon + in quotes + "text: |"', gate("He said: go home.")),
    "quote": slip("yaml-syntax", 'text: "Go', "he", "after its closing quote + inside", gate('"Go home," he said.')),
    "apostrophe": slip("yaml-syntax", "text: 'Don", "t", "two apostrophes stand for one", gate("'Don't go.'")),
    "star": slip("yaml-syntax", "text: *Go*", "*Go*", 'begin with "*" + in quotes', gate("*Go* home.")),
    "dash": slip("yaml-syntax", "text: - Go", "-", 'begin with "- " + in quotes', gate("- Go home.")),
    "brace": slip("yaml-syntax", "text: {rope", "And", "{…} + in quotes", gate("{rope: You hold it.} And go.")),
    "tab": slip("yaml-syntax", "\ttext: Shut.", " ", "a tab + use spaces", "  gate:\n\ttext: Shut.\n"),
    "no colon": slip(
        "yaml-syntax", "text The", "text The gate", "no colon", "  gate:\n    text The gate\n    goto: house\n"
    ),
    "indent": slip("yaml-syntax", "     goto:", "goto:", "indented further + 4 spaces", gate(way=" goto: house")),
    "not indented": slip("yaml-syntax", "    He went.", "He went.", "indent", gate("|\n      She came.\n    He went.")),
    "twice": slip(
        "duplicate-key",
        "text: Again",
        "text",
        "already on line + both together",
        gate(way="text: Again\n    goto: house"),
    ),
    "anchor": slip("unsafe-yaml", "text: &a", "&a", "an anchor + in quotes", gate("&a Shut.")),
    "endless call": slip("endless-call", "call: gate", "gate", "again + goto", gate(way="call: gate\n    goto: house")),
    "no return": slip(
        "no-return", "call: well", "well", "returns or ends", gate(way="call: well\n    goto: house") + STUCK
    ),
    # keys and values
    "misspelt key": slip("unknown-key", "txet:", "txet", 'did you mean "text"?', gate(way="txet: x\n    goto: house")),
    "misspelt choices": slip(
        "unknown-key", "chioces:", "chioces", 'did you mean "choices"', gate(way="chioces: {}\n    goto: house")
    ),
    "no label": slip(
        "missing-key",
        "go: {goto",
        "{goto: house}",
        'a choice needs "label"',
        gate(way="choices:\n      go: {goto: house}"),
    ),
    "yes": slip("wrong-value", "once: yes", "yes", "true or false", choice("goto: house, once: yes")),
    "number flag": slip("wrong-value", "three: 3", "3", "{min: 0", gate(), flags=FLAGS + "  three: 3\n"),
    "upside down": slip(
        "wrong-value", "low: {", "max", "3 + -3 + `min`", gate(), flags=FLAGS + "  low: {min: 3, max: -3}\n"
    ),
    "start outside": slip(
        "wrong-value", "low: {", "9", "outside 0 to 4", gate(), flags=FLAGS + "  low: {min: 0, max: 4, start: 9}\n"
    ),
    "enum start": slip(
        "wrong-value",
        "low: {",
        "warm",
        "cold, hot",
        gate(),
        flags=FLAGS + "  low: {one_of: [cold, hot], start: warm}\n",
    ),
    "capital id": slip("wrong-value", "Armed: ", "Armed", "small letter", gate(), flags=FLAGS + "  Armed: false\n"),
    "reserved id": slip("wrong-value", "and: ", "and", "another name", gate(), flags=FLAGS + "  and: false\n"),
    "two ways out": slip(
        "wrong-value",
        "goto: gate",
        "goto",
        "one way out + ending",
        gate(way="ending: home\n    goto: gate"),
        more="  # x\n",
    ),
    "lost text": slip(
        "lost-text", "He was #1", "#1, then # gone", "not part of the text + in quotes", gate("He was #1, then # gone")
    ),
    "lost label": slip(
        "lost-text",
        "label: Say",
        "# nothing",
        "in quotes",
        gate(way="choices:\n      go:\n        label: Say # nothing\n        goto: house"),
    ),
    "version": slip("format-version", "waymeet: 2", "2", "newer", gate(), more="waymeet: 2\n"),
    "list for an id": slip(
        "wrong-value",
        "- label",
        "-",
        "an id + in place of each dash",
        gate(way="choices:\n      - label: Go.\n        goto: house"),
    ),
    "comma in a label": slip(
        "lost-text", "try: {", ", or not.", 'quotes: label: "Try., or not."', choice("or not., goto: house")
    ),
    "never locked": slip(
        "wrong-value", "try: {", "locked", "always open + `when`", choice("locked: Not yet., goto: house")
    ),
    "locked when used up": slip(
        "wrong-value",
        "try: {",
        "locked",
        "used up + not chosen(gate.try)",
        choice("once: true, locked: Done., goto: house"),
    ),
    "true by another name": slip("wrong-value", "lit: on", "on", "write true", gate(), flags=FLAGS + "  lit: on\n"),
    "range by a dash": slip("wrong-value", "days: ", "1-7", "{min: 1, max: 7}", gate(), flags=FLAGS + "  days: 1-7\n"),
    "id with a space": slip(
        "wrong-value", "  the well:", "the well", '"the_well"', gate() + "  the well: {ending: home}\n"
    ),
    "value without a key": slip(
        "missing-key", "goto: [", "house", '"to: house"', gate(way="goto: [{when: rope, house}, gate]")
    ),
    "node in a node": slip(
        "unknown-key",
        "    well:",
        "well",
        'a node itself + by 2 spaces + "gate"',
        gate(way="goto: well\n    well:\n      goto: house"),
    ),
    "ending at the margin": slip(
        "unknown-key",
        "lost:",
        "lost",
        '"endings" + by 2 spaces',
        gate(way="ending: lost"),
        more="lost:\n  title: Lost\n",
    ),
    # names
    "flag": slip("unknown-name", "do: roep", "roep", 'did you mean "rope"?', gate(do="roep = true")),
    "flag in prose": slip("unknown-name", "and {coin}", "coin", 'did you mean "coins"?', prose("{coin}")),
    "flag in a second line": slip("unknown-name", "and {roep: a|b}", "roep", '"rope"', prose("{roep: a|b}")),
    "node in a condition": slip("unknown-name", "seen(", "hosue", '"house"', choice("when: seen(hosue), goto: house")),
    "choice in a condition": slip(
        "unknown-name", "chosen(", "gate.og", "gate.go", choice("when: chosen(gate.og), goto: house")
    ),
    "value": slip("unknown-name", "mood == ", "corss", '"cross"', choice("when: mood == corss, goto: house")),
    "yes in a condition": slip("unknown-name", "rope == ", "yes", '"true"', choice("when: rope == yes, goto: house")),
    "node": slip("missing-target", "goto: hosue", "hosue", '"house"', gate(way="goto: hosue")),
    "flag from nowhere": slip(
        "unknown-name", "when: torch", "torch", "there is rope, coins", choice("when: torch, goto: house")
    ),
    "number in words": slip("unknown-name", "coins >= ", "one", 'write "1"', choice("when: coins >= one, goto: house")),
    "node as a flag": slip("unknown-name", "when: gate", "gate", "seen(gate)", choice("when: gate, goto: house")),
    "file as a node": slip(
        "missing-target", "goto: road.yaml", "road.yaml", "is a scene + road.house", gate(way="goto: road.yaml")
    ),
    "condition as a node": slip(
        "missing-target",
        "goto: house if",
        "house if rope else gate",
        "{when: rope, to: house}",
        gate(way="goto: house if rope else gate"),
    ),
    "scene": slip("missing-target", "goto: raod", "raod.house", '"house"', gate(way="goto: raod.house")),
    "ending": slip("missing-target", "ending: hmoe", "hmoe", '"home"', choice("ending: hmoe")),
    "nowhere": slip("missing-target", "try: {", "try", "leads nowhere + goto", choice("do: rope = true")),
    "speaker": slip("unknown-name", "- jathor", "jathor", "cast", gate("\n      - jathor: Hello.")),
    "flag as a speaker": slip("unknown-name", "text: {rope", "rope", "in quotes", gate("{rope: You hold it.}")),
    "allow": slip(
        "unknown-name", "allow: {dead", "dead_end", '"dead-end"', gate(way="allow: {dead_end: x}\n    goto: house")
    ),
    # expressions
    "one equals sign": slip("bad-expression", "when: mood =", "=", '"=="', choice("when: mood = calm, goto: house")),
    "effects with a comma": slip(
        "bad-expression", "do: rope", ",", "[rope = true, coins = 1]", gate(do="rope = true, coins = 1")
    ),
    "effects with and": slip(
        "bad-expression", "do: rope", "=", "[rope = true, coins", gate(do="rope = true and coins = 1")
    ),
    "plus without equals": slip("bad-expression", "do: coins", "+", "coins += 1", gate(do="coins +1")),
    "effect with a colon": slip("yaml-syntax", "do: coins", ":", "no colon + coins += 1", gate(do="coins: +1")),
    "arrow": slip("bad-expression", "when: coins =>", "=", '">="', choice("when: coins => 1, goto: house")),
    "half a condition": slip("bad-expression", "when: rope and", "", "missing", choice("when: rope and, goto: house")),
    "division": slip("bad-expression", "do: coins = coins / 2", "/", "division", gate(do="coins = coins / 2")),
    "number as a condition": slip("type-mismatch", "when: coins", "coins", ">= 1", choice("when: coins, goto: house")),
    "enum as a condition": slip("type-mismatch", "when: mood", "mood", "== calm", choice("when: mood, goto: house")),
    "number for a bool": slip("type-mismatch", "do: rope", "1", "true or false", gate(do="rope = 1")),
    "bool for a number": slip("type-mismatch", "do: coins", "true", "a number", gate(do="coins = true")),
    "order of words": slip(
        "type-mismatch", "when: mood >", "mood", 'calm, cross, glad + "=="', choice("when: mood > 2, goto: house")
    ),
    "free text": slip(
        "type-mismatch", "when: called", "called", "never tested", choice("when: called == mood, goto: house")
    ),
    # prose
    "open emphasis": slip("bad-prose", "and a *star", "*", "never closed", prose("a *star")),
    "open brace": slip("bad-prose", "and {rope: held", "{", "never closed", prose("{rope: held")),
    "open parenthesis": slip("bad-prose", "and {seen(gate", "(", "closed", prose("{seen(gate: x}")),
    "empty braces": slip("bad-prose", "and {}", "{}", "\\{", prose("{}")),
    "closing brace": slip("bad-prose", "and }", "}", "\\}", prose("}")),
    "third part": slip("bad-prose", "and {rope", "{rope: a|b|c}", "two parts + \\|", prose("{rope: a|b|c}")),
    "backslash": slip("bad-prose", "and \\q", "\\q", "\\\\", prose("\\q")),
    "else": slip("bad-prose", "and {rope", "else:", "behind", prose("{rope: held, else: lost}")),
    "way on in a text": slip(
        "bad-prose", "      goto: gate", "goto", "by no more than 4 spaces", prose("wait.\n      goto: gate\n     ")
    ),
    "text that begins with a brace": slip("wrong-value", "text: {Shut", "{", "in quotes", gate("{Shut.|Still shut.}")),
    "case of a block": slip(
        "type-mismatch",
        "cases: {",
        "corss",
        '"cross"',
        gate("\n      - match: mood\n        cases: {calm: A., corss: B., glad: C.}"),
    ),
    "if": slip("bad-prose", "and {if", "if", "if", prose("{if rope: x}")),
    "prose by an enum": slip("type-mismatch", "and {mood", "mood", "== calm", prose("{mood: x}")),
    "case missing": slip("incomplete-match", "and {mood?", "mood", "glad + else", prose("{mood? calm: a | cross: b}")),
    "number missing": slip("incomplete-match", "and {coins?", "coins", "2 + else", prose("{coins? 0: a | 1: b}")),
    "case misspelt": slip(
        "type-mismatch", "and {mood?", "corss", '"cross"', prose("{mood? calm: a | corss: b | glad: c}")
    ),
    "cases of a block": slip(
        "incomplete-match",
        "match: mood",
        "mood",
        "glad",
        gate("\n      - match: mood\n        cases: {calm: A., cross: B.}"),
    ),
}


def findings(run: Run, folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("check", "--format", "json", folder).out)["findings"]
    return found


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_one_finding_on_the_very_word(here: Path, run: Run, name: str) -> None:
    rule, line, word, said, text = SLIPS[name]
    folder = write(here / "x", story=text)
    found = findings(run, folder)
    assert [finding["rule"] for finding in found] == [rule], found
    (finding,) = found
    lines = text.split("\n")
    marked = lines[finding["line"] - 1]
    assert line in marked
    if word:
        assert marked.replace("\t", " ")[finding["column"] - 1 : finding["end_column"] - 1] == word
    told = f"{finding['message']} {finding['help']}"
    assert [words for words in said if words not in told] == []


#: What is asked only of files with nothing else wrong: where calls lead is not known before every way on is.
ASKED_LAST = {*UNREADABLE, "endless-call", "no-return"}


@pytest.mark.parametrize("name", [name for name in SLIPS if SLIPS[name].rule not in ASKED_LAST])
def test_a_slip_keeps_no_other_from_being_told(here: Path, run: Run, name: str) -> None:
    """A scene beside it, with a slip of its own, is told in the same run."""
    folder = write(here / "x", story=SLIPS[name].text, attic="scene: attic\nnodes: {top: {text: Up., goto: nowhere}}\n")
    rules = [finding["rule"] for finding in findings(run, folder)]
    assert rules == ["missing-target", SLIPS[name].rule]


def test_a_file_that_cannot_be_read_does_not_drag_names_behind_it(here: Path, run: Run) -> None:
    main = FERRY.partition("scene: bank")[0]
    scene = "scene: bank\nlocal:\n" + FERRY.partition("local:\n")[2]
    assert findings(run, write(here / "whole", story=main, bank=scene)) == []
    for broken in (scene.replace("Wait.,", "Wait: here.,"), scene.replace("    text: |", "   text: |")):
        found = findings(run, write(here / "x", story=main, bank=broken))
        assert [finding["rule"] for finding in found] == ["yaml-syntax"], found


# -- what only the whole story shows ------------------------------------

ROPE = "  rope: false\n"
COINS = "  coins: {min: 0, max: 2, start: 0}\n"

WELL = "  well:\n    text: A dark well.\n"
GATE = """\
  gate:
    text: The gate is shut.
    choices:
      walk: {label: Walk on., goto: well}
      back: {label: Turn back., goto: house}
"""


def with_away(found: Slip, people: str = "") -> Slip:
    """The same with an ending more, and with more people."""
    text = found.text.replace("endings:\n", "endings:\n  away: {title: Away}\n")
    return found._replace(text=text.replace("start: road.gate}\n", "start: road.gate}\n" + people))


def for_tom(found: Slip) -> Slip:
    """The same where the ending is for somebody else, who comes to it, too."""
    text = found.text.replace("{title: Home}", "{title: Home, for: tom}")
    return found._replace(text=text.replace("start: road.gate}\n", "start: road.gate}\n  tom: {start: road.gate}\n"))


def beside_a_side(found: Slip) -> Slip:
    """The same where the usual ending is a side one."""
    return found._replace(text=found.text.replace("{title: Home}", "{title: Home, kind: side}"))


#: For each rule: the slip, the choices that lead to it, and what a reader is told there.
FOUND_BY_PLAY = {
    "dead-end": (
        slip("dead-end", "  well:", "well", "nothing leads on + goto", GATE + WELL, flags=""),
        ["walk"],
        "dead end",
    ),
    "dead-end of choices": (
        slip(
            "dead-end",
            "  well:",
            "well",
            "no choice is open + otherwise",
            "  gate:\n    text: Shut.\n    choices:\n      walk: {label: Walk., goto: well}\n"
            "      fetch: {label: Fetch a rope., do: rope = true, goto: well}\n"
            + WELL
            + "    choices:\n      climb: {label: Climb., when: rope, goto: house}\n",
            flags=ROPE,
        ),
        ["walk"],
        "dead end",
    ),
    "soft-lock": (
        slip(
            "soft-lock",
            "walk: {",
            "walk",
            "can reach no ending any more",
            GATE
            + WELL
            + "    choices:\n      swim: {label: Swim., goto: well}\n"
            + "      shout: {label: Shout., once: true, goto: well}\n",
            flags="",
        ),
        ["walk"],
        "A dark well.",
    ),
    "endless-loop": (
        slip(
            "endless-loop",
            "  well:",
            "well",
            "road.well → road.deeper → road.well + choice or an ending",
            GATE + WELL + "    goto: deeper\n  deeper:\n    text: Deeper.\n    goto: well\n",
            flags="",
        ),
        ["walk"],
        "goes round in a circle",
    ),
    "unreachable-node": (
        slip(
            "unreachable-node",
            "  well:",
            "well",
            "nothing leads to this node + goto",
            gate(do="") + WELL + "    goto: house\n",
            flags="",
        ),
        None,
        "",
    ),
    "unreachable-node by its condition": (
        slip(
            "unreachable-node",
            "  well:",
            "well",
            "no playthrough + conditions",
            gate(way="goto: [{when: rope, to: well}, {to: house}]") + WELL + "    goto: house\n",
            flags=ROPE,
        ),
        None,
        "",
    ),
    "unreachable-ending": (
        with_away(
            slip(
                "unreachable-ending",
                "away: {",
                "away",
                "tom can never come + without tom",
                choice("ending: away", do=""),
                flags="",
            ),
            people="  tom: {name: Tom, start: road.house}\n",
        ),
        None,
        "",
    ),
    "impossible-choice": (
        slip(
            "impossible-choice",
            "try: {",
            "try",
            "never open + condition",
            choice("when: coins >= 1, goto: house", do="coins = 0"),
            flags=COINS,
        ),
        [],
        "The gate is shut.",
    ),
    "out-of-range": (
        slip(
            "out-of-range",
            "beg: {",
            "coins += 2",
            "coins would become 3 + 0 to 2 + clamp",
            "  gate:\n    text: '{coins}'\n    choices:\n      find: {label: Find., do: coins = 1, goto: gate}\n"
            "      beg: {label: Beg., do: coins += 2, goto: house}\n",
            flags=COINS,
        ),
        ["find", "beg"],
        "Good night.",
    ),
    "missing-warning": (
        slip(
            "missing-warning",
            "warns: ",
            "spiders",
            "spiders + `warns` in the story file",
            gate(way="warns: spiders\n    goto: house", do=""),
            flags="",
        ),
        [],
        "Good night.",
    ),
    "missing-view": (
        slip(
            "missing-view",
            "  the_fall: {",
            "the_fall",
            "mara has no view of the event + views",
            gate(do=""),
            more="events:\n  the_fall: {views: {}}\n",
            flags="",
        ),
        None,
        "",
    ),
    "contradiction": (
        slip(
            "contradiction",
            "lie: {",
            "fell = no_one",
            "changes fell + the_fall + condition",
            "  gate:\n    text: Who fell?\n    choices:\n"
            "      say: {label: Say., when: fell != no_one, do: fell = ash, goto: house}\n"
            "      lie: {label: Lie., do: fell = no_one, goto: house}\n",
            more="memory:\n  fell: [untold, ash, no_one]\nevents:\n  the_fall: {views: {mara: gate}, settles: fell}\n",
            flags="",
        ),
        ["lie"],
        "Good night.",
    ),
    "broken-promise": (
        slip(
            "broken-promise",
            "  dry: {",
            "at(house) and rope",
            'dry is broken + "at(house) and rope" comes true + promise',
            "  gate:\n    text: Shut.\n    choices:\n      climb: {label: Climb., do: rope = true, goto: house}\n"
            "      wait: {label: Wait., goto: house}\n",
            more="promises:\n  dry: {never: at(house) and rope}\n",
            flags=ROPE,
        ),
        ["climb"],
        "Good night.",
    ),
    "uncovered-goto": (
        slip(
            "uncovered-goto",
            "    goto: [",
            "goto",
            "can be false + `when`",
            "  gate:\n    text: Shut.\n    choices:\n      smile: {label: Smile., do: mood = glad}\n"
            "      wait: {label: Wait.}\n      shout: {label: Shout., do: mood = cross}\n"
            "    goto: [{when: mood == glad, to: house}]\n",
            flags="  mood: [calm, cross, glad]\n",
        ),
        ["wait"],
        "dead end",
    ),
    "unused-allow": (
        slip(
            "unused-allow",
            "allow: {",
            "soft-lock",
            "there is none here",
            gate(way="allow: {soft-lock: x}\n    goto: house", do=""),
            flags="",
        ),
        None,
        "",
    ),
    "unused-flag": (
        slip("unused-flag", "  rope:", "rope", "asks for + changes + remove it", gate(do=""), flags=ROPE),
        None,
        "",
    ),
    "unused-flag by its derived name": (
        slip(
            "unused-flag",
            "  ready:",
            "ready",
            "the derived name + remove it",
            gate("'{rope}.'"),
            flags=ROPE,
            more="derive:\n  ready: not rope\n",
        ),
        None,
        "",
    ),
    "never-read": (
        slip("never-read", "  rope:", "rope", "is set + road.gate sets it + condition", gate(), flags=ROPE),
        None,
        "",
    ),
    "never-written": (
        slip(
            "never-written",
            "  coins:",
            "coins",
            "always 0 + road.gate depends on it + `do`",
            gate("'You have {coins}.'", do=""),
            flags=COINS,
        ),
        None,
        "",
    ),
    "impossible-branch": (
        slip(
            "impossible-branch",
            "    goto: [",
            "house",
            "never taken + one before it",
            "  gate:\n    text: Shut.\n    do: rope = true\n    goto: [{when: rope, to: well}, {to: house}]\n"
            "  well:\n    text: A dark well.\n    goto: house\n",
            flags=ROPE,
        ),
        [],
        "A dark well.",
    ),
    "needless-condition": (
        slip(
            "needless-condition",
            "      try: {",
            "not rope",
            "is true + leave it out",
            choice("when: not rope, once: true, goto: house"),
            flags=ROPE,
        ),
        [],
        "The gate is shut.",
    ),
    "false-choice": (
        slip(
            "false-choice",
            "      back: {",
            "back",
            'no difference + after "walk" + an effect',
            GATE.replace("goto: well", "goto: house"),
            flags="",
        ),
        [],
        "The gate is shut.",
    ),
    "unseen-text": (
        slip(
            "unseen-text",
            "    text: '",
            "You have none.",
            "never shown + remove",
            gate("'{rope: A rope. | You have none.}'", do="rope = true"),
            flags=ROPE,
        ),
        [],
        "A rope.",
    ),
    "stray-ending": (
        for_tom(slip("stray-ending", "  home: {", "home", "mara comes + for tom + condition", gate(do=""), flags="")),
        [],
        "Good night.",
    ),
    "lost-ending": (
        beside_a_side(
            with_away(
                slip(
                    "lost-ending",
                    "  away: {",
                    "away",
                    "mara can lose + `hint`",
                    "  gate:\n    text: Shut.\n    choices:\n      climb: {label: Climb., ending: away}\n"
                    "      turn: {label: Turn., text: It is late., choices: {on: {label: On., goto: house}}}\n",
                    flags="",
                )
            )
        ),
        ["turn"],
        "It is late.",
    ),
    "unused-ending": (
        with_away(slip("unused-ending", "away: {", "away", "no step + `ending: away`", gate(do=""), flags="")),
        None,
        "",
    ),
}


@pytest.mark.parametrize("name", FOUND_BY_PLAY)
def test_what_play_shows_is_one_finding_with_the_way_there(here: Path, run: Run, name: str) -> None:
    rule, line, word, said, text = FOUND_BY_PLAY[name][0]
    found = findings(run, write(here / "x", story=text))
    assert [finding["rule"] for finding in found] == [rule], found
    (finding,) = found
    marked = text.split("\n")[finding["line"] - 1]
    assert line in marked
    assert marked[finding["column"] - 1 : finding["end_column"] - 1] == word
    told = f"{finding['message']} {finding['help']}"
    assert [words for words in said if words not in told] == []
    way = FOUND_BY_PLAY[name][1]
    assert (finding["witness"] and finding["witness"]["play"]) == way


@pytest.mark.parametrize("name", [name for name in FOUND_BY_PLAY if FOUND_BY_PLAY[name][1] is not None])
def test_the_way_there_can_be_replayed(here: Path, run: Run, name: str) -> None:
    folder = write(here / "x", story=FOUND_BY_PLAY[name][0].text)
    way, shown = FOUND_BY_PLAY[name][1:]
    (here / "way.txt").write_text("\n".join(way or ()))
    ran = run("play", "--plain", "--as", "mara", "--replay", "way.txt", folder)
    assert "Traceback" not in ran.err
    assert shown in " ".join((ran.out + ran.err).split())


REMEMBERED = FERRY.replace("when: toll == paid, ending: asleep}", "when: toll == paid, goto: well}")
REMEMBERED += "  well:\n    text: It has no bottom.\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [(FOUND_BY_PLAY["dead-end"][0].text, "A dark well."), (REMEMBERED, "It has no bottom.")],
    ids=["choices", "memory"],
)
def test_the_way_there_is_a_command_that_shows_it(here: Path, run: Run, text: str, shown: str) -> None:
    told = run("check", write(here / "my story", story=text)).out
    (typed,) = re.findall(r"to see it: (.*)", told)
    *first, last = [shlex.split(command) for command in typed.split("; ")]
    for command in first:
        assert command[0] == "waymeet"
        assert run(*command[1:]).code == 1
    assert last[:2] == ["waymeet", "play"]
    ran = run(*last[1:], "--plain")
    assert (ran.code, ran.err) == (0, "")
    assert shown in ran.out


@pytest.mark.parametrize("typed", ["a/well.yaml", "a", "./a/", "well.yaml"])
@pytest.mark.parametrize("name", ["dead-end", "impossible-choice"])
def test_the_command_shown_opens_what_was_checked(here: Path, run: Run, typed: str, name: str) -> None:
    write(here, well=FOUND_BY_PLAY[name][0].text)
    write(here / "a", well=FOUND_BY_PLAY[name][0].text)
    told = run("check", typed).out
    (command,) = re.findall(r"to see it: waymeet (.*)", told)
    play, path, *more = shlex.split(command)
    assert (play, (here / path).resolve()) == ("play", (here / typed).resolve())
    assert run(play, path, *more, "--plain").code == 0


@pytest.mark.parametrize(
    "way",
    [
        "fly",
        "walk,walk",
        "nowhere.json#1",
        "report.json#0",
        "report.json#2",
        "report.json#x",
        "broken.json#1",
    ],
)
def test_a_way_that_does_not_fit_is_told_in_a_line(here: Path, run: Run, way: str) -> None:
    folder = write(here / "x", story=FOUND_BY_PLAY["dead-end"][0].text)
    run("check", "--format", "json", "--output", "report.json", folder)
    (here / "broken.json").write_text('{"findings": [{"witness": {"play": 3}}]}')
    ran = run("play", "--plain", "--as", "mara", "--follow", way, folder)
    assert ran.code == 2
    assert ran.err.startswith("waymeet: ")
    assert ran.err.count("\n") == 1


def test_every_rule_is_slipped_on_here() -> None:
    slips = [*SLIPS.values(), *(found for found, _, _ in FOUND_BY_PLAY.values())]
    assert {found.rule for found in slips} == set(ALL_RULES)


# -- one cause, one finding ------------------------------------


def test_an_ending_that_nothing_leads_to_is_told_once(here: Path, run: Run) -> None:
    text = FERRY.replace("endings:\n", "endings:\n  drowned: {title: Drowned}\n")
    found = findings(run, write(here / "x", story=text))
    assert [finding["rule"] for finding in found] == ["unused-ending"], found


def test_what_an_endless_loop_cuts_off_is_a_finding_of_its_own(here: Path, run: Run) -> None:
    spin = "  gate:\n    do: coins = 1\n    goto: [{when: coins == 2, to: house}, {to: gate}]\n"
    found = findings(run, write(here / "x", story=story(spin, flags=COINS)))
    assert {finding["rule"] for finding in found} == {"endless-loop", "unreachable-node", "unreachable-ending"}, found


def test_what_lies_behind_an_impossible_choice_is_a_finding_of_its_own(here: Path, run: Run) -> None:
    text = story(choice("when: rope, goto: well") + WELL + "    ending: away\n", flags=ROPE)
    text = text.replace("endings:\n", "endings:\n  away: {title: Away}\n")
    found = findings(run, write(here / "x", story=text))
    rules = {finding["rule"] for finding in found}
    assert rules == {"impossible-choice", "unreachable-node", "unreachable-ending"}, found


def test_several_slips_in_one_text_are_all_told(here: Path, run: Run) -> None:
    text = story(prose("{roep} and {coin: a|b} and {mood? calm: a | corss: b}"), flags=FLAGS)
    rules = [finding["rule"] for finding in findings(run, write(here / "x", story=text))]
    assert rules[:3] == ["unknown-name", "unknown-name", "type-mismatch"]
