"""Fixture pages: Markdown files whose YAML blocks are stories, each followed by blocks that say what to expect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = Path(__file__).resolve().parents[1]

_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<kind>\w*)\s*")
_FILE = re.compile(r"# file: (?P<name>\S+)")


@dataclass(frozen=True, slots=True)
class Fenced:
    """A fenced block of a page: its kind (`yaml`, `text`, `play`), what it holds, and its fences' lines, from 0."""

    kind: str
    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Example:
    """A story of a page, and the blocks of expectations behind it; `number` counts the stories of a page from 1."""

    page: Path
    number: int
    yaml: Fenced
    expected: tuple[Fenced, ...]

    @property
    def name(self) -> str:
        """What the example is called in the list of tests."""
        return f"{self.page.stem}-{self.number}"

    @property
    def files(self) -> dict[str, bytes]:
        """The files of the story."""
        return story_files(self.yaml.text)

    def only(self, kind: str) -> list[Fenced]:
        """The expectations of one kind."""
        return [block for block in self.expected if block.kind == kind]


def story_files(text: str) -> dict[str, bytes]:
    """The files that a YAML block holds: one, `story.yaml`, or several, each after a line `# file: name.yaml`."""
    files: dict[str, list[str]] = {}
    name = "story.yaml"
    for line in text.splitlines(keepends=True):
        if found := _FILE.fullmatch(line.rstrip("\n")):
            name = found["name"]
            files[name] = []
        else:
            files.setdefault(name, []).append(line)
    return {name: "".join(lines).encode() for name, lines in files.items()}


def fenced_blocks(text: str) -> list[Fenced]:
    """The fenced blocks of a page, in order."""
    blocks = []
    opened: tuple[int, str, str] | None = None
    lines = text.splitlines(keepends=True)
    for index, line in enumerate(lines):
        found = _FENCE.fullmatch(line)
        if opened is None and found:
            opened = (index, found["ticks"], found["kind"])
        elif opened is not None and line.rstrip() == opened[1]:
            first, _, kind = opened
            blocks.append(Fenced(kind, "".join(lines[first + 1 : index]), first, index))
            opened = None
    assert opened is None, "a fenced block is never closed"
    return blocks


def examples(page: Path) -> list[Example]:
    """The stories of a page with their expectations, in order."""
    groups: list[tuple[Fenced, list[Fenced]]] = []
    for block in fenced_blocks(page.read_text("utf-8")):
        if block.kind == "yaml":
            groups.append((block, []))
        elif block.kind in ("text", "play"):
            assert groups, f"{page.name}: the block at line {block.first + 1} follows no story"
            groups[-1][1].append(block)
    return [Example(page, number, yaml, tuple(rest)) for number, (yaml, rest) in enumerate(groups, 1)]


def all_examples(folder: str) -> list[Example]:
    """The stories of every page in a folder below `tests`."""
    return [example for page in sorted((TESTS / folder).glob("*.md")) for example in examples(page)]


# -- rewriting what is expected ------------------------------------


def rewrite(example: Example, kind: str, renew: Callable[[Example, str], str]) -> bool:
    """Put into each block of one kind behind a story what `renew` makes of it; says whether the page changed.

    The page is read anew, so that several examples of it can be rewritten one after the other.
    """
    before = example.page.read_text("utf-8")
    fresh = examples(example.page)[example.number - 1]
    lines = before.splitlines(keepends=True)
    for block in reversed(fresh.only(kind)):
        lines[block.first + 1 : block.last] = [renew(fresh, block.text)]
    return _write(example.page, before, "".join(lines))


def place_text(example: Example, text: str) -> bool:
    """Make the `text` block behind a story hold `text`; it is added or taken away as needed. As for `rewrite`."""
    before = example.page.read_text("utf-8")
    fresh = examples(example.page)[example.number - 1]
    lines = before.splitlines(keepends=True)
    found = fresh.only("text")
    wanted = f"```text\n{text}```\n"
    if found and text:
        lines[found[0].first : found[0].last + 1] = [wanted]
    elif found:
        del lines[found[0].first - 1 : found[0].last + 1]
    elif text:
        lines.insert(fresh.yaml.last + 1, f"\n{wanted}")
    return _write(example.page, before, "".join(lines))


def _write(page: Path, before: str, after: str) -> bool:
    if after != before:
        page.write_text(after, "utf-8")
    return after != before
