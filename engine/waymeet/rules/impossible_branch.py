"""impossible-branch: a way on that is never taken.

What it finds: an entry of a `goto`, an `otherwise`, an outcome of a roll or what a deck leads to, that no playthrough
goes by at any step which shares it: its condition is false whenever it is asked, or it is never asked, since one before
it is always taken or some choice is always open. Of a row of entries that are never asked the first is told. One that
leads to a node to which nobody comes is told of as that node. Where a story goes on after a call, or by what was
answered, is not looked into.
Why it matters: somebody wrote it for a case that never comes; either it is left over, or the case was meant to come.
What to do: remove it, or mend the condition, or what should have made it true on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, passes
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.questions import Way
    from waymeet.diagnostics import Span

_REFUSED = "this way is never taken: its condition is false whenever it is asked"
_LATE = "this way is never taken: whenever the story goes on here, one before it is"
_OPEN = "this way is never taken: there is always something else that can be chosen"
_DRAWN = "this way is never taken: nothing that can come out leads here"


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    never = {place: ways for place, ways in _never_taken(facts).items() if _is_settled(facts, ways)}
    unasked = {place for place, ways in never.items() if not any(_is_asked(facts, way) for way in ways)}
    told = {(way.listed, way.position) for place in unasked for way in never[place]}
    for place, ways in never.items():
        follows = place in unasked and all((way.listed, way.position - 1) in told for way in ways)
        for way in ways if not follows else ():
            message = _why(facts, way, asked=place not in unasked)
            help_line = "remove it, or mend what should lead here"
            witness = facts.survey.way(facts.survey.arrivals[way.step])
            yield Found(rule.at_step(facts, way.step, message, help_line, witness, place), passes(way.step), place)


def _why(facts: Facts, way: Way, *, asked: bool) -> str:
    exit_ = facts.story.data.steps[way.step].exit
    if asked and way.taken is not None and way.taken.code == 0:
        return _DRAWN
    if asked:
        return _REFUSED
    return _OPEN if way.position == 0 and isinstance(exit_, Choices) else _LATE


def _never_taken(facts: Facts) -> dict[Span, list[Way]]:
    """The ways that are not known to be taken, by where they are written, with the steps that may go by them."""
    found: dict[Span, list[Way]] = {}
    taken: set[Span] = set()
    for way in facts.obligations.questions.ways:
        if facts.comes(way.step) is not False:
            found.setdefault(way.entry.place, []).append(way)
            if way.taken is None or facts.happens(way.taken):
                taken.add(way.entry.place)
    return {
        place: ways
        for place, ways in found.items()
        if place not in taken and not _is_told_of_its_node(facts, ways[0].entry.to)
    }


def _is_told_of_its_node(facts: Facts, to: int) -> bool:
    return facts.comes(to) is False and "unreachable-node" not in facts.off


def _is_settled(facts: Facts, ways: list[Way]) -> bool:
    known = facts.comes(ways[0].entry.to) is not None and all(facts.comes(way.step) for way in ways)
    return known and all(way.taken is not None and facts.happens(way.taken) is False for way in ways)


def _is_asked(facts: Facts, way: Way) -> bool:
    return way.refused is not None and facts.happens(way.refused) is True


def _unsettled(facts: Facts) -> Iterator[Open]:
    yield from facts.nodes_of(
        way.step for ways in _never_taken(facts).values() if not _is_settled(facts, ways) for way in ways
    )


RULE = StateRule("impossible-branch", Severity.WARNING, _find, _unsettled)
