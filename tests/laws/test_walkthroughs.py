"""Laws of walkthroughs: a reading that is written down passes, and one that came out otherwise does not."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given
from hypothesis import strategies as st

from kit.examples import examples
from kit.readings import reading
from kit.stories import as_block_yaml, as_bytes, stories
from waymeet.authoring.loading import load_files
from waymeet.checking import compile_files
from waymeet.runtime import Story
from waymeet.walkthroughs import run_walkthroughs

if TYPE_CHECKING:
    import random

    from kit.stories import Files
    from waymeet.runtime import Moment
    from waymeet.walkthroughs import Outcome


def written(moments: list[Moment], chance: random.Random) -> dict[str, Any]:
    """A walkthrough that does what a reading did, and expects what came of it."""
    last = moments[-1]
    told = [block.plain for moment in moments for block in moment.text if block.plain.strip()]
    offers = [(offer.id, offer.locked is None) for offer in last.choices]
    expect = {
        **({} if last.ending is None else {"ending": last.ending}),
        "flags": {name: list(value) if isinstance(value, tuple) else value for name, value in last.flags.items()},
        **({"text": chance.sample(told, min(len(told), 2))} if told else {}),
        "open": [name for name, is_open in offers if is_open],
        "locked": [name for name, is_open in offers if not is_open],
    }
    turns = [_turn(before, after.path[-1], chance) for before, after in pairwise(moments)]
    memory = {name: list(value) if isinstance(value, tuple) else value for name, value in last.origin.memory}
    about = {"walkthrough": "As it was", "as": last.origin.protagonist, "memory": memory}
    return {**about, "play": turns, "expect": expect}


def _turn(moment: Moment, turn: str, chance: random.Random) -> Any:
    place = {"at": chance.choice((moment.node, moment.step))} if chance.randrange(2) else {}
    if turn.startswith("="):
        return {**place, "answer": turn[1:]}
    return {**place, "choose": turn} if place else turn


def outcome(files: Files, walkthrough: dict[str, Any]) -> Outcome:
    """What comes of a walkthrough beside the files of its story."""
    loaded = load_files({**as_bytes(files), "walk.yaml": as_block_yaml(walkthrough).encode()})
    assert not loaded.findings
    [found] = run_walkthroughs(story_of(files), loaded)
    return found


def story_of(files: Files) -> Story:
    return Story(compile_files(as_bytes(files), "random"))


@examples(30)
@given(stories(), st.randoms(use_true_random=False))
def test_a_reading_that_is_written_down_passes(files: Files, chance: random.Random) -> None:
    moments = reading(story_of(files), chance, seed=0)
    assume(moments)
    assert outcome(files, written(moments, chance)).findings == []


@examples(20)
@given(stories(), st.randoms(use_true_random=False))
def test_a_reading_that_came_out_otherwise_does_not_pass(files: Files, chance: random.Random) -> None:
    moments = reading(story_of(files), chance, seed=0)
    assume(moments)
    walkthrough = written(moments, chance)
    expect = walkthrough["expect"]
    truths = [name for name, value in moments[-1].flags.items() if isinstance(value, bool)]
    match chance.choice(("ending", "text", "open", "locked", *["flags"] * len(truths))):
        case "ending":
            expect["ending"] = "no_such_ending"
        case "flags":
            name = chance.choice(truths)
            expect["flags"][name] = not expect["flags"][name]
        case key:
            expect[key] = ["nothing_like_it"]
    assert len(outcome(files, walkthrough).findings) == 1
