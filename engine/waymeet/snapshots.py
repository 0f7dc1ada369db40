"""A moment as bytes: JSON by names, with a checksum, that any version of a story can try to read."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.prose.rendering import Block, Span

if TYPE_CHECKING:
    from waymeet.values import Value

#: The number of this layout; a higher one was written by a newer waymeet.
FORMAT = 1
MAX_SIZE = 16 * 1024 * 1024


class SaveError(Exception):
    """A save that cannot be used: damaged, of another story, newer, or of a story that has since changed too much."""


class Snapshot(NamedTuple):
    """What a save holds. `memory` is what the playthrough began with; `flags` has every register by its name."""

    story: str
    fingerprint: str
    protagonist: str
    seed: int
    memory: dict[str, Value]
    path: tuple[str, ...]
    step: str
    flags: dict[str, Value]
    texts: dict[str, str]
    shown: dict[int, int]
    text: tuple[Block, ...]
    choices: tuple[tuple[str, str, str | None], ...]


#: The type of each field as it stands in JSON.
_TYPES: dict[str, type] = {
    "story": str,
    "fingerprint": str,
    "protagonist": str,
    "seed": int,
    "memory": dict,
    "path": list,
    "step": str,
    "flags": dict,
    "texts": dict,
    "shown": dict,
    "text": list,
    "choices": list,
}


def write(snapshot: Snapshot) -> bytes:
    """A snapshot as JSON bytes."""
    fields = snapshot._asdict()
    fields["shown"] = {str(place): count for place, count in snapshot.shown.items()}
    body = {"waymeet_save": FORMAT, **fields}
    return _canonical({**body, "checksum": _checksum(body)})


def read(data: bytes) -> Snapshot:
    """The snapshot in JSON bytes; raises `SaveError`."""
    if len(data) > MAX_SIZE:
        raise SaveError("this save is larger than any that waymeet writes")
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SaveError("this save is damaged: it is not JSON") from error
    if not isinstance(body, dict) or not isinstance(body.get("waymeet_save"), int):
        raise SaveError("this is not a save of waymeet")
    if body["waymeet_save"] > FORMAT:
        raise SaveError("this save was written by a newer waymeet")
    checksum = body.pop("checksum", None)
    try:
        if checksum != _checksum(body):
            raise SaveError("this save is damaged: its checksum does not match")
    except UnicodeEncodeError as error:
        raise SaveError("this save is damaged: it holds half a character") from error
    return _snapshot(body)


def _snapshot(body: dict[str, Any]) -> Snapshot:
    for name, kind in _TYPES.items():
        if type(body.get(name)) is not kind:
            raise SaveError(f'this save is damaged: "{name}" is missing or wrong')
    fields = {name: body[name] for name in _TYPES}
    fields["path"] = tuple(map(str, fields["path"]))
    fields["texts"] = {name: str(text) for name, text in fields["texts"].items()}
    try:
        fields["shown"] = {int(place): int(count) for place, count in fields["shown"].items()}
        fields["text"] = tuple(_block(*block) for block in fields["text"])
        fields["choices"] = tuple(_choice(*choice) for choice in fields["choices"])
    except (ValueError, TypeError) as error:
        raise SaveError("this save is damaged: what was told is not as waymeet writes it") from error
    return Snapshot(**fields)


def _block(kind: str, speaker: str, spans: list[list[str]]) -> Block:
    return Block(str(kind), str(speaker), tuple(Span(str(style), str(text)) for style, text in spans))


def _choice(choice: str, label: str, locked: str | None) -> tuple[str, str, str | None]:
    return str(choice), str(label), None if locked is None else str(locked)


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _checksum(body: dict[str, Any]) -> str:
    return blake2b(_canonical(body), digest_size=16).hexdigest()
