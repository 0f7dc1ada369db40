"""contradiction: a fact that one reading has settled is changed by a later one.

What it finds: an effect, or an answer, that changes a memory fact which an event `settles`, in a playthrough that
begins after a finished one has told that event.
Why it matters: a reader who has read one side of the event finds on the other side that it went differently.
What to do: let the later telling follow what is settled: put a condition on the choice or the effect.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from waymeet.diagnostics import Related, Severity
from waymeet.machine import ANSWERED
from waymeet.rules.facts import Facts, Found, Open, StateRule, contradicts

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for (number, step, effect), first in facts.survey.contradictions.items():
        event = facts.story.data.events[number]
        fact = facts.story.data.registers[_changed(facts, step, effect)].name
        message = f"this changes {fact}, which an earlier reading has settled by telling {event.id}"
        help_line = "put a condition on it, so that a later reading follows what was settled"
        span = facts.places.steps[step] if effect == ANSWERED else facts.places.effects[step, effect]
        witness = facts.survey.way(first)
        finding = rule.at_step(facts, step, message, help_line, witness, span)
        related = (Related(facts.places.events[event.id], "the event"),)
        yield Found(replace(finding, related=related), contradicts(number, step, effect), (span, number))


def _changed(facts: Facts, step: int, effect: int) -> int:
    """The register that an effect, or the answer at a step, changes."""
    if effect != ANSWERED:
        return facts.story.data.steps[step].effects[effect].register
    ask = facts.story.machine.steps[step].ask
    assert ask is not None
    assert ask.register is not None
    return ask.register


def _unsettled(facts: Facts) -> Iterator[Open]:
    for event in facts.story.data.events:
        if event.settles and not facts.survey.settles("contradictions"):
            yield Open(None, f"what the event {event.id} settles")


RULE = StateRule("contradiction", Severity.ERROR, _find, _unsettled)
