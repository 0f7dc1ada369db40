"""What the views on a terminal share: menus and lines that answer to keys, and a terminal that is left whole."""

from __future__ import annotations

import asyncio
import os
import signal
import termios
import time
from typing import TYPE_CHECKING, Any, TypeVar

from prompt_toolkit.application import Application, run_in_terminal
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.layout import Layout
from prompt_toolkit.styles import Style

from waymeet.console.accidents import Stopped
from waymeet.console.keys import BINDINGS, UNSAID, Command, Interruption
from waymeet.console.menu import Menu
from waymeet.console.themes import DEFAULT, MONO, THEMES
from waymeet.console.typesetting import Setting, comfortable
from waymeet.console.view import never
from waymeet.console.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prompt_toolkit.history import InMemoryHistory
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.layout import AnyContainer
    from prompt_toolkit.output import Output

    from waymeet.console.accidents import Signals
    from waymeet.console.colon import Colon
    from waymeet.console.entry import Entry
    from waymeet.console.keys import Aside, Directive
    from waymeet.console.view import Option
    from waymeet.runtime import Question

    #: What the reader is asked by.
    Part = Menu | Entry | Colon

_Answer = TypeVar("_Answer")

#: Seconds after new prose during which a key was surely meant for what stood there before.
GRACE = 0.15
#: Seconds between one look and the next at whether what is asked is still so.
_LOOK = 0.5


class LiveView:
    """Reads keys and writes to a terminal; `clock` gives seconds, from any start."""

    is_live = True
    is_deserted = False
    is_full = False

    def __init__(
        self,
        source: Input,
        output: Output,
        signals: Signals,
        *,
        width: int | None = None,
        theme: str = DEFAULT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._input = source
        self._output = output
        self._signals = signals
        self._width = width
        self._clock = clock
        self.is_stale: Callable[[], bool] = never
        self.takes_directives = False
        self._directives: InMemoryHistory | None = None
        self._marks = theme == MONO
        # `nbsp` is what prompt_toolkit paints no-break spaces with; they are spaces here
        self._style = Style.from_dict({**THEMES[theme], "nbsp": "nounderline fg:default"})
        #: How the terminal was set before any menu; None where the keys come from elsewhere.
        self._settings = termios.tcgetattr(source.fileno()) if os.isatty(source.fileno()) else None

    @property
    def setting(self) -> Setting:
        """Styles as styles, if the theme has them, at the width that the terminal has now."""
        return Setting(comfortable(self._output.get_size().columns, self._width), marks=self._marks)

    def ask(self, options: Sequence[Option]) -> int | Aside:
        """Run the menu until a key answers it; what was typed before it stood there is thrown away."""
        while True:
            menu = Menu(options, lambda: self.setting, self._grace(), takes_directives=self.takes_directives)
            answer: int | Aside = self._run(self._application(menu))
            if answer != UNSAID or (answer := self._directive()) != UNSAID:
                return answer

    def read(self, question: Question) -> str | Aside:
        """Have the answer typed on a line."""
        from waymeet.console.entry import Entry

        entry = Entry(question, lambda: self.setting, self._grace(), takes_directives=self.takes_directives)
        answer: str | Aside = self._run(self._application(entry))
        return answer

    def help(self) -> Sequence[tuple[str, str]]:
        """The keys."""
        keys = [(binding.shown, word(f"help_{binding.command.value}")) for binding in BINDINGS]
        return [("1-9", word("help_choose")), ("\u2191 \u2193 j k", word("help_move")), *keys]

    def close(self) -> None:
        """Give the terminal back."""

    def _directive(self) -> Aside:
        """What is typed behind a colon."""
        from prompt_toolkit.history import InMemoryHistory

        from waymeet.console.colon import Colon

        if self._directives is None:
            self._directives = InMemoryHistory()
        answer: Directive | Aside = self._run(self._application(Colon(self._directives)), yields=False)
        return answer

    # -- what a view makes of it ------------------------------------

    def _around(self, part: Part) -> AnyContainer:
        """What the terminal shows while the reader is asked something."""
        return part.body

    def _bindings(self, part: Part) -> KeyBindings:
        """The keys of what the reader is asked, and those of the view."""
        return part.bindings(lambda _event: self._suspend())

    def _stop(self) -> None:
        """Stop as Ctrl-Z stops a program, with the terminal as it was before the menu."""
        if self._settings is not None:  # prompt_toolkit's own cooked mode leaves out flow control
            termios.tcsetattr(self._input.fileno(), termios.TCSADRAIN, self._settings)
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)

    # -- running ------------------------------------

    def _application(self, part: Part) -> Application[Any]:
        app: Application[Any] = Application(
            Layout(self._around(part), focused_element=part.focus),
            style=self._style,
            include_default_pygments_style=False,
            key_bindings=self._bindings(part),
            erase_when_done=True,
            full_screen=self.is_full,
            input=self._input,
            output=self._output,
        )
        app.ttimeoutlen = 0.05
        return app

    def _grace(self) -> Callable[[], bool]:
        """Whether keys are still meant for what stood there before; those typed by now are thrown away."""
        self._forget_typeahead()
        heard_from = self._clock() + GRACE
        return lambda: self._clock() < heard_from

    def _run(self, app: Application[_Answer | Aside], *, yields: bool = True) -> _Answer | Aside:
        """Run the application, ending it in good order on signals and on whatever breaks in it.

        `yields`: whether it gives way when what is asked is no longer so.
        """
        arrived: list[BaseException] = []

        def leave(reason: BaseException) -> None:
            arrived.append(reason)
            if app.is_running and not app.is_done:
                app.exit(exception=reason)

        def take(number: int) -> None:
            if app.loop is not None:
                act = self._suspend if number == signal.SIGTSTP else lambda: leave(Stopped(128 + number))
                app.loop.call_soon_threadsafe(act)

        def broken(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            leave(context.get("exception") or RuntimeError(context["message"]))

        def watch() -> None:
            asyncio.get_running_loop().set_exception_handler(broken)
            if yields and self.is_stale is not never:
                app.create_background_task(self._interrupt_when_stale(app))

        with self._signals.diverted(take, signal.SIGTSTP):
            try:
                answer = app.run(pre_run=watch, set_exception_handler=False)
            except EOFError:
                answer = Command.QUIT
        if arrived:
            raise arrived[0]
        return answer

    async def _interrupt_when_stale(self, app: Application[_Answer | Aside]) -> None:
        while not self.is_stale():  # noqa: ASYNC110 - it is files that are waited for
            await asyncio.sleep(_LOOK)
        if not app.is_done:
            app.exit(result=Interruption.SAVED)

    def _forget_typeahead(self) -> None:
        clear_typeahead(self._input)
        if self._settings is not None:
            termios.tcflush(self._input.fileno(), termios.TCIFLUSH)

    def _suspend(self) -> None:
        """Stop, and draw the menu anew on return."""
        run_in_terminal(self._stop)
