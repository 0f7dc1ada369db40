"""needless-condition: a `when` that is true whenever it is asked.

What it finds: the author's condition of a choice, of a card, or of a piece of prose, that is never false at any place
that shares it, though it is asked. What the engine itself sees to (`once`, `limit`) is no such condition. Nothing is
said of an entry in a `goto`: where one is always true, those after it are impossible branches, and the last of a list
that covers every case has to be. Nor is anything said where a text for the other case is there: that is unseen text.
Why it matters: the condition says that something can be otherwise, and it cannot; perhaps another was meant.
What to do: leave the condition out, or mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.questions import Clause, Part
from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.questions import Asked
    from waymeet.diagnostics import Span

    #: One place at which a condition is asked: what says that it is true there, and that it is false.
    Use = tuple[Asked, Asked, Clause | Part]

_MESSAGE = "this condition is true whenever it is asked"
_HELP = "leave it out, or mend it if it should have been false at some time"


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for uses in _conditions(facts).values():
        for met, _, item in uses if _never_false(facts, uses) else ():
            if facts.shows(met):
                yield _told(facts, rule, met, item)


def _never_false(facts: Facts, uses: list[Use]) -> bool:
    return all(facts.happens(unmet) is False for _, unmet, _ in uses)


def _told(facts: Facts, rule: StateRule, met: Asked, item: Clause | Part) -> Found:
    witness, span = facts.survey.way(facts.survey.arrivals[met.step]), _span(item)
    if isinstance(item, Clause) and item.choice is not None:
        finding = rule.at_choice(facts, met.step, item.choice, _MESSAGE, _HELP, witness, span)
    else:
        finding = rule.at_step(facts, met.step, _MESSAGE, _HELP, witness, span)
    return Found(finding, passes(met.step), span)


def _conditions(facts: Facts) -> dict[object, list[Use]]:
    """The conditions that are not known to be false anywhere, by where they are written."""
    found: dict[object, list[Use]] = {}
    for clause in facts.obligations.questions.clauses:
        if clause.withheld is None or "unseen-text" in facts.off:
            found.setdefault(clause.entry.when, []).append((clause.met, clause.unmet, clause))
    for part in facts.obligations.questions.parts:
        if part.hidden is not None:
            found.setdefault(part.place.origin, []).append((part.shown, part.hidden, part))
    return {key: uses for key, uses in found.items() if not any(facts.happens(unmet) for _, unmet, _ in uses)}


def _span(item: Clause | Part) -> Span:
    if isinstance(item, Part):
        assert item.place.when is not None
        return item.place.when.span
    assert item.entry.when is not None
    return item.entry.when


def _unsettled(facts: Facts) -> Iterator[Open]:
    for uses in _conditions(facts).values():
        met = [facts.shows(met) for met, _, _ in uses]
        if not _never_false(facts, uses) or None in met:
            for node in dict.fromkeys(_node(facts, met.step, item) for met, _, item in uses):
                yield Open(node, None)


def _node(facts: Facts, step: int, item: Clause | Part) -> str:
    """The node that a finding would be about: for a card that is offered, the card."""
    linked = facts.story.machine.steps[step]
    if isinstance(item, Clause) and item.choice is not None and linked.most is not None:
        return linked.choices[item.choice].path
    return linked.node


RULE = StateRule("needless-condition", Severity.NOTE, _find, _unsettled)
