"""`# expect: rule` comments in YAML: which rules must fire at which lines."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from waymeet.reports.text import render, summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.diagnostics import Diagnostic, Report

#: File, line from 1, rule.
Place = tuple[str, int, str]

_EXPECT = re.compile(r"(?P<before>.*?)# expect: (?P<rules>[a-z, -]+?)(?:, (?P<down>\d+) lines down)?")


def expected(files: dict[str, bytes]) -> Counter[Place]:
    """What the comments ask for.

    A comment behind something is about its own line, one that stands alone about the next line that is no such
    comment, or, with `, 3 lines down`, about the third line after it (inside a text, where no comment can stand).
    """
    found: Counter[Place] = Counter()
    for name, data in files.items():
        waiting: list[str] = []
        for number, line in enumerate(data.decode().splitlines(), 1):
            match = _EXPECT.fullmatch(line)
            rules = match["rules"].split(", ") if match else []
            if match and match["down"]:
                found.update((name, number + int(match["down"]), rule) for rule in rules)
            elif match and not match["before"].strip():
                waiting += rules
            else:
                found.update((name, number, rule) for rule in (*waiting, *rules))
                waiting = []
        assert not waiting, f"{name}: an expectation at the end of the file is about nothing"
    return found


def fired(findings: Iterable[Diagnostic]) -> Counter[Place]:
    """What was found."""
    return Counter((finding.span.file, finding.span.line, finding.rule) for finding in findings)


def messages(report: Report) -> str:
    """The findings of a report as a person reads them; nothing for none."""
    return render(report).removesuffix(summary(report)).removesuffix("\n\n") + "\n" if report.findings else ""
