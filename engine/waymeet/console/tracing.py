"""What ran on the last turn: the steps that were gone through, and what each of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.explaining import named_values
from waymeet.machine import ANSWERED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waymeet.console.workshop import Notes
    from waymeet.runtime import Moment


def traced(before: Moment, turn: str, notes: Notes) -> list[str]:
    """The lines of a turn; raises as taking it does."""
    trace = _Trace(before, notes)
    before.observe(turn, trace)
    return trace.lines


class _Trace:
    """An observer that writes down what it is told."""

    def __init__(self, before: Moment, notes: Notes) -> None:
        self._story = before.story
        self._registers: Sequence[int] = before.state.registers
        self._notes = notes
        self._effects: list[str] = []
        self.lines: list[str] = []

    def arrived(self, step: int) -> None:
        """Name the step."""
        place = self._notes.steps.get(step)
        self.lines.append(f"{self._story.machine.steps[step].id}{f' ({place})' if place else ''}")

    def clamped(self, step: int, effect: int, value: int) -> None:
        """Say that an effect stopped at a bound."""
        self._effects.append(f"{self._effect(step, effect)} would have been {value}, and stops at the bound")

    def changing(self, step: int, effect: int, register: int, registers: Sequence[int]) -> None:  # noqa: ARG002
        """Note an effect that changes something."""
        self._effects.append("the answer" if effect == ANSWERED else self._effect(step, effect))

    def done(self, step: int, registers: Sequence[int]) -> None:
        """Tell what is otherwise than before, and by which effects."""
        scene = self._story.machine.steps[step].scene
        old, new = (named_values(self._story.data, tuple(values), scene) for values in (self._registers, registers))
        self.lines += [f"    {effect}" for effect in self._effects]
        self.lines += [
            f"    {name}: {was} -> {now}" for (name, was), (_, now) in zip(old, new, strict=True) if was != now
        ]
        self._registers, self._effects = registers, []

    def _effect(self, step: int, effect: int) -> str:
        written = self._notes.effects.get((step, effect))
        return f"effect {effect + 1}" if written is None else f"{written.text} ({written.place})"
