"""From files to models: what each file is, and its shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from waymeet.authoring.events import MAX_FINDINGS, unhurried
from waymeet.authoring.fields import Reading, Written
from waymeet.authoring.models import WrittenScene, WrittenStory, WrittenStoryAndScene, WrittenWalkthrough
from waymeet.authoring.source import Mapping, read_source
from waymeet.authoring.strays import settled
from waymeet.diagnostics import Diagnostic, Related, Severity, Span, did_you_mean
from waymeet.project import meant_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from waymeet.authoring.source import Node

W = TypeVar("W", bound=Written)
#: What a file must hold one of, for it to be part of a story.
FILE_KEYS = ("story", "scene", "walkthrough")
_OF_STORY = ("story", "protagonists")
_OF_SCENE = ("scene", "nodes")
NO_FILE = "a file starts with `story:`, `scene:` or `walkthrough:`"
#: What a file is by what it holds: the first of these of which it has one key out of each group.
FILES: tuple[tuple[tuple[tuple[str, ...], ...], type[Written]], ...] = (
    ((_OF_STORY, _OF_SCENE), WrittenStoryAndScene),
    ((_OF_STORY,), WrittenStory),
    ((("scene",),), WrittenScene),
    ((("endings",), ("nodes",)), WrittenStoryAndScene),
    ((("endings",),), WrittenStory),
    ((("walkthrough",),), WrittenWalkthrough),
)


@dataclass(slots=True)
class WrittenFiles:
    """The files of one story, read and shaped."""

    story: tuple[Reading, WrittenStory] | None = None
    scenes: list[tuple[Reading, WrittenScene | WrittenStoryAndScene]] = field(default_factory=list)
    walkthroughs: list[tuple[Reading, WrittenWalkthrough]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    #: Whether some file could not be read, so that what it holds is not known.
    lost: bool = False
    #: Called now and then while they are read and compiled; what it raises ends that.
    tick: Callable[[], None] = unhurried

    @property
    def findings(self) -> list[Diagnostic]:
        """Everything found wrong so far."""
        return [finding for reading in self.readings for finding in reading.findings]

    @property
    def sources(self) -> dict[str, str]:
        """The text of each file."""
        return {reading.source.file: reading.source.text for reading in self.readings}


def load_files(files: dict[str, bytes], loaded: WrittenFiles | None = None) -> WrittenFiles:
    """Read every file of a story; what is wrong is in `findings`.

    It goes into `loaded`, if that is given, which keeps what was read when its own `tick` ends the reading.
    """
    loaded = loaded or WrittenFiles()
    for name, data in files.items():
        if meant_name(name) is not None:
            continue
        source, findings = read_source(name, data, loaded.tick)
        reading = Reading(source, findings, tick=loaded.tick)
        loaded.readings.append(reading)
        shaped = source.root is not None and _sort(reading, source.root, loaded)
        loaded.lost = loaded.lost or not shaped
    if loaded.story is None and not loaded.findings:
        first = loaded.readings[0].source.file
        message = "no file here holds the story itself"
        help_line = "one file needs `story:`, `title:` and `protagonists:`"
        if misnamed := next(filter(meant_name, files), None):
            help_line = f"{misnamed} is no YAML file by its name: rename it to {meant_name(misnamed)}"
        span = Span(first, 1, 1, 1, 2)
        loaded.readings[0].findings.append(Diagnostic("missing-key", Severity.ERROR, message, span, help_line))
    return loaded


def _sort(reading: Reading, root: Node, loaded: WrittenFiles) -> bool:
    """Shape a file by what it holds; says whether that could be made out."""
    if not isinstance(root, Mapping):
        reading.report("wrong-value", "a file of a story holds keys with values", root, _help(()))
        return False
    keys = {key.value for key, _ in root.entries}
    model = next((model for groups, model in FILES if all(keys & set(group) for group in groups)), None)
    if model is not None and issubclass(model, WrittenStory):
        return _story(model, reading, root, loaded)
    if model is WrittenScene:
        scene = _shaped(WrittenScene, reading, root, "scene")
        loaded.scenes += [] if scene is None else [(reading, scene)]
        return scene is not None
    if model is WrittenWalkthrough:
        walkthrough = _validated(WrittenWalkthrough, reading, root)
        loaded.walkthroughs += [] if walkthrough is None else [(reading, walkthrough)]
        return True
    message = "this file is no part of a story: it holds no `story:`, `scene:` or `walkthrough:`"
    reading.report("missing-key", message, root, _help(keys))
    return False


def _story(model: type[WrittenStory], reading: Reading, root: Mapping, loaded: WrittenFiles) -> bool:
    story = _shaped(model, reading, root, "story")
    if loaded.story is not None:
        earlier, first = loaded.story
        related = Related(earlier.source.span(first.key("story")), "the story is here")
        message = f"a story has one story file, and {earlier.source.file} is one already"
        key = next((key for key, _ in root.entries if key.value == "story"), None)
        reading.report("duplicate-key", message, key or root, "keep one of them", (related,))
    elif story is not None:
        loaded.story = (reading, story)
        if isinstance(story, WrittenStoryAndScene):
            loaded.scenes.append((reading, story))
    return story is not None


def _shaped(model: type[W], reading: Reading, root: Mapping, shape: str) -> W | None:
    """A file as its model; where keys stand at the wrong depth, as it was meant, and all that is told is that."""
    before = len(reading.findings)
    written = _validated(model, reading, root)
    if len(reading.findings) == before:
        return written
    mended, strays, lost = settled(root, shape, reading.source.text)
    if not strays:
        return written
    del reading.findings[before:]
    reading.displaced = lost
    told = {finding.span for finding in reading.findings}
    for stray in strays:
        if reading.source.span(stray.key) not in told:
            reading.report("unknown-key", stray.message, stray.key, stray.help)
    return _validated(model, reading, mended)


def _validated(model: type[W], reading: Reading, root: Mapping) -> W | None:
    before = len(reading.findings)
    try:
        return model.model_validate(root, context=reading)
    except ValidationError:
        if len(reading.findings) == before < MAX_FINDINGS:
            raise
        return None


def _help(keys: Iterable[str]) -> str:
    guesses = (did_you_mean(key, FILE_KEYS) for key in sorted(keys))
    return next((guess for guess in guesses if guess), NO_FILE)
