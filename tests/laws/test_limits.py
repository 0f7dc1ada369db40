"""Stories at and beyond every limit: each is played and checked, or refused with a finding; none breaks anything."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from kit.findings import length
from kit.surveying import only
from waymeet.analysis.walk import walk
from waymeet.checking import check_files, compile_files
from waymeet.compiled import from_bytes, to_bytes
from waymeet.runtime import EndlessLoopError, Story

if TYPE_CHECKING:
    from types import FrameType

    from waymeet.diagnostics import Report

Data = dict[str, Any]
_END: Data = {"ending": "peace"}


def written(nodes: Data, **more: Any) -> dict[str, bytes]:
    """A story in one file."""
    head = {"story": "s", "protagonists": {"anna": {"start": "camp.n0"}}, "endings": {"peace": {}}, "scene": "camp"}
    return {"s.yaml": json.dumps({**head, **more, "nodes": nodes}, ensure_ascii=False).encode()}


def checked(nodes: Data, **more: Any) -> Report:
    return check_files(written(nodes, **more), "s", budget=30.0)


def opened(nodes: Data, **more: Any) -> Story:
    """The story, by way of its bytes."""
    return Story(from_bytes(to_bytes(compile_files(written(nodes, **more), "s"))))


def found(report: Report) -> list[str]:
    return sorted({finding.rule for finding in report.findings})


def nested(depth: int) -> Data:
    choice: Data = {"label": "L", **_END}
    for _ in range(depth):
        choice = {"label": "L", "choices": {"c": choice}}
    return {"n0": {"choices": {"c": choice}}}


def chain(count: int) -> Data:
    return {**{f"n{i}": {"goto": f"n{i + 1}"} for i in range(count)}, f"n{count}": _END}


# -- depth and length ------------------------------------


def test_choices_nest_as_deep_as_yaml_may() -> None:
    assert checked(nested(20)).verdict == "clean"
    moment = opened(nested(20)).begin("anna")
    for _ in range(21):
        moment = moment.choose("c")
    assert moment.ending == "peace"


@pytest.mark.parametrize("depth", [30, 300])
def test_choices_nested_too_deep_are_refused(depth: int) -> None:
    assert found(checked(nested(depth))) == ["unsafe-yaml"]


def test_a_long_chain_that_ends_is_gone_through() -> None:
    assert checked(chain(9_000)).verdict == "clean"
    assert opened(chain(9_000)).begin("anna").ending == "peace"


def test_a_chain_without_end_in_sight_is_stopped() -> None:
    assert "endless-loop" in found(checked(chain(10_500)))
    with pytest.raises(EndlessLoopError):
        opened(chain(10_500)).begin("anna")


def test_a_story_that_starts_with_its_ending_is_clean() -> None:
    assert checked({"n0": _END}).verdict == "clean"
    assert opened({"n0": _END}).begin("anna").ending == "peace"


@pytest.mark.parametrize(
    "nodes", [{"n0": {"goto": "n0"}}, {"n0": {"goto": "n1"}, "n1": {"goto": "n0"}}], ids=["self", "pair"]
)
def test_a_story_that_starts_in_a_circle_says_so(nodes: Data) -> None:
    report = checked(nodes)
    assert "endless-loop" in found(report)
    assert "soft-lock" not in found(report)
    with pytest.raises(EndlessLoopError):
        opened(nodes).begin("anna")


def test_one_circle_is_one_finding_however_it_is_entered() -> None:
    nodes = {
        "n0": {
            "choices": {
                "c": {"label": "1", "goto": "b1"},
                "d": {"label": "2", "goto": "b2"},
                "e": {"label": "3", "goto": "a"},
            }
        },
        "a": {"do": ["toggle(f)", "idle += 1"], "goto": [{"when": "f", "to": "b1"}, "b2"]},
        "b1": {"goto": "a"},
        "b2": {"goto": "a"},
    }
    flags = {"f": False, "idle": {"min": 0, "max": 60_000, "overflow": "clamp"}}
    report = checked(nodes, flags=flags)
    assert [f.rule for f in report.findings].count("endless-loop") == 1


# -- menus in menus ------------------------------------


def menus(count: int, *ways: str) -> Data:
    """As many menus, each offered by every choice of the one before it."""
    inner = {f"m{i}": {way: {"label": "L", "menus": f"m{i + 1}"} for way in ways} for i in range(count - 1)}
    return {**inner, f"m{count - 1}": {way: {"label": "L", **_END} for way in ways}}


def test_menus_offer_menus_up_to_a_depth() -> None:
    nodes: Data = {"n0": {"menus": "m0"}}
    assert checked(nodes, menus=menus(20, "a")).verdict == "clean"
    assert found(checked(nodes, menus=menus(21, "a"))) == ["wrong-value"]
    assert found(checked(nodes, menus=menus(2_000, "a"))) == ["wrong-value"]


def test_menus_that_multiply_are_refused() -> None:
    assert set(found(checked({"n0": {"menus": "m0"}}, menus=menus(6, "a", "b")))) == {"false-choice"}
    report = checked({"n0": {"menus": "m0"}}, menus=menus(20, "a", "b"))
    assert [finding.rule for finding in report.findings] == ["wrong-value"]
    assert "100,000" in report.findings[0].message


# -- numbers and sets ------------------------------------


def test_a_roll_may_add_what_has_a_wide_range() -> None:
    flags = {"x": {"min": 0, "max": 65_536}}
    roll = {"dice": "2d6", "add": "x * x - x", "outcomes": {"8+": "n1", "..3": "n1", "2..7": "n1"}}
    assert found(checked({"n0": {"roll": roll}, "n1": _END}, flags=flags)) == ["never-written"]
    roll["outcomes"] = {"8+": "n1", "..3": "n1", "5..7": "n1"}
    [finding] = checked({"n0": {"roll": roll}, "n1": _END}, flags=flags).findings
    assert (finding.rule, "can come to 4," in finding.message) == ("incomplete-match", True)


def test_arithmetic_saturates() -> None:
    effects = ["x = 2147483647 * 2147483647 - 2147483647", "x = x + 2147483647 - 2147483647"]
    nodes = {"n0": {"do": effects, "goto": [{"when": "x == 0", "to": "n1"}]}, "n1": _END}
    assert checked(nodes, flags={"x": {"min": -65_536, "max": 0}}).verdict == "clean"


@pytest.mark.parametrize(
    ("low", "high", "effect", "rules"),
    [
        (2**31 - 1 - 65_536, 2**31 - 1, "x += 1", []),  # what saturates does not leave its range
        (-(2**31 - 1), -(2**31 - 2), "x -= 1", []),
        (0, 65_536, "x = 65536", []),
        (0, 65_536, "x = 65537", ["out-of-range"]),
        (-65_536, 0, "x -= 65537", ["out-of-range"]),
        (0, 65_537, "x = 0", ["wrong-value"]),
        (-(2**31), 0, "x = 0", ["wrong-value"]),
        (3, 2, "x = 0", ["wrong-value"]),
    ],
)
def test_bounds(low: int, high: int, effect: str, rules: list[str]) -> None:
    flags = {"x": {"min": low, "max": high, "start": high if "+" in effect else low}}
    if effect == "x -= 65537":
        flags["x"]["start"] = 0
    assert found(checked({"n0": {"do": effect, "text": "{x}", **_END}}, flags=flags)) == rules


def test_a_set_has_up_to_64_members() -> None:
    members = [f"m{number}" for number in range(64)]
    nodes = {
        "n0": {"do": f"s = {{{', '.join(members)}}}", "goto": [{"when": "count(s) == 64 and m63 in s", "to": "n1"}]},
        "n1": {"do": "s -= m63", "goto": [{"when": "count(s) == 63 and m63 not in s", "to": "n2"}]},
        "n2": _END,
    }
    assert checked(nodes, flags={"s": {"any_of": members}}).verdict == "clean"
    moment = opened(nodes, flags={"s": {"any_of": members}}).begin("anna")
    assert moment.flags["s"] == tuple(members[:63])
    assert moment.story.resume(moment.save()).flags == moment.flags
    assert found(checked(nodes, flags={"s": {"any_of": [*members, "m64"]}})) == ["wrong-value"]


# -- derived names and counts ------------------------------------


@pytest.mark.parametrize("count", [100, 500, 3_000])
@pytest.mark.parametrize("step", [1, -1], ids=["forward", "backward"])
def test_long_chains_of_derived_names_compile_or_are_refused(count: int, step: int) -> None:
    derive = {f"d{i}": "armed" if i == (0 if step == 1 else count) else f"d{i - step}" for i in range(count + 1)}
    last = f"d{count}" if step == 1 else "d0"
    nodes = {"n0": {"goto": [{"when": last, "to": "n1"}, "n1"]}, "n1": _END}
    report = checked(nodes, derive=derive, flags={"armed": True})
    if report.invalid:
        assert count > 100
        assert found(report) == ["bad-expression"]
    else:
        assert opened(nodes, derive=derive, flags={"armed": True}).begin("anna").ending == "peace"


def test_derived_names_that_grow_twofold_are_refused() -> None:
    derive = {f"d{i}": "x" if i == 0 else f"d{i - 1} + d{i - 1}" for i in range(30)}
    report = checked(
        {"n0": {"goto": [{"when": "d29 > 0", "to": "n0"}, "n1"]}, "n1": _END},
        derive=derive,
        flags={"x": {"min": 0, "max": 1}},
    )
    assert found(report) == ["bad-expression"]


@pytest.mark.parametrize(
    "circle", [{"d": "d"}, {"d": "not e", "e": "d"}, {f"d{i}": f"d{(i + 1) % 99}" for i in range(99)}]
)
def test_derived_circles_are_refused(circle: dict[str, str]) -> None:
    assert found(checked({"n0": _END}, derive=circle)) == ["bad-expression"]


@pytest.mark.parametrize("when", ["visits(n0) < 2147483647", "visits(n0) * 1000 >= 100000000", "times(n0.c) == 99999"])
def test_a_count_compared_with_too_much_is_refused(when: str) -> None:
    nodes = {"n0": {"choices": {"c": {"label": "c", "when": when, "goto": "n0"}}, "otherwise": "n1"}, "n1": _END}
    assert found(checked(nodes)) == ["type-mismatch"]


@pytest.mark.parametrize("limit", [0, -1, 2**31 - 1])
def test_a_limit_out_of_bounds_is_refused(limit: int) -> None:
    assert found(checked({"n0": {"choices": {"c": {"label": "c", "limit": limit, **_END}}}})) == ["wrong-value"]


@pytest.mark.parametrize(
    "effect",
    ["x += visits(n0) - visits(nb)", "x = visits(n0) * 0", "x = visits(nb) - visits(nb)", "x += 0 * visits(nb)"],
)
def test_counts_in_effects_stay_exact_or_are_refused(effect: str) -> None:
    nodes = {
        "n0": {"choices": {"b": {"label": "b", "goto": "nb"}, "c": {"label": "c", "do": effect, **_END}}},
        "nb": {"goto": "n0"},
    }
    flags = {"x": {"min": 0, "max": 3}}
    if checked(nodes, flags=flags).invalid:
        return
    moment = opened(nodes, flags=flags).begin("anna")
    for _ in range(40):
        moment = moment.choose("b")
    assert moment.choose("c").flags["x"] == (1 if "-" in effect and "n0" in effect else 0)


# -- names ------------------------------------


@pytest.mark.parametrize(
    ("name", "rules"),
    [("x" * 64, []), ("x" * 65, ["wrong-value"]), ("café", ["wrong-value"]), ("and", ["wrong-value"])],
)
def test_ids_at_their_limits(name: str, rules: list[str]) -> None:
    assert found(checked({"n0": {"goto": name}, name: _END})) == rules


def test_scene_node_and_choice_may_share_a_name() -> None:
    inner = {"label": "x", "when": "not chosen(n0.n0)", "goto": "n0"}
    out = {"label": "e", "when": "seen(n0.n0) and chosen(n0.n0.n0)", **_END}
    nodes = {"n0": {"choices": {"n0": inner, "out": out}}}
    assert checked(nodes, scene="n0", protagonists={"anna": {"start": "n0.n0"}}).verdict == "clean"


def test_a_name_clashes_within_a_scene_but_not_between_scenes() -> None:
    nodes = {"n0": {"do": "toggle(steps)", "text": "{steps}", "goto": "hill.n0"}}
    files = written(nodes, local={"steps": False})
    hill: Data = {
        "scene": "hill",
        "local": {"steps": {"min": 0, "max": 1}},
        "nodes": {"n0": {"do": "steps = 1", "text": "{steps}", **_END}},
    }
    files["hill.yaml"] = json.dumps(hill).encode()
    assert check_files(files, "s").verdict == "clean"
    hill["local"]["mode"] = ["steps", "other"]
    files["hill.yaml"] = json.dumps(hill).encode()
    assert "steps" in next(f.message for f in check_files(files, "s").findings if f.rule == "wrong-value")


# -- ways on ------------------------------------


def test_a_once_choice_that_is_spent_is_a_dead_end_though_it_has_a_reason() -> None:
    choice = {"label": "c", "once": True, "when": "not seen(n1)", "locked": "No.", "goto": "n0"}
    nodes = {"n0": {"choices": {"c": choice, "d": {"label": "d", "once": True, "goto": "n1"}}}, "n1": {"goto": "n0"}}
    report = checked(nodes)
    assert [(f.rule, f.node, length(f.witness)) for f in report.findings if f.rule == "dead-end"] == [
        ("dead-end", "camp.n0", 1)
    ]
    moment = opened(nodes).begin("anna").choose("d")
    assert moment.stuck
    assert [(offer.id, offer.locked) for offer in moment.choices] == [("c", "No.")]
    assert opened(nodes).begin("anna").choose("c").choose("d").choices == ()


def test_an_otherwise_list_is_tried_in_order_and_may_fall_through() -> None:
    guarded = [{"when": "chosen(n0.c) and x == 1", "to": "n1"}, {"when": "x == 2", "to": "n1"}]
    choices = {
        "c": {"label": "c", "once": True, "do": "x = 1", "goto": "n0"},
        "d": {"label": "d", "when": "false", "goto": "n0"},
    }
    nodes = {"n0": {"choices": choices, "otherwise": guarded}, "n1": _END}
    flags = {"x": {"min": 0, "max": 2}}
    assert found(checked(nodes, flags=flags)) == ["impossible-branch", "impossible-choice"]
    guarded[0]["when"] = "chosen(n0.c) and x == 0"
    assert found(checked(nodes, flags=flags)) == [
        "impossible-choice",
        "uncovered-goto",
        "unreachable-ending",
        "unreachable-node",
    ]


def test_an_ending_for_somebody_else_is_an_end_and_strays() -> None:
    both = {"anna": {"start": "camp.n0"}, "bela": {"start": "camp.n0"}}
    nodes = {"n0": {"choices": {"c": {"label": "c", **_END}}}}
    report = checked(nodes, protagonists=both, endings={"peace": {"for": ["bela"]}})
    assert [(f.rule, f.witness and f.witness.protagonist) for f in report.findings] == [("stray-ending", "anna")]


def test_local_flags_are_fresh_on_each_entry_even_into_the_middle_of_a_scene() -> None:
    nodes = {
        "n0": {"do": "steps += 2", "goto": "hill.m"},
        "back": {"goto": [{"when": "steps == 0", "to": "fin"}]},
        "fin": _END,
    }
    files = written(nodes, local={"steps": {"min": 0, "max": 3}})
    choices = {"k": {"label": "k", "when": "door", "goto": "camp.back"}, "l": {"label": "l", "goto": "camp.back"}}
    hill = {
        "scene": "hill",
        "local": {"door": False},
        "nodes": {"first": {"do": "door = true", "goto": "m"}, "m": {"choices": choices}},
    }
    files["hill.yaml"] = json.dumps(hill).encode()
    report = check_files(files, "s")
    assert [(f.rule, f.node) for f in report.findings] == [
        ("unreachable-node", "hill.first"),
        ("impossible-choice", "hill.m"),
    ]


def test_memory_that_goes_round_is_followed_round() -> None:
    turn = "m = two if m == one else (three if m == two else one)"
    nodes = {
        "n0": {"do": turn, "goto": [{"when": "m == three", "to": "n1"}, "n2"]},
        "n1": _END,
        "n2": {"ending": "other"},
    }
    memory = {"m": ["one", "two", "three"]}
    report = checked(nodes, memory=memory, endings={"peace": {}, "other": {}})
    assert report.verdict == "clean"
    story = opened(nodes, memory=memory, endings={"peace": {}, "other": {}})
    kept: Data = {}
    endings = []
    for _ in range(4):
        moment = story.begin("anna", memory=kept)
        kept = moment.memory
        endings.append(moment.ending)
    assert endings == ["other", "peace", "other", "other"]


# -- what a cut walk certifies ------------------------------------


@pytest.mark.parametrize("most", range(6))
def test_a_cut_walk_does_not_call_a_witness_shortest_that_is_not(most: int) -> None:
    nodes = {
        "n0": {"goto": [{"when": "met", "to": "n2"}, "ask"]},
        "ask": {"choices": {"c": {"label": "c", "goto": "n1"}, "d": {"label": "d", "do": "met = true", **_END}}},
        "n1": {"choices": {"c": {"label": "c", "goto": "n2"}}},
        "n2": {"do": "x += 5", "text": "{x}", **_END},
    }
    files = written(nodes, memory={"met": False}, flags={"x": {"min": 0, "max": 1}})
    with (
        mock.patch("waymeet.analysis.walk._CHECK_EVERY", 1),
        mock.patch("waymeet.checking.surveys", only(partial(walk, max_states=most))),
    ):
        report = check_files(files, "s")
    for finding in report.findings:
        assert finding.witness is not None
        assert length(finding.witness) == 1 or not finding.witness.shortest


# -- growth ------------------------------------


def hub(count: int) -> Data:
    nodes: Data = {
        f"n{i}": {
            "text": "Text *em* {b: yes | no}",
            "choices": {"a": {"label": "A", "do": "toggle(b)"}, "c": {"label": "C", "once": True}},
            "goto": f"n{i + 1}",
        }
        for i in range(count)
    }
    return {**nodes, f"n{count}": _END}


def circle(count: int) -> Data:
    return {"n0": _END, **{f"m{i}": {"goto": f"m{(i + 1) % count}"} for i in range(count)}}


def astray(count: int) -> Data:
    return {f"n{i}": {"goto": f"nowhere{i}"} for i in range(count)}


@pytest.mark.parametrize("make", [hub, circle, astray, chain], ids=lambda make: make.__name__)
def test_four_times_the_nodes_take_not_much_more_than_four_times_as_much(make: Any) -> None:
    check_files(written(make(2_000), flags={"b": False}), "s")  # whatever is imported on the way is counted for neither
    small, large = (_calls(make(count)) for count in (600, 2_400))
    assert large < 5 * small


def _calls(nodes: Data) -> int:
    """How many functions are called to check a story: what it takes, on a machine of any speed."""
    files = written(nodes, flags={"b": False})
    called = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        check_files(files, "s")
    finally:
        sys.setprofile(None)
    return called
