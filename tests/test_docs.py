"""The documentation is true: its stories are stories, its commands print what it says, its Python runs."""

from __future__ import annotations

import io
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from kit.pages import TESTS, fenced_blocks, story_files
from waymeet.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kit.pages import Fenced

ROOT = TESTS.parent
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")})
_SECONDS = re.compile(r"in \d+\.\d s")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with nothing to type."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_so(page: Path, desk: Path, capsys: pytest.CaptureFixture[str], update: bool) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = fenced_blocks(text)
    for name, data in _files(blocks):
        (desk / name).write_bytes(data)
    for block in reversed(blocks):  # from the end, so that an update moves no block that is still to come
        if block.kind == "console":
            shown = "".join(_session(block, capsys))
            if update:
                lines = text.splitlines(keepends=True)
                text = "".join([*lines[: block.first + 1], shown, *lines[block.last :]])
            else:
                assert block.text == shown
    if update:
        page.write_text(text, encoding="utf-8")


def _files(blocks: list[Fenced]) -> Iterator[tuple[str, bytes]]:
    for block in blocks:
        if block.kind == "yaml" and block.text.startswith("# file: "):
            yield from story_files(block.text).items()


def _session(block: Fenced, capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    """Each command of a block, with what it prints now."""
    for line in block.text.splitlines():
        if line.startswith("$ waymeet "):
            main(shlex.split(line)[2:])
            printed = _SECONDS.sub("in 0.0 s", capsys.readouterr().out)
            yield f"{line}\n{printed.rstrip()}\n"


def test_the_readme_has_a_picture_a_finding_and_python() -> None:
    kinds = [block.kind for block in fenced_blocks((ROOT / "README.md").read_text(encoding="utf-8"))]
    assert kinds.count("console") >= 2
    assert "yaml" in kinds
    assert "python" in kinds


def test_the_python_of_the_readme_runs(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = fenced_blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    for name, data in _files(blocks):
        (desk / name).write_bytes(data)
    for block in blocks:
        if block.kind == "python":
            exec(compile(block.text, "README.md", "exec"), {})
    assert "findings ['soft-lock']" in capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
