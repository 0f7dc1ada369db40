"""What was told before: known again, whatever became of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waymeet.saves import seen
from waymeet.saves.seen import Seen

if TYPE_CHECKING:
    from pathlib import Path


@given(st.lists(st.text(st.characters(exclude_categories=[]))), st.text())
def test_what_was_noted_is_known(told: list[str], other: str) -> None:
    known = Seen(None)
    known.note(told)
    assert known.has(told)
    assert known.has([other]) == (other in told)


def test_it_is_known_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    for text in ("one", "two", "one"):
        Seen(path).note([text])
    assert Seen(path).has(["one", "two"])
    assert not Seen(path).has(["one", "three"])
    assert len(path.read_bytes().splitlines()) == 3


def test_a_torn_line_costs_that_line(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    Seen(path).note(["one", "two"])
    path.write_bytes(path.read_bytes()[:-5])
    Seen(path).note(["three"])
    again = Seen(path)
    assert again.has(["one", "three"])
    assert not again.has(["two"])


@pytest.mark.parametrize("raw", [b"waymeet seen 2\n", b"something else"])
def test_a_file_that_is_none_of_these_is_left_alone(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "seen"
    path.write_bytes(raw)
    known = Seen(path)
    known.note(["one"])
    assert known.has(["one"])
    assert path.read_bytes() == raw


def test_who_may_not_write_knows_it_for_now(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    known = Seen(path, writable=False)
    known.note(["one"])
    assert known.has(["one"])
    assert not path.exists()


def test_the_file_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "MAX_SIZE", 50)
    path = tmp_path / "seen"
    for number in range(20):
        Seen(path).note([str(number)])
    assert path.stat().st_size <= 70
