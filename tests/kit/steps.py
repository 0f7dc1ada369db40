"""Random steps: effects, prose and every way out; choices in choices, menus, cards, and parts that are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kit.formulas import Formulas, chance
from kit.wording import Prose

if TYPE_CHECKING:
    from kit.plan import Deck, Menu, Place, Plan

Step = dict[str, Any]

WARNS = ("war", "a death", "spiders")
TAGS = ("night", "loud", "river")
#: Rules whose findings are about one place that is clear without looking at the others.
ALLOWED = ("dead-end", "endless-loop", "impossible-choice", "missing-warning", "out-of-range", "unreachable-node")
_ROLLS = (
    ("1d2", ("..1", "2+")),
    ("d3", ("..1", "2..3", "4+")),
    ("2d2", ("..2", "3", "4+")),
    ("1d3", ("..2", "1..3", "2+")),
)


class Steps:
    """Writes the steps of a story, as its plan has it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.random = plan.random

    def node(self, place: Place) -> Step:
        """A node, perhaps in a deck."""
        node = self._step(0, outward=False, is_node=True)
        if (deck := self.plan.deck_of(place)) is not None:
            node["card"] = self.card(deck)
        return node

    def card(self, deck: Deck) -> dict[str, Any]:
        """How a node stands in a deck."""
        random = self.random
        card: dict[str, Any] = {"deck": deck.name}
        if chance(random, 40):
            card["when"] = self.plan.formulas.condition(1)
        if chance(random, 40):
            card["priority"] = random.choice((-1, 1, 1, 2))
        if chance(random, 75):
            card["once"] = chance(random, 90)
        if deck.pick == "offer" or chance(random, 20):
            card["label"] = Prose(self.plan).line()
        return card

    def _step(self, depth: int, *, outward: bool, is_node: bool, shared: Menu | None = None) -> Step:
        """A step; `outward` says that a goto around it is there to go on by, `shared` of which menu it is part."""
        random = self.random
        step: Step = {}
        effects = [self.plan.formulas.effect() for _ in range(random.choice((0, 0, 1, 1, 2)))]
        known = [effect for effect in effects if effect is not None]
        if known:
            step["do"] = known[0] if len(known) == 1 and chance(random, 50) else known
        if chance(random, 50):
            step["text"] = Prose(self.plan).text(2)
        if chance(random, 6):
            step["warns"] = random.choice((random.choice(WARNS), random.sample(WARNS, 2)))
        if chance(random, 10):
            step["tags"] = random.choice((random.choice(TAGS), random.sample(TAGS, 2)))
        if chance(random, 3):
            step["note"] = random.choice(("To do.", ["One.", {"two": 2}]))
        if chance(random, 3):
            step["allow"] = {random.choice(ALLOWED): "It is meant."}
        self._way_out(step, depth, outward=outward, is_node=is_node, shared=shared)
        return step

    # -- ways out ------------------------------------

    def _way_out(self, step: Step, depth: int, *, outward: bool, is_node: bool, shared: Menu | None) -> None:
        plan = self.plan
        match self.random.choice(self._ways(depth, outward=outward, is_node=is_node, shared=shared)):
            case "goto":
                step["goto"] = plan.target()
            case "guarded":
                step["goto"] = self._guarded()
            case "ending":
                step["ending"] = plan.ending()
            case "chance":
                step["chance"] = [self._lot() for _ in range(self.random.choice((1, 2, 2, 3)))]
            case "roll":
                step["roll"] = self._roll()
            case "ask":
                self._ask(step, outward=outward)
            case "call":
                self._call(step, outward=outward)
            case "return":
                step["return"] = self.random.choice((True, "left"))
            case "draw":
                step["draw"] = self.random.choice([deck.name for deck in plan.decks if deck.name != "hand"])
            case "choices":
                self._choices(step, depth, outward=outward, shared=shared)
            case _:
                pass

    def _ways(self, depth: int, *, outward: bool, is_node: bool, shared: Menu | None) -> list[str]:
        """The ways out that a step may have, each as often as it is wanted."""
        plan, random = self.plan, self.random
        last = plan.at == len(plan.nodes) - 1
        if is_node and not outward and chance(random, 2):
            return ["nothing", "return"]
        ways = ["goto", "guarded"]
        if last or (not is_node and chance(random, 40)):
            ways += ["ending"] * 3
        if not last and chance(random, 35):
            ways += ["chance", "roll", "ask", "ask"]
        if plan.parts:
            ways += ["call"] * 2
        if any(deck.name != "hand" for deck in plan.decks) and not last:
            ways += ["draw"] * (5 if is_node else 2)
        if plan.budget > 0 and not (last and is_node):
            ways += ["choices"] * (8 if is_node else 2 if depth < 3 else 0)
        if outward:
            ways += ["nothing"] * (9 if shared else 3)
        return ways

    def _lot(self) -> dict[str, Any]:
        weight = {"weight": self.random.choice((1, 2, 1_000_000))} if chance(self.random, 50) else {}
        return {**weight, "to": self.plan.target()}

    def _roll(self) -> dict[str, Any]:
        dice, ranges = self.random.choice(_ROLLS)
        roll: dict[str, Any] = {"dice": dice, "outcomes": {name: self.plan.target() for name in ranges}}
        if chance(self.random, 50):
            roll["add"] = Formulas(self.random, self.plan.here, counts=False).sum(1)
        return roll

    def _ask(self, step: Step, *, outward: bool) -> None:
        names = self.plan.here
        flags = [*names.ints, *names.texts]
        flag = self.random.choice([*flags, *names.texts]) if flags else ""
        if not outward or chance(self.random, 60):
            step["goto"] = self._guarded() if chance(self.random, 50) else self.plan.target()
        if flag in names.ints and chance(self.random, 30):
            step["goto"] = [{"when": f"{flag} > {names.ints[flag][0]}", "to": self.plan.target()}]
        if flag:
            step["ask"] = {"flag": flag, "label": Prose(self.plan).line()}
            if flag in names.texts and chance(self.random, 50):
                step["ask"]["max"] = self.random.choice((4, 200))

    def _call(self, step: Step, *, outward: bool) -> None:
        random, plan = self.random, self.plan
        part = random.choice(plan.parts[:2])
        step["call"] = plan.named(part)
        if not outward or chance(random, 60):
            step["goto"] = self._guarded() if chance(random, 20) else plan.target()
        if part.id == "part0" and chance(random, 60):
            names = random.sample(plan.returned, random.randint(1, len(plan.returned)))
            step["returns"] = {name: plan.target() for name in names}

    def _guarded(self) -> list[Any]:
        plan = self.plan
        entries: list[Any] = [
            {"when": plan.formulas.condition(), "to": plan.target()} for _ in range(self.random.choice((1, 1, 2)))
        ]
        match self.random.randrange(8):
            case 0 | 1 | 2 | 3:
                entries.append({"to": plan.target()})
            case 4 | 5:
                entries.append(plan.target())
            case _:
                pass
        return entries

    # -- choices ------------------------------------

    def _choices(self, step: Step, depth: int, *, outward: bool, shared: Menu | None) -> None:
        random, plan = self.random, self.plan
        menus = [] if shared else self._menus()
        if chance(random, 50) or (menus and not outward):
            step["goto"] = self._guarded() if chance(random, 30) else plan.target()
            if chance(random, 50) and not shared:
                step["goto"] = plan.named(plan.nodes[plan.at])  # a hub, to which its choices come back
        inner = outward or "goto" in step
        count = random.choice((1, 2, 2, 3))
        plan.budget -= count
        if chance(random, 25):
            step["otherwise"] = self._guarded() if chance(random, 30) else plan.target()
        if menus:
            step["menus"] = menus[0] if len(menus) == 1 and chance(random, 50) else menus
        if menus and chance(random, 15):
            return
        prefix = f"{shared.choices[0]}_" if shared else "c"
        step["choices"] = {f"{prefix}{i}": self.choice(depth + 1, outward=inner) for i in range(count)}
        if chance(random, 60):
            step["choices"][f"{prefix}0"].pop("when", None)
            step["choices"][f"{prefix}0"].pop("locked", None)

    def _menus(self) -> list[str]:
        """Some of the menus that can be used here, by their names."""
        known = self.plan.offered()
        if not known or chance(self.random, 40):
            return []
        return [menu.name for menu in self.random.sample(known, self.random.randint(1, len(known)))]

    def choice(self, depth: int, *, outward: bool, shared: Menu | None = None) -> Step:
        """A choice with all that it opens onto."""
        random = self.random
        choice: Step = {"label": Prose(self.plan).line()}
        if chance(random, 35):
            choice["when"] = self.plan.formulas.condition()
        if "when" in choice and chance(random, 30):
            choice["locked"] = True if chance(random, 40) else "Not now."
        match random.randrange(10):
            case 0 | 1:
                choice["once"] = True
            case 2:
                choice["once"] = False
            case 3:
                choice["limit"] = random.randint(1, 2)
            case _:
                pass
        if chance(random, 20):
            choice["echo"] = random.choice(("", '"Why?"', Prose(self.plan).line()))
        return {**choice, **self._step(depth, outward=outward, is_node=False, shared=shared)}

    def menu(self, menu: Menu) -> dict[str, Step]:
        """The choices of a menu; each goes on where the step does that offers it, unless it says otherwise."""
        self.plan.at = self.random.randrange(len(self.plan.nodes))
        return {name: self.choice(2, outward=True, shared=menu) for name in menu.choices}

    # -- parts ------------------------------------

    def parts(self) -> dict[str, Step]:
        """What is called: `part0` returns by names or without, or goes on to `part1`, which always returns."""
        random, plan = self.random, self.plan
        ways: dict[str, Step] = {
            "c0": {"label": "Back.", "return": True},
            **{f"r{i}": {"label": f"To the {name}.", "return": name} for i, name in enumerate(plan.returned)},
            "c1": {"label": "On.", "once": True, "call": "part1", "goto": "part2"},
            "c2": {"label": "Away.", "ending": plan.ending()},
        }
        if any(deck.name == "hand" for deck in plan.decks):
            ways["c3"] = {"label": "Draw.", "draw": "hand"}
        for name in random.sample(sorted(way for way in ways if way[0] == "c"), random.randint(0, 2)):
            del ways[name]
        for way in ways.values():
            if chance(random, 20):
                way["when"] = plan.formulas.condition(1)
        ends: list[Step] = [{"return": True}, {"return": True}, {"chance": [{"to": "part2"}, {"to": "part2"}]}]
        found = {"part0": {"choices": ways}, "part1": random.choice(ends), "part2": {"return": True}}
        for place in plan.parts:
            part = found[place.id]
            if (effect := plan.formulas.effect()) is not None and chance(random, 60):
                part["do"] = effect
            if (deck := plan.deck_of(place)) is not None:
                part["card"] = self.card(deck)
        if chance(random, 30):
            found["part0"]["otherwise"] = "part2"
        return found
