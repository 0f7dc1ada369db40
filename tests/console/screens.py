"""A terminal that remembers how it looked, for the views that are painted on one."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

import pyte
from prompt_toolkit.data_structures import Size
from prompt_toolkit.output.vt100 import Vt100_Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.input.base import PipeInput
    from prompt_toolkit.output import Output


class Screen(io.StringIO):
    """A terminal that remembers how it looked each time it had changed, and then has the next key pressed."""

    def __init__(self, columns: int, rows: int = 24) -> None:
        super().__init__()
        self._presses: list[Callable[[], None]] = []
        self.size = Size(rows, columns)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self.seen: list[str] = []

    def write(self, text: str) -> int:
        self._stream.feed(text)
        return super().write(text)

    def flush(self) -> None:
        now = "\n".join(line.rstrip() for line in self._screen.display).rstrip()
        if now and self.seen[-1:] != [now]:
            self.seen.append(now)
            if self._presses:
                self._presses.pop(0)()

    def resize(self, columns: int, rows: int) -> None:
        """Have another size from now on."""
        self.size = Size(rows, columns)
        self._screen.resize(rows, columns)

    def press(self, keyboard: PipeInput, *keys: str) -> None:
        """Have keys pressed, each once the one before has been seen to do something."""
        self._presses = [partial(keyboard.send_text, key) for key in keys]

    @property
    def output(self) -> Output:
        return Vt100_Output(self, lambda: self.size, term="xterm", enable_cpr=False)
