"""The plain view: no escape codes, nothing ever rewritten, numbered choices, words typed on a line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO, TypeVar

from waymeet.console.accidents import EXIT_INTERRUPTED, Stopped
from waymeet.console.keys import BINDINGS, Command, Directive, Interruption, command_answered, command_typed
from waymeet.console.typesetting import EMPTY, Setting, comfortable, plain, set_text
from waymeet.console.view import never
from waymeet.console.words import asked_for, word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.console.keys import Aside
    from waymeet.console.typesetting import Line
    from waymeet.console.view import Option
    from waymeet.runtime import Question

_Meaning = TypeVar("_Meaning")

#: More than any answer needs; the rest of an endless line is taken as the next answer.
_LONGEST = 1000


class PlainView:
    """Reads and writes two text streams; `spoken` is for ears, `width` the measure that was asked for."""

    def __init__(self, stdin: TextIO, stdout: TextIO, *, spoken: bool = False, width: int | None = None) -> None:
        self._in = stdin
        self._out = stdout
        self._spoken = spoken
        self._width = width
        self._explained: set[str] = set()
        self.is_live = stdin.isatty()
        self.is_deserted = False
        self.is_stale: Callable[[], bool] = never
        self.takes_directives = False

    @property
    def setting(self) -> Setting:
        """Emphasis as marks, at the width of the terminal if there is one."""
        measure = comfortable(_columns(self._out), self._width)
        return Setting(measure, marks=not self._spoken, spoken=self._spoken)

    def show(self, lines: Sequence[Line]) -> None:
        """Write lines."""
        self._out.writelines(plain(line) + "\n" for line in lines)
        self._out.flush()

    def ask(self, options: Sequence[Option]) -> int | Aside:
        """List the options and read lines until one is an answer; an interrupt is asked about once."""
        self.show([EMPTY, *self._menu(options), EMPTY])
        last = sum(option.locked is None for option in options)

        def meant(line: str) -> int | Aside | None:
            command = command_typed(line)
            number = line.rstrip(".)")  # a menu shows "1.", and some type what they see
            if command is None and number.isascii() and number.isdecimal() and 1 <= int(number) <= last:
                return int(number) - 1
            if command is None:
                self._say(_correction(line, last))
            return command

        return self._heard(word("prompt"), meant)

    def read(self, question: Question) -> str | Aside:
        """Put the question and read a line."""
        lines = [*self._explanation("how_to_answer_question"), *set_text(question.label, self.setting)]
        self.show([EMPTY, *lines, *set_text(asked_for(question), self.setting), EMPTY])
        return self._heard(word("prompt_answer"), lambda line: command_answered(line, question) or line)

    def help(self) -> Sequence[tuple[str, str]]:
        """The words that can be typed."""
        typed = [(", ".join(binding.typed), word(f"help_{binding.command.value}")) for binding in BINDINGS]
        return [("1, 2, 3", word("help_number")), *typed]

    def _heard(self, prompt: str, meant: Callable[[str], _Meaning | None]) -> _Meaning | Aside:
        """What the first line says that means something; an interrupt is asked about once."""
        was_asked = False
        while True:
            try:
                line = self._read(prompt)
            except KeyboardInterrupt:
                if was_asked:
                    raise Stopped(EXIT_INTERRUPTED) from None
                was_asked = True
                self._say("\n" + word("really_leave"))
                continue
            if line is None:
                return Command.QUIT
            if not line and self.is_stale():
                return Interruption.SAVED  # else it is noticed at the next turn
            if self.takes_directives and line.startswith(":"):
                return Directive(line[1:].strip())
            meaning = meant(line)
            if meaning is not None:
                return meaning

    def _read(self, prompt: str) -> str | None:
        """The next line without its ends, None at the end of input."""
        self._out.write(prompt)
        self._out.flush()
        line = self._in.readline(_LONGEST)
        if not self.is_live or not line:
            self._out.write("\n")  # nobody pressed Enter on this screen
        if not line:
            self.is_deserted = not self.is_live
            return None
        return line.strip()

    def _menu(self, options: Sequence[Option]) -> list[Line]:
        setting = self.setting
        lines = self._explanation("how_to_answer")
        last = sum(option.locked is None for option in options)
        number = 0
        for option in options:
            number += option.locked is None
            lines += _spoken(option, number, last, setting) if self._spoken else _written(option, number, last, setting)
        return lines

    def _explanation(self, name: str) -> list[Line]:
        """How to answer, the first time."""
        if name in self._explained:
            return []
        self._explained.add(name)
        return [*set_text(word(name), self.setting), EMPTY]

    def _say(self, text: str) -> None:
        self.show(set_text(text, self.setting))


def _written(option: Option, number: int, last: int, setting: Setting) -> list[Line]:
    width = len(str(last))
    if option.locked is not None:
        return set_text(f"{option.label} {word('locked', reason=option.locked)}", setting, first=f"{'-':>{width}}  ")
    taken = f" {word('taken')}" if option.taken else ""
    return set_text(option.label + taken, setting, first=f"{number:>{width}}. ")


def _spoken(option: Option, number: int, last: int, setting: Setting) -> list[Line]:
    if option.locked is not None:
        return set_text(word("locked_spoken", label=option.label, reason=option.locked), setting)
    taken = f" {word('taken_spoken')}" if option.taken else ""
    return set_text(word("option_spoken", n=number, all=last, label=option.label) + taken, setting)


def _correction(answer: str, last: int) -> str:
    wrong = word("no_answer", answer=answer) + " " if answer else ""
    if last == 0:
        return wrong + word("no_numbers")
    return wrong + (word("number") if last == 1 else word("numbers", last=last))


def _columns(stream: TextIO) -> int | None:
    """The width of the terminal behind a stream, None if it has none or does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None
