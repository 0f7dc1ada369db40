"""Bytes that say what they are and whether they are whole: JSON with a format number and a checksum."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from waymeet.errors import SaveError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The number of the layouts that are sealed here; a higher one was written by a newer waymeet.
FORMAT = 1


def seal(kind: str, fields: Mapping[str, Any]) -> bytes:
    """Fields as JSON bytes of this kind."""
    body = {_mark(kind): FORMAT, **fields}
    return _canonical({**body, "checksum": _checksum(body)})


def unseal(kind: str, data: bytes, types: Mapping[str, type], what: str = "it") -> dict[str, Any]:
    """The fields that `seal` wrote, each of its type; raises `SaveError` on anything else, about `what`."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SaveError(f"{what} is damaged: it is not JSON") from error
    number = body.get(_mark(kind)) if isinstance(body, dict) else None
    if type(number) is not int or number < FORMAT:
        raise SaveError(f"{what} is damaged, or was not written by waymeet")
    if number > FORMAT:
        raise SaveError(f"{what} was written by a newer waymeet")
    if not _is_whole(body):
        raise SaveError(f"{what} is damaged: its checksum does not match")
    if wrong := [name for name, kind_of in types.items() if type(body.get(name)) is not kind_of]:
        raise SaveError(f'{what} is damaged: "{wrong[0]}" is missing or wrong')
    return {name: body[name] for name in types}


def _is_whole(body: dict[str, Any]) -> bool:
    try:
        return bool(body.pop("checksum", None) == _checksum(body))
    except RecursionError:  # what can just be read may be too deep to be written
        return False


def _mark(kind: str) -> str:
    return f"waymeet_{kind}"


def _canonical(body: dict[str, Any]) -> bytes:
    """JSON in one way only; half a character, which no text of ours has but a foreign one may, stays what it is."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _checksum(body: dict[str, Any]) -> str:
    return blake2b(_canonical(body), digest_size=16).hexdigest()
