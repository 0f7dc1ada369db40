"""Laws of what is kept of checks: what was found out before changes nothing of what is found now."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.corpus import corpus
from kit.edits import HARMFUL, Author
from kit.examples import examples
from kit.stories import as_bytes, stories
from waymeet.analysis.essence import essence
from waymeet.analysis.watch import Watch
from waymeet.authoring.compiler import compile_story
from waymeet.authoring.loading import load_files
from waymeet.checking import check_files
from waymeet.diagnostics import Proof
from waymeet.results import Results
from waymeet.rules import SETTABLE_RULES

if TYPE_CHECKING:
    from pathlib import Path

    from kit.corpus import Known
    from kit.stories import Files
    from waymeet.diagnostics import Report


#: Bytes of a story that takes too long to be checked again and again.
_MUCH = 20_000


class Kept:
    """Proofs in memory, and how often one was of use."""

    def __init__(self) -> None:
        self._kept: dict[str, Proof] = {}
        self.hits = 0

    def proved(self, essence: str) -> Proof | None:
        self.hits += essence in self._kept
        return self._kept.get(essence)

    def prove(self, essence: str, proof: Proof) -> None:
        self._kept[essence] = proof


def timeless(report: Report) -> Report:
    return replace(report, summary=replace(report.summary, seconds=0.0))


def assert_same(files: dict[str, bytes], kept: Kept) -> None:
    anew, known = check_files(files, "random"), check_files(files, "random", proofs=kept)
    assert timeless(known) == timeless(anew)


def edited(files: dict[str, bytes], random: Random) -> dict[str, bytes]:
    """Files with a line or a word of one of them left out, told twice or changed for another one of the same file."""
    name = random.choice(sorted(files))
    pieces = re.split(rb"(\n)" if random.random() < 0.3 else rb"(\W+)", files[name])
    at, other = random.randrange(len(pieces)), random.randrange(len(pieces))
    pieces[at] = random.choice((b"", pieces[at] * 2, pieces[other], pieces[other]))
    return {**files, name: b"".join(pieces)}


@pytest.mark.parametrize("known", corpus(), ids=lambda known: known.name)
def test_what_was_proved_hides_nothing_whatever_is_edited(known: Known) -> None:
    if sum(map(len, known.files.values())) > _MUCH:
        pytest.skip("takes too long to be checked this often")
    random, kept = Random(known.name), Kept()
    assert_same(known.files, kept)
    for _ in range(20):
        assert_same(edited(known.files, random), kept)


@examples(45)
@given(stories(), st.randoms(use_true_random=False))
def test_what_was_proved_hides_nothing_in_random_stories(files: Files, random: Random) -> None:
    author, kept = Author(files, random), Kept()
    assert_same(as_bytes(author.files), kept)
    for edits in (("retell",), HARMFUL):
        author.release(edits, says=False)
        assert_same(as_bytes(author.files), kept)


def test_what_was_proved_is_of_use_after_an_edit_of_the_wording() -> None:
    of_use = 0
    for known in corpus():
        if sum(map(len, known.files.values())) <= _MUCH:
            kept = Kept()
            assert_same(known.files, kept)
            words = {name: re.sub(rb"(?<=[a-z] )the(?= [a-z])", b"thee", data) for name, data in known.files.items()}
            assert_same(words, kept)
            of_use += kept.hits
    assert of_use > 40


@examples(45)
@given(stories())
def test_a_report_that_was_kept_is_the_same(tmp_path_factory: pytest.TempPathFactory, files: Files) -> None:
    results = Results(tmp_path_factory.mktemp("cache"), "maker")
    report = check_files(as_bytes(files), "random")
    results.keep("key", report)
    kept = results.report("key")
    assert kept == report
    named = {finding.span.file for finding in report.findings}
    assert kept.sources == {file: text for file, text in report.sources.items() if file in named}


def essence_of(files: dict[str, bytes], off: tuple[str, ...] = ()) -> str:
    compiled = compile_story(load_files(files), SETTABLE_RULES)
    assert compiled is not None
    return essence(compiled.story, compiled.places, compiled.promises, Watch(compiled.story), off)


STORY = b"""\
story: s
protagonists: {one: {start: a}}
flags: {known: false}
endings: {home: {}}
scene: x
nodes:
  a:
    text: |
      It is *cold*. {known: You know. | You do not.}
    choices:
      ask: {label: Ask., locked: No., when: not known, do: known = true, goto: a}
      go: {label: Go., goto: b}
  b: {text: Home., ending: home}
"""


@pytest.mark.parametrize(
    ("old", "new"), [("cold", "warm"), ("You know", "So be it"), ("Ask.", "Speak."), ("No.", "Later.")]
)
def test_words_are_not_of_the_essence(old: str, new: str) -> None:
    changed = STORY.replace(old.encode(), new.encode())
    assert essence_of({"s": b"# a line more\n" + changed}) == essence_of({"s": STORY})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("known: You", "not known: You"),
        ("You do not.", ""),
        ("You do not.", "You know."),
        ("text: Home.", "text: Go."),
        ("text: Home., ", ""),
        ("known = true", "known = false"),
        ("when: not known", "when: known"),
        ("goto: a", "goto: b"),
        ("b: {text", "b: {warns: [cold], text"),
        ("b: {text", "b: {allow: {dead-end: So it is.}, text"),
    ],
)
def test_all_else_is(old: str, new: str) -> None:
    assert old.encode() in STORY
    assert essence_of({"s": STORY.replace(old.encode(), new.encode())}) != essence_of({"s": STORY})
    assert essence_of({"s": STORY}, ("dead-end",)) != essence_of({"s": STORY})


def test_a_result_of_another_waymeet_counts_for_nothing(tmp_path: Path) -> None:
    proof = Proof(2**60, (0, 3))
    Results(tmp_path, "one").prove("essence", proof)
    assert Results(tmp_path, "one").proved("essence") == proof
    assert Results(tmp_path, "other").proved("essence") is None
    assert Results(tmp_path, "one").proved("another") is None
