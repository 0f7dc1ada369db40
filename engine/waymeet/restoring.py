"""Where a save stands: in its own version of the story to the letter, in another as near as that version allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.compiled import numbered
from waymeet.machine import EndlessLoopError, State
from waymeet.story import Call, Return, body_of
from waymeet.values import FlagValueError, encode

if TYPE_CHECKING:
    from waymeet.dice import Dice
    from waymeet.machine import Machine, Passage, Registers
    from waymeet.migration import Brought
    from waymeet.snapshots import Snapshot
    from waymeet.story import StoryData


class Standing(NamedTuple):
    """Where a save stands; `state` is None for what is gone, `passages` (to be told) for where nobody can be now.

    `stuck` is where nothing would be left to do.
    """

    state: State | None
    passages: list[Passage] | None
    losses: tuple[str, ...] = ()
    stuck: bool = False


def saved_state(data: StoryData, machine: Machine, snapshot: Snapshot) -> State:
    """The state of a save of this very version; raises `FlagValueError` for what no playthrough could have saved."""
    numbers = numbered(data.steps, (snapshot.step, *snapshot.returns))
    if gone := [step for step in (snapshot.step, *snapshot.returns) if step not in numbers]:
        raise FlagValueError(f"{', '.join(gone)} is gone")
    returns = tuple(numbers[step] for step in snapshot.returns)
    if changed := [machine.steps[step].id for step in returns if machine.steps[step].call is None]:
        raise FlagValueError(f"{', '.join(changed)} calls nothing")
    state = State(numbers[snapshot.step], _saved_registers(data, snapshot), returns)
    if not machine.is_rest(state):
        raise FlagValueError(f"{snapshot.step} asks the reader nothing")
    return state


def _saved_registers(data: StoryData, snapshot: Snapshot) -> Registers:
    known = {register.name for register in data.registers}
    if gone := [name for name in snapshot.flags if name not in known]:
        raise FlagValueError(f"{', '.join(gone)} is gone")
    return tuple(
        encode(register, snapshot.flags[register.name]) if register.name in snapshot.flags else register.start
        for register in data.registers
    )


def standing(data: StoryData, machine: Machine, brought: Brought, dice: Dice, was: str) -> Standing:
    """Where a save of another version stands, or goes on from there by itself; `was` is what its place was called.

    Effects run where the reader arrives, never again where they stood.
    """
    returns = _returns(data, brought)
    if brought.at is None:
        return Standing(None, None)
    registers = brought.registers if returns is None else _left(data, machine, brought, returns)
    state = State(brought.at, registers, returns or ())
    if returns is None:
        return Standing(None if brought.moved else state, None)
    passages = [] if brought.moved else [(brought.at, registers)]
    if machine.is_rest(state) and not brought.moved:
        return Standing(state, passages, stuck=machine.is_stuck(state))
    try:
        return _gone_on(machine, state, passages, dice, was, moved=brought.moved)
    except EndlessLoopError:
        return Standing(None, None)


def _gone_on(machine: Machine, state: State, passages: list[Passage], dice: Dice, was: str, *, moved: bool) -> Standing:
    """Where the story goes on from a place where nobody rests, or that stands for one that is gone."""
    if moved:
        onward = machine.arrive(state.step, state.registers, passages, None, state.returns, dice)
        loss = f"The place where you were, {was}, is gone"
    else:
        onward = machine.move_on(state, passages, dice)
        loss = f"Nothing is asked any more where you were, {was}"
    said = f"{loss}; you go on at {machine.steps[onward.step].id}."
    return Standing(onward, passages, (said,), machine.is_stuck(onward))


def _returns(data: StoryData, brought: Brought) -> tuple[int, ...] | None:
    """The steps that wait for a return: none where nothing comes back to them; None where one of them waits no more."""
    if brought.at is None or not brought.returns:
        return ()
    waiting = [step for step in brought.returns if step is not None and isinstance(data.steps[step].exit, Call)]
    is_whole = len(waiting) == len(brought.returns)
    if is_whole and not brought.moved:
        return tuple(waiting)
    if not any(isinstance(data.steps[step].exit, Return) for step in body_of(data.steps, brought.at)):
        return ()
    return tuple(waiting) if is_whole else None


def _left(data: StoryData, machine: Machine, brought: Brought, returns: tuple[int, ...]) -> Registers:
    """The registers once the scenes of those are left that wait no more."""
    registers = brought.registers
    kept = {data.steps[step].scene for step in (brought.at, *returns) if step is not None}
    for step in brought.returns:
        if step is not None and data.steps[step].scene not in kept:
            registers = machine.left(data.steps[step].scene, registers)
    return registers


def is_alike(data: StoryData, one: State, other: State) -> bool:
    """Whether two states are the same but for what is only counted, and for who waits."""
    rows = zip(data.registers, one.registers, other.registers, strict=True)
    return one.step == other.step and all(a == b for register, a, b in rows if register.use != "count")


def taken_again(was: str, turns: int, taken: int, here: str, *, stuck: bool) -> str:
    """What is said where a reading had to be played again: of so many turns so many, and they led here."""
    gone = f"You can no longer be where you were, {was}."
    if stuck:
        gone = f"Where you were, {was}, nothing would be left for you to do."
    if taken < turns:
        again = f"{taken or 'None'} of the {turns} choices" if turns > 1 else "Not even the one choice"
        return f"{gone} {again} that led there could be taken again; you are at {here}."
    if turns == 0:
        return f"{gone} You begin anew, at {here}."
    return f"{gone} {'Each choice' if turns > 1 else 'The choice'} that led there was taken again; you are at {here}."
