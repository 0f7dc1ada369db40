"""A reading that an author begins where and as they like, to try a place out without reading all the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.replaying import WayError
from waymeet.console.words import word
from waymeet.runtime import EndlessLoopError
from waymeet.story import targets
from waymeet.supposing import SupposedError, read_flag, step_named

if TYPE_CHECKING:
    from waymeet.console.session import Session
    from waymeet.runtime import Moment
    from waymeet.story import StoryData
    from waymeet.values import Value


def begin_supposed(session: Session) -> Moment:
    """The first moment of a reading with `--at` and `--set`; raises `WayError`."""
    story, options = session.story, session.options
    start = None if options.at is None else _step(story.data, options.at)
    who = options.protagonist or _protagonist(story.data, start)
    if start is None:
        start = story.protagonist(who).start
    flags = dict(_flag(story.data, story.data.steps[start].scene, text) for text in options.flags)
    remembered = {register.name for register in story.data.registers if register.use == "memory"}
    memory = {name: value for name, value in flags.items() if name in remembered}
    session.keeper.suppose(memory)
    others = {name: value for name, value in flags.items() if name not in remembered}
    try:
        return story.begin(who, seed=options.seed or 0, memory=memory, at=options.at, flags=others)
    except EndlessLoopError as error:
        raise WayError(word("cannot_begin", name=story.protagonist(who).name, reason=error)) from error


def _step(data: StoryData, name: str) -> int:
    try:
        return step_named(data, name)
    except SupposedError as error:
        raise WayError(f"--at {name}: {error}") from error


def _flag(data: StoryData, scene: str, text: str) -> tuple[str, Value]:
    try:
        return read_flag(data, scene, text)
    except SupposedError as error:
        raise WayError(f"--set {text}: {error}") from error


def _protagonist(data: StoryData, start: int | None) -> str:
    """Whose path it must be: the only one, or the only one that leads to the step; raises `WayError`."""
    there = [path.id for path in data.protagonists if start is None or start in _within(data, path.start)]
    if len(there) == 1:
        return there[0]
    if len(data.protagonists) == 1:
        return data.protagonists[0].id
    raise WayError(word("way_no_path", names=", ".join(there or [path.id for path in data.protagonists])))


def _within(data: StoryData, start: int) -> set[int]:
    """The steps that a path can lead to, conditions ignored."""
    found = {start}
    waiting = [start]
    while waiting:
        more = set(targets(data.steps[waiting.pop()])) - found
        found |= more
        waiting.extend(more)
    return found
