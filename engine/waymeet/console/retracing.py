"""Going back and coming again: undo, redo, and the list of earlier choices to go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.history import Move
from waymeet.console.view import Option
from waymeet.console.words import word

if TYPE_CHECKING:
    from waymeet.console.history import History, Standing
    from waymeet.console.session import Session

_UNDONE = {Move.REWIND: "undone_rewind", Move.LOAD: "undone_load"}
_REDONE = {Move.REWIND: "redone_rewind", Move.LOAD: "redone_load"}


def undo(session: Session, history: History) -> str | None:
    """Take back what was done last, and say so; None, once that is said, where nothing can be taken back."""
    if not history.can_undo:
        session.page.say(_end(history, "nothing_to_undo"))
        return None
    move, led_to = history.undo()
    return word("undone", label=led_to.label) if move is Move.CHOICE else word(_UNDONE[move])


def redo(session: Session, history: History) -> str | None:
    """Do again what was taken back last, and say so; None, once that is said, where nothing was."""
    if not history.can_redo:
        session.page.say(word("nothing_to_redo"))
        return None
    move, led_to = history.redo()
    return word("redone", label=led_to.label) if move is Move.CHOICE else word(_REDONE[move])


def rewind(session: Session, history: History) -> str | None:
    """Ask before which earlier choice the reader wants to stand, and say that they do; None where they stay."""
    turns = history.turns
    if not turns:
        session.page.say(_end(history, "nothing_to_rewind"))
        return None
    session.page.say(word("rewind_where"))
    answer = session.ask([*_listed(session, turns), Option(word("stay"))])
    if answer is None or answer == len(turns):
        session.page.say(word("stayed"))
        return None
    before = turns[answer].before
    assert before is not None
    history.rewind(before)
    return word("rewound", label=turns[answer].label)


def _end(history: History, at_start: str) -> str:
    """Why one cannot go back further than this."""
    if not history.now.path:
        return word(at_start)
    return word("undo_ends_supposed" if history.is_supposed else "undo_ends")


def _listed(session: Session, turns: list[Standing]) -> list[Option]:
    """Each choice under the words that it was taken by, with its chapter where that is another than the line before."""
    options = []
    scene = ""
    for standing in turns:
        assert standing.before is not None
        where = standing.before.moment.scene
        heading = [block.plain for block in session.story.heading(where) if where != scene]
        scene = where
        label = word("rewind_in", label=standing.label, heading=heading[0]) if heading else standing.label
        options.append(Option(label))
    return options
