"""never-read: a flag, memory or a free text that is set, and nothing ever asks for it or prints it.

What it finds: what effects change, or a reader is asked for, and no condition, no prose, no line of the sheet and no
other flag's effect depends on. An effect on the flag itself, as `x += 1`, asks for nothing; nor does a derived name
that is itself not used. What another flag is set by counts as asked for, even if nothing asks for that other.
Why it matters: nothing that the reader does to it makes a difference.
What to do: ask for it where it should matter, print it, or remove it with what sets it.
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
        if thing.reader is not None or thing.writer is None:
            continue
        message = f'"{thing.name}" is set, and nothing asks for it or prints it'
        help_line = f"{thing.writer} sets it: ask for it in a condition or print it, or remove it there and here"
        if thing.idle is not None:
            help_line = f'"{thing.idle}" is derived from it, and nothing uses that: use it, or remove both'
            help_line += f" and what {thing.writer} sets"
        if thing.is_text:
            message = f'the reader is asked for "{thing.name}", and nothing prints it'
            help_line = f"{thing.writer} asks for it: print it, as in `{{{thing.name}}}`, or remove it there and here"
        yield rule.at(thing.place, message, help_line)


RULE = GraphRule("never-read", Severity.WARNING, _find)
