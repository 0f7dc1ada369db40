"""Every story that the tests know, with the plays that go through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.pages import TESTS, all_examples
from kit.plays import Script, script, value_of
from kit.trees import to_data
from waymeet.authoring.loading import load_files
from waymeet.authoring.models import WrittenTurn, WrittenWalkthrough
from waymeet.project import read_files
from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from pathlib import Path

    from waymeet.authoring.source import Scalar
    from waymeet.runtime import Story

#: A play that nobody wrote goes on for so many turns at most.
LONGEST = 25


@dataclass(frozen=True, slots=True)
class Known:
    """A story and the plays that were written for it."""

    name: str
    files: dict[str, bytes]
    plays: tuple[Script, ...]


def corpus() -> list[Known]:
    """The stories of the construct pages, those in `examples`, and the bundled one."""
    pages = all_examples("constructs")
    found = [
        Known(page.name, page.files, tuple(script(block.text) for block in page.only("play")))
        for page in pages
        if page.only("play")
    ]
    for path in _on_disk():
        files = read_files(path)
        found.append(Known(path.relative_to(TESTS.parent).as_posix(), files, _walkthroughs(files)))
    return found


def _on_disk() -> list[Path]:
    root = TESTS.parent
    listed = sorted([*(root / "examples").glob("*"), *(root / "examples/ports").glob("*")])
    stories = [path for path in listed if path.suffix == ".yaml" or any(path.glob("*.yaml"))]
    return [*stories, root / "scenes"]


def _walkthroughs(files: dict[str, bytes]) -> tuple[Script, ...]:
    return tuple(_recorded(recorded) for _, recorded in load_files(files).walkthroughs)


def _recorded(recorded: WrittenWalkthrough) -> Script:
    memory = {name: value_of(to_data(node)) for name, node in recorded.memory.items()}
    outcomes = tuple(outcome.value for outcome in recorded.outcomes)
    lines = tuple(_line(turn) for turn in recorded.play)
    return Script((f"as {recorded.protagonist.value}",), recorded.protagonist.value, 0, memory, outcomes, lines)


def _line(turn: Scalar | WrittenTurn) -> str:
    if not isinstance(turn, WrittenTurn):
        return f"> {turn.value}"
    if turn.answer is not None:
        return f"= {turn.answer.value}"
    assert turn.choose is not None
    return f"> {turn.choose.value}"


def roaming(story: Story) -> list[Script]:
    """Plays that nobody wrote: as each protagonist, always the first choice, the last one, and one after the other."""
    names = [protagonist.id for protagonist in story.protagonists]
    return [_roam(story, name, stride) for name in names for stride in (0, -1, 1)]


def _roam(story: Story, protagonist: str, stride: int) -> Script:
    taken: list[str] = []
    try:
        moment = story.begin(protagonist, seed=stride + 5)
        while len(taken) < LONGEST:
            open_now = [offer.id for offer in moment.choices if offer.locked is None]
            if not open_now:
                break
            taken.append(open_now[-1 if stride < 0 else len(taken) * stride % len(open_now)])
            moment = moment.choose(taken[-1])
    except EndlessLoopError:
        pass  # the play ends where the story goes round in a circle, and its transcript says so
    return Script((f"as {protagonist}",), protagonist, stride + 5, {}, (), tuple(f"> {choice}" for choice in taken))
