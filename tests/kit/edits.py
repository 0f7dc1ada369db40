"""Random edits to a story, as an author makes them between two releases, with a history that tells of them or without.

Names are replaced as whole words throughout the files: those that random stories use stand for nothing else in them.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from kit.stories import as_bytes
from waymeet.checking import compile_files
from waymeet.diagnostics import StoryError
from waymeet.runtime import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from kit.stories import Files

#: Values that no key of the format is spelt like.
_WORDS = ("cold", "wavering", "untold", "crest", "feather", "print_", "ring")
#: Edits that only change how a story reads, and in what order things stand.
HARMLESS = ("retell", "shuffle_choices", "shuffle_nodes", "shuffle_files", "retitle")
#: Edits that give things other names.
RENAMES = ("rename_scene", "rename_node", "rename_choice", "rename_flag", "rename_value", "rename_protagonist")
#: Edits after which a save may fit no longer.
HARMFUL = (
    *("remove_node", "remove_choice", "end_nothing", "ask_nothing", "call_nothing", "narrow", "widen"),
    *("add_flag", "add_choice", "add_effect", "lock", "add_passage"),
)


def story_of(files: Files) -> Story:
    """The story in the files."""
    return Story(compile_files(as_bytes(files), "random"))


class Author:
    """Edits a story, release by release; what makes it no story is taken back."""

    def __init__(self, files: Files, random: Random) -> None:
        self.files = deepcopy(files)
        self.story = story_of(files)
        self.random = random
        #: What the names of the beginning are by now; None where nothing leads to it from them.
        self.names: dict[str, str | None] = {name: name for name in _names(self.story)}
        self._history: list[dict[str, Any]] = []
        self._now: dict[str, str] = {}
        self._renamed: dict[str, str] = {}
        self._removed: dict[str, str] = {}
        self._fresh = 0

    def release(self, edits: tuple[str, ...], *, says: bool) -> None:
        """Bring out the story with these edits; `says`: whether its history tells of them."""
        self._now = {name: name for name in (*self.names.values(), *_names(self.story)) if name is not None}
        self._renamed, self._removed = {}, {}
        for edit in edits:
            self._try(getattr(self, edit))
        there = set(_names(self.story))
        self._renamed = {name: kind for name, kind in self._renamed.items() if self._now[name] in there}
        self.names = {name: now and self._led(now, says=says) for name, now in self.names.items()}
        if says:
            self._write_history()

    def _led(self, name: str, *, says: bool) -> str | None:
        """What a name of the release before is called now, if anything leads to it."""
        above = [".".join(name.split(".")[:end]) for end in range(1, name.count(".") + 2)]
        inner = re.fullmatch(r"\w+\((.*)\)", name)
        above += [".".join(inner[1].split(".")[:end]) for end in range(1, inner[1].count(".") + 2)] if inner else []
        lost = any(one in self._removed or (one in self._renamed and not says) for one in above)
        return None if lost else self._now[name]

    def _write_history(self) -> None:
        entry: dict[str, Any] = {"release": len(self._history) + 2, "renamed": {}, "removed": {}}
        for name, kind in self._renamed.items():
            if name not in self._removed:
                entry["renamed"].setdefault(kind, {})[name] = self._now[name]
        for name, kind in self._removed.items():
            entry["removed"].setdefault(kind, {})[name] = self._now[self._first_node()]
        self._history.append(entry)
        self.story = self._told()

    def _told(self) -> Story:
        """The story with its history."""
        files = deepcopy(self.files)
        next(data for data in files.values() if "protagonists" in data)["history"] = self._history
        return story_of(files)

    def _try(self, edit: Callable[[], None]) -> None:
        before = deepcopy((self.files, self._now, self._renamed, self._removed))
        edit()
        try:
            self.story = self._told()
        except StoryError:
            self.files, self._now, self._renamed, self._removed = before

    # -- the files ------------------------------------

    def _story_file(self) -> dict[str, Any]:
        return next(data for data in self.files.values() if "protagonists" in data)

    def _scenes(self) -> list[dict[str, Any]]:
        return [data for data in self.files.values() if "scene" in data]

    def _all_steps(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every step with its path, nodes before what is below them."""
        for scene in self._scenes():
            for node, step in scene["nodes"].items():
                yield from _below(f"{scene['scene']}.{node}", step)

    def _pick_step(self, key: str) -> tuple[str, dict[str, Any]] | None:
        """A step with this key."""
        found = [(path, step) for path, step in self._all_steps() if key in step]
        return self.random.choice(found) if found else None

    def _first_node(self) -> str:
        """A node that is never removed, by the name that it had in the release before."""
        now = self.story.data.steps[self.story.protagonists[0].start].id
        return next(name for name, called in self._now.items() if called == now)

    def _swap(self, old: str, new: str) -> None:
        """Call something otherwise wherever it is named."""
        word = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
        self.files = json.loads(word.sub(new, json.dumps(self.files, ensure_ascii=False)))
        self._now = {name: word.sub(new, now) for name, now in self._now.items()}

    def _name(self, old: str) -> str:
        self._fresh += 1
        return f"{old.rstrip('0123456789_')}_{self._fresh}"

    def _note(self, now: str, kind: str) -> None:
        """Note that what is called so has another name than in the release before."""
        self._renamed |= {name: kind for name, called in self._now.items() if called == now}

    # -- names ------------------------------------

    def rename_scene(self) -> None:
        scene = self.random.choice(self._scenes())["scene"]
        self._now.setdefault(scene, scene)
        self._note(scene, "scenes")
        self._swap(scene, self._name(scene))

    def rename_node(self) -> None:
        scene = self.random.choice(self._scenes())
        node = self.random.choice(list(scene["nodes"]))
        self._note(f"{scene['scene']}.{node}", "nodes")
        self._swap(node, self._name(node))

    def rename_choice(self) -> None:
        if (found := self._pick_step("choices")) is None:
            return
        path, step = found
        choice = self.random.choice(list(step["choices"]))
        new = self._name(choice)
        step["choices"] = {new if key == choice else key: value for key, value in step["choices"].items()}
        self._note(f"{path}.{choice}", "choices")
        below = path.partition(".")[2]
        self._swap(f"{below}.{choice}", f"{below}.{new}")

    def rename_flag(self) -> None:
        found = [(name, "") for key in ("flags", "memory") for name in self._story_file().get(key, {})]
        found += [(name, f"{scene['scene']}.") for scene in self._scenes() for name in scene.get("local", {})]
        if found:
            name, home = self.random.choice(found)
            self._note(f"{home}{name}", "flags")
            self._swap(name, self._name(name))

    def rename_value(self) -> None:
        found = [name for name in _WORDS if f'"{name}"' in json.dumps(self._story_file())]
        if found:
            word = self.random.choice(found)
            for name in [now for now in self._now.values() if now.endswith(f".{word}")]:
                self._note(name, "values")
            self._swap(word, self._name(word))

    def rename_protagonist(self) -> None:
        who = self.random.choice(list(self._story_file()["protagonists"]))
        self._note(who, "protagonists")
        self._swap(who, self._name(who))

    # -- what only changes how it reads ------------------------------------

    def retitle(self) -> None:
        self._story_file()["title"] = self._name("Another")

    def retell(self) -> None:
        for _, step in self._all_steps():
            if "text" in step or self.random.random() < 0.2:
                step["text"] = self.random.choice(("Otherwise.", "{One|Another} day.", "It is *so*."))
            if "label" in step:
                step["label"] = self.random.choice(("Go.", step["label"]))

    def shuffle_choices(self) -> None:
        for _, step in self._all_steps():
            if "choices" in step:
                step["choices"] = self._shuffled(step["choices"])

    def shuffle_nodes(self) -> None:
        for scene in [] if self._offers() else self._scenes():
            scene["nodes"] = self._shuffled(scene["nodes"])

    def shuffle_files(self) -> None:
        if not self._offers():
            self.files = self._shuffled(self.files)

    def _offers(self) -> bool:
        """Whether cards are offered, of which those that stand first come first."""
        return any(deck["pick"] == "offer" for deck in self._story_file().get("decks", {}).values())

    def _shuffled(self, table: dict[str, Any]) -> dict[str, Any]:
        return {key: table[key] for key in self.random.sample(list(table), len(table))}

    # -- what changes the story ------------------------------------

    def remove_node(self) -> None:
        scene = self.random.choice(self._scenes())
        node = self.random.choice(list(scene["nodes"]))
        full, first = f"{scene['scene']}.{node}", self._now[self._first_node()]
        if full == first or len(scene["nodes"]) == 1:
            return
        del scene["nodes"][node]
        self._removed |= {name: "nodes" for name, now in self._now.items() if now == full}
        self._forget(node, first)
        text = re.sub(rf"(?<!\w)(\w+\.)?{node}(?!\w)", first, json.dumps(self.files, ensure_ascii=False))
        self.files = json.loads(text)

    def remove_choice(self) -> None:
        if (found := self._pick_step("choices")) is None:
            return
        path, step = found
        choice = self.random.choice(list(step["choices"]))
        del step["choices"][choice]
        self._removed |= {name: "choices" for name, now in self._now.items() if now == f"{path}.{choice}"}
        self._forget(f"{path.partition('.')[2]}.{choice}", self._now[self._first_node()])

    def _forget(self, below: str, instead: str) -> None:
        """Let conditions ask for a node where they asked for a choice that is gone."""
        text = json.dumps(self.files, ensure_ascii=False)
        for function, other in (("chosen", "seen"), ("times", "visits")):
            text = re.sub(rf"{function}\((\w+\.)?{re.escape(below)}[\w.]*\)", f"{other}({instead})", text)
        self.files = json.loads(text)

    def end_nothing(self) -> None:
        if (found := self._pick_step("ending")) is not None:
            del found[1]["ending"]
            found[1]["goto"] = self._somewhere()

    def ask_nothing(self) -> None:
        if (found := self._pick_step("choices")) is not None:
            for key in ("choices", "otherwise", "goto"):
                found[1].pop(key, None)
            found[1]["goto"] = self._somewhere()

    def call_nothing(self) -> None:
        if (found := self._pick_step("call")) is not None:
            target = found[1].pop("call")
            found[1].pop("returns", None)
            found[1]["goto"] = target

    def narrow(self) -> None:
        self._bend(-1)

    def widen(self) -> None:
        self._bend(1)

    def _bend(self, by: int) -> None:
        flags = [flag for key in ("flags", "memory") for flag in self._story_file().get(key, {}).values()]
        flags += [flag for scene in self._scenes() for flag in scene.get("local", {}).values()]
        numbers = [flag for flag in flags if isinstance(flag, dict) and "max" in flag]
        if numbers:
            self.random.choice(numbers)[self.random.choice(("min", "max"))] += by

    def add_flag(self) -> None:
        self._story_file().setdefault("flags", {})[self._name("fresh")] = True

    def add_effect(self) -> None:
        self.add_flag()
        _, step = self.random.choice(list(self._all_steps()))
        effects = step.get("do", [])
        step["do"] = [*([effects] if isinstance(effects, str) else effects), f"fresh_{self._fresh} = false"]

    def add_choice(self) -> None:
        if (found := self._pick_step("choices")) is not None:
            found[1]["choices"][self._name("more")] = {"label": "More.", "goto": self._somewhere()}

    def add_passage(self) -> None:
        """A node on the way to another, which asks something."""
        if (found := self._pick_step("goto")) is not None and isinstance(found[1]["goto"], str):
            name = self._name("passage")
            found[0].partition(".")
            scene = next(scene for scene in self._scenes() if found[0].startswith(f"{scene['scene']}."))
            scene["nodes"][name] = {"choices": {"on": {"label": "On.", "goto": found[1]["goto"]}}}
            found[1]["goto"] = name

    def lock(self) -> None:
        found = [choice for _, step in self._all_steps() for choice in step.get("choices", {}).values()]
        if found:
            self.random.choice(found)["when"] = f"seen({self._somewhere()})"

    def _somewhere(self) -> str:
        scene = self.random.choice(self._scenes())
        return f"{scene['scene']}.{self.random.choice(list(scene['nodes']))}"


def _names(story: Story) -> list[str]:
    """The names of a story: of scenes and steps, flags and texts, values, and protagonists."""
    data = story.data
    steps = [step.id for step in data.steps if ":" not in step.id]
    flags = [*(register.name for register in data.registers), *(text.name for text in data.texts)]
    words = [f"{register.name}.{word}" for register in data.registers for word in register.words]
    return [
        *dict.fromkeys(step.scene for step in data.steps),
        *steps,
        *flags,
        *words,
        *(p.id for p in data.protagonists),
    ]


def _below(path: str, step: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, step
    for name, choice in step.get("choices", {}).items():
        yield from _below(f"{path}.{name}", choice)
