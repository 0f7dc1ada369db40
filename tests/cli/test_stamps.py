"""The stamps of files: a story that did not change is not read again, and none is taken for unchanged that is not."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

import waymeet
from cli.stories import FERRY, write
from cli.test_cache import entries
from waymeet import opening, project
from waymeet.stamps import stamps_of

if TYPE_CHECKING:
    from pathlib import Path

    from waymeet.stamps import Stamps

#: Longer than the clock of any disk stands still, in nanoseconds.
LATER = 3_000_000_000


@pytest.fixture
def ferry(here: Path) -> Path:
    return write(here / "ferry", story=FERRY)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything was written some time ago."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + LATER)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The stories whose files were read."""
    found: list[Path] = []
    real = project.read_files

    def read_files(path: Path) -> dict[str, bytes]:
        found.append(path)
        return real(path)

    monkeypatch.setattr("waymeet.opening.read_files", read_files)
    return found


def stamped(path: Path) -> Stamps | None:
    return stamps_of([path], lambda name: name.endswith((".yaml", ".txt")))


def told(path: Path) -> str:
    found = stamped(path)
    assert found is not None
    return found.digest


@pytest.mark.usefixtures("settled")
def test_a_story_whose_files_have_settled_is_read_once(ferry: Path, reads: list[Path]) -> None:
    first, second = waymeet.load(ferry), waymeet.load(str(ferry))
    assert len(reads) == 1
    assert first.data == second.data
    assert first.fingerprint == second.fingerprint
    assert len(entries(".stamps")) == 1


def test_files_written_just_now_are_not_relied_on(ferry: Path, reads: list[Path]) -> None:
    for _ in range(2):
        (ferry / "story.yaml").write_text(FERRY)
        waymeet.load(ferry)
    assert len(reads) == 2
    assert entries(".stamps") == []


@pytest.mark.usefixtures("settled")
def test_an_edit_of_the_same_length_with_its_old_time_put_back_is_seen(ferry: Path, reads: list[Path]) -> None:
    file = ferry / "story.yaml"
    waymeet.load(ferry)
    was = file.stat()
    file.write_text(FERRY.replace("The Ferry", "The Barge"))
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert waymeet.load(ferry).title == "The Barge"
    assert len(reads) == 2


@pytest.mark.usefixtures("settled")
def test_another_file_of_the_same_length_and_time_is_seen(ferry: Path, here: Path) -> None:
    file = ferry / "story.yaml"
    waymeet.load(ferry)
    was = file.stat()
    other = here / "other.yaml"
    other.write_text(FERRY.replace("The Ferry", "The Barge"))
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(file)
    assert waymeet.load(ferry).title == "The Barge"


@pytest.mark.usefixtures("settled")
def test_another_folder_in_its_place_is_seen(ferry: Path, here: Path) -> None:
    waymeet.load(ferry)
    ferry.rename(here / "aside")
    write(here / "barge", story=FERRY.replace("The Ferry", "The Barge")).rename(ferry)
    assert waymeet.load(ferry).title == "The Barge"


@pytest.mark.usefixtures("settled")
def test_a_file_that_is_added_or_removed_is_seen(ferry: Path, reads: list[Path]) -> None:
    waymeet.load(ferry)
    scene = ferry / "more" / "attic.yaml"
    scene.parent.mkdir()
    scene.write_text("scene: attic\nnodes: {top: {text: Up here., ending: across}}\n")
    assert len({step.scene for step in waymeet.load(ferry).data.steps}) == 2
    scene.unlink()
    assert len({step.scene for step in waymeet.load(ferry).data.steps}) == 1
    assert len(reads) == 2  # the third time all was as the first time


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("damage", [b"", b"\xff" * 32, b"../../etc/passwd", b"0" * 32, b"\0"])
def test_what_tells_of_no_entry_is_renewed(ferry: Path, reads: list[Path], damage: bytes) -> None:
    whole = waymeet.load(ferry)
    (entry,) = entries(".stamps")
    entry.write_bytes(damage)
    assert waymeet.load(ferry).data == whole.data
    assert waymeet.load(ferry).data == whole.data
    assert len(reads) == 2


@pytest.mark.usefixtures("settled")
def test_another_compiler_is_seen(ferry: Path, here: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    package = shutil.copytree(opening._PACKAGE, here / "waymeet")
    monkeypatch.setattr(opening, "_PACKAGE", package)
    waymeet.load(ferry)
    with (package / "prose" / "parser.py").open("a") as file:
        file.write("\n")
    waymeet.load(ferry)
    monkeypatch.setattr(opening, "__version__", "999.0")
    waymeet.load(ferry)
    waymeet.load(ferry)
    assert len(reads) == 3


@pytest.mark.parametrize("odd", ["link", "broken link", "pipe", "nothing", "circle"])
def test_what_is_no_ordinary_file_has_no_stamp(here: Path, odd: str) -> None:
    folder = write(here / "s", story=FERRY)
    match odd:
        case "link":
            (folder / "more.yaml").symlink_to(folder / "story.yaml")
        case "broken link":
            (folder / "more.yaml").symlink_to(folder / "gone.yaml")
        case "pipe":
            os.mkfifo(folder / "more.yaml")
        case "nothing":
            folder = here / "nothing"
        case _:
            folder = here / "circle"
            folder.symlink_to(folder)
    assert stamped(folder) is None


def test_a_folder_with_more_files_than_any_story_has_no_stamps(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(here / "s", story=FERRY)
    (folder / "more.yaml").touch()
    monkeypatch.setattr("waymeet.stamps._MOST", 1)
    assert stamped(folder) is None


def test_stamps_are_of_the_files_that_count_wherever_the_folder_is_entered_from(here: Path) -> None:
    folder = write(here / "s", story=FERRY)
    before = told(folder)
    (folder / ".hidden.yaml").touch()
    (folder / "notes.md").touch()
    (folder / "aside").symlink_to(here)
    (here / "link").symlink_to(folder)
    assert told(folder) == told(here / "link") == before
    (folder / "story.txt").touch()
    assert told(folder) != before
    assert told(folder / "story.yaml") != before


def test_stamps_have_settled_when_the_youngest_has(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(here / "s", story=FERRY)
    changed = (folder / "story.yaml").stat().st_ctime_ns
    for later, settled in ((0, False), (2_000_000_000, False), (LATER, True)):
        monkeypatch.setattr(time, "time_ns", lambda later=later: changed + later)
        found = stamped(folder)
        assert found is not None
        assert found.settled is settled
    (folder / "more.yaml").touch()
    os.utime(folder / "more.yaml", ns=(changed + 10 * LATER, changed + 10 * LATER))
    found = stamped(folder)
    assert found is not None
    assert not found.settled  # its time is still to come


def test_a_folder_without_files_has_not_settled(here: Path) -> None:
    found = stamped(here)
    assert found is not None
    assert not found.settled
