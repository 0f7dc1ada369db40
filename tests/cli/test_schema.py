"""What `waymeet schema` prints and writes, and its exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cli.stories import FERRY, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Ran

    Run = Callable[..., Ran]


def test_the_schema_is_printed_the_same_each_time(run: Run) -> None:
    ran = run("schema")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert run("schema") == ran


def test_it_is_written_to_a_file(here: Path, run: Run) -> None:
    assert run("schema", "--output", "story.schema.json") == (0, "", "")
    assert (here / "story.schema.json").read_text(encoding="utf-8") == run("schema").out


def test_a_file_that_cannot_be_written_is_told(here: Path, run: Run) -> None:
    ran = run("schema", "--output", here)
    assert ran.code == 2
    assert ran.err.startswith("waymeet: cannot write ")


def test_the_names_of_a_story_are_added(here: Path, run: Run) -> None:
    write(here / "ferry", story=FERRY)
    ran = run("schema", "--story", "ferry")
    assert (ran.code, ran.err) == (0, "")
    names = json.loads(ran.out)["definitions"]
    assert names["ending"]["enum"] == ["across", "asleep"]
    assert names["ending"]["enumDescriptions"] == ["Across", "Asleep"]
    assert names["node"]["enum"] == ["landing", "bank.landing", "hut", "bank.hut"]
    assert names["protagonist"]["enum"] == ["mara", "tom"]
    assert names["remembered"]["enum"] == ["toll"]
    assert names["flag"]["enum"] == ["armed", "coins", "mood", "clues", "called", "toll", "waits"]
    assert names["question"]["enum"] == ["coins", "called", "waits"]
    assert {"take_knife", "sit", "sleep"} <= set(names["choice"]["enum"])


def test_the_story_is_that_of_the_current_folder_unless_it_is_named(here: Path, run: Run) -> None:
    write(here, story=FERRY)
    assert run("schema", "--story", "--output", "a.json") == (0, "", "")
    assert run("schema", "--story", ".", "--output", "b.json") == (0, "", "")
    assert (here / "a.json").read_text() == (here / "b.json").read_text() != run("schema").out


def test_of_a_story_with_errors_the_names_that_can_be_read_are_offered(here: Path, run: Run) -> None:
    write(here, story=FERRY, torn="scene: [\n", shop="scene: shop\nnodes: {till: {choices: {pay: {goto: till}}}}\n")
    ran = run("schema", "--story")
    assert ran.code == 0
    assert ran.err == (
        "waymeet: not all of the story can be read (waymeet check says why), so no name will be called unknown\n"
    )
    node = json.loads(ran.out)["definitions"]["node"]
    assert "enum" not in node
    assert {"shop.till", "bank.hut"} <= {snippet["label"] for snippet in node["defaultSnippets"]}


def test_a_story_that_is_not_there_is_66(run: Run) -> None:
    assert run("schema", "--story", "nowhere") == (66, "", "waymeet: there is no story at nowhere\n")
