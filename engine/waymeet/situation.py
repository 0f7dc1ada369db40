"""Where a playthrough stands: all that there is to see there, and how it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet import snapshots
from waymeet.asking import asked
from waymeet.prose.rendering import Rendering
from waymeet.snapshots import Snapshot
from waymeet.values import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waymeet.asking import Question
    from waymeet.dice import Luck
    from waymeet.linked import LinkedStory
    from waymeet.machine import LinkedStep, Offer, Signal, State
    from waymeet.prose.rendering import Block
    from waymeet.snapshots import Origin
    from waymeet.values import Value


class Turns(NamedTuple):
    """The choices so far, last first; shared between moments, so that a turn costs the same however long the way."""

    choice: str
    before: Turns | None


def turns_of(path: Iterable[str]) -> Turns | None:
    """A path, linked."""
    link: Turns | None = None
    for turn in path:
        link = Turns(turn, link)
    return link


class Situation:
    """What `runtime.Moment` is to those who only look."""

    __slots__ = ("_choices", "_luck", "_origin", "_path", "_shown", "_signals", "_state", "_story", "_text", "_texts")

    def __init__(
        self,
        story: LinkedStory,
        origin: Origin,
        path: Turns | None,
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
        return self._key() == other._key() if isinstance(other, Situation) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key()[:-1])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.step} after {', '.join(self.path) or 'nothing'}>"

    def _key(self) -> tuple[object, ...]:
        return self._story.fingerprint, self._origin, self.path, self._state, self._texts, self._shown

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

    @property
    def question(self) -> Question | None:
        """What the reader is asked for here, if anything; see `answer`."""
        ask = self._at.ask
        if ask is None:
            return None
        rendering = Rendering(self._state.registers, self._texts, self._shown, self._origin.seed)
        return asked(ask, rendering)

    def save(self) -> bytes:
        """Everything needed to go on from here, as JSON; `Story.resume` reads it."""
        return snapshots.write(self._snapshot())

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
