"""The line that a colon opens, on which an author asks; a part of the screen for prompt_toolkit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import BufferControl, HSplit, Window
from prompt_toolkit.layout.processors import BeforeInput

from waymeet.console.keys import UNSAID, Directive

if TYPE_CHECKING:
    from prompt_toolkit.history import InMemoryHistory
    from prompt_toolkit.key_binding import KeyPressEvent

    from waymeet.console.menu import KeyHandler


class Colon:
    """The line, which remembers what was typed before; an empty one, and one that is broken off, ask nothing."""

    height = 2

    def __init__(self, earlier: InMemoryHistory) -> None:
        self._typed = Buffer(multiline=False, history=earlier)

    @cached_property
    def focus(self) -> Window:
        """The line itself."""
        line = BufferControl(self._typed, input_processors=[BeforeInput(":")])
        return Window(line, dont_extend_height=True, wrap_lines=True)

    @cached_property
    def body(self) -> HSplit:
        """The line, under an empty one."""
        return HSplit([Window(height=1), self.focus])

    def bindings(self, suspend: KeyHandler) -> KeyBindings:
        """What keys do; `suspend` is what Ctrl-Z does."""
        bindings = KeyBindings()
        empty = Condition(lambda: not self._typed.text)
        bindings.add("enter", eager=True)(self._enter)
        bindings.add("c-d", eager=True, filter=empty)(_break_off)
        for key in ("c-c", Keys.SIGINT, "escape"):
            bindings.add(key, eager=True)(_break_off)
        bindings.add("c-z", eager=True)(suspend)
        return bindings

    def _enter(self, event: KeyPressEvent) -> None:
        self._typed.append_to_history()
        event.app.exit(result=Directive(self._typed.text.strip()))


def _break_off(event: KeyPressEvent) -> None:
    event.app.exit(result=UNSAID)
