"""unused-flag: a flag, memory, a free text or a derived name that nothing uses.

What it finds: what is declared and nowhere asked for, printed or changed; and a derived name that nothing asks for or
prints. What stands in a derived name that is itself not used, in a menu or a deck that no step takes, or in a `goto`
that nothing goes on by, is no use.
Why it matters: it is left over, or what should use it was forgotten or names another.
What to do: use it, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.diagnostics import Severity
from waymeet.rules.declared import declared, declared_names
from waymeet.rules.facts import GraphRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Diagnostic
    from waymeet.rules.facts import GraphFacts


def _find(facts: GraphFacts, rule: GraphRule) -> Iterator[Diagnostic]:
    for thing in declared(facts):
        if thing.reader is None and thing.writer is None:
            message = f'nothing asks for "{thing.name}" or changes it'
            help_line = "use it in a condition and in an effect, or remove it"
            if thing.is_text:
                message = f'nothing prints "{thing.name}" or asks the reader for it'
                help_line = f"print it, as in `{{{thing.name}}}`, and let an `ask` fill it, or remove it"
            yield rule.at(thing.place, message, _through(thing.idle) or help_line)
    for derived in declared_names(facts):
        if derived.reader is None:
            message = f'nothing asks for the derived name "{derived.name}" or prints it'
            help_line = "use it in a condition or in the text, or remove it"
            yield rule.at(derived.place, message, _through(derived.idle) or help_line)


def _through(idle: str | None) -> str | None:
    return idle and f'"{idle}" is derived from it, and nothing uses that: use it, or remove both'


RULE = GraphRule("unused-flag", Severity.WARNING, _find)
