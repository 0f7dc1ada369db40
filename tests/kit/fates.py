"""What becomes of a uniform reader, the slow and obvious way: every playthrough of the oracle's states, one by one."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.oracle import Oracle, Visited

#: Where a reading comes to that comes to no ending.
DEAD_END, ENDLESS = "dead end", "endless"


class TooManyError(Exception):
    """More playthroughs than there is patience for, or no end to them."""


class Reading(NamedTuple):
    """One playthrough: where it comes to, how likely it is, and how many choices are made on it."""

    fate: str
    chance: Fraction
    choices: int


def fresh_start(oracle: Oracle, protagonist: str) -> Visited | None:
    """Where a path begins with a fresh memory; None if it begins with an endless loop."""
    begun = [moment for moment, depth in oracle.starts if depth == 0 and moment.protagonist == protagonist]
    return next((visited for visited in begun if not _remembers(oracle, visited)), None)


def _remembers(oracle: Oracle, visited: Visited) -> bool:
    return visited is not next(found for found, _ in oracle.starts if found.protagonist == visited.protagonist)


def onward(oracle: Oracle, visited: Visited) -> list[tuple[Fraction, Visited | None]]:
    """Where a state leads, with the chance of each."""
    names = list(visited.onward)
    if visited.moment is None:
        weights = Counter[str]()
        for name, weight in oracle.retold.outcomes(visited.at, visited.state):
            weights[name] += weight
    else:
        weights = Counter(names)
    total = sum(weights[name] for name in names)
    return [(Fraction(weights[name], total), visited.onward[name]) for name in names]


def cost(visited: Visited) -> int:
    """What a move from a state costs in choices."""
    return int(visited.moment is not None and visited.moment.question is None)


def fate(visited: Visited) -> str | None:
    """Where a reading is over, if it is over here."""
    ending = None if visited.moment is None else visited.moment.ending
    return ending or (DEAD_END if not visited.onward else None)


def all_readings(oracle: Oracle, start: Visited, most: int = 5_000) -> list[Reading]:
    """Every playthrough from a state; raises `TooManyError`, also where one comes back to a state."""
    found: list[Reading] = []
    for reading in _readings(oracle, start, Fraction(1), 0, ()):
        found.append(reading)
        if len(found) > most:
            raise TooManyError
    return found


def _readings(
    oracle: Oracle, visited: Visited, chance: Fraction, choices: int, before: tuple[Visited, ...]
) -> Iterator[Reading]:
    if any(visited is earlier for earlier in before):
        raise TooManyError
    over = fate(visited)
    if over is not None:
        yield Reading(over, chance, choices)
        return
    for share, target in onward(oracle, visited):
        if target is None:
            yield Reading(ENDLESS, chance * share, choices + cost(visited))
        else:
            yield from _readings(oracle, target, chance * share, choices + cost(visited), (*before, visited))


def ways(oracle: Oracle, start: Visited, most: int) -> int:
    """How many playthroughs of at most so many moves come to an ending."""
    counted: Counter[int] = Counter({id(start): 1})
    known = {id(start): start}
    ended = 0
    for _ in range(most + 1):
        after: Counter[int] = Counter()
        for number, count in counted.items():
            visited = known[number]
            over = fate(visited)
            ended += count if over not in (None, DEAD_END) else 0
            for _, target in onward(oracle, visited) if over is None else ():
                if target is not None:
                    known[id(target)] = target
                    after[id(target)] += count
        counted = after
    return ended


def chances(oracle: Oracle, start: Visited, most: int = 60) -> dict[str, Fraction]:
    """The exact chance of each fate, by elimination over all states; raises `TooManyError` for too many."""
    states = _reached(start)
    if len(states) > most:
        raise TooManyError
    hopeful = _hopeful(states)
    rows: dict[int, dict[int | str, Fraction]] = {}
    for visited in states:
        row: dict[int | str, Fraction] = {}
        over = fate(visited) or (None if id(visited) in hopeful else ENDLESS)
        for share, target in [(Fraction(1), None)] if over else onward(oracle, visited):
            key = over or (ENDLESS if target is None else id(target))
            row[key] = row.get(key, Fraction(0)) + share
        rows[id(visited)] = row
    for visited in reversed(states):  # each state is put out of the rows of all others
        last = rows.pop(id(visited))
        stays = last.pop(id(visited), Fraction(0))
        gone = {key: share / (1 - stays) for key, share in last.items()}
        if visited is start:
            return {str(key): share for key, share in gone.items()}
        for other in rows.values():
            share = other.pop(id(visited), Fraction(0))
            for key, part in gone.items() if share else ():
                other[key] = other.get(key, Fraction(0)) + share * part
    raise AssertionError


def comes_to_rest(oracle: Oracle) -> bool:
    """Whether a reader comes to rest wherever they are: in no endless loop, and nowhere where chance alone goes on."""
    states = oracle.visited.values()
    return not oracle.loops and all(any(on.moment is not None for on in _reached(state)) for state in states)


def _reached(start: Visited) -> list[Visited]:
    """All states that a state leads to, itself the first."""
    found = {id(start): start}
    waiting = [start]
    while waiting:
        for target in waiting.pop().onward.values():
            if target is not None and id(target) not in found:
                found[id(target)] = target
                waiting.append(target)
    return list(found.values())


def _hopeful(states: list[Visited]) -> set[int]:
    """The states from which a reading can stop somehow, be it in an endless loop of automatic moves."""
    hopeful = {id(visited) for visited in states if fate(visited) or None in visited.onward.values()}
    grown = True
    while grown:
        more = {
            id(visited)
            for visited in states
            if any(target is not None and id(target) in hopeful for target in visited.onward.values())
        }
        grown = not more <= hopeful
        hopeful |= more
    return hopeful
