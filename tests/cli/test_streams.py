"""The command in a process of its own: pipes that close, disks that are full, narrow encodings, and Ctrl-C."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import command, environment
from cli.stories import FERRY, endless, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Python = Callable[..., subprocess.CompletedProcess[str]]

#: More than a pipe holds.
MANY_SLIPS = "story: a\n" + "".join(f"key{number}: 1\n" for number in range(2_000))


@pytest.fixture
def folder(here: Path) -> Path:
    write(here / "clean", story=FERRY)
    write(here / "many", **{f"s{number}": MANY_SLIPS for number in range(5)})
    return here


def waymeet(*arguments: str) -> list[str]:
    return ["-m", "waymeet", *arguments]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("call", ["check clean", "check many", "test clean", "check --format=json clean"])
def test_a_full_disk_is_said_in_a_line(python: Python, call: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = python(*waymeet(*call.split()), stdout=full)
    assert ran.returncode == 2
    assert ran.stderr == "waymeet: cannot write to standard output: No space left on device\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("call", ["check clean", "check many", "test clean", "--version", "--help"])
def test_a_pipe_that_nobody_reads_is_left_in_silence(call: str) -> None:
    with subprocess.Popen(
        command(waymeet(*call.split())),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, 1, 2)


@pytest.mark.usefixtures("folder")
def test_a_pipe_that_is_closed_after_a_line() -> None:
    shell = f"{sys.executable} -m waymeet check many | head -1"
    ran = subprocess.run(["bash", "-c", shell], env=environment(), capture_output=True, timeout=30, check=False)
    assert ran.stdout.count(b"\n") == 1
    assert ran.stderr == b""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("call", ["check clean", "test clean", "play --plain clean"])
def test_a_closed_standard_output_is_no_fault(call: str) -> None:
    shell = f"{sys.executable} -m waymeet {call} <&- >&-"
    ran = subprocess.run(["bash", "-c", shell], env=environment(), capture_output=True, timeout=30, check=False)
    assert ran.returncode in (0, 2)
    assert b"Traceback" not in ran.stderr
    assert b"fault" not in ran.stderr


@pytest.mark.usefixtures("folder")
def test_closed_standard_errors_are_no_fault() -> None:
    shell = f"{sys.executable} -m waymeet check nowhere 2>&-; echo $?; {sys.executable} -m waymeet check clean 2>&-"
    ran = subprocess.run(["bash", "-c", shell], env=environment(), capture_output=True, timeout=30, check=False)
    assert ran.stdout.startswith(b"66\nferry: clean")


NARROW = {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_a_narrow_encoding_loses_letters_and_nothing_else(here: Path, python: Python) -> None:
    write(here / "x", story=FERRY.replace("The Ferry", "Die Fähre — 渡し船").replace("goto: landing", "goto: lände"))
    script = "walkthrough: Wörter\nas: mara\nplay: [fähre]\n"
    write(here / "y", story=FERRY, w=script)
    for call, code in (("check x", 1), ("play x", 1), ("test y", 1), ("check nöwhere", 66), ("check --bö", 2)):
        ran = python(*waymeet(*call.split()), env=environment(**NARROW))
        assert ran.returncode == code
        assert (ran.stdout + ran.stderr).isascii()
        assert "Traceback" not in ran.stderr
    assert "f?hre" in python(*waymeet("test", "y"), env=environment(**NARROW)).stdout


def test_a_story_is_played_in_a_narrow_encoding(here: Path, python: Python) -> None:
    write(here / "x", story=FERRY.replace("The river is", "Der Fluß — ist"))
    ran = python(*waymeet("play", "--plain", "--as", "mara", "x"), env=environment(**NARROW))
    assert ran.returncode == 0
    assert "Der Flu? ? ist" in ran.stdout


#: Ctrl-C as soon as a story was read, as often as the first argument says.
INTERRUPTED = """
import os, signal, sys
from waymeet import checking
from waymeet.cli import main
surveys = checking.surveys
def interrupted(*arguments, **more):
    for _ in range(int(sys.argv[1])):
        os.kill(os.getpid(), signal.SIGINT)
    return surveys(*arguments, **more)
checking.surveys = interrupted
code = main(["check", *sys.argv[2:]])
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
sys.exit(code)
"""


def test_ctrl_c_ends_a_check_with_what_is_known(here: Path, python: Python) -> None:
    write(here / "x", story=endless())
    write(here / "lost", story=endless().replace("  house:", "  lost: {text: Lost., goto: house}\n  house:"))
    ran = python("-c", INTERRUPTED, "1", "x")
    assert (ran.returncode, ran.stderr) == (3, "")
    assert ran.stdout.startswith("undecided: it was interrupted ")
    assert "--budget" not in ran.stdout
    ran = python("-c", INTERRUPTED, "1", "lost")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.index("nothing leads to this node") < ran.stdout.index("undecided: it was interrupted ")


def test_ctrl_c_leaves_the_stories_after_it_undecided(here: Path, python: Python) -> None:
    write(here / "x", story=endless())
    write(here / "y", story=FERRY)
    ran = python("-c", INTERRUPTED, "1", "x", "y")
    assert ran.returncode == 3
    assert "undecided: it was interrupted while reading the story\n" in ran.stdout
    assert "\ny: no findings, " in ran.stdout


def test_a_second_ctrl_c_ends_a_check_without_a_word(here: Path, python: Python) -> None:
    write(here / "x", story=endless())
    ran = python("-c", INTERRUPTED, "2", "x")
    assert (ran.returncode, ran.stdout, ran.stderr.strip()) == (130, "", "")


@pytest.mark.usefixtures("folder")
def test_the_exit_code_of_the_process_is_that_of_the_check(python: Python) -> None:
    assert python(*waymeet("check", "clean")).returncode == 0
    assert python(*waymeet("check", "many")).returncode == 1
    assert python(*waymeet("check", "nowhere")).returncode == 66
