"""Telling: what the passages of one turn say, from the registers that each was passed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.dice import Dice
from waymeet.prose.rendering import Rendering

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.dice import Luck
    from waymeet.linked import LinkedStory
    from waymeet.machine import Passage, Registers, Signal, State
    from waymeet.prose.rendering import Block


class Teller:
    """A telling under way: makes its `Rendering` when first asked, and moves it along from registers to registers."""

    __slots__ = ("_rendering", "dice", "registers", "seed", "shown", "story", "texts")

    def __init__(
        self,
        story: LinkedStory,
        texts: tuple[str, ...],
        shown: Mapping[int, int],
        seed: int,
        registers: Registers,
        luck: Luck,
    ) -> None:
        self.story = story
        self.dice = Dice(luck)
        self.texts = texts
        self.shown = shown
        self.seed = seed
        self.registers = registers
        self._rendering: Rendering | None = None

    def rendering(self) -> Rendering:
        """The rendering, set to the registers at hand."""
        if self._rendering is None:
            self._rendering = Rendering(self.registers, self.texts, self.shown, self.seed)
        self._rendering.registers = self.registers
        return self._rendering

    def shown_by_now(self) -> Mapping[int, int]:
        """How often each variation has been shown, this telling included."""
        counted = None if self._rendering is None else self._rendering.counted
        return {**self.shown, **counted} if counted else self.shown

    def tell(
        self, passages: list[Passage], state: State, text: tuple[Block, ...], signals: tuple[Signal, ...], scene: str
    ) -> tuple[tuple[Block, ...], tuple[Signal, ...]]:
        """What was told and signalled before, and then by some passages on the way to a state.

        `scene` is where the reader comes from; the heading of another that they come to stands before what is told
        there.
        """
        steps = self.story.machine.steps
        for step, registers in passages:
            template = steps[step].text
            if steps[step].scene != scene:
                scene = steps[step].scene
                text += self.story.heading(scene)
            self.registers = registers
            text += template.render(self.rendering()) if template.fixed is None else template.fixed
            signals += tuple([signal.given(self.rendering) for signal in steps[step].signals])
        if steps[state.step].scene != scene:
            text += self.story.heading(steps[state.step].scene)
        self.registers = state.registers
        return text, signals
