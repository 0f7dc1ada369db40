"""Saves of other versions of a story, brought to the names and values that it has now; what is lost on the way is told.

A loss is a sentence for the reader. Nothing is lost of a flag that keeps its value, whatever either is called now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.compiled import numbered
from waymeet.renaming import is_internal
from waymeet.values import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waymeet.machine import Registers
    from waymeet.renaming import Renaming
    from waymeet.snapshots import Snapshot
    from waymeet.story import Register, StoryData, Text
    from waymeet.values import Value

#: So much of a text is shown where it is told that it is lost.
_SHOWN = 40


class Brought(NamedTuple):
    """A save as the story has it now.

    `at` is the step where the reader stood, or, where that `moved`, the one where they go on; None when it is gone. So
    are the steps that wait in `returns`. `losses` are by flag, `forgotten` by what the reading began with.
    """

    memory: dict[str, Value]
    at: int | None
    moved: bool
    returns: tuple[int | None, ...]
    registers: Registers
    texts: tuple[str, ...]
    losses: dict[str, str]
    forgotten: dict[str, str]


def bring(snapshot: Snapshot, data: StoryData, renaming: Renaming) -> Brought:
    """A save of another version of a story in the terms of this one."""
    place, moved = renaming.step(snapshot.step)
    waiting = [renaming.step(step) for step in snapshot.returns]
    numbers = numbered(data.steps, (place, *(step for step, _ in waiting)))
    at = numbers.get(place)
    returns = tuple(None if is_gone else numbers.get(step) for step, is_gone in waiting)
    scenes = {data.steps[index].scene for index in (at, *returns) if index is not None}
    values = _Values({**snapshot.flags, **snapshot.texts}, renaming, scenes)
    registers = tuple(values.of(register, left=moved) for register in data.registers)
    texts = tuple(values.text(text) for text in data.texts)
    values.miss({*(register.name for register in data.registers), *(text.name for text in data.texts)})
    memory, forgotten = fitting_memory(snapshot.memory, data, renaming)
    return Brought(memory, at, moved, returns, registers, texts, values.losses, forgotten)


class _Values:
    """What flags and texts had in a save, by what they are called now; `scenes` are those that the reader is in."""

    def __init__(self, saved: Mapping[str, Value], renaming: Renaming, scenes: set[str]) -> None:
        self._saved = _renamed(saved, renaming)
        self._scenes = scenes
        #: What is lost, by flag.
        self.losses: dict[str, str] = {}

    def of(self, register: Register, *, left: bool) -> int:
        """The value of a register; the flags of scenes that the reader is not in, or has `left`, are at their start."""
        if register.name not in self._saved:
            return register.start
        value, loss = fitted(register, self._saved[register.name])
        if register.use == "local" and register.name.partition(".")[0] not in self._scenes and value != register.start:
            was, start = shown(decode(register, value)), shown(decode(register, register.start))
            value, loss = register.start, None if left else f"was {was} and starts anew, at {start}"
        if loss is not None:
            self.losses[register.name] = f'"{register.name}" {loss}.'
        return value

    def text(self, text: Text) -> str:
        """The words of a free text."""
        value = self._saved.get(text.name, text.start)
        if isinstance(value, str):
            return value
        self.losses[text.name] = f'"{text.name}" was {shown(value)}, which it can no longer be.'
        return text.start

    def miss(self, known: set[str]) -> None:
        """Tell of the values whose flag is gone, less what is internal, and the flags of other scenes."""
        for name, value in self._saved.items():
            scene, dot, _ = name.partition(".")
            if name not in known and not is_internal(name) and (not dot or scene in self._scenes):
                self.losses[name] = f'The story no longer knows "{name}", which was {shown(value)}.'


def fitting_memory(
    memory: Mapping[str, Value], data: StoryData, renaming: Renaming
) -> tuple[dict[str, Value], dict[str, str]]:
    """What a story can begin with of a memory, and what is lost, by name; what is a flag by now is neither."""
    registers = {register.name: register for register in data.registers}
    fits: dict[str, Value] = {}
    losses = {}
    for name, value in _renamed(memory, renaming).items():
        register = registers.get(name)
        if register is None:
            if not is_internal(name):
                known = f'what earlier readings left as "{name}"'
                losses[name] = f"The story no longer knows {known}, which was {shown(value)}."
        elif register.use == "memory":
            kept, loss = fitted(register, value)
            if loss is None or register.kind in ("int", "set"):
                fits[name] = decode(register, kept)
            if loss is not None:
                losses[name] = f'What earlier readings left as "{name}" {loss}.'
    return fits, losses


def fitted(register: Register, value: Value) -> tuple[int, str | None]:
    """The nearest that a register can have to a value, and what is to be said of that, if it is not the same."""
    match register.kind, value:
        case "bool", bool():
            return int(value), None
        case "int", int() if not isinstance(value, bool):
            return _held(register, value)
        case "enum", str() if value in register.words:
            return register.words.index(value), None
        case "set", tuple():
            return _members(register, value)
        case _:
            start = shown(decode(register, register.start))
            return register.start, f"was {shown(value)}, which it can no longer be, and is {start} now"


def _held(register: Register, value: int) -> tuple[int, str | None]:
    """A number within the bounds of its register; a count says nothing, for beyond them it makes no difference."""
    if value > register.high:
        return register.high, None if register.use == "count" else _stops(value, register.high, "most")
    if value < register.low:
        return register.low, None if register.use == "count" else _stops(value, register.low, "least")
    return value, None


def _stops(value: int, bound: int, which: str) -> str:
    return f"was {value} and is {bound} now, the {which} that it can be"


def _members(register: Register, words: tuple[str, ...]) -> tuple[int, str | None]:
    lost = [word for word in words if word not in register.words]
    kept = encode(register, [word for word in words if word in register.words])
    return kept, f"no longer has {_listed(lost)}" if lost else None


def _renamed(saved: Mapping[str, Value], renaming: Renaming) -> dict[str, Value]:
    """Values by what their names are now, in words of now; a name that is of now has the last word about itself."""
    found: dict[str, Value] = {}
    for name, value in saved.items():
        now = renaming.flag(name)
        if now and (now == name or now not in saved):
            found[now] = _in_words(name, value, renaming)
    return found


def _in_words(flag: str, value: Value, renaming: Renaming) -> Value:
    if isinstance(value, tuple):
        return tuple(renaming.word(flag, word) for word in value)
    return renaming.word(flag, value) if isinstance(value, str) else value


def shown(value: Value) -> str:
    """A value as it is told."""
    if isinstance(value, tuple):
        return _listed(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return (text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…") or "empty"


def _listed(words: Iterable[str]) -> str:
    *others, last = [shown(word) for word in words] or ["empty"]
    return f"{', '.join(others)} and {last}" if others else last
