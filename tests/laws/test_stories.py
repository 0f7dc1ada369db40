"""That random stories hold everything that the laws are about, and that it happens: what never comes up is no test."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from authoring.test_formatting import ABSTRACT, SHAPED, models_of
from kit.census import MOVES, STATES, STORIES, happenings, keys_in, texts_in
from kit.oracle import Oracle, TooLargeError
from kit.stories import as_bytes, make_story
from waymeet.authoring.fields import Written
from waymeet.checking import check_files, compile_files
from waymeet.rules import GRAPH_RULES, STATE_RULES
from waymeet.runtime import Story

if TYPE_CHECKING:
    from kit.stories import Files
    from waymeet.diagnostics import Report

COUNT = 260
#: What random stories hold nothing of yet: keys, with the shapes below them, and rules about that.
KEYS_LEFT_OUT = {"signal", "events", "promises", "history"}
SHAPES_LEFT_OUT = {"signal", "event", "promise", "history", "renames"}
RULES_LEFT_OUT = {"missing-view", "contradiction", "broken-promise"}
#: The shapes of walkthroughs, which have a law of their own.
WALKTHROUGH = {"walkthrough", "turn", "expectation"}

#: Forms of conditions, effects and prose, by what they look like where they are written.
FORMS = {
    "logic": r"\) and \(|\) or \(",
    "not": r"\bnot \(",
    "chain": r"\w (<|<=|>|>=) [^{]+ (<|<=|>|>=) \d",
    "sums": r" [*+-] ",
    "negative": r"-\(",
    "least and most": r"\b(min|max)\(",
    "distance": r"\babs\(",
    "either value": r" if .* else ",
    "member": r"\b(crest|feather|ring|rope\w*) (not )?in ",
    "one of several": r"\b(mood|parting|tide\w*|look) (not )?in \{",
    "empty set": r"\{\}",
    "sets compared": r"\} (<|<=|>|>=) ",
    "sets put together": r"\} [|&-] ",
    "size of a set": r"\bcount\(",
    "seen": r"\bseen\((\w+\.)?n\d\)",
    "visits": r"\bvisits\(",
    "chosen": r"\bchosen\(",
    "times": r"\btimes\(",
    "a nested choice by its path": r"\b(chosen|times)\([^)]*\.c\d\.c\d",
    "a choice of a menu": r"\b(chosen|times)\(((camp|hill|gate)\.)?(pockets|coat|bench)\.\w",
    "derived names": r"\b(welcome|weight|look|found)\b",
    "more and less": r"\w (\+|-)= ",
    "toggle": r"^toggle\(",
    "emphasis": r"(^|[^*])\*\w",
    "strong emphasis": r"\*\*\w",
    "a broken line": r"\\\n",
    "paragraphs": r"\n\n",
    "escapes": r"\\\{",
    "a value printed": r"\{\w+\}",
    "by condition": r"\{[^|]+: [^|]+\}",
    "by condition, or else": r"\{[^|]+: [^|]+ \| [^|]+\}",
    "by the value of an enum": r"\{\w+\? cold: ",
    "by the value of a number": r"\{\w+\? 0: .*1\.\.2: ",
    "by value, or else": r" else: ",
    "a sequence": r"\{\w+\.?\|",
    "a cycle": r"\{&",
    "once each": r"\{!",
    "a shuffle": r"\{~",
    "a range of a match": r"^-?\d\.\.-?\d$",
}

#: Ways in which things are written that are told by their data.
DATA = {
    "bool": r'"(armed|lit|met)": (true|false)',
    "number": r'"min": -?\d',
    "enum as a list": r'"(mood|parting|tide\w*)": \[',
    "set": r'"any_of"',
    "free text": r'"called": \{"text"',
    "clamp": r'"overflow": "clamp"',
    "report": r'"overflow": "report"',
    "once, and not": r'"once": false',
    "the engine words why": r'"locked": true',
    "another reason": r'"locked": "',
    "no echo": r'"echo": ""',
    "return": r'"return": true',
    "return by name": r'"return": "left"',
    "best": r'"pick": "best"',
    "random": r'"pick": "random"',
    "offer": r'"pick": "offer"',
    "low priority": r'"priority": -1',
    "sequence": r'"vary": "sequence"',
    "cycle": r'"vary": "cycle"',
    "each once": r'"vary": "once"',
    "shuffle": r'"vary": "shuffle"',
    "speech": r'\{"(anna|bela|jathor)": "',
    "one menu": r'"menus": "',
    "several menus": r'"menus": \["\w+", "',
    "one die": r'"dice": "d3"',
    "ranges that overlap": r'"1\.\.3"',
    "nested choices": r'"choices": .*"choices": .*"choices": ',
    "only menus": r'"menus": ("\w+"|\["\w+"\])\}',
    "a way only by a condition": r'"goto": \[\{"when": [^\]]*\}\]',
    "one ending for one": r'"for": "',
    "a rule that is off": r': "off"',
}


@cache
def sample() -> list[Files]:
    """Random stories."""
    return [make_story(random.Random(seed)) for seed in range(COUNT)]


@cache
def reports() -> list[Report]:
    """What the check says of each."""
    return [check_files(as_bytes(files), "random") for files in sample()]


def test_nearly_every_random_story_loads() -> None:
    assert sum(not report.invalid for report in reports()) >= 0.97 * COUNT


@pytest.mark.parametrize("rule", sorted({rule.name for rule in (*GRAPH_RULES, *STATE_RULES)} - RULES_LEFT_OUT))
def test_every_rule_fires_often(rule: str) -> None:
    assert sum(any(found.rule == rule for found in report.findings) for report in reports()) >= 0.03 * COUNT


def test_every_kind_of_impossible_choice_and_witness_comes_up() -> None:
    findings = [finding for report in reports() for finding in report.findings]
    witnesses = [finding.witness for finding in findings if finding.witness is not None]
    impossible = Counter(
        re.sub('"[^"]*"', "…", found.message) for found in findings if found.rule == "impossible-choice"
    )
    assert len(impossible) == 3
    assert min(impossible.values()) >= 3
    assert sum(bool(witness.before) for witness in witnesses) >= 3
    assert sum(bool(witness.outcomes) for witness in witnesses) >= 3


def test_every_key_of_the_format_is_used() -> None:
    keys = {
        (SHAPED[model.__name__], info.alias or name)
        for model in models_of(Written)
        if model.__name__ not in ABSTRACT
        for name, info in model.model_fields.items()
    }
    used = Counter(key for files in sample() for key in keys_in(files))
    wanted = {(shape, key) for shape, key in keys if shape not in SHAPES_LEFT_OUT | WALKTHROUGH}
    assert {(shape, key) for shape, key in wanted if key not in KEYS_LEFT_OUT and used[shape, key] < 2} == set()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_words_is_written(form: str) -> None:
    pattern = re.compile(FORMS[form], re.DOTALL)
    assert sum(any(pattern.search(text) for text in texts_in(files)) for files in sample()) >= 0.02 * COUNT


@pytest.mark.parametrize("way", DATA)
def test_every_way_to_write_a_thing_is_used(way: str) -> None:
    pattern = re.compile(DATA[way])
    assert sum(bool(pattern.search(json.dumps(files))) for files in sample()) >= 0.02 * COUNT


@cache
def happened() -> Counter[str]:
    """In how many stories what happens."""
    found: Counter[str] = Counter()
    for files in sample():
        try:
            found.update(happenings(Oracle.of(Story(compile_files(as_bytes(files), "random")), files, most=150)))
        except TooLargeError:
            continue
    return found


@pytest.mark.parametrize("what", [*STATES, *MOVES, *STORIES])
def test_everything_happens(what: str) -> None:
    assert happened()[what] >= 2
