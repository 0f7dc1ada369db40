"""Random small stories, as the YAML an author would write: every construct, and defects of every kind often.

`make_story` draws from a `random.Random`; under Hypothesis that is one whose draws shrink.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from kit import flags
from kit.formulas import Names, chance
from kit.naming import with_choices
from kit.plan import SOME_CHOICE, Deck, Menu, Place, Plan
from kit.steps import WARNS, Steps
from waymeet.rules import SETTABLE_RULES

if TYPE_CHECKING:
    from random import Random

#: The files of a story, as the data that its YAML holds.
Files = dict[str, dict[str, Any]]

#: Rules whose findings are about endings.
_ALLOWED = ("lost-ending", "stray-ending", "unreachable-ending", "unused-ending")
SCENES = ("camp", "hill", "gate")
PROTAGONISTS = ("anna", "bela")


def stories() -> st.SearchStrategy[Files]:
    """Random stories, for Hypothesis."""
    return st.randoms(use_true_random=False).map(make_story)


def as_bytes(files: Files) -> dict[str, bytes]:
    """The files as YAML: JSON is YAML too."""
    return {name: json.dumps(data, ensure_ascii=False, indent=1).encode() for name, data in files.items()}


def as_block_yaml(data: Any, indent: int = 0) -> str:
    """Data as YAML without brackets, texts of several lines as block scalars: what most authors write."""
    pad = "  " * indent
    if isinstance(data, dict) and data:
        return "".join(f"{pad}{key}:{_block_value(value, indent + 1)}" for key, value in data.items())
    assert isinstance(data, list)
    return "".join(f"{pad}-{_block_value(value, indent + 1)}" for value in data)


def _block_value(value: Any, indent: int) -> str:
    if isinstance(value, dict | list) and value:
        return "\n" + as_block_yaml(value, indent)
    if isinstance(value, str) and "\n" in value.strip():
        lines = value.strip().split("\n")
        return " |\n" + "".join(f"{'  ' * indent}{line}\n" if line else "\n" for line in lines)
    return f" {json.dumps(value, ensure_ascii=False)}\n"


def make_story(random: Random, *, alike: bool = True) -> Files:
    """One random story; `alike` says that things of different scenes may have the same names."""
    return _Maker(random, alike=alike).make()


class _Maker:
    """One story being made."""

    def __init__(self, random: Random, *, alike: bool) -> None:
        self.random = random
        self.alike = alike
        self.scenes = SCENES[: random.choice((1, 1, 2, 3))]
        self.plan = Plan(random, self._nodes(), list(PROTAGONISTS[: random.choice((1, 1, 2))]))
        self.plan.endings = ["peace", "road", "sea"][: random.randint(1, 3)]
        if chance(random, 30):
            home = random.choice(self.scenes)
            self.plan.parts = [Place(home, name) for name in ("part0", "part1", "part2")]
            self.plan.returned = random.choice((("left",), ("left", "right")))
        if chance(random, 40):
            self.plan.menus = [
                Menu("pockets", "", ("m0", "m1")[: random.choice((1, 2))]),
                Menu("pockets" if self._shares(30) else "bench", random.choice(self.scenes), ("s0",)),
                Menu("coat", "", ("k0",)),
            ][: random.choice((1, 2, 3, 3))]
        self._deal()

    def _nodes(self) -> list[Place]:
        """The nodes, spread over the scenes."""
        random, scenes = self.random, self.scenes
        count = random.randint(max(2, len(scenes)), 8)
        homes = [scenes[min(i * len(scenes) // count, len(scenes) - 1)] for i in range(count)]
        alike = self._shares(30)
        return [Place(home, f"n{homes[:i].count(home) if alike else i}") for i, home in enumerate(homes)]

    def _shares(self, percent: int) -> bool:
        """Whether something has the same name as another of its kind somewhere else."""
        return chance(self.random, percent) and self.alike

    def _deal(self) -> None:
        """Decks, and which nodes are cards of which: no two of one name in one deck, for a reader chooses by it."""
        random, plan = self.random, self.plan
        if chance(random, 45):
            names = ["road", "market"][: random.choice((1, 1, 2))]
            plan.decks = [self._deck(name) for name in names]
            for place in plan.nodes:
                deck = random.choice(plan.decks)
                if chance(random, 55) and place.id not in [card.id for card in deck.cards]:
                    deck.cards.append(place)
        if plan.parts and chance(random, 40):
            hand = self._deck("hand")
            hand.cards = plan.parts[1:]
            plan.decks.append(hand)

    def _deck(self, name: str) -> Deck:
        return Deck(name, self.random.choice(("best", "random", "offer", "offer")), self.random.choice((1, 1, 2, 3)))

    def make(self) -> Files:
        """The files."""
        random, plan = self.random, self.plan
        story = self._story()
        plan.budget = random.randint(6, 24)
        files = {scene: self._scene(scene) for scene in self.scenes}
        story |= self._shared()
        if chance(random, 80):
            story["endings"] = {name: end for name, end in story["endings"].items() if name in plan.used}
        return self._filed(*with_choices(plan, story, files))

    def _filed(self, story: dict[str, Any], scenes: dict[str, dict[str, Any]]) -> Files:
        if len(scenes) == 1 and chance(self.random, 40):
            [scene] = scenes.values()
            menus = {**story.get("menus", {}), **scene.get("menus", {})}
            if len(menus) == len(self.plan.menus):  # otherwise the scene has one that takes the place of the story's
                return {"all.yaml": {**story, **scene, **({"menus": menus} if menus else {})}}
        return {"story.yaml": story, **{f"{name}.yaml": scene for name, scene in scenes.items()}}

    # -- the story file ------------------------------------

    def _story(self) -> dict[str, Any]:
        random, plan = self.random, self.plan
        remembers = chance(random, 50)
        flagged = flags.declared(random, flags.FLAGS, plan.names, at_most=1 if remembers else 3)
        if chance(random, 30):
            flagged["called"] = {"text": random.choice(("Anna", "Übel", ""))}
            plan.names.texts.append("called")
        memory = flags.declared(random, flags.MEMORY, plan.names, at_most=3) if remembers else {}
        flags.plan_derived(random, plan.names)
        return {
            **self._about(),
            "story": "random_story",
            "protagonists": {name: self._protagonist(i) for i, name in enumerate(plan.protagonists)},
            "cast": {"jathor": {"name": "Jathor"}},
            "flags": flagged,
            "memory": memory,
            "endings": {ending: self._ending() for ending in plan.endings},
            "sheet": self._sheet(),
            "chapters": {scene: f"In the {scene}" for scene in self.scenes if chance(random, 30)},
        }

    def _about(self) -> dict[str, Any]:
        """What is said of the story as a whole, and how strictly it is to be checked."""
        random = self.random
        warns: Any = random.sample(WARNS, random.choice((1, 2, 2)))
        every = {
            "waymeet": 1,
            "title": "Random {story}",
            "authors": random.choice(("A. Author", ["A. Author", "B. Author"])),
            "about": "Rain, *mostly*.\n\nThen none.",
            "language": "en",
        }
        about = {key: value for key, value in every.items() if chance(random, 50)}
        about["warns"] = warns[0] if len(warns) == 1 and chance(random, 50) else warns
        if chance(random, 8):
            rules = random.sample(SETTABLE_RULES, random.choice((1, 2, 3)))
            about["check"] = {"rules": {rule: random.choice(("error", "warning", "note", "off")) for rule in rules}}
        return about

    def _sheet(self) -> list[dict[str, Any]]:
        names = self.plan.names
        shown = [*names.ints, *names.all_sets, *names.all_enums, *names.derived_bools, *names.derived_ints]
        lines: list[dict[str, Any]] = [{"label": name, "show": name} for name in shown]
        lines += [{"label": name, "show": name, "words": {"0": "nothing", "2": "much"}} for name in names.ints]
        lines += [{"label": name, "show": name, "words": {"true": "yes", "false": "no"}} for name in names.bools]
        for name, values in names.all_enums.items():
            lines.append({"label": name, "show": name, "words": {value: f"so {value}" for value in values}})
        lines += [{"label": name, "show": f"{name} + 1"} for name in names.derived_ints]
        return [line for line in lines if chance(self.random, 40)]

    def _protagonist(self, index: int) -> dict[str, Any]:
        place = self.plan.nodes[0] if index == 0 else self.random.choice(self.plan.nodes)
        about: dict[str, Any] = {"name": f"P{index}"} if chance(self.random, 70) else {}
        if chance(self.random, 20):
            about["about"] = "You *walk*."
        return {**about, "start": self.plan.named(place)}

    def _ending(self) -> dict[str, Any]:
        random = self.random
        ending: dict[str, Any] = {"title": "The end"} if chance(random, 70) else {}
        if chance(random, 40):
            whose = random.sample(self.plan.protagonists, random.randint(1, len(self.plan.protagonists)))
            ending["for"] = whose[0] if len(whose) == 1 and chance(random, 50) else whose
        if chance(random, 30):
            ending["kind"] = random.choice(("main", "side", "early"))
        if chance(random, 15):
            ending |= {"hint": "Some roads fork twice.", "note": "Unfinished."}
        if chance(random, 8):
            ending["allow"] = {random.choice(_ALLOWED): "In the next release."}
        return ending

    def _shared(self) -> dict[str, Any]:
        """What the story file holds that can name everything in it: menus, decks, derived names."""
        plan = self.plan
        plan.scene, plan.locals = "", Names()
        menus = {menu.name: Steps(plan).menu(menu) for menu in plan.menus if not menu.scene}
        if {"pockets", "coat"} <= set(menus) and chance(self.random, 80):
            menus["pockets"]["m0"] |= {"label": "In the coat.", "menus": "coat"}
            for key in ("goto", "ending", "call", "return", "returns", "ask", "roll", "chance", "draw"):
                menus["pockets"]["m0"].pop(key, None)
        shared: dict[str, Any] = {"menus": menus} if menus else {}
        if plan.decks:
            shared["decks"] = {deck.name: self._written(deck) for deck in plan.decks}
        places = Names(nodes=[place.full for place in plan.nodes], choices=[SOME_CHOICE])
        plan.names = plan.names.joined(places)
        return {**shared, "derive": flags.derived(self.random, plan.names)}

    def _written(self, deck: Deck) -> dict[str, Any]:
        plan = self.plan
        last = plan.nodes[-1] if chance(self.random, 70) else self.random.choice(plan.nodes)
        otherwise = plan.parts[2] if deck.name == "hand" else last
        offer = {"offer": deck.offer} if deck.pick == "offer" else {}
        return {"pick": deck.pick, **offer, "otherwise": plan.named(otherwise)}

    # -- scenes ------------------------------------

    def _scene(self, scene: str) -> dict[str, Any]:
        random, plan = self.random, self.plan
        plan.scene, plan.locals = scene, Names()
        written: dict[str, Any] = {"scene": scene}
        if chance(random, 40):
            wanted = flags.local_flags(scene, own=not self._shares(50))
            written["local"] = flags.declared(random, wanted, plan.locals, at_most=2)
        if chance(random, 20):
            written["once"] = True
        if chance(random, 10) and len(self.scenes) > 1:
            written["about"] = "Notes."
        menus = {menu.name: Steps(plan).menu(menu) for menu in plan.menus if menu.scene == scene}
        if menus:
            written["menus"] = menus
        written["nodes"] = {}
        for index, place in enumerate(plan.nodes):
            if place.scene == scene:
                plan.at = index
                written["nodes"][place.id] = Steps(plan).node(place)
        if plan.parts and plan.parts[0].scene == scene:
            written["nodes"] |= Steps(plan).parts()
        return written
