"""Runs the command in this process or in one of its own, with a home and a working folder of the test's own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

import pytest

from waymeet.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENGINE = Path(__file__).resolve().parents[2] / "engine"
SCENES = ENGINE.parent / "scenes"


class Ran(NamedTuple):
    """The exit code of a command and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Saves and the cache go to a folder of the test's own, and it works in another."""
    folder = tmp_path / "home"
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.setenv("WAYMEET_HOME", str(folder))
    monkeypatch.chdir(here)
    return folder


@pytest.fixture
def here() -> Path:
    """The working folder."""
    return Path.cwd()


@pytest.fixture(scope="session")
def scenes() -> Path:
    """The story that ships with waymeet."""
    return SCENES


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run the command in this process, with nothing to read."""

    def command(*arguments: str | Path) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main([str(argument) for argument in arguments])
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else 1
        return Ran(code, out.getvalue(), err.getvalue())

    return command


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python in a process of its own: on code or a module, with nothing to read."""

    def spawn(
        *arguments: str | Path, seconds: float = 30, env: dict[str, str] | None = None, stdout: IO[str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if stdout is None else stdout,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=environment() if env is None else env,
            timeout=seconds,
            check=False,
        )

    return spawn


def command(arguments: Sequence[str | Path]) -> list[str]:
    """The arguments of a process that runs Python."""
    return [sys.executable, *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """The environment of a user: nothing of the test run's own ways with streams."""
    kept = {name: value for name, value in os.environ.items() if name != "COVERAGE" and not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(ENGINE), "PYTHONDONTWRITEBYTECODE": "1", **changes}
