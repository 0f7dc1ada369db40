"""Writing files so that a crash leaves a whole one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from waymeet.errors import SaveError
from waymeet.saves.files import free_name, read_whole, sweep, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_before_becomes_the_previous_one(tmp_path: Path) -> None:
    path, previous = tmp_path / "a.json", tmp_path / "a.1.json"
    for data in (b"one", b"two", b"three"):
        write_atomically(path, data, previous)
    assert (path.read_bytes(), previous.read_bytes()) == (b"three", b"two")
    assert _names(tmp_path) == ["a.1.json", "a.json"]


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_a_failure_leaves_the_file_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"one")

    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, where, fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    assert _names(tmp_path) == ["a.json"]


def test_strays_are_swept(tmp_path: Path) -> None:
    (tmp_path / "a.json.tmp").write_bytes(b"half")
    (tmp_path / "a.json").write_bytes(b"whole")
    sweep(tmp_path)
    assert _names(tmp_path) == ["a.json"]


def test_a_free_name_is_one_where_nothing_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert free_name(path) == path
    path.touch()
    (tmp_path / "a-2.txt").symlink_to("nowhere")
    assert free_name(path) == tmp_path / "a-3.txt"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.json")
    with pytest.raises(SaveError, match="it is no file"):
        read_whole(tmp_path / "a.json")
