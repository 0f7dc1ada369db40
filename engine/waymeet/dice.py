"""What chance decides: a small generator whose whole state is one number, so that a save goes on rolling the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_MASK = 2**64 - 1
_STEP = 0x9E3779B97F4A7C15


def mixed(value: int) -> int:
    """A number with its bits well stirred (SplitMix64: Steele, Lea, Flood, 2014)."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


class Luck(NamedTuple):
    """What is still to be drawn: outcomes fixed beforehand, by name and in order, and after those the generator's."""

    state: int
    fixed: tuple[str, ...] = ()


class ImpossibleOutcomeError(LookupError):
    """An outcome fixed beforehand that cannot come out.

    `possible` are those that can; `left` counts those fixed that were not drawn yet, this one included.
    """

    def __init__(self, message: str, possible: Sequence[str], left: int) -> None:
        super().__init__(message)
        self.possible = possible
        self.left = left


class Dice:
    """Draws outcomes; `luck` is what is left to draw from."""

    __slots__ = ("luck",)

    def __init__(self, luck: Luck) -> None:
        self.luck = luck

    def draw(self, names: Sequence[str], weights: Sequence[int]) -> int:
        """The index of an outcome; raises `ImpossibleOutcomeError` when the one fixed beforehand is none of them."""
        if self.luck.fixed:
            return self._fixed(names)
        state = (self.luck.state + _STEP) & _MASK
        self.luck = Luck(state)
        pick = mixed(state) % sum(weights)
        for index, weight in enumerate(weights):
            pick -= weight
            if pick < 0:
                return index
        raise AssertionError(pick)

    def answer(self) -> str | None:
        """The answer that was fixed beforehand, if one was."""
        if not self.luck.fixed:
            return None
        first, *rest = self.luck.fixed
        self.luck = Luck(self.luck.state, tuple(rest))
        return first

    def _fixed(self, names: Sequence[str]) -> int:
        first, *rest = self.luck.fixed
        meant = [first] if first in names else _ending_in(first, names)
        if len(meant) != 1:
            why = "can mean several outcomes here" if meant else "cannot come out here"
            possible = tuple(meant or dict.fromkeys(names))
            raise ImpossibleOutcomeError(f'"{first}" {why}', possible, len(self.luck.fixed))
        self.luck = Luck(self.luck.state, tuple(rest))
        return names.index(meant[0])


def _ending_in(node: str, names: Sequence[str]) -> list[str]:
    """The outcomes `scene.node` that a node without its scene can mean, each once."""
    return [name for name in dict.fromkeys(names) if name.endswith(f".{node}")]
