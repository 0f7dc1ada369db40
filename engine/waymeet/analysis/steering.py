"""A walk that makes for a condition: of the states of each step it takes those that are nearest to fulfilling it.

How near a state is says the branch distance of search-based testing (Korel: Automated software test data generation,
1990): by how much each comparison is missed, added up where all must hold, the least where one is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.graph import closure
from waymeet.analysis.sampling import Sampler
from waymeet.expressions.code import link
from waymeet.story import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.liveness import Liveness
    from waymeet.analysis.sampling import Came
    from waymeet.analysis.walk import Walk
    from waymeet.analysis.watch import Watch
    from waymeet.expressions.code import Code, Run
    from waymeet.runtime import Story

    #: By how much registers miss a condition; 0 where it holds.
    Distance = Callable[[Sequence[int]], int]


def steer(
    story: Story, watch: Watch, liveness: Liveness, budget: Budget, most: int, step: int, condition: Code
) -> Walk:
    """Visit at most so many states of each step that leads to one, the nearest to a condition there.

    What it sees happens; its ways need not be the shortest. It is the same each time.
    """
    return _Steerer(story, watch, liveness, budget, most, step, condition).run()


class _Steerer(Sampler):
    def __init__(
        self,
        story: Story,
        watch: Watch,
        liveness: Liveness,
        budget: Budget,
        most: int,
        step: int,
        condition: Code,
    ) -> None:
        super().__init__(story, watch, liveness, budget, most)
        before: dict[int, list[int]] = {}
        for index, one in enumerate(story.data.steps):
            for target in targets(one):
                before.setdefault(target, []).append(index)
        self._leading = closure([step], lambda one: before.get(one, ()))
        self._distance = distance(condition, story.data.derived, story.machine.derived, holds=True)

    def _different(self, step: int, came: list[Came]) -> list[Came]:
        """The same, those first that are nearest to the condition; none where the step does not lead there."""
        if step not in self._leading:
            return []
        self._draw.shuffle(came)
        return sorted(came, key=lambda one: self._distance(one[0][1].registers))


def distance(code: Code, derived: Sequence[Code], runs: Sequence[Run], *, holds: bool) -> Distance:
    """By how much registers miss that a condition holds, or that it does not."""
    operation, *operands = code if isinstance(code, tuple) else ("is", code)
    if operation == "derived":
        return distance(derived[operands[0]], derived, runs, holds=holds)
    if operation == "not":
        return distance(operands[0], derived, runs, holds=not holds)
    if operation in ("and", "or"):
        parts = [distance(operand, derived, runs, holds=holds) for operand in operands]
        if (operation == "and") == holds:
            return lambda registers: sum(part(registers) for part in parts)
        return lambda registers: min(part(registers) for part in parts)
    if operation in _MISSED:
        left, right = (link(operand, runs) for operand in operands)
        missed = _MISSED[operation if holds else _OPPOSITE[operation]]
        return lambda registers: missed(left(registers), right(registers))
    run = link(code, runs)
    return lambda registers: int(bool(run(registers)) != holds)


_MISSED: dict[str, Callable[[int, int], int]] = {
    "==": lambda a, b: abs(a - b),
    "!=": lambda a, b: int(a == b),
    "<": lambda a, b: max(0, a - b + 1),
    "<=": lambda a, b: max(0, a - b),
    ">": lambda a, b: max(0, b - a + 1),
    ">=": lambda a, b: max(0, b - a),
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
