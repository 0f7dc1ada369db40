"""Where everything in a runnable story was written, for messages about what happens in play."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from waymeet.authoring.source import Node, Scalar, Source
    from waymeet.diagnostics import Span
    from waymeet.expressions.code import Code


#: The rule about an `allow` that allows nothing, which none can allow.
UNUSED_ALLOW = "unused-allow"


@dataclass(frozen=True, slots=True)
class Allow:
    """An `allow` entry: findings of `rule` at `step` or at a choice below it are meant; or, about a `thing`, there."""

    rule: str
    step: str
    span: Span
    thing: Span | None = None


class Entry(NamedTuple):
    """Where one of several ways was written: an entry of a list, an outcome, a choice, a card; `to` is where it leads.

    `own` is the author's condition, which stands at `when`; `limit` the engine's, that it was not taken too often yet.
    """

    place: Span
    to: int
    when: Span | None = None
    own: Code | None = None
    limit: Code | None = None


class Stretch(NamedTuple):
    """Something in a file, or some characters of a scalar; where that is, is told when it is asked for."""

    source: Source
    node: Node
    start: int | None = None
    end: int = 0

    @property
    def span(self) -> Span:
        """Where it stands."""
        if self.start is None:
            return self.source.span(self.node)
        scalar: Scalar = self.node  # type: ignore[assignment]
        return self.source.span_in(scalar, self.start, self.end)


class FormPlace(NamedTuple):
    """Where a form of prose was written that shows one thing or another: its condition or value, and its sections.

    What was written once has one `origin`, however many places tell it.
    """

    origin: int
    when: Stretch | None
    sections: tuple[Stretch | None, ...]


@dataclass(slots=True)
class Places:
    """The spans of a story's parts: by step index, and by step index and position within the step.

    Flags, memory and free texts are under the names that the runnable story has for them, derived names in its order.
    Forms of prose are under the identity of the compiled form, which lives as long as the story does.
    """

    steps: dict[int, Span] = field(default_factory=dict)
    effects: dict[tuple[int, int], Span] = field(default_factory=dict)
    choices: dict[tuple[int, int], Span] = field(default_factory=dict)
    ways: dict[int, Span] = field(default_factory=dict)
    #: The entries of each list of ways, by where the list stands; the outcomes of a step; the conditions of choices.
    entries: dict[Span, tuple[Entry, ...]] = field(default_factory=dict)
    outcomes: dict[int, tuple[Entry, ...]] = field(default_factory=dict)
    whens: dict[tuple[int, int], Entry] = field(default_factory=dict)
    locked: dict[tuple[int, int], Span] = field(default_factory=dict)
    forms: dict[int, FormPlace] = field(default_factory=dict)
    flags: dict[str, Span] = field(default_factory=dict)
    derived: dict[str, Span] = field(default_factory=dict)
    endings: dict[str, Span] = field(default_factory=dict)
    protagonists: dict[str, Span] = field(default_factory=dict)
    #: Of each event its id, and each protagonist's view of it.
    events: dict[str, Span] = field(default_factory=dict)
    views: dict[tuple[str, str], Span] = field(default_factory=dict)
    warns: dict[int, list[tuple[str, Span]]] = field(default_factory=dict)
    allows: list[Allow] = field(default_factory=list)
