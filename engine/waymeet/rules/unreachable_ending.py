"""unreachable-ending: an ending that a protagonist it is for can never come to.

What it finds: for each protagonist under an ending's `for`, whether any of their playthroughs reaches it. An ending
that no step leads to at all is `unused-ending`.
Why it matters: a reader is promised an ending that is not there.
What to do: mend the conditions on the way to it, or take the protagonist out of its `for`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Diagnostic, Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule
from waymeet.story import endings_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.story import Ending


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for ending, protagonist, is_settled in _missed(facts):
        if not is_settled:
            continue
        message = f"{protagonist} can never come to the ending {ending.id}"
        help_line = f"mend the way to it, or say with `for` whose it is without {protagonist}"
        yield Found(Diagnostic(rule.name, rule.severity, message, facts.places.endings[ending.id], help_line))


def _missed(facts: Facts) -> Iterator[tuple[Ending, str, bool]]:
    """The endings that were not seen to be come to, by whom, and whether it is known that they never are."""
    for index in sorted(endings_in(facts.story.data)):
        ending = facts.story.endings[index]
        for number, protagonist in enumerate(facts.story.protagonists):
            if protagonist.id in ending.protagonists and (number, index) not in facts.survey.endings:
                yield ending, protagonist.id, facts.survey.settles("endings", number, index)


def _unsettled(facts: Facts) -> Iterator[Open]:
    for ending, protagonist, is_settled in _missed(facts):
        if not is_settled:
            yield Open(None, f"the ending {ending.id} for {protagonist}")


RULE = StateRule("unreachable-ending", Severity.ERROR, _find, _unsettled)
