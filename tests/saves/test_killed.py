"""Readers who are killed lose nothing that was kept; and if they did, it would be seen."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from benchmarks.kills import tried
from waymeet.checking import compile_files
from waymeet.runtime import Story
from waymeet.saves import autosave

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="readers are forked, which this platform cannot do")

ROUND = b"""
story: round
protagonists: {anna: {start: hall.fire}, ben: {start: hall.fire}}
memory: {met: {min: 0, max: 9}}
endings: {out: {}}
scene: hall
nodes:
  fire:
    text: A hall.
    choices:
      stay: {label: Stay., goto: fire}
      wait: {label: Wait., goto: fire}
      go: {label: Go., do: met = 1 if met == 9 else met + 1, ending: out}
"""


@pytest.fixture(scope="module")
def story() -> Story:
    return Story(compile_files({"round.yaml": ROUND}, "round"))


def test_nothing_that_was_kept_is_lost_by_a_kill(story: Story) -> None:
    seen = tried(story, 60, seed=1)
    assert seen["killed"] == 60
    assert seen["kept"] > 60
    assert seen["lost or damaged"] == 0


def test_a_file_that_is_written_in_its_place_is_seen_to_break(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_slowly(path: Path, data: bytes, _previous: Path | None = None) -> None:
        with path.open("wb") as file:
            for half in (data[: len(data) // 2], data[len(data) // 2 :]):
                file.write(half)
                file.flush()
                time.sleep(0.002)

    monkeypatch.setattr(autosave, "write_atomically", write_slowly)
    assert tried(story, 20, seed=1)["lost or damaged"] > 0
