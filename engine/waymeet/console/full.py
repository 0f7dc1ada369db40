"""The full view: a screen of its own, on which the prose scrolls above the choices and a line says where one is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO, TypeVar

from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.layout import Dimension, FormattedTextControl, HSplit, Window
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.renderer import print_formatted_text

from waymeet.console.keys import UNSAID
from waymeet.console.live import LiveView
from waymeet.console.menu import Menu, fragments
from waymeet.console.themes import DEFAULT
from waymeet.console.typesetting import EMPTY, Passage, plain
from waymeet.console.words import word
from waymeet.console.wrapping import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prompt_toolkit.application import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.layout import AnyContainer

    from waymeet.console.accidents import Signals
    from waymeet.console.keys import Aside
    from waymeet.console.live import Part
    from waymeet.console.typesetting import Line, Setting

_Answer = TypeVar("_Answer")


class SteadyOutput(Vt100_Output):
    """A terminal that stays on the screen of its own from one menu to the next, which applications would leave."""

    def enter_alternate_screen(self) -> None:
        """Nothing; see `begin`."""

    def quit_alternate_screen(self) -> None:
        """Nothing; see `end`."""

    def begin(self) -> None:
        """Go to the other screen, and have it empty."""
        super().enter_alternate_screen()
        self.erase_screen()
        self.cursor_goto(0, 0)
        self.flush()

    def end(self) -> None:
        """Come back to the screen that was there before."""
        super().quit_alternate_screen()
        self.show_cursor()
        self.flush()


def open_full(
    stdin: TextIO, stdout: TextIO, signals: Signals, *, width: int | None = None, theme: str = DEFAULT
) -> FullView:
    """The view on a terminal; raises `OSError` or `ValueError` where prompt_toolkit cannot read or write it."""
    output = SteadyOutput.from_pty(stdout, term=os.environ.get("TERM"))
    assert isinstance(output, SteadyOutput)
    output.enable_cpr = False
    view = FullView(Vt100Input(stdin), output, signals, width=width, theme=theme)
    view.begin()
    return view


class FullView(LiveView):
    """What is told is kept here, so that it can be scrolled through and set anew for another width."""

    is_full = True
    _output: SteadyOutput

    def __init__(self, source: Input, output: SteadyOutput, signals: Signals, **more: object) -> None:
        super().__init__(source, output, signals, **more)  # type: ignore[arg-type]
        self._is_open = False
        self._told: list[Sequence[Line]] = []
        self._asked = 0  # how much of it stood there when the reader was asked last
        self._lines: list[Line] = []
        self._set_at: tuple[Setting, int] | None = None  # what the lines were made of
        self._top: int | None = None  # the first line in sight; None: so that what is new is
        self._headings: list[str] = []

    @property
    def setting(self) -> Setting:
        """As on any terminal, but that on the screen nothing is longer than its lines: what is would not be seen."""
        setting = super().setting
        return setting._replace(unbroken=self._output.get_size().columns) if self._is_open else setting

    def begin(self) -> None:
        """Take the screen."""
        self._is_open = True
        self._output.begin()

    def close(self) -> None:
        """Give the screen back, with what was told since the reader was last asked."""
        if self._is_open:
            self._is_open = False
            self._output.end()
            last = [line for told in self._told[self._asked :] for line in _anew(told, self.setting)]
            if last:
                self._print(last[not plain(last[0]) :])

    def show(self, lines: Sequence[Line]) -> None:
        """Add lines under the others; without the screen, print them."""
        if not self._is_open:
            self._print(lines)
            return
        self._told.append(lines)
        titles = [plain(line).strip() for line in lines for span in line[-1:] if span.style == "heading"]
        if titles:
            self._headings = [*self._headings[:1], " ".join(titles)]

    def help(self) -> Sequence[tuple[str, str]]:
        """The keys, and those that scroll."""
        return [*super().help(), (word("scroll_keys"), word("help_scroll"))]

    def _print(self, lines: Sequence[Line]) -> None:
        print_formatted_text(self._output, fragments([*lines, EMPTY]), self._style)

    # -- the screen ------------------------------------

    def _around(self, part: Part) -> AnyContainer:
        self._top = None
        prose = Window(FormattedTextControl(lambda: self._in_sight(part)), always_hide_cursor=True)
        status = Window(FormattedTextControl(lambda: self._status(part)), height=1, always_hide_cursor=True)
        asked = HSplit([part.body], height=lambda: Dimension.exact(self._height_of(part)))
        return HSplit([prose, status, asked])

    def _height_of(self, part: Part) -> int:
        """What the choices take: half of the screen at most."""
        return min(part.height, max(self._output.get_size().rows // 2, 3))

    def _room(self, part: Part) -> int:
        """How many lines of prose there is room for."""
        return max(self._output.get_size().rows - self._height_of(part) - 1, 1)

    def _all_lines(self) -> list[Line]:
        made_of = self.setting, len(self._told)
        if self._set_at != made_of:
            if self._set_at is not None and self._set_at[0] != made_of[0]:
                self._top = None
            self._lines = [line for told in self._told for line in _anew(told, self.setting)]
            self._set_at = made_of
        return self._lines

    def _first(self, part: Part) -> int:
        """The first line in sight: all that is new, or its beginning where that is more than there is room for."""
        last = max(len(self._all_lines()) - self._room(part), 0)
        if self._top is not None:
            return min(self._top, last)
        new = sum(len(_anew(told, self.setting)) for told in self._told[: self._asked])
        if self._asked < len(self._told) and not plain(self._lines[new]):
            new += 1
        return min(new, last)

    def _in_sight(self, part: Part) -> StyleAndTextTuples:
        lines, first = self._all_lines(), self._first(part)
        return fragments(lines[first : first + self._room(part)])

    def _status(self, part: Part) -> StyleAndTextTuples:
        columns = self._output.get_size().columns
        below = len(self._all_lines()) - self._first(part) - self._room(part)
        more = word("more_below") if below > 0 else ""
        where = " \u2013 ".join(self._headings)
        while where and cells(where) + cells(more) + 2 > columns:
            where = where[:-1]
        return [("class:status", where + " " * max(columns - cells(where) - cells(more) - 1, 0) + more)]

    # -- scrolling ------------------------------------

    def _bindings(self, part: Part) -> KeyBindings:
        bindings = super()._bindings(part)

        def bind(to: Callable[[], int], *keys: str) -> None:
            for key in keys:
                bindings.add(key, eager=True)(lambda _event: self._scroll(to()))

        def page() -> int:
            return max(self._room(part) - 1, 1)  # one line stays to go on from

        letters = isinstance(part, Menu)  # elsewhere they are typed
        bind(lambda: self._first(part) + page(), "pagedown", *([" "] if letters else []))
        bind(lambda: self._first(part) - page(), "pageup", *(["b"] if letters else []))
        bind(lambda: 0, *(["home"] if letters else []))
        bind(lambda: len(self._lines), *(["end"] if letters else []))
        return bindings

    def _scroll(self, to: int) -> None:
        self._top = max(to, 0)

    def _run(self, app: Application[_Answer | Aside], *, yields: bool = True) -> _Answer | Aside:
        answer: _Answer | Aside | None = None
        try:
            answer = super()._run(app, yields=yields)
        finally:
            if answer != UNSAID:  # else what is new is still to be read
                self._asked = len(self._told)
        return answer

    # -- stopping ------------------------------------

    def _stop(self) -> None:
        self._output.end()
        super()._stop()
        self._output.begin()


def _anew(told: Sequence[Line], setting: Setting) -> Sequence[Line]:
    """What was told, as it is set now."""
    return told.set_for(setting) if isinstance(told, Passage) else told
