"""Where in a word each register is kept: registers that are never kept at the same time share their bits.

A register is written as what it differs in from its start, so that one that is forgotten, and is back at its start, is
a field of zeros. Bits are given out as a compiler gives registers to variables, by colouring what is in the way of what
(Chaitin: Register allocation and spilling via graph coloring, 1982), the widest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from waymeet.analysis.liveness import bits
from waymeet.story import Ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from waymeet.analysis.liveness import Liveness
    from waymeet.runtime import Story
    from waymeet.story import Register

    #: Packed states: 32 bits each where that is enough, else 64.
    Words = NDArray[Any]
    #: Which of them something is true of.
    Mask = NDArray[np.bool_]

#: As many bits fit into a word, of 32 or of 64: one is left for what tells a state from none.
FEW_BITS = 31
MOST_BITS = 63
#: As wide a register may be at most: its values are reckoned with in 64 bits, and a sign.
_WIDEST = 62


class UnsuitedError(Exception):
    """The story cannot be gone through by packed states; the message says why."""


class Field(NamedTuple):
    """The bits of a register: its value less `low`, with the bits of `start` the other way round."""

    shift: int
    mask: int
    low: int
    high: int
    start: int

    @property
    def bits(self) -> int:
        """The bits of the field, in their place."""
        return self.mask << self.shift

    def code(self, value: int) -> int:
        """A value as it is written, in its place."""
        return ((value - self.low) ^ self.start) << self.shift

    def value(self, word: int) -> int:
        """The value in a word."""
        return ((word >> self.shift & self.mask) ^ self.start) + self.low


class Layout:
    """The fields of a story's registers, and which of them are in a word when and where.

    Raises `UnsuitedError`.
    """

    def __init__(self, story: Story, liveness: Liveness) -> None:
        self._story = story.data
        self._told = liveness.told
        self._used = liveness.used()
        steps = range(len(story.data.steps))
        #: What is in a word when a step is come to, and when all is done there; as sets of registers.
        self.coming = [liveness.arriving(step) for step in steps]
        self.kept = [liveness.live(n) if story.machine.steps[n].rests else liveness.kept(n) for n in steps]
        #: What is in a word when it leaves a step: also the answer, where something is asked.
        self.leaving = [self.kept[step] | self._asked(step) for step in steps]
        wide = [row.name for n, row in enumerate(story.data.registers) if self._used >> n & 1 and _is_wide(row)]
        if wide:
            raise UnsuitedError(f"{wide[0]} takes more than {_WIDEST} bits")
        self.fields: dict[int, Field] = {}
        self._bits: dict[int, int] = {}
        self._place({*self.coming, *self.leaving})
        self.size = max((field.bits.bit_length() for field in self.fields.values()), default=0)
        if self.size > MOST_BITS:
            raise UnsuitedError(f"what has to be kept of a state takes {self.size} bits")
        self.word: type[np.uint32 | np.uint64] = np.uint32 if self.size <= FEW_BITS else np.uint64

    def _asked(self, step: int) -> int:
        way_out = self._story.steps[step].exit
        return self._used & 1 << way_out.register if isinstance(way_out, Ask) and way_out.register is not None else 0

    def bits_in(self, registers: int) -> int:
        """The bits of some registers, which are a bit mask themselves."""
        if registers not in self._bits:
            self._bits[registers] = sum(self.fields[register].bits for register in bits(registers))
        return self._bits[registers]

    def packed(self, values: Sequence[int], registers: int) -> int:
        """Some registers of a state in one word."""
        pairs = ((self.fields[register], values[register], self._told[register]) for register in bits(registers))
        return sum(field.code(min(value, told)) for field, value, told in pairs)

    def unpacked(self, word: int, registers: int) -> list[int]:
        """All registers of a state, of which some are in a word and the others at their start."""
        values = [register.start for register in self._story.registers]
        for register in bits(registers):
            values[register] = self.fields[register].value(word)
        return values

    # -- giving out bits ------------------------------------

    def _width(self, register: int) -> int:
        return (self._told[register] - self._story.registers[register].low).bit_length()

    def _place(self, together: Iterable[int]) -> None:
        """Give each register the lowest bits that none has which is ever kept together with it."""
        beside: dict[int, int] = {}
        for registers in together:
            among = list(bits(registers))
            if sum(map(self._width, among)) > MOST_BITS:
                needed = sum(map(self._width, among))
                raise UnsuitedError(f"{needed} bits have to be kept of a state at one place")
            for register in among:
                beside[register] = beside.get(register, 0) | registers
        for register in sorted(beside, key=lambda one: (-self._width(one), one)):
            taken = 0
            for other in bits(beside[register]):
                taken |= self.fields[other].bits if other in self.fields else 0
            self.fields[register] = self._field(register, taken)

    def _field(self, register: int, taken: int) -> Field:
        row, mask = self._story.registers[register], (1 << self._width(register)) - 1
        shift = 0
        while taken >> shift & mask:
            shift += 1
        return Field(shift, mask, row.low, self._told[register], row.start - row.low)


def _is_wide(register: Register) -> bool:
    return max(register.high, -register.low).bit_length() > _WIDEST
