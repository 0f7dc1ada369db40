"""false-choice: choices that are open together and come to the same.

What it finds: two choices of a step, open together in some state, each leading on to the same place by the same way,
where in no such state anything that the story asks for becomes something else by one than by the other. How it is told,
and what nothing asks for, is no difference; that it is counted how often a choice was taken (by `once`, `limit` or a
`chosen`) is one, and so are signals and tags. Of several that come to the same one is told. Only what a choice itself
does is compared, not where two that do different things meet again; nor what a deck offers, nor a choice that goes on
with choices, a question or chance. Where more than nine at a step lead on alike, each is compared with the first eight.
Why it matters: a reader weighs one against the other, and it decides nothing.
What to do: give one an effect that something asks for, or lead it elsewhere; where a choice is there for its words
alone, say so with an `allow`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from waymeet.diagnostics import Related, Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.likeness import Pair
    from waymeet.diagnostics import Span

_HELP = "give it an effect that something asks for, lead it elsewhere, or `allow` it if it is there for its words alone"


class _Judged(NamedTuple):
    """A choice at a step, with the first that it is like among those before it; None where that is not known."""

    first: Span | None
    pair: Pair


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for first, pair in _judged(facts):
        if first is not None:
            yield _told(facts, rule, pair, first)


def _told(facts: Facts, rule: StateRule, pair: Pair, first: Span) -> Found:
    step = pair.step
    name = facts.story.machine.steps[step].choices[pair.earlier].id
    message = f'taking this makes no difference but its own words: all is as after "{name}"'
    witness = facts.survey.way(facts.survey.arrivals[step])
    finding = rule.at_choice(facts, step, pair.later, message, _HELP, witness)
    return Found(replace(finding, related=(Related(first, f'this is "{name}"'),)), passes(step), first)


def _judged(facts: Facts) -> Iterator[_Judged]:
    """The choices that are like an earlier one, and those of which that is not known.

    Of those like the same one only the first is told, so that while it is not known of one, nothing is told of others.
    """
    unsure: set[Span] = set()
    for likes in _by_later(facts).values():
        verdicts = {earlier: _are_alike(facts, pairs) for earlier, pairs in likes.items()}
        like = [earlier for earlier, alike in verdicts.items() if alike is not False]
        for first, pair in _firsts(facts, {earlier: likes[earlier] for earlier in like}):
            if verdicts[first] is None or first in unsure:
                unsure.update(like)
                yield _Judged(None, pair)
            else:
                yield _Judged(first, pair)


def _firsts(facts: Facts, likes: dict[Span, list[Pair]]) -> Iterator[tuple[Span, Pair]]:
    """For each step at which a choice may be open together with one that it is like, the first of those."""
    found: dict[int, tuple[Span, Pair]] = {}
    for earlier, pairs in likes.items():
        for pair in pairs:
            if facts.shows(pair.both) is not False:
                found.setdefault(pair.step, (earlier, pair))
    yield from found.values()


def _by_later(facts: Facts) -> dict[Span, dict[Span, list[Pair]]]:
    """The pairs of choices by the later one, and by the earlier one."""
    found: dict[Span, dict[Span, list[Pair]]] = {}
    for (earlier, later), pairs in facts.obligations.likenesses.pairs.items():
        found.setdefault(later, {})[earlier] = pairs
    return found


def _are_alike(facts: Facts, pairs: list[Pair]) -> bool | None:
    """Whether two choices are open together somewhere and nowhere differ; None where that is not known."""
    differ = [facts.happens(pair.differ) for pair in pairs]
    both = [facts.shows(pair.both) for pair in pairs]
    if True in differ or all(together is False for together in both):
        return False
    return None if None in differ or None in both else True


def _unsettled(facts: Facts) -> Iterator[Open]:
    yield from facts.nodes_of(pair.step for first, pair in _judged(facts) if first is None)


RULE = StateRule("false-choice", Severity.WARNING, _find, _unsettled)
