"""What an author supposes for a trial: flags with other values, a reading that stands at another place.

Names and values come as they are typed, and are read by the kind of the flag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from waymeet.compiled import numbered
from waymeet.diagnostics import closest, suggestion
from waymeet.errors import WaymeetError
from waymeet.renaming import is_internal
from waymeet.values import FlagValueError, allowed, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waymeet.machine import Registers
    from waymeet.story import Register, StoryData
    from waymeet.values import Value

_TRUTHS = {"true": True, "false": False}
_NUMBER = re.compile(r"[+-]?\d{1,10}")
_BETWEEN = re.compile(r"[\s,]+")


class SupposedError(WaymeetError):
    """Something that cannot be supposed of the story; the message says what can."""


def supposed(
    data: StoryData, registers: Registers, texts: tuple[str, ...], flags: Mapping[str, Value]
) -> tuple[Registers, tuple[str, ...]]:
    """Registers and free texts with these values, a local flag's by `scene.flag`; raises `FlagValueError`."""
    numbers = {register.name: index for index, register in enumerate(data.registers)}
    places = {text.name: index for index, text in enumerate(data.texts)}
    values, words = list(registers), list(texts)
    for name, value in flags.items():
        if name in numbers:
            values[numbers[name]] = encode(data.registers[numbers[name]], value)
        elif name in places and isinstance(value, str):
            words[places[name]] = value
        else:
            raise FlagValueError(f'there is no flag "{name}" that can be {value!r}')
    return tuple(values), tuple(words)


def step_named(data: StoryData, name: str) -> int:
    """The index of the node `scene.node`, or of what one of its choices opens onto; raises `SupposedError`."""
    if (found := numbered(data.steps, [name]).get(name)) is not None:
        return found
    nodes = dict.fromkeys(step.node for step in data.steps)
    raise SupposedError(f'there is no node "{name}"{_meant(name, nodes)}')


def read_flag(data: StoryData, scene: str, text: str) -> tuple[str, Value]:
    """The name and the value in `flag=value`, as seen from a scene; raises `SupposedError`."""
    typed, equals, value = text.partition("=")
    name = typed.strip()
    if not equals or not name:
        raise SupposedError("expected a flag and its value, as in trust=2")
    registers = {register.name: register for register in data.registers}
    for full in (f"{scene}.{name}", name):
        if full in registers:
            return full, _value(registers[full], value.strip())
    if name in (text.name for text in data.texts):
        return name, value.strip()
    raise SupposedError(_unknown(name, [*registers, *(text.name for text in data.texts)]))


def _unknown(name: str, known: list[str]) -> str:
    if is_internal(name):
        return f'nothing in the story asks for "{name}"'
    return f'there is no flag "{name}"{_meant(name, (flag for flag in known if not is_internal(flag)))}'


def _meant(name: str, known: Iterable[str]) -> str:
    """What was probably meant: a name of some scene's that was given without the scene, or one that is close."""
    names = list(known)
    close = [full for full in names if full.rpartition(".")[2] == name] or closest(name, names)
    return f"; {suggestion(close)}" if close else ""


def _value(register: Register, text: str) -> Value:
    """The value that a text means for a flag; raises `SupposedError`."""
    match register.kind:
        case "bool" if text in _TRUTHS:
            return _TRUTHS[text]
        case "int" if _NUMBER.fullmatch(text) and register.low <= int(text) <= register.high:
            return int(text)
        case "enum" if text in register.words:
            return text
        case "set" if all(word in register.words for word in _members(text)):
            return _members(text)
        case _:
            wrong = [word for word in _members(text) if word not in register.words] if register.words else []
            close = _meant(wrong[0], register.words) if wrong else ""
            raise SupposedError(f'{register.name} cannot be "{text}": it is {allowed(register)}{close}')


def _members(text: str) -> tuple[str, ...]:
    """The words of a set, between braces or bare."""
    return tuple(word for word in _BETWEEN.split(text.removeprefix("{").removesuffix("}")) if word)
