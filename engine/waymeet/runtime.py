"""Playing: a `Story` begins, each `Moment` offers choices, choosing gives the next. An old moment stays as it was."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from waymeet import snapshots
from waymeet.compiled import fingerprint, from_bytes, to_bytes
from waymeet.dice import Dice, ImpossibleOutcomeError, Luck, mixed
from waymeet.errors import ChoiceError, SaveError, WaymeetError
from waymeet.machine import EndlessLoopError, Machine, Offer, Passage, Signal, State, echoed
from waymeet.prose.rendering import Block, Rendering, Span, Template
from waymeet.snapshots import Origin, Snapshot
from waymeet.values import FlagValueError, Value, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from waymeet.machine import LinkedChoice, LinkedStep, Observer, Registers
    from waymeet.recovering import Arrival
    from waymeet.story import Ending, Event, Protagonist, StoryData, Use

#: What tells an answer from the id of a choice in a path.
ANSWER = "="
#: Seeds count within 64 bits.
SEEDS = 2**64 - 1

__all__ = [
    "Block",
    "ChoiceError",
    "EndlessLoopError",
    "FlagValueError",
    "Moment",
    "Offer",
    "Origin",
    "OutcomeError",
    "Question",
    "Recovered",
    "SaveError",
    "Signal",
    "Story",
    "Value",
    "WaymeetError",
]


class OutcomeError(ChoiceError):
    """An outcome fixed beforehand that cannot be: `why`, and what is `possible` instead, by name.

    `left` counts the outcomes that were not used yet, this one included.
    """

    def __init__(self, why: str, possible: Sequence[str], left: int) -> None:
        super().__init__(f"{why}; possible: {', '.join(possible)}" if possible else why)
        self.why = why
        self.possible = possible
        self.left = left


class Question(NamedTuple):
    """What a reader is asked for: a number from `low` to `high`, or a text of at most `high` characters."""

    label: str
    kind: Literal["number", "text"]
    low: int
    high: int


class Recovered(NamedTuple):
    """What a save of another version of a story comes to; `losses` are sentences, one for each thing that is lost."""

    moment: Moment
    losses: tuple[str, ...]


class _Path(NamedTuple):
    """The choices so far, last first; shared between moments, so that a turn costs the same however long the way."""

    choice: str
    before: _Path | None


class Story:
    """A story that can be played. Immutable, and safe to play from several threads at once."""

    def __init__(self, data: StoryData, fingerprint: str | None = None) -> None:
        self.data = data
        self._fingerprint = fingerprint
        self.machine = Machine(data)
        self.texts = tuple(text.start for text in data.texts)
        #: The heading of each scene that has one, as it is told.
        self.headings = MappingProxyType(
            {scene: Block("chapter", "", (Span("", heading),)) for scene, heading in data.chapters}
        )
        self._sheet = [(line.label, Template(line.value, self.machine.derived)) for line in data.sheet]

    def __repr__(self) -> str:
        """The id, and which version it is."""
        return f"<Story {self.id} {self.fingerprint[:8]}>"

    def __reduce__(self) -> tuple[Callable[[bytes], Story], tuple[bytes]]:
        """How it is pickled: as the bytes that a compiled story is kept as."""
        return _from_bytes, (to_bytes(self.data),)

    @property
    def fingerprint(self) -> str:
        """What tells this version of the story from others."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint(to_bytes(self.data))
        return self._fingerprint

    @property
    def id(self) -> str:
        """The id that saves are kept under."""
        return self.data.id

    @property
    def title(self) -> str:
        """The title."""
        return self.data.title

    @property
    def language(self) -> str:
        """The language it is told in, as the author named it; for hosts that read aloud or hyphenate."""
        return self.data.language

    @property
    def protagonists(self) -> tuple[Protagonist, ...]:
        """Whose paths can be read."""
        return self.data.protagonists

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Every ending."""
        return self.data.endings

    @property
    def events(self) -> tuple[Event, ...]:
        """What happens once and is told from several sides."""
        return self.data.events

    def ending(self, name: str) -> Ending:
        """The ending with this id; raises `LookupError`."""
        for ending in self.endings:
            if ending.id == name:
                return ending
        raise LookupError(f'there is no ending "{name}"')

    def heading(self, scene: str) -> tuple[Block, ...]:
        """The heading that is told where a reader comes to a scene, if it has one."""
        return (self.headings[scene],) if scene in self.headings else ()

    def protagonist(self, name: str) -> Protagonist:
        """The protagonist with this id; raises `ChoiceError`."""
        for protagonist in self.protagonists:
            if protagonist.id == name:
                return protagonist
        known = ", ".join(protagonist.id for protagonist in self.protagonists)
        raise ChoiceError(f'there is no path "{name}"; the paths are: {known}')

    def begin(
        self,
        protagonist: str,
        *,
        seed: int = 0,
        memory: Mapping[str, Value] | None = None,
        outcomes: Iterable[str] = (),
        at: str | None = None,
        flags: Mapping[str, Value] | None = None,
    ) -> Moment:
        """The first moment of a path.

        `memory` is what earlier playthroughs left (see `Moment.memory`); what it leaves out starts as the story says.
        `outcomes` fixes what rolls, chances and draws come to, and what questions are answered, in order; after those
        the seed decides. To try things out, a reading can begin elsewhere, `at` a node, and with other `flags`, a local
        one's by `scene.flag`; `replay` knows nothing of those two. Raises `ChoiceError` for an unknown path or an
        outcome that cannot be, `ValueError` for a memory or a flag that does not fit, `SupposedError` for an unknown
        node, `EndlessLoopError`.
        """
        start = self.protagonist(protagonist).start
        fixed = tuple(outcomes)
        origin, registers = _origin(self, protagonist, seed, memory or {}, fixed)
        texts = self.texts
        if at is not None or flags:
            from waymeet.supposing import step_named, supposed  # which few readings need

            start = start if at is None else step_named(self.data, at)
            registers, texts = supposed(self.data, registers, texts, flags or {})
        teller = Teller(self, texts, {}, seed, (), Luck(mixed(seed & SEEDS), fixed))
        passages: list[Passage] = []
        state = _drawn(lambda: self.machine.arrive(start, registers, passages, dice=teller.dice))
        return _told(teller, origin, None, state, passages, scene="")

    def replay(self, origin: Origin, path: Iterable[str]) -> list[Moment]:
        """Every moment of a playthrough, first to last; raises as `begin`, `choose` and `answer` do."""
        moments = [self._begun(origin)]
        for turn in path:
            moments.append(moments[-1].take(turn))
        return moments

    def resume(self, data: bytes) -> Moment:
        """The moment that `Moment.save` wrote, as far as this version of the story has it; see `recover`."""
        return self.recover(data).moment

    def recover(self, data: bytes, *, stays: bool = False) -> Recovered:
        """The moment that `Moment.save` wrote, and what of it another version of the story could not keep.

        What is called otherwise now is found by the story's `history`; a new flag starts as it does. Where the reader
        can no longer be where they were, they go on from there, or else the reading is played again by the ids of its
        choices, as far as they go. Raises `SaveError` for a save that is damaged, of another story, or of which nothing
        is left: its place is gone, and its path goes round and round from its start. An author at work `stays` even
        where nothing is left to do.
        """
        snapshot = snapshots.read(data)
        if snapshot.story != self.id:
            raise SaveError(f'this save belongs to another story, "{snapshot.story}"')
        if snapshot.fingerprint != self.fingerprint:
            return self._recovered(snapshot, stays=stays)
        try:
            return Recovered(_restored(self, snapshot), ())
        except (FlagValueError, ChoiceError) as error:
            raise SaveError(f"this save is damaged: {error}") from error

    def _recovered(self, snapshot: Snapshot, *, stays: bool) -> Recovered:
        from waymeet.recovering import Recovery  # which few readings need

        def told(arrival: Arrival) -> Moment:
            origin, path, state, passages, texts, luck = arrival
            teller = Teller(self, texts, {}, origin.seed, state.registers, luck)
            return _told(teller, origin, _linked(path), state, passages, scene="")

        recovery = Recovery(snapshot, self.data, self.machine, self._begun, Moment.take, told)
        moment, losses = recovery.recovered(stays=stays)
        return Recovered(moment, tuple(losses))

    def _begun(self, origin: Origin) -> Moment:
        memory, outcomes = dict(origin.memory), origin.outcomes
        return self.begin(origin.protagonist, seed=origin.seed, memory=memory, outcomes=outcomes)

    def remember(self, memory: Mapping[str, Value]) -> Registers:
        """The registers that a path begins with; raises `ValueError`."""
        values = list(self.machine.start_registers)
        known = {r.name: (index, r) for index, r in enumerate(self.data.registers) if r.use == "memory"}
        for name, value in memory.items():
            if name not in known:
                raise FlagValueError(f'the story keeps no memory called "{name}"')
            index, register = known[name]
            values[index] = encode(register, value)
        return tuple(values)

    def values(self, registers: Registers, use: Use) -> dict[str, Value]:
        """The registers of one use, by name, in an author's terms."""
        pairs = zip(self.data.registers, registers, strict=True)
        return {register.name: decode(register, value) for register, value in pairs if register.use == use}

    def sheet(self, rendering: Rendering) -> list[tuple[str, str]]:
        """The lines of the status sheet, label and value."""
        return [(label, template.line(rendering)) for label, template in self._sheet]


