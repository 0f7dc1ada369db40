"""Where a reader is, in two generations so that a damaged file costs only the latest; and the autosave of a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.errors import SaveError
from waymeet.saves.files import copy_whole, free_name, move_aside, name_before, read_whole, write_atomically
from waymeet.sealed import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from waymeet.runtime import Moment, Recovered, Story

#: Seconds since 1970, either way: more than any clock tells.
_MAX_SAVED = 2**40
_TYPES: dict[str, type] = {
    "story": str,
    "fingerprint": str,
    "protagonist": str,
    "saved": int,
    "finished": bool,
    "moment": str,
    "transcript": list,
}


class Place(NamedTuple):
    """Where a reader was: `saved` is in seconds since 1970; the transcript has one text for each moment told."""

    story: str
    fingerprint: str
    protagonist: str
    saved: int
    finished: bool
    moment: bytes
    transcript: tuple[str, ...]

    @classmethod
    def of(cls, moment: Moment, transcript: tuple[str, ...], saved: int) -> Place:
        """The place of a moment."""
        story = moment.story
        finished = moment.ending is not None
        who = moment.origin.protagonist
        return cls(story.id, story.fingerprint, who, saved, finished, moment.save(), transcript)


class Found(NamedTuple):
    """A place and the file that it was in, with the moment there and what the story, edited since, could not keep."""

    place: Place
    path: Path
    moment: Moment
    losses: tuple[str, ...] = ()

    @property
    def is_edited(self) -> bool:
        """Whether the story is another version than the one that the place was kept in."""
        return self.place.fingerprint != self.moment.story.fingerprint


class Unusable(NamedTuple):
    """A file that cannot be used, why, and the name it will be moved to before anything is saved in its stead."""

    path: Path
    reason: str
    aside: Path


def to_bytes(place: Place) -> bytes:
    """A place as JSON bytes."""
    fields = {**place._asdict(), "moment": place.moment.decode("utf-8", "surrogatepass")}
    return seal("autosave", fields)


def from_bytes(data: bytes) -> Place:
    """The place that `to_bytes` wrote; raises `SaveError`."""
    fields = unseal("autosave", data, _TYPES)
    if abs(fields["saved"]) > _MAX_SAVED:
        raise SaveError('it is damaged: "saved" is no time')
    if not all(isinstance(text, str) for text in fields["transcript"]):
        raise SaveError("it is damaged: its transcript is no text")
    fields["moment"] = fields["moment"].encode("utf-8", "surrogatepass")
    fields["transcript"] = tuple(fields["transcript"])
    return Place(**fields)


class Generations:
    """A place in two files, the newer one and the one before. Only one reader may write them: see `lock`.

    What is under a `former` name is found, too, and left as it is.
    """

    def __init__(self, folder: Path, name: str, former: Iterable[str] = ()) -> None:
        self.path, self.previous = _files(folder, name)
        self._files = [path for each in (name, *former) for path in _files(folder, each)]
        #: What `find` met that cannot be used; it is moved aside, never overwritten.
        self.unusable: list[Unusable] = []
        self._copies: dict[Path, Path] = {}

    def holds(self, found: Found) -> bool:
        """Whether a place was found in one of these files."""
        return found.path in self._files

    def find(self, story: Story) -> Found | None:
        """The newest place that fits the story, if any; what does not is left in `unusable`."""
        self.unusable = []
        for path in self._files:
            try:
                return self._fitting(story, path)
            except FileNotFoundError:
                continue
            except (SaveError, OSError) as error:
                self.unusable.append(Unusable(path, str(error), _aside(path)))
        return None

    def set_aside(self, found: Found) -> Path:
        """The file that a place is copied to, as it was found, before anything is saved in its stead."""
        aside = name_before(found.path, found.moment.story.fingerprint)
        self._copies[found.path] = aside
        return aside

    def write(self, place: Place) -> None:
        """Keep a place, and the one before it as the previous generation; raises `OSError`."""
        while self._copies:
            path, aside = next(iter(self._copies.items()))
            copy_whole(path, aside)
            del self._copies[path]
        while self.unusable:
            path, _, aside = self.unusable[0]
            move_aside(path, aside)
            self.unusable.pop(0)
        write_atomically(self.path, to_bytes(place), self.previous)

    def _fitting(self, story: Story, path: Path) -> Found:
        place = from_bytes(read_whole(path))
        if place.story != story.id:
            raise SaveError(f'it belongs to another story, "{place.story}"')
        self._check(place)
        recovered: Recovered = story.recover(place.moment)
        return Found(place, path, *recovered)

    def _check(self, place: Place) -> None:
        """Raise `SaveError` for a place that these files are not for."""


class Autosave(Generations):
    """Where the reader is on one path; what its protagonist had under `former` names is found, too."""

    def __init__(self, folder: Path, protagonist: str, former: Sequence[str] = ()) -> None:
        self.protagonist = protagonist
        self._names = (protagonist, *former)
        super().__init__(folder, f"autosave-{protagonist}", [f"autosave-{name}" for name in former])

    def _check(self, place: Place) -> None:
        if place.protagonist not in self._names:
            raise SaveError(f'it belongs to another path, "{place.protagonist}"')


def _files(folder: Path, name: str) -> tuple[Path, Path]:
    """The files of a name, the newer one first."""
    return folder / f"{name}.json", folder / f"{name}.1.json"


def _aside(path: Path) -> Path:
    return free_name(path.with_name(f"{path.stem}.damaged.json"))
