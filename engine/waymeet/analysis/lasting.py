"""Whether something can still come to be wherever a reader rests: for promises that it is always possible.

That is AG EF of computation tree logic (Clarke, Emerson, Sistla: Automatic verification of finite-state concurrent
systems, 1986), decided backward from where it holds; the nearest state beyond is looked for forward.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from waymeet.analysis.graph import closure
from waymeet.analysis.moves import NOWHERE, Move
from waymeet.analysis.survey import First, Lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.walk import Walk


def lost(walk: Walk, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
    """See `Survey.lost`; the walk must be complete."""
    hopeful = closure(_hopeful(walk, condition), walk.sources())
    parents: dict[int, Move] = {}
    for state, move in _nearest_first(walk, until, protagonist, parents):
        over = walk.story.machine.steps[walk.states.step(state)].ending is not None
        if not over and state not in hopeful:
            step = None if move.state == NOWHERE else walk.states.step(move.state)
            chosen = (step, move.choice) if step is not None and walk.costs(move) else None
            return Lost(First(walk.depths[state], (move, parents), state=state), chosen)
    return None


def _hopeful(walk: Walk, condition: int) -> Iterator[int]:
    """The states in which a condition holds, or with a move on whose way it does."""
    for number, state in enumerate(walk.states):
        held = walk.watch.holding(walk.protagonists[number], state.step, state.registers)
        if condition in held or any(condition in met for met in walk.holding(number)):
            yield number


def _nearest_first(
    walk: Walk, until: int | None, protagonist: int | None, parents: dict[int, Move]
) -> Iterator[tuple[int, Move]]:
    """The states of a protagonist that can be come to without `until`, the nearest first, noted in `parents`."""
    order = count()
    waiting: list[tuple[int, int, int, Move]] = []

    def wait(depth: int, move: Move, state: int, held: frozenset[int]) -> None:
        if state >= 0 and until not in held:
            heappush(waiting, (depth, next(order), state, move))

    for move, state, held in walk.begun:
        if protagonist in (None, move.protagonist):
            wait(0 if move.state == NOWHERE else walk.depths[move.state], move, state, held)
    while waiting:
        depth, _, state, move = heappop(waiting)
        if state not in parents:
            parents[state] = move
            yield state, move
            for (choice, target), held in zip(walk.moves(state), walk.holding(state), strict=True):
                onward = Move(state, choice, move.protagonist)
                wait(depth + walk.costs(onward), onward, target, held)
