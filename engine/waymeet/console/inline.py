"""The inline view: prose goes to the terminal's own scrollback, and only the menu under it is live."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.renderer import print_formatted_text

from waymeet.console.live import LiveView
from waymeet.console.menu import fragments
from waymeet.console.themes import DEFAULT
from waymeet.console.typesetting import EMPTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.console.accidents import Signals
    from waymeet.console.typesetting import Line


def open_inline(
    stdin: TextIO, stdout: TextIO, signals: Signals, *, width: int | None = None, theme: str = DEFAULT
) -> InlineView:
    """The view on a terminal; raises `OSError` or `ValueError` where prompt_toolkit cannot read or write it."""
    output = Vt100_Output.from_pty(stdout, term=os.environ.get("TERM"))
    output.enable_cpr = False  # a terminal that does not answer would hold up the first page
    return InlineView(Vt100Input(stdin), output, signals, width=width, theme=theme)


class InlineView(LiveView):
    """What is told stays on the terminal, as what any program prints."""

    def show(self, lines: Sequence[Line]) -> None:
        """Print lines for good."""
        print_formatted_text(self._output, fragments([*lines, EMPTY]), self._style)
