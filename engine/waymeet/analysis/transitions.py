"""The transition system of a story: positions, and the ways from each to the next.

It is read off the same compiled steps that play runs, once for all who go by it. They differ in what they hold
conditions in (diagrams, columns of a table, formulas), so that the ways are given in the terms that one brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, Self, TypeVar

from waymeet.story import Ask, Call, Chance, Choices, End, Goto, Return

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waymeet.expressions.code import Code
    from waymeet.runtime import Story


class Position(NamedTuple):
    """Where a playthrough can be: whose it is, the step, and the steps that called, the last one last.

    Calls cannot come round to themselves, so there are not many. A search may tell the `last` playthrough of some from
    those before it.
    """

    protagonist: int
    step: int
    returns: tuple[int, ...] = ()
    last: bool = False


class Condition(Protocol):
    """What holds or does not, in some terms."""

    def __and__(self, other: Self, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...
    def __invert__(self) -> Self: ...


C = TypeVar("C", bound=Condition)
C_co = TypeVar("C_co", bound=Condition, covariant=True)


class Terms(Protocol[C_co]):
    """What conditions are held in."""

    @property
    def true(self) -> C_co:
        """What always holds."""

    @property
    def false(self) -> C_co:
        """What never holds."""

    def condition(self, code: Code) -> C_co:
        """Where a code of the story holds."""


class Edge(NamedTuple, Generic[C]):
    """A way from one position to another; `choice` is what a `Move` has for it, None where nothing is chosen.

    It is taken where `guard` holds, once the answer to `asked` was kept, if it asks; then registers in `fresh` begin
    anew, and, unless it stays where it was, the step of `target` is come to. It costs the reader `cost` choices.
    """

    source: Position
    target: Position
    guard: C
    choice: int | None = None
    cost: int = 0
    asked: int | None = None
    fresh: tuple[int, ...] = ()
    stays: bool = False


class Transitions:
    """The positions of a story and the ways between them; of registers, only those that are `used` are spoken of."""

    def __init__(self, story: Story, used: Sequence[int]) -> None:
        self._story = story
        self._steps = story.data.steps
        self._used = frozenset(used)
        #: The registers that every playthrough begins anew.
        self.own = tuple(index for index in used if story.data.registers[index].use != "memory")
        self._locals: dict[str, tuple[int, ...]] = {}
        for index in used:
            register = story.data.registers[index]
            if register.use == "local":
                scene = register.name.split(".")[0]
                self._locals[scene] = (*self._locals.get(scene, ()), index)

    def starts(self) -> Iterator[Position]:
        """Where the paths begin."""
        for number, protagonist in enumerate(self._story.protagonists):
            yield Position(number, protagonist.start)

    def ends(self, position: Position) -> bool:
        """Whether a position is an ending."""
        return isinstance(self._steps[position.step].exit, End)

    def leaving(self, position: Position, terms: Terms[C]) -> Iterator[Edge[C]]:
        """The ways on from a position; after an ending, those that begin another playthrough."""
        step = position.step
        match self._steps[step].exit:
            case Choices(fallback=fallback):
                offered = self.offered(step, terms)
                for index, guard in enumerate(offered):
                    to = self._story.machine.steps[step].choices[index].to
                    yield self._moving(position, to, guard)._replace(choice=index, cost=1)
                yield from self._falling(position, fallback, ~_any(offered, terms), terms)[0]
            case Goto() as goto:
                yield from self._falling(position, goto, terms.true, terms)[0]
            case Chance(outcomes, fallback):
                possible = [_when(outcome.when, terms) for outcome in outcomes]
                for index, (outcome, guard) in enumerate(zip(outcomes, possible, strict=True)):
                    yield self._moving(position, outcome.to, guard)._replace(choice=index)
                yield from self._falling(position, fallback, ~_any(possible, terms), terms)[0]
            case Ask(register=register, ways=ways):
                asked = register if register in self._used else None
                onward, left = self._falling(position, ways, terms.true, terms)
                onward.append(Edge(position, position, left, stays=True))
                yield from (edge._replace(choice=0, asked=asked) for edge in onward)
            case Call(to):
                yield Edge(position, position._replace(step=to, returns=(*position.returns, step)), terms.true)
            case Return(name):
                yield from self._returning(position, name, terms)
            case End():
                yield from (Edge(position, start, terms.true, fresh=self.own) for start in self.starts())
            case None:
                pass

    def offered(self, step: int, terms: Terms[C]) -> list[C]:
        """Where each choice of a step is open and among those that are offered."""
        way_out = self._steps[step].exit
        assert isinstance(way_out, Choices)
        guards = [_when(choice.when, terms) for choice in way_out.choices]
        return guards if way_out.most is None else _foremost(guards, way_out.most, terms)

    def _falling(self, position: Position, goto: Goto | None, when: C, terms: Terms[C]) -> tuple[list[Edge[C]], C]:
        """The ways on of a list, tried in order where `when` holds; and where it falls through."""
        found: list[Edge[C]] = []
        for branch in () if goto is None else goto.branches:
            if branch.when is None:
                return [*found, self._moving(position, branch.to, when)], terms.false
            condition = terms.condition(branch.when)
            found.append(self._moving(position, branch.to, when & condition))
            when = when & ~condition
        return found, when

    def _returning(self, position: Position, name: str, terms: Terms[C]) -> Iterator[Edge[C]]:
        """Back at the step that called: its scene was not left meanwhile, and what was called in another is."""
        if position.returns:
            caller = position._replace(step=position.returns[-1], returns=position.returns[:-1])
            call = self._steps[caller.step].exit
            assert isinstance(call, Call)
            own, there = self._steps[position.step].scene, self._steps[caller.step].scene
            left = self._locals.get(own, ()) if own != there else ()
            for edge in self._falling(caller, dict(call.returns).get(name, call.ways), terms.true, terms)[0]:
                yield edge._replace(source=position, fresh=(*left, *edge.fresh))

    def _moving(self, position: Position, to: int, guard: C) -> Edge[C]:
        """An edge to a step of the same playthrough, with what is forgotten of a scene that is left."""
        scene = self._steps[position.step].scene
        fresh = self._locals.get(scene, ()) if self._steps[to].scene != scene else ()
        return Edge(position, position._replace(step=to), guard, fresh=fresh)


def _when(code: Code | None, terms: Terms[C]) -> C:
    return terms.true if code is None else terms.condition(code)


def _any(conditions: Sequence[C], terms: Terms[C]) -> C:
    result = terms.false
    for condition in conditions:
        result = result | condition
    return result


def _foremost(conditions: Sequence[C], most: int, terms: Terms[C]) -> list[C]:
    """Where each of some conditions holds and fewer than `most` of those before it do."""
    found: list[C] = []
    exactly = [terms.true, *([terms.false] * most)]
    for condition in conditions:
        found.append(condition & ~exactly[most])
        fewer = [terms.false, *exactly]
        exactly = [
            *((condition & fewer[n]) | (~condition & exactly[n]) for n in range(most)),
            exactly[most] | (condition & fewer[most]),
        ]
    return found
