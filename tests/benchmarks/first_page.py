"""How long a reader waits for the first page after the command, and for the page after a choice, as whole processes.

Run: `make bench ARGS="first-page [--nodes 100000] [--rounds 9]"`
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.synthetic import synthetic_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
#: A page is there when nothing more was written for so many seconds; longer than keys are thrown away after one.
QUIET = 0.3
#: Longer than the compilation of any story that is measured.
PATIENCE = 900.0
#: Files are relied on without being read when they are older than this.
SETTLING = 2.5
GOALS = {"plain": (0.060, 0.020), "inline": (0.200, 0.020)}


class Waited(NamedTuple):
    """Seconds until the first page was there, and the next one."""

    first: float
    turn: float


class Player:
    """A process that a story is read in; `keys` is where it is typed into, `page` where it writes to."""

    def __init__(self, process: subprocess.Popen[bytes], keys: int, page: int, began: float) -> None:
        self._process = process
        self._keys = keys
        self._page = page
        self._began = began

    def type(self, keys: bytes) -> None:
        """Press keys; what is waited for from now on is what they bring."""
        self._began = time.perf_counter()
        os.write(self._keys, keys)

    def waited(self) -> float:
        """Seconds until the last that was written before it grew quiet."""
        last = None
        while select.select([self._page], [], [], PATIENCE if last is None else QUIET)[0]:
            if not os.read(self._page, 65536):
                break
            last = time.perf_counter()
        if last is None:
            raise RuntimeError("nothing was shown")
        return last - self._began

    def close(self) -> None:
        """End the process."""
        self._process.send_signal(signal.SIGHUP)
        self._process.wait()


@contextmanager
def plain(command: Sequence[str], environ: dict[str, str]) -> Iterator[Player]:
    """A player whose reader is behind pipes."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        player = Player(process, process.stdin.fileno(), process.stdout.fileno(), began)
        yield player
        player.close()


@contextmanager
def inline(command: Sequence[str], environ: dict[str, str]) -> Iterator[Player]:
    """A player whose reader is at a terminal."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=there, stdout=there, env=environ, cwd=ROOT) as process:
        os.close(there)
        player = Player(process, here, here, began)
        yield player
        player.close()
    os.close(here)


VIEWS = {"plain": plain, "inline": inline}


def waited(view: str, story: Sequence[str], environ: dict[str, str]) -> Waited:
    """One reading of two pages, from the start of its path."""
    command = [sys.executable, "-m", "waymeet", "play", "--new", "--seed", "1", *story]
    with VIEWS[view]([*command, *(["--plain"] if view == "plain" else [])], environ) as player:
        first = player.waited()
        player.type(b"1" if view == "inline" else b"1\n")
        return Waited(first, player.waited())


def readers_own(home: str) -> dict[str, str]:
    """The environment of a reader who has set nothing, whose Python has compiled all modules before."""
    ours = ("WAYMEET_HOME", "PYTHONDONTWRITEBYTECODE")
    environ = {name: value for name, value in os.environ.items() if name not in ours}
    folders = {"HOME": home, "XDG_CACHE_HOME": f"{home}/cache", "XDG_DATA_HOME": f"{home}/data"}
    return {**environ, **folders, "TERM": "xterm"}


def warmed(story: Sequence[str], environ: dict[str, str]) -> None:
    """Have a story in the cache, and relied on."""
    waited("plain", story, environ)
    time.sleep(SETTLING)
    waited("plain", story, environ)


def bare(rounds: int) -> float:
    """What Python itself takes for nothing."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        took.append(time.perf_counter() - began)
    return median(took)


def compared(stories: Mapping[str, Sequence[str]], rounds: int, environ: dict[str, str]) -> Iterator[str]:
    """The table: a line for each story and view, medians in milliseconds beside the goals."""
    yield f"python -c pass: {1000 * bare(rounds):.0f} ms; medians of {rounds} runs, in milliseconds"
    yield ""
    yield "| story | view | first page | goal | a turn | goal |"
    yield "|---|---|--:|--:|--:|--:|"
    for name, story in stories.items():
        warmed(story, environ)
        for view, goals in GOALS.items():
            seen = [waited(view, story, environ) for _ in range(rounds)]
            cells = [
                f"{1000 * took:.0f} | {1000 * goal:.0f} {'met' if took < goal else 'MISSED'}"
                for took, goal in zip(map(median, zip(*seen, strict=True)), goals, strict=True)
            ]
            yield f"| {name} | {view} | {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> None:
    """Measure the bundled story, and a synthetic one."""
    parser = argparse.ArgumentParser(prog="first-page", description=__doc__)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        environ = readers_own(home)
        for name, data in synthetic_files(options.nodes).items():
            Path(folder, name).write_bytes(data)
        stories = {"bundled": ("--as", "lexa"), f"{options.nodes:,} nodes": ("--as", "one", folder)}
        for line in compared(stories, options.rounds, environ):
            print(line, flush=True)
