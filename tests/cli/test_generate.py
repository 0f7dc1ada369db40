"""`waymeet test --generate` and `--coverage`: walkthroughs that are made, and nodes that none visits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.stories import FERRY, endless, story, write
from cli.test_walkthroughs import CIRCLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Ran

    Run = Callable[..., Ran]

#: Three nodes of which a reading visits two, and a fourth that only who has been at home can enter.
FORK = story(
    "  gate:\n    choices:\n"
    "      left: {label: Left., goto: left}\n"
    "      right: {label: Right., goto: right}\n"
    "      key: {label: Key., when: told, goto: cellar}\n"
    "  left: {text: L., do: told = true, goto: house}\n"
    "  right: {text: R., goto: house}\n"
    "  cellar: {text: C., goto: house}\n",
    more="memory: {told: false}\n",
)


def test_as_few_as_it_takes_are_written_and_hold(here: Path, run: Run) -> None:
    write(here / "s", story=FORK)
    ran = run("test", "s", "--generate")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("3 walkthroughs visit 5 of 5 nodes that can be reached; fewer cannot\n")
    made = sorted(path.name for path in Path("s/walkthroughs").iterdir())
    assert made == ["generated_home.yaml", "generated_home_2.yaml", "generated_home_3.yaml"]
    assert any("memory:\n  told: true\n" in Path("s/walkthroughs", name).read_text("utf-8") for name in made)
    assert run("test", "s", "--coverage").out.split("\n")[:2] == [
        "3 of 3 walkthroughs hold",
        "5 of 5 nodes that can be reached are visited",
    ]
    assert "walkthroughs" not in run("fmt", "--check", "s").out


def test_what_is_there_is_never_written_over(here: Path, run: Run) -> None:
    write(here / "s", story=FORK)
    run("test", "s", "--generate")
    mine = Path("s/walkthroughs/generated_home.yaml")
    assert "there already: s/walkthroughs/generated_home_2.yaml" in run("test", "s", "--generate").out
    assert len(list(mine.parent.iterdir())) == 3
    mine.write_text(mine.read_text("utf-8").replace("Generated", "Mine"), "utf-8")
    assert "wrote s/walkthroughs/generated_home_4.yaml" in run("test", "s", "--generate").out
    assert "Mine" in mine.read_text("utf-8")


def test_a_story_in_one_file_needs_a_folder_for_them(here: Path, run: Run) -> None:
    write(here, ferry=FERRY)
    assert run("test", "ferry.yaml", "--generate").code == 2
    assert run("test", "--generate").code == 2
    assert run("test", "ferry.yaml", "--generate", "--output", "made").code == 0
    assert list((here / "made").iterdir())


def test_nodes_that_no_walkthrough_visits_are_named(here: Path, run: Run) -> None:
    write(here / "s", story=FORK)
    write(here / "s/walkthroughs", one="walkthrough: One\nas: mara\nplay: [left]\n")
    ran = run("test", "s", "--coverage")
    assert ran.code == 0
    assert ran.out.split("\n")[1:-1] == [
        "no walkthrough visits road.right",
        "no walkthrough visits road.cellar",
        "3 of 5 nodes that can be reached are visited",
    ]


def test_what_ends_in_an_endless_loop_cannot_be_recorded(here: Path, run: Run) -> None:
    write(here / "s", story=CIRCLE)
    ran = run("test", "s", "--generate")
    assert "no walkthrough visits road.fog: no way to it can be recorded\n" in ran.out
    assert ran.out.endswith("1 walkthrough visits 2 of 4 nodes that can be reached; fewer cannot\n")


def test_where_not_every_state_is_known_what_is_known_is_visited(here: Path, run: Run) -> None:
    write(here / "s", story=endless())
    ran = run("test", "s", "--generate", "--budget", "3s")
    assert ran.code == 3
    assert "there may be more nodes that can be reached" in ran.err
    assert "visits 1 of 1 node that can be reached" in ran.out
