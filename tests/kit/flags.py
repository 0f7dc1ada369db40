"""Random declarations: flags in every form in which each type can be declared, and names derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kit.formulas import Formulas, chance

if TYPE_CHECKING:
    from random import Random

    from kit.formulas import Names

MOOD = ("cold", "wavering", "open")
CLUES = ("crest", "feather", "print_")


class Wanted(NamedTuple):
    """What flags there may be: truths, a number, one of some words, any of some words."""

    bools: tuple[str, ...]
    number: str
    enum: str
    values: tuple[str, ...]
    group: str
    members: tuple[str, ...]


FLAGS = Wanted(("armed", "lit"), "trust", "mood", MOOD, "clues", CLUES)
MEMORY = Wanted(("met",), "score", "parting", ("untold", "kind"), "kept", ("ring",))


def local_flags(scene: str, *, own: bool) -> Wanted:
    """Those of a scene: with names of its `own`, or with such as other scenes may have, too."""
    end = f"_{scene}" if own else ""
    door, steps, tide, held, rope = (f"{name}{end}" for name in ("door", "steps", "tide", "held", "rope"))
    return Wanted((door,), steps, tide, ("low", "high"), held, (rope,))


def declared(random: Random, wanted: Wanted, names: Names, *, at_most: int) -> dict[str, Any]:
    """Some flags, each with one of the forms that its type can be declared in."""
    found: dict[str, Any] = {}
    every = [*wanted.bools, wanted.number, wanted.enum, wanted.group]
    for name in random.sample(every, random.randint(min(1, at_most - 1), at_most)):
        if name in wanted.bools:
            names.bools.append(name)
            found[name] = random.choice((False, False, True, {"start": True}))
        elif name == wanted.number:
            found[name] = _number(random, names, name)
        elif name == wanted.enum:
            names.enums[name] = wanted.values
            values = list(wanted.values)
            found[name] = random.choice((values, {"one_of": values}, {"one_of": values, "start": values[-1]}))
        else:
            names.sets[name] = wanted.members[: random.randint(1, len(wanted.members))]
            start = {"start": [names.sets[name][0]]} if chance(random, 20) else {}
            found[name] = {"any_of": list(names.sets[name]), **start}
        if isinstance(found[name], dict) and chance(random, 10):
            found[name]["note"] = "For authors."
        if isinstance(found[name], dict) and chance(random, 8):
            found[name]["allow"] = {random.choice(("unused-flag", "never-read", "never-written")): "It is meant."}
    return found


def _number(random: Random, names: Names, name: str) -> dict[str, Any]:
    low = random.choice((0, 0, -1, -2, 1))
    high = low + random.randint(0, 3)
    names.ints[name] = (low, high)
    flag: dict[str, Any] = {"min": low, "max": high}
    if chance(random, 40):
        flag["start"] = random.randint(low, high)
    if chance(random, 40):
        flag["overflow"] = random.choice(("clamp", "clamp", "report"))
    return flag


def plan_derived(random: Random, names: Names) -> None:
    """Decide which derived names there are to be, so that everything can use them."""
    names.derived_bools = ["welcome", "doubly"][: random.choice((0, 0, 1, 2))]
    names.derived_ints = ["weight"][: random.choice((0, 0, 1))]
    if names.enums and chance(random, 40):
        names.derived_enums["look"] = next(iter(names.enums.values()))
    if names.sets and chance(random, 40):
        names.derived_sets["found"] = next(iter(names.sets.values()))


def derived(random: Random, names: Names) -> dict[str, str]:
    """What the derived names that were planned stand for, each using those before it."""
    ints, bools = names.derived_ints, names.derived_bools
    enums, sets = names.derived_enums, names.derived_sets
    names.derived_ints, names.derived_bools, names.derived_enums, names.derived_sets = [], [], {}, {}
    found = {}
    for name, values in enums.items():
        found[name] = Formulas(random, names, counts=False).value(next(iter(names.enums)), values)
        names.derived_enums[name] = values
    for name, members in sets.items():
        found[name] = Formulas(random, names, counts=False).group(next(iter(names.sets)), members, 2)
        names.derived_sets[name] = members
    for name in ints:
        found[name] = Formulas(random, names, counts=False).sum(1)
        names.derived_ints.append(name)
    for name in bools:
        found[name] = Formulas(random, names).condition(2)
        names.derived_bools.append(name)
    return found
