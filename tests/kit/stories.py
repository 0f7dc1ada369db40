"""Random small stories, as the YAML an author would write: every construct, and defects of every kind often.

`make_story` draws from a `random.Random`; under Hypothesis that is one whose draws shrink.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from kit.formulas import Formulas, Names, chance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

#: The files of a story, as the data that its YAML holds.
Files = dict[str, dict[str, Any]]

SCENES = ("camp", "hill", "gate")
PROTAGONISTS = ("anna", "bela")
MOOD = ("cold", "wavering", "open")
CLUES = ("crest", "feather", "print_")
WARNS = ("war", "a death", "spiders")
TAGS = ("night", "loud", "river")
#: Stands for a choice until all choices are known.
SOME_CHOICE = "some_choice"
_WORDS = ("Rain.", "She waits.", "*No,* you say.", "A **white** house", "Über die Brücke …", "a\\{b\\} \\| c", "雨, 雨")


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


def make_story(random: Random) -> Files:
    """One random story."""
    return _Maker(random).make()


class _Maker:
    """One story being made."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.flags: dict[str, Any] = {}
        self.names = Names()
        self.endings: list[str] = []
        self.used: set[str] = set()
        self.protagonists: list[str] = []
        self.nodes: list[tuple[str, str]] = []
        self.parts: list[tuple[str, str]] = []
        self.scene = ""
        self.locals = Names()
        self.at = 0
        self.budget = 0

    def make(self) -> Files:
        """The files."""
        random = self.random
        scenes = SCENES[: random.choice((1, 1, 2, 3))]
        count = random.randint(max(2, len(scenes)), 8)
        self.nodes = [(scenes[min(i * len(scenes) // count, len(scenes) - 1)], f"n{i}") for i in range(count)]
        self.protagonists = list(PROTAGONISTS[: random.choice((1, 1, 2))])
        if chance(random, 25):
            home = random.choice(scenes)
            self.parts = [(home, name) for name in ("part0", "part1", "part2")]
        story = self._story()
        self.budget = random.randint(6, 24)
        files = {scene: self._scene(scene) for scene in scenes}
        story["derive"] = self._derive()
        if chance(random, 80):
            story["endings"] = {name: end for name, end in story["endings"].items() if name in self.used}
        return self._filed(*self._with_choices(story, files))

    def _with_choices(
        self, story: dict[str, Any], scenes: dict[str, dict[str, Any]]
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """The same with real choices in the place of `SOME_CHOICE`, now that they are known."""
        paths = [
            path
            for name, scene in scenes.items()
            for node, step in scene["nodes"].items()
            for path in _paths(name, node, step)
        ]

        def named(scene: str, data: Any) -> Any:
            text = json.dumps(data, ensure_ascii=False)
            while SOME_CHOICE in text:
                text = text.replace(SOME_CHOICE, self._choice_named(scene, paths), 1)
            if not paths:
                text = text.replace("chosen(", "seen(").replace("times(", "visits(")
            return json.loads(text)

        return named("", story), {name: named(name, scene) for name, scene in scenes.items()}

    def _choice_named(self, scene: str, paths: list[str]) -> str:
        if not paths:
            return ".".join(self.nodes[0])
        path = self.random.choice(paths)
        return path.removeprefix(f"{scene}.") if chance(self.random, 50) else path

    def _filed(self, story: dict[str, Any], scenes: dict[str, dict[str, Any]]) -> Files:
        if len(scenes) == 1 and chance(self.random, 30):
            return {"all.yaml": {**story, **next(iter(scenes.values()))}}
        return {"story.yaml": story, **{f"{name}.yaml": scene for name, scene in scenes.items()}}

    # -- the story file ------------------------------------

    def _story(self) -> dict[str, Any]:
        random = self.random
        remembers = chance(random, 50)
        flags = self._flags(("armed", "lit"), "trust", "mood", MOOD, "clues", CLUES, at_most=1 if remembers else 3)
        if chance(random, 30):
            flags["called"] = {"text": random.choice(("Anna", "Übel", ""))}
            self.names.texts.append("called")
        memory = {}
        if remembers:
            memory = self._flags(("met",), "score", "parting", ("untold", "kind"), "kept", ("ring",), at_most=3)
        self.endings = ["peace", "road", "sea"][: random.randint(1, 3)]
        self._plan_derived()
        return {
            "waymeet": 1,
            "story": "random_story",
            "title": "Random {story}",
            "warns": random.sample(WARNS, random.choice((1, 2, 2))),
            "protagonists": {name: self._protagonist(i) for i, name in enumerate(self.protagonists)},
            "cast": {"jathor": {"name": "Jathor"}},
            "flags": flags,
            "memory": memory,
            "endings": {ending: self._ending() for ending in self.endings},
            "sheet": self._sheet(),
            "chapters": {scene: f"In the {scene}" for scene, _ in self.nodes if chance(random, 30)},
        }

    def _sheet(self) -> list[dict[str, Any]]:
        names = self.names
        lines: list[dict[str, Any]] = [{"label": name, "show": name} for name in [*names.ints, *names.sets]]
        lines += [{"label": name, "show": name, "words": {"0": "nothing", "2": "much"}} for name in names.ints]
        lines += [{"label": name, "show": name, "words": {"true": "yes", "false": "no"}} for name in names.bools]
        return lines

    def _protagonist(self, index: int) -> dict[str, Any]:
        scene, node = self.nodes[0] if index == 0 else self.random.choice(self.nodes)
        return {"name": f"P{index}", "start": f"{scene}.{node}"}

    def _ending(self) -> dict[str, Any]:
        ending: dict[str, Any] = {"title": "The end"}
        if chance(self.random, 40):
            ending["for"] = [self.random.choice(self.protagonists)]
        if chance(self.random, 30):
            ending["kind"] = self.random.choice(("main", "side", "early"))
        return ending

    def _flags(
        self,
        bools: tuple[str, ...],
        number: str,
        enum: str,
        values: tuple[str, ...],
        group: str,
        members: tuple[str, ...],
        at_most: int,
        names: Names | None = None,
    ) -> dict[str, Any]:
        """Some flags, each with one of the forms that its type can be declared in."""
        random = self.random
        names = self.names if names is None else names
        found: dict[str, Any] = {}
        for name in random.sample([*bools, number, enum, group], random.randint(min(1, at_most - 1), at_most)):
            if name in bools:
                names.bools.append(name)
                found[name] = random.choice((False, False, True, {"start": True}))
            elif name == number:
                found[name] = self._number(names, name)
            elif name == enum:
                names.enums[name] = values
                found[name] = random.choice((list(values), {"one_of": list(values), "start": values[-1]}))
            else:
                names.sets[name] = members[: random.randint(1, len(members))]
                start = {"start": [names.sets[name][0]]} if chance(random, 20) else {}
                found[name] = {"any_of": list(names.sets[name]), **start}
        return found

    def _number(self, names: Names, name: str) -> dict[str, Any]:
        low = self.random.choice((0, 0, -1, -2, 1))
        high = low + self.random.randint(0, 3)
        names.ints[name] = (low, high)
        flag: dict[str, Any] = {"min": low, "max": high}
        if chance(self.random, 40):
            flag["start"] = self.random.randint(low, high)
        if chance(self.random, 40):
            flag["overflow"] = self.random.choice(("clamp", "clamp", "report"))
        return flag

    def _plan_derived(self) -> None:
        self.names.derived_bools = ["welcome", "doubly"][: self.random.choice((0, 0, 1, 2))]
        self.names.derived_ints = ["weight"][: self.random.choice((0, 0, 1))]

    def _derive(self) -> dict[str, str]:
        """The derived names, each using those before it; they can count everything in the story."""
        names = self.names
        planned = ([*names.derived_bools], [*names.derived_ints])
        names.derived_bools, names.derived_ints = [], []
        names.nodes = [f"{scene}.{node}" for scene, node in self.nodes]
        names.choices = [SOME_CHOICE]
        found = {}
        for name in planned[1]:
            found[name] = Formulas(self.random, names, counts=False).sum(1)
            names.derived_ints.append(name)
        for name in planned[0]:
            found[name] = Formulas(self.random, names).condition(2)
            names.derived_bools.append(name)
        return found

    # -- scenes and steps ------------------------------------

    def _scene(self, scene: str) -> dict[str, Any]:
        self.scene = scene
        self.locals = Names()
        local = {}
        if chance(self.random, 40):
            local = self._local_flags(scene)
        written: dict[str, Any] = {"scene": scene, "local": local, "nodes": {}}
        if chance(self.random, 20):
            written["once"] = True
        for index, (home, node) in enumerate(self.nodes):
            if home == scene:
                self.at = index
                written["nodes"][node] = self._step(0, outward=False, is_node=True)
        if self.parts and self.parts[0][0] == scene:
            written["nodes"].update(self._parts())
        return written

    def _parts(self) -> dict[str, dict[str, Any]]:
        """What is called: `part0` returns `left` or no name, or goes on to `part1`, which always returns."""
        random = self.random
        ways: dict[str, dict[str, Any]] = {
            "c0": {"label": "Back.", "return": True},
            "c1": {"label": "To the left.", "return": "left"},
            "c2": {"label": "On.", "once": True, "call": "part1", "goto": "part2"},
            "c3": {"label": "Away.", "ending": self._ending_used()},
        }
        for name in random.sample(list(ways)[1:], random.randint(0, 2)):
            if name != "c1":
                del ways[name]
        for way in ways.values():
            if chance(random, 20):
                way["when"] = self.formulas.condition(1)
        ends: list[dict[str, Any]] = [
            {"return": True},
            {"return": True},
            {"chance": [{"to": "part2"}, {"to": "part2"}]},
        ]
        parts = {"part0": {"choices": ways}, "part1": random.choice(ends), "part2": {"return": True}}
        for part in parts.values():
            if (effect := self.formulas.effect()) is not None and chance(random, 60):
                part["do"] = effect
        if chance(random, 30):
            parts["part0"]["otherwise"] = "part2"
        return parts

    def _ending_used(self) -> str:
        ending = self.random.choice(self.endings)
        self.used.add(ending)
        return ending

    def _local_flags(self, scene: str) -> dict[str, Any]:
        """Flags of one scene; their names are its own, for a clash with those of another is an error."""
        door, steps, tide, held = (f"{name}_{scene}" for name in ("door", "steps", "tide", "held"))
        return self._flags((door,), steps, tide, ("low", "high"), held, (f"rope_{scene}",), 2, self.locals)

    @property
    def formulas(self) -> Formulas:
        """Formulas about what is known at the node at hand."""
        nodes = [f"{scene}.{node}" for scene, node in self.nodes]
        nodes += [node for scene, node in self.nodes if scene == self.scene]
        places = Names(nodes=[self.random.choice(nodes)], choices=[SOME_CHOICE])
        return Formulas(self.random, self.names.joined(self.locals).joined(places), counts=chance(self.random, 30))

    def _step(self, depth: int, *, outward: bool, is_node: bool) -> dict[str, Any]:
        random = self.random
        step: dict[str, Any] = {}
        effects = [self.formulas.effect() for _ in range(random.choice((0, 0, 1, 1, 2)))]
        known = [effect for effect in effects if effect is not None]
        if known:
            step["do"] = known[0] if len(known) == 1 and chance(random, 50) else known
        if chance(random, 50):
            step["text"] = Prose(self).text()
        if chance(random, 6):
            step["warns"] = random.choice((random.choice(WARNS), random.sample(WARNS, 2)))
        if chance(random, 10):
            step["tags"] = random.choice((random.choice(TAGS), random.sample(TAGS, 2)))
        self._way_out(step, depth, outward=outward, is_node=is_node)
        return step

    def _way_out(self, step: dict[str, Any], depth: int, *, outward: bool, is_node: bool) -> None:
        random = self.random
        last = self.at == len(self.nodes) - 1
        ways = ["goto", "guarded"]
        if last or (not is_node and chance(random, 40)):
            ways += ["ending"] * 3
        if not last and chance(random, 15):
            ways += ["chance", "roll", "ask"]
        if self.parts:
            ways += ["call"] * 2
        if self.budget > 0 and not (last and is_node):
            ways += ["choices"] * (8 if is_node else 2 if depth < 3 else 0)
        if outward:
            ways += ["nothing"] * 3
        elif is_node and chance(random, 5):
            ways = ["nothing"]
        match random.choice(ways):
            case "goto":
                step["goto"] = self._target()
            case "guarded":
                step["goto"] = self._guarded()
            case "ending":
                step["ending"] = self._ending_used()
            case "chance":
                step["chance"] = [self._lot() for _ in range(random.choice((1, 2, 2, 3)))]
            case "roll":
                step["roll"] = self._roll()
            case "ask":
                self._ask(step)
            case "call":
                scene, part = random.choice(self.parts[:2])
                step["call"] = part if scene == self.scene else f"{scene}.{part}"
                step["goto"] = self._guarded() if chance(random, 20) else self._target()
                if part == "part0" and chance(random, 50):
                    step["returns"] = {"left": self._target()}
            case "choices":
                self._choices(step, depth, outward=outward)
            case _:
                pass

    def _target(self) -> str:
        forward = self.nodes[self.at + 1 :]
        if forward and chance(self.random, 70):
            near = forward[:1] if chance(self.random, 60) else forward
        else:
            near = self.nodes
        scene, node = self.random.choice(near)
        return node if scene == self.scene and chance(self.random, 50) else f"{scene}.{node}"

    def _lot(self) -> dict[str, Any]:
        weight = {"weight": self.random.choice((1, 2, 1_000_000))} if chance(self.random, 50) else {}
        return {**weight, "to": self._target()}

    def _roll(self) -> dict[str, Any]:
        dice, ranges = self.random.choice((("1d2", ("..1", "2+")), ("1d3", ("..1", "2+")), ("2d2", ("..2", "3", "4+"))))
        roll = {"dice": dice, "outcomes": {name: self._target() for name in ranges}}
        numbers = {**self.names.ints, **self.locals.ints}
        if numbers and chance(self.random, 50):
            roll["add"] = self.random.choice(list(numbers))
        return roll

    def _ask(self, step: dict[str, Any]) -> None:
        flags = [*self.names.ints, *self.locals.ints, *self.names.texts]
        step["goto"] = self._guarded() if chance(self.random, 50) else self._target()
        if flags:
            step["ask"] = {"flag": self.random.choice(flags), "label": Prose(self).line()}

    def _guarded(self) -> list[Any]:
        entries: list[Any] = [
            {"when": self.formulas.condition(), "to": self._target()} for _ in range(self.random.choice((1, 1, 2)))
        ]
        match self.random.randrange(8):
            case 0 | 1 | 2 | 3:
                entries.append({"to": self._target()})
            case 4 | 5 | 6:
                entries.append(self._target())
            case _:
                pass
        return entries

    def _choices(self, step: dict[str, Any], depth: int, *, outward: bool) -> None:
        random = self.random
        if chance(random, 50):
            step["goto"] = self._guarded() if chance(random, 30) else self._target()
            if chance(random, 50):
                step["goto"] = self.nodes[self.at][1]  # a hub, to which its choices come back
        inner = outward or "goto" in step
        count = random.choice((1, 2, 2, 3))
        self.budget -= count
        if chance(random, 25):
            step["otherwise"] = self._guarded() if chance(random, 30) else self._target()
        step["choices"] = {f"c{i}": self._choice(depth + 1, outward=inner) for i in range(count)}
        if chance(random, 60):
            step["choices"]["c0"].pop("when", None)
            step["choices"]["c0"].pop("locked", None)

    def _choice(self, depth: int, *, outward: bool) -> dict[str, Any]:
        random = self.random
        choice: dict[str, Any] = {"label": Prose(self).line()}
        if chance(random, 35):
            choice["when"] = self.formulas.condition()
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
            choice["echo"] = random.choice(("", '"Why?"', Prose(self).line()))
        return {**choice, **self._step(depth, outward=outward, is_node=False)}


def _paths(scene: str, node: str, step: dict[str, Any]) -> Iterator[str]:
    """The full names of the choices below a step."""
    for name, choice in step.get("choices", {}).items():
        yield f"{scene}.{node}.{name}"
        yield from _paths(scene, f"{node}.{name}", choice)


class Prose:
    """Writes prose, with every inline form and every block."""

    def __init__(self, maker: _Maker) -> None:
        self.maker = maker
        self.random = maker.random

    def line(self, depth: int = 1) -> str:
        """Prose without paragraphs."""
        pieces = [self.random.choice(_WORDS)]
        if chance(self.random, 30):
            pieces.append(self._form(depth))
        return " ".join(pieces)

    def text(self) -> Any:
        """A text or a list of blocks."""
        if chance(self.random, 70):
            return "\n\n".join(self.line(2) for _ in range(self.random.choice((1, 1, 2))))
        return [self._block() for _ in range(self.random.randint(1, 2))]

    def _form(self, depth: int) -> str:
        names = self.maker.names.joined(self.maker.locals)
        formulas = self.maker.formulas
        inner = [self.line(depth - 1) if depth else "word" for _ in range(2)]
        match self.random.randrange(6):
            case 0:
                printed = [*names.ints, *names.enums, *names.sets, *names.bools, *names.texts, "1 + 2"]
                return f"{{{self.random.choice(printed)}}}"
            case 1:
                return f"{{{formulas.condition(1)}: {inner[0]}}}"
            case 2:
                return f"{{{formulas.condition(1)}: {inner[0]} | {inner[1]}}}"
            case 3:
                return f"{{{inner[0]}|{inner[1]}}}"
            case 4:
                return f"{{{self.random.choice('&!~')}{inner[0]}|{inner[1]}|three}}"
            case _:
                return self._match(inner)

    def _match(self, inner: list[str]) -> str:
        names = self.maker.names.joined(self.maker.locals)
        if names.enums:
            name, values = self.random.choice(list(names.enums.items()))
            cases = " | ".join(f"{value}: {inner[0]}" for value in values)
            return f"{{{name}? {cases}}}"
        if names.ints:
            name = self.random.choice(list(names.ints))
            return f"{{{name}? 0: {inner[0]} | 1..2: {inner[1]} | else: more}}"
        return inner[0]

    def _block(self) -> Any:
        names = self.maker.names
        match self.random.randrange(6):
            case 0:
                return {self.random.choice((*self.maker.protagonists, "jathor")): self.line()}
            case 1:
                return {"when": self.maker.formulas.condition(1), "text": self.line(), "else": [self.line()]}
            case 2 if names.enums:
                name, values = self.random.choice(list(names.enums.items()))
                return {"match": name, "cases": {values[0]: self.line()}, "else": self.line()}
            case 3:
                kind = self.random.choice(("sequence", "cycle", "once", "shuffle"))
                return {"vary": kind, "of": [self.line(), [self.line(), self.line()]]}
            case 4:
                return {"verse": "One line\nand\n\nanother"}
            case _:
                return {"break": True}
