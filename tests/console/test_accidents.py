"""What ends a reading from outside, in processes of their own."""

from __future__ import annotations

import io
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from waymeet.console import plain
from waymeet.console.accidents import Stopped
from waymeet.console.options import PlayOptions
from waymeet.console.play import play
from waymeet.saves.lock import Lock
from waymeet.saves.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard
    from waymeet.runtime import Story

    Read = Callable[..., Heard]

STORY = Path(__file__).parent / "lantern"
FULL = Path("/dev/full")
PLAY = """
import sys
from pathlib import Path
from waymeet.console.options import PlayOptions
from waymeet.console.play import play
from waymeet.runtime import Story
from waymeet.compiled import from_bytes
code = play(Story(from_bytes(Path(sys.argv[1]).read_bytes())), PlayOptions(protagonist="ada"))
{then}
sys.exit(code)
"""


def _play(compiled: Path, typed: str, stdout: int, then: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PLAY.format(then=then), str(compiled)],
        input=typed,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **environ},
        check=False,
    )


def test_plain_reading_imports_neither_the_live_menu_nor_the_authors_half(compiled: Path) -> None:
    then = "assert not {'prompt_toolkit', 'pydantic', 'ruamel', 'waymeet.authoring', 'asyncio'} & set(sys.modules)"
    done = _play(compiled, "1\nhelp\nt\nq\n", subprocess.PIPE, then)
    assert (done.stderr, done.returncode) == ("", 0)
    assert "It burns lower." in done.stdout


def test_a_closed_pipe_ends_quietly(compiled: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = _play(compiled, "1\nq\n", writer)
    os.close(writer)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.skipif(not FULL.exists(), reason="no full device here")
def test_a_full_disk_under_the_output_ends_in_74(compiled: Path) -> None:
    with FULL.open("wb") as full:
        done = _play(compiled, "1\nq\n", full.fileno())
    assert done.returncode == 74
    assert "No space left" in done.stderr


def test_output_that_the_encoding_cannot_show_is_replaced(compiled: Path) -> None:
    done = _play(compiled, "\u00e9\nq\n", subprocess.PIPE, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert '"??" is no answer here.' in done.stdout


def test_a_break_in_the_console_is_raised_when_the_reader_has_been_told(
    read: Read, story: Story, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read("1", "q", protagonist="ada")

    def broken(_answer: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(plain, "command_typed", broken)
    before = signal.getsignal(signal.SIGTERM)
    errors = io.StringIO()
    with pytest.raises(ZeroDivisionError):
        play(story, PlayOptions(), stdin=io.StringIO("1\n"), stdout=io.StringIO(), stderr=errors, environ={})
    assert errors.getvalue() == "Something in waymeet broke. Nothing that was kept of your reading is lost.\n"
    assert signal.getsignal(signal.SIGTERM) is before
    lock = Lock(home / "saves" / "lantern" / "lock")
    assert lock.held
    lock.close()


@pytest.mark.parametrize("number", range(8))
def test_killed_at_any_instant_nothing_read_is_lost(compiled: Path, home: Path, story: Story, number: int) -> None:
    shown = home.with_name("shown")
    with shown.open("wb") as out:
        player = subprocess.Popen(
            [sys.executable, "-c", PLAY.format(then=""), str(compiled)], stdin=subprocess.PIPE, stdout=out
        )
        assert player.stdin is not None
        player.stdin.write(b"1\n" * 2000)
        player.stdin.flush()
        _wait(lambda: shown.stat().st_size > 2000)
        time.sleep(0.013 * number)
        player.kill()
        player.wait()
        player.stdin.close()
    told = shown.read_text(encoding="utf-8").count("It burns lower.")
    shelf = Shelf(story)
    found = shelf.autosaves["ada"].find(story)
    shelf.close()
    assert shelf.autosaves["ada"].unusable == []
    assert not list(shelf.folder.glob("*.tmp"))
    assert found is not None
    assert told <= len(found.moment.path) <= told + 1


@pytest.mark.parametrize("view", ["--plain", "--width=60", "--full"])
def test_a_terminal_that_goes_away_ends_in_129_and_the_place_is_kept(home: Path, view: str) -> None:
    reader, terminal = pty.openpty()
    own = "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from waymeet.cli import main; "
    command = [sys.executable, "-c", f"{own}sys.exit(main(sys.argv[1:]))", "play", str(STORY), "--as", "ada", view]
    environ = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, env=environ, start_new_session=True
    ) as player:
        os.close(terminal)
        _read_until(reader, b"ring.")
        time.sleep(0.4)  # longer than keys are ignored for after new prose
        os.write(reader, b"1\n" if view == "--plain" else b"1")
        _read_until(reader, b"It burns lower.")
        os.close(reader)
        _, errors = player.communicate(timeout=20)
        assert (player.returncode, errors) == (129, b"")
    assert list(home.rglob("autosave-ada.json"))


def _read_until(reader: int, text: bytes) -> None:
    told = b""
    while text not in told:
        told += os.read(reader, 65536)


def _wait(until: Callable[[], bool]) -> None:
    """Wait for something that a process is about to do."""
    end = time.monotonic() + 20
    while not until():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&-", "<&- >&- 2>&-", "2>&-"])
def test_closed_streams_are_no_input_and_no_listener(compiled: Path, closed: str) -> None:
    shell = f'"$0" -c "$1" "$2" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", shell, sys.executable, PLAY.format(then=""), compiled],
        input=b"q\n",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (b"The wood is *very* dark." in done.stdout) is (">&-" not in closed.replace("2>&-", ""))


def test_a_stop_gives_its_exit_code(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_answer: str) -> None:
        raise Stopped(143)

    monkeypatch.setattr(plain, "command_typed", stopped)
    assert read("1", protagonist="ada").code == 143
