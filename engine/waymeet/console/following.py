"""A reading that begins with a way: told to where it leads, and then the reader's own; or one that begins elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console import front
from waymeet.console.history import History
from waymeet.console.reading import Reading
from waymeet.console.replaying import Way, WayError, play_back, read_replay, read_way
from waymeet.console.trying import begin_supposed
from waymeet.console.words import word
from waymeet.runtime import ChoiceError, EndlessLoopError

if TYPE_CHECKING:
    from waymeet.console.session import Session
    from waymeet.runtime import Moment


def follow(session: Session) -> Reading:
    """The reading after the way that was asked for, always from the same beginning; raises `WayError`."""
    history, way = begun(session)
    reading = Reading(session, history, keeps=session.options.is_trial)
    front.show_title(session)
    if session.options.is_trial:
        session.page.say(word("supposed_keeps_nothing" if session.options.supposes else "way_keeps_nothing"))
    reading.open()
    play_back(reading, history, way)
    return reading


def begun(session: Session) -> tuple[History, Way]:
    """The beginning of the way that was asked for, and the way; raises `WayError`."""
    if session.options.supposes:
        session.history = History([begin_supposed(session)])
        return session.history, Way(())
    way = _way(session)
    session.keeper.suppose(way.memory)
    session.history = History([_begin(session, way)])
    return session.history, way


def _way(session: Session) -> Way:
    options = session.options
    if options.follow is not None:
        return read_way(options.follow)
    assert options.replay is not None
    return read_replay(options.replay)


def _begin(session: Session, way: Way) -> Moment:
    story, options = session.story, session.options
    who = options.protagonist or way.protagonist
    if who is None:
        if len(story.protagonists) > 1:
            raise WayError(word("way_no_path", names=", ".join(path.id for path in story.protagonists)))
        who = story.protagonists[0].id
    try:
        return story.begin(who, seed=options.seed or 0, memory=way.memory, outcomes=way.outcomes)
    except (ChoiceError, ValueError) as error:
        raise WayError(word("way_misfit", where=way.where, reason=error)) from error
    except EndlessLoopError as error:
        raise WayError(word("cannot_begin", name=story.protagonist(who).name, reason=error)) from error
