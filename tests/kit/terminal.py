"""A terminal with the player on it, typed at by pexpect and seen by pyte."""

from __future__ import annotations

import os
import time

import pexpect
import pyte

#: Longer than keys are ignored for after new prose.
GRACE = 0.25


class Terminal:
    """A terminal with a program on it."""

    def __init__(self, command: list[str], columns: int = 80, rows: int = 24, **environ: str) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        env = {**os.environ, "TERM": "xterm", **environ}
        self.child = pexpect.spawn(
            command[0], command[1:], env=env, encoding="utf-8", dimensions=(rows, columns), timeout=20
        )
        self.child.logfile_read = self
        self.output = ""

    def write(self, text: str) -> None:
        """Take what the program wrote, as pexpect's log."""
        self.output += text
        self._stream.feed(text)

    def flush(self) -> None:
        """Nothing is held back."""

    @property
    def display(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def expect(self, *texts: str) -> None:
        """Wait until the program has written the texts, one after another."""
        for text in texts:
            self.child.expect_exact(text)

    def until(self, shown: str) -> None:
        """Wait until the screen shows a text."""
        while shown not in self.display:
            self.child.expect(".+")

    def press(self, key: str, *texts: str) -> None:
        """Press a key at the menu that stands there, and wait for what it does."""
        time.sleep(GRACE)
        self.child.send(key)
        self.expect(*texts)

    def end(self) -> int:
        """Wait for the end of the program: its exit code."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)
