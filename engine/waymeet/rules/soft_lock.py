"""soft-lock: a choice after which no ending can be reached any more, though choices remain.

What it finds: states from which no ending of their protagonist can be reached, however one chooses, and from which no
dead end can be reached either (that would be the cause, and is reported as such). Each is reported at the choice that
leads into it from where all was not yet lost.
Why it matters: the reader goes on and on, and the story never ends.
What to do: give the part of the story behind that choice a way out, or put a condition on the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.walk import LOOP, Move
from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, StateRule, anywhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waymeet.analysis.walk import Walk
    from waymeet.diagnostics import Diagnostic


def _find(facts: Facts, rule: StateRule) -> Iterator[Diagnostic]:
    if facts.walk.stopped is not None:
        return
    trapped = _trapped(facts)
    help_line = "give what lies behind it a way to an ending"
    for (step, choice), (state, _) in _crossings(facts.walk, trapped).items():
        name = facts.story.protagonists[facts.walk.protagonists[state]].id
        message = f"after this choice {name} can reach no ending any more"
        witness = facts.walk.way_through(Move(state, choice, facts.walk.protagonists[state]))
        yield rule.at_choice(facts, step, choice, message, help_line, witness)
    for protagonist, start in _trapped_starts(facts.walk, trapped).items():
        name = facts.story.protagonists[protagonist].id
        message = f"{name} can reach no ending, from the very start"
        step = facts.walk.states[start].step
        span = facts.places.protagonists[name]
        yield rule.at_step(facts, step, message, help_line, facts.walk.way_to(start), span)


def _trapped(facts: Facts) -> set[int]:
    """The states from which neither an ending of their protagonist nor a break in the story can be reached."""
    walk = facts.walk
    before: list[list[int]] = [[] for _ in walk.states]
    safe = []
    for number, moves in enumerate(walk.moves):
        for _, target in moves:
            if target != LOOP:
                before[target].append(number)
        if not moves or any(target == LOOP for _, target in moves):
            safe.append(number)
    safe = [number for number in safe if not _is_foreign_ending(facts, number)]
    return set(range(len(walk.states))) - _backward(before, safe)


def _is_foreign_ending(facts: Facts, number: int) -> bool:
    ending = facts.story.machine.steps[facts.walk.states[number].step].ending
    if ending is None:
        return False
    protagonist = facts.story.protagonists[facts.walk.protagonists[number]].id
    return protagonist not in facts.story.endings[ending].protagonists


def _backward(before: list[list[int]], first: Iterable[int]) -> set[int]:
    """The states from which some of the first can be reached."""
    found = set(first)
    waiting = list(found)
    while waiting:
        more = [number for number in before[waiting.pop()] if number not in found]
        found.update(more)
        waiting.extend(more)
    return found


def _crossings(walk: Walk, trapped: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """For each choice that leads into the trap: the state nearest the start where it does, and how deep that lies."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for number in range(len(walk.states)):
        if number in trapped:
            continue
        for choice, target in walk.moves[number]:
            key = (walk.states[number].step, choice)
            if target in trapped and (key not in found or walk.depths[number] < found[key][1]):
                found[key] = (number, walk.depths[number])
    return found


def _trapped_starts(walk: Walk, trapped: set[int]) -> dict[int, int]:
    """For each protagonist whose path is lost from the start: its nearest such start."""
    found: dict[int, int] = {}
    for start in sorted(set(walk.starts) & trapped, key=lambda number: (walk.depths[number], number)):
        found.setdefault(walk.protagonists[start], start)
    return found


RULE = StateRule("soft-lock", Severity.ERROR, _find, anywhere)
