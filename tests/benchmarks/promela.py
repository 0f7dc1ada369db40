"""A compiled story as a model in Promela, and what SPIN makes of it: a peer to measure with, and an oracle.

Registers are variables, and what happens from where a reader rests, or chance decides, to the next such place is one
step of the one process. So SPIN stores one state for each protagonist, step, registers and steps that wait for a
return: those that a walk counts with `forget=False`, and one more, in which nobody has begun.
(Holzmann: The SPIN Model Checker, 2003.)
"""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from waymeet.expressions.code import INT_MAX
from waymeet.story import Ask, Call, Chance, Choices, End, Goto, Return

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from waymeet.expressions.code import Code
    from waymeet.story import Register, Step, StoryData

TOOLS = ("spin", "gcc")
#: No step: where one is before anyone has begun, and what comes next where one rests.
_NOWHERE = -1


class UnsuitedError(Exception):
    """A story that Promela, whose numbers have 32 bits, cannot hold."""


class Searched(NamedTuple):
    """What SPIN says of a search: states stored, its seconds and MiB, and whether it went through all of them."""

    states: int
    seconds: float
    memory: float
    complete: bool


class _Move(NamedTuple):
    """Something that can be done: when, what it changes, and the step it leads to; with None, one goes on from here."""

    guard: str
    done: list[str]
    to: int | None


