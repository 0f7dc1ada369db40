"""What a program may ask of a reading: a JSON object a line, read within bounds, with errors that have a kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from waymeet.diagnostics import closest
from waymeet.runtime import SEEDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

Does = Literal[
    "begin", "continue", "choose", "answer", "undo", "redo", "rewind", "save", "load", "saves", "state", "quit"
]

#: The most characters of a line that are read; of a longer one the rest is passed over, and it is refused.
MAX_REQUEST = 65_536

#: Each request, and what can stand behind it.
_VALUES: Mapping[Does, tuple[str, tuple[type, ...]]] = {
    "begin": ("the id of a path", (str,)),
    "continue": ("the id of a path", (str,)),
    "choose": ("the id of a choice, or its number", (str, int)),
    "answer": ("a text or a number", (str, int)),
    "undo": ("true", (bool,)),
    "redo": ("true", (bool,)),
    "rewind": ("how many turns to go back to", (int,)),
    "save": ("a name", (str,)),
    "load": ("the name of a save", (str,)),
    "saves": ("true", (bool,)),
    "state": ("true", (bool,)),
    "quit": ("true", (bool,)),
}


class RequestError(Exception):
    """A request that cannot be granted: `kind` is for programs, the message for people, `details` go with them."""

    def __init__(self, kind: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.details = details


class Request(NamedTuple):
    """One request: what to do, with what, and from which seed, where that is said."""

    does: Does
    value: Any
    seed: int | None = None


def read_line(stream: TextIO) -> str | None:
    """The next line, None at the end of input; of one that is too long, just enough to tell that it is."""
    line = stream.readline(MAX_REQUEST + 1)
    rest = line
    while rest and not rest.endswith("\n"):
        rest = stream.readline(MAX_REQUEST)
    return line or None


def read_request(line: str) -> Request:
    """The request on a line; raises `RequestError`."""
    if len(line.removesuffix("\n")) > MAX_REQUEST:
        raise RequestError("too-long", f"a request has at most {MAX_REQUEST:,} characters")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RequestError("bad-json", f"this is no JSON: {error}") from error
    if not isinstance(fields, dict):
        raise RequestError("bad-request", f"expected an object with one of {', '.join(_VALUES)}")
    return _request(fields)


def _request(fields: dict[str, Any]) -> Request:
    seed = fields.pop("seed", None) if "begin" in fields else None
    for name in fields:
        if name not in _VALUES:
            raise RequestError("bad-request", _unknown(name))
    if len(fields) != 1:
        found = f"these are {len(fields)}" if fields else "there is none"
        raise RequestError("bad-request", f"an object holds one request, and {found}: {', '.join(fields or _VALUES)}")
    if seed is not None and (type(seed) is not int or not 0 <= seed <= SEEDS):
        raise RequestError("bad-request", f'"seed" is a number from 0 to {SEEDS}')
    ((does, value),) = fields.items()
    return _checked(Request(cast("Does", does), value, seed))


def _unknown(name: str) -> str:
    close = closest(name, _VALUES)
    return f'there is no request "{name}"; ' + (f'did you mean "{close[0]}"?' if close else f"try {', '.join(_VALUES)}")


def _checked(request: Request) -> Request:
    """The request, if there stands behind it what it needs; exact types, for `true` is no number here."""
    what, types = _VALUES[request.does]
    if type(request.value) not in types or request.value is False:
        raise RequestError("bad-request", f'"{request.does}" needs {what}')
    return request
