"""The step function: from a state and a choice to the next state. Pure, and the only meaning a story has.

Console, tests and checker all walk by it. Expressions are linked to closures once, when a story is opened.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol, assert_never

from waymeet.expressions.code import link
from waymeet.prose.rendering import Block, Span, Template
from waymeet.story import Choice, Choices, End, Goto

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.expressions.code import Run
    from waymeet.prose.rendering import Rendering
    from waymeet.story import Assignment, Register, StoryData

    #: The telling under way, made when first asked for: most passages read the same every time and need none.
    Telling = Callable[[], Rendering]

Registers = tuple[int, ...]
#: A step that was gone through, with the registers its prose is told from.
Passage = tuple[int, Registers]

#: After so many moves without a choice, play stops: no story means that.
MAX_MOVES = 10_000
#: Only a chain longer than this is watched for coming round.
_PATIENCE = 50


class State(NamedTuple):
    """Where a playthrough rests and what is so there; everything a condition can read is in `registers`."""

    step: int
    registers: Registers


class Offer(NamedTuple):
    """A choice as the reader meets it; `locked` says why it cannot be taken, and is None when it can."""

    id: str
    label: str
    locked: str | None


class Observer(Protocol):
    """Told what happens on the way from one state to the next; play has none, the checker has."""

    def arrived(self, step: int) -> None:
        """A step was arrived at."""

    def clamped(self, step: int, effect: int, value: int) -> None:
        """An effect of the step would have left its register's bounds with this value."""


class EndlessLoopError(Exception):
    """Automatic moves that come round without asking the reader.

    `circle` has the ids of the steps that come round, the first in the file first. Without `came_round`, the way only
    went on for more than `MAX_MOVES` steps, and they are those met more than once, or the last.
    """

    def __init__(self, circle: tuple[str, ...], *, came_round: bool) -> None:
        went = "goes round in a circle" if came_round else f"goes on for more than {MAX_MOVES:,} steps"
        super().__init__(f"the story {went} at {circle[0]} without asking anything")
        self.circle = circle
        self.came_round = came_round

    @property
    def step(self) -> str:
        """The first step of the circle."""
        return self.circle[0]


def echoed(label: str) -> tuple[Block, ...]:
    """A label as it is printed when it is chosen; an empty one prints nothing."""
    return (Block("echo", "", (Span("", label),)),) if label else ()


class LinkedChoice:
    """A choice with its condition and its prose ready to run."""

    __slots__ = (
        "_label",
        "_locked",
        "_shown",
        "arrivals",
        "echo",
        "fixed",
        "fixed_echo",
        "id",
        "opens",
        "path",
        "to",
        "when",
    )

    def __init__(self, choice: Choice, arrivals: int | None, derived: Sequence[Run]) -> None:
        self.id = choice.id
        self.path = choice.path
        #: The step it opens onto; where to go on from, which is further on if that step does nothing.
        self.opens = choice.to
        self.to = choice.to
        self.when = None if choice.when is None else link(choice.when, derived)
        #: The register that counts how often it was taken, if anything reads that.
        self.arrivals = arrivals
        self._label = Template(choice.label, derived)
        self._locked = None if choice.locked is None else Template(choice.locked, derived)
        label = self._label.fixed_line
        #: The open choice as it is offered, where that is always the same.
        self.fixed = None if label is None else Offer(choice.id, label, None)
        self._shown = None if choice.shown is None else link(choice.shown, derived)
        #: What is printed when it is chosen; None for its label, word for word as it was offered.
        self.echo = None if choice.echo is None else Template(choice.echo, derived, "echo")
        #: The same, where it never varies.
        self.fixed_echo = self.echo.fixed if self.echo is not None else None if label is None else echoed(label)

    def is_open(self, registers: Registers) -> bool:
        """Whether the choice can be taken."""
        return self.when is None or bool(self.when(registers))

    def offer(self, registers: Registers, telling: Telling) -> Offer | None:
        """The choice as it is offered; None while it is hidden."""
        if self.when is None or self.when(registers):
            return self.fixed or Offer(self.id, self._label.line(telling()), None)
        if self._locked is None or not (self._shown is None or self._shown(registers)):
            return None
        return Offer(self.id, self._label.line(telling()), self._locked.line(telling()))


class LinkedStep:
    """A step ready to run; exactly one of `choices`, `ways`, `ending` says how it goes on."""

    __slots__ = (
        "always",
        "arrivals",
        "choices",
        "effects",
        "ending",
        "has_text",
        "id",
        "node",
        "rests",
        "scene",
        "text",
        "ways",
    )

    def __init__(self, index: int, data: StoryData, derived: Sequence[Run]) -> None:
        steps = data.steps
        step = steps[index]
        self.id = step.id
        self.node = step.node
        self.scene = step.scene
        self.arrivals = step.arrivals
        self.effects = tuple(_linked_effect(effect, data.registers, derived) for effect in step.effects)
        self.text = Template(step.text, derived)
        self.has_text = bool(step.text)
        self.choices: tuple[LinkedChoice, ...] = ()
        self.ways: tuple[tuple[Run | None, int], ...] = ()
        self.ending: int | None = None
        match step.exit:
            case Choices(choices, fallback):
                self.choices = tuple(LinkedChoice(choice, steps[choice.to].arrivals, derived) for choice in choices)
                self.ways = () if fallback is None else _linked_ways(fallback, derived)
            case Goto():
                self.ways = _linked_ways(step.exit, derived)
            case End(ending):
                self.ending = ending
            case None:
                pass
            case _:
                assert_never(step.exit)
        #: What is offered, where that is the same in every state.
        self.always = self._always()
        #: Whether a reader rests here in every state.
        self.rests = not self.ways or any(choice.when is None for choice in self.choices)

    def _always(self) -> tuple[Offer, ...] | None:
        offers = [choice.fixed for choice in self.choices if choice.when is None]
        return tuple(offer for offer in offers if offer) if all(offers) and len(offers) == len(self.choices) else None

    def offers(self, registers: Registers, telling: Telling) -> tuple[Offer, ...]:
        """What is offered, in the order of the file."""
        if self.always is not None:
            return self.always
        offers = [choice.offer(registers, telling) for choice in self.choices]
        return tuple([offer for offer in offers if offer is not None])

    def asks(self, registers: Registers) -> bool:
        """Whether some choice is open."""
        return any(choice.is_open(registers) for choice in self.choices)

    def way(self, registers: Registers) -> int | None:
        """The step that comes next by itself, or None when every condition is false."""
        for when, to in self.ways:
            if when is None or when(registers):
                return to
        return None


