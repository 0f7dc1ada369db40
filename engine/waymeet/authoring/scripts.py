"""Writing a playthrough down as a walkthrough file, laid out as `waymeet fmt` does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from waymeet.authoring.formatting import format_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waymeet.diagnostics import Witness


def script_of(file: str, title: str, played: Witness, ending: str | None) -> bytes:
    """The walkthrough of a playthrough that comes to an ending, or breaks off where that is None."""
    text = "".join(_lines(title, played, ending))
    formatted = format_file(file, text.encode())
    assert formatted.data is not None, formatted.findings
    return formatted.data


def _lines(title: str, played: Witness, ending: str | None) -> Iterator[str]:
    yield f"walkthrough: {_word(title)}\nas: {_word(played.protagonist)}\n"
    if played.memory:
        yield "\nmemory:\n"
        yield from (f"  {_word(name)}: {_value(value)}\n" for name, value in played.memory)
    yield from _listed("outcomes", played.outcomes)
    yield from _listed("play", played.play)
    if ending is not None:
        yield f"\nexpect:\n  ending: {_word(ending)}\n"


def _listed(key: str, names: Iterable[str]) -> Iterator[str]:
    items = [f"  - {_word(name)}\n" for name in names]
    if items:
        yield f"\n{key}:\n"
        yield from items


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_word, value))}]"
    return _word(value) if isinstance(value, str) else str(value)


def _word(text: str) -> str:
    """A text in quotes; the layout leaves out those that are not needed."""
    return json.dumps(text, ensure_ascii=False)
