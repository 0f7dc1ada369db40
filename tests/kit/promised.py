"""Events and promises for random stories, and what must be found of them, by exploring alone.

A condition of a promise is kept as it is written and as a function of one moment, so that what only promises can ask is
told here once more, apart from the parser's and the checker's telling.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from kit import reference
from kit.findings import allowing, place, switched_off
from kit.formulas import chance
from kit.retold import World, expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from kit.oracle import Oracle, Visited
    from kit.retold import Passing, Retold, State
    from kit.stories import Files
    from waymeet.diagnostics import Report

KINDS = ("never", "always", "possible", "always_possible")


class Here(NamedTuple):
    """One step of a playthrough, with what is so once its effects are done."""

    who: str
    at: str
    state: State


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a promise: its words, and whether it holds somewhere."""

    words: str
    holds: Callable[[Here], bool]


class Promise(NamedTuple):
    """A promise as it was made."""

    id: str
    kind: str
    condition: Condition
    until: Condition | None
    who: str | None


class Found(NamedTuple):
    """What must be found: by which rule, of what, and after how many choices (-1: no playthrough shows it)."""

    rule: str
    of: str
    length: int


# -- making ------------------------------------


class Conditions:
    """Random conditions on a story."""

    def __init__(self, random: Random, retold: Retold) -> None:
        self._random = random
        self._retold = retold

    def condition(self, depth: int = 2) -> Condition:
        """A condition, nested at most so deep."""
        if depth == 0 or chance(self._random, 40):
            return self._atom()
        one, other = self.condition(depth - 1), self.condition(depth - 1)
        match self._random.choice(("and", "or", "not")):
            case "not":
                return Condition(f"not ({one.words})", lambda here: not one.holds(here))
            case "and":
                return Condition(
                    f"({one.words}) and ({other.words})", lambda here: one.holds(here) and other.holds(here)
                )
            case _:
                return Condition(f"({one.words}) or ({other.words})", lambda here: one.holds(here) or other.holds(here))

    def _atom(self) -> Condition:
        random, retold = self._random, self._retold
        node = random.choice(retold.nodes)
        ending = random.choice(list(retold.story["endings"])) if retold.story["endings"] else None
        who = random.choice(list(retold.story["protagonists"]))
        match random.choice(("at", "at", "ended", "playing", "flag", "flag", "seen", "visits")):
            case "at":
                return Condition(f"at({node})", lambda here: retold.steps[here.at].node == node)
            case "ended" if ending is not None:
                return Condition(f"ended({ending})", lambda here: retold.steps[here.at].ending == ending)
            case "playing":
                return Condition(f"playing({who})", lambda here: here.who == who)
            case "visits":
                return self._formula(f"visits({node}) >= 2")
            case "flag" if (words := self._of_flag()) is not None:
                return self._formula(words)
            case _:
                return self._formula(f"seen({node})")

    def _of_flag(self) -> str | None:
        named = {name: flag for name, flag in self._retold.flags.items() if flag.use != "local"}
        if not named:
            return None
        name, flag = self._random.choice(list(named.items()))
        match flag.kind:
            case "bool":
                return name
            case "int":
                return f"{name} >= {self._random.randint(flag.low, flag.high)}"
            case _:
                return None

    def _formula(self, words: str) -> Condition:
        def holds(here: Here) -> bool:
            return reference.truth(expression(words), World(self._retold, "", here.state.flags, here.state.counts))

        return Condition(words, holds)


def promise(random: Random, files: Files, retold: Retold) -> list[Promise]:
    """Put some promises and events into the files of a story; the promises."""
    story = next(data for data in files.values() if "story" in data)
    story["events"] = _events(random, retold)
    conditions = Conditions(random, retold)
    made = []
    for number in range(random.randint(1, 4)):
        kind = random.choice(KINDS)
        until = conditions.condition(1) if kind == "always_possible" and chance(random, 50) else None
        who = random.choice(list(retold.story["protagonists"])) if chance(random, 40) else None
        made.append(Promise(f"p{number}", kind, conditions.condition(), until, who))
    story["promises"] = {one.id: _written(one) for one in made}
    return made


def _written(promise: Promise) -> dict[str, str]:
    written = {promise.kind: promise.condition.words}
    if promise.until is not None:
        written["until"] = promise.until.words
    return written if promise.who is None else {**written, "as": promise.who}


