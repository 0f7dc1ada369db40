"""The folder of one story: its lock, its memory, and where it is."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waymeet.runtime import Story
from waymeet.saves import memory
from waymeet.saves.files import MAX_SIZE
from waymeet.saves.memory import Legacy
from waymeet.saves.shelf import Shelf, home
from waymeet.sealed import seal
from waymeet.snapshots import SaveError

if TYPE_CHECKING:
    from pathlib import Path

VALUES = st.booleans() | st.integers() | st.text() | st.lists(st.text()).map(tuple)
LEGACIES = st.builds(
    Legacy,
    story=st.just("lantern"),
    memory=st.dictionaries(st.text(), VALUES),
    endings=st.dictionaries(st.text(), st.lists(st.text()).map(tuple)),
)


def test_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAYMEET_HOME", str(tmp_path))
    assert home() == tmp_path


def test_home_is_else_the_platforms_own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WAYMEET_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home().name == "waymeet"


@pytest.mark.parametrize("name", ["..", "a/b", "", "A", "a\n"])
def test_no_id_escapes_the_folder(story: Story, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no id"):
        Shelf(Story(story.data._replace(id=name)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_only_one_player_may_write(story: Story, tmp_path: Path) -> None:
    first, second = Shelf(story, tmp_path), Shelf(story, tmp_path)
    assert (first.writable, second.writable) == (True, False)
    first.close()
    third = Shelf(story, tmp_path)
    assert third.writable
    third.close()


def test_strays_are_swept_by_the_one_who_may_write(story: Story, tmp_path: Path) -> None:
    first = Shelf(story, tmp_path)
    stray = first.folder / "autosave-ada.json.tmp"
    stray.touch()
    Shelf(story, tmp_path)
    assert stray.exists()
    first.close()
    Shelf(story, tmp_path).close()
    assert not stray.exists()


def test_a_memory_too_large_to_be_ours_is_not_read(story: Story, tmp_path: Path) -> None:
    shelf = Shelf(story, tmp_path)
    shelf.close()
    with (shelf.folder / "memory.json").open("wb") as file:
        file.truncate(MAX_SIZE + 1)
    tracemalloc.start()
    again = Shelf(story, tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    again.close()
    assert again.unusable is not None
    assert again.unusable.reason == "it is larger than any that waymeet writes"
    assert most < MAX_SIZE / 8


def test_an_ending_is_remembered(story: Story, tmp_path: Path) -> None:
    shelf = Shelf(story, tmp_path)
    moments = story.replay(story.begin("ada").origin, ("walk", "lit"))
    shelf.leave(shelf.legacy.after(moments[-1]))
    shelf.leave(shelf.legacy.after(moments[-1]))
    shelf.close()
    again = Shelf(story, tmp_path)
    legacy = again.legacy
    again.close()
    assert legacy == Legacy("lantern", {"lamp": "lit"}, {"ada": ("home",)})
    assert legacy.brought(story) == (legacy, ())


def test_what_does_not_fit_is_told(story: Story) -> None:
    legacy = Legacy("lantern", {"lamp": "red", "gone": 1}, {"ada": ("home", "sea"), "bo": ("sea",), "cy": ("home",)})
    assert legacy.brought(story) == (
        Legacy("lantern", {}, {"ada": ("home",), "bo": ()}),
        (
            'What earlier readings left as "lamp" was red, which it can no longer be, and is untold now.',
            'The story no longer knows what earlier readings left as "gone", which was 1.',
            'The story no longer has the path "cy", on which you had found endings.',
            'The story no longer has the ending "sea", which you had found.',
        ),
    )


@given(LEGACIES)
def test_reading_a_memory_that_was_written_is_identity(legacy: Legacy) -> None:
    assert memory.from_bytes(memory.to_bytes(legacy), "lantern") == legacy


@pytest.mark.parametrize(
    "fields",
    [
        {"story": "other", "memory": {}, "endings": {}},
        {"story": "lantern", "memory": {"lamp": None}, "endings": {}},
        {"story": "lantern", "memory": {}, "endings": {"ada": "home"}},
        {"story": "lantern", "memory": {}},
        {"story": "lantern", "memory": {"lamp": ["lit", 1]}, "endings": {}},
        {"story": "lantern", "memory": {}, "endings": {"ada": [1]}},
    ],
)
def test_what_is_no_memory_of_this_story_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(SaveError):
        memory.from_bytes(seal("memory", fields), "lantern")