def missing() -> list[str]:
    """The tools for a search that are not installed."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def search(story: StoryData, folder: Path, *, large: bool = False) -> Searched:
    """Have SPIN go through all states; raises `subprocess.CalledProcessError`.

    Depth first, which is what it does best. A `large` story gets 12 GB and a compiler that takes its time.
    """
    (folder / "story.pml").write_text("\n".join(model(story)) + "\n", encoding="utf-8")
    _run(folder, "spin", "-o2", "-a", "story.pml")  # what nothing reads is part of a state all the same
    flags = ("-DSAFETY", "-DNOREDUCE", f"-DMEMLIM={12_000 if large else 1000}", "-DVECTORSZ=8192")
    _run(folder, "gcc", "-w", "-O2" if large else "-O0", *flags, "-o", "pan", "pan.c")
    said = _run(folder, "./pan", "-E", "-n", *(("-w27", "-m40000000") if large else ("-w18", "-m1000000")))
    return Searched(
        states=int(_found(r"(\d+) states, stored", said)),
        seconds=float(_found(r"elapsed time ([\d.]+)", said) if "elapsed time" in said else 0),
        memory=float(_found(r"([\d.]+)\s+total actual memory usage", said)),
        complete="Search not completed" not in said and "max search depth too small" not in said,
    )


def _run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


def model(story: StoryData) -> Iterator[str]:
    """The lines of the model; raises `UnsuitedError`."""
    straight = _Straight(story)
    return straight.lines() if straight.fits() else _General(story).lines()


class _Model:
    """One model being written: what is the same however control is kept."""

    def __init__(self, story: StoryData) -> None:
        self.story = story
        self.expressions = _Expressions(story)
        self.depth = _call_depth(story)

    def declarations(self) -> Iterator[str]:
        """The variables, and the conditions that have a name."""
        for index, register in enumerate(self.story.registers):
            yield f"{_type(register)} r{index} = {register.start}; /* {register.name} */"
        yield from ("byte who = 0;",) if len(self.story.protagonists) > 1 else ()
        yield from (f"short back[{self.depth}]; byte waiting = 0;",) if self.depth else ()
        yield from self.expressions.definitions()

    def moves(self, number: int) -> Iterator[_Move]:
        """What can be done where one rests at a step."""
        step = self.story.steps[number]
        match step.exit:
            case Choices(choices, _, most):
                guards = [self.condition(choice.when) for choice in choices]
                for index, choice in enumerate(choices):
                    earlier = "" if most is None or index < most else f" && ({' + '.join(guards[:index])}) < {most}"
                    yield _Move(guards[index] + earlier, [], choice.to)
            case Chance(outcomes):
                for outcome in outcomes:
                    yield _Move(self.condition(outcome.when), self.leaving(step, outcome.to), outcome.to)
            case Ask(register=register, low=low, high=high):
                for value in [0] if register is None else range(low, high + 1):
                    yield _Move("true", [] if register is None else [f"r{register} = {value}"], None)
            case End():
                for who in range(len(self.story.protagonists)):
                    yield self.beginning(who, fresh=False)
            case _:
                pass  # nothing can be done

    def beginning(self, who: int, *, fresh: bool) -> _Move:
        """A path is begun, with the memory that there is."""
        registers = enumerate(self.story.registers)
        done = [] if fresh else [f"r{index} = {r.start}" for index, r in registers if r.use != "memory"]
        done += [f"who = {who}"] if len(self.story.protagonists) > 1 else []
        done += ["waiting = 0", *(f"back[{place}] = 0" for place in range(self.depth))] if self.depth else []
        return _Move("true", done, self.story.protagonists[who].start)

    def effects(self, step: Step) -> list[str]:
        """What is done on arrival."""
        done = []
        if step.arrivals is not None:
            name, high = f"r{step.arrivals}", self.story.registers[step.arrivals].high
            done.append(f"{name} = ({name} < {high} -> {name} + 1 : {name})")
        for register, code in step.effects:
            done.append(f"r{register} = {self.expressions.held(code, self.story.registers[register])}")
        return done

    def leaving(self, step: Step, to: int) -> list[str]:
        """What is forgotten on the way to a step of another scene."""
        return self.forgets(step.scene) if self.story.steps[to].scene != step.scene else []

    def forgets(self, scene: str) -> list[str]:
        """What is forgotten when a scene is left."""
        registers = enumerate(self.story.registers)
        local = [(index, r) for index, r in registers if r.use == "local" and r.name.split(".")[0] == scene]
        return [f"r{index} = {register.start}" for index, register in local]

    def condition(self, when: Code | None) -> str:
        """A condition; without one, what always holds."""
        return "true" if when is None else f"({self.expressions.told(when)})"


class _Straight(_Model):
    """Where each move leads to one place, that place is a control state, as one would write it by hand."""

    def lines(self) -> Iterator[str]:
        yield from self.declarations()
        yield from ("active proctype story()", "{")
        yield from self._options(self.beginning(who, fresh=True) for who in range(len(self.story.protagonists)))
        for number in sorted(self._rests()):
            yield f"N{number}:"
            yield from self._options(self.moves(number))
        yield "}"

    def fits(self) -> bool:
        """Whether each move leads to one place."""
        return all(isinstance(step.exit, Choices | Chance | End | Goto) for step in self.story.steps) and all(
            self._rests_at(number) or self._goes_on(number) for number in range(len(self.story.steps))
        )

    def _rests(self) -> list[int]:
        return [number for number in range(len(self.story.steps)) if self._rests_at(number)]

    def _rests_at(self, number: int) -> bool:
        match self.story.steps[number].exit:
            case Choices(choices, fallback, _):
                return fallback is None or any(choice.when is None for choice in choices)
            case Chance(outcomes, fallback):
                return fallback is None or any(outcome.when is None for outcome in outcomes)
            case way:
                return isinstance(way, End)

    def _goes_on(self, number: int) -> bool:
        """Whether it leads by itself to one place, and comes to rest."""
        been = set()
        while not self._rests_at(number):
            way = self.story.steps[number].exit
            if number in been or not isinstance(way, Goto) or way.branches[0].when is not None:
                return False
            been.add(number)
            number = way.branches[0].to
        return True

    def _options(self, moves: Iterable[_Move]) -> Iterator[str]:
        yield "if"
        options = [self._option(move) for move in moves]
        yield from options or [":: false"]
        yield "fi;"

    def _option(self, move: _Move) -> str:
        done, at = [*move.done], move.to
        assert at is not None
        while True:
            step = self.story.steps[at]
            done += self.effects(step)
            if self._rests_at(at):
                return f":: d_step {{ {'; '.join([move.guard, *done])} }}; goto N{at}"
            assert isinstance(step.exit, Goto)
            to = step.exit.branches[0].to
            done += self.leaving(step, to)
            at = to


class _General(_Model):
    """Where one rests is a variable, for it can depend on what holds on the way."""

    def lines(self) -> Iterator[str]:
        yield from self.declarations()
        yield from (f"short at = {_NOWHERE}; short next = {_NOWHERE};", "#define GO do \\")
        for number, step in enumerate(self.story.steps):
            done = "".join(f"{effect}; " for effect in self.effects(step))
            yield f":: next == {number} -> {done}{self._onward(number, step)} \\"
        yield f":: next == {_NOWHERE} -> break od"
        yield from ("active proctype story()", "{", "do")
        for who in range(len(self.story.protagonists)):
            yield self._option(_NOWHERE, self.beginning(who, fresh=True))
        for number in range(len(self.story.steps)):
            for move in self.moves(number):
                yield self._option(number, move)
        yield from ("od", "}")

    def _option(self, number: int, move: _Move) -> str:
        done = "".join(f"{effect}; " for effect in move.done)
        to = f"next = {move.to}" if move.to is not None else self._answered(number)
        return f":: d_step {{ (at == {number} && {move.guard}) -> {done}{to}; GO }}"

    def _answered(self, number: int) -> str:
        step = self.story.steps[number]
        assert isinstance(step.exit, Ask)
        return self._way(step, step.exit.ways, "skip")

    def _onward(self, number: int, step: Step) -> str:
        """What comes next by itself, once one has come to a step."""
        rest = f"at = {number}; next = {_NOWHERE}"
        match step.exit:
            case Choices(choices, fallback, _):
                return self._unless([choice.when for choice in choices], step, fallback, rest)
            case Chance(outcomes, fallback):
                return self._unless([outcome.when for outcome in outcomes], step, fallback, rest)
            case Goto():
                return self._way(step, step.exit, rest)
            case Call(to):
                return f"back[waiting] = {number}; waiting++; next = {to}"
            case Return(name):
                return self._returned(step, name, rest)
            case _:
                return rest

    def _unless(self, asked: list[Code | None], step: Step, fallback: Goto | None, rest: str) -> str:
        """One rests where something is open, else goes on by what there is to fall back on."""
        asks = " || ".join(self.condition(when) for when in asked) or "false"
        return rest if fallback is None else _decided([(asks, rest)], self._way(step, fallback, rest))

    def _returned(self, step: Step, name: str, rest: str) -> str:
        """Back to one of the steps that call, whichever waits."""
        ways = []
        for number, caller in enumerate(self.story.steps):
            if isinstance(caller.exit, Call):
                way = dict(caller.exit.returns).get(name, caller.exit.ways)
                done = ["waiting--", "back[waiting] = 0"]
                done += self.forgets(step.scene) if caller.scene != step.scene else []
                onward = rest if way is None else self._way(caller, way, rest, done)
                ways.append((f"waiting > 0 && back[(waiting > 0 -> waiting - 1 : 0)] == {number}", onward))
        return _decided(ways, rest)

    def _way(self, step: Step, way: Goto, rest: str, done: Sequence[str] = ()) -> str:
        """The first branch that is open is taken, after what else is to be done; without one, `rest`."""
        ways = []
        for when, to in way.branches:
            onward = "; ".join([*done, *self.leaving(step, to), f"next = {to}"])
            ways.append((self.condition(when), onward))
        return _decided(ways, rest)


def _decided(ways: list[tuple[str, str]], otherwise: str) -> str:
    """Statements, of which the first is done that may be."""
    for when, then in reversed(ways):
        otherwise = then if when == "true" else f"if :: ({when}) -> {then} :: else -> {otherwise} fi"
    return otherwise


class _Expressions:
    """Codes as expressions of Promela, whose numbers must have room."""

    def __init__(self, story: StoryData) -> None:
        self._registers = story.registers
        self._derived = story.derived
        self._bounds: list[tuple[int, int]] = []
        for code in story.derived:
            self._bounds.append(self.bounds(code))

    def definitions(self) -> Iterator[str]:
        for index, code in enumerate(self._derived):
            yield f"#define d{index} ({self.told(code)})"

    def held(self, code: Code, register: Register) -> str:
        """A value, held within the bounds of a register."""
        low, high = self.bounds(code)
        told = self.told(code)
        if low < register.low:
            told = f"({told} < {register.low} -> {register.low} : {told})"
        return told if high <= register.high else f"({told} > {register.high} -> {register.high} : {told})"

    def told(self, code: Code) -> str:
        """The expression."""
        if isinstance(code, int):
            return str(code) if code >= 0 else f"(0 - {-code})"
        operation, *operands = code
        if operation in ("flag", "derived"):
            return f"{operation[0].replace('f', 'r')}{operands[0]}"
        self.bounds(code)
        told = [self.told(operand) for operand in operands]
        match operation, told:
            case "not", [one]:
                return f"(!({one}))"
            case "and" | "or", _:
                return f"({(' && ' if operation == 'and' else ' || ').join(told)})"
            case "min" | "max", _:
                sign = "<" if operation == "min" else ">"
                return reduce(lambda a, b: f"({a} {sign} {b} -> {a} : {b})", told)
            case "if", [condition, yes, no]:
                return f"({condition} -> {yes} : {no})"
            case "abs", [one]:
                return f"({one} < 0 -> 0 - {one} : {one})"
            case "count", [one]:
                bits = self.bounds(operands[0])[1].bit_length()
                return f"({' + '.join(f'(({one} >> {bit}) & 1)' for bit in range(bits)) or '0'})"
            case "has", [member, members]:
                return f"(({members} >> {member}) & 1)"
            case _, [left, right]:
                signs = {"union": "|", "common": "&", "without": "& ~"}
                return f"({left} {signs.get(operation, operation)} {right})"
            case _:
                raise UnsuitedError(operation)

    def bounds(self, code: Code) -> tuple[int, int]:
        """The least and the greatest value that a code can have; raises `UnsuitedError` where that is too much."""
        low, high = self._reach(code)
        if not -INT_MAX <= low <= high <= INT_MAX:
            raise UnsuitedError(f"from {low} to {high}")
        return low, high

    def _reach(self, code: Code) -> tuple[int, int]:
        if isinstance(code, int):
            return code, code
        operation: str = code[0]
        operands: Sequence[Code] = code[1:]
        if operation == "flag":
            register = self._registers[operands[0]]
            return register.low, register.high
        if operation == "derived":
            return self._bounds[operands[0]]
        bounds = [self.bounds(operand) for operand in operands]
        lows: list[int] = [low for low, _ in bounds]
        highs: list[int] = [high for _, high in bounds]
        match operation:
            case "+":
                return sum(lows), sum(highs)
            case "-":
                return lows[0] - highs[1], highs[0] - lows[1]
            case "*":
                products = [a * b for a in (lows[0], highs[0]) for b in (lows[1], highs[1])]
                return min(products), max(products)
            case "min":
                return min(lows), min(highs)
            case "max":
                return max(lows), max(highs)
            case "if":
                return min(lows[1:]), max(highs[1:])
            case "abs":
                return 0, max(abs(lows[0]), abs(highs[0]))
            case "union" | "common" | "without":
                return 0, (1 << max(highs).bit_length()) - 1
            case "count":
                return 0, highs[0].bit_length()
            case _:
                return 0, 1


def _type(register: Register) -> str:
    low, high = register.low, register.high
    if low >= 0:
        return "bit" if high <= 1 else "byte" if high < 1 << 8 else "int"
    return "short" if max(-low, high) < 1 << 15 else "int"


def _call_depth(story: StoryData) -> int:
    """The most calls that can be under way at once: no more than there are steps called, for none calls itself."""
    return len({step.exit.to for step in story.steps if isinstance(step.exit, Call)})
