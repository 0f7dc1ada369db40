"""Choices that come to the same, by taking both in every state in which both are open."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from kit.mentions import judged
from kit.retold import Passing, World, expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.oracle import Oracle
    from kit.retold import State
    from kit.written import Step, Way


class Alike(NamedTuple):
    """A choice, by what it opens onto, that is like an earlier one, by its name, at a step."""

    opened: str
    first: str
    step: str


class Choices:
    """The choices of a story that was explored."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._retold = oracle.retold
        self._counted = {step.id for step in oracle.story.data.steps if step.arrivals is not None}
        idle = {name for rule, name in judged(oracle.retold) if rule != "never-written"}
        self._asked_for = [name for name in self._retold.flags if name not in idle]

    def findings(self) -> Iterator[Alike]:
        """Of each choice, at every step where it is open with one that it is like, the first of those."""
        found: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for step in self._retold.steps.values():
            for earlier, later in combinations(step.choices, 2):
                name, before = self._retold.steps[later.step].name, self._retold.steps[earlier.step].name
                if name not in found.get(before, {}):
                    found.setdefault(name, {}).setdefault(before, []).append((step.id, later.step))
        for likes in found.values():
            told: set[str] = set()
            for before, uses in likes.items():
                compared = {use: self._compared(*use, before) for use in uses}
                if all(all(same) for same in compared.values()):
                    there = [(at, opened) for (at, opened), same in compared.items() if same and at not in told]
                    told.update(at for at, _ in there)
                    yield from (Alike(opened, before, at) for at, opened in there)

    def _compared(self, at: str, opened: str, before: str) -> list[bool]:
        """For each state at a step in which two choices are open, whether they come to the same there."""
        step = self._retold.steps[at]
        ways = [next(way for way in step.choices if way.step == opened)]
        ways += [way for way in step.choices if self._retold.steps[way.step].name == before]
        states = self._oracle.states.get(at, {}).values()
        return [
            self._done(ways[0], state) == self._done(ways[1], state)
            for state in states
            if all((way.id, False) in self._retold.offers(at, state) for way in ways)
        ]

    def _done(self, way: Way, state: State) -> tuple[Any, ...]:
        """How a choice goes on and leaves what is asked for; of one that is like no other, itself."""
        step = self._retold.steps[way.step]
        onward = self._onward(step)
        if onward is None or step.id in self._counted:
            return (way.step,)
        flags = dict(state.flags)
        self._retold.do(step, World(self._retold, step.home, flags, state.counts), Passing())
        return onward, step.data.get("signal"), step.tags, [flags[name] for name in self._asked_for]

    def _onward(self, step: Step) -> tuple[Any, ...] | None:
        if step.choices or step.asked is not None or step.lots is not None:
            return None
        if step.deck is not None:
            if step.deck.pick == "best" and not step.deck.cards:
                return "goto", [(None, step.deck.otherwise)]
            return ("deck", id(step.deck)) if step.deck.pick == "best" else None
        if step.ending is not None or step.back is not None:
            return step.ending, step.back
        entries = [(when and (expression(when), step.onward_home), to) for when, to in step.onward or ()]
        if step.call is not None:
            return step.call.to, dict(step.call.returns), entries
        return None if step.onward is None else ("goto", entries)
