"""The contract of `--format json`, written out by hand: what other tools rely on, checked field by field."""

from __future__ import annotations

from typing import Any

from waymeet.version import __version__

VERDICTS = ("clean", "findings", "undecided", "invalid")
SEVERITIES = ("error", "warning", "note")
_FINDING = {
    "rule": str,
    "severity": str,
    "message": str,
    "help": str | None,
    "file": str,
    "line": int,
    "column": int,
    "end_line": int,
    "end_column": int,
    "node": str | None,
    "choice": str | None,
    "witness": dict | None,
}
_WITNESS = {"as": str, "memory": dict, "before": list, "play": list, "outcomes": list, "shortest": bool}
_REPORT = {
    "format": int,
    "waymeet": str,
    "story": str,
    "verdict": str,
    "findings": list,
    "undecided": list,
    "summary": dict,
}
_COUNTS = ("scenes", "nodes", "choices", "endings", "words")


def check_contract(report: Any, sources: dict[str, str]) -> None:
    """Assert that an object is a report as the contract has it; `sources` are the files of the story."""
    _check_fields(report, _REPORT)
    assert report["format"] == 1
    assert report["waymeet"] == __version__
    assert report["verdict"] in VERDICTS
    for finding in report["findings"]:
        _check_finding(finding, sources)
    for question in report["undecided"]:
        _check_fields(question, {"rule": str, "node": str | None, "reason": str})
    _check_summary(report["summary"])
    _check_verdict(report)


def _check_fields(data: Any, fields: dict[str, Any]) -> None:
    assert isinstance(data, dict)
    assert set(data) == set(fields)
    for name, kind in fields.items():
        assert isinstance(data[name], kind), (name, data[name])
        assert kind is bool or not isinstance(data[name], bool), (name, data[name])


def _check_finding(finding: Any, sources: dict[str, str]) -> None:
    _check_fields(finding, _FINDING)
    assert finding["severity"] in SEVERITIES
    assert finding["message"]
    assert finding["file"] in sources
    assert "\\" not in finding["file"]
    assert min(finding["line"], finding["column"], finding["end_line"], finding["end_column"]) >= 1
    assert (finding["line"], finding["column"]) <= (finding["end_line"], finding["end_column"])
    assert finding["node"] is None or finding["node"].count(".") == 1
    assert finding["choice"] is None or finding["node"] is not None
    if finding["witness"] is not None:
        _check_witness(finding["witness"])


def _check_witness(witness: Any) -> None:
    _check_fields(witness, _WITNESS)
    assert all(isinstance(choice, str) for choice in [*witness["play"], *witness["outcomes"]])
    for value in witness["memory"].values():
        assert isinstance(value, bool | int | str | list)
    for earlier in witness["before"]:
        assert earlier["before"] == []
        _check_witness(earlier)


def _check_summary(summary: Any) -> None:
    assert set(summary) == {*_COUNTS, "states", "seconds"}
    assert all(isinstance(summary[name], int) and summary[name] >= 0 for name in _COUNTS)
    states = summary["states"]
    assert (isinstance(states, int) and 0 <= states <= 2**53) or (isinstance(states, str) and int(states) > 2**53)
    assert isinstance(summary["seconds"], int | float)
    assert summary["seconds"] >= 0


def _check_verdict(report: Any) -> None:
    """The verdict follows from the rest."""
    serious = [finding for finding in report["findings"] if finding["severity"] != "note"]
    match report["verdict"]:
        case "clean":
            assert not serious
            assert not report["undecided"]
        case "undecided":
            assert not serious
            assert report["undecided"]
        case _:
            assert serious
