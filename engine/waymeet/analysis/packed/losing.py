"""From which states all is lost, or something in particular: decided backward among those that can be come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.packed.circling import alone_next
from waymeet.analysis.packed.marks import Marks
from waymeet.analysis.packed.reach import At, Reach, Taking
from waymeet.analysis.packed.system import is_alone
from waymeet.analysis.packed.tracing import mover, trace
from waymeet.analysis.packed.values import NEVER, Where
from waymeet.analysis.survey import First, Lock, Lost
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from waymeet.analysis.packed.survey import PackedSurvey
    from waymeet.analysis.packed.system import Moved
    from waymeet.analysis.packed.values import Number
    from waymeet.analysis.packed.words import Words
    from waymeet.analysis.transitions import Edge, Position


def locks(survey: PackedSurvey, untold: Collection[int], told: Sequence[bool]) -> list[Lock]:
    """See `Survey.locks`."""
    trapped = _trapped(survey, untold, told)
    if not trapped:
        return []
    return [*_crossings(survey, trapped), *_beginnings(survey, trapped)]


class Trap:
    """The states from which all is lost."""

    def __init__(self, safe: Marks, over: Marks) -> None:
        self._safe = safe
        self._over = over
        #: Where there are any.
        self.positions = frozenset(p for p, words in safe.rest() if (~over.are_on(p, words)).of(words).size)

    def __bool__(self) -> bool:
        return bool(self.positions)

    def are_in(self, position: Position, words: Words) -> Where:
        """Which of some states are among them."""
        if position not in self.positions:
            return NEVER
        return ~(self._safe.are_on(position, words) | self._over.are_on(position, words))


def _trapped(survey: PackedSurvey, untold: Collection[int], told: Sequence[bool]) -> Trap:
    """The states from which neither an ending nor a break that is told of can be come to, less the breaks.

    Where the story itself breaks off by a break that is not told of, there is no choice left: that is no lock.
    """
    reach = survey.reach
    safe, over = Marks(reach), Marks(reach)
    for position in reach.seen:
        if reach.system.ends(position):
            safe.add_all(position)
        elif position.step in reach.stuck:
            words = safe.left(position)
            (over if position.step in untold else safe).add(position, reach.system.stuck(position, words).of(words))
    for circle, is_told in zip(survey.circles, told, strict=True):
        for position, word in circle.states:
            (safe if is_told else over).add(position, reach.system.words([word]))
    safe.close(_any)
    over.close(is_alone)
    return Trap(safe, over)


def _any(_edge: Edge[Where]) -> bool:
    return True


def _crossings(survey: PackedSurvey, trap: Trap) -> Iterator[Lock]:
    """Each step and choice that lead into the trap from where all is not lost, by the nearest state that they do."""
    reach, system = survey.reach, survey.reach.system
    found: dict[tuple[int, int | None], Lock] = {}
    for number, batch in sorted(enumerate(reach.batches), key=lambda one: (one[1].depth, one[1].position)):
        position = batch.position
        chooses = isinstance(system.data.steps[position.step].exit, Choices)
        open_ones = {
            index
            for index, edge in enumerate(system.edges(position))
            if edge.choice is not None
            and edge.target in trap.positions
            and (position.step, edge.choice if chooses else None) not in found
        }
        if system.ends(position) or not open_ones:
            continue
        here = (~trap.are_in(position, batch.words)).of(batch.words)
        for chunk in system.chunks(position, here):
            for moved in system.moves(position, chunk):
                key = (position.step, moved.edge.choice if chooses else None)
                if moved.number in open_ones and key not in found:
                    lock = _crossing(survey, number, chunk, moved, trap)
                    if lock is not None:
                        found[key] = lock._replace(choice=key[1])
    yield from found.values()


def _crossing(survey: PackedSurvey, number: int, words: Words, moved: Moved, trap: Trap) -> Lock | None:
    """The first of some states of a batch that an edge leads into the trap, as a lock."""
    reach, target = survey.reach, moved.edge.target
    come = reach.system.arrive(target, moved.words, stays=moved.edge.stays)
    inside = trap.are_in(target, come)
    if not inside.any():
        return None
    batch = reach.batches[number]
    word, answer = mover(reach, words, moved, inside.first(), batch.position)
    state = _resting(survey, target, int(come[inside.first()]))
    goal = Taking(At(number, word), moved.number, answer)
    first = First(batch.depth + moved.edge.cost, (reach, goal), state=state)
    return Lock(batch.position.protagonist, batch.position.step, None, begins=False, first=first)


def _resting(survey: PackedSurvey, position: Position, word: int) -> tuple[Position, int]:
    """The state in which the story comes to rest from another."""
    state: tuple[Position, int] | None = (position, word)
    while state is not None:
        resting, state = state, alone_next(survey.reach, *state)
    return resting


def _beginnings(survey: PackedSurvey, trap: Trap) -> list[Lock]:
    """For each protagonist whose path is lost from the start: its nearest such beginning."""
    reach = survey.reach
    found: dict[int, Lock] = {}
    for start in reach.starts & trap.positions:
        for depth, words in beginnings(reach, start):
            come = reach.system.arrive(start, words)
            inside = trap.are_in(start, come)
            if inside.any():
                word = int(come[inside.first()])
                number = next(n for n in reach.by_position[start] if word in reach.batches[n].words)
                position, rest = _resting(survey, start, word)
                first = First(depth, (reach, At(number, word)), state=(position, rest))
                found[start.protagonist] = Lock(start.protagonist, position.step, None, begins=True, first=first)
                break
    return [found[who] for who in sorted(found)]


def beginnings(reach: Reach, start: Position) -> Iterator[tuple[int, Words]]:
    """The states in which playthroughs begin at a start, as they come there, and after how many choices."""
    yield 0, reach.system.words([0])
    for batch in reach.batches:
        if reach.system.ends(batch.position):
            for moved in reach.system.moves(batch.position, batch.words):
                if moved.edge.target == start:
                    yield batch.depth, moved.words


def lost(survey: PackedSurvey, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
    """See `Survey.lost`."""
    reach = survey.reach
    hopeful = _hopeful(survey, condition)
    hopeful.close(_any)
    hopeless = {position for position, _ in hopeful.rest() if not reach.system.ends(position)}
    if not hopeless:
        return None
    onward = Reach(reach.system, tick=reach.tick, max_bytes=reach.max_bytes, earlier=reach, avoided=until)
    for start in sorted(reach.starts):
        if protagonist in (None, start.protagonist):
            for depth, words in beginnings(reach, start):
                onward.come(start, words, depth)
    onward.run()
    for number, batch in enumerate(onward.batches):
        if batch.position in hopeless:
            words = (~hopeful.are_on(batch.position, batch.words)).of(batch.words)
            words = reach.system.resting(batch.position, words).of(words)
            if len(words):
                goal = At(number, int(words[0]))
                first = First(batch.depth, (onward, goal), state=(batch.position, goal.word))
                return Lost(first, _last_choice(onward, goal))
    return None


def _last_choice(reach: Reach, goal: At) -> tuple[int, int] | None:
    """The choice that a way takes last in its playthrough, by its step and index."""
    _, taken = trace(reach, goal)
    for edge, _ in reversed(taken):
        if reach.system.ends(edge.source):
            return None
        if edge.choice is not None:
            return (edge.source.step, edge.choice) if edge.cost else None
    return None


def _hopeful(survey: PackedSurvey, condition: int) -> Marks:
    """The states in which a condition holds, or from which an edge leads to where it does on arrival."""
    reach, system = survey.reach, survey.reach.system
    found = Marks(reach)
    for position in reach.seen:
        asked = dict(system.arrival(position.step).asked[position.protagonist])
        for chunk in system.chunks(position, found.left(position)):
            columns = system.columns(position, chunk)
            here = columns.condition(asked[condition]) if condition in asked else NEVER
            for moved in () if system.ends(position) else system.moves(position, chunk):
                hearing = _Hearing(condition)
                system.arrive(moved.edge.target, moved.words, hearing, stays=moved.edge.stays)
                here = here | moved.scattered(hearing.where, len(chunk))
            found.add(position, here.of(chunk))
    return found


class _Hearing:
    """Hears only whether one condition holds."""

    def __init__(self, condition: int) -> None:
        self._condition = condition
        self.where = NEVER

    def wants(self, kind: str, about: tuple[int, ...]) -> bool:
        """Whether it is that condition."""
        return kind == "held" and about == (self._condition,)

    def sound(self, _kind: str, _about: tuple[int, ...], where: Where, _number: Number | None = None) -> None:
        """Note where it holds."""
        self.where = where
