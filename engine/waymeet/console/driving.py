"""Driving a reading from a program: one JSON object a line in, and for each of them one out.

The contract is `docs/reference/driving.md`; `FORMAT` is its number.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, assert_never

from waymeet.console import slots
from waymeet.console.following import begun
from waymeet.console.messages import as_json, moment_of, path_of, save_of, state_of, story_of, texts_of
from waymeet.console.replaying import play_back
from waymeet.console.requests import Request, RequestError, read_line, read_request
from waymeet.console.skipping import passages
from waymeet.console.typesetting import Setting, plain
from waymeet.console.view import never
from waymeet.runtime import ANSWER, ChoiceError, EndlessLoopError
from waymeet.saves.slots import SlotNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waymeet.console.history import History
    from waymeet.console.keys import Aside
    from waymeet.console.session import Session
    from waymeet.console.streams import Streams
    from waymeet.console.typesetting import Line
    from waymeet.console.view import Option
    from waymeet.runtime import Question

FORMAT = 1
#: Wider than any notice.
_UNBROKEN = 10_000


class Notices:
    """The view of a reading that a program drives: whatever the console has to say waits here for the next answer."""

    is_live = False
    is_deserted = False
    takes_directives = False
    setting = Setting(_UNBROKEN, spoken=True)

    def __init__(self) -> None:
        self.is_stale: Callable[[], bool] = never
        self._waiting: list[str] = []

    def show(self, lines: Sequence[Line]) -> None:
        """Keep what is said, a notice for each thing."""
        self._waiting.append("\n".join(text for line in lines if (text := plain(line))))

    def taken(self) -> list[str]:
        """What was said since this was last asked."""
        said, self._waiting = self._waiting, []
        return said

    def ask(self, options: Sequence[Option]) -> int | Aside:
        """Not asked: the reading waits for requests instead."""
        raise AssertionError(options)

    def read(self, question: Question) -> str | Aside:
        """Not asked, either."""
        raise AssertionError(question)

    def help(self) -> Sequence[tuple[str, str]]:
        """What a reader can do; a program has its page for that."""
        return ()


class Driver:
    """One session driven by requests."""

    def __init__(self, session: Session, notices: Notices, streams: Streams) -> None:
        self._session = session
        self._notices = notices
        self._streams = streams
        self._history: History | None = None

    def run(self) -> None:
        """Say what story this is, then grant requests until one is to quit or there are no more; raises `WayError`."""
        self._session.keeper.warn()
        self._say("story", {"format": FORMAT, **story_of(self._session.story), "paths": self._paths()})
        try:
            self._enter()
        except RequestError as error:
            self._refuse(error)
        while (line := read_line(self._streams.stdin)) is not None:
            try:
                if line.strip() and not self._granted(read_request(line)):
                    return
            except RequestError as error:
                self._refuse(error)

    def leave(self) -> None:
        """Say the last word."""
        self._say("end", {"kept": self._session.keeper.is_kept})

    def take(self, turn: str) -> None:
        """Take a turn, keep the new place, and tell it; raises `ChoiceError` and `RequestError`."""
        history = self._going
        try:
            history.go(history.now.take(turn))
        except EndlessLoopError as error:
            raise RequestError("endless-loop", f"{error}; that is the story's fault") from error
        self._session.keeper.save(history)
        if history.now.ending is not None:
            self._session.keeper.finish(history.now)
        self._tell(history)

    def _enter(self) -> None:
        """Go where the command line says."""
        options = self._session.options
        if options.replay is not None or options.is_trial:
            history, way = begun(self._session)
            self._open(history)
            play_back(self, history, way)
        elif options.protagonist is not None:
            place = None if options.new else self._session.keeper.find(options.protagonist)
            if place is None or place.moment.ending is not None:
                self._begin(Request("begin", options.protagonist))
            else:
                self._open(self._session.resume(place))

    # -- requests ------------------------------------

    def _granted(self, request: Request) -> bool:
        """Grant a request, unless it is to quit."""
        match request.does:
            case "begin":
                self._begin(request)
            case "continue":
                self._continue(request)
            case "choose":
                self._choose(request.value)
            case "answer":
                self._answer(request.value)
            case "undo":
                self._undo()
            case "redo":
                self._redo()
            case "rewind":
                self._rewind(request.value)
            case "save":
                self._save(request.value)
            case "load":
                self._load(request.value)
            case "saves":
                self._list()
            case "state":
                self._tell(self._going, "state", state_of(self._going.now))
            case "quit":
                return False
            case _:
                assert_never(request.does)
        return True

    def _begin(self, request: Request) -> None:
        self._check_path(request.value)
        history = self._session.begin(request.value, request.seed)
        if history is None:
            raise RequestError("endless-loop", " ".join(self._notices.taken()))
        if history.now.ending is not None:
            self._session.keeper.finish(history.now)
        self._open(history)

    def _continue(self, request: Request) -> None:
        self._check_path(request.value)
        place = self._session.keeper.find(request.value)
        if place is None:
            raise RequestError("no-place", f'no place is kept on the path "{request.value}"')
        self._open(self._session.resume(place))

    def _check_path(self, wanted: str) -> None:
        known = [path.id for path in self._session.story.protagonists]
        if wanted not in known:
            raise RequestError("no-such-path", f'there is no path "{wanted}"', open=known)

    def _choose(self, wanted: str | int) -> None:
        now = self._going.now
        ids = [offer.id for offer in now.choices if offer.locked is None]
        if isinstance(wanted, str) and wanted in ids:
            self.take(wanted)
        elif isinstance(wanted, int) and 1 <= wanted <= len(ids):
            self.take(ids[wanted - 1])
        else:
            raise RequestError("not-open", f"there is no open choice {wanted} at {now.step}", open=ids)

    def _answer(self, given: str | int) -> None:
        if self._going.now.question is None:
            raise RequestError("no-question", f"nothing is asked at {self._going.now.step}")
        try:
            self.take(f"{ANSWER}{given}")
        except ChoiceError as error:
            raise RequestError("no-fit", str(error)) from error

    def _undo(self) -> None:
        if not self._going.can_undo:
            raise RequestError("nothing-to-undo", "nothing was done that could be taken back")
        self._going.undo()
        self._moved()

    def _redo(self) -> None:
        if not self._going.can_redo:
            raise RequestError("nothing-to-redo", "nothing was taken back")
        self._going.redo()
        self._moved()

    def _rewind(self, turns: int) -> None:
        before = {len(standing.moment.path): standing for standing in self._going.standing.back()}
        here = len(self._going.now.path)
        if turns not in before or turns == here:
            known = f"{min(before)} to {here - 1}" if len(before) > 1 else "nowhere"
            raise RequestError("no-such-turn", f"from {here} turns the reading can go back to: {known}")
        self._going.rewind(before[turns])
        self._moved()

    def _save(self, typed: str) -> None:
        history, keeper = self._going, self._session.keeper
        if (reason := keeper.no_saves) is not None:
            raise RequestError("not-saved", reason)
        try:
            name = slots.named(keeper, typed)
        except SlotNameError as error:
            raise RequestError("bad-name", slots.refused(error)) from error
        if not keeper.save_as(name, history):
            raise RequestError("not-saved", f'"{name}" could not be written')
        self._list()

    def _load(self, name: str) -> None:
        session = self._session
        found = session.keeper.find_slot(name)
        if found is None:
            raise RequestError("no-such-save", f'there is no save "{name}"', open=session.keeper.slot_names)
        if self._history is None:
            self._open(session.load(found))
        else:
            session.load_into(self._history, found)
            self._moved()

    def _list(self) -> None:
        self._say("saves", {"saves": [save_of(name, found) for name, found in self._session.keeper.find_slots()]})

    def _moved(self) -> None:
        self._session.keeper.save(self._going)
        self._tell(self._going)

    @property
    def _going(self) -> History:
        if self._history is None:
            raise RequestError("not-begun", "no path has begun: begin one, or continue one")
        return self._history

    # -- telling ------------------------------------

    def _open(self, history: History) -> None:
        self._history = history
        self._tell(history)

    def _tell(self, history: History, kind: str = "moment", more: Mapping[str, Any] = MappingProxyType({})) -> None:
        *before, text = texts_of(history.now)
        for part in before:
            self._write({"type": "text", "text": part})
        self._session.keeper.note_told(passages(history.now))
        can = {"undo": history.can_undo, "redo": history.can_redo}
        moment = moment_of(history.now, history.taken_here())
        self._say(kind, {"text": text, **moment, "can": can, "kept": self._session.keeper.is_kept, **more})

    def _paths(self) -> list[dict[str, Any]]:
        session, keeper = self._session, self._session.keeper
        return [
            path_of(path, session.endings_of(path.id), keeper.legacy.found(path.id), keeper.find(path.id))
            for path in session.story.protagonists
        ]

    def _refuse(self, error: RequestError) -> None:
        self._say("error", {"error": error.kind, "message": str(error), **error.details})

    def _say(self, kind: str, fields: Mapping[str, Any]) -> None:
        self._write({"type": kind, **fields, "notices": self._notices.taken()})

    def _write(self, message: dict[str, Any]) -> None:
        self._streams.stdout.write(as_json(message) + "\n")
        self._streams.stdout.flush()
