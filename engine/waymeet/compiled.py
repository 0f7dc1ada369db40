"""A compiled story as bytes, in parts that are read, and found to be whole, one at a time.

A head of one line names the format, the story's fingerprint and the length of the index, which follows; the index says
where each part stands and what its checksum is; the fingerprint is the checksum of the index, and so of everything.
All parts are lines of JSON: first the story less its steps, then the steps in pages of so many, a line each, then, in
pages too, the numbers of the steps by their ids.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, overload

from waymeet.collecting import collector_off
from waymeet.story import (
    Ask,
    Assignment,
    Branch,
    Call,
    Chance,
    Choice,
    Choices,
    Emit,
    End,
    Ending,
    Event,
    Goto,
    Outcome,
    PastNames,
    Protagonist,
    Register,
    Return,
    SheetLine,
    Step,
    StoryData,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from waymeet.story import Exit

    #: So many bytes from an offset on, or fewer where there are no more.
    Source = Callable[[int, int], bytes]
    #: The same story anew, if that can be had.
    Renew = Callable[[], "Container | None"]

#: The number of this layout; data of another number is compiled anew.
FORMAT = 2
#: Steps, and ids of steps, in one part: few enough to be read in passing, so many that the index stays small.
_STEPS = 64
_IDS = 512
_DIGEST = 16
#: An entry of the index: where a part begins, how long it is, and its checksum.
_ENTRY = struct.Struct(f"<QI{_DIGEST}s")
_HEAD = f"waymeet-story {FORMAT} %s %010d\n"
_HEAD_LENGTH = len(_HEAD % ("0" * 2 * _DIGEST, 0))
#: So much is read at once of a story that is opened: all of a small one's index.
_FIRST = 16 * 1024

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class StoryDataError(Exception):
    """Bytes that hold no story of this format."""


def to_bytes(story: StoryData) -> bytes:
    """A story as bytes."""
    return sealed(parts_of(story))


@collector_off()
def from_bytes(data: bytes) -> StoryData:
    """The story that `to_bytes` wrote, all of it; raises `StoryDataError` on anything else."""
    container = Container(in_memory(data), len(data))
    for number in range(len(container)):
        container.part(number)
    with _refusing():
        story = _story(container, None)
        return story._replace(steps=tuple(story.steps))


def fingerprint(data: bytes) -> str:
    """What tells one version of a story from another, read off its bytes."""
    return data[: _HEAD_LENGTH - 1].split()[2].decode()


def opened(container: Container, renew: Renew | None = None) -> StoryData:
    """The story in a container, each step to be read when it is asked for; raises `StoryDataError`.

    See `Steps` for `renew`.
    """
    with _refusing():
        return _story(container, renew)


@contextmanager
def _refusing() -> Iterator[None]:
    """Refuse what is whole and yet no story."""
    try:
        yield
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise StoryDataError(f"no compiled story: {error}") from error


def numbered(steps: Sequence[Step], ids: Iterable[str]) -> dict[str, int]:
    """The numbers of the steps with these ids, less those that there are not."""
    if isinstance(steps, Steps):
        found = {step_id: steps.number(step_id) for step_id in ids}
        return {step_id: number for step_id, number in found.items() if number is not None}
    wanted = frozenset(ids)
    return {step.id: number for number, step in enumerate(steps) if step.id in wanted}


# -- the container ------------------------------------


def sealed(parts: Iterable[bytes]) -> bytes:
    """Parts as one piece."""
    kept = list(parts)
    offset = _HEAD_LENGTH + len(kept) * _ENTRY.size
    entries = []
    for part in kept:
        entries.append(_ENTRY.pack(offset, len(part), blake2b(part, digest_size=_DIGEST).digest()))
        offset += len(part)
    index = b"".join(entries)
    return b"".join((_head(index), index, *kept))


def _head(index: bytes) -> bytes:
    return (_HEAD % (blake2b(index, digest_size=_DIGEST).hexdigest(), len(index))).encode()


class Container:
    """Bytes in parts, each read when it is asked for, from a source of so many bytes.

    Raises `StoryDataError` where that holds anything else.
    """

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        first = source(0, _FIRST)
        head = first[:_HEAD_LENGTH]
        try:
            length = int(head.split()[-1])
        except (IndexError, ValueError):
            length = 0
        index = first[_HEAD_LENGTH : _HEAD_LENGTH + length]
        index += source(_FIRST, length - len(index)) if len(index) < length else b""
        is_whole = bool(index) and len(index) % _ENTRY.size == 0 and head == _head(index)
        if not is_whole or size != self._end(index):
            raise StoryDataError("no compiled story of this version, or a damaged one")
        self._index = index
        self.fingerprint = fingerprint(head)

    def __len__(self) -> int:
        """How many parts there are."""
        return len(self._index) // _ENTRY.size

    @staticmethod
    def _end(index: bytes) -> int:
        offset, length, _ = _ENTRY.unpack_from(index, len(index) - _ENTRY.size)
        return int(offset + length)

    def part(self, number: int) -> bytes:
        """One part; raises `StoryDataError` where it is not whole."""
        offset, length, digest = _ENTRY.unpack_from(self._index, number * _ENTRY.size)
        part = self._source(offset, length)
        if blake2b(part, digest_size=_DIGEST).digest() != digest:
            raise StoryDataError("a damaged compiled story")
        return part


def in_memory(data: bytes) -> Source:
    """Bytes as the source of a container."""
    return lambda offset, size: data[offset : offset + size]


class File:
    """A file as the source of a container: held open, so that nothing which happens to its name matters.

    It is read and not mapped, for a mapped file that is cut short ends the process. Raises `OSError`.
    """

    def __init__(self, path: Path) -> None:
        self._handle = -1
        self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        #: How many bytes it has.
        self.size = os.fstat(self._handle).st_size

    def __call__(self, offset: int, size: int) -> bytes:
        """So many bytes from an offset on; none where the disk refuses."""
        try:
            return os.pread(self._handle, size, offset)
        except OSError:
            return b""

    def __del__(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)


class Steps(Sequence[Step]):
    """The steps of a compiled story, each read when it is first asked for.

    Where a part turns out to be damaged it is taken from what `renew` gives; `StoryDataError` is raised where that is
    not the same story.
    """

    def __init__(self, container: Container, count: int, renew: Renew | None) -> None:
        if len(container) != 1 + _pages(count, _STEPS) + _pages(count, _IDS):
            raise StoryDataError("a compiled story with too many parts, or too few")
        self._container = container
        self._count = count
        self._renew = renew
        self._known: dict[int, Step] = {}
        self._parts: dict[int, list[bytes]] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Step: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Step]: ...
    def __getitem__(self, number: int | slice) -> Step | Sequence[Step]:
        if isinstance(number, slice):
            return tuple(self[one] for one in range(*number.indices(self._count)))
        if number not in self._known:
            page, row = divmod(range(self._count)[number], _STEPS)
            self._known[number] = _step(*_frozen(json.loads(self._rows(1 + page)[row])))
        return self._known[number]

    def __eq__(self, other: object) -> bool:
        """Whether the other has the same steps, read or not."""
        return tuple(self) == tuple(other) if isinstance(other, tuple | Steps) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type[tuple[Step, ...]], tuple[tuple[Step, ...]]]:
        """How they are copied and pickled: as a tuple, for an open file is nobody else's."""
        return tuple, (tuple(self),)

    def number(self, step_id: str) -> int | None:
        """The number of the step with this id, if there is one."""
        pages = _pages(self._count, _IDS)
        if not pages:
            return None
        [page] = self._rows(1 + _pages(self._count, _STEPS) + _bucket(step_id, pages))
        number = json.loads(page).get(step_id)
        return number if isinstance(number, int) else None

    def _rows(self, part: int) -> list[bytes]:
        """The lines of a part, which are decoded one at a time: few of them are ever asked for."""
        rows = self._parts.get(part)
        if rows is None:
            rows = self._parts[part] = self._part(part).split(b"\n")
        return rows

    def _part(self, part: int) -> bytes:
        try:
            return self._container.part(part)
        except StoryDataError:
            if self._renew is None:
                raise
        fresh = self._renew()
        if fresh is None or fresh.fingerprint != self._container.fingerprint:
            raise StoryDataError("the compiled story is damaged, and its files have changed since it was opened")
        self._container = fresh
        return fresh.part(part)


