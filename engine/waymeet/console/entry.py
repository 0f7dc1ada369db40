"""The live line: where an answer to a question is typed; a part of the screen for prompt_toolkit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Window
from prompt_toolkit.layout.processors import BeforeInput

from waymeet.console.accidents import EXIT_INTERRUPTED, Stopped
from waymeet.console.keys import Command, Directive, command_answered
from waymeet.console.menu import fragments
from waymeet.console.typesetting import EMPTY, set_text
from waymeet.console.words import asked_for, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyPressEvent

    from waymeet.console.menu import KeyHandler
    from waymeet.console.typesetting import Line, Setting
    from waymeet.runtime import Question


class Entry:
    """A question and what is typed so far. `is_deaf` says that keys are not to be taken yet."""

    def __init__(
        self,
        question: Question,
        setting: Callable[[], Setting],
        is_deaf: Callable[[], bool],
        *,
        takes_directives: bool = False,
    ) -> None:
        self._takes_directives = takes_directives
        self._question = question
        self._setting = setting
        self._is_deaf = is_deaf
        self._typed = Buffer(multiline=False, on_text_changed=lambda _typed: self._stay())
        self._leaving = False

    @cached_property
    def focus(self) -> Window:
        """The line itself."""
        line = BufferControl(self._typed, input_processors=[BeforeInput("> ")])
        return Window(line, dont_extend_height=True, wrap_lines=True)

    @cached_property
    def body(self) -> HSplit:
        """The question, the line, and under it what can be answered."""
        label = Window(FormattedTextControl(self._label), dont_extend_height=True)
        hint = Window(FormattedTextControl(self._hint), dont_extend_height=True)
        return HSplit([label, self.focus, hint])

    @property
    def height(self) -> int:
        """How many lines it takes to show all of it, while the answer keeps to a line."""
        return len(self._label_lines()) + 1 + len(self._hint_lines())

    # -- what is seen ------------------------------------

    def _label(self) -> StyleAndTextTuples:
        return fragments(self._label_lines())

    def _label_lines(self) -> list[Line]:
        return [EMPTY, *set_text(self._question.label, self._setting())]

    def _hint(self) -> StyleAndTextTuples:
        return fragments(self._hint_lines())

    def _hint_lines(self) -> list[Line]:
        text = word("really_leave") if self._leaving else f"{asked_for(self._question)}   {word('hint_entry')}"
        return [EMPTY, *set_text(text, self._setting(), "hint")]

    # -- what keys do ------------------------------------

    def bindings(self, suspend: KeyHandler) -> KeyBindings:
        """What keys do; `suspend` is what Ctrl-Z does."""
        bindings = KeyBindings()
        deaf = Condition(self._is_deaf)
        empty = Condition(lambda: not self._typed.text)
        bindings.add("enter", eager=True, filter=~deaf)(self._enter)
        bindings.add("c-d", eager=True, filter=~deaf & empty)(lambda event: event.app.exit(result=Command.QUIT))
        bindings.add("c-c", eager=True)(self._interrupt)
        bindings.add(Keys.SIGINT, eager=True)(self._interrupt)
        bindings.add("c-z", eager=True)(suspend)
        for key in (Keys.Any, "enter", "c-d"):
            bindings.add(key, eager=True, filter=deaf)(lambda _event: None)
        return bindings

    def _enter(self, event: KeyPressEvent) -> None:
        typed = self._typed.text
        if self._takes_directives and typed.startswith(":"):
            event.app.exit(result=Directive(typed[1:].strip()))
            return
        event.app.exit(result=command_answered(typed, self._question) or typed)

    def _stay(self) -> None:
        self._leaving = False

    def _interrupt(self, event: KeyPressEvent) -> None:
        if self._leaving:
            event.app.exit(exception=Stopped(EXIT_INTERRUPTED))
        self._leaving = True
