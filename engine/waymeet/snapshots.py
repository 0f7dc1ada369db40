"""A moment as bytes: JSON by names, with a checksum, that any version of a story can try to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.errors import SaveError
from waymeet.prose.rendering import KINDS, STYLES, Block, Span
from waymeet.sealed import seal, unseal

if TYPE_CHECKING:
    from waymeet.values import Value

__all__ = ["MAX_SIZE", "Origin", "SaveError", "Snapshot", "read", "write"]

MAX_SIZE = 16 * 1024 * 1024
#: What a place or a count of times can be: one more than any number that is kept.
_WORD = 2**64


class Origin(NamedTuple):
    """How a playthrough began: with its choices, all that is needed to play it again.

    `outcomes` are those that were fixed beforehand, in order, for rolls, chances, draws and questions.
    """

    protagonist: str
    seed: int
    memory: tuple[tuple[str, Value], ...]
    outcomes: tuple[str, ...] = ()


class Snapshot(NamedTuple):
    """What a save holds.

    `memory` and `outcomes` are what the playthrough began with; `flags` has every register by its name; `returns` the
    steps that called and wait; `luck` the state of the generator, and `fixed` the outcomes that come before it.
    """

    story: str
    fingerprint: str
    protagonist: str
    seed: int
    memory: dict[str, Value]
    outcomes: tuple[str, ...]
    path: tuple[str, ...]
    step: str
    flags: dict[str, Value]
    texts: dict[str, str]
    shown: dict[int, int]
    text: tuple[Block, ...]
    choices: tuple[tuple[str, str, str | None], ...]
    returns: tuple[str, ...]
    luck: int
    fixed: tuple[str, ...]
    signals: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


#: The type of each field as it stands in JSON.
_TYPES: dict[str, type] = {
    "story": str,
    "fingerprint": str,
    "protagonist": str,
    "seed": int,
    "memory": dict,
    "outcomes": list,
    "path": list,
    "step": str,
    "flags": dict,
    "texts": dict,
    "shown": dict,
    "text": list,
    "choices": list,
    "returns": list,
    "luck": int,
    "fixed": list,
    "signals": list,
}


def write(snapshot: Snapshot) -> bytes:
    """A snapshot as JSON bytes."""
    shown = {str(place): count for place, count in snapshot.shown.items()}
    return seal("save", {**snapshot._asdict(), "shown": shown})


def read(data: bytes) -> Snapshot:
    """The snapshot in JSON bytes; raises `SaveError` for anything that no moment could have written."""
    if len(data) > MAX_SIZE:
        raise SaveError("this save is larger than any that waymeet writes")
    fields = unseal("save", data, _TYPES, "this save")
    try:
        return _snapshot(fields)
    except (ValueError, TypeError) as error:
        raise SaveError(f"this save is damaged: {error}") from error


def _snapshot(fields: dict[str, Any]) -> Snapshot:
    """The fields as they are in memory; raises `ValueError` or `TypeError` for what is not as waymeet writes it."""
    for name in ("outcomes", "path", "returns", "fixed"):
        fields[name] = _strings(name, fields[name])
    for name in ("memory", "flags"):
        fields[name] = {flag: _value(value) for flag, value in fields[name].items()}
    _strings("texts", list(fields["texts"].values()))
    fields["shown"] = dict(_shown(place, count) for place, count in fields["shown"].items())
    fields["text"] = tuple(_block(*block) for block in fields["text"])
    fields["choices"] = tuple(_choice(*choice) for choice in fields["choices"])
    fields["signals"] = tuple(_signal(*signal) for signal in fields["signals"])
    if not 0 <= fields["luck"] < _WORD:
        raise ValueError('"luck" is out of its bounds')
    return Snapshot(**fields)


def _strings(name: str, items: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in items):
        raise ValueError(f'"{name}" holds something that is no text')
    return tuple(items)


def _value(value: Any) -> Value:
    if isinstance(value, list):
        return _strings("flags", value)
    if isinstance(value, str) or (isinstance(value, int) and abs(value) < _WORD):
        return value
    raise ValueError("a flag has a value that there is not")


def _shown(place: str, count: Any) -> tuple[int, int]:
    if str(int(place)) != place or not 0 <= int(place) < _WORD or type(count) is not int or not 0 <= count < _WORD:
        raise ValueError('"shown" counts what cannot be counted')
    return int(place), count


def _block(kind: str, speaker: str, spans: list[list[str]]) -> Block:
    if kind not in KINDS:
        raise ValueError("it tells a kind of block that there is not")
    _strings("text", [speaker, *(text for _, text in spans)])
    if any(style not in STYLES for style, _ in spans):
        raise ValueError("it tells in a style that there is not")
    return Block(kind, speaker, tuple(Span(style, text) for style, text in spans))


def _choice(choice: str, label: str, locked: str | None) -> tuple[str, str, str | None]:
    _strings("choices", [choice, label, "" if locked is None else locked])
    return choice, label, locked


def _signal(name: str, values: list[list[str]]) -> tuple[str, tuple[tuple[str, str], ...]]:
    pairs = tuple((key, value) for key, value in values)
    _strings("signals", [name, *(text for pair in pairs for text in pair)])
    return name, pairs
