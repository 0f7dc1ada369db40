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


@pytest.mark.parametrize("arguments", [["ferry", "--follow", "wait,", "swim"], ["--follow", "wait,", "ferry"]])
def test_a_way_with_a_space_in_it_is_told_as_that(here: Path, run: Run, arguments: list[str]) -> None:
    write(here / "ferry", story=FERRY)
    ran = run("play", *arguments)
    assert ran.code == 2
    assert "argument --follow: no space may stand behind a comma, as in --follow ask,boy" in ran.err


def test_a_story_named_in_its_own_folder(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(here / "ferry", story=FERRY))
    ran = run("check", "ferry")
    assert ran.code == 66
    assert ran.err.endswith('no story at ferry; you are in ferry already: type "." for the folder that you are in\n')
    assert run("check", ".").code == 0


def test_a_misspelt_story_is_told_with_what_is_there(here: Path, run: Run) -> None:
    write(here / "ferry", story=FERRY)
    assert run("check", "fery").err == "waymeet: there is no story at fery; did you mean ferry?\n"
    assert run("check", "ferry/stroy.yaml").err.endswith("did you mean ferry/story.yaml?\n")
    assert run("check", "nowhere/story.yaml").err == "waymeet: there is no story at nowhere/story.yaml\n"


def test_a_file_to_whose_name_something_was_added(here: Path, run: Run) -> None:
    main, _, scene = FERRY.partition("scene: bank")
    folder = write(here / "ferry", story=main)
    (folder / "story.yaml").rename(folder / "story.yaml.txt")
    rename = "rename story.yaml.txt to story.yaml\n"
    assert run("check", "ferry").err == f"waymeet: ferry holds no story: there is no YAML file in it; {rename}"
    assert run("check", "ferry/story.yaml").err == f"waymeet: there is no story at ferry/story.yaml; {rename}"
    write(folder, bank="scene: bank" + scene)
    for command in ("check", "test", "play"):
        ran = run(command, "ferry")
        assert ran.code == 1
        assert "= help: story.yaml.txt is no YAML file by its name: rename it to story.yaml\n" in ran.out + ran.err
    (folder / "story.yaml.txt").rename(folder / "story.yaml")
    (folder / "notes.yaml.txt").write_text("not a story")
    assert run("check", "ferry").code == 0
    assert run("fmt", "--check", "ferry").code in (0, 1)


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
