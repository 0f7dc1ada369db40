"""Seeing a moment as somebody else, and what is told of endings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import waymeet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.conftest import Heard
    from waymeet.runtime import Story

    Read = Callable[..., Heard]

ROPE = """
story: rope
title: The Rope
protagonists:
  berta: {name: Berta, start: camp}
  nils: {name: Nils, start: hut}
memory: {rope: [untold, held, cut]}
events:
  minutes: {title: The forty minutes, views: {berta: above, nils: below}, settles: [rope]}
endings:
  both: {title: Both Ends, for: [berta, nils], hint: Hold.}
  alone: {title: Alone, for: [berta, nils], hint: "Do not."}
  home: {title: Home, for: [nils]}
scene: face
nodes:
  camp:
    text: Morning.
    choices: {climb: {label: Climb., goto: above}}
  above:
    text: The rope goes over the edge.
    choices:
      hold: {label: Hold., when: rope != cut, do: rope = held, ending: both}
      cut: {label: Cut., when: rope != held, do: rope = cut, ending: alone}
  hut:
    text: Snow.
    choices:
      stay: {label: Stay., ending: home}
      go: {label: Go., goto: below}
  below:
    text: |
      {rope? untold: The rope moves. | held: The rope holds. | cut: The rope falls.}
    choices:
      on: {label: Climb on., when: rope != cut, do: rope = held, ending: both}
      off: {label: Fall., when: rope != held, do: rope = cut, ending: alone}
"""


@pytest.fixture
def rope(tmp_path: Path) -> Story:
    file = tmp_path / "rope.yaml"
    file.write_text(ROPE)
    return waymeet.load(file)


def test_the_page_of_an_event_can_be_seen_as_the_other(read: Read, rope: Story) -> None:
    heard = read("1", "3", "1", "q", story=rope, protagonist="berta")
    first, _, then = heard.text.partition("1. Hold.\n2. Cut.\n3. See this moment as Nils\n")
    assert "See this moment" not in first
    assert "The forty minutes, as Nils has it\n\nThe rope moves.\n\n1. Go back to Berta\n" in then
    assert "> Go." not in then
    back = then.partition("You are back with Berta. Nothing of what you saw is kept.\n\n")[2]
    assert back.startswith("> Climb.\n\nThe rope goes over the edge.\n\n1. Hold.")


def test_nothing_of_it_is_kept(read: Read, rope: Story, home: Path) -> None:
    read("1", "3", "1", "q", story=rope, protagonist="berta")
    assert not list(home.rglob("autosave-nils*"))
    assert not list(home.rglob("memory.json"))
    assert "1. Hold." in read("1", "q", story=rope).text


@pytest.mark.parametrize(("choice", "told"), [("1", "The rope holds."), ("2", "The rope falls.")])
def test_after_an_ending_it_is_as_that_has_settled_it(read: Read, rope: Story, choice: str, told: str) -> None:
    heard = read("1", choice, "3", "1", "q", story=rope, protagonist="berta")
    assert "2. Read Berta's path again\n3. See as Nils: The forty minutes\n" in heard.text
    assert f"The forty minutes, as Nils has it\n\n{told}\n" in heard.text
    assert heard.text.count("Ending: ") == 1


def test_what_this_reading_never_came_to_is_not_offered(read: Read, rope: Story) -> None:
    assert "See as" not in read("1", "q", story=rope, protagonist="nils").text


def test_a_page_after_the_event_does_not_offer_it_again(read: Read, rope: Story) -> None:
    heard = read("2", "3", "quit", "undo", "q", story=rope, protagonist="nils")
    assert heard.text.count("See this moment as Berta") == 2
    assert "Snow.\n\n1. Stay.\n2. Go.\n\n" in heard.text.partition("You took back: Go.")[2]


def test_where_no_way_leads_to_the_other_view_that_is_said(read: Read, rope: Story) -> None:
    away = next(index for index, step in enumerate(rope.data.steps) if step.id == "face.hut.stay")
    lost = rope.data.protagonists[1]._replace(start=away)
    story = waymeet.Story(rope.data._replace(protagonists=(rope.data.protagonists[0], lost)))
    heard = read("1", "3", "q", story=story, protagonist="berta")
    assert "No way was found on which Nils comes to it after what you have settled." in heard.text.replace("\n", " ")


# -- endings ------------------------------------


def test_the_gallery_hints_only_on_paths_that_were_read(read: Read, rope: Story) -> None:
    heard = read("endings", "1", "1", "endings", "q", story=rope, protagonist="berta")
    before, _, after = heard.text.rpartition("Endings found:")
    assert "Not yet found on" not in before
    assert "Berta  1 of 2\n       Both Ends\nNils   0 of 3\n\nNot yet found on Berta's path:\n- Do not.\n" in after
    assert "Alone" not in heard.text


def test_the_only_path_of_a_story_tells_the_endings_found(read: Read, rope: Story) -> None:
    only = waymeet.Story(rope.data._replace(protagonists=rope.data.protagonists[:1], events=()))
    assert "endings found" not in read("q", story=only).text
    read("1", "1", "q", story=only, protagonist="berta")
    assert "1 of 2 endings found." in read("q", story=only).text
