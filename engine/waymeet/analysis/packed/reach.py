"""Every state that can be come to, level by level: those that take no choice, one choice, two, and so on.

What is new at a position on a level is a batch; it is left as a whole. That batches are left in order is all that is
noted of where states come from: the way to any of them is found by moving those before it once more (see `tracing`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from waymeet.analysis.packed.order import ordered
from waymeet.analysis.packed.seen import Seen
from waymeet.analysis.packed.values import NEVER
from waymeet.machine import ANSWERED

if TYPE_CHECKING:
    from collections.abc import Callable

    from waymeet.analysis.packed.system import Moved, System
    from waymeet.analysis.packed.values import Number, Where
    from waymeet.analysis.packed.words import Words
    from waymeet.analysis.transitions import Edge, Position

    #: Called with what is being done and how many states there are by now; it raises what it likes when that is enough.
    Tick = Callable[[str, int], None]


#: What is being done, as in "while going through states".
FORWARD = "going through states"
BACKWARD = "going back through states"


class OutgrownError(Exception):
    """The states do not fit into the room that they may take."""


class Batch(NamedTuple):
    """What was new at a position after so many choices, and was left at once."""

    position: Position
    depth: int
    words: Words


class Coming(NamedTuple):
    """A state as it comes to a position, before anything happens there, after so many choices.

    It comes from a batch before that of the number `before`; `stays` says that it stands there already.
    """

    position: Position
    word: int
    depth: int
    before: int
    stays: bool = False


class At(NamedTuple):
    """A state of a batch."""

    batch: int
    word: int


class Taking(NamedTuple):
    """A state of a batch taking one of its edges, after an answer if there is a question."""

    at: At
    edge: int
    answer: int | None = None


class Sounded(NamedTuple):
    """The first time that something happened: after how many choices, in which state, with what value."""

    depth: int
    goal: Coming | Taking
    value: int = 0


@dataclass(slots=True)
class _Pending:
    """What has come to a position on a level and was not taken in yet; what `stayed` is there already."""

    arrived: list[Words] = field(default_factory=list)
    stayed: list[Words] = field(default_factory=list)


class Reach:
    """What can be come to.

    `earlier` is a reach of playthroughs before those of this one, which then goes on from its beginnings, and no
    further than to an ending; `avoided` is the condition of the watch that ends a way.
    """

    def __init__(
        self,
        system: System,
        *,
        tick: Tick,
        max_bytes: int,
        earlier: Reach | None = None,
        avoided: int | None = None,
    ) -> None:
        self.system = system
        self.earlier = earlier
        self.avoided = avoided
        self.tick = tick
        self.max_bytes = max_bytes
        self.order: dict[Position, int] = ordered(system) if earlier is None else earlier.order
        self.starts = frozenset(system.starts())
        self.seen: dict[Position, Seen] = {}
        self.batches: list[Batch] = []
        self.by_position: dict[Position, list[int]] = {}
        self.tables: dict[str, dict[tuple[int, ...], Sounded]] = {"clamps": {}, "held": {}, "contradictions": {}}
        self.opened: dict[tuple[int, int], tuple[int, Taking]] = {}
        self.stuck: dict[int, tuple[int, At]] = {}
        self.states = 0
        self.bytes = 0
        self._pending: dict[int, dict[Position, _Pending]] = {}
        self._heaps: dict[int, list[tuple[int, Position]]] = {}

    def run(self) -> None:
        """Come to everything that can be come to; raises `OutgrownError`, and what `tick` raises."""
        if self.earlier is None:
            for start in self.system.starts():
                self.come(start, self.system.words([0]), 0)
        for depth in count():
            if not self._pending:
                return
            heap = self._heaps.get(depth, [])
            while heap:
                _, position = heappop(heap)
                self._take_in(position, depth, self._pending[depth].pop(position))
            self._pending.pop(depth, None)
            self._heaps.pop(depth, None)

    def come(self, position: Position, words: Words, depth: int, *, stays: bool = False) -> None:
        """Let some states come to a position after so many choices."""
        level = self._pending.setdefault(depth, {})
        if position not in level:
            level[position] = _Pending()
            heappush(self._heaps.setdefault(depth, []), (self.order[position], position))
        (level[position].stayed if stays else level[position].arrived).append(words)

    @cached_property
    def incoming(self) -> dict[Position, list[Edge[Where]]]:
        """For each position, the edges that lead to it, those of endings that begin another playthrough included."""
        if self.earlier is not None:
            return self.earlier.incoming
        found: dict[Position, list[Edge[Where]]] = {}
        for source in self.order:
            for edge in self.system.onward(source):
                found.setdefault(edge.target, []).append(edge)
        return found

    def _take_in(self, position: Position, depth: int, pending: _Pending) -> None:
        found = []
        for stays, coming in ((False, pending.arrived), (True, pending.stayed)):
            for chunk in self.system.chunks(position, _joined(coming, self.system)):
                listening = _Listening(self, Coming(position, 0, depth, len(self.batches), stays), chunk)
                words, ended = self.settle(position, chunk, stays=stays, listening=listening)
                found.append((~ended).of(words))
        seen = self._seen(position)
        self.bytes -= seen.nbytes
        words = seen.add(_joined(found, self.system))
        self.bytes += seen.nbytes + words.nbytes
        if len(words):
            self._leave(Batch(position, depth, words))

    def settle(
        self, position: Position, words: Words, *, stays: bool, listening: _Listening | None = None
    ) -> tuple[Words, Where]:
        """States once they have come to a position, and which of them go no further because a way ends there."""
        if listening is None and self.avoided is not None:
            listening = _Listening(self, None, words)
        words = self.system.arrive(position, words, listening, stays=stays)
        return words, NEVER if listening is None else listening.ended

    def _seen(self, position: Position) -> Seen:
        if position not in self.seen:
            bits = self.system.layout.bits_in(self.system.layout.kept[position.step])
            self.seen[position] = Seen(self.system.layout.word, bits.bit_length())
        return self.seen[position]

    def _leave(self, batch: Batch) -> None:
        number = len(self.batches)
        self.batches.append(batch)
        self.by_position.setdefault(batch.position, []).append(number)
        self.states += len(batch.words)
        self.tick(FORWARD, self.states)
        if self.bytes > self.max_bytes:
            raise OutgrownError(f"{self.states:,} states take more than {self.max_bytes / 2**20:,.0f} MiB")
        if self.system.ends(batch.position) and self.earlier is not None:
            return
        for chunk in self.system.chunks(batch.position, batch.words):
            self._sound_answers(batch, number, chunk)
            left: Where | None = None
            for moved in self.system.moves(batch.position, chunk):
                left = moved.taken if left is None else left | moved.taken
                self._note_choice(batch, number, chunk, moved)
                cost = moved.edge.cost
                self.come(moved.edge.target, moved.words, batch.depth + cost, stays=moved.edge.stays)
            self._note_stuck(batch, number, chunk, left)

    # -- what happens on the way ------------------------------------

    def _note_choice(self, batch: Batch, number: int, words: Words, moved: Moved) -> None:
        step, choice = batch.position.step, moved.edge.choice
        if choice is not None and (step, choice) not in self.opened and moved.edge.cost:
            word = int(words[moved.taken.first()])
            self.opened[step, choice] = (batch.depth, Taking(At(number, word), moved.number))

    def _note_stuck(self, batch: Batch, number: int, words: Words, left: Where | None) -> None:
        """Note where nothing can be done: no way on is open, and the story is not over."""
        step = batch.position.step
        if step in self.stuck or self.system.asks_or_ends(step):
            return
        if left is None:
            self.stuck[step] = (batch.depth, At(number, int(words[0])))
        elif (~left).any():
            self.stuck[step] = (batch.depth, At(number, int(words[(~left).first()])))

    def _sound_answers(self, batch: Batch, number: int, words: Words) -> None:
        """Note answers that change what an event has settled."""
        ask, step = self.system.asked(batch.position), batch.position.step
        if ask is None or ask.register is None:
            return
        for event in self.system.watch.settling(ask.register):
            about = (event, step, ANSWERED)
            told = self.system.told_before(batch.position, words, event)
            if about not in self.tables["contradictions"] and told.any():
                word = int(words[told.first()])
                answer = self.system.another_answer(ask, word)
                if answer is not None:
                    goal = Taking(At(number, word), self.system.edge_taken(batch.position, word, answer), answer)
                    self.tables["contradictions"][about] = Sounded(batch.depth, goal)


class _Listening:
    """Notes what happens to states that come to a position, if it is to be noted; and where a way ends."""

    def __init__(self, reach: Reach, coming: Coming | None, words: Words) -> None:
        self._reach = reach
        self._coming = coming
        self._words = words
        self.ended = NEVER

    def wants(self, kind: str, about: tuple[int, ...]) -> bool:
        """Whether something is still to be told of."""
        is_new = self._coming is not None and about not in self._reach.tables[kind]
        return is_new or self._is_end(kind, about)

    def sound(self, kind: str, about: tuple[int, ...], where: Where, number: Number | None = None) -> None:
        """Note where it is so, and what an effect comes to there."""
        if self._is_end(kind, about):
            self.ended = where
        if self._coming is not None and about not in self._reach.tables[kind] and where.any():
            state = where.first()
            goal = self._coming._replace(word=int(self._words[state]))
            value = 0 if number is None else number.one(state)
            self._reach.tables[kind][about] = Sounded(self._coming.depth, goal, value)

    def _is_end(self, kind: str, about: tuple[int, ...]) -> bool:
        return kind == "held" and about == (self._reach.avoided,)


def _joined(words: list[Words], system: System) -> Words:
    if len(words) == 1:
        return words[0]
    return np.concatenate(words) if words else system.words([])
