"""The examples: each is clean, told to every end by its walkthroughs, and listed; and the Python one runs."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kit.pages import TESTS
from waymeet.authoring.loading import load_files
from waymeet.checking import check_files, compile_files
from waymeet.project import read_files
from waymeet.runtime import Story
from waymeet.walkthroughs import run_walkthroughs

if TYPE_CHECKING:
    from pathlib import Path

    from waymeet.runtime import Moment

EXAMPLES = TESTS.parent / "examples"
PORTS = EXAMPLES / "ports"
FOUND = sorted(
    path for path in (*EXAMPLES.glob("*"), *PORTS.glob("*")) if path.suffix == ".yaml" or (path / "story.yaml").exists()
)
#: The corpus walks each of them several times.
MOST_STATES = 2_000
#: A port is as large as what it is a port of.
MOST_STATES_OF_A_PORT = 10_000
LONGEST = 500
READINGS = 20

_TABLE = re.compile(r"(?<=\n\n)\| example .*?\n(?=\n)", re.DOTALL)


@pytest.fixture(params=FOUND, ids=[path.stem for path in FOUND])
def example(request: pytest.FixtureRequest) -> Path:
    """Each story among the examples."""
    assert isinstance(request.param, type(EXAMPLES))
    return request.param


def _story(example: Path) -> Story:
    return Story(compile_files(read_files(example), example.name))


def _reading(story: Story, protagonist: str, seed: int) -> Moment:
    """A reading by chance, to its end or until it has gone on for too long."""
    chooser = random.Random(seed)
    moment = story.begin(protagonist, seed=seed)
    while moment.ending is None and len(moment.path) < LONGEST:
        question = moment.question
        if question is None:
            moment = moment.choose(chooser.choice([offer.id for offer in moment.choices if offer.locked is None]))
        else:
            number = question.kind == "number"
            moment = moment.answer(chooser.randint(question.low, question.high) if number else "Wren")
    return moment


def test_there_are_at_least_twelve() -> None:
    assert len(FOUND) >= 12


def test_is_clean(example: Path) -> None:
    report = check_files(read_files(example), example.name)
    assert report.findings == ()
    assert report.undecided == ()
    assert report.summary.states is not None
    assert report.summary.states < (MOST_STATES_OF_A_PORT if example.parent == PORTS else MOST_STATES)


def test_is_named_like_its_story(example: Path) -> None:
    assert _story(example).id == example.stem


def test_its_walkthroughs_hold_and_reach_every_ending(example: Path) -> None:
    files = read_files(example)
    story = _story(example)
    assert [finding for outcome in run_walkthroughs(story, load_files(files)) for finding in outcome.findings] == []
    endings = {ending.id for ending in story.endings}
    if example.is_dir():
        expected = [recorded.expect for _, recorded in load_files(files).walkthroughs]
        reached = {each.ending.value for each in expected if each is not None and each.ending is not None}
    else:  # a single file has no room for walkthroughs
        reached = {_reading(story, story.protagonists[0].id, seed).ending or "" for seed in range(READINGS)}
    assert reached == endings


def test_its_random_readings_end(example: Path) -> None:
    story = _story(example)
    for protagonist in story.protagonists:
        for seed in range(READINGS):
            assert _reading(story, protagonist.id, seed).ending


def test_begins_with_what_it_shows_and_what_to_notice(example: Path) -> None:
    shows, notice = _comment(example)
    assert shows
    assert notice


def test_the_readme_lists_them_all(update: bool) -> None:
    page = EXAMPLES / "README.md"
    text = page.read_text(encoding="utf-8")
    names = [(path, path.relative_to(EXAMPLES).as_posix()) for path in FOUND]
    rows = [f"| [{name}]({name}) | {' | '.join(_comment(path))} |\n" for path, name in names]
    table = "".join(["| example | what it shows | notice |\n", "|---|---|---|\n", *rows])
    if update:
        page.write_text(_TABLE.sub(lambda _: table, text, count=1), encoding="utf-8")
    else:
        assert table in text


def _comment(example: Path) -> tuple[str, str]:
    """What the comment at the top of an example says: what it shows, and what to notice."""
    file = example if example.is_file() else example / "story.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    comment = lines[: next(number for number, line in enumerate(lines) if not line.startswith("#"))]
    shows, _, notice = " ".join(line.removeprefix("#").strip() for line in comment).partition(" Notice ")
    return shows.replace("|", "\\|"), (notice[:1].upper() + notice[1:]).replace("|", "\\|")


def _embedding(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The embedding script, run as its docstring says."""
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent / "engine"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, EXAMPLES / "embedding.py", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_the_embedding_script_plays_a_story() -> None:
    ran = _embedding(EXAMPLES / "boundary_stone", "trees", "mother", "undo", "law")
    assert ran.returncode == 0, ran.stderr
    assert "boundary_stone is clean" in ran.stdout
    assert "The old Gravensteiner." in ran.stdout
    assert "(the end: surveyor)" in ran.stdout
    assert ran.stdout.endswith("lead back to orchard.fence, by way of trees, law\n")


def test_the_embedding_script_answers_questions() -> None:
    ran = _embedding(EXAMPLES / "ships_book.yaml", "=Wren", "=30", "able")
    assert ran.returncode == 0, ran.stderr
    assert "Wren, of this parish, aged 30." in ran.stdout
    assert "(the end: able_seaman)" in ran.stdout


def test_the_embedding_script_says_what_is_wrong() -> None:
    assert "open: stone, trees, law" in _embedding(EXAMPLES / "boundary_stone", "moved").stderr
    assert "there is no story" in _embedding(EXAMPLES / "nowhere").stderr
    assert "usage" in _embedding().stderr
