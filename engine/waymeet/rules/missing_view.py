"""missing-view: an event that some protagonist has no view of, or never comes to theirs.

What it finds: for each of the `events` and each protagonist, whether there is a view and whether any of that
protagonist's playthroughs comes to it.
Why it matters: what one path tells, the other should meet; a view that is never read is a side of the story lost.
What to do: write the view and lead to it, or say with `allow` why there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Diagnostic, Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.obligations import View


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for event in facts.story.events:
        for protagonist in facts.story.protagonists:
            if protagonist.id not in [who for who, _ in event.views]:
                message = f"{protagonist.id} has no view of the event {event.id}"
                help_line = "name a node of theirs under `views`, or say with `allow` why there is none"
                place = facts.places.events[event.id]
                yield Found(Diagnostic(rule.name, rule.severity, message, place, help_line))
    for view in _unseen(facts):
        if not facts.survey.settles("held", view.condition):
            continue
        message = f"{view.protagonist} never comes to this view of the event {view.event.id}"
        place = facts.places.views[view.event.id, view.protagonist]
        help_line = f"lead {view.protagonist}'s path there, or name a node that it comes to"
        yield Found(Diagnostic(rule.name, rule.severity, message, place, help_line))


def _unseen(facts: Facts) -> Iterator[View]:
    """The views that were not come to, save those at nodes that nobody comes to: that is told of the node."""
    for view in facts.obligations.views:
        node = facts.story.data.steps[view.step].id
        told = view.step not in facts.survey.arrivals and facts.is_told("unreachable-node", node)
        if view.condition not in facts.survey.held and not told:
            yield view


def _unsettled(facts: Facts) -> Iterator[Open]:
    for view in facts.obligations.views:
        if view.condition not in facts.survey.held and not facts.survey.settles("held", view.condition):
            yield Open(facts.story.data.steps[view.step].id, f"{view.protagonist}'s view of {view.event.id}")


RULE = StateRule("missing-view", Severity.WARNING, _find, _unsettled)
