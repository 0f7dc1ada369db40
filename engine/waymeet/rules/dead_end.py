"""dead-end: a place where nothing can be chosen and nothing leads on.

What it finds: a state that a reader can reach in which no choice is open and there is neither `goto` nor `otherwise`.
Why it matters: the reading breaks off there without an ending.
What to do: give the step a `goto` or an `otherwise`, make it an `ending`, or leave one choice without `when`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, StateRule, anywhere, stands

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for step, first in facts.survey.stuck.items():
        linked = facts.story.machine.steps[step]
        if linked.ways:
            continue  # a goto that falls through is uncovered-goto's
        message = "no choice is open here and nothing leads on" if linked.choices else "nothing leads on from here"
        help_line = "give it a `goto`, an `otherwise` or an `ending`"
        finding = rule.at_step(facts, step, message, help_line, facts.survey.way(first))
        yield Found(finding, stands(first, stuck=True), finding.span)


RULE = StateRule("dead-end", Severity.ERROR, _find, anywhere("stuck"))
