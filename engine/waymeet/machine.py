"""The step function: from a state and a choice to the next state. Pure, and the only meaning a story has.

Console, tests and checker all walk by it. Expressions are linked to closures once, when a step is first come to.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol, assert_never

from waymeet.errors import WaymeetError
from waymeet.expressions.code import link
from waymeet.prose.rendering import Block, Span, Template
from waymeet.story import Ask, Branch, Call, Chance, Choice, Choices, End, Goto, Return

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waymeet.dice import Dice
    from waymeet.expressions.code import Run
    from waymeet.prose.rendering import Rendering
    from waymeet.story import Assignment, Emit, Outcome, Register, Step, StoryData

    #: The telling under way, made when first asked for: most passages read the same every time and need none.
    Telling = Callable[[], Rendering]
    #: The branches of a goto, ready to run.
    Ways = tuple[tuple[Run | None, int], ...]

Registers = tuple[int, ...]
#: A step that was gone through, with the registers its prose is told from.
Passage = tuple[int, Registers]

#: After so many moves without a choice, play stops: no story means that.
MAX_MOVES = 10_000
#: Stands for the effect where an answer changes a register.
ANSWERED = -1
#: Only a chain longer than this is watched for coming round.
_PATIENCE = 50


class State(NamedTuple):
    """Where a playthrough rests and what is so there.

    Everything a condition can read is in `registers`; `returns` has the steps that called and wait, the last one last.
    """

    step: int
    registers: Registers
    returns: tuple[int, ...] = ()


class Offer(NamedTuple):
    """A choice as the reader meets it; `locked` says why it cannot be taken, and is None when it can."""

    id: str
    label: str
    locked: str | None


class Signal(NamedTuple):
    """Something that the story wants its host to do, such as to play a sound; `values` are (name, value)."""

    name: str
    values: tuple[tuple[str, str], ...] = ()


class Observer(Protocol):
    """Told what happens on the way from one state to the next; play has none, the checker has."""

    def arrived(self, step: int) -> None:
        """A step was arrived at."""

    def clamped(self, step: int, effect: int, value: int) -> None:
        """An effect of the step would have left its register's bounds with this value."""

    def changing(self, step: int, effect: int, register: int, registers: Sequence[int]) -> None:
        """An effect of the step, or an answer there (`ANSWERED`), is about to change one of these registers."""

    def done(self, step: int, registers: Registers) -> None:
        """The effects of a step are done."""


class EndlessLoopError(WaymeetError):
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

    def __init__(self, choice: Choice, steps: Sequence[Step], derived: Sequence[Run]) -> None:
        self.id = choice.id
        self.path = choice.path
        #: The step it opens onto; where to go on from, which is further on if that step does nothing.
        self.opens = choice.to
        self.to = _landing(steps, choice.to)
        self.when = None if choice.when is None else link(choice.when, derived)
        #: The register that counts how often it was taken, if anything reads that.
        self.arrivals = steps[choice.to].arrivals
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


class LinkedAsk:
    """A question ready to be put; see `story.Ask`."""

    __slots__ = ("high", "label", "low", "register", "text")

    def __init__(self, ask: Ask, derived: Sequence[Run]) -> None:
        self.label = Template(ask.label, derived)
        self.register = ask.register
        self.text = ask.text
        self.low = ask.low
        self.high = ask.high


class LinkedSignal:
    """A signal with its values ready to be worded."""

    __slots__ = ("_values", "name")

    def __init__(self, emit: Emit, derived: Sequence[Run]) -> None:
        self.name = emit.name
        self._values = tuple((name, Template(value, derived)) for name, value in emit.values)

    def given(self, telling: Telling) -> Signal:
        """The signal as the host is given it."""
        return Signal(self.name, tuple((name, template.line(telling())) for name, template in self._values))


