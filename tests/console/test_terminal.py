"""The whole player on a real terminal: `python -m waymeet play`, typed at by pexpect, seen by pyte."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kit.terminal import GRACE, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORY = Path(__file__).parent / "lantern"
HINT = "q leave"
#: What takes a terminal to its other screen, and back.
ALTERNATE, LEFT = "\x1b[?1049h", "\x1b[?1049l"


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def start(*command: str, **options: Any) -> Terminal:
        opened.append(Terminal(list(command), **options))
        return opened[-1]

    yield start
    for each in opened:
        each.child.close(force=True)


def _play(*options: str) -> list[str]:
    return [sys.executable, "-m", "waymeet", "play", str(STORY), *options]


def _shell(*options: str) -> list[str]:
    """A shell with job control that plays, and tells the exit code and the terminal's settings before and after."""
    play = " ".join(f"'{word}'" for word in _play(*options))
    told = "echo code=$? settings=$(stty -g)."
    return ["/bin/sh", "-c", f"set -m; {told}; {play}; {told}; fg; {told}"]


def _told(output: str) -> list[tuple[int, str]]:
    return [(int(code), settings) for code, settings in re.findall(r"code=(\d+) settings=([^.]+)\.", output)]


def test_a_story_is_read_to_its_ending_and_back(terminal: Callable[..., Terminal]) -> None:
    player = terminal(*_play())
    player.expect("Read as Bo", HINT)
    player.press("1", "dark", HINT)
    assert "Bo. You wait." in player.display
    assert "Read as Bo" not in player.display
    player.press("1", "It burns lower.", HINT)
    player.press("i", "Oil  1", HINT)
    player.press("u", "You took back: Trim the wick.", HINT)
    player.press("2", "A gate, and a door.", HINT)
    player.press("1", "Ending: Home", HINT)
    player.press("1", "A light came by.", HINT)
    player.press("q")
    assert player.end() == 0
    assert HINT not in player.display


def test_a_reader_comes_back_to_where_they_were(terminal: Callable[..., Terminal]) -> None:
    first = terminal(*_play("--as", "ada"))
    first.expect(HINT)
    first.press("1", "It burns lower.", HINT)
    first.press("\x04", "Your place is kept.")
    assert first.end() == 0
    second = terminal(*_play(), columns=40, rows=15)
    second.expect("just now", "Continue Ada's path", HINT)
    second.press("1", "It burns lower.", HINT)
    second.press("u", "dark", HINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("view", ["--plain", "--width=60", "--full"])
def test_a_signal_leaves_the_terminal_whole(
    terminal: Callable[..., Terminal], number: signal.Signals, view: str
) -> None:
    player = terminal(*_shell("--as", "ada", view))
    player.expect("Walk in a ring.")
    time.sleep(GRACE)
    os.kill(_player_of(player), number)
    player.end()
    before, after, *_ = _told(player.output)
    assert after == (128 + number, before[1])
    assert _is_whole(player.output)


@pytest.mark.parametrize("view", ["--full", "--width=60"])
def test_ctrl_c_is_asked_about_and_then_leaves(terminal: Callable[..., Terminal], view: str) -> None:
    player = terminal(*_shell("--as", "ada", view))
    player.expect(HINT)
    player.press("\x03")
    player.until("Press Ctrl-C again to leave")
    player.press("\x03")
    player.end()
    before, after, *_ = _told(player.output)
    assert after == (130, before[1])
    assert _is_whole(player.output)


@pytest.mark.parametrize("how", ["key", "signal"])
@pytest.mark.parametrize("view", ["--full", "--width=60"])
def test_a_suspended_player_gives_the_terminal_back_and_draws_its_menu_again(
    terminal: Callable[..., Terminal], how: str, view: str
) -> None:
    player = terminal(*_shell("--as", "ada", view))
    player.expect(HINT)
    time.sleep(GRACE)
    if how == "key":
        player.child.send("\x1a")
    else:
        os.kill(_player_of(player), signal.SIGTSTP)
    player.expect("code=", HINT)
    assert _is_whole("code=".join(player.output.split("code=")[:2]))
    player.press("1", "It burns lower.", HINT)
    player.press("q")
    player.end()
    before, suspended, after = _told(player.output)
    assert suspended == (128 + signal.SIGTSTP, before[1])
    assert after == (0, before[1])
    assert _is_whole(player.output)


def test_a_resized_terminal_gets_its_menu_at_the_new_width(terminal: Callable[..., Terminal]) -> None:
    player = terminal(*_play("--as", "ada"), columns=80)
    player.expect(HINT)
    player.child.setwinsize(24, 24)
    player.screen.resize(24, 24)
    player.until("u undo\nh help   q leave")


def test_a_dumb_terminal_gets_the_plain_view(terminal: Callable[..., Terminal]) -> None:
    player = terminal(*_play("--as", "ada"), TERM="dumb")
    player.expect("Your choice: ")
    player.child.sendline("1")
    player.expect("It burns lower.", "Your choice: ")
    player.child.sendeof()
    player.expect("Your place is kept.")
    assert player.end() == 0
    assert "\x1b" not in player.output


def test_the_full_view_leaves_the_screen_as_it_was(terminal: Callable[..., Terminal]) -> None:
    player = terminal(*_play("--as", "ada", "--full"))
    player.expect(HINT)
    assert ALTERNATE in player.output
    player.press("1", "It burns lower.", HINT)
    player.press("q", LEFT, "Your place is kept.")
    assert player.end() == 0
    assert player.output.count(ALTERNATE) == player.output.count(LEFT) == 1
    assert "It burns" not in player.output.rpartition(LEFT)[2]


def test_a_break_in_the_full_view_leaves_the_terminal_whole(terminal: Callable[..., Terminal]) -> None:
    broken = "from waymeet.console.menu import Menu; Menu._move = lambda *_: 1 / 0; from waymeet.cli import main; "
    player = terminal(sys.executable, "-c", f"{broken}raise SystemExit(main(['play', {str(STORY)!r}, '--full']))")
    player.expect(HINT)
    player.press("j", LEFT, "Something in waymeet broke.", "fault of waymeet's own")
    assert player.end() == 70
    assert _is_whole(player.output)


def _is_whole(output: str) -> bool:
    """Whether the cursor is to be seen, on the screen that was there before."""
    shown = output.rpartition("\x1b[?25h")[2]
    left = output.rpartition(LEFT)[2]
    return "\x1b[?25l" not in shown and ALTERNATE not in left


def _player_of(terminal: Terminal) -> int:
    """The process that the shell on a terminal runs."""
    children = Path(f"/proc/{terminal.child.pid}/task/{terminal.child.pid}/children")
    return int(children.read_text().split()[-1])


def test_a_menu_gives_way_to_a_story_that_was_saved(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    folder = tmp_path / "lantern"
    shutil.copytree(STORY, folder)
    file = folder / "lantern.yaml"
    text = file.read_text()
    reading = terminal(sys.executable, "-m", "waymeet", "play", str(folder), "--watch", "--as", "ada")
    reading.expect(HINT)
    reading.press("1", "It burns lower.", HINT)
    file.write_text(text.replace("goto: hole", "goto: hoel"))
    reading.expect('there is no node "hoel"', HINT)
    file.write_text(text.replace("*very* dark", "bright"))
    reading.expect("this is the story as it is now", "The wood is bright.", "taken before", HINT)
    reading.press("q")
    assert reading.end() == 0
