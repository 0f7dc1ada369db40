"""endless-loop: moves that come round without ever asking the reader.

What it finds: steps without an open choice that lead to each other in a circle, or go on for more than 10,000 steps.
Why it matters: the story would never come back to its reader; play stops there and keeps the place.
What to do: put a choice or an ending on the way round, or a condition that leads out of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.machine import MAX_MOVES
from waymeet.rules.facts import Facts, Found, StateRule, anywhere, goes_round

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    numbers = {step.id: index for index, step in enumerate(facts.story.data.steps)}
    for loop in facts.survey.loops:
        step = loop.circle[0]
        message = f"{' → '.join((*loop.circle, step))} goes round without asking the reader anything"
        if not loop.came_round:
            message = f"the story goes on for more than {MAX_MOVES:,} steps here without asking the reader anything"
        help_line = "put a choice or an ending on the way round"
        witness = facts.survey.way(loop.first)
        yield Found(rule.at_step(facts, numbers[step], message, help_line, witness), goes_round(loop))


RULE = StateRule("endless-loop", Severity.ERROR, _find, anywhere("loops"))
