"""What a rule about states has to go by: the story, where its parts were written, and the walk through its states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from waymeet.diagnostics import Diagnostic, Severity, Undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waymeet.analysis.walk import Walk
    from waymeet.authoring.places import Places
    from waymeet.diagnostics import Span, Witness
    from waymeet.runtime import Story


@dataclass(frozen=True, slots=True)
class Facts:
    """One story, walked."""

    story: Story
    places: Places
    walk: Walk


class Open(NamedTuple):
    """A question that could be asked of a story: about a node, about something else (in words), or about all of it."""

    node: str | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class StateRule:
    """A rule about states.

    `find` gives what is wrong; `unsettled` names what a walk that was cut short cannot speak of.
    """

    name: str
    severity: Severity
    find: Callable[[Facts, StateRule], Iterator[Diagnostic]]
    unsettled: Callable[[Facts], Iterator[Open]]

    def undecided(self, facts: Facts) -> Iterator[Undecided]:
        """The questions that are left open when the walk was cut short."""
        if facts.walk.stopped is not None:
            for node, subject in self.unsettled(facts):
                yield Undecided(self.name, facts.walk.stopped, node, subject)

    def at_step(
        self, facts: Facts, step: int, message: str, help_line: str, witness: Witness | None, span: Span | None = None
    ) -> Diagnostic:
        """A finding about a step: a node, or what a choice opens onto."""
        where = facts.story.data.steps[step]
        choice = where.id.removeprefix(where.node).removeprefix(".") or None
        place = span or facts.places.steps[step]
        return Diagnostic(self.name, self.severity, message, place, help_line, (), where.node, choice, witness)

    def at_choice(
        self, facts: Facts, step: int, choice: int, message: str, help_line: str, witness: Witness | None
    ) -> Diagnostic:
        """A finding about a choice of a step."""
        where = facts.story.machine.steps[step]
        path = where.choices[choice].path.removeprefix(where.node + ".")
        span = facts.places.choices[step, choice]
        return Diagnostic(self.name, self.severity, message, span, help_line, (), where.node, path, witness)


def anywhere(_facts: Facts) -> Iterator[Open]:
    """The one question about the whole story."""
    yield Open(None, None)
