"""Playing: a `Story` begins, each `Moment` offers choices, choosing gives the next. An old moment stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet import snapshots
from waymeet.asking import Question, number_given, text_given
from waymeet.compiled import fingerprint, from_bytes, to_bytes
from waymeet.dice import Dice, ImpossibleOutcomeError, Luck, mixed
from waymeet.errors import ChoiceError, OutcomeError, SaveError, WaymeetError
from waymeet.linked import LinkedStory
from waymeet.machine import EndlessLoopError, Offer, Passage, Signal, State, echoed
from waymeet.prose.rendering import Block
from waymeet.situation import Situation, Turns, turns_of
from waymeet.snapshots import Origin, Snapshot
from waymeet.telling import Teller
from waymeet.values import FlagValueError, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from waymeet.machine import LinkedChoice, Observer, Registers
    from waymeet.recovering import Arrival

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


class Recovered(NamedTuple):
    """What a save of another version of a story comes to; `losses` are sentences, one for each thing that is lost."""

    moment: Moment
    losses: tuple[str, ...]


class Story(LinkedStory):
    """A story that can be played. Immutable, and safe to play from several threads at once."""

    def __reduce__(self) -> tuple[Callable[[bytes], Story], tuple[bytes]]:
        """How it is pickled: as the bytes that a compiled story is kept as."""
        return _from_bytes, (to_bytes(self.data),)

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
        return _told(self, teller, origin, None, state, passages, scene="")

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
            return _told(self, teller, origin, turns_of(path), state, passages, scene="")

        recovery = Recovery(snapshot, self.data, self.machine, self._begun, Moment.take, told)
        moment, losses = recovery.recovered(stays=stays)
        return Recovered(moment, tuple(losses))

    def _begun(self, origin: Origin) -> Moment:
        memory, outcomes = dict(origin.memory), origin.outcomes
        return self.begin(origin.protagonist, seed=origin.seed, memory=memory, outcomes=outcomes)


class Moment(Situation):
    """Where a playthrough stands: what was just told, and what can be done. Keeping an old one is undo."""

    __slots__ = ()
    _story: Story

    def __reduce__(self) -> tuple[Callable[[Story, bytes], Moment], tuple[Story, bytes]]:
        """How it is pickled: as its story and a save."""
        return Story.resume, (self._story, self.save())

    @property
    def story(self) -> Story:
        """The story that is read."""
        return self._story

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
        return _told(
            self._story, teller, self._origin, Turns(taken.id, self._path), state, passages, text, scene=self.scene
        )

    def take(self, turn: str) -> Moment:
        """The moment after one turn as `path` has it: the id of a choice, or an answer with `=` before it."""
        return self.answer(turn.removeprefix(ANSWER)) if turn.startswith(ANSWER) else self.choose(turn)

    def answer(self, answer: str | int) -> Moment:
        """The moment after an answer to the question; raises `ChoiceError` for one that does not fit."""
        given = " ".join(str(answer).split())
        return self._answered(given, Turns(f"{ANSWER}{given}", self._path))

    def _answered(self, given: str, path: Turns | None, *, tells_on: bool = False) -> Moment:
        """The moment after an answer; one that tells on begins with all that was told here."""
        question, ask = self.question, self._at.ask
        if question is None or ask is None:
            raise ChoiceError(f"nothing is asked at {self.step}")
        value = number_given(given, question) if question.kind == "number" else 0
        texts = self._texts
        if ask.text is not None:
            texts = (*texts[: ask.text], text_given(given, question), *texts[ask.text + 1 :])
        teller = Teller(self._story, texts, self._shown, self._origin.seed, self._state.registers, self._luck)
        ask.label.line(teller.rendering())  # what varies in it was shown, and counts from now on
        passages: list[Passage] = []
        state = _drawn(lambda: self._story.machine.answered(self._state, value, passages, dice=teller.dice))
        text, signals = (self._text, self._signals) if tells_on else ((), ())
        return _told(
            self._story, teller, self._origin, path, state, passages, text + echoed(given), signals, scene=self.scene
        )

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
        return _told(self._story, teller, self._origin, Turns(turn, self._path), state, passages, scene=scene)

    def observe(self, turn: str, observer: Observer) -> None:
        """Take a turn to no effect but that an observer is told what happens; raises as `take` does."""
        machine, state, dice = self._story.machine, self._state, Dice(self._luck)
        if turn.startswith(ANSWER) and (question := self.question) is not None:
            value = number_given(turn.removeprefix(ANSWER), question) if question.kind == "number" else 0
            machine.answered(state, value, [], observer, dice)
        else:
            machine.arrive(self._taken(turn).opens, state.registers, [], observer, state.returns, dice)

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


def _told(
    story: Story,
    teller: Teller,
    origin: Origin,
    path: Turns | None,
    state: State,
    passages: list[Passage],
    text: tuple[Block, ...] = (),
    signals: tuple[Signal, ...] = (),
    *,
    scene: str,
) -> Moment:
    """The moment after some passages, told on the way from a scene, with what can be chosen where they lead."""
    step = story.machine.steps[state.step]
    fixed = teller.dice.answer() if step.ask is not None else None
    text, signals = teller.tell(passages, state, text, signals, scene)
    choices = step.offers(state.registers, teller.rendering)
    shown, luck = teller.shown_by_now(), teller.dice.luck
    moment = Moment(story, origin, path, state, text, choices, teller.texts, shown, luck, signals)
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
    path = turns_of(snapshot.path)
    return Moment(story, origin, path, state, snapshot.text, choices, texts, snapshot.shown, luck, signals)


def _from_bytes(raw: bytes) -> Story:
    return Story(from_bytes(raw), fingerprint(raw))
