"""What `waymeet fmt` prints and writes, and its exit codes."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from cli.stories import FERRY, write
from waymeet.authoring import formatting, rewriting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from cli.conftest import Ran

    Run = Callable[..., Ran]

UNTIDY = "scene:   a\nnodes: {}\n"
TIDY = "scene: a\nnodes: {}\n"


def test_files_are_laid_out_once_and_then_left_alone(here: Path, run: Run) -> None:
    write(here / "s", story=FERRY, a=UNTIDY, b=TIDY)
    assert run("fmt", "s") == (0, "changed s/a.yaml\nchanged s/story.yaml\n", "")
    assert (here / "s/a.yaml").read_text() == TIDY
    times = [(here / "s" / name).stat().st_mtime_ns for name in ("a.yaml", "b.yaml", "story.yaml")]
    assert run("fmt", "s", "--check") == (0, "", "")
    assert run("fmt", "s") == (0, "", "")
    assert [(here / "s" / name).stat().st_mtime_ns for name in ("a.yaml", "b.yaml", "story.yaml")] == times
    assert sorted(path.name for path in (here / "s").iterdir()) == ["a.yaml", "b.yaml", "story.yaml"]


def test_check_writes_nothing_and_fails_when_a_file_would_change(here: Path, run: Run) -> None:
    write(here / "s", a=UNTIDY, b=TIDY)
    assert run("fmt", "s", "--check") == (1, "would change s/a.yaml\n", "")
    assert (here / "s/a.yaml").read_text() == UNTIDY


def test_the_current_folder_is_laid_out_without_an_argument_and_a_file_by_its_name(here: Path, run: Run) -> None:
    write(here, a=UNTIDY, b=UNTIDY)
    assert run("fmt", "a.yaml") == (0, "changed a.yaml\n", "")
    assert run("fmt") == (0, "changed b.yaml\n", "")


def test_a_file_with_findings_is_shown_and_left_alone_and_the_others_are_laid_out(here: Path, run: Run) -> None:
    write(here, a="scene: [\n", b="scene: b\nscene: c\n", c="x: 1\n", d=UNTIDY)
    ran = run("fmt")
    assert (ran.code, ran.err) == (2, "")
    heads = [line.split(": error")[1].split(":")[0] for line in ran.out.split("\n") if ": error" in line]
    assert heads == ["[yaml-syntax]", "[duplicate-key]", "[missing-key]"]
    assert ran.out.endswith("changed d.yaml\n")
    assert (here / "b.yaml").read_text() == "scene: b\nscene: c\n"
    (here / "a.yaml").unlink()
    assert run("fmt", "--check").code == 1


def test_a_story_that_is_not_there_is_66(run: Run) -> None:
    assert run("fmt", "nowhere") == (66, "", "waymeet: there is no story at nowhere\n")


def test_a_layout_that_is_not_proved_is_our_fault(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, a=UNTIDY)
    monkeypatch.setattr(formatting, "_is_proved", lambda *_: False)
    ran = run("fmt")
    assert ran.code == 70
    assert "a.yaml:1:1: error[left-alone]: this file was left alone" in ran.out
    assert (here / "a.yaml").read_text() == UNTIDY


def test_permissions_and_links_are_kept(here: Path, run: Run) -> None:
    write(here / "s", a=UNTIDY)
    (here / "s/a.yaml").chmod(0o640)
    (here / "s/link.yaml").symlink_to("a.yaml")
    assert run("fmt", "s/link.yaml").code == 0
    assert (here / "s/link.yaml").is_symlink()
    assert (here / "s/a.yaml").read_text() == TIDY
    assert (here / "s/a.yaml").stat().st_mode & 0o777 == 0o640


def test_a_link_out_of_the_folder_is_not_followed(here: Path, run: Run) -> None:
    write(here / "s", b=TIDY)
    write(here / "other", a=UNTIDY)
    (here / "s/a.yaml").symlink_to("../other/a.yaml")
    assert run("fmt", "s") == (0, "", "")
    assert (here / "other/a.yaml").read_text() == UNTIDY


def test_a_file_that_was_saved_meanwhile_is_left_alone(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, a=UNTIDY)

    def and_save(name: str, data: bytes) -> formatting.Formatted:
        (here / "a.yaml").write_text("scene: mine\n")
        return formatting.format_file(name, data)

    monkeypatch.setattr(rewriting, "format_file", and_save)
    ran = run("fmt")
    assert ran.code == 1
    assert "saved by another program meanwhile" in ran.out
    assert (here / "a.yaml").read_text() == "scene: mine\n"


def test_when_writing_fails_the_old_file_stays_and_nothing_is_left_behind(
    here: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, a=UNTIDY)

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("fmt")
    assert ran == (2, "", f"waymeet: cannot write {here / 'a.yaml'}: No space left on device\n")
    assert [path.name for path in here.iterdir()] == ["a.yaml"]
    assert (here / "a.yaml").read_text() == UNTIDY


def test_the_bundled_story_still_holds_when_it_is_laid_out(here: Path, run: Run, scenes: Path) -> None:
    shutil.copytree(scenes, here / "s")
    assert run("fmt", "s").code == 0
    assert run("fmt", "s", "--check") == (0, "", "")
    walked = run("test", "s")
    assert (walked.code, walked.out) == (0, run("test", scenes).out)


def test_the_projects_own_stories_are_laid_out(run: Run, scenes: Path) -> None:
    examples = scenes.parent / "examples"
    stories = [path for path in sorted(examples.iterdir()) if path.is_dir() or path.suffix == ".yaml"]
    assert run("fmt", "--check", scenes, *stories) == (0, "", "")
