"""A report as JSON: a contract that other tools read (format 1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from waymeet.version import __version__

if TYPE_CHECKING:
    from waymeet.diagnostics import Diagnostic, Report, Summary, Undecided, Witness

FORMAT = 1
#: Integers above this are written as strings, for many readers of JSON hold numbers as doubles.
MAX_INTEGER = 2**53


def render(reports: list[Report], *, several: bool = False) -> str:
    """The reports as JSON text: an object for one story, a list for several, and where `several` were asked for.

    Nothing in it can steer a terminal: what is not printable is escaped.
    """
    objects = [to_object(report) for report in reports]
    return as_text(objects if several or len(objects) != 1 else objects[0])


def as_text(value: Any) -> str:
    """A value as JSON text of which nothing can steer a terminal: what is not printable is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "\n".join(_escaped(line) for line in text.split("\n")) + "\n"


def integer(number: int | None) -> int | str | None:
    """A number as JSON can hold it for every reader: as a string where it is very large."""
    return number if number is None or number <= MAX_INTEGER else str(number)


def _escaped(line: str) -> str:
    """The same JSON with every character that is not printable, which only its strings can hold, by its number."""
    if line.isprintable():
        return line
    return "".join(character if character.isprintable() else _escape(character) for character in line)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def to_object(report: Report) -> dict[str, Any]:
    """A report as the object that the contract describes."""
    return {
        "format": FORMAT,
        "waymeet": __version__,
        "story": report.story,
        "verdict": report.verdict,
        "findings": [_finding(finding) for finding in report.findings],
        "undecided": [_undecided(question) for question in report.undecided],
        "summary": summarised(report.summary),
    }


def summarised(summary: Summary) -> dict[str, Any]:
    """The counts over a story."""
    return {
        "scenes": summary.scenes,
        "nodes": summary.nodes,
        "choices": summary.choices,
        "endings": summary.endings,
        "words": summary.words,
        "states": integer(summary.states),
        "seconds": summary.seconds,
    }


def _undecided(question: Undecided) -> dict[str, Any]:
    reason = f"{question.subject}: {question.reason}" if question.subject else question.reason
    return {"rule": question.rule, "node": question.node, "reason": reason}


def _finding(finding: Diagnostic) -> dict[str, Any]:
    span = finding.span
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "node": finding.node,
        "choice": finding.choice,
        "witness": None if finding.witness is None else _witness(finding.witness),
    }


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "as": witness.protagonist,
        "memory": dict(witness.memory),
        "before": [_witness(earlier) for earlier in witness.before],
        "play": list(witness.play),
        "outcomes": list(witness.outcomes),
        "shortest": witness.shortest,
    }
