"""From which states of a walk all is lost, and what leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.graph import closure
from waymeet.analysis.moves import Move
from waymeet.analysis.survey import First, Lock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from waymeet.analysis.walk import Walk


def locks(walk: Walk, untold: Collection[int], told: Sequence[bool]) -> list[Lock]:
    """See `Survey.locks`."""
    trapped = _trapped(walk, untold, told)
    return [*_crossings(walk, trapped), *_beginnings(walk, trapped)]


def _trapped(walk: Walk, untold: Collection[int], told: Sequence[bool]) -> set[int]:
    """The states from which neither an ending nor a break that is told of can be reached.

    Where the story itself breaks off by a break that is not told of, there is no choice left: that is no lock.
    """
    safe = []
    over = set()
    for number in range(len(walk.states)):
        step = walk.states.step(number)
        targets = walk.targets(number)
        if walk.story.machine.steps[step].ending is not None:
            safe.append(number)
        elif not targets and step in untold:
            over.add(number)
        elif not targets or any(target < 0 and told[-1 - target] for target in targets):
            safe.append(number)
    return set(range(len(walk.states))) - closure(safe, walk.sources()) - over


def _crossings(walk: Walk, trapped: set[int]) -> Iterator[Lock]:
    """Each step and choice that lead into the trap, by the state nearest the start where they do between them.

    All that chance can bring at a step, and all answers, count as one.
    """

    def nearness(number: int) -> tuple[int, int]:
        return walk.depths[number], walk.protagonists[number]

    found: dict[tuple[int, int | None], tuple[int, int, int]] = {}
    for number in range(len(walk.states)) if trapped else ():
        if number in trapped:
            continue
        step = walk.states.step(number)
        chooses = bool(walk.story.machine.steps[step].choices)
        for choice, target in walk.moves(number):
            key = (step, choice if chooses else None)
            if target in trapped and (key not in found or nearness(number) < nearness(found[key][0])):
                found[key] = (number, choice, target)
    for (step, chosen), (number, choice, target) in sorted(found.items(), key=lambda one: (one[0][0], one[0][1] or 0)):
        move = Move(number, choice, walk.protagonists[number])
        first = First(walk.depths[number] + walk.costs(move), move, state=target)
        yield Lock(move.protagonist, step, chosen, begins=False, first=first)


def _beginnings(walk: Walk, trapped: set[int]) -> list[Lock]:
    """For each protagonist whose path is lost from the start: its nearest such beginning."""
    found: dict[int, Lock] = {}
    for move, state, _ in walk.begun:
        if state in trapped and move.protagonist not in found:
            first = First(walk.depths[state], move, state=state)
            found[move.protagonist] = Lock(move.protagonist, walk.states.step(state), None, begins=True, first=first)
    return list(found.values())
