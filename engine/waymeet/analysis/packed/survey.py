"""Everything that can happen in a story, known state by state."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from waymeet.analysis.packed.circling import circles
from waymeet.analysis.packed.losing import locks, lost
from waymeet.analysis.packed.reach import At
from waymeet.analysis.packed.seen import Seen
from waymeet.analysis.packed.tracing import trace
from waymeet.analysis.survey import First, Survey
from waymeet.analysis.telling import witness
from waymeet.story import Chance, Choices, End

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from waymeet.analysis.packed.reach import Reach
    from waymeet.analysis.packed.words import Words
    from waymeet.analysis.survey import Lock, Lost
    from waymeet.analysis.transitions import Position
    from waymeet.diagnostics import Witness
    from waymeet.machine import State


class PackedSurvey(Survey):
    """What a reach tells; see `Survey`. It is complete: one that was cut short is of no use here.

    Raises `UnsuitedError` where play may give up on a way without choices.
    """

    stopped = None

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.system = reach.system
        self.story = reach.system.story
        self.circles = circles(reach)
        self._positions: dict[int, list[Position]] = {}
        for position in reach.by_position:
            self._positions.setdefault(position.step, []).append(position)
        self.clamps = {(step, effect): first for (step, effect), first in self._sounded("clamps")}
        self.held = {condition: first for (condition,), first in self._sounded("held")}
        self.contradictions = {(event, step, n): first for (event, step, n), first in self._sounded("contradictions")}
        self.opened = set(reach.opened)
        self.endings = set(self._endings())
        self.arrivals = {**dict(self._skipped()), **{step: self._come_to(step) for step in self._positions}}
        stuck = sorted((depth, step, at) for step, (depth, at) in reach.stuck.items() if not self._is_chance(step))
        self.stuck = {step: self._at(at) for _, step, at in stuck}
        self.loops = [
            circle.loop._replace(first=circle.loop.first._replace(move=(reach, circle.loop.first.move)))
            for circle in self.circles
        ]

    def _sounded(self, kind: str) -> Iterator[tuple[tuple[int, ...], First]]:
        for about, (depth, goal, value) in sorted(
            self.reach.tables[kind].items(), key=lambda one: (one[1].depth, one[0])
        ):
            yield about, First(depth, (self.reach, goal), value)

    def _endings(self) -> Iterator[tuple[int, int]]:
        for position in self.reach.by_position:
            way_out = self.system.data.steps[position.step].exit
            if isinstance(way_out, End):
                yield position.protagonist, way_out.ending

    def _skipped(self) -> Iterator[tuple[int, First]]:
        """The steps that a choice opens onto and that do nothing, which play does not go through."""
        for (step, index), (depth, goal) in sorted(self.reach.opened.items(), key=lambda item: -item[1][0]):
            choice = self.story.machine.steps[step].choices[index]
            if choice.opens != choice.to:
                yield choice.opens, First(depth + 1, (self.reach, goal))

    def _come_to(self, step: int) -> First:
        number = min(self.reach.by_position[position][0] for position in self._positions[step])
        return self._at(At(number, int(self.reach.batches[number].words[0])))

    def _at(self, at: At) -> First:
        batch = self.reach.batches[at.batch]
        return First(batch.depth, (self.reach, at), state=(batch.position, at.word))

    def _is_chance(self, step: int) -> bool:
        return isinstance(self.system.data.steps[step].exit, Chance)

    # -- ways ------------------------------------

    def way(self, first: First) -> Witness:
        """The shortest playthrough to something."""
        reach, goal = first.move
        return witness(self.story, *trace(reach, goal), shortest=True)

    def step(self, first: First) -> int:
        """The step at which a reader stands then, for what is about that."""
        position: Position = first.state[0]
        return position.step

    def stands(self, first: First, protagonist: str, state: State) -> bool:
        """Whether a state of a protagonist is the one that something is about."""
        position, word = first.state
        who = self.story.protagonists[position.protagonist].id
        packed = self.system.layout.packed(state.registers, self.system.layout.kept[position.step])
        there = (who, position.step, position.returns, word)
        return there == (protagonist, state.step, state.returns, packed)

    # -- the rest ------------------------------------

    @cached_property
    def rests(self) -> int:
        """In how many different states a reader can rest, as far as anything later can tell them apart."""
        return sum(self._counted(position, seen) for position, seen in self.reach.seen.items())

    def _counted(self, position: Position, seen: Seen) -> int:
        if self._is_chance(position.step):
            return 0
        if self.story.machine.steps[position.step].rests:
            return seen.count
        words, _ = seen.all()
        layout = self.system.layout
        live = layout.bits_in(layout.kept[position.step] & self.system.liveness.live(position.step))
        resting = self.system.resting(position, words).of(words) & layout.word(live)
        return len(Seen(layout.word, layout.size).add(resting))

    def is_open(self, step: int, choice: int) -> bool:
        """Whether the condition of a choice holds somewhere, be it offered there or not."""
        way_out = self.system.data.steps[step].exit
        assert isinstance(way_out, Choices)
        when = way_out.choices[choice].when
        return any(self._holds(position, batch, when) for position, batch in self._at_step(step))

    def _at_step(self, step: int) -> Iterator[tuple[Position, Words]]:
        for position in self._positions.get(step, ()):
            for number in self.reach.by_position[position]:
                yield position, self.reach.batches[number].words

    def _holds(self, position: Position, words: Words, when: object) -> bool:
        return when is None or self.system.columns(position, words).condition(when).any()

    def locks(self, untold: Collection[int], told: Sequence[bool]) -> Sequence[Lock]:
        """Where all is lost, told once for each cause."""
        return locks(self, untold, told)

    def lost(self, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
        """The nearest place where a condition can hold no more, though the story is not over and `until` never held."""
        return lost(self, condition, until, protagonist)
