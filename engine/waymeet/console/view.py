"""The narrow port between a session and what the reader sees: lines go out, choices and commands come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.console.keys import Aside
    from waymeet.console.typesetting import Line, Setting
    from waymeet.runtime import Question


class Option(NamedTuple):
    """One line of a menu. `locked` says why it cannot be taken; `taken` that it was, earlier in this playthrough."""

    label: str
    locked: str | None = None
    taken: bool = False


def never() -> bool:
    """What is shown stays so."""
    return False


class View(Protocol):
    """One way to show a story and to be answered."""

    #: Whether what is asked is no longer so; then `ask` and `read` answer `Interruption.SAVED` as soon as they can.
    is_stale: Callable[[], bool]
    #: Whether what is typed after a colon is a `Directive`.
    takes_directives: bool

    @property
    def setting(self) -> Setting:
        """How pages are to be set now; a terminal may have been resized since."""
        ...

    @property
    def is_live(self) -> bool:
        """Whether a reader sits at a terminal."""
        ...

    @property
    def is_deserted(self) -> bool:
        """Whether input has ended with no reader at a terminal who ended it."""
        ...

    def show(self, lines: Sequence[Line]) -> None:
        """Add lines to what was shown, for good."""
        ...

    def ask(self, options: Sequence[Option]) -> int | Aside:
        """The index of the option taken, among those not locked, or a command; `Command.QUIT` at the end of input.

        Raises `Stopped` when the reader insists on leaving or a signal says so.
        """
        ...

    def read(self, question: Question) -> str | Aside:
        """What the reader types as the answer to a question, fitting or not, or a command, as `ask`."""
        ...

    def help(self) -> Sequence[tuple[str, str]]:
        """What a reader can do here, and how."""
        ...
