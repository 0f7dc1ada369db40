"""Random readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from waymeet.console import auto
from waymeet.runtime import Story
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.conftest import Heard

    Read = Callable[..., Heard]


def _without(story: Story, *choices: str) -> Story:
    """The story without some choices."""
    steps = []
    for step in story.data.steps:
        way_out = step.exit
        if isinstance(way_out, Choices):
            way_out = Choices(tuple(c for c in way_out.choices if c.id not in choices), way_out.fallback)
        steps.append(step._replace(exit=way_out))
    return Story(story.data._replace(steps=tuple(steps)))


@pytest.fixture
def sound(story: Story) -> Story:
    return _without(story, "pit", "ring")


def test_readings_are_told_to_their_endings(read: Read, sound: Story) -> None:
    heard = read(story=sound, auto=20, seed=3)
    assert heard.code == 0
    assert heard.text.count("Ending: ") == 20
    assert "Reading 20 of 20: " in heard.text
    assert {"Ending: Home", "Ending: Lost", "Ending: A Light"} <= set(heard.text.splitlines())


def test_the_same_seed_reads_the_same(read: Read, sound: Story) -> None:
    assert read(story=sound, auto=5, seed=1) == read(story=sound, auto=5, seed=1)
    assert read(story=sound, auto=5, seed=1) != read(story=sound, auto=5, seed=2)


def test_choices_are_shown_as_they_are_taken(read: Read, sound: Story) -> None:
    assert "> Look again.\n\nThere.\n" in read(story=sound, auto=1, protagonist="bo").text


def test_memory_goes_from_one_reading_to_the_next(read: Read, sound: Story) -> None:
    text = read(story=sound, auto=20, seed=3).text
    assert "A light came by." in text
    assert "No light came by." in text


def test_nothing_is_kept_and_nothing_kept_is_used(read: Read, sound: Story, home: Path) -> None:
    read(story=sound, auto=3, seed=3)
    assert not home.exists()


@pytest.mark.parametrize(
    ("gone", "said"), [("ring", "Dead end at wood.hole."), ("pit", "the story goes round in a circle")]
)
def test_a_reading_that_gets_stuck_is_told_and_ends_in_1(read: Read, story: Story, gone: str, said: str) -> None:
    heard = read(story=_without(story, gone, "walk"), protagonist="ada", auto=2, seed=1)
    assert heard.text.count(said) == 2
    assert heard.code == 1


def test_a_reading_without_end_is_given_up_and_that_is_said(
    read: Read, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto, "MAX_TURNS", 10)
    heard = read(story=_without(story, "pit", "ring", "walk"), protagonist="ada", auto=1)
    assert "Stopped after 10 choices without an ending" in heard.text
    assert heard.code == 1


def test_readings_are_written_to_a_transcript(read: Read, sound: Story, tmp_path: Path) -> None:
    path = tmp_path / "read.txt"
    heard = read(story=sound, auto=3, seed=3, transcript=path)
    assert (heard.code, f"What you have read was written to a file:\n{path}" in heard.text) == (0, True)
    assert path.read_text().count("'s path\n\n") == 3
    assert "> Look again.\n\nThere." in path.read_text()


def test_a_transcript_that_cannot_be_written_is_told(read: Read, sound: Story, tmp_path: Path) -> None:
    heard = read(story=sound, auto=1, seed=3, transcript=tmp_path / "none" / "read.txt")
    assert "could not be written to a file: No such file or" in heard.text
    assert heard.code == 74


@pytest.mark.parametrize("how", ["option", "environment"])
def test_readings_can_be_spoken(read: Read, sound: Story, how: str) -> None:
    asked = {"screen_reader": True} if how == "option" else {"environ": {"WAYMEET_SCREEN_READER": "1"}}
    heard = read(story=sound, auto=1, protagonist="ada", seed=1, **asked)
    assert heard.text.startswith("Screen-reader mode, turned on by ")
    assert "Chapter: The Wood." in heard.text
    assert "The wood is very dark." in heard.text
