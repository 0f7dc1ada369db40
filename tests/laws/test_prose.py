"""The law of prose: a random reading tells what the second telling of prose tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from kit.examples import examples
from kit.oracle import with_luck
from kit.readings import memory_of
from kit.retold import Retold
from kit.stories import as_bytes, stories
from kit.telling import Telling
from waymeet.checking import compile_files
from waymeet.runtime import Story

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from kit.retold import Passing, State
    from kit.stories import Files
    from waymeet.runtime import Moment

    #: Makes a move, with what chance brings in it fixed.
    Play = Callable[[tuple[str, ...]], Moment]

#: Draws in one turn after which a reading is given up: chance may never lead out of them.
MOST_DRAWN = 20


class Reading:
    """A random reading by the engine, and beside it by the second telling."""

    def __init__(self, files: Files, chance: random.Random) -> None:
        self.story = Story(compile_files(as_bytes(files), "random"))
        self.retold = Retold(files)
        self.telling = Telling(self.retold)
        self.chance = chance

    def read(self, most: int = 10) -> None:
        """Read on and on, and compare what is told."""
        who = self.chance.choice(self.story.protagonists).id
        memory = memory_of(self.story, self.chance)
        plain = {name: frozenset(value) if isinstance(value, tuple) else value for name, value in memory.items()}
        passing = self.retold.begin(who, plain)
        found = self.turn(passing, "", lambda fixed: self.story.begin(who, memory=memory, outcomes=fixed))
        while found is not None and most:
            most -= 1
            found = self.go_on(*found)

    def turn(self, passing: Passing, echo: str, play: Play) -> tuple[Moment, str, State] | None:
        """What comes of a move, and that it is told alike; None where it goes round, or on and on by chance."""
        fixed: list[str] = []
        told = echo
        while passing.rest is not None and passing.state is not None and len(fixed) <= MOST_DRAWN:
            told += self.telling.passed(passing)
            if not self.retold.decides(passing.rest, passing.state):
                told += self.telling.rested(passing.rest)
                moment = play(tuple(fixed))
                assert moment.step == passing.rest
                assert packed(moment.plain()) == told, moment.path
                shown = [(packed(label), packed(value)) for label, value in moment.sheet]
                assert shown == self.telling.sheet(passing.state)
                return moment, passing.rest, passing.state
            fixed.append(self.chance.choice(self.retold.outcomes(passing.rest, passing.state))[0])
            passing = self.retold.drawn(passing.rest, fixed[-1], passing.state)
        return None

    def go_on(self, moment: Moment, at: str, state: State) -> tuple[Moment, str, State] | None:
        """Answer or choose at random, having compared what is asked and offered."""
        if moment.question is not None:
            assert packed(moment.question.label) == self.telling.question(at, state)
            return self.answer(moment, at, state)
        offered = self.telling.offered(at, state)
        for offer in moment.choices:
            label, locked = offered[offer.id]
            assert packed(offer.label) == label
            assert (offer.locked is None) == (locked is None)
            assert locked in {None, "*", packed(offer.locked or "")}
        ways = [offer.id for offer in moment.choices if offer.locked is None]
        if not ways:
            return None
        choice = self.chance.choice(ways)
        echo = self.telling.echo(at, choice, offered[choice][0], state)
        passing = self.retold.chosen(at, choice, state)
        return self.turn(passing, echo, lambda fixed: with_luck(moment, fixed).choose(choice))

    def answer(self, moment: Moment, at: str, state: State) -> tuple[Moment, str, State] | None:
        """Give an answer."""
        answer = self.chance.choice(self.retold.answers(at))
        asked = self.retold.steps[at].asked
        if isinstance(answer, str) and asked is not None:
            answer = answer[: moment.question.high] if moment.question is not None else answer
            self.telling.texts[asked] = answer
        passing = self.retold.answered(at, answer, state)
        return self.turn(passing, packed(str(answer)), lambda fixed: with_luck(moment, fixed).answer(answer))


def packed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


@examples(100)
@given(stories(), st.randoms(use_true_random=False))
def test_a_reading_tells_what_the_second_telling_tells(files: Files, chance: random.Random) -> None:
    written = json.dumps(files)
    assume("{~" not in written and "shuffle" not in written)
    Reading(files, chance).read()
