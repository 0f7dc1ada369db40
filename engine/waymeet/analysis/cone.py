"""What the values of some registers are made of: the cone of influence of their effects, conditions left aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.expressions.code import registers_read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.story import StoryData


class Cone:
    """Which registers the effects on each register read."""

    def __init__(self, story: StoryData) -> None:
        self._read: dict[int, set[int]] = {}
        for step in story.steps:
            for register, code in step.effects:
                self._read.setdefault(register, set()).update(registers_read(code, story.derived))

    def of(self, registers: Iterable[int]) -> list[int]:
        """Some registers with all that flows into them, in order."""
        found = set(registers)
        waiting = list(found)
        while waiting:
            more = self._read.get(waiting.pop(), set()) - found
            found |= more
            waiting.extend(more)
        return sorted(found)
