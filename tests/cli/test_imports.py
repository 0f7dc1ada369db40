"""What is imported when: a reader does not pay for the author's half, nor `--version` for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import waymeet
from cli.stories import FERRY, write

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Python = Callable[..., subprocess.CompletedProcess[str]]

HEAVY = {"pydantic", "pydantic_core", "ruamel", "prompt_toolkit", "wcwidth", "platformdirs", "importlib.metadata"}
AUTHORS = {"pydantic", "pydantic_core", "ruamel", "prompt_toolkit"}


def imported(stderr: str) -> set[str]:
    """The modules that `-X importtime` tells of."""
    return {line.rpartition("|")[2].strip() for line in stderr.split("\n") if line.startswith("import time:")}


def test_version_imports_nothing_but_the_parser_of_arguments(python: Python) -> None:
    ran = python("-X", "importtime", "-m", "waymeet", "--version")
    assert (ran.returncode, ran.stdout) == (0, f"waymeet {waymeet.__version__}\n")
    modules = imported(ran.stderr)
    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("waymeet")} == {
        "waymeet",
        "waymeet.cli",
        "waymeet.commands",
        "waymeet.commands.output",
        "waymeet.commands.refusals",
        "waymeet.exits",
        "waymeet.version",
    }


def test_importing_waymeet_imports_next_to_nothing(python: Python) -> None:
    code = (
        "import sys; before = set(sys.modules); import waymeet; import typing; "
        "print(sorted(name for name in set(sys.modules) - before if name.startswith('waymeet')))"
        "; print(len(set(sys.modules) - before) < 40)"
    )
    assert python("-c", code).stdout == "['waymeet', 'waymeet.version']\nTrue\n"


PLAYED = """
import sys
from waymeet.cli import main
code = main(["play", "--plain", "--as", "mara", *{more!r}, "ferry"])
heavy = sorted({{name.partition(".")[0] for name in sys.modules}} & {heavy!r})
rooms = ("waymeet.authoring", "waymeet.rules", "waymeet.analysis", "waymeet.checking")
author = sorted(name for name in sys.modules if name.startswith(rooms))
print(f"\\n{{code}} {{heavy}} {{author}}", file=sys.stderr)
"""


@pytest.mark.parametrize("more", [[], ["--auto", "3"], ["--replay", "way.txt"]], ids=["read", "auto", "replay"])
def test_a_story_from_the_cache_is_played_without_the_authors_half(here: Path, python: Python, more: list[str]) -> None:
    write(here / "ferry", story=FERRY)
    (here / "way.txt").write_text("wait pay sit\n")
    waymeet.load("ferry")
    ran = python("-c", PLAYED.format(more=more, heavy=AUTHORS))
    assert "Across" in ran.stdout or not more
    assert ran.stderr.endswith("\n0 [] []\n")


#: What takes longer to import than a page to show, and what of ours only those need whose story or save was edited.
SLOW = (
    {"dataclasses", "inspect", "importlib.resources", "tempfile", "zipfile", "difflib", "asyncio", "typing_extensions"}
    | {"waymeet.diagnostics", "waymeet.checking", "waymeet.recovering", "waymeet.reports"}
    | AUTHORS
)
SETTLED = """
import time
now = time.time_ns
time.time_ns = lambda: now() + 3_000_000_000
import waymeet
waymeet.load("ferry")
"""


def test_the_first_page_of_a_story_that_did_not_change_waits_for_nothing_it_does_not_need(
    here: Path, python: Python
) -> None:
    write(here / "ferry", story=FERRY)
    assert python("-c", SETTLED).returncode == 0
    ran = python("-X", "importtime", "-m", "waymeet", "play", "--plain", "--as", "mara", "ferry")
    assert "The river is *high*." in ran.stdout
    assert not imported(ran.stderr) & SLOW


def test_checking_does_not_import_the_console(here: Path, python: Python) -> None:
    write(here / "ferry", story=FERRY)
    code = (
        "import sys; from waymeet.cli import main; main(['check', 'ferry']); main(['test', 'ferry']);"
        "print([n for n in sys.modules if n.startswith(('waymeet.console', 'waymeet.saves', 'prompt_toolkit'))])"
    )
    assert python("-c", code).stdout.endswith("\n[]\n")
