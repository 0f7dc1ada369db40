"""Endless loops: states that go on by themselves and never come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from waymeet.analysis.graph import Chains, chains
from waymeet.analysis.packed.marks import Marks
from waymeet.analysis.packed.reach import BACKWARD, At
from waymeet.analysis.packed.system import is_alone
from waymeet.analysis.packed.words import UnsuitedError
from waymeet.analysis.survey import First, Loop
from waymeet.machine import MAX_MOVES

if TYPE_CHECKING:
    from waymeet.analysis.packed.reach import Reach
    from waymeet.analysis.packed.values import Where
    from waymeet.analysis.packed.words import Words
    from waymeet.analysis.transitions import Edge, Position

    State = tuple[Position, int]


class Circle(NamedTuple):
    """An endless loop, and the states from which it is come to without a choice."""

    loop: Loop
    states: list[State]


def circles(reach: Reach) -> list[Circle]:
    """The endless loops of a story, the nearest first.

    Raises `UnsuitedError` where play may give up on a way that does not come round, as it does after too many steps.
    """
    chains = _chains(reach)
    coming_to_rest = _coming_to_rest(reach, chains)
    onward: dict[State, State] = {}
    for position, words in coming_to_rest.rest():
        for word in words.tolist():
            after = alone_next(reach, position, word)
            assert after is not None
            onward[position, word] = after
    return _told_apart(reach, onward)


def _chains(reach: Reach) -> Chains[Position]:
    """The ways gone without choices, conditions ignored."""
    return chains({p: [edge.target for edge in _alone(reach, p) if edge.target in reach.seen] for p in reach.seen})


def _told_apart(reach: Reach, onward: dict[State, State]) -> list[Circle]:
    """The circles in which states go on, each with the states that lead to it."""
    known: dict[frozenset[int], Circle] = {}
    by_state: dict[State, frozenset[int]] = {}
    for number, position, word in _by_depth(reach, onward):
        path: list[State] = []
        state = (position, word)
        been: set[State] = set()
        while state not in by_state and state not in been:
            path.append(state)
            been.add(state)
            state = onward[state]
        circle = by_state.get(state) or frozenset(at.step for at, _ in path[path.index(state) :])
        by_state |= dict.fromkeys(path, circle)
        if circle not in known:
            ids = _from_the_first(reach, [at.step for at, _ in path[path.index(state) :]])
            first = First(reach.batches[number].depth, At(number, word), state=(position, word))
            known[circle] = Circle(Loop(ids, came_round=True, first=first), [])
        known[circle].states.append((position, word))
    return list(known.values())


def alone_next(reach: Reach, position: Position, word: int) -> State | None:
    """The state that the story goes on to by itself from another, if it does."""
    for moved in reach.system.moves(position, reach.system.words([word])):
        if is_alone(moved.edge) and not reach.system.ends(position):
            return moved.edge.target, int(reach.system.arrive(moved.edge.target, moved.words)[0])
    return None


def _alone(reach: Reach, position: Position) -> list[Edge[Where]]:
    """The ways by which a position goes on by itself."""
    ends = reach.system.ends(position)
    return [] if ends else [edge for edge in reach.system.onward(position) if is_alone(edge)]


def _coming_to_rest(reach: Reach, chains: Chains[Position]) -> Marks:
    """Marks on what comes to rest: first where a reader rests, then one step before that, and so on."""
    found = Marks(reach)
    for position in reach.seen:
        if position in chains.circling:
            words = found.left(position)
            found.add(position, reach.system.resting(position, words).of(words))
        else:
            found.add_all(position)
    steps = 2 * chains.longest
    while more := [(p, _one_before(reach, found, p, words)) for p, words in found.rest() if p in chains.circling]:
        if not any(len(words) for _, words in more):
            break
        for position, words in more:
            found.add(position, words)
        steps += 1
        if steps > MAX_MOVES:
            raise UnsuitedError("play may give up on a way that goes on without choices")
        reach.tick(BACKWARD, reach.states)
    return found


def _one_before(reach: Reach, marks: Marks, position: Position, words: Words) -> Words:
    """Those of some states that go on by themselves to one that is marked."""
    chunks = reach.system.chunks(position, words)
    found = [chunk.compress(marks.leading(position, chunk, is_alone).mask(len(chunk))) for chunk in chunks]
    return np.concatenate(found)


def _by_depth(reach: Reach, onward: dict[State, State]) -> list[tuple[int, Position, int]]:
    """The states that go on, each with its batch, in the order in which they were come to."""
    positions = {position for position, _ in onward}
    return [
        (number, batch.position, word)
        for number, batch in enumerate(reach.batches)
        if batch.position in positions
        for word in batch.words.tolist()
        if (batch.position, word) in onward
    ]


def _from_the_first(reach: Reach, steps: list[int]) -> tuple[str, ...]:
    """The steps of an orbit, from the one that stands first in the file."""
    first = steps.index(min(steps))
    return tuple(reach.system.data.steps[step].id for step in dict.fromkeys(steps[first:] + steps[:first]))
