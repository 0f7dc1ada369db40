"""impossible-choice: a choice that is never open.

What it finds: a choice of a step that readers come to that is open in no state in which they do: its `when` is false,
or, for a card of a deck that offers, others always come before it. Where several steps share a menu's choice or a card,
it is enough that it is open at one of them.
Why it matters: what it leads to is never read, and a reader may be told of a way that does not exist.
What to do: mend the condition, or something on the way that should have made it true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Span


class Place(NamedTuple):
    """A step, and the position of a choice in it."""

    step: int
    choice: int


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for span, places in _never_seen_open(facts).items():
        if not all(facts.survey.settles("opened", *place) for place in places):
            continue
        come_to = [place for place in places if place.step in facts.survey.arrivals]
        is_cut_off = any(_is_cut_off(facts, place) for place in come_to)
        for step, choice in come_to:
            message, help_line = _why(facts, Place(step, choice), is_cut_off=is_cut_off)
            witness = facts.survey.way(facts.survey.arrivals[step])
            finding = rule.at_choice(facts, step, choice, message, help_line, witness)
            yield Found(finding, passes(step), span)


def _why(facts: Facts, place: Place, *, is_cut_off: bool) -> tuple[str, str]:
    """What is to be said of a choice that is never open, and what to do."""
    linked = facts.story.machine.steps[place.step]
    name = linked.choices[place.choice].id
    help_line = "mend the condition, or what should make it true on the way"
    if is_cut_off:
        message = f'the card "{name}" is never offered: whenever it is open, enough others come before it'
        return message, "give it a higher `priority`, or let the deck offer more"
    if linked.most is not None:
        return f'the card "{name}" is never offered: it is closed whenever its deck is drawn from', help_line
    return f'the choice "{name}" is never open: its condition is false whenever a reader is here', help_line


def _is_cut_off(facts: Facts, place: Place) -> bool:
    """Whether a card is open in some state, and only never among the first few."""
    return facts.story.machine.steps[place.step].most is not None and facts.survey.is_open(*place)


def _never_seen_open(facts: Facts) -> dict[Span, list[Place]]:
    """The choices that were never seen open, by where they are written, each with all places that offer it."""
    found: dict[Span, list[Place]] = {}
    for step in range(len(facts.story.data.steps)):
        for choice in range(len(facts.story.machine.steps[step].choices)):
            found.setdefault(facts.places.choices[step, choice], []).append(Place(step, choice))
    opened = facts.survey.opened
    return {span: places for span, places in found.items() if not any(place in opened for place in places)}


def _unsettled(facts: Facts) -> Iterator[Open]:
    for places in _never_seen_open(facts).values():
        for step, choice in places:
            if facts.survey.settles("opened", step, choice):
                continue
            linked = facts.story.machine.steps[step]
            yield Open(linked.node, f"the choice {linked.choices[choice].path}")


RULE = StateRule("impossible-choice", Severity.ERROR, _find, _unsettled)
