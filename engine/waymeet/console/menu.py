"""The live menu: the few lines under the prose that answer to keys; a part of the screen for prompt_toolkit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prompt_toolkit.data_structures import Point
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, HSplit, ScrollOffsets, Window

from waymeet.console.accidents import EXIT_INTERRUPTED, Stopped
from waymeet.console.keys import BINDINGS, UNSAID, Aside
from waymeet.console.typesetting import EMPTY, set_text
from waymeet.console.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyPressEvent

    from waymeet.console.typesetting import Line, Setting
    from waymeet.console.view import Option

#: Up to so many choices, one digit takes a choice at once.
_ONE_DIGIT = 9


class Menu:
    """The options and where the reader is among them. `is_deaf` says that keys are not to be taken yet."""

    def __init__(
        self,
        options: Sequence[Option],
        setting: Callable[[], Setting],
        is_deaf: Callable[[], bool],
        *,
        takes_directives: bool = False,
    ) -> None:
        self._takes_directives = takes_directives
        self._options = options
        self._open = [index for index, option in enumerate(options) if option.locked is None]
        self._setting = setting
        self._is_deaf = is_deaf
        self._at = 0  # among the open ones
        self._typed = ""
        self._leaving = False

    @cached_property
    def focus(self) -> Window:
        """The choices, scrolled to where the reader is."""
        return Window(
            FormattedTextControl(self._choices, focusable=True, get_cursor_position=self._cursor),
            dont_extend_height=True,
            always_hide_cursor=True,
            scroll_offsets=ScrollOffsets(top=3, bottom=3),
        )

    @cached_property
    def body(self) -> HSplit:
        """The choices, and under them what keys do."""
        return HSplit([self.focus, Window(FormattedTextControl(self._hint), dont_extend_height=True)])

    @property
    def height(self) -> int:
        """How many lines it takes to show all of it."""
        return sum(map(len, self._laid_out())) + 1 + len(self._hint_lines())

    # -- what is seen ------------------------------------

    def _choices(self) -> StyleAndTextTuples:
        return fragments([line for option_lines in self._laid_out() for line in option_lines])

    def _laid_out(self) -> list[list[Line]]:
        """An empty line, then the lines of each option."""
        setting = self._setting()
        width = len(str(len(self._open)))
        laid_out = [[EMPTY]]
        number = 0
        for index, option in enumerate(self._options):
            if option.locked is not None:
                text = f"{option.label} {word('locked', reason=option.locked)}"
                laid_out.append(set_text(text, setting, "locked", f"  {'-':>{width}}  "))
                continue
            number += 1
            is_current = self._open[self._at] == index
            text = f"{option.label} {word('taken')}" if option.taken else option.label
            first = f"{'>' if is_current else ' '} {number:>{width}}. "
            laid_out.append(set_text(text, setting, "current" if is_current else "", first))
        return laid_out

    def _cursor(self) -> Point:
        """Where the current option begins, so that it is scrolled into sight."""
        above = self._laid_out()[: 1 + self._open[self._at]] if self._open else []
        return Point(0, sum(map(len, above)))

    def _hint(self) -> StyleAndTextTuples:
        return fragments([EMPTY, *self._hint_lines()])

    def _hint_lines(self) -> list[Line]:
        return set_text(self._hint_text(), self._setting(), "hint")

    def _hint_text(self) -> str:
        if self._leaving:
            return word("really_leave")
        if self._typed:
            return word("hint_digits", typed=self._typed)
        last = len(self._open)
        numbers = word("hint_number") if last == 1 else word("hint_numbers", last=last)
        keys = [f"{key} {word(name)}" for key, name in (("u", "hint_undo"), ("h", "hint_help"), ("q", "hint_quit"))]
        return "   ".join([numbers, *keys, *([":help debug"] if self._takes_directives else [])])

    # -- what keys do ------------------------------------

    def bindings(self, suspend: KeyHandler) -> KeyBindings:
        """What keys do; `suspend` is what Ctrl-Z does."""
        bindings = KeyBindings()

        def bind(handler: KeyHandler, *keys: str) -> None:
            for key in keys:
                bindings.add(key, eager=True)(handler)

        for digit in "0123456789":
            bind(self._heard(self._digit), digit)
        for binding in BINDINGS:
            bind(self._heard(_answering(binding.command)), *binding.keys)
        if self._takes_directives:
            bind(self._heard(_answering(UNSAID)), ":")
        bind(self._heard(lambda _event: self._move(-1)), "up", "k")
        bind(self._heard(lambda _event: self._move(1)), "down", "j")
        bind(self._heard(self._enter), "enter")
        bind(self._heard(self._erase), "backspace", "escape")
        bind(self._interrupt, "c-c", Keys.SIGINT)
        bind(suspend, "c-z")
        return bindings

    def _heard(self, handler: KeyHandler) -> KeyHandler:
        """The handler, for keys that were meant for this menu; any of them also says that the reader stays."""

        def handle(event: KeyPressEvent) -> None:
            if not self._is_deaf():
                self._leaving = False
                handler(event)

        return handle

    def _digit(self, event: KeyPressEvent) -> None:
        self._typed += event.data
        if len(self._open) <= _ONE_DIGIT:
            self._enter(event)

    def _enter(self, event: KeyPressEvent) -> None:
        typed, self._typed = self._typed, ""
        answer = int(typed) - 1 if typed else self._at
        if 0 <= answer < len(self._open):
            event.app.exit(result=answer)

    def _erase(self, _event: KeyPressEvent) -> None:
        self._typed = self._typed[:-1]

    def _move(self, by: int) -> None:
        self._typed = ""
        if self._open:
            self._at = (self._at + by) % len(self._open)

    def _interrupt(self, event: KeyPressEvent) -> None:
        if self._leaving:
            event.app.exit(exception=Stopped(EXIT_INTERRUPTED))
        self._leaving = True


if TYPE_CHECKING:
    KeyHandler = Callable[[KeyPressEvent], None]


def fragments(lines: Sequence[Line]) -> StyleAndTextTuples:
    """Lines as (style, text) pairs of prompt_toolkit, a newline between one and the next."""
    pairs: StyleAndTextTuples = []
    for number, line in enumerate(lines):
        if number:
            pairs.append(("", "\n"))
        pairs.extend((" ".join(f"class:{style}" for style in span.style.split()), span.text) for span in line)
    return pairs


def _answering(command: Aside) -> KeyHandler:
    return lambda event: event.app.exit(result=command)
