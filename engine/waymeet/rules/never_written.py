"""never-written: a flag, memory or a free text that is asked for or printed, and nothing ever changes it.

What it finds: what some condition, prose, line of the sheet or effect depends on, and no effect on any path and no
question to the reader sets.
Why it matters: it is always what it is at the start, so what depends on it alone is decided before the story begins.
What to do: change it with `do` or `ask`, or remove it and write what it always comes to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.declared import declared
from waymeet.rules.facts import GraphRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Diagnostic
    from waymeet.rules.facts import GraphFacts


def _find(facts: GraphFacts, rule: GraphRule) -> Iterator[Diagnostic]:
    for thing in declared(facts):
        if thing.reader is not None and thing.writer is None:
            message = f'nothing ever changes "{thing.name}": it is always {thing.start}'
            help_line = f"{thing.reader} depends on it: change it with a `do` somewhere, or remove it there and here"
            if thing.is_text:
                help_line = f"{thing.reader} prints it: let an `ask` fill it, or write the words themselves there"
            yield rule.at(thing.place, message, help_line)


RULE = GraphRule("never-written", Severity.WARNING, _find)