# -- the parts ------------------------------------


def parts_of(story: StoryData) -> list[bytes]:
    """What is kept of a story, part by part."""
    frame = {**story._asdict(), "steps": len(story.steps)}
    rows = [_line(_tagged(step)) for step in story.steps]
    pages = [b"\n".join(rows[first : first + _STEPS]) for first in range(0, len(rows), _STEPS)]
    return [_line(list(frame.values())), *pages, *map(_line, _ids(story.steps))]


def _line(value: Any) -> bytes:
    return _written(value).encode("utf-8", "surrogatepass")


def _pages(count: int, most: int) -> int:
    return -(-count // most)


def _ids(steps: Sequence[Step]) -> list[dict[str, int]]:
    """The numbers of steps by their ids, each in the page that its id says."""
    pages: list[dict[str, int]] = [{} for _ in range(_pages(len(steps), _IDS))]
    for number, step in enumerate(steps):
        pages[_bucket(step.id, len(pages))][step.id] = number
    return pages


def _bucket(step_id: str, pages: int) -> int:
    return int.from_bytes(blake2b(step_id.encode("utf-8", "surrogatepass"), digest_size=4).digest()) % pages


def _tagged(step: Step) -> tuple[Any, ...]:
    """A step with its exit's kind written beside it, for tuples of JSON have no names."""
    return (*step[:-1], type(step.exit).__name__, step.exit)


def _frozen(value: Any) -> Any:
    """JSON with tuples for its lists; what is no list is not looked into."""
    return tuple([_frozen(item) if type(item) is list else item for item in value]) if type(value) is list else value


def _story(container: Container, renew: Renew | None) -> StoryData:
    story = StoryData(*_frozen(json.loads(container.part(0))))
    return story._replace(
        protagonists=_rows(Protagonist, story.protagonists),
        endings=_rows(Ending, story.endings),
        registers=_rows(Register, story.registers),
        texts=_rows(Text, story.texts),
        sheet=_rows(SheetLine, story.sheet),
        events=_rows(Event, story.events),
        steps=Steps(container, int(story.steps), renew),  # type: ignore[call-overload]
        past=_rows(PastNames, story.past),
    )


def _rows(row_type: Any, rows: Any) -> Any:
    return tuple(row_type(*row) for row in rows)


def _step(*row: Any) -> Step:
    step_id, node, scene, tags, arrivals, effects, text, signals, kind, way_out = row
    done = _rows(Assignment, effects), text, _rows(Emit, signals)
    return Step(step_id, node, scene, tags, arrivals, *done, _exit(kind, way_out))


def _exit(kind: str, row: Any) -> Exit:
    match kind:
        case "Goto":
            return _goto(row)
        case "Choices":
            choices, fallback, most = row
            return Choices(_rows(Choice, choices), None if fallback is None else _goto(fallback), most)
        case "End":
            return End(*row)
        case "Chance":
            outcomes, fallback = row
            return Chance(_rows(Outcome, outcomes), None if fallback is None else _goto(fallback))
        case "Ask":
            label, register, text, low, high, ways = row
            return Ask(label, register, text, low, high, _goto(ways))
        case "Call":
            to, ways, returns = row
            back = tuple((name, _goto(goto)) for name, goto in returns)
            return Call(to, None if ways is None else _goto(ways), back)
        case "Return":
            return Return(*row)
        case "NoneType":
            return None
        case _:
            raise ValueError(kind)


def _goto(row: Any) -> Goto:
    return Goto(_rows(Branch, row[0]))
