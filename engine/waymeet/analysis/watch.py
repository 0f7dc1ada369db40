"""What a walk is to look out for on its way: conditions that may hold at a step, and facts that must not change.

A condition is asked at every step that a playthrough comes to, once the effects there are done. Where a reader is, and
as whom, is known at each step beforehand, so that of every condition only what depends on registers is left to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.folding import folded
from waymeet.expressions.code import link, registers_read
from waymeet.story import End

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from waymeet.expressions.code import Code, Run
    from waymeet.machine import Registers
    from waymeet.story import StoryData


class Condition(NamedTuple):
    """A condition that may hold, for one protagonist (by index) or, with None, for any.

    Its code may hold `("at", step)`, `("ended", ending)` and `("playing", protagonist)`, unless it is asked at some
    `steps` only, which costs nothing elsewhere. One that is `lasting` is also asked of where a reader rests, so what it
    reads must not be forgotten there.
    """

    code: Code
    protagonist: int | None = None
    lasting: bool = False
    steps: tuple[int, ...] | None = None


#: The conditions asked at one step, by their numbers; None always holds.
_Asked = list[tuple[int, "Run | None"]]


class Watch:
    """The conditions on one story, ready to be asked, and the facts that its events settle."""

    def __init__(
        self, story: StoryData, conditions: Sequence[Condition] = (), answered: Collection[int] = frozenset()
    ) -> None:
        """Those that are `answered` (by their numbers) are not asked any more."""
        self._story = story
        self.conditions = conditions
        #: The conditions that are asked everywhere, and those that are asked at each step alone, by their numbers.
        self._general = [n for n, one in enumerate(conditions) if one.steps is None and n not in answered]
        self._local: dict[int, list[int]] = {}
        for number, condition in enumerate(conditions):
            for step in (condition.steps or ()) if number not in answered else ():
                self._local.setdefault(step, []).append(number)
        #: Those of which it matters not only whether they hold, but by which move they do.
        self.followed = frozenset(n for n, one in enumerate(conditions) if one.steps is None or one.lasting)
        self._derived: list[Run] = []
        for code in story.derived:
            self._derived.append(link(code, self._derived))
        everyone = range(len(story.protagonists))
        self._anywhere: list[_Asked] = [self._asked(who, None, self._general) for who in everyone]
        self._here: list[dict[int, _Asked]] = [self._special(who) for who in everyone]
        self._linked: dict[int, list[tuple[int, int | None, Run | None]]] = {}
        #: The numbers of the events that settle each register.
        self._settling: dict[int, list[int]] = {}
        for number, event in enumerate(story.events):
            for register in event.settles:
                self._settling.setdefault(register, []).append(number)

    def holding(self, protagonist: int, step: int, registers: Registers) -> list[int]:
        """The conditions that hold at a step, by their numbers."""
        asked = self._here[protagonist].get(step, self._anywhere[protagonist])
        if step in self._local:
            asked = [*asked, *self._asked_there(protagonist, step)]
        return [number for number, run in asked if run is None or run(registers)]

    def asked(self, protagonist: int, step: int) -> list[tuple[int, Code]]:
        """The conditions that are asked at a step, by their numbers, with what is left to ask of each there."""
        asked = self._here[protagonist].get(step)
        where = None if asked is None else step
        general = self._anywhere[protagonist] if asked is None else asked
        numbers = (*(number for number, _ in general), *self._local.get(step, ()))
        left = ((number, self._left(number, protagonist, where)) for number in numbers)
        return [(number, code) for number, code in left if code != 0]

    def settling(self, register: int) -> list[int]:
        """The events that settle a register, by their numbers."""
        return self._settling.get(register, [])

    def contradicted(self, register: int, registers: Sequence[int]) -> list[int]:
        """The events, told by an earlier playthrough, that a change of this register contradicts, by their numbers."""
        events = self._settling.get(register)
        return [] if events is None else [n for n in events if registers[self._story.events[n].told]]

    def reads(self, *, lasting: bool) -> dict[int | None, int]:
        """The registers that conditions read at each step, and under None at all others, as bit masks."""
        found: dict[int | None, int] = {}
        numbers = [n for n in self._general if self.conditions[n].lasting or not lasting]
        for step in (None, *dict.fromkeys(step for here in self._here for step in here)):
            codes = [self._left(n, who, step) for n in numbers for who in range(len(self._story.protagonists))]
            found[step] = self._read(codes)
        for step, local in self._local.items():
            codes = [self.conditions[n].code for n in local if self.conditions[n].lasting or not lasting]
            found[step] = found.get(step, found[None]) | self._read(codes)
        return found

    def _read(self, codes: Iterable[Code]) -> int:
        read = {register for code in codes for register in registers_read(code, self._story.derived)}
        return sum(1 << register for register in read)

    def settled_by(self, register: int) -> list[int]:
        """The registers that say whether a change of this one contradicts an event."""
        return [self._story.events[number].told for number in self._settling.get(register, ())]

    def _special(self, protagonist: int) -> dict[int, _Asked]:
        """What is asked at the steps that some condition names."""
        named = {step for number in self._general for step in self._named(self.conditions[number].code)}
        return {step: self._asked(protagonist, step, self._general) for step in sorted(named)}

    def _asked_there(self, protagonist: int, step: int) -> _Asked:
        """What is asked at a step alone."""
        if step not in self._linked:
            conditions = [(number, self.conditions[number]) for number in self._local[step]]
            self._linked[step] = [(n, one.protagonist, _linked(one.code, self._derived)) for n, one in conditions]
        return [(number, run) for number, whose, run in self._linked[step] if whose in (None, protagonist)]

    def _asked(self, protagonist: int, step: int | None, numbers: Iterable[int]) -> _Asked:
        left = [(number, self._left(number, protagonist, step)) for number in numbers]
        return [(number, _linked(code, self._derived)) for number, code in left if code != 0]

    def _named(self, code: Code) -> list[int]:
        """The steps at which a condition asks something else than elsewhere."""
        steps = self._story.steps
        nodes = {steps[index].node for index in _operands(code, "at")}
        endings = set(_operands(code, "ended"))
        return [
            index
            for index, step in enumerate(steps)
            if step.node in nodes or (isinstance(step.exit, End) and step.exit.ending in endings)
        ]

    def _left(self, number: int, protagonist: int, step: int | None) -> Code:
        """What is left to ask of a condition, for a protagonist at a step; None is a step that no condition names."""
        condition = self.conditions[number]
        if condition.protagonist not in (None, protagonist):
            return 0
        if condition.steps is not None:
            return condition.code
        return self._decided(condition.code, protagonist, step)

    def _decided(self, code: Code, protagonist: int, step: int | None) -> Code:
        if isinstance(code, int):
            return code
        operation, *operands = code
        match operation:
            case "at":
                return int(step is not None and self._story.steps[step].node == self._story.steps[operands[0]].node)
            case "ended":
                way_out = None if step is None else self._story.steps[step].exit
                return int(isinstance(way_out, End) and way_out.ending == operands[0])
            case "playing":
                return int(operands[0] == protagonist)
            case "flag" | "derived":
                return code
            case _:
                return folded(operation, [self._decided(operand, protagonist, step) for operand in operands])


def _linked(code: Code, derived: Sequence[Run]) -> Run | None:
    return None if code == 1 else link(code, derived)


def _operands(code: Code, operation: str) -> list[int]:
    """What some operation stands with, wherever it is in a code."""
    found = []
    waiting = [code]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, int):
            if item[0] == operation:
                found.append(item[1])
            waiting.extend(operand for operand in item[1:] if not isinstance(operand, int))
    return found