class LinkedStep:
    """A step ready to run; its exit is in `choices`, `ways`, `outcomes`, `ask`, `call`, `returning` and `ending`."""

    __slots__ = (
        "always",
        "arrivals",
        "ask",
        "back",
        "call",
        "choices",
        "effects",
        "ending",
        "id",
        "most",
        "node",
        "outcomes",
        "rests",
        "returning",
        "scene",
        "signals",
        "tells",
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
        self.signals = tuple(LinkedSignal(signal, derived) for signal in step.signals)
        #: Whether a host is given anything here: prose or a signal.
        self.tells = bool(step.text or step.signals)
        self.choices: tuple[LinkedChoice, ...] = ()
        self.ways: Ways = ()
        self.most: int | None = None
        self.outcomes: tuple[tuple[Outcome, Run | None], ...] = ()
        self.ask: LinkedAsk | None = None
        self.call: int | None = None
        self.back: dict[str, Ways] = {}
        self.returning: str | None = None
        self.ending: int | None = None
        match step.exit:
            case Choices(choices, fallback, most):
                self.most = most
                self.choices = tuple(LinkedChoice(choice, steps, derived) for choice in choices)
                self.ways = () if fallback is None else _linked_ways(fallback, derived)
            case Goto():
                self.ways = _linked_ways(step.exit, derived)
            case End(ending):
                self.ending = ending
            case Chance(outcomes, fallback):
                self.outcomes = tuple((o, None if o.when is None else link(o.when, derived)) for o in outcomes)
                self.ways = () if fallback is None else _linked_ways(fallback, derived)
            case Ask():
                self.ask = LinkedAsk(step.exit, derived)
                self.ways = _linked_ways(step.exit.ways, derived)
            case Call(to, ways, returns):
                self.call = to
                self.ways = () if ways is None else _linked_ways(ways, derived)
                self.back = {name: _linked_ways(goto, derived) for name, goto in returns}
            case Return(name):
                self.returning = name
            case None:
                pass
            case _:
                assert_never(step.exit)
        #: What is offered, where that is the same in every state.
        self.always = self._always()
        #: Whether a reader rests here in every state.
        self.rests = self.ask is not None or any(choice.when is None for choice in self.choices)
        if not self.ways and not self.outcomes and self.call is None and self.returning is None:
            self.rests = True

    def _always(self) -> tuple[Offer, ...] | None:
        offers = [choice.fixed for choice in self.choices if choice.when is None]
        if not all(offers) or len(offers) < len(self.choices):
            return None
        return tuple(offer for offer in offers if offer)[: self.most]

    def offers(self, registers: Registers, telling: Telling) -> tuple[Offer, ...]:
        """What is offered, in the order of the file."""
        if self.always is not None:
            return self.always
        offers: list[Offer] = []
        for choice in self.choices:
            if len(offers) == self.most:
                break  # the label of one that is not offered is not worded, for what varies in it is not shown
            if (offer := choice.offer(registers, telling)) is not None:
                offers.append(offer)
        return tuple(offers)

    def open(self, registers: Registers) -> list[tuple[int, LinkedChoice]]:
        """The choices that can be taken, with their indexes."""
        found = [(index, choice) for index, choice in enumerate(self.choices) if choice.is_open(registers)]
        return found[: self.most]

    def taken(self, choice: str, registers: Registers) -> LinkedChoice | None:
        """The open choice with this id."""
        if self.most is not None:
            return next((found for _, found in self.open(registers) if found.id == choice), None)
        for found in self.choices:
            if found.id == choice and found.is_open(registers):
                return found
        return None

    def asks(self, registers: Registers) -> bool:
        """Whether some choice is open."""
        return any(choice.is_open(registers) for choice in self.choices)

    def way(self, registers: Registers) -> int | None:
        """The step that comes next by itself, or None when every condition is false."""
        return _first_open(self.ways, registers)

    def possible(self, registers: Registers) -> list[Outcome]:
        """The outcomes of a step of chance that can come out."""
        return [outcome for outcome, when in self.outcomes if when is None or when(registers)]

    def way_back(self, name: str, registers: Registers) -> int | None:
        """The step that comes next when what this step called returns by a name."""
        return _first_open(self.back.get(name, self.ways), registers)


def _first_open(ways: Ways, registers: Registers) -> int | None:
    for when, to in ways:
        if when is None or when(registers):
            return to
    return None


def _linked_ways(goto: Goto, derived: Sequence[Run]) -> Ways:
    return tuple((None if when is None else link(when, derived), to) for when, to in goto.branches)


def _linked_effect(
    effect: Assignment, registers: Sequence[Register], derived: Sequence[Run]
) -> tuple[int, Run, int, int]:
    register = registers[effect.register]
    return effect.register, link(effect.code, derived), register.low, register.high


def _landing(steps: Sequence[Step], to: int) -> int:
    """Where a choice leads that does nothing but lead on: what it opens onto need not be gone through each time."""
    step = steps[to]
    if step.id == step.node or step.effects or step.text or step.signals or step.arrivals is not None:
        return to
    match step.exit:
        case Goto((Branch(None, onward),)) | Choices((), Goto((Branch(None, onward),))):
            return onward if steps[onward].scene == step.scene else to
        case _:
            return to


class LinkedSteps(dict[int, LinkedStep]):
    """Steps ready to run, by their numbers; each is linked when it is first asked for, and is only looked up later."""

    def __init__(self, data: StoryData, derived: Sequence[Run]) -> None:
        self._data = data
        self._derived = derived

    def __missing__(self, number: int) -> LinkedStep:
        step = self[number] = LinkedStep(number, self._data, self._derived)
        return step


class Machine:
    """A story's steps, each linked when it is come to."""

    def __init__(self, data: StoryData) -> None:
        self._data = data
        derived: list[Run] = []
        for code in data.derived:
            derived.append(link(code, derived))  # each needs only those before it
        self.derived: Sequence[Run] = derived
        self.steps = LinkedSteps(data, derived)
        self._highs = tuple(register.high for register in data.registers)
        self.start_registers: Registers = tuple(register.start for register in data.registers)
        self._locals: dict[str, list[tuple[int, int]]] = {}
        for index, register in enumerate(data.registers):
            if register.use == "local":
                scene = register.name.split(".")[0]
                self._locals.setdefault(scene, []).append((index, register.start))

    def link_all(self) -> None:
        """Link every step now: what cannot be linked is not left for a playthrough to come to."""
        for number in range(len(self._data.steps)):
            self.steps[number]

    def arrive(
        self,
        at: int,
        registers: Registers,
        passages: list[Passage],
        observer: Observer | None = None,
        returns: tuple[int, ...] = (),
        dice: Dice | None = None,
    ) -> State:
        """Run the step `at` and go on until the reader is asked, or the story ends, or there is nowhere to go.

        Appends what was passed to `passages`. Without dice it rests at each step of chance too; see `go_on`. Raises
        `EndlessLoopError`.
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
            if observer is not None:
                observer.done(at, registers)
            if step.tells:
                passages.append((at, registers))
            if step.rests or step.asks(registers):
                return State(at, registers, returns)
            onward = self._onward(at, registers, returns, dice)
            if onward is None:
                return State(at, registers, returns)
            is_drawn = dice is not None and step.outcomes and step.possible(registers)
            at, registers, returns = onward
            moves += 1
            if is_drawn:
                been.clear()  # what was drawn may come out otherwise the next time: only patience ends that
            if moves > _PATIENCE:
                if onward in been or moves > MAX_MOVES:
                    raise EndlessLoopError(self._circle(been, onward), came_round=onward in been)
                been[onward] = None

    def is_rest(self, state: State) -> bool:
        """Whether a reader can stand here: asked something, at an ending, or at a dead end."""
        step = self.steps[state.step]
        if step.rests or step.asks(state.registers):
            return True
        return not step.possible(state.registers) and self._onward(*state, None) is None

    def is_stuck(self, state: State) -> bool:
        """Whether nothing can be done where a reader rests: at a dead end."""
        step = self.steps[state.step]
        return step.ending is None and step.ask is None and not step.asks(state.registers)

    def go_on(self, state: State, to: int, passages: list[Passage], observer: Observer | None = None) -> State:
        """Go on from a step of chance by the outcome that leads to `to`, without dice."""
        registers = self._moved(self.steps[state.step].scene, to, state.registers)
        return self.arrive(to, registers, passages, observer, state.returns)

    def move_on(self, state: State, passages: list[Passage], dice: Dice) -> State:
        """Go on from where a reader cannot rest (see `is_rest`), without arriving there again."""
        onward = self._onward(*state, dice)
        assert onward is not None
        return self.arrive(onward.step, onward.registers, passages, None, onward.returns, dice)

    def answered(
        self,
        state: State,
        value: int,
        passages: list[Passage],
        observer: Observer | None = None,
        dice: Dice | None = None,
    ) -> State:
        """Go on from a question with the reader's answer; for free text, the value means nothing."""
        step = self.steps[state.step]
        assert step.ask is not None
        registers = state.registers
        asked = step.ask.register
        if asked is not None:
            if observer is not None and value != registers[asked]:
                observer.changing(state.step, ANSWERED, asked, registers)
            registers = (*registers[:asked], value, *registers[asked + 1 :])
        to = step.way(registers)
        if to is None:
            if observer is not None:
                observer.done(state.step, registers)
            return State(state.step, registers, state.returns)
        registers = self._moved(step.scene, to, registers)
        return self.arrive(to, registers, passages, observer, state.returns, dice)

    def _onward(self, at: int, registers: Registers, returns: tuple[int, ...], dice: Dice | None) -> State | None:
        """Where a step leads by itself, before anything happens there; None where it leads nowhere."""
        step = self.steps[at]
        if step.call is not None:
            return State(step.call, registers, (*returns, at))
        if step.returning is not None:
            return self._returned(step, step.returning, registers, returns)
        to = step.way(registers)
        if step.outcomes and (possible := step.possible(registers)):
            if dice is None:
                return None
            names, weights = [outcome.name for outcome in possible], [outcome.weight for outcome in possible]
            to = possible[dice.draw(names, weights)].to
        return None if to is None else State(to, self._moved(step.scene, to, registers), returns)

    def _returned(self, step: LinkedStep, name: str, registers: Registers, returns: tuple[int, ...]) -> State | None:
        """Back at the step that called; its scene was not left meanwhile, and what was called in another is."""
        if not returns:
            return None
        caller = self.steps[returns[-1]]
        to = caller.way_back(name, registers)
        if to is None:
            return None
        if caller.scene != step.scene:
            registers = self.left(step.scene, registers)
        return State(to, self._moved(caller.scene, to, registers), returns[:-1])

    def _moved(self, scene: str, to: int, registers: Registers) -> Registers:
        return self.left(scene, registers) if self._locals and self.steps[to].scene != scene else registers

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
            if observer is not None and value != values[register]:
                observer.changing(at, index, register, values)
            values[register] = value
        return tuple(values)

    def left(self, scene: str, registers: Registers) -> Registers:
        """The registers once a scene was left: its local flags are forgotten, so each entry finds them fresh."""
        if scene not in self._locals:
            return registers
        values = list(registers)
        for register, start in self._locals[scene]:
            values[register] = start
        return tuple(values)
