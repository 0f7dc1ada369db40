"""out-of-range: an effect that would push a number past its bounds.

What it finds: an effect whose value, in some state that a reader can reach, lies outside the flag's `min` and `max`.
Why it matters: in play the flag stays at its bound and the rest is lost, without a word.
What to do: widen the bounds, put a condition on the way, or say `overflow: clamp` where stopping at the bound is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, StateRule, anywhere, overflows

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for (step, effect), first in facts.survey.clamps.items():
        register = facts.story.data.registers[facts.story.data.steps[step].effects[effect].register]
        if not register.clamp:
            message = (
                f"{register.name} would become {first.value} here, and it goes from {register.low} to {register.high}"
            )
            help_line = "widen its range, or say `overflow: clamp` if it is meant to stop there"
            span = facts.places.effects[step, effect]
            finding = rule.at_step(facts, step, message, help_line, facts.survey.way(first), span)
            yield Found(finding, overflows(step, effect, first.value), span)


RULE = StateRule("out-of-range", Severity.WARNING, _find, anywhere("clamps"))
