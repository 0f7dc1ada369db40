"""stray-ending: an ending that a protagonist comes to though it is for others.

What it finds: for each ending with a `for`, the protagonists that are not named there and come to it all the same. A
choice that leads to no other ending is no soft lock: this is its cause.
Why it matters: what the ending tells is not theirs, or their name was forgotten where it is said whose it is.
What to do: name the protagonist under `for`, or put a condition on the way there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Diagnostic, Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, meets

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for index, who, condition in facts.obligations.strays:
        first = facts.survey.held.get(condition)
        if first is not None:
            ending, name = facts.story.endings[index], facts.story.protagonists[who].id
            message = f"{name} comes to the ending {ending.id}, which is for {_listed(ending.protagonists)}"
            help_line = f"add {name} to its `for`, or put a condition on the way there"
            place, witness = facts.places.endings[ending.id], facts.survey.way(first)
            finding = Diagnostic(rule.name, rule.severity, message, place, help_line, witness=witness)
            yield Found(finding, meets(condition))


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _unsettled(facts: Facts) -> Iterator[Open]:
    for index, who, condition in facts.obligations.strays:
        if condition not in facts.survey.held and not facts.survey.settles("held", condition):
            ending, name = facts.story.endings[index], facts.story.protagonists[who].id
            yield Open(None, f"the ending {ending.id} for {name}")


RULE = StateRule("stray-ending", Severity.WARNING, _find, _unsettled)
