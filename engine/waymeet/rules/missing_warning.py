"""missing-warning: something to be warned of that the reader is not told about beforehand.

What it finds: a step that a reader can come to whose `warns` names what the story's own `warns` leaves out.
Why it matters: content warnings are shown once, before the first page; what is not among them meets a reader unwarned.
What to do: add it to `warns` in the story file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Span


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for step, warn, span in _untold(facts):
        if step in facts.survey.arrivals:
            message = f'a reader comes to this without having been warned of "{warn}"'
            help_line = f'add "{warn}" to `warns` in the story file'
            witness = facts.survey.way(facts.survey.arrivals[step])
            yield Found(rule.at_step(facts, step, message, help_line, witness, span), passes(step), span)


def _untold(facts: Facts) -> Iterator[tuple[int, str, Span]]:
    """The warnings that the story's own list leaves out, with their steps."""
    for step, warns in facts.places.warns.items():
        for warn, span in warns:
            if warn not in facts.story.data.warns:
                yield step, warn, span


def _unsettled(facts: Facts) -> Iterator[Open]:
    for step, warn, _ in _untold(facts):
        if step not in facts.survey.arrivals and not facts.survey.settles("arrivals", step):
            yield Open(facts.story.data.steps[step].node, f'the warning "{warn}"')


RULE = StateRule("missing-warning", Severity.WARNING, _find, _unsettled)
