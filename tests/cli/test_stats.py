"""`waymeet stats`: figures that are known by how a story is made, and what is said where they are not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import families
from cli.stories import FERRY, HOUSE, endless, story, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Ran

    Run = Callable[..., Ran]

TWO = "endings: {home: {title: Home}, lost: {title: Lost}}\nscene: road\nnodes:\n"
ROLL = """\
  gate:
    text: one two three
    choices:
      dice:
        label: four five
        chance:
          - {to: house, weight: 2}
          - {to: bog, weight: 1}
      stay: {label: six, text: seven eight nine, goto: house}
  bog: {text: ten, ending: lost}
"""
ROUND = """\
  gate:
    choices:
      again: {label: Again., goto: gate}
      home: {label: Home., goto: house}
      bog: {label: Bog., goto: bog}
  bog:
    choices:
      wade: {label: Wade., goto: bog}
"""


def two(nodes: str) -> str:
    """A story with two endings, home and lost."""
    return story("").partition("endings:")[0] + TWO + nodes + HOUSE


def figures(here: Path, run: Run, text: str, *options: str) -> dict[str, Any]:
    write(here / "s", story=text)
    ran = run("stats", "s", "--format", "json", "--readings", "50", *options)
    assert ran.err == ""
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_chances_counts_and_words_of_a_story_with_a_throw(here: Path, run: Run) -> None:
    found = figures(here, run, two(ROLL))
    [path] = found["paths"]
    assert (found["format"], found["stopped"], path["as"], path["sampled"]) == (1, None, "mara", False)
    assert path["playthroughs"] == {"number": 3, "some": None, "moves": None}
    assert [(e["ending"], e["exact"]) for e in path["endings"]] == [("home", "5/6"), ("lost", "1/6")]
    lengths = path["lengths"]
    # three at the gate; then the label, what is told, and two at home or one in the bog
    assert lengths["fewest_choices"] == {"choices": 1, "words": 3 + 2 + 1}
    assert lengths["fewest_words"] == {"choices": 1, "words": 3 + 2 + 1}
    assert (lengths["median"]["choices"], lengths["most_choices"], lengths["exact"]) == (1, 1, True)
    assert path["seen"] == found["summary"]["words"] == 12
    [decision] = path["decisions"]
    assert decision["step"] == "road.gate"
    assert {choice["choice"]: choice["toward"] for choice in decision["choices"]} == {"dice": "lost", "stay": "home"}
    assert decision["weight"] == pytest.approx(1 / 3)


def test_a_reader_who_can_come_round_and_be_lost(here: Path, run: Run) -> None:
    [path] = figures(here, run, story(ROUND))["paths"]
    assert path["playthroughs"]["number"] is None
    # again, so often, and then home: one for each length
    assert path["playthroughs"]["some"] == path["playthroughs"]["moves"]
    assert [(e["chance"], e["exact"]) for e in path["endings"]] == [(0.5, None)]
    assert path["endless"] == pytest.approx(0.5)
    assert path["lengths"]["most_choices"] is None


def test_the_ways_through_a_hub_are_counted_by_how_it_is_made(here: Path, run: Run) -> None:
    """Twelve topics, six of which each want another one first, in any order: 12! / 2^6."""
    write(here / "s", story=families.hub(12)["story.yaml"].decode())
    ran = run("stats", "s", "--readings", "5")
    assert "  playthroughs  7,484,400\n  choices       shortest 13, median 13, longest 13\n" in ran.out


def test_readings_too_long_to_be_followed_have_no_median(here: Path, run: Run) -> None:
    write(here / "s", **{Path(name).stem: text.decode() for name, text in families.maze(80).items()})
    ran = run("stats", "s", "--readings", "3")
    assert ran.code == 0
    assert "endless, as a reader can come round; " in ran.out
    assert "; 0 of at most" not in ran.out
    assert "(no ending over 3 random readings)" in ran.out


def test_an_ending_that_takes_another_reading_first(here: Path, run: Run) -> None:
    write(here / "s", story=FERRY)
    ran = run("stats", "s", "--readings", "20")
    assert ran.code == 0
    assert "Mara (mara), first reading\n" in ran.out
    assert "  words         shortest " in ran.out


def test_a_story_that_cannot_be_gone_through_is_sampled_and_says_so(here: Path, run: Run) -> None:
    write(here / "s", story=endless())
    ran = run("stats", "s", "--budget", "0.3s", "--readings", "2")
    assert ran.code == 3
    assert "not every state could be visited: the budget of 0.3 s was used up" in ran.out
    assert "first reading, by random readings alone" in ran.out
    assert "100 %  home" in ran.out
    assert "not known: playthroughs, exact chances" in ran.out


def test_figures_can_be_written_to_a_file_and_are_the_same_each_time(here: Path, run: Run) -> None:
    write(here / "s", story=two(ROLL))
    for name in ("one", "two"):
        assert run("stats", "s", "--readings", "20", "--output", name).out == ""
    assert (here / "one").read_bytes() == (here / "two").read_bytes()


def test_there_must_be_a_story_that_can_be_built(here: Path, run: Run) -> None:
    assert run("stats", "nowhere").code == 66
    write(here / "s", story=two(ROLL).replace("to: bog", "to: fog"))
    ran = run("stats", "s")
    assert (ran.code, ran.out) == (1, "")
    assert "missing-target" in ran.err
