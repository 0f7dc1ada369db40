"""Autosaves: what is kept is found again, and what is damaged is named and kept."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waymeet.saves.autosave import Autosave, Place, from_bytes, to_bytes
from waymeet.sealed import seal
from waymeet.snapshots import SaveError

if TYPE_CHECKING:
    from waymeet.runtime import Story

TEXT = st.text(st.characters(exclude_categories=[]))
PLACES = st.builds(
    Place,
    story=TEXT,
    fingerprint=TEXT,
    protagonist=TEXT,
    saved=st.integers(-(2**40), 2**40),
    finished=st.booleans(),
    moment=st.text().map(str.encode),
    transcript=st.lists(TEXT).map(tuple),
)


def _place(story: Story, *path: str) -> Place:
    moments = story.replay(story.begin("ada").origin, path)
    return Place.of(moments[-1], tuple(moment.plain() for moment in moments), 7)


@given(PLACES)
def test_reading_what_was_written_is_identity(place: Place) -> None:
    assert from_bytes(to_bytes(place)) == place


@given(st.binary() | st.recursive(st.none() | st.integers(), st.lists).map(lambda data: json.dumps(data).encode()))
def test_what_is_no_save_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(SaveError):
        from_bytes(data)


@given(data=st.data())
def test_a_damaged_save_is_named_or_means_what_it_meant(story: Story, data: st.DataObject) -> None:
    whole = to_bytes(_place(story, "trim", "trim"))
    where = data.draw(st.integers(0, len(whole) - 1))
    torn = data.draw(
        st.sampled_from([whole[:where], whole[:where] + bytes([whole[where] ^ 1 << where % 8]) + whole[where + 1 :]])
    )
    with TemporaryDirectory() as folder:
        autosave = Autosave(Path(folder), "ada")
        autosave.previous.write_bytes(to_bytes(_place(story, "trim")))
        autosave.path.write_bytes(torn)
        found = autosave.find(story)
        assert found is not None
        if not autosave.unusable:
            assert from_bytes(torn) == from_bytes(whole)
            return
        assert found.moment.path == ("trim",)
        autosave.write(_place(story, "walk"))
        assert autosave.unusable == []
        assert Path(folder, "autosave-ada.damaged.json").read_bytes() == torn


def test_a_save_deeper_than_python_can_read_is_damaged(story: Story, tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, "ada")
    autosave.path.write_bytes(b"[" * 1_000_000)
    assert autosave.find(story) is None
    assert autosave.unusable[0].reason == "it is damaged: it is not JSON"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"story": "other"}, 'it belongs to another story, "other"'),
        ({"protagonist": "bo"}, 'it belongs to another path, "bo"'),
        ({"saved": "today"}, 'it is damaged: "saved" is missing or wrong'),
        ({"saved": -(10**400)}, 'it is damaged: "saved" is no time'),
        ({"saved": 10**400}, 'it is damaged: "saved" is no time'),
        ({"transcript": ["", 1]}, "it is damaged: its transcript is no text"),
        ({"moment": "{}"}, "this save is damaged, or was not written by waymeet"),
    ],
)
def test_a_save_that_is_not_of_this_path_is_named(
    story: Story, tmp_path: Path, changed: dict[str, object], reason: str
) -> None:
    fields = {**_place(story)._asdict(), "moment": _place(story).moment.decode(), **changed}
    autosave = Autosave(tmp_path, "ada")
    autosave.path.write_bytes(seal("autosave", fields))
    assert autosave.find(story) is None
    assert [(unusable.path, unusable.reason) for unusable in autosave.unusable] == [(autosave.path, reason)]


def test_a_place_is_found_when_a_crash_came_between_the_two_renames(story: Story, tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, "ada")
    autosave.previous.write_bytes(to_bytes(_place(story, "trim")))
    found = autosave.find(story)
    assert found is not None
    assert found.moment.path == ("trim",)
    assert autosave.unusable == []


def test_what_cannot_be_read_is_named(story: Story, tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, "ada")
    autosave.path.mkdir()
    assert autosave.find(story) is None
    assert "it is no file" in autosave.unusable[0].reason


def test_what_is_to_be_moved_aside_may_be_gone(story: Story, tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, "ada")
    autosave.path.write_bytes(b"{")
    assert autosave.find(story) is None
    autosave.path.unlink()
    autosave.write(_place(story))
    assert autosave.find(story) is not None


def test_what_was_put_aside_meanwhile_is_not_written_over(story: Story, tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, "ada")
    autosave.path.write_bytes(b"{")
    autosave.find(story)
    aside = autosave.unusable[0].aside
    aside.write_bytes(b"theirs")
    autosave.write(_place(story))
    assert aside.read_bytes() == b"theirs"
    assert (tmp_path / "autosave-ada.damaged-2.json").read_bytes() == b"{"


def test_a_folder_that_was_removed_is_made_again(story: Story, tmp_path: Path) -> None:
    autosave = Autosave(tmp_path / "gone", "ada")
    autosave.write(_place(story))
    assert autosave.find(story) is not None
