"""What was found out by earlier checks, by content: whole reports, and that no state of a story is wrong.

What was left undecided is not kept. A result counts for the very waymeet that found it, and one that is damaged counts
for nothing.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from waymeet.cache import Cache
from waymeet.diagnostics import Diagnostic, Proof, Related, Report, Severity, Span, Summary, Witness
from waymeet.errors import SaveError
from waymeet.sealed import seal, unseal

if TYPE_CHECKING:
    from pathlib import Path

#: So many reports are kept, and so many proofs, which take less than 100 bytes each.
_REPORTS = 50
_PROOFS = 200
_FIELDS = {"story": str, "findings": list, "summary": list, "invalid": bool, "sources": dict}


class Results:
    """The results in a folder that one waymeet (named by its `maker`) has found."""

    def __init__(self, folder: Path, maker: str) -> None:
        self._reports = Cache(folder, ".report", _REPORTS)
        self._proofs = Cache(folder, ".proof", _PROOFS)
        self._maker = maker

    def report(self, key: str) -> Report | None:
        """The report on files of this content."""
        raw = self._reports.read(key)
        try:
            return None if raw is None else _report(unseal("report", raw, _FIELDS))
        except (SaveError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
            return None

    def keep(self, key: str, report: Report) -> None:
        """Keep the report on files of this content, with the text of those that it names."""
        named = {finding.span.file for finding in report.findings}
        fields = {
            "story": report.story,
            "findings": [_row(*astuple(finding)) for finding in report.findings],
            "summary": list(astuple(report.summary)),
            "invalid": report.invalid,
            "sources": {file: text for file, text in report.sources.items() if file in named},
        }
        self._reports.write(key, seal("report", fields))

    def proved(self, essence: str) -> Proof | None:
        """What is proved of a story of this essence."""
        raw = self._proofs.read(self._proof(essence))
        try:
            fields = None if raw is None else unseal("proof", raw, {"essence": str, "states": str, "allowed": list})
            if fields is None or fields["essence"] != essence:
                return None
            return Proof(int(fields["states"]), tuple(map(int, fields["allowed"])))
        except (SaveError, ValueError, TypeError):
            return None

    def prove(self, essence: str, proof: Proof) -> None:
        """Keep what is proved."""
        fields = {"essence": essence, "states": str(proof.states), "allowed": list(proof.allowed)}
        self._proofs.write(self._proof(essence), seal("proof", fields))

    def _proof(self, essence: str) -> str:
        return f"{self._maker}-{essence}"


def _row(rule: str, severity: Severity, *more: Any) -> list[Any]:
    return [severity.value, rule, *more]


def _report(fields: dict[str, Any]) -> Report:
    findings = tuple(_finding(*_frozen(row)) for row in fields["findings"])
    sources = {str(file): str(text) for file, text in fields["sources"].items()}
    return Report(fields["story"], findings, (), Summary(*fields["summary"]), fields["invalid"], sources)


def _finding(severity: str, rule: str, message: str, span: Any, help_line: str, more: Any, *about: Any) -> Diagnostic:
    node, choice, witness = about
    related = tuple(Related(Span(*place), words) for place, words in more)
    shown = None if witness is None else _witness(*witness)
    return Diagnostic(rule, Severity(severity), message, Span(*span), help_line, related, node, choice, shown)


def _witness(protagonist: str, memory: Any, before: Any, play: Any, outcomes: Any, shortest: bool) -> Witness:
    return Witness(protagonist, memory, tuple(_witness(*earlier) for earlier in before), play, outcomes, shortest)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
