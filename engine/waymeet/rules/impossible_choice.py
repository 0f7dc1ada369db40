"""impossible-choice: a choice that is never open.

What it finds: a choice of a step that readers come to, whose `when` is false in every state in which they do.
Why it matters: what it leads to is never read, and a reader may be told of a way that does not exist.
What to do: mend the condition, or something on the way that should have made it true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, passes

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    if facts.walk.stopped is not None:
        return
    for step, choice in _never_open(facts):
        if step not in facts.walk.arrivals:
            continue
        label = facts.story.machine.steps[step].choices[choice].id
        message = f'the choice "{label}" is never open: its condition is false whenever a reader is here'
        help_line = "mend the condition, or what should make it true on the way"
        witness = facts.walk.way_through(facts.walk.arrivals[step].move)
        yield Found(rule.at_choice(facts, step, choice, message, help_line, witness), passes(step))


def _never_open(facts: Facts) -> Iterator[tuple[int, int]]:
    """Steps with those of their choices that were never seen open."""
    for step, linked in enumerate(facts.story.machine.steps):
        for choice in range(len(linked.choices)):
            if (step, choice) not in facts.walk.opened:
                yield step, choice


def _unsettled(facts: Facts) -> Iterator[Open]:
    for step, choice in _never_open(facts):
        linked = facts.story.machine.steps[step]
        yield Open(linked.node, f"the choice {linked.choices[choice].path}")


RULE = StateRule("impossible-choice", Severity.ERROR, _find, _unsettled)
