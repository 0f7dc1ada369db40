"""Laws of saves in a story that was edited: they always load, what the history tells of is kept, and a loss is said."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from kit.edits import HARMFUL, HARMLESS, RENAMES, Author
from kit.examples import examples
from kit.stories import make_story
from waymeet.runtime import ChoiceError, EndlessLoopError
from waymeet.snapshots import SaveError

if TYPE_CHECKING:
    from waymeet.runtime import Moment, Recovered, Story

SEEDS = st.integers(0, 2**32)


def edits(*kinds: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Some edits of these kinds."""
    return st.lists(st.sampled_from(kinds), min_size=1, max_size=4).map(tuple)


def read(story: Story, chance: random.Random) -> list[Moment]:
    """The moments of a random reading, as far as a few turns take it; none where it cannot begin."""
    moments: list[Moment] = []
    with suppress(EndlessLoopError, ChoiceError):
        moments.append(story.begin(chance.choice(story.protagonists).id, seed=chance.randrange(1000)))
        for _ in range(chance.randrange(9)):
            moments.append(moments[-1].take(turn_of(moments[-1], chance)))
    return moments


def turn_of(moment: Moment, chance: random.Random) -> str:
    """Some turn that can be taken; raises `ChoiceError` where there is none."""
    question = moment.question
    if question is not None:
        return f"={chance.randint(question.low, question.high) if question.kind == 'number' else 'Ada'}"
    ways = [offer.id for offer in moment.choices if offer.locked is None]
    return chance.choice(ways) if ways else "nothing"


def saved(moment: Moment) -> dict[str, Any]:
    """What stands in a save."""
    body: dict[str, Any] = json.loads(moment.save())
    return body


def assert_can_be_played(moment: Moment) -> None:
    """The story as it is now can be where a moment is, and goes on from there."""
    story, state = moment.story, moment.state
    assert story.machine.is_rest(state)
    rows = zip(story.data.registers, state.registers, strict=True)
    assert all(register.low <= value <= register.high for register, value in rows)
    assert all(story.machine.steps[step].call is not None for step in state.returns)
    scenes = {story.machine.steps[step].scene for step in (state.step, *state.returns)}
    for register, value in zip(story.data.registers, state.registers, strict=True):
        assert register.use != "local" or register.name.split(".")[0] in scenes or value == register.start
    assert story.resume(moment.save()) == moment
    for offer in moment.choices:
        if offer.locked is None:
            with suppress(EndlessLoopError):
                moment.choose(offer.id)


def is_kept(moment: Moment, before: dict[str, Any], author: Author) -> bool:
    """Whether a moment has the place and the flags of a save, by the names that they have now."""
    names = author.names
    now = saved(moment)
    if now["step"] != names[before["step"]]:
        return False
    here = [moment.scene, *(step.partition(".")[0] for step in now["returns"])]
    for name, value in {**before["flags"], **before["texts"]}.items():
        called = names[name]
        is_local = "." in name and "(" not in name
        if "(" in name or (is_local and (called or name).partition(".")[0] not in here):
            continue
        values = {**now["flags"], **now["texts"]}
        if called is None or called not in values or values[called] != worded(name, value, author):
            return False
    return True


def worded(flag: str, value: Any, author: Author) -> Any:
    """A value in the words of now."""
    if isinstance(value, list):
        return [worded(flag, word, author) for word in value]
    now = author.names.get(f"{flag}.{value}", f".{value}") if isinstance(value, str) else None
    return value if now is None else now.rpartition(".")[2]


def recovered(author: Author, moment: Moment) -> Recovered:
    """What the story as it is now makes of a save: a moment that it can be in.

    The example is dropped where nothing is left of what the save is of: its path goes round and round from its start.
    """
    story = author.story
    try:
        found = story.recover(moment.save())
    except SaveError:
        who = author.names[moment.origin.protagonist] or story.protagonists[0].id
        with pytest.raises(EndlessLoopError):
            story.begin(who, seed=moment.origin.seed)
        reject()
    assert_can_be_played(found.moment)
    return found


@examples(30)
@given(SEEDS, edits(*HARMLESS))
def test_what_only_changes_how_a_story_reads_loses_nothing_and_says_nothing(seed: int, kinds: tuple[str, ...]) -> None:
    chance = random.Random(seed)
    author = Author(make_story(chance, alike=False), chance)
    for moment in read(author.story, chance)[-1:]:
        author.release(kinds, says=False)
        again, losses = recovered(author, moment)
        assert losses == ()
        assert (again.step, again.flags, again.memory) == (moment.step, moment.flags, moment.memory)
        assert {offer.id for offer in again.choices if offer.locked is None} == {
            offer.id for offer in moment.choices if offer.locked is None
        }
        assert again.path == moment.path


@examples(30)
@given(SEEDS, st.lists(edits(*HARMLESS, *RENAMES), min_size=1, max_size=2))
def test_what_the_history_tells_of_loses_nothing_and_says_nothing(seed: int, releases: list[tuple[str, ...]]) -> None:
    chance = random.Random(seed)
    author = Author(make_story(chance, alike=False), chance)
    for moment in read(author.story, chance)[-1:]:
        for kinds in releases:
            author.release(kinds, says=True)
        again, losses = recovered(author, moment)
        assert losses == ()
        assert is_kept(again, saved(moment), author)


@examples(80)
@given(SEEDS, st.lists(st.tuples(edits(*HARMLESS, *RENAMES, *HARMFUL), st.booleans()), min_size=1, max_size=2))
def test_whatever_was_edited_a_save_loads_and_what_is_lost_is_said(
    seed: int, releases: list[tuple[tuple[str, ...], bool]]
) -> None:
    chance = random.Random(seed)
    author = Author(make_story(chance, alike=False), chance)
    for moment in read(author.story, chance)[-1:]:
        for kinds, says in releases:
            author.release(kinds, says=says)
        again, losses = recovered(author, moment)
        assert losses or is_kept(again, saved(moment), author)
