"""unseen-text: a piece of prose that is never shown.

What it finds: a part of a text, a label or an echo that depends on a condition or a value, and the reason for which a
choice is `locked`, that no reader is ever shown, though they come to where it stands; and what a variation has for
later visits, where a reader can be only once, or only as often as a choice can be taken: that is told by how the story
is built. Which variation is shown when is not followed, nor what stands in a piece that is itself never shown, nor the
echo of a choice that is counted.
Why it matters: somebody wrote it to be read.
What to do: mend the condition, or what should have made it true on the way; or remove the piece.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.visits import Visits
from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.questions import Asked, Variation
    from waymeet.diagnostics import Span


class _Use(NamedTuple):
    """One step at which something may be shown: what says that what it stands in is, and that itself is."""

    around: Asked
    shown: Asked
    span: Span
    choice: int | None = None


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for uses in _unseen(facts):
        for use in uses if _is_never_shown(facts, uses) else ():
            if facts.shows(use.around):
                yield _told(facts, rule, use)
    yield from _worn_out(facts, rule)


def _is_never_shown(facts: Facts, uses: list[_Use]) -> bool:
    return all(facts.happens(use.shown) is False for use in uses)


def _told(facts: Facts, rule: StateRule, use: _Use) -> Found:
    step = use.shown.step
    witness = facts.survey.way(facts.survey.arrivals[step])
    message = "this is never shown: whenever a reader is here, its condition says otherwise"
    help_line = "mend the condition, or what should make it so on the way; or remove this"
    if use.choice is None:
        finding = rule.at_step(facts, step, message, help_line, witness, use.span)
    else:
        message = "this reason is never told: whenever the reader is asked here, the choice is open or used up"
        finding = rule.at_choice(facts, step, use.choice, message, help_line, witness, use.span)
    return Found(finding, passes(step), use.span)


def _unseen(facts: Facts) -> Iterator[list[_Use]]:
    """What is not known to be shown anywhere, with all steps that would show it."""
    found: dict[object, list[_Use]] = {}
    questions = facts.obligations.questions
    for part in questions.parts:
        section = part.place.sections[part.section]
        if section is not None and not facts.happens(part.shown):
            found.setdefault((part.place.origin, part.section), []).append(_Use(part.around, part.shown, section.span))
    shown = {(part.place.origin, part.section) for part in questions.parts if facts.happens(part.shown)}
    for clause in questions.clauses:
        if clause.withheld is not None and clause.locked is not None:
            use = _Use(clause.met, clause.withheld, clause.locked, clause.choice)
            found.setdefault(clause.locked, []).append(use)
            if facts.happens(clause.withheld):
                shown.add(clause.locked)  # type: ignore[arg-type]
    for key, uses in found.items():
        if key not in shown:
            yield uses


def _worn_out(facts: Facts, rule: StateRule) -> Iterator[Found]:
    """Variations with more to show than there can be visits, each told at one step only."""
    visits = Visits(facts.story.data)
    for variation in _told_once(facts):
        most = visits.most(variation.around.step)
        late = [option for option in variation.options if most is not None and option >= most]
        section = variation.place.sections[late[0]] if late else None
        if section is not None and facts.shows(variation.around):
            step = variation.around.step
            often = "once" if most == 1 else f"{most} times"
            message = f"this is never shown: in one reading a reader comes here {often} at most"
            help_line = "remove it, or let the story come back here"
            witness = facts.survey.way(facts.survey.arrivals[step])
            finding = rule.at_step(facts, step, message, help_line, witness, section.span)
            yield Found(finding, passes(step), finding.span)


def _told_once(facts: Facts) -> Iterator[Variation]:
    """The variations that go on from visit to visit, of those that only one step tells."""
    variations = facts.obligations.questions.variations
    often = Counter(variation.number for variation in variations)
    for variation in variations:
        if often[variation.number] == 1 and variation.kind != "shuffle":
            yield variation


def _unsettled(facts: Facts) -> Iterator[Open]:
    for uses in _unseen(facts):
        around = [facts.shows(use.around) for use in uses]
        if not _is_never_shown(facts, uses) or None in around:
            yield from facts.nodes_of(use.shown.step for use in uses)
    for variation in _told_once(facts):
        if facts.shows(variation.around) is None:
            yield from facts.nodes_of([variation.around.step])


RULE = StateRule("unseen-text", Severity.WARNING, _find, _unsettled)
