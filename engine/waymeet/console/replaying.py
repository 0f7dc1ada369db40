"""Ways to play before the reader takes over: choice ids as they are typed or in a file, or a witness of `check`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from waymeet.console.words import word
from waymeet.runtime import ANSWER, ChoiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waymeet.console.history import History
    from waymeet.values import Value

_BETWEEN = re.compile(r"[\s,]+")
_NUMBERED = re.compile(r"(?P<path>.+)#(?P<number>\d{1,9})", re.DOTALL)

#: The parts of a witness, and what each is where it is left out.
_WITNESS: dict[str, Any] = {"as": None, "memory": {}, "play": [], "outcomes": []}


class WayError(Exception):
    """What holds no way, or one that does not fit the story; the message says where."""


class Played(NamedTuple):
    """A turn to play, a choice's id or an answer with `=` before it, and where it is named."""

    turn: str
    where: str


class Way(NamedTuple):
    """Turns from the beginning of a path. A witness says whose path, with what it begins, and `where` it stands."""

    turns: tuple[Played, ...]
    protagonist: str | None = None
    memory: Mapping[str, Value] = {}
    outcomes: tuple[str, ...] = ()
    where: str = ""


class Taking(Protocol):
    """A reading that can be led along a way."""

    def take(self, turn: str) -> None:
        """Take a turn and tell it; raises `ChoiceError`."""


def read_replay(path: Path) -> Way:
    """The way in a file; raises `WayError`."""
    return _from_file(path, None)


def read_way(text: str) -> Way:
    """The way that `--follow` names: ids, or a file, or `report.json#3` for the third finding; raises `WayError`."""
    numbered = _NUMBERED.fullmatch(text)
    if os.path.isfile(text):  # noqa: PTH113  (a Path raises on a text too long for a file's name)
        return _from_file(Path(text), None)
    if numbered:
        return _from_file(Path(numbered["path"]), int(numbered["number"]))
    if "/" in text or "." in text:
        return _from_file(Path(text), None)
    ids = enumerate(_ids(text), 1)
    return Way(tuple(Played(turn, word("way_typed", line=number)) for number, turn in ids))


def play_back(reading: Taking, history: History, way: Way) -> None:
    """Take the turns, telling each; raises `WayError` at the first that cannot be taken."""
    for turn, where in way.turns:
        moment = history.now
        ids = [offer.id for offer in moment.choices if offer.locked is None]
        if not turn.startswith(ANSWER) and turn not in ids:
            nothing = "way_nothing" if moment.question is None else "way_answer"
            names = ", ".join(ids) or word(nothing)
            raise WayError(word("way_not_open", where=where, choice=turn, step=moment.step, open=names))
        try:
            reading.take(turn)
        except ChoiceError as error:
            raise WayError(word("way_misfit", where=where, reason=error)) from error


# -- files ------------------------------------


def _from_file(path: Path, number: int | None) -> Way:
    """The way in a file; in a report, that of the finding of this number, or of the first that has one."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if text.lstrip()[:1] in ("[", "{") else None
    except OSError as error:
        raise WayError(word("way_unreadable", path=path, reason=error.strerror)) from error
    except (ValueError, RecursionError) as error:
        raise WayError(word("way_unreadable", path=path, reason=error)) from error
    if data is not None:
        return _from_json(str(path), data, number)
    if number is not None:
        raise WayError(word("way_no_report", path=path))
    return Way(tuple(_from_lines(path, text)))


def _from_lines(path: Path, text: str) -> Iterator[Played]:
    """Ids between spaces, commas or lines, `#` for comments; a line that begins with `=` is one answer, whole."""
    for number, line in enumerate(text.splitlines(), 1):
        where = word("way_line", path=path, line=number)
        is_answer = line.lstrip().startswith(ANSWER)
        turns = [line.strip()] if is_answer else _ids(line.partition("#")[0])
        yield from (Played(turn, where) for turn in turns)


def _ids(text: str) -> list[str]:
    return [turn for turn in _BETWEEN.split(text) if turn]


# -- what `check --format json` prints, and parts of it ------------------------------------


def _from_json(path: str, data: Any, number: int | None) -> Way:
    findings = _findings(data)
    if findings is not None:
        return _from_report(path, findings, number)
    if number is not None:
        raise WayError(word("way_no_report", path=path))
    match data:
        case list():
            return Way(_played(path, data))
        case {"play": _}:
            return _from_witness(path, data)
        case {"witness": {"play": _} as witness}:
            return _from_witness(path, witness)
        case _:
            raise WayError(word("way_none", path=path))


def _findings(data: Any) -> list[Any] | None:
    """The findings of a report, or of several; None for what is no report."""
    match data:
        case {"findings": list(findings)}:
            return findings
        case [{"findings": _}, *_]:
            return [finding for report in data for finding in _findings(report) or ()]
        case _:
            return None


def _from_report(path: str, findings: list[Any], wanted: int | None) -> Way:
    """The way of one finding, counted from 1."""
    if wanted is not None and not 1 <= wanted <= len(findings):
        raise WayError(word("way_no_finding", path=path, number=wanted, all=len(findings)))
    for number, finding in enumerate(findings, 1):
        match finding:
            case {"witness": {"play": _} as witness} if wanted in (None, number):
                return _from_witness(word("way_finding", path=path, number=number), witness)
    where = path if wanted is None else word("way_finding", path=path, number=wanted)
    raise WayError(word("way_none", path=where))


def _from_witness(where: str, witness: dict[str, Any]) -> Way:
    who, memory, play, outcomes = (witness.get(name, empty) for name, empty in _WITNESS.items())
    if not isinstance(who, str) or not isinstance(memory, dict) or not isinstance(play, list):
        raise WayError(word("way_none", path=where))
    if not isinstance(outcomes, list) or not all(isinstance(outcome, str) for outcome in outcomes):
        raise WayError(word("way_none", path=where))
    values = {name: _value(where, name, value) for name, value in memory.items()}
    return Way(_played(where, play), who, values, tuple(outcomes), where)


def _value(where: str, name: str, value: Any) -> Value:
    if isinstance(value, list) and all(isinstance(member, str) for member in value):
        return tuple(value)
    if isinstance(value, (bool, int, str)):
        return value
    raise WayError(word("way_no_value", where=where, name=name))


def _played(where: str, items: list[Any]) -> tuple[Played, ...]:
    places = [word("way_item", path=where, line=number) for number, _ in enumerate(items, 1)]
    for item, place in zip(items, places, strict=True):
        if not isinstance(item, str):
            raise WayError(word("way_no_id", where=place))
    return tuple(map(Played, items, places))
