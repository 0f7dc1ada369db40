"""What a command says: to standard output, to a file, and beside it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


class OutputError(Exception):
    """Something could not be written."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(name)
        self.name = name
        self.reason = error.strerror


def folder_of(path: str) -> str:
    """The folder that file names are shown below, as a person would type it."""
    return path if Path(path).is_dir() else str(Path(path).parent) if Path(path).parent != Path() else ""


def deliver(text: str, output: Path | None) -> None:
    """Write to a file, or to standard output."""
    if output is None:
        write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise OutputError(str(output), error) from error


def write(text: str) -> None:
    """Write to standard output, if there is one; what its encoding cannot show is replaced."""
    if sys.stdout is None:
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        let_go_of_output()
        raise OutputError("to standard output", error) from error


def let_go_of_output() -> None:
    """Point standard output at nothing, so that what is still in its buffer troubles nobody at exit."""
    with suppress(OSError, ValueError):  # a stream without a file has nothing to let go of
        number = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


def notice(message: str) -> None:
    """Say on standard error, if there is one, what is not part of the answer."""
    if sys.stderr is not None:
        sys.stderr.write(message.encode("utf-8", "replace").decode() + "\n")
