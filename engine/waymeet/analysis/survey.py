"""What is known of everything that can happen in a story: what the rules ask, however it was found out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from waymeet.diagnostics import Witness
    from waymeet.machine import State
    from waymeet.runtime import Story


class First(NamedTuple):
    """The first time something happened: after how many choices, with what value, and how it came about.

    `move` and `state` (where a reader stands then, if it is about that) mean something to the survey alone.
    """

    depth: int
    move: Any
    value: int = 0
    state: Any = None


class Loop(NamedTuple):
    """An endless loop: the ids of its steps, whether it came round (see `EndlessLoopError`), and its first time."""

    circle: tuple[str, ...]
    came_round: bool
    first: First


class Lock(NamedTuple):
    """What leads a protagonist to where no ending can be reached any more, though choices remain.

    That is a choice of a step; or, where `choice` is None, what chance or an answer brings there; or, if it `begins`
    so, the beginning of a path that comes to rest at the step.
    """

    protagonist: int
    step: int
    choice: int | None
    begins: bool
    first: First


class Lost(NamedTuple):
    """Where something cannot come to be any more; `choice` is the one (by step and index) that leads there, if any."""

    first: First
    choice: tuple[int, int] | None


class Survey(ABC):
    """Everything that can happen in a story, and the shortest way to each thing.

    `arrivals` tells when a step was first come to; `clamps` when an effect would have left its bounds (by step and
    index); `held` when a condition of the watch held; `contradictions` when a change was one that an event forbids (by
    event, step and effect); `stuck` when a step led nowhere. `opened` has the choices (by step and index) that can be
    taken, `endings` which protagonist comes to which.
    """

    story: Story
    arrivals: Mapping[int, First]
    clamps: Mapping[tuple[int, int], First]
    held: Mapping[int, First]
    contradictions: Mapping[tuple[int, int, int], First]
    stuck: Mapping[int, First]
    loops: Sequence[Loop]
    opened: Collection[tuple[int, int]]
    endings: Collection[tuple[int, int]]
    #: Why not everything is known; None when it is.
    stopped: str | None

    def settles(self, kind: str, *about: int) -> bool:  # noqa: ARG002 - one that leaves some open asks
        """Whether a thing that is not in the table of a `kind` is known never to happen, and not merely not seen.

        The kinds are the names of the tables, `about` a key of one; and `locks`, and `lost` about a condition. With no
        key it is asked of all of a kind.
        """
        return self.stopped is None

    @property
    @abstractmethod
    def rests(self) -> int | None:
        """In how many different states a reader can rest, as far as anything later can tell them apart.

        None where that is not known.
        """

    @abstractmethod
    def way(self, first: First) -> Witness:
        """The shortest playthrough to something."""

    @abstractmethod
    def step(self, first: First) -> int:
        """The step at which a reader stands then, for what is about that."""

    @abstractmethod
    def stands(self, first: First, protagonist: str, state: State) -> bool:
        """Whether a state of a protagonist is the one that something is about."""

    @abstractmethod
    def is_open(self, step: int, choice: int) -> bool:
        """Whether the condition of a choice holds somewhere, be it offered there or not."""

    @abstractmethod
    def locks(self, untold: Collection[int], told: Sequence[bool]) -> Sequence[Lock]:
        """Where all is lost, told once for each cause.

        From a state that leads to a break that is told of, all is not lost without a word; `untold` has the steps at
        which the story breaks off and nobody is told, and `told` says of each loop whether it is told of.
        """

    @abstractmethod
    def lost(self, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
        """The nearest place where a condition can hold no more, though the story is not over and `until` never held."""
