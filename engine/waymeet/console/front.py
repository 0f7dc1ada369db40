"""The front door: the title page, and the choice of whose path to read, anew or from where the reader left off."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.console import slots
from waymeet.console.keys import Order
from waymeet.console.view import Option
from waymeet.console.words import ago, counted, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.console.history import History
    from waymeet.console.session import Session
    from waymeet.saves.autosave import Found
    from waymeet.story import Protagonist


class _Entry(NamedTuple):
    """One way in: `found` is the place to go on from, None to begin anew; nobody's is the whole telling's.

    `loads`: it leads to the saves of a name, or of all names where that is empty.
    """

    label: str
    protagonist: str | None
    found: Found | None
    loads: str | None = None


def show_title(session: Session) -> None:
    """The title, the authors, and what the story is about."""
    data, page = session.story.data, session.page
    page.title(data.title)
    if data.authors:
        page.say(word("by", authors=", ".join(data.authors)))
    page.paragraphs(data.about)
    if data.warns:
        page.say(word("warns", warns=", ".join(data.warns)))


def choose_path(session: Session) -> History | None:
    """Ask whose path to read; None when the reader leaves."""
    paths = session.story.protagonists
    if len(paths) > 1:
        _show_paths(session, paths)
    elif session.keeper.legacy.found(paths[0].id):
        session.page.say(_count(session, paths[0]))
    entries = _entries(session, paths, fresh=session.options.new, with_ended=True)
    if session.keeper.slot_names:
        entries.append(_Entry(word("load"), None, None, loads=""))
    if session.keeper.legacy.memory:
        entries.append(_Entry(word("anew"), None, None))
    history = _enter(session, entries)
    return _unasked(session) if session.page.view.is_deserted else history


def enter_path(session: Session, protagonist: str, *, fresh: bool = False) -> History | None:
    """One path, without asking unless it is under way; `fresh` begins it anew even then."""
    path = session.story.protagonist(protagonist)
    return _enter(session, _entries(session, [path], fresh=fresh, with_ended=False))


def _enter(session: Session, entries: list[_Entry]) -> History | None:
    while entries:
        entry = entries[0] if len(entries) == 1 else _ask(session, entries)
        if entry is None:
            return None
        history = _go_in(session, entry)
        if history is not None:
            return history
        if entry.protagonist is not None or (entry.loads is None and not session.keeper.legacy.memory):
            entries.remove(entry)
    return None


def _go_in(session: Session, entry: _Entry) -> History | None:
    """Where an entry leads; None for a path that cannot begin, no save, and a telling that was to be forgotten."""
    if entry.loads is not None:
        found = slots.choose(session, entry.loads)
        return None if found is None else session.load(found)
    if entry.protagonist is None:
        session.forget()
        return None
    return session.begin(entry.protagonist) if entry.found is None else session.resume(entry.found)


def _ask(session: Session, entries: list[_Entry]) -> _Entry | None:
    match session.ask_or_load([Option(entry.label) for entry in entries]):
        case int(answer):
            return entries[answer]
        case None:
            return None
        case Order(_, name):
            return _Entry("", None, None, loads=name)
        case _:
            return _Entry("", None, None, loads="")


def _unasked(session: Session) -> History | None:
    """Without a reader who could choose, the first path is shown."""
    protagonist = session.story.protagonists[0]
    session.page.say(word("nobody_there", name=protagonist.name))
    return session.begin(protagonist.id)


def _show_paths(session: Session, paths: Sequence[Protagonist]) -> None:
    for path in paths:
        session.page.paragraphs(word("path", name=path.name, about=path.about.strip()), under=_count(session, path))


def _count(session: Session, path: Protagonist) -> str:
    """How many of the endings of a path were found; nothing for one that has none."""
    there = len(session.endings_of(path.id))
    found = len(session.keeper.legacy.found(path.id))
    return counted("found_all" if found == there else "found_some", there, found=found, all=there) if there else ""


def _entries(session: Session, paths: Sequence[Protagonist], *, fresh: bool, with_ended: bool) -> list[_Entry]:
    """Places to go on from first, the latest before the others; then new beginnings; then places that have ended."""
    kept = [] if fresh else [(path, session.keeper.find(path.id)) for path in paths]
    places = [(path, found) for path, found in kept if found is not None]
    places.sort(key=lambda place: -place[1].place.saved)
    open_places = [(path, found) for path, found in places if found.moment.ending is None]
    under_way = {path.id for path, _ in open_places}
    for path, found in open_places:
        session.page.say(_reminder(session, path, found))
    goings = [_Entry(word("continue", name=path.name), path.id, found) for path, found in open_places]
    starts = [
        _Entry(word("choose_anew" if path.id in under_way else "choose_path", name=path.name), path.id, None)
        for path in paths
    ]
    ended = [
        _Entry(word("return_to_ending", name=path.name), path.id, found)
        for path, found in places
        if with_ended and found.moment.ending is not None
    ]
    return [*goings, *starts, *ended]


def _reminder(session: Session, path: Protagonist, found: Found) -> str:
    when = ago(session.keeper.age(found))
    for heading in session.story.heading(found.moment.scene):
        return word("you_were_at", name=path.name, heading=heading.plain, when=when)
    return word("you_were", name=path.name, when=when)
