"""Playing a witness: by the runtime itself, while an observer sees what it passes through."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from waymeet.dice import Dice, Luck, mixed
from waymeet.machine import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.analysis.watch import Watch
    from waymeet.diagnostics import Witness
    from waymeet.machine import Registers, State
    from waymeet.runtime import Moment, Story
    from waymeet.values import Value


class Ended(NamedTuple):
    """How a witness ended: at a moment or in an endless loop, and what its last move passed through.

    `passed` are steps; `clamped` are effects (step, index, value) that would have left their bounds; `held` are the
    conditions of the watch that held; `contradicted` are changes (event, step, effect) of what an event had settled.
    """

    moment: Moment | None
    loop: EndlessLoopError | None
    passed: frozenset[int]
    clamped: frozenset[tuple[int, int, int]]
    held: frozenset[int]
    contradicted: frozenset[tuple[int, int, int]]


class Replayer:
    """Plays witnesses; that one cannot be played would be our own fault, and is not hidden.

    Witnesses mostly begin alike, so each goes on from where it leaves the one before.
    """

    def __init__(self, story: Story, watch: Watch) -> None:
        self._story = story
        self._watch = watch
        self._origin: object = None
        self._path: list[str] = []
        self._turns: list[Ended] = []
        self._luck: list[Luck] = []

    def replay(self, witness: Witness) -> Ended:
        """Play a witness after what came before it; raises `AssertionError` if it begins with another memory."""
        memory: dict[str, Value] = {}
        for earlier in witness.before:
            self._compare_memory(earlier, memory)
            moment = self._play(earlier, memory).moment
            if moment is None or moment.ending is None:
                raise AssertionError(f"{earlier} comes to no ending, and {witness} needs what it leaves")
            memory = moment.memory
        self._compare_memory(witness, memory)
        return self._play(witness, memory)

    def _compare_memory(self, witness: Witness, memory: dict[str, Value]) -> None:
        fresh = self._story.values(self._story.machine.start_registers, "memory")
        left = {name: value for name, value in memory.items() if value != fresh[name]}
        if dict(witness.memory) != left:
            raise AssertionError(f"{witness} does not begin with what those before it leave: {left}")

    def _play(self, witness: Witness, memory: dict[str, Value]) -> Ended:
        origin = (witness.protagonist, memory, witness.outcomes)
        if self._origin != origin:
            self._origin, self._path = origin, []
            self._turns, self._luck = [], []
            self._begin(witness, memory)
        pairs = zip(self._path, witness.play, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        del self._path[shared:], self._turns[shared + 1 :], self._luck[shared + 1 :]
        for choice in witness.play[shared:]:
            self._choose(choice, witness)
        return self._turns[-1]

    def _begin(self, witness: Witness, memory: dict[str, Value]) -> None:
        story = self._story
        start, registers = story.protagonist(witness.protagonist).start, story.remember(memory)
        dice = Dice(Luck(mixed(0), witness.outcomes))
        seen = self._seen(witness)
        self._turn(
            lambda: story.begin(witness.protagonist, memory=memory, outcomes=witness.outcomes),
            lambda: story.machine.arrive(start, registers, [], seen, (), dice),
            seen,
            dice,
        )

    def _choose(self, choice: str, witness: Witness) -> None:
        moment = self._turns[-1].moment
        if moment is None:
            raise AssertionError(f"{witness} goes round before it is over")
        machine = self._story.machine
        state = moment.state
        dice = Dice(self._luck[-1])
        seen = self._seen(witness)
        to = next((way for way in machine.steps[state.step].choices if way.id == choice), None)
        if to is None:
            raise AssertionError(f"there is no choice {choice} at {moment.step}, and {witness} takes it")
        seen.arrived(to.opens)
        self._turn(
            lambda: moment.choose(choice),
            lambda: machine.arrive(to.to, state.registers, [], seen, state.returns, dice),
            seen,
            dice,
        )
        self._path.append(choice)

    def _seen(self, witness: Witness) -> _Seen:
        names = [protagonist.id for protagonist in self._story.protagonists]
        return _Seen(self._watch, names.index(witness.protagonist))

    def _turn(self, play: Callable[[], Moment], arrive: Callable[[], State], seen: _Seen, dice: Dice) -> None:
        """Make a move twice: as a reader does, and with an observer beside it; they must come to the same."""
        moment, loop = None, None
        try:
            moment = play()
        except EndlessLoopError as error:
            loop = error
        state = self._watched(arrive, seen, dice)
        if state != (None if moment is None else moment.state):
            raise AssertionError(f"play comes to {moment and moment.state}, and the machine to {state}")
        passed, clamped = frozenset(seen.passed), frozenset(seen.effects)
        held, contradicted = frozenset(seen.held), frozenset(seen.contradicted)
        self._turns.append(Ended(moment, loop, passed, clamped, held, contradicted))
        self._luck.append(dice.luck)

    def _watched(self, arrive: Callable[[], State], seen: _Seen, dice: Dice) -> State | None:
        """The state that a move leads to, questions answered as was fixed beforehand; None for an endless loop."""
        machine = self._story.machine
        try:
            state = arrive()
            while (ask := machine.steps[state.step].ask) is not None and (answer := dice.answer()) is not None:
                state = machine.answered(state, 0 if ask.register is None else int(answer), [], seen, dice)
        except EndlessLoopError:
            return None
        return state


class _Seen:
    """Notes what a protagonist's move passes through."""

    def __init__(self, watch: Watch, protagonist: int) -> None:
        self._watch = watch
        self._protagonist = protagonist
        self.held: set[int] = set()
        self.contradicted: set[tuple[int, int, int]] = set()
        self.passed: set[int] = set()
        self.effects: set[tuple[int, int, int]] = set()

    def arrived(self, step: int) -> None:
        """Note that a step was arrived at."""
        self.passed.add(step)

    def clamped(self, step: int, effect: int, value: int) -> None:
        """Note that an effect was held within bounds."""
        self.effects.add((step, effect, value))

    def changing(self, step: int, effect: int, register: int, registers: Sequence[int]) -> None:
        """Note that a settled fact is about to be changed."""
        self.contradicted.update((event, step, effect) for event in self._watch.contradicted(register, registers))

    def done(self, step: int, registers: Registers) -> None:
        """Note which conditions hold."""
        self.held.update(self._watch.holding(self._protagonist, step, registers))
