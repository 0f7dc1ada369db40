"""uncovered-goto: a `goto` or `otherwise` whose conditions can all be false.

What it finds: a state that a reader can reach in which no entry of a guarded list is true.
Why it matters: the reading breaks off there.
What to do: end the list with an entry that has no `when`, or make its conditions cover every case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, StateRule, anywhere, stands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Span


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for step, teller in tellers(facts).items():
        if step == teller:
            first = facts.survey.stuck[step]
            message = "every condition of this list can be false at once"
            help_line = "end it with an entry that has no `when`"
            witness = facts.survey.way(first)
            finding = rule.at_step(facts, step, message, help_line, witness, facts.places.ways.get(step))
            yield Found(finding, stands(first, stuck=True))


def tellers(facts: Facts) -> dict[int, int]:
    """The steps whose list falls through, each with the one at which that is told.

    Choices may share the list of the step they stand in; it is told once, where it is met first.
    """
    nearest = sorted(facts.survey.stuck.items(), key=lambda stuck: (stuck[1].depth, stuck[0]))
    falling = [step for step, _ in nearest if facts.story.machine.steps[step].ways]
    first: dict[Span | None, int] = {}
    return {step: first.setdefault(facts.places.ways.get(step), step) for step in falling}


RULE = StateRule("uncovered-goto", Severity.ERROR, _find, anywhere("stuck"))
