"""The way to a state, found backward: of the batches that can lead to it, one is moved once more to see what does.

States need no note of where they came from. A state of a batch was come to from a batch that was left before it, and
by an edge that costs what the batches are apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waymeet.analysis.packed.reach import At, Coming, Taking
from waymeet.analysis.packed.values import Where
from waymeet.analysis.telling import Taken

if TYPE_CHECKING:
    from waymeet.analysis.packed.reach import Reach
    from waymeet.analysis.packed.system import Moved
    from waymeet.analysis.packed.words import Mask, Words
    from waymeet.analysis.transitions import Edge, Position


def trace(reach: Reach, goal: At | Coming | Taking) -> tuple[Position, list[Taken]]:
    """Where the way to something begins, and the edges that it takes, in order."""
    taken: list[Taken] = []
    if isinstance(goal, Taking):
        edge = reach.system.edges(reach.batches[goal.at.batch].position)[goal.edge]
        taken.append(Taken(edge, goal.answer))
        goal = goal.at
    while True:
        position = goal.position if isinstance(goal, Coming) else reach.batches[goal.batch].position
        found = _before(reach, goal)
        if found is None:
            return position, taken[::-1]
        reach, goal, step = found
        taken.append(step)


def _before(reach: Reach, goal: At | Coming) -> tuple[Reach, At, Taken] | None:
    """The state that something comes from, and by which edge; None where everything begins."""
    if _is_first(reach, goal):
        return None
    position, depth, limit = _place(reach, goal)
    for edge in reach.incoming.get(position, ()):
        origin = reach.earlier if reach.earlier is not None and reach.system.ends(edge.source) else reach
        for number in origin.by_position.get(edge.source, ()):
            batch = origin.batches[number]
            if batch.depth + edge.cost == depth and (number < limit or origin is not reach):
                found = _leading(reach, origin, number, edge, goal)
                if found is not None:
                    return origin, *found
    raise AssertionError(f"nothing leads to {goal}")


def _is_first(reach: Reach, goal: At | Coming) -> bool:
    """Whether something is how the first playthrough begins."""
    position, depth, _ = _place(reach, goal)
    if depth or position not in reach.starts:
        return False
    first = reach.system.words([0])
    return bool(_is_come_to(reach, goal, position, first, stays=False).any())


def _place(reach: Reach, goal: At | Coming) -> tuple[Position, int, int]:
    """Where something is, after how many choices, and before which batch it was left."""
    if isinstance(goal, Coming):
        return goal.position, goal.depth, goal.before
    batch = reach.batches[goal.batch]
    return batch.position, batch.depth, goal.batch


def _leading(reach: Reach, origin: Reach, number: int, edge: Edge[Where], goal: At | Coming) -> tuple[At, Taken] | None:
    """A state of a batch that an edge leads to something from, with the edge as it is taken then."""
    batch, system = origin.batches[number], origin.system
    for words in system.chunks(batch.position, batch.words):
        for moved in system.moves(batch.position, words):
            if moved.edge.target == edge.target and moved.edge.cost == edge.cost:
                come = _is_come_to(reach, goal, edge.target, moved.words, stays=moved.edge.stays)
                if come.any():
                    word, answer = mover(origin, words, moved, int(come.argmax()), batch.position)
                    return At(number, word), Taken(system.edges(batch.position)[moved.number], answer)
    return None


def _is_come_to(reach: Reach, goal: At | Coming, position: Position, words: Words, *, stays: bool) -> Mask:
    """Which states come to be a goal by coming to its position."""
    if isinstance(goal, Coming):
        possible = Where(goal.stays == stays)
    else:
        words, ended = reach.settle(position, words, stays=stays)
        possible = ~ended
    same = Where(words == words.dtype.type(goal.word))
    return (possible & same).mask(len(words))


def mover(reach: Reach, words: Words, moved: Moved, place: int, position: Position) -> tuple[int, int | None]:
    """The state that is the one of this place among those that moved, and the answer that was given."""
    ask, holds = reach.system.asked(position), moved.taken.holds
    if not isinstance(holds, bool):
        taking = np.flatnonzero(holds)
        place = int(taking[place])
    answer, place = (None, place) if ask is None else (ask.low + place // len(words), place % len(words))
    return int(words[place]), answer