class Moment:
    """Where a playthrough stands: what was just told, and what can be done. Keeping an old one is undo."""

    __slots__ = ("_choices", "_luck", "_origin", "_path", "_shown", "_signals", "_state", "_story", "_text", "_texts")

    def __init__(
        self,
        story: Story,
        origin: Origin,
        path: _Path | None,
        state: State,
        text: tuple[Block, ...],
        choices: tuple[Offer, ...],
        texts: tuple[str, ...],
        shown: Mapping[int, int],
        luck: Luck,
        signals: tuple[Signal, ...],
    ) -> None:
        self._story = story
        self._luck = luck
        self._signals = signals
        self._origin = origin
        self._path = path
        self._state = state
        self._text = text
        self._choices = choices
        self._texts = texts
        self._shown = shown

    def __eq__(self, other: object) -> bool:
        """Whether both stand at the same place of the same reading."""
        return self._key() == other._key() if isinstance(other, Moment) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key()[:-1])

    def __repr__(self) -> str:
        return f"<Moment {self.step} after {', '.join(self.path) or 'nothing'}>"

    def __reduce__(self) -> tuple[Callable[[Story, bytes], Moment], tuple[Story, bytes]]:
        """How it is pickled: as its story and a save."""
        return Story.resume, (self._story, self.save())

    def _key(self) -> tuple[object, ...]:
        return self._story.fingerprint, self._origin, self.path, self._state, self._texts, self._shown

    # -- what is so ------------------------------------

    @property
    def story(self) -> Story:
        """The story that is read."""
        return self._story

    @property
    def origin(self) -> Origin:
        """How the playthrough began; see `Story.replay`."""
        return self._origin

    @property
    def state(self) -> State:
        """Everything that what comes next depends on, chance aside."""
        return self._state

    @property
    def text(self) -> tuple[Block, ...]:
        """The blocks of prose told on the way here, the echo of the choice first."""
        return self._text

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What the story wants its host to do, in order; a moment that was resumed has those it was saved with."""
        return self._signals

    @property
    def choices(self) -> tuple[Offer, ...]:
        """What is offered, in the order of the file; those with a reason in `locked` cannot be taken."""
        return self._choices

    def plain(self) -> str:
        """What was told, as a string: blocks with an empty line between."""
        return "\n\n".join(block.plain for block in self._text)

    @property
    def node(self) -> str:
        """The node it stands at, as `scene.node`."""
        return self._at.node

    @property
    def step(self) -> str:
        """The step it stands at: the node, or `scene.node.choice` where nested choices are shown."""
        return self._at.id

    @property
    def tags(self) -> tuple[str, ...]:
        """The author's tags of where it stands, the node's first; what they mean is the host's business."""
        return self._story.data.steps[self._state.step].tags

    @property
    def scene(self) -> str:
        """The scene it stands in."""
        return self._at.scene

    @property
    def ending(self) -> str | None:
        """The id of the ending that was reached, if any."""
        index = self._at.ending
        return None if index is None else self._story.endings[index].id

    @property
    def stuck(self) -> bool:
        """Whether the story has come to a dead end: no ending, and nothing to choose."""
        at = self._at
        return at.ending is None and at.ask is None and all(offer.locked is not None for offer in self._choices)

    @property
    def flags(self) -> dict[str, Value]:
        """Flags, memory, free texts and the scene's local flags, by name."""
        prefix = self.scene + "."
        local = self._story.values(self._state.registers, "local")
        here = {name.removeprefix(prefix): value for name, value in local.items() if name.startswith(prefix)}
        texts = {text.name: value for text, value in zip(self._story.data.texts, self._texts, strict=True)}
        return {**self._story.values(self._state.registers, "flag"), **self.memory, **texts, **here}

    @property
    def memory(self) -> dict[str, Value]:
        """What this playthrough leaves for the next ones if it ends here."""
        return self._story.values(self._state.registers, "memory")

    @property
    def path(self) -> tuple[str, ...]:
        """The ids of the choices taken, in order; an answer is there with `=` before it."""
        found: list[str] = []
        link = self._path
        while link is not None:
            found.append(link.choice)
            link = link.before
        return tuple(reversed(found))

    @property
    def outcomes_left(self) -> int:
        """How many of the outcomes fixed beforehand nothing has asked for yet."""
        return len(self._luck.fixed)

    @property
    def sheet(self) -> list[tuple[str, str]]:
        """What the reader may look at: the lines of the status sheet, label and value."""
        return self._story.sheet(Rendering(self._state.registers, self._texts, self._shown, self._origin.seed))

    @property
    def _at(self) -> LinkedStep:
        return self._story.machine.steps[self._state.step]

    # -- what can be done ------------------------------------

    def choose(self, choice: str | int) -> Moment:
        """The moment after a choice, by its id or by its number among the open ones, counted from 1.

        Raises `ChoiceError`, which names what is open, and `EndlessLoopError`.
        """
        taken = self._taken(choice)
        machine = self._story.machine
        registers = self._state.registers
        teller = Teller(self._story, self._texts, self._shown, self._origin.seed, registers, self._luck)
        if taken.arrivals is not None:
            teller.registers = machine.counted(taken.arrivals, registers)
        text = taken.fixed_echo
        if text is None:
            text = self._echo(taken, teller)
        passages: list[Passage] = []
        try:  # and no closure: this is where a turn is spent
            state = machine.arrive(taken.to, registers, passages, None, self._state.returns, teller.dice)
        except ImpossibleOutcomeError as error:
            raise _refused(error) from error
        return _told(teller, self._origin, _Path(taken.id, self._path), state, passages, text, scene=self.scene)

    def take(self, turn: str) -> Moment:
        """The moment after one turn as `path` has it: the id of a choice, or an answer with `=` before it."""
        return self.answer(turn.removeprefix(ANSWER)) if turn.startswith(ANSWER) else self.choose(turn)

    @property
    def question(self) -> Question | None:
        """What the reader is asked for here, if anything; see `answer`."""
        ask = self._at.ask
        if ask is None:
            return None
        rendering = Rendering(self._state.registers, self._texts, self._shown, self._origin.seed)
        kind: Literal["number", "text"] = "text" if ask.register is None else "number"
        return Question(ask.label.line(rendering), kind, ask.low, ask.high)

    def answer(self, answer: str | int) -> Moment:
        """The moment after an answer to the question; raises `ChoiceError` for one that does not fit."""
        given = " ".join(str(answer).split())
        return self._answered(given, _Path(f"{ANSWER}{given}", self._path))

    def _answered(self, given: str, path: _Path | None, *, tells_on: bool = False) -> Moment:
        """The moment after an answer; one that tells on begins with all that was told here."""
        question, ask = self.question, self._at.ask
        if question is None or ask is None:
            raise ChoiceError(f"nothing is asked at {self.step}")
        value = _number(given, question) if question.kind == "number" else 0
        texts = self._texts
        if ask.text is not None:
            if not given or len(given) > question.high or not given.isprintable():
                raise ChoiceError(f"expected a text of 1 to {question.high} characters")
            texts = (*texts[: ask.text], given, *texts[ask.text + 1 :])
        teller = Teller(self._story, texts, self._shown, self._origin.seed, self._state.registers, self._luck)
        ask.label.line(teller.rendering())  # what varies in it was shown, and counts from now on
        passages: list[Passage] = []
        state = _drawn(lambda: self._story.machine.answered(self._state, value, passages, dice=teller.dice))
        text, signals = (self._text, self._signals) if tells_on else ((), ())
        return _told(teller, self._origin, path, state, passages, text + echoed(given), signals, scene=self.scene)

    def suppose(self, turn: str, *, at: str | None = None, flags: Mapping[str, Value] | None = None) -> Moment:
        """The moment that this would be with other flags, a local one's by `scene.flag`, or `at` another node.

        For trying things out: `turn` stands for it in the path, which cannot be replayed. Raises `ValueError` for a
        flag that does not fit, `SupposedError` for an unknown node, `EndlessLoopError`.
        """
        from waymeet.supposing import step_named, supposed  # which few readings need

        machine, registers = self._story.machine, self._state.registers
        to = None if at is None else step_named(self._story.data, at)
        if to is not None and machine.steps[to].scene != self.scene:
            registers = machine.left(self.scene, registers)
        registers, texts = supposed(self._story.data, registers, self._texts, flags or {})
        teller = Teller(self._story, texts, self._shown, self._origin.seed, registers, self._luck)
        state, passages = self._state._replace(registers=registers), list[Passage]()
        if to is not None:
            state = machine.arrive(to, registers, passages, None, state.returns, teller.dice)
        elif not machine.is_rest(state):
            state = machine.move_on(state, passages, teller.dice)
        scene = self.scene if to is None else ""
        return _told(teller, self._origin, _Path(turn, self._path), state, passages, scene=scene)

    def observe(self, turn: str, observer: Observer) -> None:
        """Take a turn to no effect but that an observer is told what happens; raises as `take` does."""
        machine, state, dice = self._story.machine, self._state, Dice(self._luck)
        if turn.startswith(ANSWER) and (question := self.question) is not None:
            value = _number(turn.removeprefix(ANSWER), question) if question.kind == "number" else 0
            machine.answered(state, value, [], observer, dice)
        else:
            machine.arrive(self._taken(turn).opens, state.registers, [], observer, state.returns, dice)

    def save(self) -> bytes:
        """Everything needed to go on from here, as JSON; `Story.resume` reads it."""
        return snapshots.write(self._snapshot())

    def _echo(self, taken: LinkedChoice, teller: Teller) -> tuple[Block, ...]:
        if taken.echo is not None:
            return taken.echo.render(teller.rendering())
        return echoed(next(offer.label for offer in self._choices if offer.id == taken.id))

    def _taken(self, choice: str | int) -> LinkedChoice:
        registers = self._state.registers
        if isinstance(choice, str):
            found = self._at.taken(choice, registers)
            if found is not None:
                return found
        elif type(choice) is int:
            ways = self._at.open(registers)
            if 1 <= choice <= len(ways):
                return ways[choice - 1][1]
        ids = ", ".join(offer.id for offer in self._choices if offer.locked is None)
        raise ChoiceError(f"there is no open choice {choice} at {self.step}; open: {ids or 'nothing'}")

    def _snapshot(self) -> Snapshot:
        pairs = zip(self._story.data.registers, self._state.registers, strict=True)
        return Snapshot(
            story=self._story.id,
            fingerprint=self._story.fingerprint,
            protagonist=self._origin.protagonist,
            seed=self._origin.seed,
            memory=dict(self._origin.memory),
            outcomes=self._origin.outcomes,
            path=self.path,
            step=self.step,
            flags={register.name: decode(register, value) for register, value in pairs},
            texts={text.name: value for text, value in zip(self._story.data.texts, self._texts, strict=True)},
            shown=dict(self._shown),
            text=self._text,
            choices=self._choices,
            returns=tuple(self._story.machine.steps[step].id for step in self._state.returns),
            luck=self._luck.state,
            fixed=self._luck.fixed,
            signals=self._signals,
        )


