"""One playthrough with its reader: tell, ask, and do what was answered, until another path is wanted or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from waymeet.console.keys import Command, Directive, Interruption
from waymeet.console.view import Option, never
from waymeet.console.words import word
from waymeet.runtime import ANSWER, ChoiceError, EndlessLoopError

if TYPE_CHECKING:
    from waymeet.console.history import History
    from waymeet.console.session import Session
    from waymeet.runtime import Moment


class Take(NamedTuple):
    """Take the story's choice of this id, or answer its question, with `=` before the answer."""

    turn: str


class Read(NamedTuple):
    """Begin this protagonist's path."""

    protagonist: str


class Forget(NamedTuple):
    """Begin the whole telling anew."""


Action = Take | Read | Forget | Command | Interruption


class Reading:
    """A playthrough under way. `keeps`: whether the reader's place is to be saved before they choose something."""

    def __init__(self, session: Session, history: History, *, keeps: bool = True) -> None:
        self._session = session
        self._history = history
        self._keeps = keeps
        self._page = session.page

    def run(self) -> str | None:
        """Read until the reader leaves; the protagonist whose path they want next, if they do."""
        self._page.view.is_stale = self._session.is_stale if self._session.watch else never
        try:
            return self._run()
        finally:
            self._page.view.is_stale = never

    def _run(self) -> str | None:
        while True:
            match self._wanted():
                case None:
                    pass
                case Read(protagonist):
                    return protagonist
                case Command.QUIT:
                    self._leave()
                    return None
                case Interruption.SAVED:
                    self._reread()
                case Forget():
                    self._session.forget()
                case Take(turn):
                    self._keeps = True
                    self._try(turn)
                case command:
                    self._do(command)

    def open(self) -> None:
        """Tell where the reader is, under the chapter's heading, which what was told on the way may hold already."""
        moment = self._history.now
        self._page.tell(heading for heading in moment.story.heading(moment.scene) if heading not in moment.text)
        if not moment.path:
            self._finish(moment)
        self._tell(moment)

    def take(self, turn: str) -> None:
        """Take a choice that is open, or answer: keep the new place, then tell it. Raises `ChoiceError`."""
        try:
            moment = self._history.now.take(turn)
        except EndlessLoopError as error:
            self._page.say(word("endless", reason=error))
            return
        self._arrive(moment)

    def _arrive(self, moment: Moment) -> None:
        self._history.go(moment)
        self._keep()
        self._finish(moment)
        self._tell(moment)

    def _try(self, turn: str) -> None:
        """A turn as the reader wants it; why it cannot be taken is told, and they are asked again."""
        try:
            self.take(turn)
        except ChoiceError as error:
            self._page.say(word("no_fit" if turn.startswith(ANSWER) else "not_taken", reason=error))

    # -- telling ------------------------------------

    def _tell(self, moment: Moment) -> None:
        self._page.tell(moment.text)
        if moment.ending is not None:
            self._tell_ending(moment, moment.ending)
        elif moment.stuck:
            way_back = [word("stuck_undo")] if self._history.last else []
            self._page.say(" ".join((word("stuck"), *way_back)))

    def _tell_ending(self, moment: Moment, ending: str) -> None:
        session, who = self._session, moment.origin.protagonist
        there = session.endings_of(who)
        found = session.keeper.legacy.found(who)
        title = session.story.ending(ending).title
        name = session.story.protagonist(who).name
        self._page.say(word("ending", title=title), "strong")
        self._page.say(word("found_on_path", found=len(found), all=len(there), name=name))
        if hints := [left.hint for left in there if left.hint and left.id not in found]:
            self._page.listing(word("hints_left"), hints)

    # -- asking ------------------------------------

    def _wanted(self) -> Action | None:
        """What is to be done; None where it was done at once, as an author asked the debugger."""
        asked = self._asked()
        if not isinstance(asked, Directive):
            return asked
        from waymeet.console.debugging import direct

        found = direct(self._session, self._history, asked.text)
        if found is None or isinstance(found, Command):
            return found
        self._arrive(found)
        return None

    def _asked(self) -> Action | Directive:
        """What the reader wants: an answer where the story has a question, else one of a menu; or a command."""
        view, question = self._page.view, self._history.now.question
        if self._session.is_stale():
            return Interruption.SAVED
        if question is not None:
            typed = view.read(question)
            return Take(f"{ANSWER}{typed}") if isinstance(typed, str) else typed
        menu = self._menu()
        answer = view.ask([option for option, _ in menu])
        open_actions = [action for option, action in menu if option.locked is None]
        return open_actions[answer] if isinstance(answer, int) else answer

    def _menu(self) -> list[tuple[Option, Action]]:
        """What can be taken here: the story's choices, or at an ending the ways on from it."""
        moment = self._history.now
        if moment.ending is not None:
            return self._after_ending(moment.origin.protagonist)
        taken = self._history.taken_here()
        menu: list[tuple[Option, Action]] = [
            (Option(offer.label, offer.locked, offer.id in taken), Take(offer.id)) for offer in moment.choices
        ]
        return [*menu, *self._ways_back()] if moment.stuck else menu

    def _after_ending(self, who: str) -> list[tuple[Option, Action]]:
        paths = self._session.story.protagonists
        others = [path for path in paths if path.id != who]
        own = [path for path in paths if path.id == who]
        return [
            *((Option(word("after_other", name=path.name)), Read(path.id)) for path in others),
            *((Option(word("after_again", name=path.name)), Read(path.id)) for path in own),
            *self._ways_back(anew=bool(self._session.keeper.legacy.memory)),
        ]

    def _ways_back(self, *, anew: bool = False) -> list[tuple[Option, Action]]:
        undo: list[tuple[Option, Action]] = [(Option(word("after_undo")), Command.UNDO)]
        forget: list[tuple[Option, Action]] = [(Option(word("anew")), Forget())]
        return [
            *(undo if self._history.last else []),
            *(forget if anew else []),
            (Option(word("leave")), Command.QUIT),
        ]

    # -- doing ------------------------------------

    def _do(self, command: Command) -> None:
        match command:
            case Command.UNDO:
                self._undo()
            case Command.REDO:
                self._redo()
            case Command.SHEET:
                self._show_sheet()
            case Command.TRANSCRIPT:
                self._session.write_transcript()
            case Command.HELP | Command.ENDINGS | Command.QUIT:
                self._session.do_anywhere(command)
            case _:
                assert_never(command)

    def _undo(self) -> None:
        if self._history.last is None:
            self._page.say(word("undo_ends" if self._history.now.path else "nothing_to_undo"))
            return
        last, label = self._history.now, self._label()
        self._history.undo()
        self._moved(last, word("undone", label=label))

    def _redo(self) -> None:
        if not self._history.can_redo:
            self._page.say(word("nothing_to_redo"))
            return
        last = self._history.now
        self._history.redo()
        self._moved(last, word("redone", label=self._label()))

    def _label(self) -> str:
        """How the choice read that led here, or the answer."""
        last, turn = self._history.last, self._history.now.path[-1]
        labels = {offer.id: offer.label for offer in last.choices} if last else {}
        return labels.get(turn, turn.removeprefix(ANSWER))

    def _moved(self, last: Moment, notice: str) -> None:
        self._keep()
        self._page.say(notice)
        if self._history.now.scene == last.scene:
            self._tell(self._history.now)
        else:
            self.open()

    def _reread(self) -> None:
        """Go on in the story as its files are now, if it can be read."""
        from waymeet.console.rereading import reread

        history = reread(self._session, self._history)
        if history is not None:
            self._history = self._session.history = history
            self.open()

    def _show_sheet(self) -> None:
        if rows := self._history.now.sheet:
            self._page.table(rows)
        else:
            self._page.say(word("empty_sheet"))

    def _finish(self, moment: Moment) -> None:
        if moment.ending is not None and self._keeps:
            self._session.keeper.finish(moment)

    def _keep(self) -> None:
        if self._keeps:
            self._session.keeper.save(self._history)

    def _leave(self) -> None:
        if self._session.keeper.is_kept:
            self._page.say(word("kept"))
