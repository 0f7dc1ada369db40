"""What the whole project says when something is wrong: one `Diagnostic`, and the `Report` that gathers them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple

from waymeet import exits
from waymeet.errors import WaymeetError

if TYPE_CHECKING:
    from collections.abc import Iterable

Verdict = Literal["clean", "findings", "undecided", "invalid"]

#: Rules that fire when a file could not be read as YAML at all: there is no telling what else is in it.
UNREADABLE = frozenset({"yaml-syntax", "unsafe-yaml"})


class Severity(Enum):
    """How much a finding matters; errors and warnings keep a story from being clean, notes do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file: lines and columns count characters from 1, the end is exclusive.

    `file` is the path relative to the story folder, with forward slashes.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Witness:
    """A playthrough that shows a finding, replayable by the engine.

    `memory` is what the playthrough starts with, in author's terms; `before` are the finished playthroughs that left
    it; `play` and `outcomes` list choice ids and drawn outcomes in order; `shortest` says whether the count of choices,
    those of `before` included, is certified least.
    """

    protagonist: str
    memory: tuple[tuple[str, object], ...] = ()
    before: tuple[Witness, ...] = ()
    play: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    shortest: bool = True

    @property
    def length(self) -> int:
        """The number of choices, those of the playthroughs before it included."""
        return len(self.play) + sum(len(earlier.play) for earlier in self.before)


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that helps to understand a finding, with a word on why."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing found wrong: which rule, where, what it means and what to do.

    `node` is `scene.node`; `choice` is the choice's path below that node (`raise_gun.hold`).
    """

    rule: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    node: str | None = None
    choice: str | None = None
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A question that was left open, and what stopped it; `subject` says what it is about, when that is no node."""

    rule: str
    reason: str
    node: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over a story; `states` is the number of reachable states seen, `seconds` the time the check took.

    Where nothing is undecided that is the number of all; it is None where all was proved, and not by counting.
    """

    scenes: int = 0
    nodes: int = 0
    choices: int = 0
    endings: int = 0
    words: int = 0
    states: int | None = 0
    seconds: float = 0.0


class Proof(NamedTuple):
    """That nothing is wrong with any of so many states, but for what some entries allow, by their numbers."""

    states: int
    allowed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found out about one story.

    `invalid` says that the story could not be built, so that nothing was asked of its states. `sources` holds the text
    of each file named by a finding, for the renderers to quote.
    """

    story: str
    findings: tuple[Diagnostic, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    summary: Summary = Summary()
    invalid: bool = False
    sources: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def verdict(self) -> Verdict:
        """`invalid`, else `findings` on any error or warning, else `undecided`, else `clean`."""
        if self.invalid:
            return "invalid"
        if self.counts(Severity.WARNING):
            return "findings"
        return "undecided" if self.undecided else "clean"

    def counts(self, least: Severity) -> int:
        """How many findings are at least as severe as `least`."""
        ranks = list(Severity)
        return sum(ranks.index(finding.severity) <= ranks.index(least) for finding in self.findings)

    def exit_code(self, fail_on: Severity = Severity.WARNING) -> int:
        """2 when a file could not be read, 1 on findings, 3 when something is undecided, else 0."""
        if any(finding.rule in UNREADABLE for finding in self.findings):
            return exits.UNUSABLE
        if self.invalid or self.counts(fail_on):
            return exits.FINDINGS
        return exits.UNDECIDED if self.undecided else exits.CLEAN

    def sorted(self) -> Report:
        """The same report with its findings in the order of the files, each only once."""
        unique = dict.fromkeys(sorted(self.findings, key=lambda finding: (finding.span, finding.rule, finding.message)))
        return replace(self, findings=tuple(unique))


def closest(word: str, known: Iterable[str]) -> list[str]:
    """The known words closest to a misspelt one, the closest first; none when nothing is close."""
    from difflib import get_close_matches

    return get_close_matches(word, sorted(set(known)), n=3, cutoff=0.6)


def suggestion(words: Iterable[str]) -> str | None:
    """A help line that offers some words; None for none."""
    quoted = [f'"{word}"' for word in words]
    return f"did you mean {' or '.join(quoted[:3])}?" if quoted else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A help line naming the known words closest to a misspelt one, or None when nothing is close."""
    return suggestion(closest(word, known))


class StoryError(WaymeetError):
    """A story that cannot be built; `report` says everything that is wrong with it."""

    def __init__(self, report: Report) -> None:
        first = report.findings[0]
        more = f" (and {len(report.findings) - 1} more)" if len(report.findings) > 1 else ""
        place = f"{first.span.file}:{first.span.line}:{first.span.column}"
        super().__init__(f"{place}: {first.severity.value}[{first.rule}]: {first.message}{more}")
        self.report = report


class StoryNotFoundError(WaymeetError):
    """There is no story at the path that was given."""
