"""What coming to a step does to states: its count, its effects, what nothing later reads; and what is to be told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from waymeet.analysis.liveness import bits
from waymeet.analysis.packed.columns import Columns
from waymeet.expressions.code import registers_read

if TYPE_CHECKING:
    from waymeet.analysis.liveness import Liveness
    from waymeet.analysis.packed.values import Number, Where
    from waymeet.analysis.packed.words import Layout, Words
    from waymeet.analysis.transitions import Position
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story


class Alarms(Protocol):
    """Who is told what happens on arrival: `kind` is the name of a table of `Survey`, `about` a key of it."""

    def wants(self, kind: str, about: tuple[int, ...]) -> bool:
        """Whether something is still to be told of."""

    def sound(self, kind: str, about: tuple[int, ...], where: Where, number: Number | None = None) -> None:
        """Tell where it is so, and what an effect comes to there."""


class Arrival:
    """What coming to a step does."""

    def __init__(self, story: Story, watch: Watch, liveness: Liveness, layout: Layout, step: int) -> None:
        self._data = story.data
        self._watch = watch
        self._layout = layout
        self._step = step
        self._told = liveness.told
        self._starts = story.machine.start_registers
        self._kept = layout.kept[step]
        self._count = self._counted()
        #: The conditions that each protagonist is asked here.
        self.asked = [watch.asked(who, step) for who in range(len(story.protagonists))]
        codes = [code for asked in self.asked for _, code in asked]
        read = {register for code in codes for register in registers_read(code, story.data.derived)}
        self._effects = self._needed(self._kept | sum(1 << register for register in read))
        written = {self._data.steps[step].effects[effect].register for effect in self._effects}
        changed = sum(1 << register for register in written) | (0 if self._count is None else 1 << self._count)
        #: The registers that are written, and the bits of those that are not and stay.
        self._written = list(bits(self._kept & changed))
        self._staying = layout.word(layout.bits_in(layout.coming[step] & self._kept & ~changed))
        self._drops = layout.coming[step] & (changed | ~self._kept) != 0

    def _counted(self) -> int | None:
        count = self._data.steps[self._step].arrivals
        return count if count in self._layout.fields else None

    def _needed(self, live: int) -> list[int]:
        """The effects that matter here or later, by their numbers."""
        found = []
        effects = self._data.steps[self._step].effects
        for number in reversed(range(len(effects))):
            register, code = effects[number]
            row = self._data.registers[register]
            settles = bool(self._watch.settling(register))
            if live >> register & 1 or settles or (row.kind == "int" and not row.clamp):
                found.append(number)
                live |= sum(1 << read for read in registers_read(code, self._data.derived))
        return found[::-1]

    def after(self, position: Position, words: Words, alarms: Alarms | None) -> Words:
        """The states in which some are once the step was come to; of what happens, `alarms` is told."""
        columns = self.columns(words)
        if self._count is not None:
            columns.become(self._count, self._one_more(columns.value(self._count)))
        for effect in self._effects:
            self._apply(columns, effect, alarms)
        if alarms is not None:
            self.ask(position.protagonist, columns, alarms)
        return self._packed(columns, words)

    def ask(self, protagonist: int, columns: Columns, alarms: Alarms) -> None:
        """Ask the conditions of the watch."""
        for number, code in self.asked[protagonist]:
            if alarms.wants("held", (number,)):
                alarms.sound("held", (number,), columns.condition(code))

    def columns(self, words: Words) -> Columns:
        """States as they come to the step."""
        return Columns(self._layout, self._data.derived, self._starts, words, self._layout.coming[self._step])

    def _one_more(self, number: Number) -> Number:
        assert self._count is not None
        more = number._replace(values=number.values + 1, low=number.low + 1, high=number.high + 1)
        return more.held(0, self._told[self._count])

    def _apply(self, columns: Columns, effect: int, alarms: Alarms | None) -> None:
        register, code = self._data.steps[self._step].effects[effect]
        row = self._data.registers[register]
        number = columns.number(code)
        if alarms is not None and row.kind == "int" and not row.clamp and alarms.wants("clamps", (self._step, effect)):
            alarms.sound("clamps", (self._step, effect), number.outside(row.low, row.high), number)
        number = number.held(row.low, row.high)
        if alarms is not None:
            for event in self._watch.settling(register):
                if alarms.wants("contradictions", (event, self._step, effect)):
                    told = columns.condition(("flag", self._data.events[event].told))
                    alarms.sound(
                        "contradictions", (event, self._step, effect), told & columns.differs(register, number)
                    )
        columns.become(register, number)

    def _packed(self, columns: Columns, words: Words) -> Words:
        layout = self._layout
        packed = words & self._staying if self._drops else words
        for register in self._written:
            field, number = layout.fields[register], columns.changed[register]
            if isinstance(number.values, int):
                code = field.code(number.values)
                packed = packed | layout.word(code) if code else packed
            else:
                codes: Words = (number.values - field.low).astype(layout.word)
                if field.start:
                    codes ^= layout.word(field.start)
                packed = packed | (codes << layout.word(field.shift))
        return packed
