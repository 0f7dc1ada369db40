"""Playing: a `Story` begins, each `Moment` offers choices, choosing gives the next. An old moment stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet import snapshots
from waymeet.machine import EndlessLoopError, Machine, Offer, Passage, State, echoed
from waymeet.prose.rendering import Block, Rendering, Span, Template
from waymeet.snapshots import SaveError, Snapshot
from waymeet.story import fingerprint, to_bytes
from waymeet.values import FlagValueError, Value, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waymeet.machine import LinkedChoice, LinkedStep, Registers
    from waymeet.story import Ending, Protagonist, StoryData, Use

__all__ = ["Block", "ChoiceError", "EndlessLoopError", "Moment", "Offer", "Origin", "SaveError", "Story", "Value"]


class ChoiceError(Exception):
    """A choice that is not open, or a path that does not exist; the message names those that do."""


class Origin(NamedTuple):
    """How a playthrough began: with its choices, all that is needed to play it again."""

    protagonist: str
    seed: int
    memory: tuple[tuple[str, Value], ...]


class _Path(NamedTuple):
    """The choices so far, last first; shared between moments, so that a turn costs the same however long the way."""

    choice: str
    before: _Path | None


class Story:
    """A story that can be played. Immutable, and safe to play from several threads at once."""

    def __init__(self, data: StoryData, raw: bytes | None = None) -> None:
        self.data = data
        #: What tells this version of the story from others.
        self.fingerprint = fingerprint(to_bytes(data) if raw is None else raw)
        self.machine = Machine(data)
        self.texts = tuple(text.start for text in data.texts)
        #: The heading of each scene that has one, as it is told.
        self.headings = {scene: Block("chapter", "", (Span("", heading),)) for scene, heading in data.chapters}
        self._sheet = [(line.label, Template(line.value, self.machine.derived)) for line in data.sheet]

    @property
    def id(self) -> str:
        """The id that saves are kept under."""
        return self.data.id

    @property
    def title(self) -> str:
        """The title."""
        return self.data.title

    @property
    def protagonists(self) -> tuple[Protagonist, ...]:
        """Whose paths can be read."""
        return self.data.protagonists

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Every ending."""
        return self.data.endings

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

    def begin(self, protagonist: str, *, seed: int = 0, memory: Mapping[str, Value] | None = None) -> Moment:
        """The first moment of a path.

        `memory` is what earlier playthroughs left (see `Moment.memory`); what it leaves out starts as the story says.
        Raises `ChoiceError` for an unknown path, `ValueError` for a memory that does not fit, `EndlessLoopError`.
        """
        start = self.protagonist(protagonist).start
        registers = self.remember(memory or {})
        remembered = self.values(registers, "memory")
        origin = Origin(protagonist, seed, tuple((name, remembered[name]) for name in sorted(memory or ())))
        passages: list[Passage] = []
        state = self.machine.arrive(start, registers, passages)
        return _told(Teller(self, self.texts, {}, seed), origin, None, state, passages, scene="")

    def replay(self, origin: Origin, path: Iterable[str]) -> list[Moment]:
        """Every moment of a playthrough, first to last; raises as `begin` and `choose` do."""
        moments = [self.begin(origin.protagonist, seed=origin.seed, memory=dict(origin.memory))]
        for choice in path:
            moments.append(moments[-1].choose(choice))
        return moments

    def resume(self, data: bytes) -> Moment:
        """The moment that `Moment.save` wrote; raises `SaveError` on anything that does not fit this story.

        A save of another version of the story is taken if everything it names is still there and allowed.
        """
        snapshot = snapshots.read(data)
        if snapshot.story != self.id:
            raise SaveError(f'this save belongs to another story, "{snapshot.story}"')
        try:
            return _restored(self, snapshot)
        except (FlagValueError, ChoiceError, LookupError) as error:
            raise SaveError(f"this save no longer fits the story: {error}") from error

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

    __slots__ = ("_path", "_shown", "_texts", "choices", "origin", "state", "story", "text")

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
    ) -> None:
        self.story = story
        self.origin = origin
        self._path = path
        self.state = state
        #: The blocks of prose told on the way here, the echo of the choice first.
        self.text = text
        #: What is offered, in the order of the file; those with a reason in `locked` cannot be taken.
        self.choices = choices
        self._texts = texts
        self._shown = shown

    # -- what is so ------------------------------------

    @property
    def plain(self) -> str:
        """What was told, as a string: blocks with an empty line between."""
        return "\n\n".join(block.plain for block in self.text)

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
        return self.story.data.steps[self.state.step].tags

    @property
    def scene(self) -> str:
        """The scene it stands in."""
        return self._at.scene

    @property
    def ending(self) -> str | None:
        """The id of the ending that was reached, if any."""
        index = self._at.ending
        return None if index is None else self.story.endings[index].id

    @property
    def stuck(self) -> bool:
        """Whether the story has come to a dead end: no ending, and nothing to choose."""
        return self._at.ending is None and all(offer.locked is not None for offer in self.choices)

    @property
    def flags(self) -> dict[str, Value]:
        """Flags, memory, free texts and the scene's local flags, by name."""
        prefix = self.scene + "."
        local = self.story.values(self.state.registers, "local")
        here = {name.removeprefix(prefix): value for name, value in local.items() if name.startswith(prefix)}
        texts = {text.name: value for text, value in zip(self.story.data.texts, self._texts, strict=True)}
        return {**self.story.values(self.state.registers, "flag"), **self.memory, **texts, **here}

    @property
    def memory(self) -> dict[str, Value]:
        """What this playthrough leaves for the next ones if it ends here."""
        return self.story.values(self.state.registers, "memory")

    @property
    def path(self) -> tuple[str, ...]:
        """The ids of the choices taken, in order."""
        found: list[str] = []
        link = self._path
        while link is not None:
            found.append(link.choice)
            link = link.before
        return tuple(reversed(found))

    @property
    def sheet(self) -> list[tuple[str, str]]:
        """What the reader may look at: the lines of the status sheet, label and value."""
        return self.story.sheet(Rendering(self.state.registers, self._texts, self._shown, self.origin.seed))

    @property
    def _at(self) -> LinkedStep:
        return self.story.machine.steps[self.state.step]

    # -- what can be done ------------------------------------

    def choose(self, choice: str | int) -> Moment:
        """The moment after a choice, by its id or by its number among the open ones, counted from 1.

        Raises `ChoiceError`, which names what is open, and `EndlessLoopError`.
        """
        taken = self._taken(choice)
        machine = self.story.machine
        registers = self.state.registers
        teller = Teller(self.story, self._texts, self._shown, self.origin.seed, registers)
        if taken.arrivals is not None:
            teller.registers = machine.counted(taken.arrivals, registers)
        text = taken.fixed_echo
        if text is None:
            text = self._echo(taken, teller)
        passages: list[Passage] = []
        state = machine.arrive(taken.to, registers, passages)
        return _told(teller, self.origin, _Path(taken.id, self._path), state, passages, text, scene=self.scene)

    def save(self) -> bytes:
        """Everything needed to go on from here, as JSON; `Story.resume` reads it."""
        return snapshots.write(self._snapshot())

    def _echo(self, taken: LinkedChoice, teller: Teller) -> tuple[Block, ...]:
        if taken.echo is not None:
            return taken.echo.render(teller.rendering())
        return echoed(next(offer.label for offer in self.choices if offer.id == taken.id))

    def _taken(self, choice: str | int) -> LinkedChoice:
        registers = self.state.registers
        if isinstance(choice, str):
            for candidate in self._at.choices:
                if candidate.id == choice and candidate.is_open(registers):
                    return candidate
        else:
            ways = [candidate for candidate in self._at.choices if candidate.is_open(registers)]
            if 1 <= choice <= len(ways):
                return ways[choice - 1]
        ids = ", ".join(offer.id for offer in self.choices if offer.locked is None)
        raise ChoiceError(f"there is no open choice {choice} at {self.step}; open: {ids or 'nothing'}")

    def _snapshot(self) -> Snapshot:
        pairs = zip(self.story.data.registers, self.state.registers, strict=True)
        return Snapshot(
            story=self.story.id,
            fingerprint=self.story.fingerprint,
            protagonist=self.origin.protagonist,
            seed=self.origin.seed,
            memory=dict(self.origin.memory),
            path=self.path,
            step=self.step,
            flags={register.name: decode(register, value) for register, value in pairs},
            texts={text.name: value for text, value in zip(self.story.data.texts, self._texts, strict=True)},
            shown=dict(self._shown),
            text=self.text,
            choices=self.choices,
        )


