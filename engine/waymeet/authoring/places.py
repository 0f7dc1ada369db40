"""Where everything in a runnable story was written, for messages about what happens in play."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waymeet.diagnostics import Span


#: The rule about an `allow` that allows nothing, which none can allow.
UNUSED_ALLOW = "unused-allow"


@dataclass(frozen=True, slots=True)
class Allow:
    """An `allow` entry: findings of `rule` at `step` or at a choice below it are meant; or, about a `thing`, there."""

    rule: str
    step: str
    span: Span
    thing: Span | None = None


@dataclass(slots=True)
class Places:
    """The spans of a story's parts: by step index, and by step index and position within the step.

    Flags, memory and free texts are under the names that the runnable story has for them, derived names in its order.
    """

    steps: dict[int, Span] = field(default_factory=dict)
    effects: dict[tuple[int, int], Span] = field(default_factory=dict)
    choices: dict[tuple[int, int], Span] = field(default_factory=dict)
    ways: dict[int, Span] = field(default_factory=dict)
    flags: dict[str, Span] = field(default_factory=dict)
    derived: dict[str, Span] = field(default_factory=dict)
    endings: dict[str, Span] = field(default_factory=dict)
    protagonists: dict[str, Span] = field(default_factory=dict)
    #: Of each event its id, and each protagonist's view of it.
    events: dict[str, Span] = field(default_factory=dict)
    views: dict[tuple[str, str], Span] = field(default_factory=dict)
    warns: dict[int, list[tuple[str, Span]]] = field(default_factory=dict)
    allows: list[Allow] = field(default_factory=list)
