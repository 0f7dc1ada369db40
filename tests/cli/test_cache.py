"""The cache of compiled stories: used while nothing changed, renewed when something did, and never in the way."""

from __future__ import annotations

import os
import resource
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import waymeet
from cli.stories import FERRY, write
from waymeet import checking, opening
from waymeet.cache import Cache, cache_folder
from waymeet.compiled import StoryDataError, from_bytes, to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Ran

    Run = Callable[..., Ran]


@pytest.fixture
def ferry(here: Path) -> Path:
    return write(here / "ferry", story=FERRY)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the stories that were compiled."""
    names: list[str] = []
    real = checking.compile_files

    def compile_files(files: dict[str, bytes], name: str) -> object:
        names.append(name)
        return real(files, name)

    monkeypatch.setattr(checking, "compile_files", compile_files)
    return names


def entries(suffix: str = ".story") -> list[Path]:
    """The files of a suffix in the cache; there must be none of others than compiled stories and what tells of them."""
    found = sorted(cache_folder().iterdir())
    assert all(file.suffix in (".story", ".stamps") for file in found)
    return [file for file in found if file.suffix == suffix]


def test_an_unchanged_story_is_compiled_once(ferry: Path, compiled: list[str]) -> None:
    first, second = waymeet.load(ferry), waymeet.load(str(ferry))
    assert compiled == ["ferry"]
    assert first.fingerprint == second.fingerprint
    assert first.data == second.data
    assert len(entries()) == 1


def test_touching_and_moving_change_nothing(ferry: Path, here: Path, compiled: list[str]) -> None:
    waymeet.load(ferry)
    (ferry / "story.yaml").touch()
    (ferry / "notes.txt").write_text("nothing of the story")
    waymeet.load(ferry.rename(here / "moved"))
    assert compiled == ["ferry"]


def test_an_edit_is_seen_and_so_is_its_undoing(ferry: Path, compiled: list[str]) -> None:
    file = ferry / "story.yaml"
    waymeet.load(ferry)
    file.write_text(FERRY.replace("The Ferry", "The Barge"))
    assert waymeet.load(ferry).title == "The Barge"
    file.write_text(FERRY)
    assert waymeet.load(ferry).title == "The Ferry"
    assert compiled == ["ferry", "ferry"]


@pytest.mark.parametrize("change", ["add", "remove", "rename"])
def test_another_file_another_name_and_one_less_are_seen(ferry: Path, compiled: list[str], change: str) -> None:
    attic = ferry / "attic.yaml"
    attic.write_text("scene: attic\nnodes: {top: {text: Up here., ending: across}}\n")
    waymeet.load(ferry)
    if change == "add":
        (ferry / "cellar.yaml").write_text("scene: cellar\nnodes: {low: {text: Down., ending: across}}\n")
    elif change == "remove":
        attic.unlink()
    else:
        attic.rename(ferry / "loft.yaml")
    waymeet.load(ferry)
    assert len(compiled) == 2


def test_another_version_of_waymeet_compiles_anew(
    ferry: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waymeet.load(ferry)
    monkeypatch.setattr("waymeet.opening.__version__", "999.0")
    waymeet.load(ferry)
    assert len(compiled) == 2


def test_a_story_that_cannot_be_built_is_not_cached(ferry: Path) -> None:
    (ferry / "story.yaml").write_text("story: [")
    for _ in range(2):
        with pytest.raises(waymeet.StoryError):
            waymeet.load(ferry)
    assert not cache_folder().exists() or not entries()


def flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 0x20]) + raw[at + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _raw: b"",
    "cut short": lambda raw: raw[: len(raw) // 2],
    "the last byte lost": lambda raw: raw[:-1],
    "one more byte": lambda raw: raw + b" ",
    "flipped at the start": lambda raw: flipped(raw, 0),
    "flipped in the middle": lambda raw: flipped(raw, len(raw) // 2),
    "flipped in the title": lambda raw: raw.replace(b"The Ferry", b"The Berry"),
    "flipped at the end": lambda raw: flipped(raw, len(raw) - 1),
    "garbage": lambda _raw: bytes(range(256)) * 40,
    "zeros": lambda raw: bytes(len(raw)),
    "deep": lambda _raw: b"[" * 200_000,
    "another kind of JSON": lambda _raw: b'{"a": 1}',
    "null": lambda _raw: b"null",
    "huge number": lambda _raw: b"[1" + b"0" * 10_000 + b"]",
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_entry_is_renewed_without_a_word(ferry: Path, compiled: list[str], run: Run, name: str) -> None:
    whole = waymeet.load(ferry)
    saved = whole.begin("mara").choose("wait").save()
    (entry,) = entries()
    raw = entry.read_bytes()
    entry.write_bytes(DAMAGES[name](raw))
    ran = run("play", "--auto", "1", "--as", "mara", ferry)
    assert (ran.code, ran.err) == (0, "")
    story = waymeet.load(ferry)
    assert story.data == whole.data
    assert story.resume(saved).save() == saved
    assert compiled == ["ferry", "ferry"]  # by now every part was read
    assert entry.read_bytes() == raw


def test_a_part_that_is_damaged_while_it_is_played_is_renewed_without_a_word(ferry: Path, compiled: list[str]) -> None:
    waymeet.load(ferry)
    story = waymeet.load(ferry)
    (entry,) = entries()
    raw = entry.read_bytes()
    entry.write_bytes(bytes(len(raw)))
    assert story.begin("mara").choose("wait").plain()
    assert compiled == ["ferry", "ferry"]
    assert entry.read_bytes() == raw


def test_a_part_that_is_damaged_when_the_files_have_changed_is_refused(ferry: Path) -> None:
    waymeet.load(ferry)
    story = waymeet.load(ferry)
    (entry,) = entries()
    entry.write_bytes(entry.read_bytes()[:700])
    (ferry / "story.yaml").write_text(FERRY.replace("The Ferry", "The Barge"))
    with pytest.raises(StoryDataError, match="have changed"):
        story.begin("mara")
    shutil.rmtree(ferry)
    with pytest.raises(StoryDataError, match="have changed"):
        story.begin("mara")


def test_an_entry_that_is_removed_while_it_is_played_is_not_missed(ferry: Path, compiled: list[str]) -> None:
    waymeet.load(ferry)
    story = waymeet.load(ferry)
    entries()[0].unlink()
    assert story.begin("mara").choose("wait").plain()
    assert compiled == ["ferry"]


@pytest.mark.parametrize("kind", ["operation", "name"])
def test_a_whole_entry_that_cannot_be_linked_is_renewed_without_a_word(
    ferry: Path, compiled: list[str], kind: str
) -> None:
    whole = waymeet.load(ferry)
    (entry,) = entries()
    data = whole.data
    match kind:
        case "operation":
            data = data._replace(derived=(("no such operation", 1),))
        case _:
            data = data._replace(registers=(data.registers[0]._replace(name=5, use="local"), *data.registers[1:]))  # type: ignore[arg-type]
    entry.write_bytes(to_bytes(data))
    assert waymeet.load(ferry).data == whole.data
    assert compiled == ["ferry", "ferry"]


def test_another_compiler_of_the_same_version_compiles_anew(
    ferry: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waymeet.load(ferry)
    monkeypatch.setattr("waymeet.opening._compiler", lambda _package: b"another")
    waymeet.load(ferry)
    assert len(compiled) == 2


@pytest.mark.parametrize("changed", ["authoring/constructs/choices.py", "prose/parser.py", "story.py"])
def test_one_byte_of_its_sources_makes_another_compiler(here: Path, changed: str) -> None:
    package = shutil.copytree(Path(opening.__file__).parent, here / "waymeet")
    before = opening._compiler(package)
    shutil.copytree(package, here / "again")
    assert opening._compiler(here / "again") == before
    with (here / "again" / changed).open("a") as file:
        file.write("\n")
    opening._compiler.cache_clear()
    assert opening._compiler(here / "again") != before


def test_the_twenty_stories_opened_last_are_kept(ferry: Path) -> None:
    first = waymeet.load(ferry).title
    (kept,) = entries()
    for number in range(25):
        os.utime(kept)
        for age, file in enumerate(sorted(entries(), key=lambda file: -file.stat().st_mtime_ns)):
            os.utime(file, (1_000_000_000 - age, 1_000_000_000 - age))
        (ferry / "story.yaml").write_text(FERRY.replace(first, f"Ferry {number}"))
        waymeet.load(ferry)
    assert len(entries()) == 20
    assert kept in entries()


def test_what_broke_off_long_ago_is_swept(ferry: Path) -> None:
    cache_folder().mkdir(parents=True)
    old, fresh = cache_folder() / "tmpold", cache_folder() / "tmpfresh"
    old.touch()
    fresh.touch()
    os.utime(old, (0, 0))
    waymeet.load(ferry)
    assert (old.exists(), fresh.exists()) == (False, True)


def test_every_single_byte_that_is_lost_is_noticed(ferry: Path) -> None:
    waymeet.load(ferry)
    raw = entries()[0].read_bytes()
    for at in range(0, len(raw), 7):
        with pytest.raises(StoryDataError):
            from_bytes(flipped(raw, at))


def test_a_folder_in_the_place_of_an_entry_is_harmless(ferry: Path) -> None:
    waymeet.load(ferry)
    (entry,) = entries()
    entry.unlink()
    entry.mkdir()
    (entry / "x").touch()
    assert waymeet.load(ferry).title == "The Ferry"
    assert entries() == [entry]


@pytest.mark.parametrize("damage", ["file", "link", "device"])
def test_a_cache_that_cannot_be_written_is_harmless(ferry: Path, home: Path, damage: str, run: Run) -> None:
    home.mkdir()
    if damage == "file":
        (home / "cache").write_text("in the way")
    elif damage == "link":
        (home / "cache").symlink_to(home / "cache")
    else:
        (home / "cache").symlink_to("/proc/self/fdinfo")
    assert run("check", ferry).code == 0
    ran = run("play", "--auto", "1", "--as", "mara", ferry)
    assert (ran.code, ran.err) == (0, "")
    assert waymeet.load(ferry).title == "The Ferry"


def test_a_write_that_breaks_off_leaves_nothing_behind(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    from pathlib import Path

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr(os, "replace", full)
    assert waymeet.load(ferry).title == "The Ferry"
    assert not entries()


def test_a_full_disk_leaves_nothing_half_written(here: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        Cache(here, ".story", 3).write("key", b"x")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(here.iterdir()) == []
