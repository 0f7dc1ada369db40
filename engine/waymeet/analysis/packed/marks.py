"""Some of the states that were come to, and what can lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waymeet.analysis.packed.reach import BACKWARD
from waymeet.analysis.packed.values import ALWAYS, NEVER, Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waymeet.analysis.packed.reach import Reach
    from waymeet.analysis.packed.words import Mask, Words
    from waymeet.analysis.transitions import Edge, Position

    #: Whether a kind of edge is gone by.
    Usable = Callable[[Edge[Where]], bool]


class Marks:
    """Marks on some states of a reach: on each by its place, or on all of a position."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self._whole: set[Position] = set()
        self._masks: dict[Position, Mask] = {}

    def add_all(self, position: Position) -> None:
        """Mark all states of a position."""
        self._whole.add(position)
        self._masks.pop(position, None)

    def add(self, position: Position, words: Words) -> None:
        """Mark some states of a position."""
        if position not in self._whole and len(words):
            seen = self.reach.seen[position]
            if position not in self._masks:
                self._masks[position] = np.zeros(seen.places, np.bool_)
            self._masks[position][seen.find(words)] = True

    def is_whole(self, position: Position) -> bool:
        """Whether all states of a position are marked."""
        return position in self._whole

    def are_on(self, position: Position, words: Words) -> Where:
        """Which of some states of a position are marked."""
        if position in self._whole:
            return ALWAYS
        if position not in self._masks:
            return NEVER
        return Where(self._masks[position].take(self.reach.seen[position].find(words)))

    def left(self, position: Position) -> Words:
        """The states of a position that are not marked."""
        if position in self._whole:
            return self.reach.system.words([])
        words, places = self.reach.seen[position].all()
        return words.compress(~self._masks[position].take(places)) if position in self._masks else words

    def rest(self) -> Iterator[tuple[Position, Words]]:
        """All states that are not marked, by their positions."""
        for position in self.reach.seen:
            words = self.left(position)
            if len(words):
                yield position, words

    def close(self, usable: Usable) -> None:
        """Mark all that can come to be one that is marked, within a playthrough and by edges that are usable.

        A way on mostly leads to what was come to later, so that the states are gone through once from the last to the
        first, and then whatever is left until nothing changes.
        """
        self._until_nothing_changes(usable, self._is_sure)
        for batch in reversed(self.reach.batches):
            if batch.position not in self._whole and not self.reach.system.ends(batch.position):
                self.reach.tick(BACKWARD, self.reach.states)
                self._look_at(batch.position, (~self.are_on(batch.position, batch.words)).of(batch.words), usable)
        self._until_nothing_changes(usable, self._grows)

    def _until_nothing_changes(self, usable: Usable, grows: Callable[[Position, Usable], bool]) -> None:
        """Look at each position, and again when something that it leads to has changed."""
        ends, order = self.reach.system.ends, self.reach.order
        possible = {position for position in self.reach.seen if position not in self._whole and not ends(position)}
        by_order = sorted(possible, key=lambda position: -order[position])
        waiting = possible.copy()
        while waiting:
            for position in by_order:
                if position in waiting:
                    waiting.discard(position)
                    if grows(position, usable):
                        sources = {edge.source for edge in self.reach.incoming.get(position, ()) if usable(edge)}
                        waiting |= sources & possible - self._whole

    def _is_sure(self, position: Position, usable: Usable) -> bool:
        """Whether a position has a way on that is always open and leads to one whose states are all marked."""
        edges = (edge for edge in self.reach.system.edges(position) if edge.asked is None and usable(edge))
        if not any(edge.guard.holds is True and edge.target in self._whole for edge in edges):
            return False
        self.add_all(position)
        return True

    def _grows(self, position: Position, usable: Usable) -> bool:
        """Mark more states of a position; whether there were any."""
        self.reach.tick(BACKWARD, self.reach.states)
        if self._is_sure(position, usable):
            return True
        words = self.left(position)
        grown = self._look_at(position, words, usable)
        if grown == len(words):
            self.add_all(position)
        return grown > 0

    def _look_at(self, position: Position, words: Words, usable: Usable) -> int:
        """Mark those of some states that lead to one that is marked; how many there were."""
        grown = 0
        for chunk in self.reach.system.chunks(position, words):
            found = chunk.compress(self.leading(position, chunk, usable).mask(len(chunk)))
            self.add(position, found)
            grown += len(found)
        return grown

    def leading(self, position: Position, words: Words, usable: Usable) -> Where:
        """Which of some states a usable edge leads to one that is marked."""
        found, system = NEVER, self.reach.system
        for moved in system.moves(position, words):
            target = moved.edge.target
            if usable(moved.edge) and (self.is_whole(target) or target in self._masks):
                come = system.arrive(target, moved.words, stays=moved.edge.stays)
                found = found | moved.scattered(self.are_on(target, come), len(words))
        return found
