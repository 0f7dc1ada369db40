"""The states that a walk has come to, numbered and packed: of each, only the registers that something later reads.

A story may have thousands of registers and millions of states. A state is kept as a string of bytes (the protagonist,
the step, its live registers, the steps that wait for a return), which is some thirty times smaller than a tuple of
all registers and is no business of the garbage collector's.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import TYPE_CHECKING, overload

from waymeet.analysis.liveness import bits
from waymeet.machine import State

if TYPE_CHECKING:
    from waymeet.analysis.liveness import Liveness
    from waymeet.story import Register, StoryData

_HEAD = Struct("<II")
_WAITING = Struct("<I")


class States(Sequence[State]):
    """Every state that was come to, by number; what was forgotten of one is at its start there.

    Without `liveness`, states that differ only in what nothing reads any more are told apart.
    """

    def __init__(self, story: StoryData, liveness: Liveness | None) -> None:
        self._registers = story.registers
        self._start = tuple(register.start for register in story.registers)
        self._liveness = liveness
        self._packers: dict[int, _Packer] = {}
        self._by_mask: dict[int, _Packer] = {}
        self._numbers: dict[bytes, int] = {}
        self._packed: list[bytes] = []
        #: How many bytes the packed states take.
        self.size = 0

    def add(self, protagonist: int, state: State) -> int:
        """The number of a protagonist's state: the next one, if it is new."""
        packed = self._pack(protagonist, state)
        number = self._numbers.setdefault(packed, len(self._packed))
        if number == len(self._packed):
            self._packed.append(packed)
            self.size += len(packed)
        return number

    def number(self, protagonist: int, state: State) -> int | None:
        """The number of a protagonist's state; None for one that was not come to."""
        return self._numbers.get(self._pack(protagonist, state))

    def protagonist(self, number: int) -> int:
        """Whose state it is."""
        return int(_HEAD.unpack_from(self._packed[number])[0])

    def step(self, number: int) -> int:
        """The step that it rests at."""
        return int(_HEAD.unpack_from(self._packed[number])[1])

    def starting(self, at: int, registers: tuple[int, ...]) -> tuple[int, ...]:
        """The registers with which a path begins at a step, less what it never reads."""
        return registers if self._liveness is None else self._liveness.starting(at, registers)

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, number: int) -> State: ...
    @overload
    def __getitem__(self, number: slice) -> list[State]: ...
    def __getitem__(self, number: int | slice) -> State | list[State]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        packed = self._packed[number]
        _, step = _HEAD.unpack_from(packed)
        packer = self._packer(step)
        registers = list(self._start)
        for index, value in zip(packer.live, packer.values(packed), strict=True):
            registers[index] = value
        returns = tuple(step for (step,) in _WAITING.iter_unpack(packed[packer.end :]))
        return State(step, tuple(registers), returns)

    def _pack(self, protagonist: int, state: State) -> bytes:
        head = _HEAD.pack(protagonist, state.step)
        body = self._packer(state.step).pack(state.registers)
        if state.returns:
            return b"".join((head, body, *map(_WAITING.pack, state.returns)))
        return head + body

    def _packer(self, step: int) -> _Packer:
        if step not in self._packers:
            mask = (1 << len(self._start)) - 1 if self._liveness is None else self._liveness.live(step)
            if mask not in self._by_mask:
                told = None if self._liveness is None else self._liveness.told
                self._by_mask[mask] = _Packer(self._registers, mask, told)
            self._packers[step] = self._by_mask[mask]
        return self._packers[step]


class _Packer:
    """Packs the live registers of some steps."""

    __slots__ = ("_capped", "_fields", "end", "live")

    def __init__(self, registers: Sequence[Register], mask: int, told: Sequence[int] | None) -> None:
        self.live = tuple(bits(mask))
        self._fields = Struct("<" + "".join(_field(registers[index]) for index in self.live))
        rows = enumerate(self.live)
        #: Counts that go higher than conditions can tell, by their place among the live registers.
        self._capped = () if told is None else tuple((n, told[i]) for n, i in rows if told[i] < registers[i].high)
        self.end = _HEAD.size + self._fields.size

    def pack(self, registers: tuple[int, ...]) -> bytes:
        """The live ones of some registers."""
        values = [registers[index] for index in self.live]
        for place, most in self._capped:
            values[place] = min(values[place], most)
        return self._fields.pack(*values)

    def values(self, packed: bytes) -> tuple[int, ...]:
        """The live registers of a packed state."""
        return self._fields.unpack_from(packed, _HEAD.size)


def _field(register: Register) -> str:
    """The smallest field that holds a register."""
    if register.low >= 0:
        return "B" if register.high < 1 << 8 else "H" if register.high < 1 << 16 else "Q"
    return "h" if max(-register.low, register.high) < 1 << 15 else "q"
