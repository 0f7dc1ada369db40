"""What is known by moving arrays of packed states is what a walk from state to state finds out, to the last number."""

from __future__ import annotations

import random
import re
from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from unittest import mock

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks.families import FAMILIES
from cli.stories import story as written
from kit.corpus import Known, corpus
from kit.examples import examples
from kit.findings import length
from kit.promised import reported
from kit.retold import Retold
from kit.stories import as_bytes, make_story, stories
from kit.surveying import only
from laws.test_expressions import Setting
from laws.test_promises import expected
from waymeet.analysis import packed
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.packed.columns import Columns
from waymeet.analysis.packed.seen import Seen
from waymeet.analysis.packed.system import System
from waymeet.analysis.packed.values import Where
from waymeet.analysis.packed.words import Field, Layout
from waymeet.analysis.walk import walk
from waymeet.analysis.watch import Watch
from waymeet.checking import check_files, compile_files
from waymeet.expressions.code import link, registers_read
from waymeet.expressions.parser import parse_expression
from waymeet.expressions.types import EnumType, IntType, SetType
from waymeet.expressions.typing import Typing
from waymeet.machine import MAX_MOVES
from waymeet.runtime import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kit.stories import Files
    from waymeet.analysis.packed.words import Words
    from waymeet.analysis.survey import Survey
    from waymeet.diagnostics import Report
    from waymeet.expressions.code import Code
    from waymeet.expressions.types import Type

CORPUS = corpus()
#: A story with more states takes the walk too long.
MAX_STATES = 100_000
#: What a report says: its findings with the lengths of their witnesses, its verdict, and how many states there are.
Said = tuple[list[tuple[object, ...]], str, int | None]


def packed_alone(story: Story, watch: Watch, **_budget: object) -> Survey:
    return packed.survey(story, watch, Liveness(story.data, watch), tick=packed.until(float("inf")))


def walked_alone(story: Story, watch: Watch, **_budget: object) -> Survey:
    return walk(story, watch, max_states=MAX_STATES)


def checked(files: Mapping[str, bytes], survey: Callable[..., Survey]) -> Report:
    with mock.patch("waymeet.checking.surveys", only(survey)):
        return check_files(dict(files), "x")


def said(report: Report) -> Said:
    """Of ways that are equally short each may take another: that decides by whom, with what value and by which menu."""
    found = [(f.rule, re.sub(r"(this choice|become) \S+", r"\1", f.message), f.span) for f in report.findings]
    lengths = [length(finding.witness) for finding in report.findings]
    return sorted(zip(found, lengths, strict=True), key=repr), report.verdict, report.summary.states


def both_ways(files: Mapping[str, bytes]) -> tuple[Said, Said] | None:
    """What is said of a story after a walk, and by packed states; None for one that is too large to walk."""
    walked = checked(files, walked_alone)
    if walked.undecided or walked.invalid:
        return None
    return said(walked), said(checked(files, packed_alone))


@examples(150)
@given(stories())
def test_a_walk_and_packed_states_find_the_same(files: Files) -> None:
    found = both_ways(as_bytes(files))
    assume(found is not None)
    assert found is not None
    assert found[0] == found[1]


@examples(60)
@given(stories())
def test_they_find_the_same_in_wide_words_that_are_hashed_and_moved_by_threes(files: Files) -> None:
    with ExitStack() as stack:
        stack.enter_context(mock.patch("waymeet.analysis.packed.words.FEW_BITS", -1))
        stack.enter_context(mock.patch("waymeet.analysis.packed.reach.Seen", lambda word, _: Seen(word, 60)))
        stack.enter_context(mock.patch("waymeet.analysis.packed.system.CHUNK", 3))
        found = both_ways(as_bytes(files))
    assume(found is not None)
    assert found is not None
    assert found[0] == found[1]


@examples(60)
@given(stories(), st.randoms(use_true_random=False))
def test_events_and_promises_are_what_exploring_shows(files: Files, chance: random.Random) -> None:
    wanted = expected(files, chance)
    assume(wanted is not None)
    assert reported(checked(as_bytes(files), packed_alone), Retold(files)) == wanted


@pytest.mark.parametrize("known", CORPUS, ids=[known.name for known in CORPUS])
def test_they_find_the_same_in_every_story_we_have(known: Known) -> None:
    found = both_ways(known.files)
    assert found is None or found[0] == found[1]


@pytest.mark.parametrize("planted", [False, True])
@pytest.mark.parametrize("name", FAMILIES)
def test_they_find_the_same_in_families(name: str, planted: bool) -> None:
    family = FAMILIES[name]
    found = both_ways(family.make(family.least, planted=planted))
    assert found is None or found[0] == found[1]


def test_a_promise_is_asked_of_an_answer_that_leads_nowhere() -> None:
    nodes = """\
  gate:
    ask: {flag: n, label: How many.}
    goto: [{when: n > 2, to: house}]
"""
    promises = "promises:\n  two: {possible: n == 2}\n  none: {never: n == 1}\n"
    files = {"story.yaml": written(nodes, flags="  n: {min: 1, max: 5, start: 3}\n").encode() + promises.encode()}
    found = both_ways(files)
    assert found is not None
    assert found[0] == found[1]


# -- what makes a step of many states ------------------------------------


def _forgets_the_guard(_where: Where, words: Words) -> Words:
    return words


def _forgets_what_is_fresh(_system: System, _number: int, _edge: object, words: Words) -> Words:
    return words


