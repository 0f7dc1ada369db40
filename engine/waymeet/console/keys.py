"""What a reader can do besides choosing: one table for the keys, the words of the plain view, and the help."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from waymeet.runtime import Question


class Command(Enum):
    """Something to do that is no choice of the story."""

    UNDO = "undo"
    REDO = "redo"
    SHEET = "sheet"
    TRANSCRIPT = "transcript"
    ENDINGS = "endings"
    HELP = "help"
    QUIT = "quit"


class Interruption(Enum):
    """Something that comes between a question and its answer."""

    #: Files of the story were saved.
    SAVED = "saved"


class Directive(NamedTuple):
    """A line that an author has for the debugger, without the colon before it."""

    text: str


#: What can come in the place of an answer.
Aside = Command | Interruption | Directive


class Binding(NamedTuple):
    """How a command is given: by keys (in prompt_toolkit's names), or typed as one of the words."""

    command: Command
    keys: tuple[str, ...]
    typed: tuple[str, ...]
    shown: str


BINDINGS: tuple[Binding, ...] = (
    Binding(Command.UNDO, ("u",), ("undo", "u"), "u"),
    Binding(Command.REDO, ("U", "c-r"), ("redo", "U"), "U, Ctrl-R"),
    Binding(Command.SHEET, ("i",), ("sheet", "i"), "i"),
    Binding(Command.TRANSCRIPT, ("t",), ("transcript", "t"), "t"),
    Binding(Command.ENDINGS, ("e",), ("endings", "e"), "e"),
    Binding(Command.HELP, ("h", "?"), ("help", "h", "?"), "h, ?"),
    Binding(Command.QUIT, ("q", "c-d"), ("quit", "q", "exit"), "q, Ctrl-D"),
)


def command_typed(answer: str) -> Command | None:
    """The command of a typed word, if it is one; case matters for single letters only."""
    wanted = answer if len(answer) == 1 else answer.casefold()
    for binding in BINDINGS:
        if wanted in binding.typed:
            return binding.command
    return None


def command_answered(answer: str, question: Question) -> Command | None:
    """The command given in the place of an answer: after a colon; without one only where no word can be an answer."""
    typed = answer.strip()
    if typed.startswith(":"):
        return command_typed(typed[1:].strip())
    return command_typed(typed) if question.kind == "number" else None
