"""What finished playthroughs leave behind: the story's memory for the next ones, and the endings that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.errors import SaveError
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

    def fitting(self, story: Story) -> tuple[dict[str, Value], list[str]]:
        """The memory that the story can still begin with, and the names of what it cannot."""
        fits: dict[str, Value] = {}
        dropped = []
        for name, value in self.memory.items():
            try:
                story.remember({name: value})
            except ValueError:
                dropped.append(name)
            else:
                fits[name] = value
        return fits, dropped


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
