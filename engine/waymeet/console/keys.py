"""What a reader can do besides choosing: one table for the keys, the words of the plain view, and the help."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from waymeet.console.words import word

if TYPE_CHECKING:
    from waymeet.runtime import Question


class Command(Enum):
    """Something to do that is no choice of the story."""

    UNDO = "undo"
    REDO = "redo"
    REWIND = "rewind"
    SKIP = "skip"
    SHEET = "sheet"
    SAVE = "save"
    LOAD = "load"
    TRANSCRIPT = "transcript"
    ENDINGS = "endings"
    HELP = "help"
    QUIT = "quit"


class Order(NamedTuple):
    """A command that was given with a name, as in `save harbour`."""

    command: Command
    name: str


class Interruption(Enum):
    """Something that comes between a question and its answer."""

    #: Files of the story were saved.
    SAVED = "saved"


class Directive(NamedTuple):
    """A line that an author has for the debugger, without the colon before it."""

    text: str


#: Nothing yet: the line is still to be typed, or was broken off.
UNSAID = Directive("")

#: What can come in the place of an answer.
Aside = Command | Order | Interruption | Directive


def command_of(given: Command | Order) -> Command:
    """The command itself, however it was given."""
    return given.command if isinstance(given, Order) else given


#: The commands that a name can follow.
_NAMED = (Command.SAVE, Command.LOAD)


class Binding(NamedTuple):
    """How a command is given: by keys (in prompt_toolkit's names), or typed, as a word or one of the letters."""

    command: Command
    keys: tuple[str, ...]
    letters: tuple[str, ...]
    shown: str

    @property
    def typed(self) -> tuple[str, ...]:
        """What can be typed for it in the reader's language; the English word means it in every other, too."""
        words = word(f"typed_{self.command.value}").split(", ")
        return (*words, *self.letters)

    def means(self, typed: str) -> bool:
        """Whether this was typed for it; case matters for single letters only."""
        return (typed if len(typed) == 1 else typed.casefold()) in (*self.typed, self.command.value)


BINDINGS: tuple[Binding, ...] = (
    Binding(Command.UNDO, ("u",), ("u",), "u"),
    Binding(Command.REDO, ("U", "c-r"), ("U",), "U, Ctrl-R"),
    Binding(Command.REWIND, ("r",), ("r",), "r"),
    Binding(Command.SKIP, ("tab",), (), "Tab"),
    Binding(Command.SHEET, ("i",), ("i",), "i"),
    Binding(Command.SAVE, ("s",), ("s",), "s"),
    Binding(Command.LOAD, ("l",), ("l",), "l"),
    Binding(Command.TRANSCRIPT, ("t",), ("t",), "t"),
    Binding(Command.ENDINGS, ("e",), ("e",), "e"),
    Binding(Command.HELP, ("h", "?"), ("h", "?"), "h, ?"),
    Binding(Command.QUIT, ("q", "c-d"), ("q",), "q, Ctrl-D"),
)


def command_typed(answer: str) -> Command | Order | None:
    """The command of a typed word, if it is one, and of one with a name; case matters for single letters only."""
    given, _, name = answer.strip().partition(" ")
    command = _command_of(given)
    if command is None or not name:
        return command
    return Order(command, name.strip()) if command in _NAMED else None


def _command_of(given: str) -> Command | None:
    return next((binding.command for binding in BINDINGS if binding.means(given)), None)


def command_answered(answer: str, question: Question) -> Command | Order | None:
    """The command given in the place of an answer: after a colon; without one only where no word can be an answer."""
    typed = answer.strip()
    if typed.startswith(":"):
        return command_typed(typed[1:])
    return command_typed(typed) if question.kind == "number" else None
