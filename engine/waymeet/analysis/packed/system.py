"""The transition system of a story, on arrays of packed states.

What the machine does with one state, `moves` and `arrive` do with all states of an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from waymeet.analysis.liveness import bits
from waymeet.analysis.packed.arriving import Arrival
from waymeet.analysis.packed.columns import Columns
from waymeet.analysis.packed.values import ALWAYS, NEVER, Where
from waymeet.analysis.packed.words import Layout
from waymeet.analysis.transitions import Edge, Transitions
from waymeet.story import Ask, End

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.liveness import Liveness
    from waymeet.analysis.packed.arriving import Alarms
    from waymeet.analysis.packed.words import Words
    from waymeet.analysis.transitions import Position
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story

#: So many states are moved at once: what is made of them on the way stays near the processor.
CHUNK = 1 << 16


class Moved(NamedTuple):
    """States that take an edge, as they come to its end, before anything happens there.

    `taken` says which of those that were to move do; where they are asked, each stands there once for each answer.
    """

    number: int
    edge: Edge[Where]
    taken: Where
    words: Words

    def scattered(self, where: Where, count: int) -> Where:
        """Which of the states that were to move are those of which something holds once they have; `count` were to."""
        if where.holds is False:
            return where
        if isinstance(self.taken.holds, bool):
            if isinstance(where.holds, bool):
                return where
            found = np.broadcast_to(where.holds, (max(count, len(where.holds)),))
        else:
            found = self.taken.holds.copy()
            found[found] = where.holds  # which says it once for all, where nothing is kept of any
        return Where(found if len(found) == count else np.logical_or.reduce(found.reshape(-1, count)))


class System:
    """The positions of a story, and the ways between them for many states at once.

    Raises `UnsuitedError`.
    """

    def __init__(self, story: Story, watch: Watch, liveness: Liveness) -> None:
        self.story = story
        self.data = story.data
        self.watch = watch
        self.liveness = liveness
        self.layout = Layout(story, liveness)
        self.transitions = Transitions(story, list(bits(liveness.used())))
        self.ends = self.transitions.ends
        self.starts = self.transitions.starts
        self._starting = story.machine.start_registers
        self._arrivals: dict[int, Arrival] = {}
        self._edges: dict[Position, list[Edge[Where]]] = {}
        self._kept: dict[tuple[Position, int], int] = {}

    def arrival(self, step: int) -> Arrival:
        """What coming to a step does."""
        if step not in self._arrivals:
            self._arrivals[step] = Arrival(self.story, self.watch, self.liveness, self.layout, step)
        return self._arrivals[step]

    def arrive(self, position: Position, words: Words, alarms: Alarms | None = None, *, stays: bool = False) -> Words:
        """The states in which some are once a position was come to; of what happens, `alarms` is told.

        Those that stay after an answer are there already: they only are asked the conditions, and forget the answer.
        """
        arrival = self.arrival(position.step)
        if not stays:
            return arrival.after(position, words, alarms)
        if alarms is not None:
            arrival.ask(position.protagonist, self.columns(position, words), alarms)
        return words & self.layout.word(self.layout.bits_in(self.layout.kept[position.step]))

    def edges(self, position: Position) -> list[Edge[Where]]:
        """The ways on from a position, as they are numbered; their guards mean nothing."""
        if position not in self._edges:
            self._edges[position] = list(self.transitions.leaving(position, self.columns(position, self.words([]))))
        return self._edges[position]

    def onward(self, position: Position) -> list[Edge[Where]]:
        """The ways on that are not closed whatever the state."""
        return [edge for edge in self.edges(position) if edge.guard.holds is not False]

    def words(self, words: list[int]) -> Words:
        """An array of words."""
        return np.array(words, self.layout.word)

    def columns(self, position: Position, words: Words) -> Columns:
        """States of a position, as they leave it."""
        return Columns(self.layout, self.data.derived, self._starting, words, self.layout.leaving[position.step])

    def asked(self, position: Position) -> Ask | None:
        """The question at a position whose answer matters."""
        way_out = self.data.steps[position.step].exit
        return way_out if isinstance(way_out, Ask) and way_out.register in self.layout.fields else None

    def asks_or_ends(self, step: int) -> bool:
        """Whether a step is a question or an ending, where a reader is never at a dead end."""
        return isinstance(self.data.steps[step].exit, Ask | End)

    def answered(self, ask: Ask, words: Words) -> Words:
        """The states after each answer, one answer after the other."""
        assert ask.register is not None
        field, word = self.layout.fields[ask.register], self.layout.word
        others = words & word(~field.bits & ((1 << self.layout.size) - 1))
        return np.concatenate([others | word(field.code(value)) for value in range(ask.low, ask.high + 1)])

    def moves(self, position: Position, words: Words) -> Iterator[Moved]:
        """Where each way on from a position leads some states, if it leads any."""
        if (ask := self.asked(position)) is not None:
            words = self.answered(ask, words)
        edges = self.transitions.leaving(position, self.columns(position, words))
        for number, edge in enumerate(edges):
            taken = edge.guard.of(words)
            if len(taken):
                yield Moved(number, edge, edge.guard, self._carried(number, edge, taken))

    def _carried(self, number: int, edge: Edge[Where], words: Words) -> Words:
        """What is still to be kept of states that take an edge."""
        key = (edge.source, number)
        if key not in self._kept:
            layout, fresh = self.layout, sum(1 << register for register in edge.fresh)
            here, there = layout.leaving[edge.source.step], layout.leaving if edge.stays else layout.coming
            staying = here & there[edge.target.step] & ~fresh
            self._kept[key] = -1 if staying == here else layout.bits_in(staying)
        kept = self._kept[key]
        if kept == 0:
            return np.zeros(1, words.dtype)
        return words if kept == -1 else words & self.layout.word(kept)

    def resting(self, position: Position, words: Words) -> Where:
        """Where a reader rests at a position, or chance decides: where the story does not go on by itself."""
        if self.ends(position) or self.story.machine.steps[position.step].rests:
            return ALWAYS
        found = ALWAYS
        for edge in self.transitions.leaving(position, self.columns(position, words)):
            if edge.choice is None:
                found = found & ~edge.guard
        return found

    def stuck(self, position: Position, words: Words) -> Where:
        """Where a reader at a position can do nothing, and the story does not go on by itself either."""
        found = NEVER if self.asks_or_ends(position.step) else ALWAYS
        for edge in self.transitions.leaving(position, self.columns(position, words)):
            found = found & ~edge.guard
        return found

    def told_before(self, position: Position, words: Words, event: int) -> Where:
        """Where an earlier playthrough has told an event."""
        return self.columns(position, words).condition(("flag", self.data.events[event].told))

    def another_answer(self, ask: Ask, word: int) -> int | None:
        """An answer that changes what was answered before, the lowest; None where only one can be given."""
        assert ask.register is not None
        known = self.layout.fields[ask.register].value(word)
        return next((value for value in range(ask.low, ask.high + 1) if value != known), None)

    def edge_taken(self, position: Position, word: int, answer: int) -> int:
        """The number of the edge that a state takes after an answer."""
        ask = self.asked(position)
        assert ask is not None
        answered = self.answered(ask, self.words([word]))[answer - ask.low :][:1]
        edges = self.transitions.leaving(position, self.columns(position, answered))
        return next(number for number, edge in enumerate(edges) if edge.guard.any())

    def chunks(self, position: Position, words: Words) -> Iterator[Words]:
        """States in arrays that are not too large to be moved at once."""
        ask = self.asked(position)
        size = CHUNK if ask is None else max(1, CHUNK // (ask.high + 1 - ask.low))
        for start in range(0, len(words), size):
            yield words[start : start + size]


def is_alone(edge: Edge[Where]) -> bool:
    """Whether an edge of a playthrough is taken without anybody's doing."""
    return edge.choice is None and not edge.stays
