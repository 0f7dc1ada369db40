"""The library as authoring.md shows it: the public names, the snippet line by line, and one story in many threads."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import waymeet
from cli.stories import FERRY, write

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Python = Callable[..., subprocess.CompletedProcess[str]]


def test_public_names_are_sorted_and_all_there() -> None:
    assert waymeet.__all__ == sorted(waymeet.__all__)
    assert len(set(waymeet.__all__)) == len(waymeet.__all__)
    for name in waymeet.__all__:
        assert getattr(waymeet, name) is not None


def test_dir_lists_the_public_names() -> None:
    assert set(waymeet.__all__) <= set(dir(waymeet))


def test_public_names_are_documented() -> None:
    for name in waymeet.__all__:
        if name.startswith("__"):
            continue
        thing = getattr(waymeet, name)
        assert thing.__doc__, name
        assert not thing.__doc__.startswith(f"{name}("), name
        for part, member in inspect.getmembers(thing):
            function = member.fget if isinstance(member, property) else member
            if not part.startswith("_") and inspect.isfunction(function) and function.__module__.startswith("waymeet"):
                assert inspect.getdoc(function), f"{name}.{part}"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        waymeet.lode  # noqa: B018


def test_the_snippet_of_the_design(here: Path) -> None:
    story = waymeet.load(write(here / "ferry", story=FERRY))
    moment = story.begin("mara", seed=7)
    assert isinstance(moment.text[0], waymeet.Block)
    assert moment.plain() == "The river is high. Your hands are empty."
    assert moment.choices[0] == waymeet.Offer("take_knife", "Take the knife.", None)
    before = moment
    moment = moment.choose("take_knife")
    assert [offer.locked for offer in moment.choices] == [None, "He will not look at you.", None]
    assert before.choose(1).plain() == moment.plain()
    assert before.choices[0].id == "take_knife"
    with pytest.raises(waymeet.ChoiceError, match=r"wait.*swim"):
        moment.choose("pay")
    assert (moment.ending, moment.flags["coins"], moment.node) == (None, 1, "bank.landing")
    data = moment.save()
    assert isinstance(data, bytes)
    again = story.resume(data)
    assert (again.node, again.flags, again.plain()) == (moment.node, moment.flags, moment.plain())
    with pytest.raises(waymeet.SaveError):
        story.resume(data[:-2])
    assert moment.choose("swim").ending == "across"


def test_the_bundled_story_can_be_loaded_and_begun(scenes: Path) -> None:
    story = waymeet.load(scenes)
    assert [path.id for path in story.protagonists] == ["clarke", "lexa"]
    assert all(story.begin(path.id).choices for path in story.protagonists)


def test_check_gives_a_report(here: Path) -> None:
    report = waymeet.check(write(here / "ferry", story=FERRY))
    assert isinstance(report, waymeet.Report)
    assert (report.verdict, report.findings) == ("clean", ())
    assert report.summary.nodes == 2
    broken = FERRY.replace("when: toll == paid, ending: asleep}", "when: toll == paid and coins == 3, ending: asleep}")
    (finding,) = waymeet.check(str(write(here / "broken", story=broken))).findings
    assert isinstance(finding, waymeet.Diagnostic)
    assert isinstance(finding.witness, waymeet.Witness)
    assert finding.rule == "impossible-choice"


def test_a_story_error_carries_the_report(here: Path) -> None:
    folder = write(here / "ferry", story=FERRY.replace("goto: landing", "goto: lending"))
    with pytest.raises(
        waymeet.StoryError, match=r"story\.yaml:\d+:15: error\[missing-target\].*\(and 1 more\)"
    ) as caught:
        waymeet.load(folder)
    assert caught.value.report.verdict == "invalid"
    assert [finding.rule for finding in caught.value.report.findings] == ["missing-target"] * 2
    assert waymeet.check(folder).findings == caught.value.report.findings


def test_a_story_that_is_not_there(here: Path) -> None:
    for call in (waymeet.load, waymeet.check):
        with pytest.raises(waymeet.StoryNotFoundError, match="there is no story at"):
            call(here / "nowhere")


def test_an_endless_loop_is_an_exception_and_the_old_moment_stays(here: Path) -> None:
    fog = "      fog: {label: Walk., goto: fog}\n  fog: {text: Fog., goto: mist}\n"
    fog += "  mist: {text: Mist., goto: fog}\n  hut:\n"
    story = waymeet.load(write(here / "ferry", story=FERRY.replace("  hut:\n", fog)))
    moment = story.begin("mara")
    with pytest.raises(waymeet.EndlessLoopError):
        moment.choose("fog")
    assert moment.choose("swim").ending == "across"


def test_what_is_documented_to_be_raised_is_all_that_is(here: Path) -> None:
    story = waymeet.load(write(here / "ferry", story=FERRY))
    for choice in (0, -1, 99, "", "swim ", "land.swim"):
        with pytest.raises(waymeet.ChoiceError):
            story.begin("mara").choose(choice)
    with pytest.raises(waymeet.ChoiceError):
        story.begin("lexa")
    for memory in ({"tol": "paid"}, {"toll": "owed"}, {"toll": 1}, {"toll": None}):
        with pytest.raises(ValueError, match="tol"):
            story.begin("tom", memory=memory)  # type: ignore[arg-type]


# -- moments as values ------------------------------------


@pytest.fixture
def ferry(here: Path) -> waymeet.Story:
    return waymeet.load(write(here / "ferry", story=FERRY))


@pytest.mark.parametrize("name", ["story", "origin", "state", "text", "choices", "path", "anything"])
def test_a_moment_cannot_be_changed(ferry: waymeet.Story, name: str) -> None:
    moment = ferry.begin("mara")
    with pytest.raises(AttributeError):
        setattr(moment, name, ())
    with pytest.raises(AttributeError):
        delattr(moment, name)


def test_the_tables_of_a_story_cannot_be_changed(ferry: waymeet.Story) -> None:
    with pytest.raises(TypeError):
        ferry.headings["bank"] = ()  # type: ignore[index]


def test_moments_are_equal_when_they_are_the_same_place_of_the_same_reading(ferry: waymeet.Story) -> None:
    moment = ferry.begin("mara", seed=7)
    assert moment == ferry.begin("mara", seed=7) == waymeet.Story(ferry.data).begin("mara", seed=7)
    assert moment.choose("swim") == ferry.resume(moment.choose("swim").save())
    assert len({moment, ferry.begin("mara", seed=7), moment.choose("swim")}) == 2
    assert moment not in (ferry.begin("mara"), ferry.begin("tom", seed=7), moment.choose("take_knife"), "moment")
    other = waymeet.Story(ferry.data._replace(title="Another"))
    assert moment != other.begin("mara", seed=7)


def test_a_long_way_can_be_compared(ferry: waymeet.Story) -> None:
    moments = [ferry.begin("mara"), ferry.begin("mara")]
    for _ in range(5000):
        moments = [moment.choose("wait") for moment in moments]
    assert moments[0] == moments[1]
    assert hash(moments[0]) == hash(moments[1])


def test_a_moment_says_where_it_is(ferry: waymeet.Story) -> None:
    moment = ferry.begin("mara")
    assert repr(moment) == "<Moment bank.landing after nothing>"
    assert repr(moment.choose("take_knife").choose("swim")).endswith("after take_knife, swim>")
    assert repr(ferry) == f"<Story {ferry.id} {ferry.fingerprint[:8]}>"


def test_stories_and_moments_can_be_pickled(ferry: waymeet.Story) -> None:
    moment = ferry.begin("mara", seed=7).choose("take_knife")
    story, again, later = pickle.loads(pickle.dumps((ferry, moment, moment.choose("wait"))))
    assert (story.fingerprint, story.data) == (ferry.fingerprint, ferry.data)
    assert again.story is later.story is story
    assert (again, again.text, again.choices) == (moment, moment.text, moment.choices)
    assert again.choose("wait") == later
    assert copy.deepcopy(moment) == moment


def test_moments_go_to_other_processes(ferry: waymeet.Story) -> None:
    moment = ferry.begin("mara")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(waymeet.Moment.choose, moment, "swim").result() == moment.choose("swim")


def test_an_ending_is_found_by_its_id(ferry: waymeet.Story) -> None:
    assert ferry.ending("across").id == "across"
    with pytest.raises(LookupError, match="there is no ending"):
        ferry.ending("nowhere")


# -- errors ------------------------------------


def test_every_error_is_one_of_waymeets(ferry: waymeet.Story, here: Path) -> None:
    for error in ("StoryError", "StoryNotFoundError", "ChoiceError", "SaveError", "EndlessLoopError", "FlagValueError"):
        assert issubclass(getattr(waymeet, error), waymeet.WaymeetError)
    assert issubclass(waymeet.FlagValueError, ValueError)
    with pytest.raises(waymeet.WaymeetError):
        waymeet.load(here / "nowhere")
    with pytest.raises(waymeet.FlagValueError):
        ferry.begin("mara", memory={"toll": "owed"})


@pytest.mark.parametrize("choice", [True, False, 1.0, None, ("swim",)])
def test_only_an_id_or_a_number_is_a_choice(ferry: waymeet.Story, choice: object) -> None:
    with pytest.raises(waymeet.ChoiceError):
        ferry.begin("mara").choose(choice)  # type: ignore[arg-type]


# -- threads ------------------------------------

THREADS = 8


def read(story: waymeet.Story, reader: int) -> list[str]:
    """A reading that chooses by a rule of its own, as a transcript; with saves and undo on the way."""
    path = story.protagonists[reader % 2].id
    moment = story.begin(path, seed=reader)
    told = [moment.plain()]
    for turn in range(400):
        ways = [offer for offer in moment.choices if offer.locked is None]
        if not ways:
            break
        moment.choose(1)
        chosen = ways[(turn * (reader + 3)) % len(ways)].id
        moment = story.resume(moment.save()).choose(chosen)
        told += [chosen, moment.plain(), repr(moment.flags)]
    return told


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("hurried")
def test_one_story_read_from_eight_threads_tells_each_the_same(scenes: Path) -> None:
    story = waymeet.load(scenes)
    alone = [read(story, reader) for reader in range(THREADS)]
    start = threading.Barrier(THREADS)

    def reading(reader: int) -> list[list[str]]:
        start.wait()
        return [read(story, reader) for _ in range(3)]

    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(reading, range(THREADS)))
    assert together == [[told] * 3 for told in alone]
    assert len({tuple(told) for told in alone}) > 4


def test_a_story_is_loaded_and_checked_from_several_threads_at_once(here: Path) -> None:
    folders = [
        write(here / f"f{number}", story=FERRY.replace("The Ferry", f"Ferry {number % 3}")) for number in range(6)
    ]
    with ThreadPoolExecutor(6) as pool:
        titles = list(pool.map(lambda folder: waymeet.load(folder).title, folders))
        verdicts = list(pool.map(lambda folder: waymeet.check(folder).verdict, folders))
    assert titles == [f"Ferry {number % 3}" for number in range(6)]
    assert verdicts == ["clean"] * 6


def test_the_collector_of_garbage_is_on_after_checks_in_threads(here: Path, python: Python) -> None:
    write(here / "f", story=FERRY)
    code = (
        "import gc, waymeet\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(8) as pool: list(pool.map(lambda _: waymeet.check('f'), range(64)))\n"
        "print(gc.isenabled())"
    )
    assert python("-c", code).stdout == "True\n"
