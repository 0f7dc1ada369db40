"""What finished playthroughs leave: told by playing them, for a search forgets what no condition asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.diagnostics import Witness
    from waymeet.runtime import Story
    from waymeet.values import Value


def memory_after(story: Story, played: Witness, memory: Mapping[str, Value]) -> dict[str, Value]:
    """The memory that a finished playthrough leaves which began with some memory."""
    moment = story.begin(played.protagonist, memory=memory, outcomes=played.outcomes)
    for choice in played.play:
        moment = moment.choose(choice)
    assert moment.ending is not None
    return moment.memory


def changed(story: Story, memory: Mapping[str, Value]) -> tuple[tuple[str, object], ...]:
    """What is in a memory that a first playthrough does not begin with."""
    fresh = story.values(story.machine.start_registers, "memory")
    return tuple((name, value) for name, value in memory.items() if value != fresh[name])
