"""The words that a reader of a path can ever come to see: of what they can pass, be offered and be asked, all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.lowering import count_words
from waymeet.story import Ask, Choices

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from waymeet.analysis.measures.telling import Telling
    from waymeet.analysis.walk import Walk
    from waymeet.authoring.places import Places


def seen_words(walk: Walk, telling: Telling, places: Places) -> list[int]:
    """For each protagonist, the words of all prose that some reading can come to, after whatever was read before.

    Every part of a text counts that can be come to at all, whatever it depends on, and once however many places use it;
    of choices those count that can be taken. Headings, signals and the sheet do not.
    """
    words: list[dict[Hashable, int]] = [{} for _ in walk.story.protagonists]
    for protagonist, key, prose in _shown(walk, telling, places):
        if key not in words[protagonist]:
            words[protagonist][key] = sum(map(count_words, prose))
    return [sum(found.values()) for found in words]


def _shown(walk: Walk, telling: Telling, places: Places) -> Iterator[tuple[int, Hashable, list[object]]]:
    """What is shown to whom, by where it was written."""
    steps = walk.story.data.steps
    passed, offered = _met(walk, telling)
    for protagonist, index in passed:
        step = steps[index]
        yield protagonist, places.steps.get(index, index), [step.text]
        if isinstance(step.exit, Ask):
            yield protagonist, ("ask", index), [step.exit.label]
    for protagonist, index, number in offered:
        way_out = steps[index].exit
        assert isinstance(way_out, Choices)
        choice = way_out.choices[number]
        prose = [prose for prose in (choice.label, choice.locked, choice.echo) if prose is not None]
        yield protagonist, ("choice", places.choices.get((index, number), (index, number))), prose


def _met(walk: Walk, telling: Telling) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
    """Which steps each protagonist can pass, and which choices they can take, in the order of the walk."""
    passes: dict[tuple[int, int], None] = {}
    offered: dict[tuple[int, int, int], None] = {}
    numbers = iter(telling.passes)
    for state in range(len(walk.states)):
        protagonist, at = walk.protagonists[state], walk.states.step(state)
        reader = bool(walk.story.machine.steps[at].choices)
        for choice, _ in walk.moves(state):
            passes[protagonist, next(numbers)] = None
            if reader:
                offered[protagonist, at, choice] = None
    for begun, number in zip(walk.begun, telling.begun, strict=True):
        passes[begun.move.protagonist, number] = None
    passed = dict.fromkeys((who, step) for who, number in passes for step in telling.steps[number])
    return list(passed), list(offered)
