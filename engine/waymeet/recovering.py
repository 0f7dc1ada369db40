"""Going on with a save in another version of its story: from where it stands now, or by playing the reading again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from waymeet import snapshots
from waymeet.dice import Dice, Luck
from waymeet.errors import ChoiceError, SaveError
from waymeet.machine import EndlessLoopError
from waymeet.migration import bring
from waymeet.renaming import Renaming
from waymeet.restoring import is_alike, standing, taken_again
from waymeet.snapshots import Origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from waymeet.machine import Machine, Passage, State
    from waymeet.snapshots import Snapshot
    from waymeet.story import StoryData


class Playable(Protocol):
    """What is needed of a moment; see `runtime.Moment`."""

    @property
    def state(self) -> State:
        """Where it rests."""

    @property
    def step(self) -> str:
        """The id of the step there."""

    @property
    def stuck(self) -> bool:
        """Whether that is a dead end."""

    def save(self) -> bytes:
        """The moment as a save."""


M = TypeVar("M", bound=Playable)


class Arrival(NamedTuple):
    """A state to be told: how the reading began, the turns taken since, and what is told from which registers."""

    origin: Origin
    path: tuple[str, ...]
    state: State
    passages: list[Passage]
    texts: tuple[str, ...]
    luck: Luck


class Recovery(Generic[M]):
    """A save of another version: brought to where it stands by the names of now, and, beside that, played again.

    Where both lead to the same place in the same state, that is the moment: playing it again tells what a reader is
    told on the way there now, and has counted what nothing counted before. Else it is kept where it stands, if it can.

    `begin` makes the first moment of a reading, `take` the one after a turn, and `tell` that of an arrival.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        data: StoryData,
        machine: Machine,
        begin: Callable[[Origin], M],
        take: Callable[[M, str], M],
        tell: Callable[[Arrival], M],
    ) -> None:
        self._snapshot = snapshot
        self._data = data
        self._machine = machine
        self._begin = begin
        self._take = take
        self._tell = tell
        self._renaming = Renaming(data.past)
        self._brought = bring(snapshot, data, self._renaming)
        self._dice = Dice(Luck(snapshot.luck))  # what was fixed beforehand was so for what was drawn and asked then
        self._stands = standing(data, machine, self._brought, self._dice, snapshot.step)

    def recovered(self, *, stays: bool = False) -> tuple[M, list[str]]:
        """The moment, and what is lost; raises `SaveError` where the path can no longer begin, either.

        `stays`: whether it is kept where it stands even if nothing is left to do there.
        """
        snapshot, brought, stands = self._snapshot, self._brought, self._stands
        origin, again = self._played_again()
        losses = [*{**brought.forgotten, **brought.losses}.values(), *stands.losses]
        is_same = self._is_same(again)
        if is_same:
            moment = again[-1]
        elif stands.passages is not None and (stays or not (stands.stuck and again and not again[-1].stuck)):
            assert stands.state is not None
            path, luck = snapshot.path, self._dice.luck
            moment = self._tell(Arrival(origin, path, stands.state, stands.passages, brought.texts, luck))
        elif again:
            moment = again[-1]
            turns, taken, stuck = len(snapshot.path), len(again) - 1, stands.stuck
            losses = [*brought.forgotten.values(), taken_again(snapshot.step, turns, taken, moment.step, stuck=stuck)]
        else:
            raise SaveError("nothing is left of this save: its place is gone, and its path can no longer begin")
        if origin.protagonist != self._renaming.protagonist(snapshot.protagonist):
            losses.append(f'The path "{snapshot.protagonist}" is gone; you read on as "{origin.protagonist}".')
        if snapshot.fixed and not is_same:
            losses.append("What was fixed beforehand for chance and answers no longer holds.")
        return moment, losses

    def _played_again(self) -> tuple[Origin, list[M]]:
        """The moments of the reading as far as it can be played again, of all ways it can have begun the farthest."""
        return max(((origin, self._moments(origin)) for origin in self._origins()), key=lambda played: len(played[1]))

    def _origins(self) -> list[Origin]:
        """How the reading can have begun: on any path if its own is gone, and without what was fixed beforehand."""
        snapshot = self._snapshot
        paths = [path.id for path in self._data.protagonists]
        who = self._renaming.protagonist(snapshot.protagonist)
        memory = tuple(sorted(self._brought.memory.items()))
        return [
            Origin(path, snapshot.seed, memory, outcomes)
            for path in ([who] if who in paths else paths)
            for outcomes in dict.fromkeys((snapshot.outcomes, ()))
        ]

    def _moments(self, origin: Origin) -> list[M]:
        """The moments of the reading, as far as it can be played again; none where its path can no longer begin."""
        moments: list[M] = []
        with suppress(ChoiceError, EndlessLoopError):
            moments.append(self._begin(origin))
            for turn in self._snapshot.path:
                at, registers, _ = moments[-1].state
                now = self._renaming.turn(turn, self._machine.steps[at], registers)
                moments.append(self._take(moments[-1], now))
        return moments

    def _is_same(self, again: list[M]) -> bool:
        """Whether playing all of it again leads to where it stands, with the same texts and the same still fixed."""
        state = self._stands.state
        if state is None or len(again) <= len(self._snapshot.path) or not is_alike(self._data, again[-1].state, state):
            return False
        now = snapshots.read(again[-1].save())
        texts = tuple(now.texts[text.name] for text in self._data.texts)
        return texts == self._brought.texts and now.fixed == self._snapshot.fixed
