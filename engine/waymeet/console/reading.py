"""One playthrough with its reader: tell, ask, and do what was answered, until another path is wanted or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from waymeet.console import glimpse, retracing, slots
from waymeet.console.glimpse import Glimpse
from waymeet.console.keys import Command, Directive, Interruption, Order, command_of
from waymeet.console.skipping import Skipping
from waymeet.console.view import Option, never
from waymeet.console.words import counted, word
from waymeet.runtime import ANSWER, ChoiceError, EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Callable

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


Action = Take | Read | Forget | Glimpse | Command | Order | Interruption


class Reading:
    """A playthrough under way. `keeps`: whether the reader's place is to be saved before they choose something."""

    def __init__(self, session: Session, history: History, *, keeps: bool = True) -> None:
        self._session = session
        self._history = history
        self._keeps = keeps
        self._page = session.page
        self._skipping = Skipping(session)

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
                case Glimpse() as other:
                    self._look(other)
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

    def _try(self, turn: str) -> None:
        """A turn as the reader wants it; why it cannot be taken is told, and they are asked again."""
        try:
            self.take(turn)
            self._pass_on()
        except ChoiceError as error:
            self._page.say(word("no_fit") if turn.startswith(ANSWER) else word("not_taken", reason=error))

    def _arrive(self, moment: Moment) -> None:
        self._history.go(moment)
        self._keep()
        self._finish(moment)
        self._skipping.tell(moment)
        self._tell_end(moment)

    def _pass_on(self) -> None:
        """Go on by what the reader wants skipped, once round at most, whatever is counted on the way."""
        been: set[str] = set()
        while self._history.now.step not in been and (moment := self._skipping.next(self._history)):
            been.add(self._history.now.step)
            self._arrive(moment)

    # -- telling ------------------------------------

    def _tell(self, moment: Moment) -> None:
        self._skipping.tell_whole(moment)
        self._tell_end(moment)

    def _tell_end(self, moment: Moment) -> None:
        if moment.ending is not None:
            self._tell_ending(moment, moment.ending)
        elif moment.stuck:
            way_back = [word("stuck_undo")] if self._history.can_undo else []
            self._page.say(" ".join((word("stuck"), *way_back)))

    def _tell_ending(self, moment: Moment, ending: str) -> None:
        session, who = self._session, moment.origin.protagonist
        there = session.endings_of(who)
        found = session.keeper.legacy.found(who)
        title = session.story.ending(ending).title
        name = session.story.protagonist(who).name
        self._page.say(word("ending", title=title), "strong")
        self._page.say(counted("found_on_path", len(there), found=len(found), all=len(there), name=name))
        if hints := session.hints_left(who):
            self._page.listing(word("hints_left"), hints)

    # -- asking ------------------------------------

    def _wanted(self) -> Action | None:
        """What is to be done; None where it was done at once, as an author asked the debugger."""
        asked = self._asked()
        if not isinstance(asked, Directive):
            return asked
        from waymeet.console.debugging import direct

        found = direct(self._session, self._history, asked.text)
        if found is None or isinstance(found, Command | Order):
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
        return [*menu, *self._ways_back()] if moment.stuck else [*menu, *self._glimpses()]

    def _glimpses(self) -> list[tuple[Option, Action]]:
        found = glimpse.glimpses(self._history)
        return [(Option(glimpse.label(self._history, other)), other) for other in found]

    def _after_ending(self, who: str) -> list[tuple[Option, Action]]:
        paths = self._session.story.protagonists
        others = [path for path in paths if path.id != who]
        own = [path for path in paths if path.id == who]
        return [
            *((Option(word("after_other", name=path.name)), Read(path.id)) for path in others),
            *((Option(word("after_again", name=path.name)), Read(path.id)) for path in own),
            *self._glimpses(),
            *self._ways_back(anew=bool(self._session.keeper.legacy.memory)),
        ]

    def _ways_back(self, *, anew: bool = False) -> list[tuple[Option, Action]]:
        undo: list[tuple[Option, Action]] = [(Option(word("after_undo")), Command.UNDO)]
        forget: list[tuple[Option, Action]] = [(Option(word("anew")), Forget())]
        return [
            *(undo if self._history.can_undo else []),
            *(forget if anew else []),
            (Option(word("leave")), Command.QUIT),
        ]

    # -- doing ------------------------------------

    def _do(self, given: Command | Order) -> None:
        name = given.name if isinstance(given, Order) else ""
        match command := command_of(given):
            case Command.UNDO:
                self._move(retracing.undo)
            case Command.REDO:
                self._move(retracing.redo)
            case Command.REWIND:
                self._move(retracing.rewind)
            case Command.SKIP:
                self._skipping.turn()
                self._pass_on()
            case Command.SAVE:
                slots.save(self._session, self._history, name)
            case Command.LOAD:
                self._move(lambda session, history: _loaded(session, history, name))
            case Command.SHEET:
                self._show_sheet()
            case Command.TRANSCRIPT:
                self._session.write_transcript()
            case Command.HELP | Command.ENDINGS | Command.QUIT:
                self._session.do_anywhere(command)
            case _:
                assert_never(command)

    def _move(self, how: Callable[[Session, History], str | None]) -> None:
        """Go elsewhere than on, if that leads anywhere: say so, and tell the place."""
        last = self._history.now
        notice = how(self._session, self._history)
        if notice is None:
            return
        now = self._history.now
        self._keep()
        self._page.say(notice)
        if (now.scene, now.origin.protagonist) == (last.scene, last.origin.protagonist):
            self._tell(now)
        else:
            self.open()

    def _look(self, other: Glimpse) -> None:
        """See the moment as somebody else, and come back to the page that the reader is on."""
        glimpse.show(self._session, self._history, other)
        if self._history.now.ending is None:
            self._tell(self._history.now)

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


def _loaded(session: Session, history: History, name: str) -> str | None:
    """Go to the save of this name, or to one that the reader takes from a list, and say so."""
    found = slots.choose(session, name)
    if found is None:
        return None
    session.load_into(history, found)
    return word("loaded")
