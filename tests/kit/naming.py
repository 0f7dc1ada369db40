"""Puts real choices where a random story has a stand-in: which there are is known once all of it is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kit.formulas import chance
from kit.plan import SOME_CHOICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.plan import Plan

Data = dict[str, Any]


def with_choices(plan: Plan, story: Data, scenes: dict[str, Data]) -> tuple[Data, dict[str, Data]]:
    """A story and its scenes with choices in the place of `SOME_CHOICE`, by all the names that they have."""
    choices = _Choices(story, scenes)
    for scene, data in scenes.items():
        for node, step in data["nodes"].items():
            choices.gather(scene, f"{scene}.{node}", step)
    paths = list(choices.found)

    def named(scene: str, data: Data) -> Data:
        text = json.dumps(data, ensure_ascii=False)
        while SOME_CHOICE in text:
            text = text.replace(SOME_CHOICE, _named(plan, scene, paths), 1)
        if not paths:
            text = text.replace("chosen(", "seen(").replace("times(", "visits(")
        found: Data = json.loads(text)
        return found

    return named("", story), {scene: named(scene, data) for scene, data in scenes.items()}


def _named(plan: Plan, scene: str, paths: list[str]) -> str:
    """A choice by a name that it has in a scene: without its own, where it is clear which is meant."""
    if not paths:
        return plan.nodes[0].full
    path = plan.random.choice(paths)
    home, _, short = path.partition(".")
    if home not in {place.scene for place in plan.nodes} or chance(plan.random, 50):
        return path
    alike = [other for other in paths if short in (other, other.partition(".")[2])]
    return short if home == scene or alike == [path] else path


class _Choices:
    """The choices of a story: at each place, and those of its menus by their own names."""

    def __init__(self, story: Data, scenes: dict[str, Data]) -> None:
        self.story: Data = story.get("menus", {})
        self.scenes: dict[str, Data] = {name: scene.get("menus", {}) for name, scene in scenes.items()}
        self.found: dict[str, None] = {}

    def gather(self, home: str, full: str, step: Data, menu: str = "") -> None:
        """Note the choices below a step that is written in a scene, or for the story; `menu` is its name in a menu."""
        for path, own, own_home, choice in self._offered(home, full, step, menu):
            self.found |= {path: None, own: None}
            self.gather(own_home, path, choice, own if own != path else "")

    def _offered(self, home: str, full: str, step: Data, menu: str) -> Iterator[tuple[str, str, str, Data]]:
        for name, choice in step.get("choices", {}).items():
            yield f"{full}.{name}", f"{menu or full}.{name}", home, choice
        written = step.get("menus", [])
        for used in [written] if isinstance(written, str) else written:
            is_own = used in self.scenes.get(home, {})
            for name, choice in (self.scenes[home] if is_own else self.story)[used].items():
                yield f"{full}.{name}", f"{home}.{used}.{name}" if is_own else f"{used}.{name}", home * is_own, choice
