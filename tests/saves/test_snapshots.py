"""Saves whose checksum is right and whose content no moment could have written; and those of a story since edited."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from waymeet.runtime import EndlessLoopError, Story
from waymeet.sealed import FORMAT, seal
from waymeet.snapshots import SaveError
from waymeet.story import Ask, Branch, Call, Goto

if TYPE_CHECKING:
    from collections.abc import Callable

    from waymeet.runtime import Moment


def _fields(moment: Moment) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(moment.save())
    del fields["checksum"], fields["waymeet_save"]
    return fields


ODD: dict[str, Callable[[dict[str, Any]], object]] = {
    "count below nothing": lambda save: save["shown"].update({"0": -1}),
    "count that is no number": lambda save: save["shown"].update({"0": "x"}),
    "count that is a truth": lambda save: save["shown"].update({"0": True}),
    "count that is half": lambda save: save["shown"].update({"0": 1.5}),
    "count past all counting": lambda save: save["shown"].update({"0": 10**4200}),
    "place that is no number": lambda save: save["shown"].update({"x": 1}),
    "place written oddly": lambda save: save["shown"].update({" 0": 1}),
    "place below nothing": lambda save: save["shown"].update({"-1": 1}),
    "place the story does not hold": lambda save: save["shown"].update({"99": 1}),
    "style that there is not": lambda save: save["text"][0][2].append(["loud", "!"]),
    "style twice": lambda save: save["text"][0][2].append(["em em", "!"]),
    "style that is no text": lambda save: save["text"][0][2].append([["em"], "!"]),
    "kind that there is not": lambda save: save["text"].append(["song", "", []]),
    "kind that is no text": lambda save: save["text"].append([[], "", []]),
    "speaker that is no text": lambda save: save["text"].append(["speech", 1, []]),
    "text that is no text": lambda save: save["text"].append(["paragraph", "", [["", 5]]]),
    "block that is no block": lambda save: save["text"].append(5),
    "block that is too short": lambda save: save["text"].append(["paragraph"]),
    "path with a number": lambda save: save["path"].append(1),
    "return that is no text": lambda save: save["returns"].append(1),
    "return to what calls nothing": lambda save: save["returns"].append("wood.edge"),
    "return to what is gone": lambda save: save["returns"].append("wood.gone"),
    "free text that is no text": lambda save: save["texts"].update({"x": 1}),
    "choice that is no text": lambda save: save["choices"][0].__setitem__(1, 5),
    "choice that is not there": lambda save: save["choices"].append(["fly", "Fly.", None]),
    "reason that is no text": lambda save: save["choices"][0].__setitem__(2, 5),
    "luck past its bounds": lambda save: save.update(luck=2**64),
    "luck below nothing": lambda save: save.update(luck=-1),
    "luck that is a truth": lambda save: save.update(luck=True),
    "outcome that is no text": lambda save: save["outcomes"].append(1),
    "fixed outcome that is no text": lambda save: save["fixed"].append(1),
    "flag out of its bounds": lambda save: save["flags"].update({"oil": 4}),
    "flag that is a truth": lambda save: save["flags"].update({"oil": True}),
    "flag that is gone": lambda save: save["flags"].update({"gone": 1}),
    "memory that is gone": lambda save: save["memory"].update({"gone": 1}),
    "memory that is odd": lambda save: save["memory"].update({"lamp": [[]]}),
    "protagonist that is gone": lambda save: save.update(protagonist="cy"),
    "step where nobody stands": lambda save: save.update(step="wood.ring_one", choices=[], text=[]),
}


AGAIN = "The choice that led there was taken again; you are at wood.edge."
#: What another version of the story may well have written.
OF_ANOTHER = {
    "place the story does not hold": (),
    "choice that is not there": (),
    "return to what calls nothing": (),
    "return to what is gone": (),
    "flag out of its bounds": ('"oil" was 4 and is 3 now, the most that it can be.',),
    "flag that is a truth": ('"oil" was true, which it can no longer be, and is 2 now.',),
    "flag that is gone": ('The story no longer knows "gone", which was 1.',),
    "memory that is gone": ('The story no longer knows what earlier readings left as "gone", which was 1.',),
    "protagonist that is gone": ('The path "cy" is gone; you read on as "ada".',),
    "step where nobody stands": (f"You can no longer be where you were, wood.ring_one. {AGAIN}",),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("edited", [False, True])
def test_odd_content_under_a_true_checksum_is_refused(story: Story, name: str, edited: bool) -> None:
    moment = story.begin("ada").choose("trim")
    save = _fields(moment)
    ODD[name](save)
    now = Story(story.data._replace(title="Edited")) if edited else story
    if edited and name in OF_ANOTHER:
        again, losses = now.recover(seal("save", save))
        assert (again.step, again.path, losses) == (moment.step, moment.path, OF_ANOTHER[name])
        return
    with pytest.raises(SaveError):
        now.resume(seal("save", save))


@pytest.mark.parametrize(
    ("number", "said"), [(FORMAT + 1, "newer"), (0, "damaged"), (-1, "damaged"), (True, "damaged")]
)
def test_only_this_format_is_read(story: Story, number: int, said: str) -> None:
    with pytest.raises(SaveError, match=said):
        story.resume(seal("save", {**_fields(story.begin("ada")), "waymeet_save": number}))


def test_a_save_too_deep_to_be_written_again_is_refused(story: Story) -> None:
    for depth in range(200, 1200, 7):
        body = b'{"waymeet_save": 1, "memory": ' + b"[" * depth + b"]" * depth + b"}"
        with pytest.raises(SaveError):
            story.resume(body)


def _without_ways_in(story: Story) -> Story:
    """The story edited so that Ada's path goes round and round before anything is asked."""
    numbers = {step.id: index for index, step in enumerate(story.data.steps)}
    start = numbers["wood.ring_one"]
    ada, *others = story.data.protagonists
    return Story(story.data._replace(protagonists=(ada._replace(start=start), *others)))