class Teller:
    """A telling under way: makes its `Rendering` when first asked, and moves it along from registers to registers."""

    __slots__ = ("_rendering", "registers", "seed", "shown", "story", "texts")

    def __init__(
        self,
        story: Story,
        texts: tuple[str, ...],
        shown: Mapping[int, int],
        seed: int,
        registers: Registers = (),
    ) -> None:
        self.story = story
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
    *,
    scene: str,
) -> Moment:
    """The moment after some passages, each told from its own registers, and then what can be chosen where they lead.

    `scene` is where the reader comes from; the heading of another that they come to stands before what is told there.
    """
    steps = teller.story.machine.steps
    for step, registers in passages:
        template = steps[step].text
        if steps[step].scene != scene:
            scene = steps[step].scene
            text += teller.story.heading(scene)
        if template.fixed is not None:
            text += template.fixed
        else:
            teller.registers = registers
            text += template.render(teller.rendering())
    if steps[state.step].scene != scene:
        text += teller.story.heading(steps[state.step].scene)
    teller.registers = state.registers
    choices = steps[state.step].offers(state.registers, teller.rendering)
    return Moment(teller.story, origin, path, state, text, choices, teller.texts, teller.shown_by_now())


def _restored(story: Story, snapshot: Snapshot) -> Moment:
    """The moment of a snapshot, with what the reader had before them word for word unless the story has changed since.

    Raises `ChoiceError`, `FlagValueError` or `LookupError` where it does not fit.
    """
    origin = story.begin(snapshot.protagonist, seed=snapshot.seed, memory=snapshot.memory).origin
    at = next((index for index, step in enumerate(story.machine.steps) if step.id == snapshot.step), None)
    if at is None:
        raise FlagValueError(f"{snapshot.step} is gone")
    state = State(at, _restored_registers(story, snapshot))
    texts = tuple(snapshot.texts.get(text.name, text.start) for text in story.data.texts)
    path: _Path | None = None
    for choice in snapshot.path:
        path = _Path(choice, path)
    teller = Teller(story, texts, {}, snapshot.seed, state.registers)
    if snapshot.fingerprint != story.fingerprint:
        return _told(teller, origin, path, state, [state], scene="")
    choices = tuple(Offer(*offer) for offer in snapshot.choices)
    fresh = story.machine.steps[at].offers(state.registers, teller.rendering)
    if [(c.id, c.locked is None) for c in choices] != [(c.id, c.locked is None) for c in fresh]:
        raise FlagValueError("its choices are not those of the story")
    return Moment(story, origin, path, state, snapshot.text, choices, texts, snapshot.shown)


def _restored_registers(story: Story, snapshot: Snapshot) -> Registers:
    known = {register.name for register in story.data.registers}
    if gone := [name for name in snapshot.flags if name not in known]:
        raise FlagValueError(f"{', '.join(gone)} is gone")
    return tuple(
        encode(register, snapshot.flags[register.name]) if register.name in snapshot.flags else register.start
        for register in story.data.registers
    )
