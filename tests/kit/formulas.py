"""Random conditions and effects, as an author would write them, over whatever names a story declares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

_ORDER = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(slots=True)
class Names:
    """What a formula may mention: flags by type with their values, derived names, and places that can be counted."""

    bools: list[str] = field(default_factory=list)
    ints: dict[str, tuple[int, int]] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    derived_bools: list[str] = field(default_factory=list)
    derived_ints: list[str] = field(default_factory=list)
    derived_enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    derived_sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    #: The numbers that may be written.
    numbers: Sequence[int] = (0, 1, 2, 3, -1, -2, 5)

    @property
    def all_enums(self) -> dict[str, tuple[str, ...]]:
        """Flags and derived names that are one of some words."""
        return {**self.enums, **self.derived_enums}

    @property
    def all_sets(self) -> dict[str, tuple[str, ...]]:
        """Flags and derived names that are any of some words."""
        return {**self.sets, **self.derived_sets}

    def joined(self, other: Names) -> Names:
        """Both together."""
        return Names(
            [*self.bools, *other.bools],
            {**self.ints, **other.ints},
            {**self.enums, **other.enums},
            {**self.sets, **other.sets},
            [*self.texts, *other.texts],
            [*self.derived_bools, *other.derived_bools],
            [*self.derived_ints, *other.derived_ints],
            {**self.derived_enums, **other.derived_enums},
            {**self.derived_sets, **other.derived_sets},
            [*self.nodes, *other.nodes],
            [*self.choices, *other.choices],
        )


def chance(random: Random, percent: int) -> bool:
    """True so often; the simplest outcome, to which failures shrink, is False."""
    return random.randrange(100) >= 100 - percent


class Formulas:
    """Writes formulas; `counts` says whether they may count visits, which costs states."""

    def __init__(self, random: Random, names: Names, *, counts: bool = True) -> None:
        self.random = random
        self.names = names
        self.counts = counts

    # -- conditions ------------------------------------

    def condition(self, depth: int = 2) -> str:
        """A true-or-false expression."""
        names = self.names
        forms = ["compare"]
        forms += ["flag"] * 2 * bool(names.bools)
        forms += ["enum"] * bool(names.all_enums) + ["set"] * bool(names.all_sets)
        forms += ["count"] * 2 * bool(self.counts and (names.nodes or names.choices))
        forms += ["derived"] * bool(names.derived_bools)
        if depth:
            forms += ["not", "and", "or", "if", "chain", "same"]
        elif chance(self.random, 5):
            return self.random.choice(("true", "false"))
        return self._condition(self.random.choice(forms), depth)

    def _condition(self, form: str, depth: int) -> str:
        pick = self.random.choice
        match form:
            case "flag":
                return pick(self.names.bools)
            case "derived":
                return pick(self.names.derived_bools)
            case "enum":
                return self._about_enum()
            case "set":
                return self._about_set(depth)
            case "count":
                return self._about_count(depth)
            case "not":
                return f"not {self._part(depth)}"
            case "and" | "or":
                return f" {form} ".join(self._part(depth) for _ in range(pick((2, 2, 3))))
            case "if":
                return f"{self._part(depth)} if {self._part(depth)} else {self._part(depth)}"
            case "chain":
                return f"{self.sum(0)} {pick(_ORDER)} {self.sum(depth - 1)} {pick(_ORDER)} {self.sum(0)}"
            case "same":
                return f"({self.condition(depth - 1)}) {pick(('==', '!='))} ({self.condition(depth - 1)})"
            case _:
                return f"{self.sum(depth)} {pick(_ORDER)} {self.sum(0)}"

    def _part(self, depth: int) -> str:
        return self.random.choice(("({})", "({})", "not ({})")).format(self.condition(depth - 1))

    def _about_enum(self) -> str:
        name, values = self.random.choice(list(self.names.all_enums.items()))
        match self.random.randrange(3):
            case 0:
                return f"{name} {self.random.choice(('==', '!='))} {self.random.choice(values)}"
            case 1:
                return f"{self.random.choice(values)} == {name}"
            case _:
                return f"{name} {self.random.choice(('in', 'not in'))} {self._some(values, least=1)}"

    def _about_set(self, depth: int) -> str:
        name, members = self.random.choice(list(self.names.all_sets.items()))
        match self.random.randrange(3):
            case 0:
                operator = self.random.choice(("in", "not in"))
                return f"{self.random.choice(members)} {operator} {self.group(name, members, depth and 1)}"
            case 1:
                return f"{name} {self.random.choice(_ORDER)} {self._some(members)}"
            case _:
                return f"{self._some(members)} {self.random.choice(_ORDER)} {self.group(name, members, depth and 1)}"

    def _about_count(self, depth: int) -> str:
        places = [f"seen({node})" for node in self.names.nodes] + [f"chosen({way})" for way in self.names.choices]
        if chance(self.random, 50):
            return self.random.choice(places)
        number = self.random.choice((0, 1, 1, 2, 3))
        other = f"{self._counted()} + {self.sum(0)}" if depth and chance(self.random, 20) else self._counted()
        if chance(self.random, 20):
            return f"{number} {self.random.choice(_ORDER)} {other}"
        return f"{other} {self.random.choice(_ORDER)} {number}"

    def _counted(self) -> str:
        places = [f"visits({node})" for node in self.names.nodes] + [f"times({way})" for way in self.names.choices]
        return self.random.choice(places)

    # -- numbers, groups, values ------------------------------------

    def sum(self, depth: int = 2) -> str:
        """A whole number."""
        names = self.names
        pick = self.random.choice
        forms = ["number"]
        forms += ["flag"] * 2 * bool(names.ints)
        forms += ["count"] * bool(names.all_sets) + ["derived"] * bool(names.derived_ints)
        if depth > 0:
            forms += ["+", "-", "*", "min", "max", "abs", "if", "minus"]
        match form := pick(forms):
            case "number":
                return str(pick(names.numbers))
            case "flag":
                return pick(list(names.ints))
            case "derived":
                return pick(names.derived_ints)
            case "count":
                name, members = pick(list(names.all_sets.items()))
                return f"count({self.group(name, members, depth)})"
            case "+" | "-" | "*":
                return f"({self.sum(depth - 1)} {form} {self.sum(depth - 1)})"
            case "min" | "max":
                return f"{form}({', '.join(self.sum(depth - 1) for _ in range(pick((2, 2, 3))))})"
            case "abs":
                return f"abs({self.sum(depth - 1)})"
            case "minus":
                return f"-({self.sum(depth - 1)})"
            case _:
                return f"({self.sum(depth - 1)} if ({self.condition(depth - 1)}) else {self.sum(depth - 1)})"

    def group(self, name: str, members: Sequence[str], depth: int = 1) -> str:
        """A set, made from the flag `name`."""
        if depth <= 0:
            return name
        match self.random.randrange(4):
            case 0:
                return name
            case 1:
                other = self.random.choice((self._some(members), self.random.choice(members)))
                return f"({self.group(name, members, depth - 1)} {self.random.choice('|&-')} {other})"
            case 2:
                operator = self.random.choice("|&-")
                return f"({self._some(members)} {operator} {self.group(name, members, depth - 1)})"
            case _:
                return f"({name} if {self.condition(0)} else {self._some(members)})"

    def _some(self, values: Sequence[str], least: int = 0) -> str:
        count = self.random.randint(least, len(values))
        return "{" + ", ".join(self.random.sample(list(values), count)) + "}"

    def value(self, name: str, values: Sequence[str]) -> str:
        """A value of an enum, made from the flag `name`."""
        return f"{name} if ({self.condition(1)}) else {self.random.choice(values)}"

    # -- effects ------------------------------------

    def effect(self) -> str | None:
        """An effect on some flag; None when there is none to change."""
        names = self.names
        kinds = ["bool"] * bool(names.bools) + ["int"] * 2 * bool(names.ints)
        kinds += ["enum"] * bool(names.enums) + ["set"] * bool(names.sets)
        if not kinds:
            return None
        match self.random.choice(kinds):
            case "bool":
                return self._on_bool(self.random.choice(names.bools))
            case "int":
                return self._on_int(self.random.choice(list(names.ints)))
            case "enum":
                return self._on_enum(*self.random.choice(list(names.enums.items())))
            case _:
                return self._on_set(*self.random.choice(list(names.sets.items())))

    def _on_bool(self, name: str) -> str:
        match self.random.randrange(4):
            case 0:
                return f"{name} = true"
            case 1:
                return f"{name} = false"
            case 2:
                return f"toggle({name})"
            case _:
                return f"{name} = {self.condition(1)}"

    def _on_int(self, name: str) -> str:
        match self.random.randrange(4):
            case 0:
                return f"{name} += 1"
            case 1:
                return f"{name} -= 1"
            case 2:
                low, high = self.names.ints[name]
                return f"{name} = {self.random.randint(low, high)}"
            case _:
                return f"{name} {self.random.choice(('=', '+=', '-='))} {self.sum(1)}"

    def _on_enum(self, name: str, values: Sequence[str]) -> str:
        first, last = values[0], values[-1]
        match self.random.randrange(4):
            case 0 if len(values) > 1:
                return f"{name} = {last} if ({self.condition(1)}) else {self.random.choice(values[1:])}"
            case 1:
                return f"{name} = {first} if {name} == {last} else {name}"
            case _:
                return f"{name} = {self.random.choice(values)}"

    def _on_set(self, name: str, members: Sequence[str]) -> str:
        operator = self.random.choice(("+=", "-="))
        match self.random.randrange(4):
            case 0 | 1:
                return f"{name} {operator} {self.random.choice(members)}"
            case 2:
                return f"{name} {operator} {self._some(members)}"
            case _:
                return f"{name} = {self.group(name, members, 2)}"
