"""Laws of bytes: a compiled story and a save come back as they were, and damage is refused in one way only."""

from __future__ import annotations

import copy
import json
import pickle
import random
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.examples import examples
from kit.readings import kept, reading, turns_at
from kit.stories import as_bytes, make_story, stories
from waymeet.checking import compile_files
from waymeet.compiled import (
    Container,
    StoryDataError,
    from_bytes,
    in_memory,
    numbered,
    opened,
    parts_of,
    sealed,
    to_bytes,
)
from waymeet.runtime import EndlessLoopError, SaveError, Story

if TYPE_CHECKING:
    from kit.stories import Files
    from waymeet.runtime import Moment
    from waymeet.story import StoryData


def story_of(files: Files) -> Story:
    return Story(compile_files(as_bytes(files), "random"))


def told(moment: Moment) -> dict[str, Any]:
    """Everything that a reader or a host can see of a moment."""
    return {
        "text": moment.text,
        "plain": moment.plain(),
        "choices": moment.choices,
        "question": moment.question,
        "tags": moment.tags,
        "flags": moment.flags,
        "memory": moment.memory,
        "path": moment.path,
        "state": moment.state,
        "at": (moment.scene, moment.node, moment.step),
        "end": (moment.ending, moment.stuck),
        "sheet": moment.sheet,
        "origin": moment.origin,
    }


def resumed(moment: Moment) -> Moment:
    """The same moment from its own save."""
    return moment.story.resume(moment.save())


# -- compiled stories ------------------------------------


@examples(70)
@given(stories(), st.integers(0, 2**32))
def test_a_story_comes_back_from_its_bytes_and_plays_the_same(files: Files, seed: int) -> None:
    story = story_of(files)
    raw = to_bytes(story.data)
    data = from_bytes(raw)
    assert data == story.data
    assert to_bytes(data) == raw
    again = Story(data)
    assert again.fingerprint == story.fingerprint
    one, other = (reading(each, random.Random(seed)) for each in (story, again))
    assert [told(moment) for moment in one] == [told(moment) for moment in other]


@examples(70)
@given(stories(), st.data())
def test_each_step_comes_back_from_its_part_and_is_found_by_its_id(files: Files, data: st.DataObject) -> None:
    story = story_of(files).data
    raw = to_bytes(story)
    steps = opened(Container(in_memory(raw), len(raw))).steps
    number = data.draw(st.integers(-len(story.steps), len(story.steps) - 1))
    assert steps[number] == story.steps[number]
    ids = [story.steps[number].id, "nowhere", ""]
    assert numbered(steps, ids) == numbered(story.steps, ids) == {ids[0]: number % len(steps)}
    assert steps[number:] == story.steps[number:]
    assert (steps == story.steps, hash(steps), len(steps)) == (True, hash(story.steps), len(story.steps))
    assert copy.deepcopy(steps) == pickle.loads(pickle.dumps(steps)) == story.steps
    with pytest.raises(IndexError):
        steps[len(steps)]


@examples(70)
@given(st.integers(0, 200), st.data())
def test_one_byte_that_is_lost_is_noticed_when_its_part_is_read(seed: int, data: st.DataObject) -> None:
    story = compile_files(as_bytes(make_story(random.Random(seed))), "random")
    raw = to_bytes(story)
    at = data.draw(st.integers(0, len(raw) - 1))
    damaged = raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]
    with pytest.raises(StoryDataError):
        read_through(opened(Container(in_memory(damaged), len(raw))))
    try:
        renewed = opened(Container(in_memory(damaged), len(raw)), lambda: Container(in_memory(raw), len(raw)))
    except StoryDataError:
        return  # in the head, in the index, or in the part that is read at once
    read_through(renewed)
    assert renewed == story


def read_through(story: StoryData) -> None:
    """Read every part."""
    numbered(story.steps, [step.id for step in story.steps])


@examples(70)
@given(st.integers(0, 200), st.data())
def test_a_story_whose_bytes_were_changed_is_refused(seed: int, data: st.DataObject) -> None:
    raw = to_bytes(compile_files(as_bytes(make_story(random.Random(seed))), "random"))
    with pytest.raises(StoryDataError):
        from_bytes(data.draw(changed(raw)))


@examples(100)
@given(st.integers(0, 200), st.data())
def test_a_foreign_story_with_a_true_checksum_is_read_or_refused(seed: int, data: st.DataObject) -> None:
    parts = parts_of(compile_files(as_bytes(make_story(random.Random(seed))), "random"))
    body = data.draw(altered([[json.loads(line) for line in part.split(b"\n")] for part in parts]))
    lines = [part if isinstance(part, list) else [part] for part in body]
    with suppress(StoryDataError):
        from_bytes(sealed(["\n".join(map(json.dumps, part)).encode() for part in lines]))


@examples(100)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_story(raw: bytes) -> None:
    with pytest.raises(StoryDataError):
        from_bytes(raw)
    with pytest.raises(StoryDataError):
        from_bytes(sealed([raw]))


# -- saves ------------------------------------


