"""Which choices of one step may come to the same, as conditions to look out for.

A choice is followed as far as the step it opens onto: what the effects there make of each register, as one expression
of what was so before, and by which way the story goes on from there. Two that go on alike make no difference where no
register that anything asks for becomes something else by one than by the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.analysis.folding import either, folded
from waymeet.expressions.code import registers_read
from waymeet.story import Ask, Chance, Choices

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from waymeet.analysis.questions import Asked
    from waymeet.authoring.places import Places
    from waymeet.diagnostics import Span
    from waymeet.expressions.code import Code
    from waymeet.story import Assignment, Choice, Register, StoryData

#: With how many of those that go on like it and come before it at a step a choice is compared.
MOST_COMPARED = 8
#: An expression with more operations than this is not looked into.
_MOST_OPERATIONS = 100


class Pair(NamedTuple):
    """Two choices of a step, by their positions.

    `both` says that they are open together, `differ` that they are and that it makes a difference which is taken.
    """

    step: int
    earlier: int
    later: int
    both: Asked
    differ: Asked


class _Taken(NamedTuple):
    """What taking a choice does: how the story goes on, and what each register that is changed becomes."""

    onward: Any
    changes: dict[int, Code]


class Likenesses:
    """The choices that may come to the same, by where the two are written, at every step that offers both.

    `asked_for` are the registers that anything in the story reads. What a deck offers is not compared, nor are choices
    of which it is counted how often they are taken, or which ask for more at once; and with many at one step each only
    with the first few.
    """

    def __init__(self, story: StoryData, places: Places, asked_for: Collection[int], ask: Callable[..., Asked]) -> None:
        self._story = story
        self._places = places
        self._asked_for = asked_for
        self._ask = ask
        offering = [index for index, step in enumerate(story.steps) if _offers_all(step.exit)]
        self._taken = {index: [self._opening(choice.to) for choice in self._choices(index)] for index in offering}
        #: The later ones that each choice may be like.
        self._like: dict[Span, dict[Span, None]] = {}
        for index in offering:
            self._note_alike(index)
        self.pairs: dict[tuple[Span, Span], list[Pair]] = {}
        for index in offering:
            self._note_pairs(index)

    def _choices(self, index: int) -> tuple[Choice, ...]:
        return self._story.steps[index].exit.choices  # type: ignore[union-attr]

    def _opening(self, to: int) -> _Taken | None:
        """What a step does where that is all there is to a choice that opens onto it."""
        step = self._story.steps[to]
        if step.arrivals is not None or step.exit is None or isinstance(step.exit, (Choices, Chance, Ask)):
            return None
        changes = composed(step.effects, self._story.registers, self._story.derived)
        if changes is None:
            return None
        known = {register: code for register, code in changes.items() if register in self._asked_for}
        return _Taken((type(step.exit).__name__, step.exit, step.signals, step.tags), known)

    def _note_alike(self, index: int) -> None:
        before: dict[Any, list[Span]] = {}
        for position, taken in enumerate(self._taken[index]):
            if taken is not None:
                later = self._places.choices[index, position]
                like = before.setdefault(taken.onward, [])
                for earlier in like[:MOST_COMPARED]:
                    if earlier not in self._like.get(later, {}):
                        self._like.setdefault(earlier, {})[later] = None
                like.append(later)

    def _note_pairs(self, index: int) -> None:
        here = {self._places.choices[index, position]: position for position in range(len(self._taken[index]))}
        for earlier, position in here.items():
            for later in self._like.get(earlier, ()):
                if later in here:
                    pair = self._pair(index, position, here[later])
                    self.pairs.setdefault((earlier, later), []).append(pair)

    def _pair(self, index: int, earlier: int, later: int) -> Pair:
        choices = self._choices(index)
        whens = [1 if choices[position].when is None else choices[position].when for position in (earlier, later)]
        difference = self._difference(self._taken[index][earlier], self._taken[index][later])
        return Pair(index, earlier, later, self._ask(index, *whens), self._ask(index, *whens, difference))

    def _difference(self, one: _Taken | None, other: _Taken | None) -> Code:
        """When it makes a difference which of two is taken."""
        if one is None or other is None or one.onward != other.onward:
            return 1
        becoming = [
            (one.changes.get(register, ("flag", register)), other.changes.get(register, ("flag", register)))
            for register in dict.fromkeys((*one.changes, *other.changes))
        ]
        return either(*(folded("!=", [first, second]) for first, second in becoming if first != second))


def _offers_all(way_out: object) -> bool:
    return isinstance(way_out, Choices) and way_out.most is None


def composed(
    effects: Sequence[Assignment], registers: Sequence[Register], derived: Sequence[Code]
) -> dict[int, Code] | None:
    """What becomes of each register that some effects change, one after the other, by what was so before them all.

    None where an expression would grow beyond measure.
    """
    values: dict[int, Code] = {}
    for register, code in effects:
        value = _held(registers[register], _Replacing(values, derived).replaced(code))
        if _is_large(value):
            return None
        values[register] = value
    return values


def _held(register: Register, code: Code) -> Code:
    """The value of a code as a register takes it: at its bound where it is beyond."""
    if register.kind != "int":
        return code
    return folded("max", [register.low, folded("min", [register.high, code])])


class _Replacing:
    """Puts the values of registers in the place of the registers; what a derived name stands for is done once."""

    def __init__(self, values: dict[int, Code], derived: Sequence[Code]) -> None:
        self._values = values
        self._derived = derived
        self._done: dict[int, Code] = {}

    def replaced(self, code: Code) -> Code:
        """A code with the values in it."""
        if isinstance(code, int):
            return code
        operation, *operands = code
        match operation:
            case "flag":
                return self._values.get(operands[0], code)
            case "derived":
                return self._named(operands[0], code)
            case _:
                return folded(operation, [self.replaced(operand) for operand in operands])

    def _named(self, index: int, code: Code) -> Code:
        if index not in self._done:
            changed = registers_read(code, self._derived) & self._values.keys()
            self._done[index] = self.replaced(self._derived[index]) if changed else code
        return self._done[index]


def _is_large(code: Code) -> bool:
    waiting, operations = [code], 0
    while waiting and operations <= _MOST_OPERATIONS:
        item = waiting.pop()
        if not isinstance(item, int):
            operations += 1
            waiting.extend(item[1:])
    return operations > _MOST_OPERATIONS