def test_a_story_that_no_longer_begins_can_be_gone_on_with(story: Story) -> None:
    moment = story.begin("ada", seed=3).choose("trim")
    again = _without_ways_in(story).resume(moment.save())
    assert (again.step, again.path, again.origin) == (moment.step, moment.path, moment.origin)


def test_what_was_fixed_for_another_version_answers_nothing_in_this_one(story: Story) -> None:
    save = {**_fields(story.begin("ada")), "fixed": ["2"], "outcomes": ["2"], "choices": []}
    steps = list(story.data.steps)
    at, ring = (next(i for i, step in enumerate(steps) if step.id == name) for name in ("wood.edge", "wood.ring_one"))
    oil = next(index for index, register in enumerate(story.data.registers) if register.name == "oil")
    steps[at] = steps[at]._replace(exit=Ask(("How much?",), oil, None, 0, 3, Goto((Branch(None, ring),))))
    asking = Story(story.data._replace(steps=tuple(steps)))
    moment = asking.resume(seal("save", save))
    assert moment.question == ("How much?", "number", 0, 3)
    with pytest.raises(EndlessLoopError):
        moment.answer(2)


@pytest.mark.parametrize("way", [lambda at: Goto((Branch(None, at),)), lambda at: Call(at, None, ())])
def test_a_save_of_a_path_that_goes_round_and_round_by_now_is_refused(
    story: Story, way: Callable[[int], Goto | Call]
) -> None:
    save = story.begin("ada").save()
    steps = list(story.data.steps)
    at = next(index for index, step in enumerate(steps) if step.id == "wood.edge")
    steps[at] = steps[at]._replace(exit=way(at))
    with pytest.raises(SaveError, match="nothing is left of this save"):
        Story(story.data._replace(steps=tuple(steps))).resume(save)
