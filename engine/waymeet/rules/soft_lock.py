"""soft-lock: a choice after which no ending can be reached any more, though choices remain.

What it finds: states from which no ending of their protagonist can be reached, however one chooses, and from which no
dead end, uncovered goto or endless loop can be reached either: that would be the cause, and is reported as such, unless
it is allowed or off. Each is reported at the choice that leads into it from where all was not yet lost.
Why it matters: the reader goes on and on, and the story never ends.
What to do: give the part of the story behind that choice a way out, or put a condition on the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.graph import closure
from waymeet.analysis.walk import Move
from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, StateRule, anywhere, rests
from waymeet.rules.uncovered_goto import tellers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.analysis.walk import Begun, Walk


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    if facts.walk.stopped is not None:
        return
    trapped = _trapped(facts)
    help_line = "give what lies behind it a way to an ending"
    for step, state, choice in _crossings(facts, trapped):
        protagonist = facts.walk.protagonists[state]
        name = facts.story.protagonists[protagonist].id
        witness = facts.walk.way_through(Move(state, choice, protagonist))
        claim = rests(dict(facts.walk.moves(state))[choice])
        linked = facts.story.machine.steps[step]
        if linked.choices:
            message = f"after this choice {name} can reach no ending any more"
            finding = rule.at_choice(facts, step, choice, message, help_line, witness)
        else:
            what = "an answer that can be given" if linked.ask is not None else "what chance can bring"
            message = f"after {what} here {name} can reach no ending any more"
            finding = rule.at_step(facts, step, message, help_line, witness)
        yield Found(finding, claim, (finding.span, bool(linked.choices)))
    for move, start, _ in _trapped_starts(facts.walk, trapped):
        name = facts.story.protagonists[move.protagonist].id
        message = f"{name} can reach no ending, from the very start"
        step = facts.walk.states.step(start)
        witness = facts.walk.way_through(move)
        yield Found(
            rule.at_step(facts, step, message, help_line, witness, facts.places.protagonists[name]), rests(start)
        )


def _trapped(facts: Facts) -> set[int]:
    """The states from which neither an ending of their protagonist nor a break that is told of can be reached.

    Where the story itself breaks off by a break that is not told of, there is no choice left: that is no lock.
    """
    walk = facts.walk
    untold = _untold(facts)
    told = [facts.is_told("endless-loop", loop.circle[0]) for loop in walk.loops]
    safe = []
    over = set()
    for number in range(len(walk.states)):
        step = walk.states.step(number)
        targets = walk.targets(number)
        if facts.story.machine.steps[step].ending is not None:
            if not _is_foreign_ending(facts, number):
                safe.append(number)
        elif not targets and step in untold:
            over.add(number)
        elif not targets or any(target < 0 and told[-1 - target] for target in targets):
            safe.append(number)
    return set(range(len(walk.states))) - closure(safe, walk.sources()) - over


def _untold(facts: Facts) -> set[int]:
    """The steps at which the story breaks off, and that is allowed or of no interest."""
    uncovered = tellers(facts)
    breaks = {
        step: ("uncovered-goto", uncovered[step]) if step in uncovered else ("dead-end", step)
        for step in facts.walk.stuck
    }
    steps = facts.story.data.steps
    return {step for step, (rule, at) in breaks.items() if not facts.is_told(rule, steps[at].id)}


def _is_foreign_ending(facts: Facts, number: int) -> bool:
    ending = facts.story.machine.steps[facts.walk.states.step(number)].ending
    assert ending is not None
    protagonist = facts.story.protagonists[facts.walk.protagonists[number]].id
    return protagonist not in facts.story.endings[ending].protagonists


def _crossings(facts: Facts, trapped: set[int]) -> Iterator[tuple[int, int, int]]:
    """Each step and choice that lead into the trap, with the state nearest the start where they do between them.

    All that chance can bring at a step, and all answers, count as one.
    """
    walk = facts.walk
    found: dict[tuple[int, int | None], tuple[int, int]] = {}
    for number in range(len(walk.states)) if trapped else ():
        if number in trapped:
            continue
        step = walk.states.step(number)
        chooses = bool(facts.story.machine.steps[step].choices)
        for choice, target in walk.moves(number):
            key = (step, choice if chooses else None)
            if target in trapped and (key not in found or walk.depths[number] < walk.depths[found[key][0]]):
                found[key] = (number, choice)
    for (step, _), (number, choice) in found.items():
        yield step, number, choice


def _trapped_starts(walk: Walk, trapped: set[int]) -> list[Begun]:
    """For each protagonist whose path is lost from the start: its nearest such beginning."""
    found: dict[int, Begun] = {}
    for begun in walk.begun:
        if begun.state in trapped:
            found.setdefault(begun.move.protagonist, begun)
    return list(found.values())


RULE = StateRule("soft-lock", Severity.ERROR, _find, anywhere)
