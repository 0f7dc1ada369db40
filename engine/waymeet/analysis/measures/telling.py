"""What is passed on each move of a walk: the steps gone through, and how many words are told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waymeet.analysis.moves import NOWHERE
from waymeet.expressions.code import registers_read
from waymeet.machine import EndlessLoopError
from waymeet.prose.rendering import Rendering, code_of, sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from waymeet.analysis.moves import Move
    from waymeet.analysis.walk import Walk
    from waymeet.expressions.code import Code
    from waymeet.machine import Passage, Registers, State
    from waymeet.prose.rendering import Block, Prose
    from waymeet.runtime import Story


def words_in(blocks: Iterable[Block]) -> int:
    """How many words a reader reads in some blocks: what stands between spaces, as a reader sees it."""
    return sum(len(block.plain.split()) for block in blocks)


def codes_in(prose: Prose) -> Iterator[Code]:
    """Every formula by whose value some prose shows one thing or another."""
    for part in prose:
        if not isinstance(part, str):
            code = code_of(part)
            if code is not None:
                yield code
            for section in sections(part):
                yield from codes_in(section)


@dataclass
class Telling:
    """What each move of a walk passes, in the order of the walk, and each beginning of a path.

    `steps` has the sets of steps that some move goes through, each once; `passes` which of them a move goes through,
    `begun` which a beginning does. `words`, where they are counted, are told from what the walk knows of the state that
    a move starts from: what it has forgotten is as at the start of a path, and each variation shows its first wording.
    """

    steps: list[tuple[int, ...]] = field(default_factory=list)
    passes: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)


def told(walk: Walk) -> Telling:
    """Go over every move of a walk once more, and note what is passed and told."""
    return _noted(walk, counts=True)


def passed(walk: Walk) -> Telling:
    """The same without words."""
    return _noted(walk, counts=False)


def _noted(walk: Walk, *, counts: bool) -> Telling:
    teller = _Teller(walk.story, counts=counts)
    for number in range(len(walk.states)):
        moves = list(walk.moves(number))
        state = walk.states[number] if moves else None
        for choice, _ in moves:
            assert state is not None
            teller.move(state, choice)
    for begun in walk.begun:
        teller.beginning(begun.move.protagonist, _left_by(walk, begun.move))
    return teller.telling


def _left_by(walk: Walk, begins: Move) -> Registers:
    """The registers with which a path begins, after what the ending before it left."""
    registers = list(walk.story.machine.start_registers)
    if begins.state != NOWHERE:
        left = walk.states[begins.state].registers
        for index, register in enumerate(walk.story.data.registers):
            if register.use == "memory":
                registers[index] = left[index]
    return tuple(registers)


class _Teller:
    """Makes moves again, as their observer."""

    def __init__(self, story: Story, *, counts: bool) -> None:
        self.telling = Telling()
        self._counts = counts
        self._story = story
        self._machine = story.machine
        self._known: dict[tuple[int, ...], int] = {}
        self._passed: set[int] = set()
        #: The words of a text, by its step and the values of what it goes by; what each text goes by.
        self._counted: dict[tuple[int, ...], int] = {}
        self._reads: dict[int, tuple[int, ...]] = {}

    def move(self, state: State, choice: int) -> None:
        """Note what a move passes."""
        self._passed.clear()
        passages: list[Passage] = []
        with suppress(EndlessLoopError):  # what was passed until it came round was passed
            self._make(state, choice, passages)
        self.telling.passes.append(self._set())
        if self._counts:
            self.telling.words.append(self._echo(state, choice) + self._words(state, passages))

    def beginning(self, protagonist: int, registers: Registers) -> None:
        """Note what a path passes before it first comes to rest."""
        self._passed.clear()
        with suppress(EndlessLoopError):
            self._machine.arrive(self._story.protagonists[protagonist].start, registers, [], self)
        self.telling.begun.append(self._set())

    def _make(self, state: State, choice: int, passages: list[Passage]) -> None:
        step = self._machine.steps[state.step]
        if step.ask is not None:
            self._machine.answered(state, choice, passages, self)
        elif step.outcomes:
            self._machine.go_on(state, step.outcomes[choice][0].to, passages, self)
        else:
            taken = step.choices[choice]
            self._passed.add(taken.opens)
            self._machine.arrive(taken.to, state.registers, passages, self, state.returns)

    def _set(self) -> int:
        """The number of the set of steps that were passed."""
        passed = tuple(sorted(self._passed))
        if passed not in self._known:
            self._known[passed] = len(self.telling.steps)
            self.telling.steps.append(passed)
        return self._known[passed]

    # -- words ------------------------------------

    def _echo(self, state: State, choice: int) -> int:
        """The words of a choice, as they are printed once it is taken; an answer counts as one word."""
        step = self._machine.steps[state.step]
        if not step.choices:
            return int(step.ask is not None)
        taken = step.choices[choice]
        if taken.fixed_echo is not None:
            return words_in(taken.fixed_echo)
        if taken.echo is not None:
            return words_in(taken.echo.render(self._rendering(state.registers)))
        offer = taken.offer(state.registers, lambda: self._rendering(state.registers))
        return 0 if offer is None else len(offer.label.split())

    def _words(self, state: State, passages: list[Passage]) -> int:
        """The words of what a move tells, headings among it."""
        scene = self._machine.steps[state.step].scene
        total = 0
        for at, registers in passages:
            step = self._machine.steps[at]
            if step.scene != scene:
                scene = step.scene
                total += words_in(self._story.heading(scene))
            told_here = (at, *(registers[index] for index in self._read_by(at)))
            if told_here not in self._counted:
                self._counted[told_here] = words_in(step.text.render(self._rendering(registers)))
            total += self._counted[told_here]
        return total

    def _read_by(self, at: int) -> tuple[int, ...]:
        """The registers that the text of a step goes by."""
        if at not in self._reads:
            story = self._story.data
            codes = codes_in(story.steps[at].text)
            self._reads[at] = tuple(sorted({index for code in codes for index in registers_read(code, story.derived)}))
        return self._reads[at]

    def _rendering(self, registers: Registers) -> Rendering:
        return Rendering(registers, self._story.texts, {}, 0)

    # -- what happens on the way ------------------------------------

    def arrived(self, step: int) -> None:
        """Note that a step was arrived at."""
        self._passed.add(step)

    def clamped(self, step: int, effect: int, value: int) -> None:
        """Nothing that is counted here."""

    def changing(self, step: int, effect: int, register: int, registers: Sequence[int]) -> None:
        """Nothing that is counted here."""

    def done(self, step: int, registers: Registers) -> None:
        """Nothing that is counted here."""
