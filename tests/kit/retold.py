"""A second telling of the format: plays a story from the data of its YAML alone, by the words of the specification.

Slow and plain. It shares the parser of formulas with the engine and nothing else; what an arrival passes through (the
steps, the effects out of range) is told, which the engine's `Moment` keeps to itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from kit import reference
from kit.written import Written
from waymeet.expressions.parser import parse_effect, parse_expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.reference import Value
    from kit.written import Card, Lots, Step
    from waymeet.expressions import syntax

#: More moves than any chain that ends has in a generated story; counts beyond this are all alike to them.
PLENTY = 150

#: The tree of a formula.
expression = lru_cache(maxsize=None)(parse_expression)
_effect = lru_cache(maxsize=None)(parse_effect)


@dataclass(frozen=True, slots=True)
class State:
    """What is so: flags by full name (`scene.flag` for local ones), how often each step was come to, and who called.

    The choices of menus are counted by the names that they have there.
    """

    flags: Mapping[str, Value]
    counts: Mapping[str, int]
    returns: tuple[str, ...] = ()


@dataclass(slots=True)
class Passing:
    """An arrival, with what happened on the way; `rest` is where it came to rest, None where it goes round.

    `told` has the steps with prose, each with what was so when it was told; `states` every step, with what was so once
    its effects were done; `changes` what changed which flag: the step and the index of the effect.
    """

    steps: list[str] = field(default_factory=list)
    told: list[tuple[str, State]] = field(default_factory=list)
    overflows: list[tuple[str, int]] = field(default_factory=list)
    states: list[tuple[str, State]] = field(default_factory=list)
    changes: list[tuple[str, int, str]] = field(default_factory=list)
    round: frozenset[str] = frozenset()
    rest: str | None = None
    state: State | None = None


class Retold(Written):
    """A story, read from its data and played."""

    def begin(self, protagonist: str, memory: Mapping[str, Value]) -> Passing:
        """The first arrival of a path."""
        flags = {name: memory.get(name, flag.start) for name, flag in self.flags.items()}
        start = self.target("", self.story["protagonists"][protagonist]["start"])
        return self._arrive(start, State(flags, dict.fromkeys(self.named.values(), 0)))

    def chosen(self, at: str, choice: str, state: State) -> Passing:
        """What happens when a choice is taken at a step."""
        if self.steps[at].deck is None:
            return self._arrive(f"{at}.{choice}", state)
        card = next(card for card in self.open_cards(at, state) if card.node.endswith(f".{choice}"))
        return self._go(at, card.node, state)

    def drawn(self, at: str, name: str, state: State) -> Passing:
        """What happens when chance has decided at a step."""
        lots = self.steps[at].lots
        if lots is None:
            return self._go(at, name, state)
        if lots.dice is None:
            return self._go(at, next(to for other, to, _ in lots.ways if other == name), state)
        total = int(name)
        if lots.add is not None:
            total += reference.number(expression(lots.add), self._world(self.steps[at].home, state))
        return self._go(at, next(to for range_, to, _ in lots.ways if in_range(range_, total)), state)

    def answered(self, at: str, answer: int | str, state: State) -> Passing:
        """What happens after an answer; where nothing leads on, it is asked again."""
        step = self.steps[at]
        flags = dict(state.flags)
        changes: list[tuple[str, int, str]] = []
        if isinstance(answer, int):
            name = self._asked(step)
            changes += [(at, -1, name)] if flags[name] != answer else []
            flags[name] = answer
        state = State(flags, state.counts, state.returns)
        to = self._way(step, state)
        passing = Passing(states=[(at, state)], rest=at, state=state) if to is None else self._go(at, to, state)
        passing.changes[:0] = changes
        return passing

    def _go(self, at: str, to: str, state: State) -> Passing:
        """Go on from a step where the story rested."""
        flags = dict(state.flags)
        if self.steps[to].scene != self.steps[at].scene:
            self._leave(self.steps[at].scene, flags)
        return self._arrive(to, State(flags, state.counts, state.returns))

    def _arrive(self, at: str, state: State) -> Passing:
        """What happens from the arrival at a step until the reader is asked, or the story ends, or stops."""
        passing = Passing()
        been: dict[object, int] = {}
        flags, counts, returns = dict(state.flags), dict(state.counts), state.returns
        while True:
            passing.steps.append(at)
            step = self.steps[at]
            counts[step.name] += 1
            self.do(step, World(self, step.home, flags, counts), passing)
            here = State(flags, counts, returns)
            passing.states.append((at, State(dict(flags), dict(counts), returns)))
            if "text" in step.data:
                passing.told.append((at, State(dict(flags), dict(counts), returns)))
            to = None if self._rests(step, here) else self._onward(step, here)
            if to is None:
                passing.rest, passing.state = at, here
                return passing
            if step.call is not None:
                returns = (*returns, at)
            elif step.back is not None:
                caller = self.steps[returns[-1]].scene
                returns = returns[:-1]
                if caller != step.scene:
                    self._leave(step.scene, flags)
                if self.steps[to].scene != caller:
                    self._leave(caller, flags)
            elif self.steps[to].scene != step.scene:
                self._leave(step.scene, flags)
            at = to
            counted = tuple(min(count, PLENTY) for count in counts.values())
            key = (at, tuple(flags.values()), counted, returns)
            if key in been:
                passing.round = frozenset(passing.steps[been[key] :])
                return passing
            been[key] = len(passing.steps)

    # -- what there is at a step ------------------------------------

    def offers(self, at: str, state: State) -> list[tuple[str, bool]]:
        """What a reader is offered at a step: ids, and whether each is locked."""
        step = self.steps[at]
        if step.deck is not None:
            picked = self.open_cards(at, state) if step.deck.pick == "offer" else []
            return [(card.node.rpartition(".")[2], False) for card in picked[: step.deck.offer]]
        found = []
        for way in step.choices:
            opened = self.steps[way.step]
            is_spent = way.limit is not None and state.counts[opened.name] >= way.limit
            if not is_spent and self._holds(way.when, opened.home, state):
                found.append((way.id, False))
            elif way.locked and not is_spent:
                found.append((way.id, True))
        return found

    def open_cards(self, at: str, state: State) -> list[Card]:
        """The cards that could be drawn at a step, in the order in which they are picked."""
        deck = self.steps[at].deck
        return [card for card in (deck.cards if deck is not None else ()) if self._is_open(card, state)]

    def _is_open(self, card: Card, state: State) -> bool:
        is_spent = card.once and state.counts[card.node] > 0
        return not is_spent and self._holds(card.when, self.steps[card.node].home, state)

    def outcomes(self, at: str, state: State) -> list[tuple[str, int]]:
        """What chance can bring at a step, each by its name and with its weight."""
        step = self.steps[at]
        if step.lots is None:
            return [(card.node, 1) for card in self.open_cards(at, state)]
        if step.lots.dice is None:
            return [(name, weight) for name, _, weight in step.lots.ways]
        weights = thrown(step.lots.dice)
        return [(str(total), weights[total]) for total in sorted(weights)]

    def possible(self, lots: Lots) -> list[str]:
        """The nodes that chance can lead to; what is added to dice may come to anything."""
        if lots.dice is None or lots.add is not None:
            return [to for _, to, _ in lots.ways]
        return [next(to for range_, to, _ in lots.ways if in_range(range_, total)) for total in thrown(lots.dice)]

    def answers(self, at: str) -> list[int | str]:
        """Every answer to a question that makes a difference."""
        flag = self.flags.get(self._asked(self.steps[at]))
        return ["Anna"] if flag is None else list(range(flag.low, flag.high + 1))

    def _asked(self, step: Step) -> str:
        """The full name of the flag that is asked for."""
        assert step.asked is not None
        return self._world(step.home, State({}, {})).full(step.asked) or step.asked

    def decides(self, at: str, state: State) -> bool:
        """Whether chance decides at a step."""
        step = self.steps[at]
        is_drawn = step.deck is not None and step.deck.pick == "random" and bool(self.open_cards(at, state))
        return step.lots is not None or is_drawn

    def _rests(self, step: Step, state: State) -> bool:
        """Whether the story waits here: for a choice, for chance, for an answer, or because it is over."""
        if step.asked is not None or step.ending is not None or self.decides(step.id, state):
            return True
        return any(not locked for _, locked in self.offers(step.id, state))

    def _onward(self, step: Step, state: State) -> str | None:
        """Where a step leads by itself."""
        if step.call is not None:
            return step.call.to
        if step.deck is not None:
            best = self.open_cards(step.id, state) if step.deck.pick == "best" else []
            return best[0].node if best else step.deck.otherwise
        if step.back is None:
            return self._way(step, state)
        if not state.returns:
            return None
        caller = self.steps[state.returns[-1]]
        assert caller.call is not None
        return caller.call.returns.get(step.back) or self._way(caller, state)

    def _way(self, step: Step, state: State) -> str | None:
        return next((to for when, to in step.onward or () if self._holds(when, step.onward_home, state)), None)

    def _leave(self, scene: str, flags: dict[str, Value]) -> None:
        """A scene is left: its local flags are forgotten."""
        for name, flag in self.flags.items():
            if flag.use == "local" and name.startswith(scene + "."):
                flags[name] = flag.start

    def do(self, step: Step, here: World, passing: Passing) -> None:
        """What a step does to flags, noting what happens on the way."""
        for index, text in enumerate(step.effects):
            effect = _effect(text)
            value = reference.changed(effect, here)
            name = here.full(effect.target.name)
            assert name is not None
            flag = self.flags[name]
            if flag.kind == "int":
                assert isinstance(value, int)
                if not flag.low <= value <= flag.high and not flag.clamp:
                    passing.overflows.append((step.id, index))
                value = max(flag.low, min(flag.high, value))
            if here.flags[name] != value:
                passing.changes.append((step.id, index, name))
            here.flags[name] = value  # type: ignore[index]

    def _holds(self, when: str | None, home: str, state: State) -> bool:
        return when is None or reference.truth(expression(when), self._world(home, state))

    def _world(self, home: str, state: State) -> World:
        return World(self, home, state.flags, state.counts)


@dataclass(frozen=True, slots=True)
class World:
    """What formulas of one scene see, or, with no scene, those of the story."""

    story: Retold
    home: str
    flags: Mapping[str, Value]
    counts: Mapping[str, int]

    def full(self, name: str) -> str | None:
        """The full name of a flag."""
        local = f"{self.home}.{name}"
        return local if local in self.story.flags else name if name in self.story.flags else None

    def named(self, name: str) -> Value | None:
        """The value of a flag or derived name."""
        if (full := self.full(name)) is not None:
            return self.flags[full]
        if name in (derived := self.story.story.get("derive", {})):
            story = World(self.story, "", self.flags, self.counts)
            return reference.evaluate(expression(derived[name]), story)
        return None

    def arrivals(self, asked: syntax.Reference) -> int:
        """How often a step was come to."""
        return self.counts[self.story.counted(self.home, ".".join(asked.path))]


def thrown(dice: tuple[int, int]) -> Counter[int]:
    """The totals of some dice, each with the number of ways to throw it."""
    count, sides = dice
    return Counter(map(sum, product(range(1, sides + 1), repeat=count)))


def in_range(written: str, total: int) -> bool:
    """Whether a range of a roll has a total."""
    if written.endswith("+"):
        return total >= int(written[:-1])
    low, dots, high = written.partition("..")
    return (not low or total >= int(low)) and (total <= int(high) if dots else total == int(written))
