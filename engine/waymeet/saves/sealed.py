"""Files that say what they are and whether they are whole: JSON with a format number and a checksum."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from waymeet.snapshots import SaveError

#: The number of the layouts that are sealed here; a higher one was written by a newer waymeet.
FORMAT = 1
MAX_SIZE = 64 * 1024 * 1024


def seal(kind: str, fields: dict[str, Any]) -> bytes:
    """Fields as JSON bytes of this kind."""
    body = {f"waymeet_{kind}": FORMAT, **fields}
    return _canonical({**body, "checksum": _checksum(body)})


def unseal(kind: str, data: bytes, types: dict[str, type]) -> dict[str, Any]:
    """The fields that `seal` wrote, each of its type; raises `SaveError` on anything else."""
    if len(data) > MAX_SIZE:
        raise SaveError("it is larger than any that waymeet writes")
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SaveError("it is damaged: it is not JSON") from error
    number = body.get(f"waymeet_{kind}") if isinstance(body, dict) else None
    if type(number) is not int:
        raise SaveError("it is damaged, or was not written by waymeet")
    if number > FORMAT:
        raise SaveError("it was written by a newer waymeet")
    if body.pop("checksum", None) != _checksum(body):
        raise SaveError("it is damaged: its checksum does not match")
    if wrong := [name for name, kind_of in types.items() if type(body.get(name)) is not kind_of]:
        raise SaveError(f'it is damaged: "{wrong[0]}" is missing or wrong')
    return {name: body[name] for name in types}


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")


def _checksum(body: dict[str, Any]) -> str:
    return blake2b(_canonical(body), digest_size=16).hexdigest()
