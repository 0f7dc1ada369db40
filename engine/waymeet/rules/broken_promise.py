"""broken-promise: a promise of the author's that some playthrough breaks.

What it finds: for each of the `promises`, whether it is kept: `never` and `always` at every step that any playthrough
comes to, `possible` in at least one playthrough, `always_possible` wherever a reader rests before the story is over and
before `until` has held.
Why it matters: a promise is what the author relies on, and what a change elsewhere in the story breaks unseen.
What to do: follow the playthrough, and mend the way there; or, if the story is right, the promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Diagnostic, Related, Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, meets, stands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.obligations import Promised
    from waymeet.diagnostics import Witness


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for promised in facts.obligations.promises:
        match promised.promise.kind:
            case "never" | "always":
                yield from _broken(facts, rule, promised)
            case "possible":
                yield from _impossible(facts, rule, promised)
            case "always_possible":
                yield from _lost(facts, rule, promised)


def _broken(facts: Facts, rule: StateRule, promised: Promised) -> Iterator[Found]:
    promise = promised.promise
    first = facts.survey.held.get(promised.condition)
    if first is not None:
        comes = "comes true" if promise.kind == "never" else "is not so"
        message = f'the promise {promise.id} is broken: "{promise.words}" {comes}'
        witness = facts.survey.way(first)
        yield Found(
            _told(rule, promised, message, "mend the way there, or the promise", witness), meets(promised.condition)
        )


def _impossible(facts: Facts, rule: StateRule, promised: Promised) -> Iterator[Found]:
    promise = promised.promise
    if promised.condition not in facts.survey.held and facts.survey.settles("held", promised.condition):
        whose = "" if promise.protagonist is None else f" of {facts.story.protagonists[promise.protagonist].id}"
        message = f'the promise {promise.id} is broken: in no playthrough{whose} is "{promise.words}" ever so'
        yield Found(_told(rule, promised, message, "make a way to it, or mend the promise"))


def _lost(facts: Facts, rule: StateRule, promised: Promised) -> Iterator[Found]:
    promise = promised.promise
    found = facts.survey.lost(promised.condition, promised.until, promise.protagonist)
    if found is not None:
        message = f'the promise {promise.id} is broken: "{promise.words}" cannot come to be any more'
        help_line = "leave a way to it open, or say with `until` from when on it may be lost"
        after = () if found.choice is None else (Related(facts.places.choices[found.choice], "after this choice"),)
        told = _told(rule, promised, message, help_line, facts.survey.way(found.first), after)
        yield Found(told, stands(found.first))


def _told(
    rule: StateRule,
    promised: Promised,
    message: str,
    help_line: str,
    witness: Witness | None = None,
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    return Diagnostic(rule.name, rule.severity, message, promised.promise.place, help_line, related, witness=witness)


def _unsettled(facts: Facts) -> Iterator[Open]:
    for promised in facts.obligations.promises:
        kind = "lost" if promised.promise.kind == "always_possible" else "held"
        seen = kind == "held" and promised.condition in facts.survey.held
        if not seen and not facts.survey.settles(kind, promised.condition):
            yield Open(None, f"the promise {promised.promise.id}")


RULE = StateRule("broken-promise", Severity.ERROR, _find, _unsettled)
