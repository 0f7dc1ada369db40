"""Events: what happens once and is told from several sides.

An event lowers to a register of the story's memory that every ending sets if a view of the event was come to on the
way, or had been before: so it says whether a playthrough that was finished has told the event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.constructs.story import one_line, spoken_name
from waymeet.authoring.fields import rows
from waymeet.diagnostics import did_you_mean
from waymeet.expressions.scope import Flag
from waymeet.expressions.types import UnknownType
from waymeet.story import Assignment, End, Event, Register

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import WrittenEvent, WrittenStory
    from waymeet.authoring.names import Names
    from waymeet.authoring.source import Scalar
    from waymeet.expressions.code import Code
    from waymeet.story import Step

    Events = dict[str, WrittenEvent]


def declare_told(events: Events, names: Names) -> dict[str, int]:
    """The register of each event that says whether it was told."""
    found = {}
    for event in events:
        found[event] = names.registers
        names.registers += 1
    return found


def told_register(event: Event) -> Register:
    """The register that says whether an event was told."""
    return Register(f"told({event.id})", "bool", "memory", 0, 1, 0)


def lower_events(written: WrittenStory, told: dict[str, int], lowering: Lowering) -> tuple[Event, ...]:
    """The events, each with its views and the facts that it settles."""
    found = []
    for name, event in rows(written.events):
        place = lowering.reading.source.span(name)
        lowering.shared.places.events[name.value] = place
        lowering.note_allows(event.allow, f"event {name.value}", place)
        facts = (_fact(fact, written.memory, lowering) for fact in event.settles)
        settles = [register for register in facts if register is not None]
        title = one_line(event.title, spoken_name(name))
        views = _views(name, event, lowering)
        found.append(Event(name.value, title, views, tuple(settles), told[name.value]))
    return tuple(found)


def _views(name: Scalar, event: WrittenEvent, lowering: Lowering) -> tuple[tuple[str, int], ...]:
    found = []
    for who, node in rows(event.views):
        known = lowering.shared.names.protagonists
        if who.value not in known:
            message = f'there is no protagonist "{who.value}"'
            lowering.reading.report("unknown-name", message, who, did_you_mean(who.value, known))
        step = lowering.target(node)
        if step is not None:
            lowering.shared.names.count(step).need(1, shown=False)
            lowering.shared.places.views[name.value, who.value] = lowering.reading.source.span(node)
            found.append((who.value, step))
    return tuple(found)


def _fact(fact: Scalar, memory: Collection[str], lowering: Lowering) -> int | None:
    """The register of a memory flag that an event settles; None for one that was reported."""
    symbol = lowering.scope.lookup(fact.value)
    if isinstance(symbol, Flag) and isinstance(symbol.type, UnknownType):
        return None
    if isinstance(symbol, Flag) and fact.value in memory:
        return symbol.register
    if symbol is not None:
        message = f"{fact.value} is not kept when a reading ends, so nothing can settle it for the next"
        lowering.reading.report("wrong-value", message, fact, "declare it under `memory`")
    elif not lowering.scope.is_incomplete():
        message = f'there is no memory "{fact.value}"'
        lowering.reading.report("unknown-name", message, fact, did_you_mean(fact.value, memory))
    return None


def tell_at_endings(events: Sequence[Event], steps: dict[int, Step], names: Names) -> dict[int, Step]:
    """The steps, with every ending noting which events have been told by then."""
    telling = tuple(Assignment(event.told, _told(event, names)) for event in events)
    return {
        index: step._replace(effects=(*step.effects, *telling)) if isinstance(step.exit, End) else step
        for index, step in steps.items()
    }


def _told(event: Event, names: Names) -> Code:
    views = dict.fromkeys(names.count(step).register for _, step in event.views)
    return ("or", ("flag", event.told), *((">=", ("flag", register), 1) for register in views))
