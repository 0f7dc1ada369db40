"""What a release says became of a name: how that is written, and by what names it is looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.events import MAX_DEPTH
from waymeet.authoring.fields import rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from waymeet.authoring.fields import Reading
    from waymeet.authoring.models import WrittenRelease
    from waymeet.authoring.source import Scalar


class Kind(NamedTuple):
    """A kind of name: what one is called, how it is written, in how many parts, and among which names it is looked up.

    Several of a kind that `merges` can have become one.
    """

    noun: str
    form: str
    parts: range
    table: str
    merges: bool = True


#: The kinds by their keys, values behind the flags that they are of.
KINDS = {
    "protagonists": Kind("protagonist", "its id", range(1, 2), "protagonists", merges=False),
    "scenes": Kind("scene", "its id", range(1, 2), "steps"),
    "nodes": Kind("node", "scene.node", range(2, 3), "steps"),
    "choices": Kind("choice", "scene.node.choice, or menu.choice", range(2, MAX_DEPTH), "steps"),
    "endings": Kind("ending", "its id", range(1, 2), "endings"),
    "flags": Kind("flag", "its id, or scene.flag for a local one", range(1, 3), "flags", merges=False),
    "values": Kind("value", "flag.value", range(2, 4), "values"),
}
#: What an id has always looked like; a word that is reserved by now may have been one.
_PART = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Fate:
    """What a release says became of a name; `new` is empty for what is simply gone, and `moves` where readers go on.

    `old` and `new` are as they are looked up, `name` and `to` as they were written.
    """

    release: int
    kind: Kind
    old: str
    new: str
    name: Scalar
    to: Scalar | None
    moves: bool = False

    @property
    def noun(self) -> str:
        """What the new name is a name of."""
        return "node" if self.moves else self.kind.noun


class FateReader:
    """Reads what releases say; `menus` and `steps` are those of the story as it is now."""

    def __init__(self, reading: Reading, menus: Collection[str], steps: Collection[str]) -> None:
        self._reading = reading
        self._menus = menus
        self._steps = steps

    def fates(self, number: int, key: str, release: WrittenRelease) -> Iterator[Fate]:
        """What a release says of names of one kind; what is not well written is reported."""
        for listed, removed in ((release.renamed, False), (release.removed, True)):
            for name, to in _listed(getattr(listed, key, {})):
                fate = self._fate(number, KINDS[key], name, to, moves=removed and to is not None)
                if fate is not None:
                    yield fate

    def _fate(self, number: int, kind: Kind, name: Scalar, to: Scalar | None, *, moves: bool) -> Fate | None:
        """What is said of a name; None for what was reported."""
        goal = KINDS["nodes"] if moves else kind
        if not self._is_written(kind, name) or (to is not None and not self._is_written(goal, to)):
            return None
        old, new = name.value, "" if to is None else to.value
        if kind is KINDS["choices"]:
            old, new = self._choice(old), new if moves else self._choice(new)
            old = _in_menu(old, new)
        if moves and ":" in old:
            message = f'nobody stands at "{name.value}", which was in a menu'
            self._reading.report("wrong-value", message, name, "name the choice where the menu was used")
            return None
        return Fate(number, kind, old, new, name, to, moves)

    def _is_written(self, kind: Kind, name: Scalar) -> bool:
        parts = name.value.split(".")
        if len(parts) in kind.parts and all(_PART.fullmatch(part) for part in parts):
            return True
        self._reading.report("wrong-value", f'"{name.value}" is no {kind.noun}', name, f"write {kind.form}")
        return False

    def _choice(self, path: str) -> str:
        """A choice as it is looked up: `menu:choice` for one of a menu."""
        parts = path.split(".")
        home = ".".join(parts[:2])
        if len(parts) == 2 or (parts[0] in self._menus and home not in self._steps):
            return path.replace(".", ":", 1)
        if home in self._menus and home not in self._steps:
            return f"{home}:{'.'.join(parts[2:])}"
        return path


def _listed(table: dict[str, Scalar] | list[Scalar]) -> Iterator[tuple[Scalar, Scalar | None]]:
    """Names with what they became; those in a list are simply gone."""
    if isinstance(table, dict):
        yield from rows(table)
    else:
        yield from ((name, None) for name in table)


def _in_menu(old: str, new: str) -> str:
    """A choice that was in a menu, also where only what became of it shows that it was."""
    if ":" in old or ":" not in new:
        return old
    parts = old.split(".")
    deep = new.partition(":")[2].count(".") + 1
    return f"{'.'.join(parts[:-deep])}:{'.'.join(parts[-deep:])}"
