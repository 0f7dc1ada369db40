"""What a finding about states claims, put to the test by playing: the witness leads there, and no way where none is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kit.exploring import can_go_on, explore
from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waymeet.diagnostics import Diagnostic, Witness
    from waymeet.runtime import Moment, Story, Value


def replay(story: Story, witness: Witness) -> list[Moment]:
    """Every moment of a witness's last playthrough, each earlier one finished first."""
    memory: dict[str, Value] = {}
    for earlier in witness.before:
        finished = _played(story, earlier, memory)[-1]
        assert finished.ending is not None
        memory = finished.memory
    assert dict(witness.memory).items() <= memory.items()
    return _played(story, witness, memory)


def _played(story: Story, witness: Witness, memory: Mapping[str, Value]) -> list[Moment]:
    moments = [story.begin(witness.protagonist, memory=memory)]
    for choice in witness.play:
        moments.append(moments[-1].choose(choice))
    return moments


def choices_in(witness: Witness) -> int:
    """How many choices a witness takes, earlier playthroughs included."""
    return len(witness.play) + sum(len(earlier.play) for earlier in witness.before)


def _place(finding: Diagnostic) -> str:
    return ".".join(part for part in (finding.node, finding.choice) if part)


def _breaks_off(story: Story, finding: Diagnostic) -> None:
    assert finding.witness is not None
    moment = replay(story, finding.witness)[-1]
    assert moment.stuck
    assert moment.step == _place(finding)
    stuck = [reached.depth for reached in explore(story).at(moment.step) if reached.moment.stuck]
    assert choices_in(finding.witness) == min(stuck)


def _locks(story: Story, finding: Diagnostic) -> None:
    assert finding.witness is not None
    moments = replay(story, finding.witness)
    assert not can_go_on(moments[-1], to_breaks=False)  # a break may be there that is allowed
    if len(moments) > 1:
        assert can_go_on(moments[-2])
        assert f"{moments[-2].step}.{finding.witness.play[-1]}" == _place(finding)


def _goes_round(story: Story, finding: Diagnostic) -> None:
    assert finding.witness is not None
    with pytest.raises(EndlessLoopError):
        replay(story, finding.witness)


def _is_never_come_to(story: Story, finding: Diagnostic) -> None:
    assert finding.witness is None
    assert not explore(story).at(_place(finding))


def _is_never_the_end(story: Story, finding: Diagnostic) -> None:
    assert finding.witness is None
    reached = {(who, reached.moment.ending) for (who, _), reached in explore(story).reached.items()}
    protagonist, ending = finding.message.split()[0], finding.message.split()[-1]
    assert (protagonist, ending) not in reached


def _is_never_open(story: Story, finding: Diagnostic) -> None:
    assert finding.witness is not None
    replay(story, finding.witness)
    step, _, choice = _place(finding).rpartition(".")
    found = explore(story)
    reached = found.at(step) if finding.choice else found.reached.values()  # a card may be drawn anywhere
    offers = [offer for one in reached for offer in one.moment.choices]
    assert all(offer.locked is not None for offer in offers if offer.id == choice)


def _stops_at_a_bound(story: Story, finding: Diagnostic) -> None:
    assert finding.witness is not None
    moment = replay(story, finding.witness)[-1]
    name = finding.message.split()[0]
    register = next(register for register in story.data.registers if register.name == name)
    assert moment.flags[name.removeprefix(f"{moment.scene}.")] in (register.low, register.high)


#: For each rule about states, how its findings are put to the test.
CLAIMS: dict[str, Callable[[Story, Diagnostic], None]] = {
    "dead-end": _breaks_off,
    "uncovered-goto": _breaks_off,
    "soft-lock": _locks,
    "endless-loop": _goes_round,
    "unreachable-node": _is_never_come_to,
    "unreachable-ending": _is_never_the_end,
    "impossible-choice": _is_never_open,
    "out-of-range": _stops_at_a_bound,
}
