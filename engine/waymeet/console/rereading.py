"""A reading that goes on in the story as its files are now: at the same place, in the same state, where it has them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from waymeet.console import transcript
from waymeet.console.history import History
from waymeet.console.words import word
from waymeet.errors import SaveError

if TYPE_CHECKING:
    from waymeet.console.session import Session
    from waymeet.console.workshop import Reread
    from waymeet.runtime import Moment

#: So far back a reader can go who came along, where the way from the beginning no longer leads there.
_MOST = 20


def reread(session: Session, history: History) -> History | None:
    """The reading in the story as it is now; None, once that is told, where it stays in the story as it was."""
    assert session.watch is not None
    found = session.watch.reread()
    if found.story is None:
        session.page.say("A file was saved, but the story cannot be read as it is now. You go on in it as it was.")
        _tell_worst(session, found)
        return None
    session.notes = found.notes
    if found.story.fingerprint == session.story.fingerprint:
        session.page.say("A file was saved. Nothing in it changes the story.")
        _tell_worst(session, found)
        return None
    try:
        recovered = found.story.recover(history.now.save(), stays=True)
    except SaveError as error:
        session.page.say(f"A file was saved, but you cannot come along: {error}. You go on in the story as it was.")
        return None
    session.page.say("A file was saved, and this is the story as it is now.")
    session.turn_to(found.story)
    if recovered.losses:
        session.page.listing(word("edited_lost"), recovered.losses)
    _tell_worst(session, found)
    moment = recovered.moment
    before = session.way_to(moment) or _brought(moment, history)
    return History([*before, moment], (*history.transcript[:-1], transcript.passage(moment)))


def _brought(moment: Moment, history: History) -> list[Moment]:
    """The moments before one that came along, each for itself, back to the first that cannot come along as it was."""
    way = [moment]
    for standing in islice(history.turns, _MOST):
        assert standing.before is not None
        try:
            before = moment.story.recover(standing.before.moment.save(), stays=True).moment
        except SaveError:
            break
        if before.path != way[-1].path[:-1] or not way[-1].path:
            break
        way.append(before)
    return way[:0:-1]


def _tell_worst(session: Session, found: Reread) -> None:
    if found.wrong:
        session.page.verbatim(found.wrong)
    if found.cut_short:
        session.page.say("There was no time to check all of it; `waymeet check` does.")
    if found.more:
        count = "is 1" if found.more == 1 else f"are {found.more:,}"
        kind = "more" if found.wrong else "unchanged"
        findings = "finding" if found.more == 1 else "findings"
        session.page.say(f"There {count} {kind} {findings}; `waymeet check` tells all of them.")
