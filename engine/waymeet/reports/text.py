"""A report for a person: each finding with its line, a caret under the place, help, and the way there."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from wcwidth import wcwidth

from waymeet.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waymeet.diagnostics import Diagnostic, Report, Span, Witness

#: A longer line is shown from near the place on.
_WINDOW = 110
_BEFORE = 40
_MOST_UNDECIDED = 20


def render(report: Report, folder: str = "", story: str | None = None) -> str:
    """The report as text; file names are shown below `folder`. `story` as in `located`."""
    named = {finding.span.file for finding in report.findings}
    sources = {file: text.split("\n") for file, text in report.sources.items() if file in named}
    parts = [located(finding, sources, folder, story, number) for number, finding in enumerate(report.findings, 1)]
    parts += [_undecided(report)] if report.undecided else []
    return "\n".join([*parts, printable(summary(report))])


def summary(report: Report) -> str:
    """The last line: the verdict and what it rests on."""
    counts = report.summary
    sizes = (counts.nodes, "node"), (counts.choices, "choice"), (counts.endings, "ending"), (counts.words, "word")
    size = ", ".join(counted(count, name) for count, name in sizes)
    states = "more states than can be counted" if counts.states is None else counted(counts.states, "state")
    walked = f"{states} in {counts.seconds:.1f} s"
    numbers = [(report.counts(Severity.ERROR), "error"), (_only(report, Severity.WARNING), "warning")]
    numbers.append((_only(report, Severity.NOTE), "note"))
    found = ", ".join(counted(count, name) for count, name in numbers if count) or "no findings"
    match report.verdict:
        case "invalid":
            mended = "it is" if len(report.findings) == 1 else "they are"
            return f"{report.story}: {found}; the story cannot be played until {mended} mended\n"
        case "undecided":
            return f"{report.story}: {found}, {len(report.undecided)} undecided ({size}; {walked})\n"
        case "findings":
            return f"{report.story}: {found} ({size}; {walked})\n"
        case "clean":
            return f"{report.story}: clean ({size}; {walked}, every one accounted for)\n"


def counted(count: int, name: str) -> str:
    """A number of things, in words."""
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _only(report: Report, severity: Severity) -> int:
    return sum(finding.severity is severity for finding in report.findings)


def located(
    finding: Diagnostic,
    sources: Mapping[str, Sequence[str]],
    folder: str = "",
    story: str | None = None,
    number: int = 1,
) -> str:
    """One finding: what is wrong, where, what to do, and the way there; `sources` has the lines of each file.

    `story` is the path that opens the story, by default the folder or else the file; "" for the bundled one. `number`
    is the place of the finding in its report, counted from 1.
    """
    span = finding.span
    prefix = folder.rstrip("/") + "/" if folder else ""
    head = f"{prefix}{span.file}:{span.line}:{span.column}: {finding.severity.value}[{finding.rule}]: {finding.message}"
    lines = [head, *_quoted(span, sources.get(span.file, ()))]
    if finding.help:
        lines.append(f"      = help: {finding.help}")
    for related in finding.related:
        place = f"{prefix}{related.span.file}:{related.span.line}:{related.span.column}"
        lines.append(f"      = see {place}: {related.message}")
    if finding.witness is not None:
        lines += _way(finding.witness, (folder or span.file) if story is None else story, number)
    return "\n".join(printable(line) for line in lines) + "\n"


def _way(witness: Witness, story: str, number: int) -> list[str]:
    lines = [
        f"      = after a reading as {earlier.protagonist}: {', '.join(earlier.play) or 'there is nothing to choose'}"
        for earlier in witness.before
    ]
    lines.append(f"      = the way there as {witness.protagonist}: {_choices(witness)}")
    if witness.outcomes:
        lines.append(f"      = where it comes out as: {', '.join(witness.outcomes)}")
    lines.append(f"      = to see it: {_command(witness, f' {shlex.quote(story)}' if story else '', number)}")
    return lines


def _command(witness: Witness, story: str, number: int) -> str:
    """What to type to be led there; what an earlier reading left, or chance brings, is read from a report."""
    if witness.before or witness.outcomes:
        report = f"waymeet check{story} --format json --output report.json"
        return f"{report}; waymeet play{story} --follow report.json#{number}"
    play = shlex.quote(",".join(witness.play))
    return f"waymeet play{story} --as {witness.protagonist} --follow {play}"


def _choices(witness: Witness) -> str:
    return ", ".join(witness.play) or "it is so from the start"


def _quoted(span: Span, lines: Sequence[str]) -> list[str]:
    """The line a finding is about, with carets under the place, measured in terminal cells."""
    if span.line > len(lines):
        return []
    text = lines[span.line - 1].replace("\t", " ")
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    cut = max(0, start - _BEFORE) if len(text) > _WINDOW else 0
    shown = printable(text[cut : cut + _WINDOW])
    before, marked = text[cut:start], text[start : min(max(end, start + 1), cut + _WINDOW)]
    return [f"{span.line:>5} | {shown}", f"      | {' ' * _cells(before)}{'^' * max(1, _cells(marked))}"]


def _cells(text: str) -> int:
    return sum(max(0, wcwidth(character)) for character in printable(text))


def printable(text: str) -> str:
    """Text without anything that could steer a terminal: control and bidi characters are shown as a box."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character == "\n" else "□" for character in text)


def _undecided(report: Report) -> str:
    """What was left open, below the reason that stopped it."""
    lines = []
    for reason in dict.fromkeys(question.reason for question in report.undecided):
        more = "; give it more with --budget" if "budget" in reason else ""  # else more would not help
        lines.append(f"undecided: {reason}{more}")
        questions = [question for question in report.undecided if question.reason == reason]
        for question in questions[:_MOST_UNDECIDED]:
            subject = question.subject or question.node or "anywhere else in the story"
            lines.append(f"      = {question.rule}: {subject}")
        if len(questions) > _MOST_UNDECIDED:
            lines.append(f"      = and {len(questions) - _MOST_UNDECIDED} more")
    return "\n".join(printable(line) for line in lines) + "\n"