class Teller:
    """A telling under way: makes its `Rendering` when first asked, and moves it along from registers to registers."""

    __slots__ = ("_rendering", "dice", "registers", "seed", "shown", "story", "texts")

    def __init__(
        self,
        story: Story,
        texts: tuple[str, ...],
        shown: Mapping[int, int],
        seed: int,
        registers: Registers,
        luck: Luck,
    ) -> None:
        self.story = story
        self.dice = Dice(luck)
        self.texts = texts
        self.shown = shown
        self.seed = seed
        self.registers = registers
        self._rendering: Rendering | None = None

    def rendering(self) -> Rendering:
        """The rendering, set to the registers at hand."""
        if self._rendering is None:
            self._rendering = Rendering(self.registers, self.texts, self.shown, self.seed)
        self._rendering.registers = self.registers
        return self._rendering

    def shown_by_now(self) -> Mapping[int, int]:
        """How often each variation has been shown, this telling included."""
        counted = None if self._rendering is None else self._rendering.counted
        return {**self.shown, **counted} if counted else self.shown


def _told(
    teller: Teller,
    origin: Origin,
    path: _Path | None,
    state: State,
    passages: list[Passage],
    text: tuple[Block, ...] = (),
    signals: tuple[Signal, ...] = (),
    *,
    scene: str,
) -> Moment:
    """The moment after some passages, each told from its own registers, and then what can be chosen where they lead.

    `scene` is where the reader comes from; the heading of another that they come to stands before what is told there.
    """
    steps = teller.story.machine.steps
    fixed = teller.dice.answer() if steps[state.step].ask is not None else None
    for step, registers in passages:
        template = steps[step].text
        if steps[step].scene != scene:
            scene = steps[step].scene
            text += teller.story.heading(scene)
        teller.registers = registers
        text += template.render(teller.rendering()) if template.fixed is None else template.fixed
        signals += tuple([signal.given(teller.rendering) for signal in steps[step].signals])
    if steps[state.step].scene != scene:
        text += teller.story.heading(steps[state.step].scene)
    teller.registers = state.registers
    choices = steps[state.step].offers(state.registers, teller.rendering)
    shown, luck = teller.shown_by_now(), teller.dice.luck
    moment = Moment(teller.story, origin, path, state, text, choices, teller.texts, shown, luck, signals)
    if fixed is None:
        return moment
    try:
        return moment._answered(fixed, path, tells_on=True)  # noqa: SLF001 - an answer that is not one of the path
    except OutcomeError:
        raise
    except ChoiceError as error:
        raise OutcomeError(f'"{fixed}" cannot be the answer here: {error}', (), moment.outcomes_left + 1) from error


