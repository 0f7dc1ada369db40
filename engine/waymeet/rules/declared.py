"""What a story declares to go by, with who asks for each thing and who changes it: for the rules about that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.expressions.code import leaves
from waymeet.rules.facts import written
from waymeet.values import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waymeet.analysis.uses import Place
    from waymeet.diagnostics import Span
    from waymeet.rules.facts import GraphFacts
    from waymeet.story import Register


class Declared(NamedTuple):
    """A flag, memory or free text: its name, its place, and its start in words.

    `reader` and `writer` say where it is asked for, or printed, and where it is changed first; None is nowhere. `idle`
    is a derived name that is made of it and used nowhere.
    """

    name: str
    place: Span
    start: str
    is_text: bool
    reader: str | None
    writer: str | None
    idle: str | None


class DeclaredName(NamedTuple):
    """A derived name with its place; `reader` and `idle` are as for `Declared`."""

    name: str
    place: Span
    reader: str | None
    idle: str | None


def declared(facts: GraphFacts) -> Iterator[Declared]:
    """Everything that the author declared; what the engine keeps for itself has no place and is left out."""
    uses, places, idle = facts.uses, facts.places.flags, _idle(facts, "flag")
    for index, register in enumerate(facts.story.registers):
        if register.name in places:
            name = register.name.rpartition(".")[2]
            users = _where(facts, uses.read, index), _where(facts, uses.written, index), idle.get(index)
            yield Declared(name, places[register.name], _start(register), False, *users)
    for index, text in enumerate(facts.story.texts):
        users = _where(facts, uses.printed, index), _where(facts, uses.asked, index), None
        yield Declared(text.name, places[text.name], f'"{text.start}"' if text.start else "empty", True, *users)


def declared_names(facts: GraphFacts) -> Iterator[DeclaredName]:
    """The derived names."""
    idle = _idle(facts, "derived")
    for index, (name, place) in enumerate(facts.places.derived.items()):
        yield DeclaredName(name, place, _where(facts, facts.uses.derived, index), idle.get(index))


def _where(facts: GraphFacts, uses: Mapping[int, Place], index: int) -> str | None:
    if index not in uses:
        return None
    place = uses[index]
    return place if isinstance(place, str) else written(facts.story.steps[place].id)


def _idle(facts: GraphFacts, kind: str) -> dict[int, str]:
    """For each thing of a kind that a derived name without any use is made of: that name."""
    found: dict[int, str] = {}
    for index, (name, code) in enumerate(zip(facts.places.derived, facts.story.derived, strict=True)):
        if index not in facts.uses.derived:
            found |= {thing: name for leaf, thing in leaves(code) if leaf == kind}
    return found


def _start(register: Register) -> str:
    value = decode(register, register.start)
    if isinstance(value, tuple):
        return ", ".join(value) or "empty"
    return str(value).lower() if isinstance(value, bool) else str(value)
