"""Saves in a story that was edited since: what is kept, where a reader goes on, and each loss in its words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from waymeet.checking import compile_files
from waymeet.dice import Luck
from waymeet.runtime import EndlessLoopError, Story
from waymeet.sealed import seal
from waymeet.snapshots import SaveError

if TYPE_CHECKING:
    from waymeet.runtime import Moment, Recovered

FERRY = """\
story: ferry
protagonists: {mara: {start: bank.landing}, tov: {start: bank.landing}}
flags:
  coins: {min: 0, max: 5, start: 2}
  mood: [calm, wary, afraid]
  rope: false
  carried: {any_of: [lamp, bell, oar]}
  called: {text: nobody}
  boat: {text: Heron}
memory:
  toll: [unpaid, paid, forgiven]
endings: {across: {}, drowned: {}}
menus:
  pockets:
    tally: {label: Count your coins., once: true}
scene: bank
local: {wet: false}
nodes:
  landing:
    text: The river is high.
    menus: pockets
    choices:
      wade: {label: Wade in., do: [wet = true, mood = wary], goto: shallows}
      hut: {label: Knock at the hut., goto: hut}
      ask: {label: Shout your name., goto: shout}
      toss: {label: Toss a coin., do: coins -= 1, goto: coin}
    goto: landing
  shallows:
    text: It pulls at your knees.
    choices:
      deeper:
        label: Go deeper.
        text: To the waist.
        choices:
          swim: {label: Swim., do: "toll = paid", ending: across}
          sink: {label: Let go., ending: drowned}
      back: {label: Go back., goto: landing}
  hut: {do: rope = true, call: search, goto: landing}
  search:
    text: A shelf, a chest.
    choices:
      shelf: {label: Look on the shelf., do: [carried += lamp, carried += bell], goto: search}
      out: {label: Leave it., return: true}
  shout: {ask: {flag: called, label: Who calls}, goto: landing}
  coin: {chance: [{to: heads}, {to: tails}]}
  heads: {do: coins += 3, choices: {on: {label: On., goto: landing}}}
  tails: {choices: {on: {label: On., goto: landing}}}
"""


def story(text: str) -> Story:
    return Story(compile_files({"ferry.yaml": text.encode()}, "ferry"))


def edited(*edits: tuple[str, str], history: str = "") -> Story:
    """The ferry with some of its text replaced, each at least once."""
    text = FERRY
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return story(text + history)


def save(*turns: str, memory: dict[str, Any] | None = None, seed: int = 0) -> bytes:
    """A save of the ferry as it was, after some turns."""
    return at(*turns, memory=memory, seed=seed).save()


def at(*turns: str, memory: dict[str, Any] | None = None, seed: int = 0) -> Moment:
    ferry = story(FERRY)
    return ferry.replay(ferry.begin("mara", seed=seed, memory=memory or {}).origin, turns)[-1]


def kept(found: Recovered) -> Moment:
    """The moment of what lost nothing."""
    assert found.losses == ()
    return found.moment


# -- names ------------------------------------


def test_what_was_renamed_is_found_by_its_new_name() -> None:
    names = [("shallows", "ford"), ("wet", "soaked"), ("coins", "purse"), ("wary", "watchful"), ("mara", "maren")]
    history = """\
history:
  - release: 2
    renamed:
      protagonists: {mara: maren}
      nodes: {bank.shallows: bank.ford}
      flags: {bank.wet: bank.soaked, coins: purse}
      values: {mood.wary: mood.watchful}
"""
    moment = kept(edited(*names, history=history).recover(save("toss", "on", "wade", "deeper")))
    assert (moment.step, moment.origin.protagonist) == ("bank.ford.deeper", "maren")
    assert (moment.flags["soaked"], moment.flags["mood"], moment.flags["purse"]) == (True, "watchful", 1)
    assert moment.choose("swim").ending == "across"


def test_a_scene_takes_all_its_names_along() -> None:
    history = "history: [{release: 2, renamed: {scenes: {bank: shore}}}]\n"
    moment = kept(edited(("bank", "shore"), history=history).recover(save("wade", "deeper")))
    assert (moment.step, moment.flags["wet"]) == ("shore.shallows.deeper", True)


def test_a_save_of_any_release_is_found_through_all_that_came_after() -> None:
    history = """\
