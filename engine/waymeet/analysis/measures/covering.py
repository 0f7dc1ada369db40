"""A small set of playthroughs that visits every node that can be visited: greedily, each the one that shows most.

To visit all with the fewest is to cover a set, which nobody knows how to do fast (Karp: Reducibility among
combinatorial problems, 1972); to take what adds most is never worse by more than a logarithm (Chvátal, 1979). Here what
adds most is itself looked for among the ways that close no round, of which every state has one from a beginning; where
it would be over, it goes round to what is nearest of what is left.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from waymeet.analysis.measures.bounding import needed_at_least
from waymeet.analysis.measures.chain import chain_of
from waymeet.analysis.measures.components import can_reach, components_of
from waymeet.analysis.measures.telling import passed
from waymeet.analysis.measures.visiting import nodes_of
from waymeet.analysis.measures.ways import named, to_endings
from waymeet.analysis.moves import BEGIN, Move
from waymeet.analysis.survey import First
from waymeet.diagnostics import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from waymeet.analysis.measures.chain import Chain, Numbers, Truths
    from waymeet.analysis.measures.components import Components
    from waymeet.analysis.walk import Walk

_Thing = TypeVar("_Thing")

#: A new node is worth more than any number of choices.
_NODE = 2**20
#: What it costs to stop where there is no way to an ending.
_NO_ENDING = 2**19


class Way(NamedTuple):
    """A playthrough of a walk: how it begins, its moves as the chain numbers them, and the nodes that it visits."""

    begins: Move
    moves: tuple[int, ...]
    nodes: frozenset[int]


class Covering(NamedTuple):
    """Playthroughs that visit everything between them, and how many are needed for that at the least."""

    witnesses: list[Witness]
    least: int


def covering(walk: Walk) -> Covering:
    """Playthroughs of a whole walk that together visit every node that some playthrough visits which comes to rest.

    None of them can be left out; each goes on to an ending where there is one to be reached.
    """
    cover = _Cover(walk)
    ways = cover.ways()
    kept = needed(ways, [way.nodes for way in ways])
    return Covering([cover.witness(way) for way in kept], cover.least())


def needed(things: Sequence[_Thing], covers: Sequence[frozenset[int]]) -> list[_Thing]:
    """The things without those that cover nothing which the others, of those that are kept, do not."""
    kept = list(range(len(things)))
    for number in sorted(kept, key=lambda number: len(covers[number])):
        others = frozenset().union(*(covers[other] for other in kept if other != number))
        if covers[number] <= others:
            kept.remove(number)
    return [things[number] for number in kept]


class _Cover:
    """The search for ways through one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._chain = chain_of(walk)
        self._far, self._first = to_endings(self._chain)
        self._telling = passed(walk)
        nodes = frozenset(nodes_of(walk.story.data))
        self._shown = [frozenset(steps) & nodes for steps in self._telling.steps]
        self._passes = np.array(self._telling.passes, dtype=np.int64)
        self._components = components_of(self._chain)
        #: Where no playthrough can stop: in an endless loop, and where chance alone goes on for ever.
        resting = ~self._chain.drawn
        resting[-1] = False
        self._barred = ~can_reach(self._chain, self._components, resting)
        self._levels = list(_levels(self._chain, self._components, self._barred))
        self._begun = [begun for begun in enumerate(walk.begun) if not self._barred[begun[1].state]]
        far = np.array(self._far, dtype=np.int64)
        self._offsets, self._targets = self._chain.offsets.tolist(), self._chain.targets.tolist()
        self._sources = np.repeat(np.arange(self._chain.size), np.diff(self._chain.offsets)).tolist()
        self._stop = np.where(far < 0, -_NO_ENDING, -far)

    def ways(self) -> list[Way]:
        """Ways that visit everything between them, the one that visits most first."""
        left = set().union(*self._shown)
        found: list[Way] = []
        while left and (way := self._best(left)) is not None:
            found.append(way)
            left -= way.nodes
        for node in sorted(left):  # only a move that closes a round comes to these, or one that comes to no rest
            way = self._nearest(node) if node in left else None
            if way is not None:
                found.append(way)
                left -= way.nodes
        return found

    def witness(self, way: Way) -> Witness:
        """A way as a playthrough."""
        begins = self._walk.way(First(0, way.begins))
        play, outcomes = named(self._walk.story, self._chain, way.moves)
        return Witness(begins.protagonist, begins.memory, begins.before, tuple(play), tuple(outcomes), shortest=False)

    def least(self) -> int:
        """How many ways are needed at the least."""
        masks = [sum(1 << node for node in shown) for shown in self._shown]
        barred = self._barred[self._chain.targets].tolist()
        passes = [0 if bar else masks[number] for number, bar in zip(self._telling.passes, barred, strict=True)]
        begun = [(masks[self._telling.begun[number]], begun.state) for number, begun in self._begun]
        return needed_at_least(self._chain, self._components, passes, begun)

    # -- the way that shows most ------------------------------------

    def _best(self, left: set[int]) -> Way | None:
        """The way with the most nodes that are left, or nearly; None if none has any."""
        news = np.array([len(shown & left) for shown in self._shown], dtype=np.int64)
        value, move = self._valued(news)
        worth = [int(news[self._telling.begun[n]]) * _NODE + int(value[begun.state]) for n, begun in self._begun]
        if max(worth, default=0) < _NODE - _NO_ENDING:
            return None
        best, begun = self._begun[worth.index(max(worth))]
        moves: list[int] = []
        state = begun.state
        while (onward := int(move[state])) >= 0:
            moves.append(onward)
            state = int(self._chain.targets[onward])
        nodes = self._way(begun.move, self._telling.begun[best], moves).nodes
        more = self._round(state, left - nodes)
        state = int(self._chain.targets[more[-1]]) if more else state
        return self._way(begun.move, self._telling.begun[best], [*moves, *more, *self._to_end(state)])

    def _round(self, state: int, left: set[int]) -> list[int]:
        """Moves on from a state, any of which may close a round: to the nearest node that is left, and so on."""
        taken: list[int] = []
        while left and (more := self._to_new(state, left)):
            taken += more
            for move in more:
                left -= self._shown[self._passes[move]]
            state = int(self._chain.targets[taken[-1]])
        return taken

    def _to_new(self, start: int, left: set[int]) -> list[int]:
        """The fewest moves to a node that is left, with an ending in reach from there; none if there is no way."""
        new = [bool(shown & left) for shown in self._shown]
        return self._found(start, lambda move: self._far[self._targets[move]] >= 0 and new[self._telling.passes[move]])

    def _found(self, start: int, is_wanted: Callable[[int], bool]) -> list[int]:
        """The fewest moves of which the last is wanted; none if there is no way to such a move."""
        by: dict[int, int] = {start: -1}
        waiting = deque([start])
        while waiting:
            state = waiting.popleft()
            for move in range(self._offsets[state], self._offsets[state + 1]):
                target = self._targets[move]
                if is_wanted(move):
                    return [*self._traced(state, by), move]
                if target not in by and not self._barred[target]:
                    by[target] = move
                    waiting.append(target)
        return []

    def _traced(self, state: int, by: dict[int, int]) -> list[int]:
        moves: list[int] = []
        while (move := by[state]) >= 0:
            moves.append(move)
            state = self._sources[move]
        return moves[::-1]

    def _valued(self, news: Numbers) -> tuple[Numbers, Numbers]:
        """For each state, what the best way from it is worth, and its first move; -1 where it is best to finish."""
        value, move = self._stop.copy(), np.full(self._chain.size, -1, dtype=np.int64)
        for states, moves, firsts in self._levels:
            worth = news[self._passes[moves]] * _NODE + value[self._chain.targets[moves]]
            worth -= np.repeat(self._chain.reader[states], np.diff(np.append(firsts, len(moves))))
            best = np.maximum.reduceat(worth, firsts)
            better = best > value[states]
            whose = np.repeat(np.arange(len(states)), np.diff(np.append(firsts, len(moves))))
            chosen = np.flatnonzero(worth == best[whose])[::-1]
            first = np.empty(len(states), dtype=np.int64)
            first[whose[chosen]] = moves[chosen]  # the last to be written is the first in the file
            value[states[better]] = best[better]
            move[states[better]] = first[better]
        return value, move

    def _to_end(self, state: int) -> list[int]:
        """The moves to the nearest ending; where there is none, to where the reader comes to rest."""
        moves: list[int] = []
        if self._chain.drawn[state] and self._first[state] < 0:
            return self._found(state, lambda move: not self._chain.drawn[self._targets[move]])
        while self._first[state] >= 0:
            moves.append(self._first[state])
            state = int(self._chain.targets[moves[-1]])
        return moves

    def _way(self, begins: Move, begun: int, moves: Iterable[int]) -> Way:
        taken = tuple(moves)
        nodes = self._shown[begun].union(*(self._shown[self._passes[move]] for move in taken))
        return Way(begins, taken, nodes)

    # -- the way to one node ------------------------------------

    def _nearest(self, node: int) -> Way | None:
        """A way through one move that passes a node; None if every such move ends in an endless loop."""
        shows = np.array([node in shown for shown in self._shown])
        candidates = np.flatnonzero(shows[self._passes] & ~self._barred[self._chain.targets])
        if not len(candidates):
            return None
        last = int(candidates[0])
        moves = [last]
        state = self._sources[last]
        while (parent := self._walk.parent(state)).choice != BEGIN:
            here = np.arange(self._chain.offsets[parent.state], self._chain.offsets[parent.state + 1])
            moves.append(int(here[self._chain.choices[here] == parent.choice][0]))
            state = parent.state
        begun = next(n for n, b in enumerate(self._walk.begun) if b.move == parent)
        end = self._to_end(int(self._chain.targets[last]))
        return self._way(parent, self._telling.begun[begun], [*reversed(moves), *end])


def _levels(chain: Chain, components: Components, barred: Truths) -> Iterable[tuple[Numbers, Numbers, Numbers]]:
    """The states level by level, each with its moves that close no round and where those of each state begin.

    Such a move leads to a lower level; none leads to what is barred.
    """
    finished = components.finished
    sources = np.repeat(np.arange(chain.size), np.diff(chain.offsets))
    kept = np.flatnonzero((finished[chain.targets] < finished[sources]) & ~barred[chain.targets])
    kept = kept[np.lexsort((kept, finished[sources[kept]]))]
    level = [0] * chain.size
    for source, target in zip(sources[kept].tolist(), chain.targets[kept].tolist(), strict=True):
        level[source] = max(level[source], level[target] + 1)
    height = np.array(level, dtype=np.int64)[sources[kept]]
    kept = kept[np.lexsort((kept, height))]
    for moves in np.split(kept, np.flatnonzero(np.diff(np.sort(height))) + 1) if len(kept) else ():
        firsts = np.flatnonzero(np.concatenate(([True], np.diff(sources[moves]) != 0)))
        yield sources[moves][firsts], moves, firsts
