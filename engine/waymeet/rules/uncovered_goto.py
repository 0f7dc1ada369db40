"""uncovered-goto: a `goto` or `otherwise` whose conditions can all be false.

What it finds: a state that a reader can reach in which no entry of a guarded list is true.
Why it matters: the reading breaks off there.
What to do: end the list with an entry that has no `when`, or make its conditions cover every case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, StateRule, anywhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Diagnostic


def _find(facts: Facts, rule: StateRule) -> Iterator[Diagnostic]:
    told = set()
    nearest = sorted(facts.walk.stuck.items(), key=lambda stuck: facts.walk.depths[stuck[1]])
    for step, state in nearest:
        span = facts.places.ways.get(step)
        if facts.story.machine.steps[step].ways and span not in told:
            told.add(span)  # choices may share the list of the step they stand in
            message = "every condition of this list can be false at once"
            help_line = "end it with an entry that has no `when`"
            yield rule.at_step(facts, step, message, help_line, facts.walk.way_to(state), span)


RULE = StateRule("uncovered-goto", Severity.ERROR, _find, anywhere)
