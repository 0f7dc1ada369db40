"""A reading that goes on in the story as its files are now: at the same place, in the same state, where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console import transcript
from waymeet.console.history import History
from waymeet.console.words import word
from waymeet.errors import SaveError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.console.session import Session
    from waymeet.console.workshop import Reread
    from waymeet.runtime import Moment, Story

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
    before = session.way_to(moment) or _brought(found.story, history.before[-_MOST:])
    return History([*before, moment], (*history.transcript[:-1], transcript.passage(moment)))


def _brought(story: Story, moments: Sequence[Moment]) -> list[Moment]:
    """Moments in a story as it is now, each for itself; only those after the last one that cannot come along."""
    found: list[Moment] = []
    for moment in moments:
        try:
            found.append(story.recover(moment.save(), stays=True).moment)
        except SaveError:
            found.clear()
    return found


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
