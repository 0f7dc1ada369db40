"""Which values each register can have at each position, every register on its own: more than can be, never less.

A non-relational abstract interpretation (Cousot, Cousot: Abstract interpretation, 1977) over sets of values: what it
rules out never happens. All sets of a position are bits of one number, so that to join two positions is one operation.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from heapq import heappop, heappush
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, Self

from waymeet.expressions.code import link, registers_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.transitions import Edge, Position, Transitions
    from waymeet.expressions.code import Code, Run

#: A register with more values than this is taken to have any of them.
_MOST_VALUES = 512
#: An expression of registers with more combinations of values than this is taken to come to anything.
_MOST_CASES = 2048
_PHASE = "ruling out values"


class Formula(NamedTuple):
    """A condition as a code."""

    code: Code

    def __and__(self, other: Self) -> Formula:
        return Formula(("and", self.code, other.code))

    def __or__(self, other: Self) -> Formula:
        return Formula(("or", self.code, other.code))

    def __invert__(self) -> Formula:
        return Formula(("not", self.code))


class Formulas:
    """The terms in which conditions are codes."""

    true = Formula(1)
    false = Formula(0)

    def condition(self, code: Code) -> Formula:
        """A condition of the story, as it stands."""
        return Formula(code)


class Field(NamedTuple):
    """Where the values of a register stand among the bits: from `shift` on, one for each from `low` to `high`."""

    shift: int
    low: int
    high: int

    @property
    def all(self) -> int:
        """The bits of all its values, unshifted."""
        return (1 << (self.high - self.low + 1)) - 1

    def values(self, mask: int) -> list[int]:
        """The values whose bits are set."""
        return [self.low + index for index in range(self.high - self.low + 1) if mask >> index & 1]


class ValueSets:
    """The values that registers can have, position by position, once what happens on arrival is done."""

    def __init__(self, transitions: Transitions, used: Sequence[int], told: Sequence[int]) -> None:
        """For the registers that are `used`, of which values above those in `told` are not told apart."""
        self._data = transitions.story.data
        self._transitions = transitions
        self.fields: dict[int, Field] = {}
        shift = 0
        for register in used:
            field = Field(shift, self._data.registers[register].low, told[register])
            if field.high - field.low < _MOST_VALUES:
                self.fields[register] = field
                shift += field.high - field.low + 1
        self._all = (1 << shift) - 1
        self._order = list(self.fields)
        self._shifts = [field.shift for field in self.fields.values()]
        self._derived: list[Run] = []
        for code in self._data.derived:
            self._derived.append(link(code, self._derived))
        self.states: dict[Position, int] = {}
        self._read = lru_cache(maxsize=None)(self._registers)
        self._evaluated = lru_cache(maxsize=100_000)(self._evaluate)

    def run(self, places: Mapping[Position, int], budget: Budget) -> None:
        """Carry values along until nothing is new; raises `BudgetSpentError`. `places` says what goes first."""
        terms = Formulas()
        edges: dict[Position, list[Edge[Formula]]] = {}
        waiting: list[tuple[int, Position]] = []
        pending: set[Position] = set()

        def arrive(position: Position, values: int, *, stays: bool = False) -> None:
            values = values if stays else self._arrived(position.step, values)
            known = self.states.get(position, 0)
            if position not in self.states or values | known != known:
                self.states[position] = values | known
                if position not in pending:
                    pending.add(position)
                    heappush(waiting, (places[position], position))

        start = sum(1 << field.shift + self._data.registers[r].start - field.low for r, field in self.fields.items())
        for position in self._transitions.starts():
            arrive(position, start)
        while waiting:
            budget.tick(_PHASE, 0)
            _, position = heappop(waiting)
            pending.discard(position)
            if position not in edges:
                edges[position] = list(self._transitions.leaving(position, terms))
            for edge in edges[position]:
                onward = self._came(edge, self.states[position])
                if onward is not None:
                    arrive(edge.target, onward, stays=edge.stays)

    def _registers(self, code: Code) -> tuple[int, ...]:
        return tuple(sorted(registers_read(code, self._data.derived)))

    def mask(self, values: int, register: int) -> int:
        """The bits of the values of one register."""
        field = self.fields[register]
        return values >> field.shift & field.all

    def restricted(self, values: int) -> Iterator[int]:
        """The registers that cannot have each of their values."""
        missing = self._all & ~values
        while missing:
            register = self._order[bisect_right(self._shifts, (missing & -missing).bit_length() - 1) - 1]
            yield register
            field = self.fields[register]
            missing &= ~(field.all << field.shift)

    def _set(self, values: int, register: int, mask: int) -> int:
        field = self.fields[register]
        return values & ~(field.all << field.shift) | mask << field.shift

    def _came(self, edge: Edge[Formula], values: int) -> int | None:
        """The values on arrival by an edge; None where it cannot be taken."""
        if edge.asked in self.fields:
            values = self._set(values, edge.asked, self.fields[edge.asked].all)
        refined = self.refined(values, edge.guard.code, holds=True)
        if refined is None:
            return None
        for register in edge.fresh:
            if register in self.fields:
                start = self._data.registers[register].start - self.fields[register].low
                refined = self._set(refined, register, 1 << start)
        return refined

    def _arrived(self, step: int, values: int) -> int:
        written = self._data.steps[step]
        if written.arrivals in self.fields:
            field = self.fields[written.arrivals]
            mask = self.mask(values, written.arrivals)
            values = self._set(values, written.arrivals, (mask << 1 | mask & 1 << field.high - field.low) & field.all)
        for register, code in written.effects:
            if register in self.fields:
                row = self._data.registers[register]
                field = self.fields[register]
                cases = self._cases(values, code)
                mask = field.all
                if cases is not None:
                    mask = _joined(1 << min(row.high, max(row.low, outcome)) - row.low for _, outcome in cases)
                values = self._set(values, register, mask)
        return values

    # -- conditions ------------------------------------

    def refined(self, values: int, code: Code, *, holds: bool) -> int | None:
        """The values with which a condition can hold, or not hold; None where it cannot."""
        if isinstance(code, int):
            return values if bool(code) == holds else None
        match code[0], holds:
            case "not", _:
                return self.refined(values, code[1], holds=not holds)
            case "derived", _:
                return self.refined(values, self._data.derived[code[1]], holds=holds)
            case ("and", True) | ("or", False):
                for operand in code[1:]:
                    refined = self.refined(values, operand, holds=holds)
                    if refined is None:
                        return None
                    values = refined
                return values
            case ("or", True) | ("and", False):
                found = [self.refined(values, operand, holds=holds) for operand in code[1:]]
                possible = [one for one in found if one is not None]
                return _joined(possible) if possible else None
            case _:
                return self._asked(values, code, holds=holds)

    def _asked(self, values: int, code: Code, *, holds: bool) -> int | None:
        """The values with which a comparison, or a register of itself, can hold, or not hold."""
        cases = self._cases(values, code)
        if cases is None:
            return values
        fitting = [case for case, outcome in cases if bool(outcome) == holds]
        if not fitting:
            return None
        for place, register in enumerate(self._read(code)):
            low = self.fields[register].low
            mask = 0
            for case in fitting:
                mask |= 1 << case[place] - low
            values = self._set(values, register, mask)
        return values

    def _cases(self, values: int, code: Code) -> list[tuple[tuple[int, ...], int]] | None:
        """What an expression comes to with each combination of the values that it reads; None where they are many."""
        read = self._read(code)
        if not all(register in self.fields for register in read):
            return None
        masks = tuple(self.mask(values, register) for register in read)
        if prod(mask.bit_count() for mask in masks) > _MOST_CASES:
            return None
        return self._evaluated(code, masks)

    def _evaluate(self, code: Code, masks: tuple[int, ...]) -> list[tuple[tuple[int, ...], int]]:
        run = link(code, self._derived)
        registers = [0] * len(self._data.registers)
        found = []
        read = self._read(code)
        for case in product(*(self.fields[r].values(mask) for r, mask in zip(read, masks, strict=True))):
            for register, value in zip(read, case, strict=True):
                registers[register] = value
            found.append((case, int(run(registers))))
        return found


def _joined(some: Iterable[int]) -> int:
    joined = 0
    for values in some:
        joined |= values
    return joined
