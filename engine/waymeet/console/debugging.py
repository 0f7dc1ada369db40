"""What an author can ask the player while reading, after a colon: what is so, why a choice is locked, what just ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.console.explaining import explained, named_values
from waymeet.console.history import SUPPOSED
from waymeet.console.keys import Command, Order, command_typed
from waymeet.console.tracing import traced
from waymeet.diagnostics import did_you_mean
from waymeet.runtime import ChoiceError, EndlessLoopError
from waymeet.supposing import SupposedError, read_flag

if TYPE_CHECKING:
    from collections.abc import Callable

    from waymeet.console.history import History
    from waymeet.console.session import Session
    from waymeet.runtime import Moment

    #: What comes of a directive: a command to do, a moment to go to, or nothing more.
    Outcome = Command | Order | Moment | None


class _Directive(NamedTuple):
    """What can be asked: how it is typed, what it does, and what does it."""

    typed: str
    help: str
    do: Callable[[Session, History, str], Outcome]


def direct(session: Session, history: History, text: str) -> Outcome:
    """Do what an author typed after a colon, or say why that cannot be."""
    name, _, more = (text or "help").partition(" ")
    command = command_typed(text)
    if name not in _DIRECTIVES and command is None:
        help_line = did_you_mean(name, _DIRECTIVES) or "type :help to see what there is."
        session.page.say(f'There is no ":{name}"; {help_line}')
        return None
    try:
        return _DIRECTIVES[name].do(session, history, more.strip()) if name in _DIRECTIVES else command
    except (SupposedError, ChoiceError, EndlessLoopError) as error:
        session.page.say(f"That cannot be: {error}{'' if str(error).endswith('?') else '.'}")
        return None


def _state(session: Session, history: History, wanted: str) -> None:
    """Where the reading stands, and every flag and count whose name begins as wanted."""
    moment, story = history.now, session.story
    steps = story.machine.steps
    here = [moment.step, *([session.notes.steps[moment.state.step]] if session.notes.steps else [])]
    rows = [("at", ", ".join(here)), *(("called from", steps[step].id) for step in reversed(moment.state.returns))]
    texts = [(text.name, str(moment.flags[text.name])) for text in story.data.texts]
    values = [*named_values(story.data, moment.state.registers, moment.scene), *texts]
    found = [(name, value) for name, value in values if name.startswith(wanted)]
    if wanted and not found:
        session.page.say(f'No flag begins with "{wanted}".')
        return
    session.page.table(found if wanted else [*rows, *found])


def _set(session: Session, history: History, text: str) -> Moment:
    now = history.now
    name, value = read_flag(session.story.data, now.scene, text)
    moment = now.suppose(f"{SUPPOSED}set {text}", flags={name: value})
    session.page.say(f"Set: {text}")
    return moment


def _goto(_session: Session, history: History, node: str) -> Moment:
    return history.now.suppose(f"{SUPPOSED}goto {node}", at=node)


def _why(session: Session, history: History, wanted: str) -> None:
    session.page.verbatim("\n".join(explained(history.now, wanted, session.notes)))


def _trace(session: Session, history: History, _more: str) -> None:
    before, path = history.last, history.now.path
    if before is None or path[-1].startswith(SUPPOSED):
        session.page.say("No turn led here that could be told of.")
        return
    session.page.verbatim("\n".join(traced(before, path[-1], session.notes)))


def _help(session: Session, _history: History, _more: str) -> Command:
    session.page.say("What you can ask:")
    session.page.table([(f":{known.typed}", known.help) for known in _DIRECTIVES.values()])
    return Command.HELP


_DIRECTIVES = {
    "state": _Directive("state [NAME]", "where you are, and all flags, or those whose name begins so", _state),
    "set": _Directive("set FLAG=VALUE", "go on with another value of a flag", _set),
    "goto": _Directive("goto NODE", "go on at a node", _goto),
    "why": _Directive("why [CHOICE]", "why a choice, or each, is open or not; by number or id", _why),
    "trace": _Directive("trace", "what ran on the last turn", _trace),
    "back": _Directive("back", "take back the last choice, :set or :goto", lambda *_: Command.UNDO),
    "help": _Directive("help", "this list", _help),
}
