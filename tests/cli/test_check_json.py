"""`waymeet check --format json`: the contract that other tools read, key by key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli.stories import FERRY, endless, story, write
from waymeet.diagnostics import Diagnostic, Report, Severity, Span, Summary, Witness
from waymeet.reports.json import render
from waymeet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Ran

    Run = Callable[..., Ran]

TOP = ["format", "waymeet", "story", "verdict", "findings", "undecided", "summary"]
FINDING = ["rule", "severity", "message", "help", "file", "line", "column", "end_line", "end_column", "node", "choice"]
FINDING += ["witness"]
WITNESS = ["as", "memory", "before", "play", "outcomes", "shortest"]
SUMMARY = ["scenes", "nodes", "choices", "endings", "words", "states", "seconds"]

#: Tom finds a well without a way out once Mara has paid.
INHERITED = FERRY.replace("when: toll == paid, ending: asleep}", "when: toll == paid, goto: well}")
INHERITED += "  well:\n    text: It has no bottom.\n"
#: The choice that Tom never has.
SHUT = FERRY.replace("when: toll == paid, ending: asleep}", "when: toll == paid and coins == 3, ending: asleep}")


def told(run: Run, *arguments: str | Path) -> Any:
    ran = run("check", "--format", "json", *arguments)
    assert ran.err == ""
    assert ran.out.endswith("\n")
    return json.loads(ran.out)


def test_a_clean_story_has_every_key_in_order(here: Path, run: Run) -> None:
    report = told(run, write(here / "x", story=FERRY))
    assert list(report) == TOP
    assert list(report["summary"]) == SUMMARY
    assert (report["format"], report["waymeet"], report["story"]) == (1, __version__, "ferry")
    assert (report["verdict"], report["findings"], report["undecided"]) == ("clean", [], [])
    numbers = {key: report["summary"][key] for key in SUMMARY[:4]}
    assert numbers == {"scenes": 1, "nodes": 2, "choices": 8, "endings": 2}
    assert type(report["summary"]["states"]) is int
    assert type(report["summary"]["seconds"]) is float


def test_a_finding_has_every_key_in_order(here: Path, run: Run) -> None:
    (finding,) = told(run, write(here / "x", story=SHUT))["findings"]
    assert list(finding) == FINDING
    assert (finding["rule"], finding["severity"], finding["file"]) == ("impossible-choice", "error", "story.yaml")
    assert (finding["node"], finding["choice"]) == ("bank.hut", "tally")
    line = SHUT.split("\n")[finding["line"] - 1]
    assert line[finding["column"] - 1 : finding["end_column"] - 1] == "tally"
    assert finding["end_line"] == finding["line"]
    assert isinstance(finding["message"], str)
    assert isinstance(finding["help"], str)


def test_a_witness_carries_the_playthroughs_before_it(here: Path, run: Run) -> None:
    (finding,) = told(run, write(here / "x", story=INHERITED))["findings"]
    witness = finding["witness"]
    assert (finding["rule"], finding["node"], finding["choice"]) == ("dead-end", "bank.well", None)
    assert list(witness) == WITNESS
    earlier = {"as": "mara", "memory": {}, "before": [], "play": ["pay", "sit"], "outcomes": [], "shortest": True}
    assert witness == {**earlier, "as": "tom", "memory": {"toll": "paid"}, "before": [earlier], "play": ["tally"]}


def test_columns_count_from_1_and_files_are_relative_to_the_folder(here: Path, run: Run) -> None:
    folder = write(here / "x", story=FERRY)
    write(folder / "acts" / "one", town="sceen: town\n")
    (finding,) = told(run, folder)["findings"]
    assert finding["file"] == "acts/one/town.yaml"
    assert (finding["line"], finding["column"]) == (1, 1)


def test_the_help_of_a_finding_may_be_null_and_so_may_node_choice_and_witness(here: Path, run: Run) -> None:
    report = told(run, write(here / "x", story=FERRY.replace("start: calm}", "start: clam}")))
    assert report["verdict"] == "invalid"
    (finding,) = report["findings"]
    assert (finding["node"], finding["choice"], finding["witness"]) == (None, None, None)
    assert list(report["summary"]) == SUMMARY


def test_findings_are_in_the_order_of_files_lines_and_columns(here: Path, run: Run) -> None:
    text = FERRY.replace("goto: landing", "goto: nowhere").replace("ending: asleep", "ending: awake")
    extra = "scene: attic\nnodes: {top: {text: Up., goto: nowhere}}\n"
    findings = told(run, write(here / "x", story=text, attic=extra))["findings"]
    places = [(finding["file"], finding["line"], finding["column"]) for finding in findings]
    assert places == sorted(places)
    assert len(places) == len(set(places)) == 5


@pytest.mark.parametrize(("text", "verdict", "code"), [(FERRY, "clean", 0), ("story: [", "invalid", 2)])
def test_one_story_is_an_object_and_several_a_list(here: Path, run: Run, text: str, verdict: str, code: int) -> None:
    folder = write(here / "x", story=text)
    assert told(run, folder)["verdict"] == verdict
    assert [report["verdict"] for report in told(run, folder, folder)] == [verdict, verdict]
    assert run("check", "--format", "json", folder).code == code


def test_an_unfinished_check_lists_what_is_open_by_rule_node_and_reason(here: Path, run: Run) -> None:
    report = told(run, "--budget", "0.3s", write(here / "x", story=endless()))
    assert report["verdict"] == "undecided"
    assert all(list(question) == ["rule", "node", "reason"] for question in report["undecided"])
    nodes = {question["node"] for question in report["undecided"]}
    assert nodes <= {None, "road.gate", "road.house"}
    assert "road.house" in nodes


def test_json_goes_to_a_file_too(here: Path, run: Run) -> None:
    ran = run("check", "--format=json", "--output", "r.json", write(here / "x", story=FERRY))
    assert (ran.code, ran.out) == (0, "")
    assert json.loads((here / "r.json").read_text(encoding="utf-8"))["verdict"] == "clean"


def test_prose_in_json_is_unicode_and_control_characters_are_escaped(here: Path, run: Run) -> None:
    ran = run("check", "--format", "json", write(here / "x", story='story: "caf\u00e9\\e\u2014"\n'))
    assert "\x1b" not in ran.out
    json.loads(ran.out)
    ran = run("check", "--format", "json", write(here / "y", story="story: caf\u00e9\n"))
    assert "caf\u00e9" in ran.out


def test_what_is_not_printable_is_escaped_and_read_back() -> None:
    text = '\x7f\x85\x9b \u202e\u2028\ufeff\U000e0001\udcff\n\t"\\ caf\u00e9 \U0001f600'
    finding = Diagnostic("dead-end", Severity.NOTE, text, Span("a.yaml", 1, 2, 3, 4))
    written = render([Report("x", (finding,))])
    assert all(character.isprintable() or character == "\n" for character in written)
    assert "caf\u00e9 \U0001f600" in written
    assert json.loads(written)["findings"][0]["message"] == text


def test_several_that_were_asked_for_are_a_list_though_one_is_missing(here: Path, run: Run) -> None:
    ran = run("check", "--format", "json", write(here / "x", story=FERRY), "nowhere")
    assert (ran.code, ran.err) == (66, "waymeet: there is no story at nowhere\n")
    assert [report["verdict"] for report in json.loads(ran.out)] == ["clean"]


@pytest.mark.parametrize(
    ("states", "written"), [(2**53, 2**53), (2**53 + 1, "9007199254740993"), (10**30, "1" + "0" * 30), (0, 0)]
)
def test_numbers_that_a_double_cannot_hold_are_strings(states: int, written: int | str) -> None:
    report = json.loads(render([Report("x", summary=Summary(states=states))]))
    assert report["summary"]["states"] == written


def test_every_field_of_a_witness_is_written() -> None:
    earlier = Witness("lexa", (("parting", "kind"),), (), ("a",), ("6",), shortest=False)
    witness = Witness("clarke", (("clues", ("crest", "feather")),), (earlier,), ("kneel",), ("2", "rain"))
    finding = Diagnostic("dead-end", Severity.NOTE, "m", Span("a.yaml", 1, 2, 3, 4), witness=witness)
    (written,) = json.loads(render([Report("x", (finding,))]))["findings"]
    assert (written["severity"], written["help"]) == ("note", None)
    assert [written[key] for key in ("line", "column", "end_line", "end_column")] == [1, 2, 3, 4]
    assert written["witness"] == {
        "as": "clarke",
        "memory": {"clues": ["crest", "feather"]},
        "before": [
            {
                "as": "lexa",
                "memory": {"parting": "kind"},
                "before": [],
                "play": ["a"],
                "outcomes": ["6"],
                "shortest": False,
            }
        ],
        "play": ["kneel"],
        "outcomes": ["2", "rain"],
        "shortest": True,
    }


def test_a_story_without_findings_leaves_the_list_empty(here: Path, run: Run) -> None:
    assert told(run, write(here / "x", story=story("  gate: {text: Shut., goto: house}\n")))["findings"] == []
