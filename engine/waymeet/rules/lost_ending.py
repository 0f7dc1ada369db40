"""lost-ending: a main ending that cannot be come to any more, and nothing tells of it.

What it finds: in a story with endings of several kinds, for each ending of `kind: main` (which is what one is that
says nothing) and each protagonist it is for, the nearest place from which it can be reached no more though the story
goes on: after a choice, by chance or an answer, or from the start after what an earlier reading left. An ending with a
`hint` is no surprise, nor is one that an `always_possible` promise speaks of; one that can never be come to is another
rule's.
Why it matters: a reader on the way to one of the story's ends has long gone past it, and cannot know where.
What to do: give the ending a `hint`, which tells readers that there is a way to find; or leave the way open longer; or
say `kind: side`, or with `allow` why it is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Diagnostic, Related, Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule, stands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.obligations import Whose
    from waymeet.analysis.survey import Lost


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    for main in _reached(facts):
        found = facts.survey.lost(main.condition, None, main.protagonist)
        if found is not None:
            yield Found(_told(facts, rule, main, found), stands(found.first))


def _reached(facts: Facts) -> Iterator[Whose]:
    """The main endings that can be come to, as far as it is known where they cannot."""
    if facts.survey.stopped is None:
        for main in facts.obligations.mains:
            if (main.protagonist, main.ending) in facts.survey.endings:
                yield main


def _told(facts: Facts, rule: StateRule, main: Whose, found: Lost) -> Diagnostic:
    ending, name = facts.story.endings[main.ending].id, facts.story.protagonists[main.protagonist].id
    message = f"{name} can lose the way to the main ending {ending}, and no `hint` says that there is one to find"
    help_line = "give it a `hint`; or leave a way to it open, or say `kind: side`"
    after = () if found.choice is None else (Related(facts.places.choices[found.choice], "after this choice"),)
    witness = facts.survey.way(found.first)
    return Diagnostic(
        rule.name, rule.severity, message, facts.places.endings[ending], help_line, after, witness=witness
    )


def _unsettled(facts: Facts) -> Iterator[Open]:
    for index, who, _ in facts.obligations.mains:
        ending, name = facts.story.endings[index], facts.story.protagonists[who].id
        yield Open(None, f"the ending {ending.id} for {name}")


RULE = StateRule("lost-ending", Severity.WARNING, _find, _unsettled)
