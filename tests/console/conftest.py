"""A small story with something of everything, and a reader who types lines."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import waymeet
from waymeet.compiled import to_bytes
from waymeet.console.options import PlayOptions
from waymeet.console.play import play

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waymeet.runtime import Story

#: When the tests take place, in seconds since 1970.
NOW = 1_000_000_000


class Heard(NamedTuple):
    """What a reader saw, and the exit code."""

    text: str
    errors: str
    code: int


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Saves and transcripts go to a folder of the test's own."""
    folder = tmp_path / "home"
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.setenv("WAYMEET_HOME", str(folder))
    for name in ("WAYMEET_SCREEN_READER", "NO_COLOR", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(here)
    return folder


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAYMEET_HOME", str(tmp_path_factory.mktemp("cache")))
        return waymeet.load(Path(__file__).parent / "lantern")


@pytest.fixture(scope="session")
def compiled(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story as a file, for another process to open without the author's half."""
    path = tmp_path_factory.mktemp("compiled") / "lantern.story"
    path.write_bytes(to_bytes(story.data))
    return path


@pytest.fixture
def read(story: Story) -> Callable[..., Heard]:
    """Play with the lines typed, on streams in memory."""

    def run(
        *lines: str,
        story: Story = story,
        now: float = NOW,
        environ: Mapping[str, str] | None = None,
        **options: object,
    ) -> Heard:
        out, errors = io.StringIO(), io.StringIO()
        typed = io.StringIO("".join(f"{line}\n" for line in lines))
        asked = PlayOptions(**options)  # type: ignore[arg-type]
        code = play(story, asked, stdin=typed, stdout=out, stderr=errors, environ=environ or {}, clock=lambda: now)
        return Heard(out.getvalue(), errors.getvalue(), code)

    return run
