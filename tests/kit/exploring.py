"""A slow, obvious walk through a story by `begin` and `choose` alone: the measure for what the checker claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waymeet.machine import State
    from waymeet.runtime import Moment, Story, Value

#: Pages hold small stories.
MOST = 20_000


@dataclass(slots=True)
class Reached:
    """A moment that some playthrough comes to, after how many choices, those of earlier playthroughs included."""

    moment: Moment
    depth: int


@dataclass(slots=True)
class Exploration:
    """Every moment of a story by protagonist and state, and the steps at which play went round in a circle."""

    reached: dict[tuple[str, State], Reached] = field(default_factory=dict)
    loops: set[str] = field(default_factory=set)

    def at(self, step: str) -> list[Reached]:
        """The moments that rest at a step."""
        return [reached for reached in self.reached.values() if reached.moment.step == step]


def explore(story: Story) -> Exploration:
    """Every moment that can be reached, memory kept from ending to beginning, nearest first."""
    found = Exploration()
    level = list(_beginnings(story, {}, found))
    depth = 0
    while level:
        following: list[Moment] = []
        for moment in level:  # grows while it is walked: a new playthrough begins at no cost
            key = (moment.origin.protagonist, moment.state)
            if key in found.reached:
                continue
            found.reached[key] = Reached(moment, depth)
            assert len(found.reached) < MOST
            if moment.ending is not None:
                level.extend(_beginnings(story, moment.memory, found))
            following.extend(onward(moment, found.loops))
        level = following
        depth += 1
    return found


def onward(moment: Moment, loops: set[str]) -> Iterator[Moment]:
    """The moments after each open choice; where play goes round in a circle, the step is noted instead."""
    for offer in moment.choices:
        if offer.locked is None:
            try:
                yield moment.choose(offer.id)
            except EndlessLoopError as error:
                loops.add(error.step)


def _beginnings(story: Story, memory: Mapping[str, Value], found: Exploration) -> Iterator[Moment]:
    for protagonist in story.protagonists:
        try:
            yield story.begin(protagonist.id, memory=memory)
        except EndlessLoopError as error:
            found.loops.add(error.step)


def can_go_on(moment: Moment, *, to_breaks: bool = True) -> bool:
    """Whether an ending, or a break in the story, can still be reached from a moment."""
    seen = {moment.state}
    waiting = [moment]
    while waiting:
        here = waiting.pop()
        loops: set[str] = set()
        after = list(onward(here, loops))
        if (to_breaks and (loops or here.stuck)) or here.ending is not None:
            return True
        fresh = [moment for moment in after if moment.state not in seen]
        seen.update(moment.state for moment in fresh)
        waiting.extend(fresh)
    return False