def _drawn(arrive: Callable[[], State]) -> State:
    """Arrive; raises `OutcomeError` for an outcome fixed beforehand that cannot come out."""
    try:
        return arrive()
    except ImpossibleOutcomeError as error:
        raise _refused(error) from error


def _refused(error: ImpossibleOutcomeError) -> OutcomeError:
    return OutcomeError(str(error), error.possible, error.left)


def _number(given: str, question: Question) -> int:
    if not given.removeprefix("-").isdecimal() or len(given) > 10 or not question.low <= int(given) <= question.high:
        raise ChoiceError(f"expected a number from {question.low} to {question.high}")
    return int(given)


def _origin(
    story: Story, protagonist: str, seed: int, memory: Mapping[str, Value], outcomes: tuple[str, ...]
) -> tuple[Origin, Registers]:
    """How a playthrough begins, and its first registers; raises `FlagValueError` for a memory that does not fit."""
    registers = story.remember(memory)
    remembered = story.values(registers, "memory")
    return Origin(protagonist, seed, tuple((name, remembered[name]) for name in sorted(memory)), outcomes), registers


def _restored(story: Story, snapshot: Snapshot) -> Moment:
    """The moment of a save of this very version, with what the reader had before them word for word.

    Raises `ChoiceError` or `FlagValueError` where it does not fit.
    """
    from waymeet.restoring import saved_state

    story.protagonist(snapshot.protagonist)
    origin, _ = _origin(story, snapshot.protagonist, snapshot.seed, snapshot.memory, snapshot.outcomes)
    state = saved_state(story.data, story.machine, snapshot)
    texts = tuple(snapshot.texts.get(text.name, text.start) for text in story.data.texts)
    luck = Luck(snapshot.luck, snapshot.fixed)
    if any(place >= story.data.places for place in snapshot.shown):
        raise FlagValueError("it has shown what the story does not hold")
    choices = tuple(Offer(*offer) for offer in snapshot.choices)
    teller = Teller(story, texts, {}, snapshot.seed, state.registers, luck)
    fresh = story.machine.steps[state.step].offers(state.registers, teller.rendering)
    if [(c.id, c.locked is None) for c in choices] != [(c.id, c.locked is None) for c in fresh]:
        raise FlagValueError("its choices are not those of the story")
    signals = tuple(Signal(name, values) for name, values in snapshot.signals)
    path = _linked(snapshot.path)
    return Moment(story, origin, path, state, snapshot.text, choices, texts, snapshot.shown, luck, signals)


def _linked(path: Iterable[str]) -> _Path | None:
    link: _Path | None = None
    for turn in path:
        link = _Path(turn, link)
    return link


def _from_bytes(raw: bytes) -> Story:
    return Story(from_bytes(raw), fingerprint(raw))
