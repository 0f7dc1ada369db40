"""Random readings without a reader: each is told from the beginning to an ending, and nothing is kept on disk."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

from waymeet.console.words import word
from waymeet.prose.rendering import Block, Span
from waymeet.runtime import EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.console.options import PlayOptions
    from waymeet.console.page import Page
    from waymeet.runtime import Moment, Story, Value

#: After so many choices a reading is given up.
MAX_TURNS = 10_000


def read_at_random(story: Story, options: PlayOptions, page: Page) -> int:
    """Tell `options.auto` readings, each with the memory that those before it left; 1 if one got stuck, else 0."""
    seed = int.from_bytes(os.urandom(4)) if options.seed is None else options.seed
    chance = Random(seed)  # noqa: S311  (no secret)
    count = options.auto or 0
    memory: Mapping[str, Value] = {}
    sound = True
    for number in range(1, count + 1):
        who = options.protagonist or chance.choice(story.protagonists).id
        name = story.protagonist(who).name
        page.say(word("auto_reading", n=number, all=count, name=name, seed=seed), "strong")
        moment = _read(story, who, memory, chance, page)
        if moment is None:
            sound = False
        elif moment.ending is not None:
            memory = moment.memory
    return 0 if sound else 1


def _read(story: Story, who: str, memory: Mapping[str, Value], chance: Random, page: Page) -> Moment | None:
    """Where one reading came to; None if that is a dead end or an endless loop."""
    try:
        moment = story.begin(who, seed=chance.randrange(2**32), memory=memory)
        page.tell(moment.text)
        for _ in range(MAX_TURNS):
            if moment.ending is not None or moment.stuck:
                return _ended(moment, page)
            moment = _step(moment, chance, page)
    except EndlessLoopError as error:
        page.say(word("auto_endless", step=error.step, reason=error))
        return None
    page.say(word("auto_too_long", turns=MAX_TURNS))
    return moment


def _step(moment: Moment, chance: Random, page: Page) -> Moment:
    offer = chance.choice([offer for offer in moment.choices if offer.locked is None])
    after = moment.choose(offer.id)
    if not after.text or after.text[0].kind != "echo":
        page.tell([Block("echo", "", (Span("", offer.label),))])
    page.tell(after.text)
    return after


def _ended(moment: Moment, page: Page) -> Moment | None:
    if moment.ending is None:
        page.say(word("auto_stuck", step=moment.step))
        return None
    title = next(ending.title for ending in moment.story.endings if ending.id == moment.ending)
    page.say(word("ending", title=title), "strong")
    return moment