def _linked_ways(goto: Goto, derived: Sequence[Run]) -> tuple[tuple[Run | None, int], ...]:
    return tuple((None if when is None else link(when, derived), to) for when, to in goto.branches)


def _linked_effect(
    effect: Assignment, registers: Sequence[Register], derived: Sequence[Run]
) -> tuple[int, Run, int, int]:
    register = registers[effect.register]
    return effect.register, link(effect.code, derived), register.low, register.high


class Machine:
    """A story's steps, linked."""

    def __init__(self, data: StoryData) -> None:
        derived: list[Run] = []
        for code in data.derived:
            derived.append(link(code, derived))  # each needs only those before it
        self.derived: Sequence[Run] = derived
        self.steps = tuple(LinkedStep(index, data, derived) for index in range(len(data.steps)))
        for step in self.steps:
            for choice in step.choices:
                choice.to = self._landing(choice.to)
        self._highs = tuple(register.high for register in data.registers)
        self.start_registers: Registers = tuple(register.start for register in data.registers)
        self._locals: dict[str, list[tuple[int, int]]] = {}
        for index, register in enumerate(data.registers):
            if register.use == "local":
                scene = register.name.split(".")[0]
                self._locals.setdefault(scene, []).append((index, register.start))

    def _landing(self, to: int) -> int:
        """Where a choice leads that does nothing but lead on: what it opens onto need not be gone through each time."""
        step = self.steps[to]
        if step.id == step.node or step.effects or step.has_text or step.choices or step.arrivals is not None:
            return to
        if len(step.ways) != 1 or step.ways[0][0] is not None or self.steps[step.ways[0][1]].scene != step.scene:
            return to
        return step.ways[0][1]

    def arrive(self, at: int, registers: Registers, passages: list[Passage], observer: Observer | None = None) -> State:
        """Run the step `at` and go on until the reader is asked, or the story ends, or there is nowhere to go.

        Appends what was passed to `passages`. Raises `EndlessLoopError`.
        """
        steps = self.steps
        moves = 0
        been: dict[State, None] = {}
        while True:
            step = steps[at]
            if observer is not None:
                observer.arrived(at)
            if step.arrivals is not None:
                registers = self.counted(step.arrivals, registers)
            if step.effects:
                registers = self._apply(at, step, registers, observer)
            if step.has_text:
                passages.append((at, registers))
            if step.rests or step.asks(registers):
                return State(at, registers)
            to = step.way(registers)
            if to is None:
                return State(at, registers)
            if self._locals and steps[to].scene != step.scene:
                registers = self._left(step.scene, registers)
            at = to
            moves += 1
            if moves > _PATIENCE:
                state = State(at, registers)
                if state in been or moves > MAX_MOVES:
                    raise EndlessLoopError(self._circle(been, state), came_round=state in been)
                been[state] = None

    def _circle(self, been: dict[State, None], again: State) -> tuple[str, ...]:
        """The steps from a state's first coming to its second, from the one that stands first in the file.

        Where nothing came round before the patience ended, those that were come to more than once.
        """
        states = list(been)
        at = [state.step for state in states]
        if again in been:
            at = at[states.index(again) :]
        else:
            at = [step for step, times in Counter(at).items() if times > 1] or [again.step]
        first = at.index(min(at))
        return tuple(self.steps[step].id for step in dict.fromkeys(at[first:] + at[:first]))

    def counted(self, count: int | None, registers: Registers) -> Registers:
        """The registers with a count one higher; it stops at its bound."""
        if count is None or registers[count] == self._highs[count]:
            return registers
        return (*registers[:count], registers[count] + 1, *registers[count + 1 :])

    def _apply(self, at: int, step: LinkedStep, registers: Registers, observer: Observer | None) -> Registers:
        values = list(registers)
        for index, (register, run, low, high) in enumerate(step.effects):
            value = int(run(values))
            if not low <= value <= high:
                if observer is not None:
                    observer.clamped(at, index, value)
                value = low if value < low else high
            values[register] = value
        return tuple(values)

    def _left(self, scene: str, registers: Registers) -> Registers:
        """The registers once a scene was left: its local flags are forgotten, so each entry finds them fresh."""
        if scene not in self._locals:
            return registers
        values = list(registers)
        for register, start in self._locals[scene]:
            values[register] = start
        return tuple(values)
