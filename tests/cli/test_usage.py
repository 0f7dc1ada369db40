"""The command line itself: what it says of itself, and what it says to arguments that make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import waymeet
from cli.stories import FERRY, write
from waymeet.cli import COMMANDS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Ran

    Run = Callable[..., Ran]
    Python = Callable[..., subprocess.CompletedProcess[str]]


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"waymeet {waymeet.__version__}\n", "")


def test_without_a_command_the_help_is_shown_and_that_is_wrong_usage(run: Run) -> None:
    ran = run()
    assert ran.code == 2
    assert ran.out.startswith("usage: waymeet ")
    for name, command in COMMANDS.items():
        assert f"    {name} " in ran.out
        assert command.help.split(",")[0] in ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: waymeet {command} ")
    assert COMMANDS[command].help.split(",")[0] in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["chekc"],
        ["check", "--frobnicate"],
        ["check", "--format", "xml"],
        ["check", "--fail-on", "nothing"],
        ["check", "--output"],
        ["test", "a", "b"],
        ["play", "a", "b"],
        ["play", "--width", "19"],
        ["play", "--width", "201"],
        ["play", "--width", "wide"],
        ["play", "--auto", "0"],
        ["play", "--auto", "1.5"],
        ["play", "--seed", "seven"],
    ],
)
def test_wrong_usage_is_told_on_standard_error(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: waymeet")
    assert ": error: " in ran.err


def test_an_empty_name_is_no_story(run: Run) -> None:
    for command in COMMANDS:
        ran = run(command, "")
        assert ran.code in (2, 66)
        assert "waymeet" in ran.err


def test_an_unknown_path_is_told_with_those_there_are(here: Path, run: Run) -> None:
    ran = run("play", "--as", "lexa", write(here / "ferry", story=FERRY))
    assert ran.code == 2
    assert "lexa" in ran.err
    assert "mara, tom" in ran.err


def test_python_m_waymeet_is_the_command(python: Python) -> None:
    assert python("-m", "waymeet", "check", "nowhere").returncode == 66
