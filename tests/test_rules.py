"""Every rule fires where its page says, says what its page says, and stays silent elsewhere."""

from __future__ import annotations

from importlib import import_module

import pytest

from kit.claims import CLAIMS
from kit.expectations import expected, fired, messages
from kit.pages import TESTS, Example, all_examples, place_text
from waymeet.analysis.uses import uses_of
from waymeet.authoring.compiler import compile_story
from waymeet.authoring.loading import load_files
from waymeet.checking import check_files, compile_files
from waymeet.rules import ALL_RULES, GRAPH_RULES, STATE_RULES
from waymeet.rules.facts import GraphFacts
from waymeet.runtime import Story
from waymeet.story import Assignment, Register

EXAMPLES = all_examples("rules")
WITH_FINDINGS = [example for example in EXAMPLES if any(rule in CLAIMS for _, _, rule in expected(example.files))]


def _names(examples: list[Example]) -> list[str]:
    return [example.name for example in examples]


@pytest.mark.parametrize("example", EXAMPLES, ids=_names(EXAMPLES))
def test_fires_exactly_where_expected(example: Example, update: bool) -> None:
    report = check_files(example.files, example.name)
    assert fired(report.findings) == expected(example.files), messages(report)
    assert not report.undecided
    text = messages(report)
    if update:
        place_text(example, text)
    else:
        assert [block.text for block in example.only("text")] == ([text] if text else [])


@pytest.mark.parametrize("example", WITH_FINDINGS, ids=_names(WITH_FINDINGS))
def test_what_a_finding_about_states_claims_is_so(example: Example) -> None:
    story = Story(compile_files(example.files, example.name))
    for finding in check_files(example.files, example.name).findings:
        if finding.rule in CLAIMS:
            CLAIMS[finding.rule](story, finding)


@pytest.mark.parametrize("rule", ALL_RULES)
def test_each_rule_has_a_page_that_shows_it_firing_and_silent(rule: str) -> None:
    page = TESTS / "rules" / f"{rule}.md"
    assert page.read_text("utf-8").startswith(f"# {rule}\n")
    fires = [
        any(name == rule for _, _, name in expected(example.files))
        for example in all_examples("rules")
        if example.page == page
    ]
    assert any(fires), "no example fires"
    assert not all(fires), "no example stays silent"


def test_each_page_is_about_a_rule() -> None:
    pages = {page.stem for page in (TESTS / "rules").glob("*.md")}
    assert pages == set(ALL_RULES)


@pytest.mark.parametrize("rule", [rule.name for rule in (*GRAPH_RULES, *STATE_RULES)])
def test_each_rule_about_the_story_says_what_why_and_what_to_do(rule: str) -> None:
    text = import_module(f"waymeet.rules.{rule.replace('-', '_')}").__doc__ or ""
    assert text.startswith(f"{rule}: ")
    heads = ["What it finds: ", "Why it matters: ", "What to do: "]
    assert [text.count(f"\n{head}") for head in heads] == [1, 1, 1]
    assert sorted(heads, key=text.index) == heads


def test_what_the_engine_keeps_for_itself_is_nobodys_to_use() -> None:
    files = {
        "s.yaml": b"story: s\nprotagonists: {ada: {start: n}}\nscene: s\nnodes: {n: {ending: e}}\nendings: {e: {}}\n"
    }
    compiled = compile_story(load_files(files), ())
    assert compiled is not None
    kept = Register("told(the_parting)", "int", "memory", 0, 1, 0)
    told = [step._replace(effects=(Assignment(0, 1),)) for step in compiled.story.steps]
    for steps in (compiled.story.steps, tuple(told)):
        story = compiled.story._replace(registers=(kept,), steps=steps)
        facts = GraphFacts(story, compiled.places, uses_of(story))
        assert [finding for rule in GRAPH_RULES for finding in rule.find(facts, rule)] == []