@examples(80)
@given(stories(), st.integers(0, 2**32))
def test_a_save_brings_back_the_moment(files: Files, seed: int) -> None:
    story = story_of(files)
    for moment in reading(story, random.Random(seed)):
        saved = moment.save()
        again = story.resume(saved)
        assert told(again) == told(moment)
        assert again.save() == saved


@examples(80)
@given(stories(), st.integers(0, 2**32))
def test_to_save_and_resume_at_every_turn_changes_nothing(files: Files, seed: int) -> None:
    story = story_of(files)
    straight, saved = (reading(story, random.Random(seed), between=way) for way in (kept, resumed))
    assert [told(moment) for moment in straight] == [told(moment) for moment in saved]


@examples(40)
@given(stories(), st.integers(0, 2**32))
def test_a_reading_can_be_replayed_from_its_origin(files: Files, seed: int) -> None:
    story = story_of(files)
    moments = reading(story, random.Random(seed), between=resumed)
    if moments:
        replayed = story.replay(moments[-1].origin, moments[-1].path)
        assert [told(moment) for moment in replayed] == [told(moment) for moment in moments]


@examples(30)
@given(stories(), st.integers(0, 2**32))
def test_a_moment_can_be_left_and_chosen_from_again(files: Files, seed: int) -> None:
    for moment in reading(story_of(files), random.Random(seed)):
        before = told(moment)
        for turn in turns_at(moment, random.Random(seed)):
            with suppress(EndlessLoopError):
                assert told(moment.take(turn)) == told(moment.take(turn))
        assert told(moment) == before


@examples(130)
@given(st.integers(0, 200), st.data())
def test_a_save_with_any_byte_changed_is_refused(seed: int, data: st.DataObject) -> None:
    story = story_of(make_story(random.Random(seed)))
    for moment in reading(story, random.Random(seed))[-1:]:
        with pytest.raises(SaveError):
            story.resume(data.draw(changed(moment.save())))


@examples(200)
@given(st.integers(0, 200), st.booleans(), st.data())
def test_a_foreign_save_with_a_true_checksum_is_refused_or_can_be_played(
    seed: int, edited: bool, data: st.DataObject
) -> None:
    story = story_of(make_story(random.Random(seed)))
    now = Story(story.data._replace(title="Edited")) if edited else story
    for moment in reading(story, random.Random(seed))[-1:]:
        body = json.loads(moment.save())
        body.pop("checksum")
        try:
            again, losses = now.recover(sealed_save(data.draw(altered(body))))
        except SaveError:
            continue
        assert all(losses)
        told(again)
        assert told(now.resume(again.save())) == told(again)
        for turn in turns_at(again, random.Random(seed)):
            with suppress(EndlessLoopError):
                told(again.take(turn))


@examples(100)
@given(st.binary(max_size=100) | st.from_regex(rb"[\[{]{1,4000}"))
def test_any_bytes_are_no_save(raw: bytes) -> None:
    with pytest.raises(SaveError):
        story_of(make_story(random.Random(1))).resume(raw)


# -- damage ------------------------------------


@st.composite
def changed(draw: st.DrawFn, raw: bytes) -> bytes:
    """Bytes with one other byte, cut short, or with something added."""
    at = draw(st.integers(0, len(raw) - 1))
    match draw(st.sampled_from(("byte", "cut", "more", "gone"))):
        case "byte":
            return raw[:at] + bytes([raw[at] ^ draw(st.integers(1, 255))]) + raw[at + 1 :]
        case "cut":
            return raw[:at]
        case "more":
            return raw + draw(st.sampled_from((b"x", b"\0", b"{}", raw)))
        case _:
            return raw[:at] + raw[at + draw(st.integers(1, 9)) :]


_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**70,
        1.5,
        "",
        "x",
        "\ud800",
        "0",
        [],
        {},
        [[]],
        [1],
        {"a": 1},
        ["ring"],
        [["ring"]],
        "camp.n1",
    ]
)


@st.composite
def altered(draw: st.DrawFn, body: Any) -> Any:
    """JSON data with one value in it replaced, left out or written twice."""
    body = json.loads(json.dumps(body))
    holder, key = body, draw(st.sampled_from(_keys(body)))
    while isinstance(holder[key], list | dict) and holder[key] and draw(st.integers(0, 3)):
        holder = holder[key]
        key = draw(st.sampled_from(_keys(holder)))
    match draw(st.sampled_from(("replace", "replace", "drop", "twice"))):
        case "replace":
            holder[key] = draw(_ODD)
        case "drop":
            del holder[key]
        case _ if isinstance(holder, list):
            holder.append(holder[key])
        case _:
            holder["more"] = holder[key]
    return body


def _keys(holder: Any) -> list[Any]:
    return list(holder) if isinstance(holder, dict) else list(range(len(holder)))


def sealed_save(body: dict[str, Any]) -> bytes:
    """A save with a checksum that is right for what it holds."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
    return json.dumps({**body, "checksum": blake2b(text, digest_size=16).hexdigest()}).encode()