history:
  - {release: 2, renamed: {nodes: {bank.shallows: bank.ford}, flags: {coins: purse}}}
  - {release: 3, renamed: {choices: {bank.ford.deeper: shore.ford.on}, scenes: {bank: shore}}}
  - {release: 4, renamed: {flags: {purse: silver}, nodes: {shore.ford: shore.weir}}}
"""
    second = edited(("shallows", "ford"), ("coins", "purse"))
    now = edited(("bank", "shore"), ("shallows", "weir"), ("deeper", "on"), ("coins", "silver"), history=history)
    old = second.replay(second.begin("mara").origin, ("toss", "on", "wade", "deeper"))[-1]
    for data in (save("toss", "on", "wade", "deeper"), old.save()):
        moment = kept(now.recover(data))
        assert (moment.step, moment.flags["silver"]) == ("shore.weir.on", 1)
        assert moment.path == ("toss", "on", "wade", "on")


def test_a_choice_of_a_menu_is_renamed_wherever_it_is_offered() -> None:
    names = [("tally:", "weigh:"), ("pockets", "purse")]
    history = "history: [{release: 2, renamed: {choices: {pockets.tally: purse.weigh}}}]\n"
    moment = kept(edited(*names, history=history).recover(save("tally", "wade")))
    assert moment.path == ("weigh", "wade")
    assert "weigh" not in [offer.id for offer in moment.choose("back").choices]


def test_a_menu_that_is_used_in_another_order_is_counted_as_before() -> None:
    again = (
        "  shallows:\n    text: It pulls at your knees.\n",
        "  shallows:\n    menus: pockets\n    goto: hut\n    text: It pulls.\n",
    )
    first = edited(again)
    data = first.begin("mara").choose("tally").save()
    nodes = first.data.steps
    moved = edited(again, ("  landing:\n", "  other: {menus: pockets, goto: landing}\n  landing:\n"))
    assert len(moved.data.steps) > len(nodes)
    assert "tally" not in [offer.id for offer in kept(moved.recover(data)).choices]


def test_what_was_begun_with_is_found_too() -> None:
    history = "history: [{release: 2, renamed: {flags: {toll: fare}, values: {toll.paid: fare.settled}}}]\n"
    now = edited(("toll", "fare"), ("paid", "settled"), ("unsettled", "unpaid"), history=history)
    moment = kept(now.recover(save("wade", memory={"toll": "paid"})))
    assert (moment.origin.memory, moment.memory) == ((("fare", "settled"),), {"fare": "settled"})


# -- values ------------------------------------


#: What was edited, the turns that were taken before, and what is lost.
VALUES: dict[str, tuple[list[tuple[str, str]], tuple[str, ...], list[str]]] = {
    "a lower most": (
        [("max: 5, start: 2", "max: 1, start: 1")],
        (),
        ['"coins" was 2 and is 1 now, the most that it can be.'],
    ),
    "a higher least": (
        [("min: 0, max: 5, start: 2", "min: 3, max: 5, start: 4")],
        (),
        ['"coins" was 2 and is 3 now, the least that it can be.'],
    ),
    "another value": ([("wary", "bold")], ("wade",), ['"mood" was wary, which it can no longer be, and is calm now.']),
    "a text instead": ([("[calm, wary, afraid]", "{text: calm}"), ("mood = wary", "wet = true")], ("wade",), []),
    "another member": ([("bell", "horn")], ("hut", "shelf"), ['"carried" no longer has bell.']),
    "other members": (
        [("lamp", "torch"), ("bell", "horn")],
        ("hut", "shelf"),
        ['"carried" no longer has lamp and bell.'],
    ),
    "another flag": ([("rope", "line")], ("hut",), ['The story no longer knows "rope", which was true.']),
    "another kind": (
        [("rope: false", "rope: {min: 0, max: 1}"), ("rope = true", "rope = 1")],
        ("hut",),
        ['"rope" was true, which it can no longer be, and is 0 now.'],
    ),
    "another kind of text": (
        [("called: {text: nobody}", "called: {min: 0, max: 9}")],
        (),
        ['"called" was nobody, which it can no longer be, and is 0 now.'],
    ),
    "no number but a text": (
        [
            ("coins: {min: 0, max: 5, start: 2}", "coins: {text: two}"),
            ("coins -= 1", "wet = false"),
            ("coins += 3", "wet = true"),
        ],
        (),
        ['"coins" was 2, which it can no longer be.'],
    ),
    "another flag of the scene": (
        [("wet", "soaked")],
        ("wade",),
        ['The story no longer knows "bank.wet", which was true.'],
    ),
    "another text": ([("called", "named")], ("ask", "=Ada"), ['The story no longer knows "called", which was Ada.']),
    "another memory": ([("toll", "fare")], (), ['The story no longer knows "toll", which was unpaid.']),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_cannot_be_kept_is_lost_and_said(name: str) -> None:
    edits, turns, losses = VALUES[name]
    before = at(*turns)
    moment, said = edited(*edits).recover(before.save())
    assert list(said) == losses
    assert moment.step == before.step


def test_what_the_history_says_is_gone_is_not_missed() -> None:
    history = "history: [{release: 2, removed: {flags: [rope, bank.wet]}}]\n"
    kept(edited(("rope", "line"), ("wet", "soaked"), history=history).recover(save("wade")))


def test_a_new_flag_starts_as_it_does() -> None:
    moment = kept(edited(("  rope: false", "  rope: false\n  knife: true")).recover(save("wade")))
    assert moment.flags["knife"] is True


def test_what_is_counted_from_now_on_was_counted_where_the_reading_can_be_played_again() -> None:
    now = edited(("The river is high.", '"{seen(shallows): You know the river.|The river is high.}"'))
    moment = kept(now.recover(save("wade", "back")))
    assert moment.plain().endswith("You know the river.")


def test_what_was_begun_with_and_cannot_be_is_said_once() -> None:
    data = save("wade", "deeper", "swim", memory={"toll": "forgiven"})
    loss = 'What earlier readings left as "toll" was forgiven, which it can no longer be, and is unpaid now.'
    assert edited(("forgiven", "waived")).recover(data).losses == (loss,)
    assert edited(("toll", "fare")).recover(data).losses == ('The story no longer knows "toll", which was paid.',)


def test_whether_an_event_was_told_is_no_matter_where_the_event_is_gone() -> None:
    event = "events: {flood: {views: {mara: bank.landing}}}\n"
    told = edited(history=event).begin("mara", memory={"told(flood)": True}).choose("wade")
    assert told.flags["told(flood)"] is True
    kept(edited().recover(told.save()))
    assert kept(edited(history=event).recover(save("wade"))).flags["told(flood)"] is False


# -- places ------------------------------------


def test_a_place_that_was_removed_goes_on_where_the_history_says() -> None:
    gone = ("  shallows:\n    text: It pulls at your knees.\n", "  weir:\n    text: It pulls at your knees.\n")
    history = "history: [{release: 2, removed: {nodes: {bank.shallows: bank.heads}}}]\n"
    coin = ("heads: {do", "heads: {text: A coin lies there., do")
    now = edited(gone, ("goto: shallows", "goto: weir"), coin, history=history)
    for turns, was in [(("wade",), "bank.shallows"), (("wade", "deeper"), "bank.shallows.deeper")]:
        moment, losses = now.recover(save(*turns))
        assert losses == (f"The place where you were, {was}, is gone; you go on at bank.heads.",)
        assert (moment.step, moment.flags["coins"], moment.flags["wet"]) == ("bank.heads", 5, True)
        assert moment.plain() == "A coin lies there."


def test_who_leaves_a_scene_that_way_leaves_its_flags() -> None:
    text = FERRY.replace("shallows", "weir")
    history = "history: [{release: 2, removed: {nodes: {bank.shallows: inn.room}}}]\n"
    inn = "scene: inn\nnodes: {room: {choices: {out: {label: Out., goto: bank.weir}}}}\n"
    files = {"ferry.yaml": (text + history).encode(), "inn.yaml": inn.encode()}
    moment, losses = Story(compile_files(files, "ferry")).recover(save("wade"))
    assert losses == ("The place where you were, bank.shallows, is gone; you go on at inn.room.",)
    assert moment.choose("out").flags["wet"] is False


def test_who_goes_on_outside_of_what_was_called_is_not_called_back() -> None:
    history = "history: [{release: 2, removed: {nodes: {bank.search: bank.shallows}}}]\n"
    now = edited(("search", "look"), history=history)
    assert now.recover(save("hut")).moment.state.returns == ()
    history = "history: [{release: 2, removed: {nodes: {bank.search: bank.chest}}}]\n"
    chest = "  chest: {choices: {shut: {label: Shut it., return: true}}}\n  shout:"
    now = edited(("search", "look"), ("  shout:", chest), history=history)
    moment, losses = now.recover(save("hut"))
    assert losses == ("The place where you were, bank.search, is gone; you go on at bank.chest.",)
    assert moment.choose("shut").step == "bank.landing"


HEADS = "heads: {do: coins += 3, choices: {on: {label: On., goto: landing}}}"
SHOUT = "shout: {ask: {flag: called, label: Who calls}, goto: landing}"


@pytest.mark.parametrize(
    ("edit", "turns", "was", "now"),
    [
        (("ending: across", "goto: heads"), ("wade", "deeper", "swim"), "shallows.deeper.swim", "heads"),
        ((SHOUT, "shout: {goto: heads}"), ("ask",), "shout", "heads"),
        ((HEADS, "heads: {do: coins += 3, goto: landing}"), ("toss",), "heads", "landing"),
        ((HEADS, "heads: {do: coins += 3, call: search, goto: landing}"), ("toss",), "heads", "search"),
        ((HEADS, "heads: {do: coins += 3, chance: [{to: tails}]}"), ("toss",), "heads", "tails"),
    ],
)
def test_where_nothing_is_asked_any_more_the_story_goes_on_by_itself(
    edit: tuple[str, str], turns: tuple[str, ...], was: str, now: str
) -> None:
    before = at(*turns, seed=1)
    assert before.step == f"bank.{was}"
    moment, losses = edited(edit).recover(before.save())
    assert losses == (f"Nothing is asked any more where you were, bank.{was}; you go on at bank.{now}.",)
    assert moment.step == f"bank.{now}"
    coins = before.state.registers[0] + (3 if now == "heads" else 0)
    assert moment.state.registers[0] == min(coins, 5)


GONE = {
    "none": ([("wade:", "go:"), ("shallows", "ford")], ("wade",), "Not even the one choice", "could be", "landing"),
    "none of several": (
        [("wade:", "go:"), ("shallows", "ford")],
        ("wade", "deeper"),
        "None of the 2 choices",
        "could be",
        "landing",
    ),
    "some": ([("deeper:", "on:")], ("toss", "on", "wade", "deeper"), "3 of the 4 choices", "could be", "shallows"),
    "all": ([("landing", "jetty")], ("wade", "back"), "Each choice", "was", "jetty"),
    "the one": ([("shallows", "ford")], ("wade",), "The choice", "was", "ford"),
}


@pytest.mark.parametrize("name", GONE)
def test_a_place_that_is_gone_without_a_word_is_sought_by_playing_again(name: str) -> None:
    edits, turns, what, became, here = GONE[name]
    was = at(*turns).step
    moment, losses = edited(*edits).recover(save(*turns))
    again = f"{what} that led there {became} taken again; you are at bank.{here}."
    assert losses == (f"You can no longer be where you were, {was}. {again}",)
    assert moment.step == f"bank.{here}"


def test_a_place_where_nothing_would_be_left_to_do_is_come_to_by_playing_again() -> None:
    oar = ("carried: {any_of: [lamp, bell, oar]}", "carried: {any_of: [lamp, bell, oar]}\n  dry: false")
    locked = ("deeper:\n", "deeper:\n        when: dry\n"), ("back: {label", "back: {when: dry, label")
    moment, losses = edited(oar, *locked, ("do: [wet = true", "do: [dry = true, wet = true")).recover(save("wade"))
    assert [offer.id for offer in moment.choices] == ["deeper", "back"]
    where = "Where you were, bank.shallows, nothing would be left for you to do."
    assert losses == (f"{where} The choice that led there was taken again; you are at bank.shallows.",)
    moment, losses = edited(oar, *locked).recover(save("wade"))
    assert (moment.stuck, losses) == (True, ())


def test_a_reading_that_had_not_gone_anywhere_begins_anew() -> None:
    _, losses = edited(("landing", "jetty")).recover(save())
    assert losses == ("You can no longer be where you were, bank.landing. You begin anew, at bank.jetty.",)


def test_what_is_gone_on_the_way_is_no_matter_where_the_place_is_there() -> None:
    moment = kept(edited(("toss:", "flip:")).recover(save("toss", "on", "wade")))
    assert (moment.step, moment.path) == ("bank.shallows", ("toss", "on", "wade"))
    assert moment.plain() == "It pulls at your knees."


def test_a_place_that_goes_round_and_round_by_now_is_not_kept() -> None:
    moment, losses = edited((SHOUT, "shout: {goto: ring}\n  ring: {goto: shout}")).recover(save("wade", "back", "ask"))
    assert moment.step == "bank.landing"
    again = "2 of the 3 choices that led there could be taken again; you are at bank.landing."
    assert losses == (f"You can no longer be where you were, bank.shout. {again}",)


# -- who waits ------------------------------------


def test_who_called_still_waits_under_another_name() -> None:
    history = "history: [{release: 2, renamed: {nodes: {bank.hut: bank.cabin}}}]\n"
    cabin = [("  hut: {do", "  cabin: {do"), ("goto: hut}", "goto: cabin}")]
    for now in (edited(*cabin, history=history), edited(*cabin)):
        assert kept(now.recover(save("hut"))).choose("out").step == "bank.landing"


def test_a_part_that_is_called_by_now_is_come_back_from() -> None:
    led = "hut: {do: rope = true, goto: search}"
    before = edited(("hut: {do: rope = true, call: search, goto: landing}", led), ("return: true", "goto: landing"))
    data = before.begin("mara").choose("hut").save()
    assert kept(story(FERRY).recover(data)).choose("out").step == "bank.landing"


def test_who_waits_no_more_is_not_come_back_to() -> None:
    led = "hut: {do: rope = true, goto: search}"
    now = edited(("hut: {do: rope = true, call: search, goto: landing}", led), ("return: true", "goto: landing"))
    assert kept(now.recover(save("hut"))).choose("out").step == "bank.landing"


# -- the rest ------------------------------------


def test_words_are_told_anew_as_they_are_told_on_the_way() -> None:
    assert edited(("high", "low")).resume(save("wade", "back")).plain() == "Go back.\n\nThe river is low."


def test_rolls_come_out_as_they_would_have() -> None:
    for seed in range(8):
        before = at(seed=seed)
        after = edited(("high", "low")).resume(before.save())
        assert after.choose("toss").step == before.choose("toss").step


def test_a_path_that_is_gone_is_read_on_as_the_one_that_leads_there() -> None:
    other = edited(("tov: {start: bank.landing}", "tov: {start: bank.shout}"), ("mara", "maren"))
    moment, losses = other.recover(save("wade"))
    assert losses == ('The path "mara" is gone; you read on as "maren".',)
    assert moment.path == ("wade",)


def test_what_was_fixed_beforehand_is_kept_where_nothing_else_can_come_out() -> None:
    moment = story(FERRY).begin("mara", outcomes=["tails", "heads"]).choose("toss")
    again = kept(edited(("high", "low")).recover(moment.save()))
    assert again.choose("on").choose("toss").step == "bank.heads"
    other, losses = edited(("coin: {chance: [{to: heads}, {to: tails}]}", "coin: {goto: tails}")).recover(moment.save())
    assert losses == ("What was fixed beforehand for chance and answers no longer holds.",)
    assert other._luck == Luck(moment._luck.state)


def test_what_is_no_value_at_all_is_damage() -> None:
    body = json.loads(save("wade"))
    for value in (None, 1.5, {"a": 1}, [1], 2**64):
        fields = {**body, "flags": {**body["flags"], "rope": value}}
        fields = {name: fields[name] for name in fields if name not in ("checksum", "waymeet_save")}
        with pytest.raises(SaveError, match="damaged"):
            edited(("high", "low")).recover(seal("save", fields))


def test_a_long_text_is_cut_where_it_is_lost() -> None:
    body = json.loads(save("wade"))
    fields = {name: body[name] for name in body if name not in ("checksum", "waymeet_save")}
    fields["flags"] = {**body["flags"], "x": "y" * 1000, "z": "", "none": []}
    _, losses = edited(("high", "low")).recover(seal("save", fields))
    assert losses == (
        'The story no longer knows "none", which was empty.',
        f'The story no longer knows "x", which was {"y" * 40}….',
        'The story no longer knows "z", which was empty.',
    )


def test_an_endless_way_on_is_left_to_the_reader() -> None:
    ring = ("back: {label: Go back., goto: landing}", "back: {label: Go back., goto: ring}")
    moment = kept(edited(ring, ("  shout:", "  ring: {goto: ring}\n  shout:")).recover(save("wade")))
    with pytest.raises(EndlessLoopError):
        moment.choose("back")
