"""Chance: weighted outcomes, and rolls of dice.

A roll lowers to an outcome for each total of the dice, as heavy as there are ways to throw it. Where something is
added, each leads to a step of its own that sorts the sum into the author's ranges.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.fields import rows
from waymeet.expressions.types import IntType
from waymeet.story import Branch, Chance, Goto, Outcome

if TYPE_CHECKING:
    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import WrittenChance, WrittenRoll
    from waymeet.authoring.places import Entry
    from waymeet.authoring.source import Scalar
    from waymeet.expressions.code import Code
    from waymeet.story import Step

MAX_DICE = 20
MAX_SIDES = 100
MAX_WEIGHT = 1_000_000
DICE = re.compile(r"(\d{1,3})?d(\d{1,4})")
RANGE = re.compile(
    r"(?P<one>-?\d{1,5})"
    r"|(?P<low>-?\d{1,5})\.\.(?P<high>-?\d{1,5})"
    r"|(?P<least>-?\d{1,5})\+|\.\.(?P<most>-?\d{1,5})"
)


class Sums(NamedTuple):
    """A range of sums and the step that it leads to."""

    low: int
    high: int
    to: int
    entry: Entry


def lower_chance(written: list[WrittenChance], key: Scalar, lowering: Lowering) -> Chance | None:
    """Outcomes by their weights; the name of each is the node that it leads to, as `scene.node`."""
    if not written:
        lowering.reading.report("wrong-value", "there is nothing in this chance", key)
    outcomes = []
    for entry in written:
        if not 1 <= entry.weight <= MAX_WEIGHT:
            message = f"a weight goes from 1 to {MAX_WEIGHT:,}"
            lowering.reading.report("wrong-value", message, entry.key("weight"))
        to = lowering.target(entry.to)
        if to is not None:
            name = lowering.shared.names.full_node(lowering.scene, entry.to.value)
            outcomes.append(Outcome(name, entry.weight, None, to))
    return Chance(tuple(outcomes), None)


def lower_roll(written: WrittenRoll, at: Step, lowering: Lowering, steps: dict[int, Step]) -> Chance | None:
    """The totals of the dice, each with its weight; `at` is the step that rolls, less its way out."""
    weights = _weights(written.dice, lowering)
    added = _added(written, lowering)
    if not weights or added is None:
        return None
    code, interval = added
    low, high = min(weights) + interval.low, max(weights) + interval.high
    ranges = _ranges(written, low, high, lowering)
    if ranges is None:
        return None
    places, index = lowering.shared.places, lowering.shared.names.steps[at.id]
    span = lowering.reading.source.span(written.key("outcomes"))
    places.entries[span] = tuple(sums.entry for sums in ranges)
    if code is not None:
        found = {total: _sorting(total, code, ranges, at, lowering, steps) for total in weights}
        places.ways |= dict.fromkeys(found.values(), span)
    else:
        met = {total: next(sums for sums in ranges if sums.low <= total <= sums.high) for total in weights}
        found = {total: sums.to for total, sums in met.items()}
        places.ways[index] = span
        places.outcomes[index] = tuple(sums.entry for sums in met.values())
    return Chance(tuple(Outcome(str(total), weight, None, found[total]) for total, weight in weights.items()), None)


def _weights(dice: Scalar, lowering: Lowering) -> dict[int, int]:
    """How many ways there are to throw each total."""
    found = DICE.fullmatch(dice.value)
    count, sides = (int(found[1] or 1), int(found[2])) if found else (0, 0)
    if not 1 <= count <= MAX_DICE or not 2 <= sides <= MAX_SIDES:
        message = f'"{dice.value}" is no roll'
        help_line = f"write 2d6 for two dice of six sides; up to {MAX_DICE} dice and {MAX_SIDES} sides"
        lowering.reading.report("wrong-value", message, dice, help_line)
        return {}
    weights = {0: 1}
    for _ in range(count):
        thrown: dict[int, int] = {}
        for total, weight in weights.items():
            for side in range(1, sides + 1):
                thrown[total + side] = thrown.get(total + side, 0) + weight
        weights = thrown
    return weights


def _added(written: WrittenRoll, lowering: Lowering) -> tuple[Code | None, IntType] | None:
    """What is added to the dice, and between what; None for what was reported."""
    if written.add is None:
        return None, IntType(0, 0)
    tree = lowering.expression(written.add)
    typed = None if tree is None else lowering.named(written.add, tree)
    if typed is None:
        return None
    if not isinstance(typed.type, IntType) or typed.waiting:
        lowering.reading.report("type-mismatch", "only a number can be added to dice", written.add)
        return None
    return typed.code, typed.type


def _ranges(written: WrittenRoll, low: int, high: int, lowering: Lowering) -> list[Sums] | None:
    """The author's ranges; None when one cannot be read, or some sum has none."""
    found = []
    for name, target in rows(written.outcomes):
        ends = _ends(name, low, high, lowering)
        to = lowering.target(target)
        if ends is None or to is None:
            return None
        found.append(Sums(*ends, to, lowering.entry(name, to)))
    missing = _first_gap(found, low)
    if missing > high:
        return found
    message = f"the roll can come to {missing}, and no outcome is for that"
    help_line = f"it goes from {low} to {high}; ranges are written 7, 7..9, 10+ or ..6"
    lowering.reading.report("incomplete-match", message, written.key("outcomes"), help_line)
    return None


def _first_gap(ranges: list[Sums], low: int) -> int:
    """The first number from `low` on that no range has."""
    for sums in sorted(ranges, key=lambda sums: sums.low):
        if sums.low > low:
            break
        low = max(low, sums.high + 1)
    return low


def _ends(name: Scalar, low: int, high: int, lowering: Lowering) -> tuple[int, int] | None:
    match = RANGE.fullmatch(name.value)
    if match is None:
        message = f'"{name.value}" is no range'
        lowering.reading.report("wrong-value", message, name, _meant(name.value))
        return None
    parts = {key: int(value) for key, value in match.groupdict().items() if value is not None}
    if "one" in parts:
        return parts["one"], parts["one"]
    return parts.get("low", parts.get("least", low)), parts.get("high", parts.get("most", high))


def _meant(name: str) -> str:
    """What to write for a range that is written otherwise."""
    between = re.fullmatch(r"(\d+)\s*(?:-|–|to)\s*(\d+)", name)
    if between:
        return f'write "{between[1]}..{between[2]}"'
    bound = re.fullmatch(r"([<>])=\s*(\d+)|(\d+)\s*or (?:more|less)", name)
    if bound and bound[2]:
        return f'write "{bound[2]}+"' if bound[1] == ">" else f'write "..{bound[2]}"'
    return "write 7, 7..9, 10+ or ..6"


def _sorting(total: int, code: Code, ranges: list[Sums], at: Step, lowering: Lowering, steps: dict[int, Step]) -> int:
    """A step that goes on by the sum of a total and what is added."""
    whole = ("+", total, code)
    branches = [Branch(("and", (">=", whole, sums.low), ("<=", whole, sums.high)), sums.to) for sums in ranges]
    names = lowering.shared.names
    index = names.steps.setdefault(f"{at.id}:{total}", len(names.steps))
    lowering.shared.places.steps[index] = lowering.shared.places.steps[names.steps[at.id]]
    steps[index] = at._replace(id=f"{at.id}:{total}", exit=Goto(tuple(branches)))
    return index
