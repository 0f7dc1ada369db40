"""Lines that stand too far in or too far out: told where they stand, once, and nothing that only follows from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cli.stories import FERRY
from waymeet.authoring.compiler import compile_story
from waymeet.authoring.loading import load_files
from waymeet.rules import SETTABLE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Diagnostic

#: Most lines that are moved are one finding; where the lines around them change their meaning with them, a few.
MOST = 4
MEAN = 1.05


class Shift(NamedTuple):
    """A line of the ferry story, by its number from 1, moved to a column, alone or with all that stands below it."""

    line: int
    column: int
    whole: bool

    def applied(self) -> str:
        """The story with the line moved."""
        lines = FERRY.split("\n")
        indent = _indent(lines[self.line - 1])
        below = lines[self.line :] if self.whole else []
        count = next((at for at, line in enumerate(below) if line.strip() and _indent(line) <= indent), len(below))
        for at in range(self.line - 1, self.line + count):
            column = max(0, _indent(lines[at]) + self.column - indent)
            lines[at] = " " * column + lines[at].lstrip()
        return "\n".join(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _shifts() -> Iterator[Shift]:
    """Each key of the story at each column where some key stands, and one off."""
    lines = FERRY.split("\n")
    for number, line in enumerate(lines[:-1], 1):
        for column in {0, *(_indent(line) + by for by in (-4, -2, -1, 1, 2, 4))} - {_indent(line)}:
            if re.match(r"\s*\w+:", line) and column >= 0:
                yield Shift(number, column, whole=False)
                if _indent(lines[number]) > _indent(line):
                    yield Shift(number, column, whole=True)


def found_in(**files: str) -> list[Diagnostic]:
    """What reading some files and resolving their names finds."""
    written = load_files({f"{name}.yaml": text.encode() for name, text in files.items()})
    compile_story(written, SETTABLE_RULES)
    return sorted(written.findings, key=lambda finding: finding.span)


def test_the_story_itself_has_no_findings() -> None:
    assert found_in(story=FERRY) == []


def test_a_line_that_is_moved_is_told_once_and_hardly_anything_with_it() -> None:
    counts = {shift: len(found_in(story=shift.applied())) for shift in _shifts()}
    assert len(counts) > 300
    assert {shift: count for shift, count in counts.items() if count > MOST} == {}
    assert sum(counts.values()) / len(counts) <= MEAN


def test_whatever_is_told_of_a_line_that_is_moved_helps() -> None:
    found = {finding for shift in _shifts() for finding in found_in(story=shift.applied())}
    assert [finding for finding in found if not finding.help] == []


def test_strays_that_are_found_hide_no_other_slip() -> None:
    text = FERRY.replace("  hut:", "hut:").replace("coins -= 1", "coin -= 1").replace("when: toll", "wehn: toll")
    assert [finding.rule for finding in found_in(story=text)] == ["unknown-name", "unknown-key", "unknown-key"]


def test_a_key_that_several_places_lack_is_left_to_the_writer() -> None:
    (found,) = found_in(story=FERRY.replace("      swim: {", "      goto: hut\n      swim: {"))
    assert found.message == '"goto" stands among the choices, and is taken for one of them'
    assert 'if it belongs to "landing", indent it by 4 spaces' in (found.help or "")


def test_very_many_strays_are_told_in_bounds() -> None:
    nodes = "".join(f"  n{number}: {{text: A., x{number}: {{y: z}}}}\n" for number in range(5000))
    found = found_in(story="story: s\nprotagonists: {a: {start: n0}}\nscene: s\nnodes:\n" + nodes)
    assert len(found) <= 101