@pytest.mark.parametrize(
    ("part", "name", "broken"), [(Where, "of", _forgets_the_guard), (System, "_carried", _forgets_what_is_fresh)]
)
def test_an_unsound_step_is_caught(part: type, name: str, broken: object) -> None:
    def differs(seed: int) -> bool:
        try:
            found = both_ways(as_bytes(make_story(random.Random(seed))))
        except (AssertionError, LookupError):  # a witness cannot be replayed, or a state is none
            return True
        return found is not None and found[0] != found[1]

    with mock.patch.object(part, name, broken):
        assert any(differs(seed) for seed in range(60))


@examples(200)
@given(st.randoms(use_true_random=False), st.booleans())
def test_a_code_comes_to_the_same_in_all_states_at_once(chance: random.Random, is_number: bool) -> None:
    setting = Setting(chance, counts=False)
    formula = setting.formulas.sum() if is_number else setting.formulas.condition()
    code = Typing(setting.scope).expression(parse_expression(formula)).code
    bounds = [bounds_of(kind) for kind in setting.types.values()]
    assume(all(bounds[register][1].bit_length() < 63 for register in registers_read(code)))
    values = [[chance.randint(low, high if high.bit_length() < 63 else low) for low, high in bounds] for _ in range(20)]
    assert evaluated(code, bounds, values) == [int(link(code)(one)) for one in values]


def bounds_of(kind: Type) -> tuple[int, int]:
    match kind:
        case IntType(low, high):
            return low, high
        case EnumType(words):
            return 0, len(words) - 1
        case SetType(members):
            return 0, 2 ** len(members) - 1
        case _:
            return 0, 1


def evaluated(code: Code, bounds: list[tuple[int, int]], values: list[list[int]]) -> list[int]:
    """What a code comes to with each of some values of the registers, packed into words two registers at a time."""
    read = sorted(registers_read(code))
    fields, shift = {}, 0
    for register in read:
        low, high = bounds[register]
        fields[register] = Field(shift, (1 << (high - low).bit_length()) - 1, low, high, values[0][register] - low)
        shift += (high - low).bit_length()
    assume(shift < 64)
    words: Words = np.array([sum(fields[r].code(one[r]) for r in read) for one in values], np.uint64)
    layout = cast("Layout", SimpleNamespace(fields=fields, word=np.uint64))
    columns = Columns(layout, (), values[0], words, sum(1 << register for register in read))
    number = columns.number(code)
    where = columns.condition(code).mask(len(values)).tolist()
    found = [number.one(state) for state in range(len(values))]
    assert where == [value != 0 for value in found]
    assert all(number.low <= value <= number.high for value in found)
    return found


@examples(100)
@given(st.sampled_from([(np.uint32, 9), (np.uint32, 31), (np.uint64, 63)]), st.lists(st.integers(1, 3000)), st.data())
def test_what_was_seen_is_a_set_in_which_each_word_has_its_place(
    kind: tuple[type, int], sizes: list[int], data: st.DataObject
) -> None:
    word, size = kind
    chance = np.random.default_rng(data.draw(st.integers(0, 99)))
    seen, known = Seen(word, size), set[int]()
    for count in sizes:
        near = int(chance.integers(1, 1 << size))  # words that differ in few bits, and some that are there already
        words: Words = chance.integers(max(0, near - 2 * count), near, count).astype(word)
        fresh = seen.add(words).tolist()
        assert sorted(fresh) == sorted(set(words.tolist()) - known)
        known |= set(fresh)
    words, places = seen.all()
    assert sorted(words.tolist()) == sorted(known)
    assert seen.count == len(known)
    assert seen.find(words).tolist() == places.tolist()
    assert len(set(places.tolist())) == len(known)


# -- what it refuses ------------------------------------


@pytest.mark.parametrize("steps", [100, 12_000])
def test_a_way_on_that_play_gives_up_on_is_refused(steps: int) -> None:
    nodes = f"""\
  gate:
    do: n += 1
    goto: [{{when: n < {steps}, to: gate}}, {{to: hub}}]
  hub:
    choices:
      again: {{label: Again., do: n = 0, goto: gate}}
      leave: {{label: Leave., goto: house}}
"""
    files = {"story.yaml": written(nodes, flags=f"  n: {{min: 0, max: {steps}}}\n").encode()}
    if steps > MAX_MOVES:
        with pytest.raises(packed.UnsuitedError, match="give up"):
            both_ways(files)
    else:
        found = both_ways(files)
        assert found is not None
        assert found[0] == found[1]


def test_more_flags_than_a_word_has_bits_are_refused() -> None:
    flags = "".join(f"  f{number}: false\n" for number in range(64))
    choices = "".join(f"      c{number}: {{label: On., do: f{number} = true}}\n" for number in range(64))
    every = " and ".join(f"f{number}" for number in range(64))
    nodes = f"  gate:\n    choices:\n{choices}      out: {{label: Out., when: {every}, goto: house}}\n    goto: gate\n"
    with pytest.raises(packed.UnsuitedError, match="64 bits"):
        checked({"story.yaml": written(nodes, flags=flags).encode()}, packed_alone)


def test_it_ends_when_there_is_no_room_or_no_time_left() -> None:
    story = Story(compile_files(FAMILIES["entangled"].make(30), "entangled"))
    watch = Watch(story.data)
    liveness = Liveness(story.data, watch)
    with pytest.raises(packed.OutgrownError, match="states take more than 0 MiB"):
        packed.survey(story, watch, liveness, tick=packed.until(float("inf")), max_bytes=100_000)
    with pytest.raises(TimeoutError):
        packed.survey(story, watch, liveness, tick=packed.until(0))
