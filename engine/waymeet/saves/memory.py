"""What finished playthroughs leave behind: the story's memory for the next ones, and the endings that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.errors import SaveError
from waymeet.migration import fitting_memory
from waymeet.renaming import Renaming
from waymeet.sealed import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.runtime import Moment, Story
    from waymeet.values import Value

_TYPES: dict[str, type] = {"story": str, "memory": dict, "endings": dict}


class Legacy(NamedTuple):
    """What is left so far. `endings` are the ids found, in the order of finding, by protagonist."""

    story: str
    memory: Mapping[str, Value]
    endings: Mapping[str, tuple[str, ...]]

    def found(self, protagonist: str) -> tuple[str, ...]:
        """The endings found on one path."""
        return self.endings.get(protagonist, ())

    def after(self, moment: Moment) -> Legacy:
        """This with what the ending at `moment` adds; the latest ending has the last word on the memory."""
        who, ending = moment.origin.protagonist, moment.ending
        endings = self.endings
        if ending is not None and ending not in self.found(who):
            endings = {**endings, who: (*self.found(who), ending)}
        return Legacy(self.story, {**self.memory, **moment.memory}, endings)

    def brought(self, story: Story) -> tuple[Legacy, tuple[str, ...]]:
        """This by the names of the story as it is now, and what of it is lost: a sentence for each thing."""
        renaming = Renaming(story.data.past)
        memory, lost = fitting_memory(self.memory, story.data, renaming)
        endings: dict[str, tuple[str, ...]] = {}
        for who, found in self.endings.items():
            now = renaming.path(who, [path.id for path in story.protagonists])
            if now and found:
                named = (renaming.ending(ending) for ending in found)
                endings[now] = tuple(dict.fromkeys((*endings.get(now, ()), *filter(None, named))))
        kept, gone = _there(endings, story)
        return Legacy(self.story, memory, kept), (*lost.values(), *gone)


def _there(endings: Mapping[str, tuple[str, ...]], story: Story) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The endings found that there are, and what is to be said of the others."""
    there = [ending.id for ending in story.endings]
    paths = [path.id for path in story.protagonists]
    gone = [
        f'The story no longer has the path "{who}", on which you had found endings.'
        for who in endings
        if who not in paths
    ]
    lost = dict.fromkeys(ending for who in paths for ending in endings.get(who, ()) if ending not in there)
    gone += [f'The story no longer has the ending "{ending}", which you had found.' for ending in lost]
    kept = {who: tuple(e for e in found if e in there) for who, found in endings.items() if who in paths}
    return kept, gone


def to_bytes(legacy: Legacy) -> bytes:
    """What is left, as JSON bytes."""
    return seal("memory", legacy._asdict())


def from_bytes(data: bytes, story: str) -> Legacy:
    """What `to_bytes` wrote for the story of this id; raises `SaveError`."""
    fields = unseal("memory", data, _TYPES)
    if fields["story"] != story:
        raise SaveError(f'it belongs to another story, "{fields["story"]}"')
    memory = {name: _value(value) for name, value in fields["memory"].items()}
    endings = {who: _ids(ids) for who, ids in fields["endings"].items()}
    return Legacy(story, memory, endings)


def _value(value: Any) -> Value:
    if isinstance(value, list) and all(isinstance(member, str) for member in value):
        return tuple(value)
    if isinstance(value, (bool, int, str)):
        return value
    raise SaveError("it is damaged: a memory has no value")


def _ids(ids: Any) -> tuple[str, ...]:
    if not isinstance(ids, list) or not all(isinstance(ending, str) for ending in ids):
        raise SaveError("it is damaged: the endings found are no list of ids")
    return tuple(ids)
