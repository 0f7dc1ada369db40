"""soft-lock: a choice after which no ending can be reached any more, though choices remain.

What it finds: states from which no ending can be reached, however one chooses, and from which no dead end, uncovered
goto or endless loop can be reached either: that would be the cause, and is reported as such, unless it is allowed or
off. Each is reported at the choice that leads into it from where all was not yet lost. An ending that is for others is
an ending, too: that it is come to is told by stray-ending.
Why it matters: the reader goes on and on, and the story never ends.
What to do: give the part of the story behind that choice a way out, or put a condition on the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, StateRule, anywhere, stands
from waymeet.rules.uncovered_goto import tellers

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from waymeet.analysis.survey import Lock
    from waymeet.diagnostics import Diagnostic


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    told = [facts.is_told("endless-loop", loop.circle[0]) for loop in facts.survey.loops]
    for lock in facts.survey.locks(_untold(facts), told):
        yield Found(_told(facts, rule, lock), stands(lock.first), None if lock.begins else _cause(facts, lock))


def _told(facts: Facts, rule: StateRule, lock: Lock) -> Diagnostic:
    name = facts.story.protagonists[lock.protagonist].id
    linked = facts.story.machine.steps[lock.step]
    witness = facts.survey.way(lock.first)
    help_line = "give what lies behind it a way to an ending"
    if lock.begins:
        message = f"{name} can reach no ending, from the very start"
        return rule.at_step(facts, lock.step, message, help_line, witness, facts.places.protagonists[name])
    if lock.choice is not None:
        message = f"after this choice {name} can reach no ending any more"
        return rule.at_choice(facts, lock.step, lock.choice, message, help_line, witness)
    what = "an answer that can be given" if linked.ask is not None else "what chance can bring"
    message = f"after {what} here {name} can reach no ending any more"
    return rule.at_step(facts, lock.step, message, help_line, witness)


def _cause(facts: Facts, lock: Lock) -> Hashable:
    if lock.choice is None:
        return facts.places.steps[lock.step], False
    return facts.places.choices[lock.step, lock.choice], True


def _untold(facts: Facts) -> set[int]:
    """The steps at which the story breaks off, and that is allowed or of no interest."""
    uncovered = tellers(facts)
    breaks = {
        step: ("uncovered-goto", uncovered[step]) if step in uncovered else ("dead-end", step)
        for step in facts.survey.stuck
    }
    steps = facts.story.data.steps
    return {step for step, (rule, at) in breaks.items() if not facts.is_told(rule, steps[at].id)}


RULE = StateRule("soft-lock", Severity.ERROR, _find, anywhere("locks"))
