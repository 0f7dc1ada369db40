"""Named saves with their reader: asking for a name, saving under it, and choosing one to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.console.view import Option
from waymeet.console.words import ago, word
from waymeet.runtime import Question
from waymeet.saves.slots import MAX_NAME, SlotNameError, alike, slot_name

if TYPE_CHECKING:
    from waymeet.console.history import History
    from waymeet.console.keeper import Keeper
    from waymeet.console.session import Session
    from waymeet.saves.autosave import Found


class _Listed(NamedTuple):
    label: str
    found: Found


def save(session: Session, history: History, typed: str) -> None:
    """Keep the reader's place under a name, which is asked for if none was typed, and say what came of it."""
    keeper = session.keeper
    if (reason := keeper.no_saves) is not None:
        session.page.say(reason)
        return
    name = _name(session, typed or _asked(session))
    if name is None or not _may_replace(session, name):
        session.page.say(word("not_saved"))
    elif keeper.save_as(name, history):
        session.page.say(word("saved", name=name))


def choose(session: Session, typed: str = "") -> Found | None:
    """The save of a name, or the one that the reader takes from a list; None, once that is said, for none."""
    if typed:
        found = session.keeper.find_slot(typed)
        if found is not None:
            return found
        session.page.say(word("no_such_save", name=typed))
    listed = _listed(session)
    if not listed:
        session.page.say(word("no_saves"))
        return None
    session.page.say(word("load_which"))
    answer = session.ask([*(Option(label) for label, _ in listed), Option(word("stay"))])
    if answer is None or answer == len(listed):
        session.page.say(word("stayed"))
        return None
    return listed[answer].found


def named(keeper: Keeper, typed: str) -> str:
    """What was typed, as the name of a save; one that is there as it is written there. Raises `SlotNameError`."""
    name = slot_name(typed)
    return next((there for there in keeper.slot_names if alike(there) == alike(name)), name)


def refused(error: SlotNameError) -> str:
    """Why a save cannot have a name, and which names it can have."""
    char = error.char if error.char.isprintable() else f"U+{ord(error.char):04X}"
    wrong = word("slot_name_char", char=char) if char else word("slot_name_bad")
    return f"{wrong} {word('slot_name_rule', most=MAX_NAME)}"


def _asked(session: Session) -> str:
    """What the reader types as a name; what is no name means none."""
    if names := session.keeper.slot_names:
        session.page.listing(word("slot_names"), names)
    typed = session.read(Question(word("slot_name"), "text", 0, MAX_NAME))
    return typed if isinstance(typed, str) else ""


def _name(session: Session, typed: str) -> str | None:
    """The name as a save can have it; None, once that is said, where it cannot."""
    if not typed.strip():
        return None
    try:
        return named(session.keeper, typed)
    except SlotNameError as error:
        session.page.say(refused(error))
        return None


def _may_replace(session: Session, name: str) -> bool:
    """Whether the reader wants what is under this name replaced, if anything is."""
    found = session.keeper.find_slot(name)
    if found is None:
        return True
    session.page.say(word("save_over", slot=_described(session, name, found)))
    return session.ask([Option(word("save_over_yes", name=name)), Option(word("save_over_no"))]) == 0


def _listed(session: Session) -> list[_Listed]:
    """Every save that can be gone to, the latest first."""
    keeper = session.keeper
    named = [_Listed(_described(session, name, found), found) for name, found in keeper.find_slots()]
    named += [
        _Listed(_described(session, word("left_slot"), found), found)
        for path in session.story.protagonists
        if (found := keeper.find_left(path.id)) is not None
    ]
    return sorted(named, key=lambda listed: -listed.found.place.saved)


def _described(session: Session, name: str, found: Found) -> str:
    moment = found.moment
    who = session.story.protagonist(moment.origin.protagonist).name
    when = ago(session.keeper.age(found))
    for heading in session.story.heading(moment.scene):
        return word("slot_at", slot=name, name=who, heading=heading.plain, when=when)
    return word("slot", slot=name, name=who, when=when)
