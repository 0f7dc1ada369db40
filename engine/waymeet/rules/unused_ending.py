"""unused-ending: an ending that no step leads to.

What it finds: an ending that is declared, and no step, wherever it is, says `ending` with its name.
Why it matters: a reader is promised an ending that is not there.
What to do: give some step this `ending`, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import GraphRule
from waymeet.story import endings_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Diagnostic
    from waymeet.rules.facts import GraphFacts


def _find(facts: GraphFacts, rule: GraphRule) -> Iterator[Diagnostic]:
    used = endings_in(facts.story)
    for index, ending in enumerate(facts.story.endings):
        if index not in used:
            message = f"no step leads to the ending {ending.id}"
            help_line = f"give some step `ending: {ending.id}`, or remove it here"
            yield rule.at(facts.places.endings[ending.id], message, help_line)


RULE = GraphRule("unused-ending", Severity.WARNING, _find)
