"""Random readings of a story by `begin`, `choose` and `answer`, from random memories."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from waymeet.runtime import Moment, Question, Story


def kept(moment: Moment) -> Moment:
    """The moment itself."""
    return moment


def reading(
    story: Story,
    random: Random,
    memory: dict[str, Any] | None = None,
    *,
    seed: int | None = None,
    between: Callable[[Moment], Moment] = kept,
    most: int = 8,
) -> list[Moment]:
    """The moments of a random reading, as far as it goes; `between` is done to each before it goes on.

    It begins with some memory that a story may begin with, unless it is given one.
    """
    moments: list[Moment] = []
    with suppress(EndlessLoopError):
        who = random.choice(story.protagonists).id
        drawn = random.randrange(1000)
        memory = memory_of(story, random) if memory is None else memory
        moments.append(between(story.begin(who, seed=drawn if seed is None else seed, memory=memory)))
        while len(moments) < most and (turns := turns_at(moments[-1], random)):
            moments.append(between(moments[-1].take(random.choice(turns))))
    return moments


def turns_at(moment: Moment, random: Random) -> list[str]:
    """What a reader can do at a moment, as its path would have it; of the answers to a question, one."""
    if moment.question is not None:
        return [f"={answer_to(moment.question, random)}"]
    return [offer.id for offer in moment.choices if offer.locked is None]


def answer_to(question: Question, random: Random) -> str:
    """An answer that fits."""
    if question.kind == "number":
        return str(random.randint(question.low, question.high))
    return random.choice(("Anna", "Ü b", "=1", "x" * question.high))[: question.high].strip()


def memory_of(story: Story, random: Random) -> dict[str, Any]:
    """Some memory that a story may begin with."""
    found: dict[str, Any] = {}
    for register in story.data.registers:
        if register.use == "memory":
            match register.kind:
                case "bool":
                    found[register.name] = random.choice((True, False))
                case "int":
                    found[register.name] = random.randint(register.low, register.high)
                case "enum":
                    found[register.name] = random.choice(register.words)
                case "set":
                    found[register.name] = tuple(random.sample(register.words, random.randint(0, len(register.words))))
    return found
