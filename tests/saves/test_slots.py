"""Named saves: which names there can be, which files they are, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waymeet.saves.autosave import Place
from waymeet.saves.slots import MAX_NAME, SlotNameError, Slots, slot_name

if TYPE_CHECKING:
    from waymeet.runtime import Story

SCRIPTS = [
    "harbour",
    "The Quay 2",
    "Hafenküche",
    "гавань",
    "港",
    "مرفأ",
    "बंदरगाह",
    "O'Hara’s",
    "a_b-c",
    "𠮷" * MAX_NAME,
]


def _place(story: Story, *path: str) -> Place:
    moments = story.replay(story.begin("ada").origin, path)
    return Place.of(moments[-1], (), len(path))


@pytest.mark.parametrize("name", SCRIPTS)
def test_letters_of_any_script_are_a_name(story: Story, tmp_path: Path, name: str) -> None:
    Slots(tmp_path).of(slot_name(name)).write(_place(story))
    assert [slot.name for slot in Slots(tmp_path).there()] == [name]
    assert all(path.name.isascii() and len(path.name) < 255 for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "char"),
    [
        ("a/b", "/"),
        ("..", "."),
        ("a\\b", "\\"),
        ("a\0", "\0"),
        ("slot.1", "."),
        ("\u202eab", "\u202e"),
        ("a\x1b[2J", "\x1b"),
        ("", ""),
        ("  ", ""),
        ("-rf", ""),
        ("a" * (MAX_NAME + 1), ""),
    ],
)
def test_what_is_no_name_is_refused(text: str, char: str) -> None:
    with pytest.raises(SlotNameError) as error:
        slot_name(text)
    assert error.value.char == char


def test_spaces_and_composed_letters_are_written_one_way() -> None:
    assert slot_name("  the   quay ") == "the quay"
    assert slot_name("u\u0308") == "ü"


@given(st.text(max_size=60))
def test_no_name_leaves_the_folder(story: Story, text: str) -> None:
    with TemporaryDirectory() as outer:
        folder = Path(outer, "inner")
        folder.mkdir()
        try:
            Slots(folder).of(slot_name(text)).write(_place(story))
        except SlotNameError:
            pass
        else:
            assert [slot.name for slot in Slots(folder).there()] == [slot_name(text)]
        assert list(Path(outer).iterdir()) == [folder]


def test_small_and_capital_letters_are_the_same_name(story: Story, tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    slots.of("Ärger").write(_place(story))
    found = slots.named("äRGER")
    assert found is not None
    assert found.name == "Ärger"
    assert slots.named("arger") is None


def test_the_one_before_is_found_where_the_newer_is_damaged(story: Story, tmp_path: Path) -> None:
    slot = Slots(tmp_path).of("harbour")
    slot.write(_place(story, "trim"))
    slot.write(_place(story, "trim", "trim"))
    slot.path.write_bytes(b"{")
    found = slot.find(story)
    assert found is not None
    assert found.moment.path == ("trim",)
    slot.write(_place(story))
    assert (tmp_path / "slot-harbour.damaged.json").read_bytes() == b"{"


def test_a_crash_between_the_two_renames_loses_no_name(story: Story, tmp_path: Path) -> None:
    slot = Slots(tmp_path).of("harbour")
    slot.write(_place(story))
    slot.path.rename(slot.previous)
    assert [slot.name for slot in Slots(tmp_path).there()] == ["harbour"]


@pytest.mark.parametrize(
    "name",
    [
        "slot-a.damaged.json",
        "slot-a.before-12345678.json",
        "slot-ü.json",
        "slot+a.json",
        "slot+-\n.json",
        "slot--.json",
    ],
)
def test_other_files_are_no_saves(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert Slots(tmp_path).there() == []


@pytest.mark.parametrize("typed", ["Été au bord", "e\u0301te\u0301  au bord ", "ÉTÉ AU BORD"])
def test_a_name_is_found_however_it_is_typed(story: Story, tmp_path: Path, typed: str) -> None:
    slots = Slots(tmp_path)
    slots.of("Été au bord").write(_place(story))
    found = slots.named(typed)
    assert found is not None
    assert found.name == "Été au bord"


def test_no_folder_has_no_saves(tmp_path: Path) -> None:
    assert Slots(tmp_path / "gone").there() == []
