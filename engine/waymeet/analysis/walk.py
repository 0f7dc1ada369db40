"""The walker: breadth-first over every reachable state, by the runtime's own step function.

Slow and plain to see through, it is the measure that faster methods are held to. What a finished playthrough leaves in
memory begins new ones at no cost, so that a state's depth is the least number of choices, those of earlier playthroughs
included, that lead to it; ties go to the order of the file.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from waymeet.analysis.budget import READING, Budget, BudgetSpentError
from waymeet.analysis.lasting import lost
from waymeet.analysis.leaving import changed, memory_after
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.locks import locks
from waymeet.analysis.moves import BEGIN, NOWHERE, Move
from waymeet.analysis.states import States
from waymeet.analysis.survey import First, Loop, Survey
from waymeet.analysis.watch import Watch
from waymeet.diagnostics import Witness
from waymeet.machine import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from waymeet.analysis.survey import Lock, Lost
    from waymeet.machine import LinkedStep, Registers, State
    from waymeet.runtime import Story
    from waymeet.values import Value

_Key = TypeVar("_Key")

MAX_STATES = 3_000_000
#: Bytes that the packed states may take in all: a flag that is still read takes one in each.
MAX_SIZE = 256 * 1024 * 1024
#: The budget is looked at after so many arrivals and choices.
_CHECK_EVERY = 512
_PHASE = "walking from state to state"


class Begun(NamedTuple):
    """How a path was begun: the state that it came to, and the conditions that held on the way."""

    move: Move
    state: int
    held: frozenset[int]


def _numbers() -> array[int]:
    return array("i")


@dataclass
class Walk(Survey):
    """What a walk found: numbered states, each with its depth, and the moves between them.

    `begun` has the ways in which paths begin, the nearest first. See `Survey` for the rest.
    """

    story: Story
    watch: Watch
    states: States
    protagonists: array[int] = field(default_factory=_numbers)
    depths: array[int] = field(default_factory=_numbers)
    arrivals: dict[int, First] = field(default_factory=dict)
    clamps: dict[tuple[int, int], First] = field(default_factory=dict)
    held: dict[int, First] = field(default_factory=dict)
    contradictions: dict[tuple[int, int, int], First] = field(default_factory=dict)
    begun: list[Begun] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    opened: set[tuple[int, int]] = field(default_factory=set)
    endings: set[tuple[int, int]] = field(default_factory=set)
    stuck: dict[int, First] = field(default_factory=dict)
    #: Why the walk ended before it was complete, and the depth it was at; None when every state was visited.
    stopped: str | None = None
    depth: int = 0
    #: The move that first led to each state, by where it was made and which choice it was.
    _from: array[int] = field(default_factory=_numbers)
    _by: array[int] = field(default_factory=_numbers)
    #: Where each state's moves begin and end in the two lists after these.
    _begin: array[int] = field(default_factory=_numbers)
    _end: array[int] = field(default_factory=_numbers)
    _choices: array[int] = field(default_factory=_numbers)
    _targets: array[int] = field(default_factory=_numbers)
    _left: dict[int, dict[str, Value]] = field(default_factory=dict)
    #: The conditions that held on the way of each move, where there are any to ask.
    _held: list[frozenset[int]] = field(default_factory=list)

    # -- states and moves ------------------------------------

    def add(self, move: Move, depth: int) -> None:
        """Take in the state that was just numbered."""
        self.protagonists.append(move.protagonist)
        self.depths.append(depth)
        self._from.append(move.state)
        self._by.append(move.choice)
        self._begin.append(0)
        self._end.append(0)

    def bring_nearer(self, number: int, move: Move, depth: int) -> None:
        """Note a shorter way to a state."""
        self.depths[number] = depth
        self._from[number] = move.state
        self._by[number] = move.choice

    def set_moves(self, number: int, moves: list[tuple[int, int]], held: list[frozenset[int]]) -> None:
        """Note what can be done in a state, and what held on the way of each move."""
        self._held += held
        self._begin[number] = len(self._targets)
        self._choices.extend([choice for choice, _ in moves])
        self._targets.extend([target for _, target in moves])
        self._end[number] = len(self._targets)

    def moves(self, number: int) -> Iterator[tuple[int, int]]:
        """The open choices of a state and the states that they lead to; see `loop` for one below 0."""
        here = slice(self._begin[number], self._end[number])
        return zip(self._choices[here], self._targets[here], strict=True)

    def holding(self, number: int) -> list[frozenset[int]]:
        """The conditions that held on the way of each move of a state."""
        return self._held[self._begin[number] : self._end[number]]

    def targets(self, number: int) -> array[int]:
        """The states that a state's open choices lead to; see `loop` for one below 0."""
        return self._targets[self._begin[number] : self._end[number]]

    def loop(self, target: int) -> Loop:
        """The endless loop that a number below 0 stands for."""
        return self.loops[-1 - target]

    def sources(self) -> Callable[[int], array[int]]:
        """For each state, those with a move to it."""
        count = array("i", bytes(4 * (len(self.states) + 2)))
        for target in self._targets:
            if target >= 0:
                count[target + 2] += 1
        ends = array("i", accumulate(count))
        found = array("i", bytes(4 * len(self._targets)))
        for number in range(len(self.states)):
            for target in self.targets(number):
                if target >= 0:
                    found[ends[target + 1]] = number
                    ends[target + 1] += 1
        return lambda number: found[ends[number] : ends[number + 1]]

    def parent(self, number: int) -> Move:
        """The move that first led to a state, by the shortest way."""
        return Move(self._from[number], self._by[number], self.protagonists[number])

    # -- witnesses ------------------------------------

    def way(self, first: First) -> Witness:
        """The shortest playthrough to something."""
        if isinstance(first.move, Move):
            return self._witness(first.move, self.parent)
        move, parents = first.move
        return self._witness(move, parents.__getitem__)

    def way_to(self, state: int) -> Witness:
        """The playthrough by which a state was first come to."""
        return self._witness(self.parent(state), self.parent)

    def _witness(self, move: Move, parent: Callable[[int], Move]) -> Witness:
        play: list[str] = []
        outcomes: list[str] = []
        depth = 0 if move.state == NOWHERE else self.depths[move.state] + self.costs(move)
        shortest = self.stopped is None or depth <= self.depth
        while move.choice != BEGIN:
            step = self.story.machine.steps[self.states.step(move.state)]
            if step.ask is not None:
                outcomes.append(str(move.choice))
            elif step.outcomes:
                outcomes.append(step.outcomes[move.choice][0].name)
            else:
                play.append(step.choices[move.choice].id)
            move = parent(move.state)
        before: tuple[Witness, ...] = ()
        memory: tuple[tuple[str, object], ...] = ()
        if move.state != NOWHERE:
            earlier = self.way_to(move.state)
            before = (*earlier.before, replace(earlier, before=()))
            memory = self._memory(move.state, earlier)
        protagonist = self.story.protagonists[move.protagonist].id
        told = tuple(reversed(play)), tuple(reversed(outcomes))
        return Witness(protagonist, memory, before, *told, shortest=shortest)

    def costs(self, move: Move) -> int:
        """1 for a choice of the reader's; chance, answers and beginnings count nothing."""
        return int(move.choice != BEGIN and bool(self.story.machine.steps[self.states.step(move.state)].choices))

    def at(self, state: int) -> First:
        """A state, as the place that something is about."""
        return First(self.depths[state], self.parent(state), state=state)

    def step(self, first: First) -> int:
        """The step at which a reader stands then, for what is about that."""
        return self.states.step(first.state)

    def stands(self, first: First, protagonist: str, state: State) -> bool:
        """Whether a state of a protagonist is the one that something is about."""
        who = self.protagonists[first.state]
        number = self.states.number(who, state)
        return self.story.protagonists[who].id == protagonist and bool(number == first.state)

    def is_open(self, step: int, choice: int) -> bool:
        """Whether the condition of a choice holds somewhere, be it offered there or not."""
        linked = self.story.machine.steps[step].choices[choice]
        here = (number for number in range(len(self.states)) if self.states.step(number) == step)
        return any(linked.is_open(self.states[number].registers) for number in here)

    def locks(self, untold: Collection[int], told: Sequence[bool]) -> Sequence[Lock]:
        """Where all is lost, told once for each cause; nowhere, if not all is known."""
        return locks(self, untold, told) if self.stopped is None else []

    def lost(self, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
        """The nearest place where a condition can hold no more, though the story is not over and `until` never held."""
        return lost(self, condition, until, protagonist) if self.stopped is None else None

    @property
    def rests(self) -> int:
        """How many of the states are places where a reader rests, and not merely where chance decides."""
        steps = self.story.machine.steps
        return sum(not steps[self.states.step(number)].outcomes for number in range(len(self.states)))

    def _memory(self, state: int, played: Witness) -> tuple[tuple[str, object], ...]:
        """What is left, otherwise than at first, by the playthrough that ends in a state."""
        if state not in self._left:
            self._left[state] = memory_after(self.story, played, cast("dict[str, Value]", dict(played.memory)))
        return changed(self.story, self._left[state])


def walk(
    story: Story,
    watch: Watch | None = None,
    liveness: Liveness | None = None,
    *,
    budget: Budget | None = None,
    max_states: int = MAX_STATES,
    max_size: int = MAX_SIZE,
    forget: bool = True,
) -> Walk:
    """Visit every reachable state of a story, or as many as `budget`, `max_states` and `max_size` allow.

    On the way it looks out for what `watch` says, which `liveness` knows of, if it is given. With `forget` off, states
    that differ only in what nothing reads any more are told apart (for tests of that).
    """
    budget = budget or Budget()
    watch = watch or Watch(story.data)
    if (spent := budget.spent(READING, 0)) is not None:
        return Walk(story, watch, States(story.data, None), stopped=spent)
    if forget and liveness is None:
        liveness = Liveness(story.data, watch)
    walker = Walker(story, watch, liveness if forget else None, budget, max_states, max_size)
    try:
        return walker.run()
    except MemoryError:
        del walker  # its tables make room for what is still to be said
    return Walk(story, watch, States(story.data, None), stopped="there was not enough memory")


class Walker:
    """A walk under way, level by level; it is its own observer of what happens between states."""

    def __init__(
        self,
        story: Story,
        watch: Watch,
        liveness: Liveness | None,
        budget: Budget,
        max_states: int,
        max_size: int,
    ) -> None:
        self._walk = Walk(story, watch, States(story.data, liveness))
        self._watch = watch
        self._machine = story.machine
        self._budget = budget
        self._max_states = max_states
        self._max_size = max_size
        self._begun: set[tuple[int, Registers]] = set()
        self._memory = [i for i, register in enumerate(story.data.registers) if register.use == "memory"]
        self._loops: dict[frozenset[str], int] = {}
        self._stuck: dict[int, int] = {}
        self._level: list[int] = []
        self._next: list[int] = []
        self._depth = 0
        self._move = Move(NOWHERE, BEGIN, 0)
        self._arriving = 0
        #: What held on the way of the last move, and of each of the moves so far in the state that is visited.
        self._holding: set[int] = set()
        self._held: list[frozenset[int]] = []
        self._work = 0
        self._look_at = 0

    def run(self) -> Walk:
        """Visit level after level."""
        visited = bytearray()
        try:
            self._begin_all(NOWHERE, self._machine.start_registers)
            while self._level:
                for number in self._level:  # grows while it is walked: paths begin at no cost
                    visited.extend(bytes(max(0, number + 1 - len(visited))))
                    if not visited[number]:
                        visited[number] = True
                        self._visit(number)
                self._level, self._next = self._next, []
                self._depth += 1
        except BudgetSpentError as spent:
            self._walk.depth = self._depth
            self._walk.stopped = str(spent)
        self._note_stuck()
        return self._walk

    def _note_stuck(self) -> None:
        self._walk.stuck = {step: self._walk.at(number) for step, number in self._stuck.items()}

    def _count(self, work: int) -> None:
        """Count arrivals and choices that are looked at, and look at the budget now and then."""
        self._work += work
        if self._work < self._look_at:
            return
        self._look_at = self._work + _CHECK_EVERY
        seen = len(self._walk.states)
        self._budget.tick(_PHASE, seen, ahead=_growth(seen))
        if seen > self._max_states:
            raise BudgetSpentError(f"there are more than {self._max_states:,} states")
        if self._walk.states.size > self._max_size:
            room = f"{self._max_size / 1024 / 1024:,.0f} MiB"
            raise BudgetSpentError(f"{seen:,} states with what is so in each take more than {room}")

    # -- states ------------------------------------

    def _visit(self, number: int) -> None:
        walk = self._walk
        state = walk.states[number]
        self._held = []
        step = self._machine.steps[state.step]
        if step.ending is not None:
            walk.endings.add((walk.protagonists[number], step.ending))
            self._begin_all(number, state.registers)
            return
        if step.ask is not None or step.outcomes:
            walk.set_moves(number, list(self._undecided_moves(number, state, step)), self._held)
            return
        moves = []
        self._count(len(step.choices))
        for index, choice in step.open(state.registers):
            walk.opened.add((state.step, index))
            move = Move(number, index, walk.protagonists[number])
            if choice.opens != choice.to:
                _note(walk.arrivals, choice.opens, First(self._depth + 1, move))
            arrive = partial(self._machine.arrive, choice.to, state.registers, [], self, state.returns)
            moves.append((index, self._reached(move, arrive, self._depth + 1)))
        walk.set_moves(number, moves, self._held)
        if not moves:
            self._stuck.setdefault(state.step, number)

    def _undecided_moves(self, number: int, state: State, step: LinkedStep) -> Iterator[tuple[int, int]]:
        """What chance or an answer can bring, each at no cost, for the reader does not choose it."""
        protagonist = self._walk.protagonists[number]
        if step.ask is not None:
            values = range(step.ask.low, step.ask.high + 1) if step.ask.register is not None else range(1)
            for value in values:
                arrive = partial(self._machine.answered, state, value, [], self)
                yield value, self._reached(Move(number, value, protagonist), arrive, self._depth)
        for index, (outcome, when) in enumerate(step.outcomes):
            if when is None or when(state.registers):
                arrive = partial(self._machine.go_on, state, outcome.to, [], self)
                yield index, self._reached(Move(number, index, protagonist), arrive, self._depth)

    def _begin_all(self, number: int, registers: Registers) -> None:
        """Begin every path with what a playthrough left, if it has not begun like that before."""
        fresh = list(self._machine.start_registers)
        for index in self._memory:
            fresh[index] = registers[index]
        for index, protagonist in enumerate(self._walk.story.protagonists):
            start = self._walk.states.starting(protagonist.start, tuple(fresh))
            if (index, start) not in self._begun:
                self._begun.add((index, start))
                arrive = partial(self._machine.arrive, protagonist.start, start, [], self)
                move = Move(number, BEGIN, index)
                reached = self._reached(move, arrive, self._depth)
                if reached >= 0:
                    self._walk.begun.append(Begun(move, reached, frozenset(self._holding)))

    def _reached(self, move: Move, arrive: Callable[[], State], depth: int) -> int:
        """The number of the state that a move leads to, or of an endless loop (see `Walk.loop`)."""
        self._move = move
        self._arriving = depth
        self._holding.clear()
        try:
            state = arrive()
        except EndlessLoopError as error:
            return self._looped(error, First(depth, move))
        finally:
            if self._watch.conditions:
                self._held.append(frozenset(self._holding))
        return self._take_in(move, state, depth)

    def _take_in(self, move: Move, state: State, depth: int) -> int:
        """The number of a state that a move leads to, which is visited if it is new."""
        walk = self._walk
        number = walk.states.add(move.protagonist, state)
        if number == len(walk.depths):
            walk.add(move, depth)
        elif depth < walk.depths[number]:  # a path now begins with it, or chance brings it
            walk.bring_nearer(number, move, depth)
        else:
            return number
        (self._level if depth == self._depth else self._next).append(number)
        return number

    def _looped(self, error: EndlessLoopError, first: First) -> int:
        loops = self._walk.loops
        index = self._loops.setdefault(frozenset(error.circle), len(loops))
        if index == len(loops):
            loops.append(Loop(error.circle, error.came_round, first))
        elif first.depth < loops[index].first.depth:
            loops[index] = loops[index]._replace(first=first)
        return -1 - index

    # -- what happens on the way ------------------------------------

    def arrived(self, step: int) -> None:
        """Note that a step was arrived at."""
        self._count(1 + len(self._machine.steps[step].choices))
        known = self._walk.arrivals.get(step)
        if known is None or self._arriving < known.depth:
            self._walk.arrivals[step] = First(self._arriving, self._move)

    def clamped(self, step: int, effect: int, value: int) -> None:
        """Note that an effect was held within bounds."""
        _note(self._walk.clamps, (step, effect), First(self._arriving, self._move, value))

    def changing(self, step: int, effect: int, register: int, registers: Sequence[int]) -> None:
        """Note that a settled fact is about to be changed."""
        for event in self._watch.contradicted(register, registers):
            _note(self._walk.contradictions, (event, step, effect), First(self._arriving, self._move))

    def done(self, step: int, registers: Registers) -> None:
        """Note which conditions hold."""
        if self._watch.conditions:
            for condition in self._watch.holding(self._move.protagonist, step, registers):
                if condition in self._watch.followed:
                    self._holding.add(condition)
                _note(self._walk.held, condition, First(self._arriving, self._move))


def _growth(seen: int) -> int:
    """The bytes that a dictionary of so many entries asks for at once, if it is about to grow.

    That of CPython is doubled when two thirds of it are full; a place takes four bytes, and an entry 24.
    """
    full = 2 * (1 << (seen * 3 // 2).bit_length()) // 3
    return 2 * (24 * full + 4 * full * 3 // 2) if seen > 0.97 * full else 0


def _note(table: dict[_Key, First], key: _Key, first: First) -> None:
    known = table.get(key)
    if known is None or first.depth < known.depth:
        table[key] = first