def _events(random: Random, retold: Retold) -> dict[str, Any]:
    memory = [name for name, flag in retold.flags.items() if flag.use == "memory"]
    everyone = list(retold.story["protagonists"])
    events = {}
    for number in range(random.choice((0, 1, 1, 2))):
        views = {who: random.choice(retold.nodes) for who in everyone if chance(random, 80)}
        settles = random.sample(memory, random.randint(0, len(memory)))
        events[f"e{number}"] = {"views": views, **({"settles": settles} if settles else {})}
    return events


# -- finding ------------------------------------


class Move(NamedTuple):
    """One move of any playthrough: whose, from which state (None begins) to which (None goes round), at what cost.

    `told` has the events that earlier playthroughs have told.
    """

    who: str
    source: Visited | None
    target: Visited | None
    passing: Passing
    depth: int
    cost: int
    told: frozenset[str]


class Expected:
    """What must be found of the events and promises of a story that was explored."""

    def __init__(self, oracle: Oracle, promises: list[Promise]) -> None:
        self._oracle = oracle
        self._retold = oracle.retold
        self._promises = promises
        self._moves = [*self._begun(), *self._made()]

    def findings(self) -> Counter[Found]:
        """All of it that the story wants to know."""
        off = switched_off(self._retold)
        found = [*self._broken(), *self._contradictions(), *self._missing()]
        return Counter(one for one in found if one.rule not in off)

    # -- moves ------------------------------------

    def _made(self) -> Iterator[Move]:
        for visited in self._oracle.visited.values():
            for name, target in visited.onward.items():
                passing = self._passing(visited, name)
                cost = int(visited.moment is not None and self._retold.steps[visited.at].asked is None)
                told = self._told(visited.raw.registers)
                yield Move(visited.protagonist, visited, target, passing, visited.depth + cost, cost, told)

    def _passing(self, visited: Visited, name: str) -> Passing:
        if visited.moment is None:
            return self._retold.drawn(visited.at, name, visited.state)
        if self._retold.steps[visited.at].asked is not None:
            is_number = name.lstrip("-").isdecimal()
            return self._retold.answered(visited.at, int(name) if is_number else name, visited.state)
        return self._retold.chosen(visited.at, name, visited.state)

    def _begun(self) -> Iterator[Move]:
        """The beginnings, each from the nearest ending that leaves what it begins with."""
        story = self._oracle.story
        left: dict[tuple[object, ...], tuple[dict[str, Any], int]] = {}
        fresh = story.values(story.machine.start_registers, "memory")
        left[tuple(sorted(fresh.items()))] = (fresh, 0)
        for visited in sorted(self._oracle.visited.values(), key=lambda one: one.depth):
            if visited.moment is not None and visited.moment.ending is not None:
                memory = visited.moment.memory
                left.setdefault(tuple(sorted(memory.items())), (memory, visited.depth))
        for memory, depth in left.values():
            for protagonist in story.protagonists:
                begun = {name: frozenset(v) if isinstance(v, tuple) else v for name, v in memory.items()}
                passing = self._retold.begin(protagonist.id, begun)
                target = self._begins_at(protagonist.id, memory)
                yield Move(protagonist.id, None, target, passing, depth, 0, self._told(story.remember(memory)))

    def _begins_at(self, who: str, memory: dict[str, Any]) -> Visited | None:
        story = self._oracle.story
        start = story.protagonist(who).start
        try:
            raw = story.machine.arrive(start, story.remember(memory), [])
        except Exception:  # noqa: BLE001 - it goes round, which the oracle knows
            return None
        return self._oracle.visited[who, raw]

    # -- promises ------------------------------------

    def _broken(self) -> Iterator[Found]:
        for one in self._promises:
            if one.kind == "always_possible":
                yield from self._lost(one)
                continue
            wanted = one.kind != "always"
            depths = [
                move.depth
                for move in self._moves
                if one.who in (None, move.who)
                and any(one.condition.holds(Here(move.who, at, state)) == wanted for at, state in move.passing.states)
            ]
            if one.kind == "possible" and not depths:
                yield Found("broken-promise", one.id, -1)
            elif one.kind != "possible" and depths:
                yield Found("broken-promise", one.id, min(depths))

    def _lost(self, one: Promise) -> Iterator[Found]:
        hopeful = self._hopeful(one.condition)
        order = count()
        waiting: list[tuple[int, int, Visited]] = []

        def wait(depth: int, move: Move) -> None:
            if move.target is not None and not self._holds_on_the_way(one.until, move):
                heappush(waiting, (depth, next(order), move.target))

        onward: dict[int, list[Move]] = {}
        for move in self._moves:
            if move.source is None and one.who in (None, move.who):
                wait(move.depth, move)
            elif move.source is not None:
                onward.setdefault(id(move.source), []).append(move)
        seen: set[int] = set()
        while waiting:
            depth, _, visited = heappop(waiting)
            if id(visited) in seen:
                continue
            seen.add(id(visited))
            if id(visited) not in hopeful and self._retold.steps[visited.at].ending is None:
                yield Found("broken-promise", one.id, depth)
                return
            for move in onward.get(id(visited), ()):
                wait(depth + move.cost, move)

    def _holds_on_the_way(self, condition: Condition | None, move: Move) -> bool:
        return condition is not None and any(
            condition.holds(Here(move.who, at, state)) for at, state in move.passing.states
        )

    def _hopeful(self, condition: Condition) -> set[int]:
        everything = list(self._oracle.visited.values())
        found = {id(one) for one in everything if condition.holds(Here(one.protagonist, one.at, one.state))}
        for move in self._moves:
            if move.source is not None and self._holds_on_the_way(condition, move):
                found.add(id(move.source))
        grown = True
        while grown:
            more = {
                id(move.source)
                for move in self._moves
                if move.source is not None and id(move.source) not in found and id(move.target) in found
            }
            found |= more
            grown = bool(more)
        return found

    # -- events ------------------------------------

    def _contradictions(self) -> Iterator[Found]:
        nearest: dict[tuple[str, str, int], int] = {}
        for event, written in self._retold.story["events"].items():
            for move in self._moves:
                for step, effect, flag in move.passing.changes if event in move.told else ():
                    if flag in written.get("settles", ()):
                        key = (event, step, effect)
                        nearest[key] = min(move.depth, nearest.get(key, move.depth))
        told: dict[tuple[str, str, int], Found] = {}
        for (event, step, effect), depth in nearest.items():
            if not any(allowing(self._retold, "contradiction", step)):
                name = self._retold.steps[step].name
                found = Found("contradiction", f"{event} at {name}", depth)
                told[event, name, effect] = min(found, told.get((event, name, effect), found))
        yield from told.values()

    def _told(self, registers: tuple[int, ...]) -> frozenset[str]:
        """The events that were told before, by the registers that endings set."""
        names = [register.name for register in self._oracle.story.data.registers]
        return frozenset(event for event in self._retold.story["events"] if registers[names.index(f"told({event})")])

    def _missing(self) -> Iterator[Found]:
        steps = {(move.who, at) for move in self._moves for at, _ in move.passing.states}
        come_to = {at for _, at in steps}
        for event, written in self._retold.story["events"].items():
            for who in self._retold.story["protagonists"]:
                view = written["views"].get(who)
                if view is None or ((who, view) not in steps and (view in come_to or not self._is_told_of(view))):
                    yield Found("missing-view", f"{event} for {who}", -1)

    def _is_told_of(self, node: str) -> bool:
        """Whether it is told that nobody comes to a node."""
        rule = "unreachable-node"
        return rule not in switched_off(self._retold) and not any(allowing(self._retold, rule, node))


def reported(report: Report, retold: Retold) -> Counter[Found]:
    """What a report says of events and promises, in these terms."""
    found = []
    for finding in report.findings:
        words = finding.message.split()
        witness = finding.witness
        length = -1 if witness is None else len(witness.play) + sum(len(one.play) for one in witness.before)
        match finding.rule:
            case "broken-promise":
                found.append(Found(finding.rule, words[2], length))
            case "contradiction":
                found.append(Found(finding.rule, f"{words[-1]} at {retold.steps[place(finding)].name}", length))
            case "missing-view":
                found.append(Found(finding.rule, f"{words[-1]} for {words[0]}", length))
            case _:
                pass
    return Counter(found)
