"""What a check says of how far it is: one line on a terminal, cleared at the end, and nothing anywhere else."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from unittest import mock

import pexpect
import pyte
import pytest

from cli.conftest import command, environment
from cli.stories import endless, write
from waymeet.analysis.budget import Progress
from waymeet.spending import Spending

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Python = Callable[..., subprocess.CompletedProcess[str]]

COLUMNS = 60
#: What the line said in the meantime.
LINE = re.compile(r"[a-z ]+(, \d+%)?(, [\d,]+ states)?, \d+ s")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def checked(*arguments: str, columns: int = COLUMNS, **environ: str) -> tuple[list[str], str]:
    """What a check leaves on a screen, and all that it wrote."""
    screen = pyte.Screen(columns, 24)
    stream = pyte.Stream(screen)
    program, *rest = command(["-m", "waymeet", "check", *arguments])
    env = {**environment(), "TERM": "xterm", **environ}
    child = pexpect.spawn(program, rest, env=env, encoding="utf-8", dimensions=(24, columns), timeout=30)
    child.expect(pexpect.EOF)
    stream.feed(child.before)
    return [line.rstrip() for line in screen.display if line.strip()], child.before


@pytest.mark.parametrize("columns", [COLUMNS, 40, 24])
def test_a_line_is_written_over_and_cleared(here: Path, columns: int) -> None:
    write(here / "x", story=endless())
    shown, output = checked("--budget", "2s", "x", columns=columns)
    lines = output.partition("undecided")[0].split("\r")
    said = {line.strip() for line in lines if line.strip()}
    assert said
    assert all(LINE.match(line) or len(line) == columns - 1 for line in said)
    assert {len(line) for line in lines} == {0, columns - 1}
    assert "\x1b" not in output
    assert re.search(r"well: no findings, \d+ undecided \([^)]*\)$", "".join(shown))
    assert "walking" not in "".join(shown)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_go_back_gets_none(here: Path, term: str) -> None:
    write(here / "x", story=endless())
    _, output = checked("--budget", "1.5s", "x", TERM=term)
    assert output.replace("\r\n", "\n").count("\r") == 0


def test_a_pipe_gets_none(here: Path, python: Python) -> None:
    write(here / "x", story=endless())
    ran = python("-m", "waymeet", "check", "--budget", "1.5s", "x", env=environment(TERM="xterm"))
    assert ran.stderr == ""
    assert "\r" not in ran.stdout


def told(*progress: Progress) -> str:
    stream = Terminal()
    with mock.patch.dict("os.environ", TERM="xterm"), Spending(stream=stream) as spending:
        listen = spending.on_next().common.listen
        assert listen is not None
        for one in progress:
            listen(one)
    return stream.getvalue()


def test_how_far_it_is_is_said_as_far_as_it_is_known() -> None:
    lines = told(
        Progress("reading the story", 0, None, 1.4),
        Progress("walking from state to state", 12_345, None, 2.5),
        Progress("looking for ways", 1, 0.256, 61.0),
    ).split("\r")
    assert [line.strip() for line in lines if line.strip()] == [
        "reading the story, 1 s",
        "walking from state to state, 12,345 states, 2 s",
        "looking for ways, 26%, 1 states, 61 s",
    ]
    assert lines[-2].isspace()
    assert told(Progress("reading the story", 0, None, 0.4)) == ""


def test_a_terminal_that_is_gone_is_no_fault() -> None:
    stream = Terminal()
    with (
        mock.patch.dict("os.environ", TERM="xterm"),
        mock.patch.object(stream, "write", side_effect=OSError),
        Spending(stream=stream) as spending,
    ):
        listen = spending.on_next().common.listen
        assert listen is not None
        listen(Progress("reading the story", 0, None, 1.0))
