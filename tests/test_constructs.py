"""Every construct plays as its page says, to the letter."""

from __future__ import annotations

import pytest

from kit.expectations import messages
from kit.pages import Example, Fenced, all_examples, place_text, rewrite
from kit.plays import script, transcript
from waymeet.authoring.loading import load_files
from waymeet.checking import check_files, compile_files
from waymeet.diagnostics import Diagnostic, Report
from waymeet.runtime import Story
from waymeet.walkthroughs import run_walkthroughs

EXAMPLES = all_examples("constructs")
#: What the pages show is often decided beforehand, and these say so: no flag changes where a form of prose is shown,
#: and choices are there to be seen.
DECIDED = {"needless-condition", "unseen-text", "false-choice"}
PLAYS = [(example, index) for example in EXAMPLES for index in range(len(example.only("play")))]


def _story(example: Example) -> Story:
    return Story(compile_files(example.files, example.name))


def _walked(example: Example) -> list[Diagnostic]:
    """What is found wrong by the walkthroughs of a story."""
    return [f for outcome in run_walkthroughs(_story(example), load_files(example.files)) for f in outcome.findings]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_is_clean_or_says_what_its_page_says(example: Example, update: bool) -> None:
    report = check_files(example.files, example.name)
    assert not report.undecided
    failed = [] if report.invalid else _walked(example)
    found = [finding for finding in report.findings if finding.rule not in DECIDED]
    text = messages(Report(report.story, (*found, *failed), sources=report.sources))
    if update:
        place_text(example, text)
    else:
        assert [block.text for block in example.only("text")] == ([text] if text else [])


@pytest.mark.parametrize(("example", "index"), PLAYS, ids=[f"{example.name}-{index + 1}" for example, index in PLAYS])
def test_plays_as_written(example: Example, index: int, update: bool) -> None:
    story = _story(example)
    if update:
        rewrite(example, "play", lambda _, text: transcript(story, script(text)))
    else:
        block: Fenced = example.only("play")[index]
        assert transcript(story, script(block.text)) == block.text
