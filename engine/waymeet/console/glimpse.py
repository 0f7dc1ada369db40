"""Seeing a moment as somebody else: the other views of an event that this reading has come to, for reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.console.view import Option
from waymeet.console.words import word
from waymeet.runtime import ChoiceError, EndlessLoopError

if TYPE_CHECKING:
    from waymeet.console.history import History
    from waymeet.console.session import Session
    from waymeet.runtime import Moment
    from waymeet.story import Event

#: How many ways to the other view are tried, each for at most so many turns.
_TRIES = 40
_TURNS = 400


class Glimpse(NamedTuple):
    """The view of an event that another protagonist has."""

    event: Event
    who: str


def glimpses(history: History) -> list[Glimpse]:
    """What can be seen from here: the events that this page has told, or at an ending all that this reading has."""
    now = history.now
    return [
        Glimpse(event, who)
        for event in now.story.events
        if _is_told(now, event) and (now.ending is not None or _is_new(history, event))
        for who, _ in event.views
        if who != now.origin.protagonist
    ]


def label(history: History, glimpse: Glimpse) -> str:
    """How a glimpse is offered."""
    now = history.now
    name = now.story.protagonist(glimpse.who).name
    return word("see_as", name=name) if now.ending is None else word("see_event", title=glimpse.event.title, name=name)


def show(session: Session, history: History, glimpse: Glimpse) -> None:
    """Tell the other view's page, as it is after what this reading has settled, and wait until the reader goes back."""
    now, name = history.now, session.story.protagonist(glimpse.who).name
    seen = _seen_from(now, glimpse)
    if seen is None:
        session.page.say(word("glimpse_none", name=name))
        return
    session.page.say(word("glimpse", title=glimpse.event.title, name=name), "strong")
    session.page.tell(block for block in seen.text if block.kind != "echo")
    own = session.story.protagonist(now.origin.protagonist).name
    session.ask([Option(word("glimpse_over", name=own))])
    session.page.say(word("glimpsed", name=own))


def _seen_from(now: Moment, glimpse: Glimpse) -> Moment | None:
    """Where another reading first comes to its view, on a way that is the same each time; None if none was found."""
    from random import Random  # few readers look, and the others need not wait for it

    from waymeet.console.auto import go_at_random

    chance = Random(now.origin.seed)  # noqa: S311  (no secret)
    for _ in range(_TRIES):
        try:
            moment = now.story.begin(glimpse.who, seed=now.origin.seed, memory=now.memory)
            for _ in range(_TURNS):
                if _is_told(moment, glimpse.event):
                    return moment
                if moment.ending is not None or moment.stuck:
                    break
                moment = go_at_random(moment, chance)
        except (ChoiceError, EndlessLoopError):
            continue  # such a way is no way to it
    return None


def _is_told(moment: Moment, event: Event) -> bool:
    return _times(moment, event) > 0


def _is_new(history: History, event: Event) -> bool:
    """Whether the page at hand is the one that came to the event."""
    before = 0 if history.last is None else _times(history.last, event)
    is_on_the_way = history.last is None and bool(history.now.path)  # of a way whose beginning is not known
    return _times(history.now, event) > before and not is_on_the_way


def _times(moment: Moment, event: Event) -> int:
    """How often a reading has come to its own view of an event, as far as that is counted."""
    arrivals = [moment.story.data.steps[step].arrivals for who, step in event.views if who == moment.origin.protagonist]
    return sum(moment.state.registers[register] for register in arrivals if register is not None)
