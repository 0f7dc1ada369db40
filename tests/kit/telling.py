"""A second telling of prose: what a reader is told on a way through a story, from the data of its YAML alone.

White space and emphasis are left out of it. It shares the parsers of prose and of formulas with the engine and nothing
else; of shuffles, whose order is the engine's own business, it knows nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, assert_never

from kit import reference
from kit.retold import World, expression
from waymeet.expressions import syntax as formulas
from waymeet.prose import syntax
from waymeet.prose.parser import parse_prose

if TYPE_CHECKING:
    from kit.retold import Passing, Retold, State

#: Where something stands that may vary: a name, what it is, and where in that.
Key = tuple[object, ...]

_parsed = lru_cache(maxsize=None)(parse_prose)


@dataclass(slots=True)
class Telling:
    """One reading being told: free texts, how often each variation was shown, and the scene that was told of last."""

    retold: Retold
    texts: dict[str, str] = field(default_factory=dict)
    shown: Counter[Key] = field(default_factory=Counter)
    scene: str = ""

    def __post_init__(self) -> None:
        flags = self.retold.story.get("flags", {})
        self.texts |= {name: flag["text"] for name, flag in flags.items() if isinstance(flag, dict) and "text" in flag}

    # -- what is told when ------------------------------------

    def passed(self, passing: Passing) -> str:
        """What is told on the way of an arrival."""
        told = ""
        for at, state in passing.told:
            step = self.retold.steps[at]
            told += self._heading(step.scene)
            world = World(self.retold, step.home, state.flags, state.counts)
            told += self._text(step.data["text"], (step.name, "text"), world)
        return told

    def rested(self, at: str) -> str:
        """What is told where a reader comes to rest, besides its prose."""
        return self._heading(self.retold.steps[at].scene)

    def _heading(self, scene: str) -> str:
        """The heading of a scene that the reader comes to from another."""
        if scene == self.scene:
            return ""
        self.scene = scene
        return _packed(self.retold.story.get("chapters", {}).get(scene, ""))

    def offered(self, at: str, state: State) -> dict[str, tuple[str, str | None]]:
        """The labels of what is offered, each with the reason why it is locked: None for none, `*` for the engine's."""
        step = self.retold.steps[at]
        found: dict[str, tuple[str, str | None]] = {}
        for name, is_locked in self.retold.offers(at, state):
            if step.deck is not None:
                card = next(card.node for card in step.deck.cards if card.node.endswith(f".{name}"))
                found[name] = self._line(card, "label", self.retold.steps[card].data["card"]["label"], state), None
                continue
            opened = self.retold.steps[f"{at}.{name}"]
            label = self._line(opened.id, "label", opened.data["label"], state)
            reason = opened.data.get("locked") if is_locked else None
            locked = "*" if reason is True else reason and self._line(opened.id, "locked", reason, state)
            found[name] = label, locked
        return found

    def echo(self, at: str, choice: str, label: str, state: State) -> str:
        """What is printed when a choice is taken that was offered with a label."""
        opened = self.retold.steps.get(f"{at}.{choice}")
        if opened is None or "echo" not in opened.data:
            return label
        counts = {**state.counts, opened.name: state.counts[opened.name] + 1}
        world = World(self.retold, opened.home, state.flags, counts)
        return self._prose(_parsed(opened.data["echo"], folded=True), (opened.name, "echo"), world)

    def question(self, at: str, state: State) -> str:
        """What is asked at a step."""
        return self._line(at, "ask", self.retold.steps[at].data["ask"]["label"], state)

    def sheet(self, state: State) -> list[tuple[str, str]]:
        """What the reader may look at."""
        world = World(self.retold, "", state.flags, state.counts)
        lines = self.retold.story.get("sheet", [])
        return [(_packed(line["label"]), self._looked_up(line, world)) for line in lines]

    def _looked_up(self, line: dict[str, Any], world: World) -> str:
        """The value of a line of the sheet, or the words for it: of numbers, those of the highest rung reached."""
        shown = self._printed(expression(line["show"]), world)
        words = line.get("words")
        if words is None:
            return shown
        value = reference.evaluate(expression(line["show"]), world)
        if isinstance(value, int) and not isinstance(value, bool):
            rungs = sorted(map(int, words))
            return _packed(words[str(max([rung for rung in rungs if rung <= value] or rungs[:1]))])
        return _packed(words[str(value).lower() if isinstance(value, bool) else str(value)])

    def _line(self, at: str, what: str, text: str, state: State) -> str:
        step = self.retold.steps[at]
        world = World(self.retold, step.home, state.flags, state.counts)
        return self._prose(_parsed(text, folded=True), (step.name, what), world)

    # -- blocks ------------------------------------

    def _text(self, data: Any, key: Key, world: World) -> str:
        """A text or a list of blocks."""
        if isinstance(data, str):
            return self._prose(_parsed(data, folded=True), key, world)
        return "".join(self._block(block, (*key, index), world) for index, block in enumerate(data))

    def _block(self, block: Any, key: Key, world: World) -> str:
        match block:
            case str():
                return self._text(block, key, world)
            case {"when": when, "text": text}:
                if reference.truth(expression(when), world):
                    return self._text(text, (*key, "text"), world)
                return self._text(block.get("else", ""), (*key, "else"), world)
            case {"match": value, "cases": cases}:
                label = case_of(reference.evaluate(expression(value), world), list(cases))
                return self._text(block.get("else", "") if label is None else cases[label], (*key, label), world)
            case {"vary": kind, "of": options}:
                picked = self._picked(kind, len(options), key)
                return "" if picked is None else self._text(options[picked], (*key, picked), world)
            case {"verse": verse}:
                return self._prose(_parsed(verse, verse=True), key, world)
            case {"break": is_one}:
                return "***" if is_one else ""
            case _:
                [(speaker, line)] = block.items()
                return _packed(f"{self._spoken(speaker)}:") + self._text(line, key, world)

    def _spoken(self, speaker: str) -> str:
        """The name of who speaks; without one, the id with a capital."""
        story = self.retold.story
        who = {**story["protagonists"], **story.get("cast", {})}[speaker]
        return str(who.get("name", speaker.capitalize()))

    # -- forms ------------------------------------

    def _prose(self, parts: syntax.Parts, key: Key, world: World) -> str:
        return "".join(self._part(part, (*key, index), world) for index, part in enumerate(parts))

    def _part(self, part: syntax.Part, key: Key, world: World) -> str:
        match part:
            case syntax.Words():
                return _packed(part.text)
            case syntax.Paragraph() | syntax.Line():
                return ""
            case syntax.Styled():
                return self._prose(part.parts, key, world)
            case syntax.Printed():
                return self._printed(part.expression, world)
            case syntax.Conditional():
                holds = reference.truth(part.condition, world)
                return self._prose(part.yes if holds else part.no, (*key, holds), world)
            case syntax.Matched():
                cases = {case.label: case.parts for case in part.cases}
                label = case_of(reference.evaluate(part.value, world), list(cases))
                return self._prose(cases.get(label or "else", ()), (*key, label), world)
            case syntax.Varied():
                picked = self._picked(part.variation, len(part.options), key)
                return "" if picked is None else self._prose(part.options[picked], (*key, picked), world)
            case _:
                assert_never(part)

    def _picked(self, kind: str, size: int, key: Key) -> int | None:
        """Which option of a variation is shown, now that it is shown once more."""
        before = self.shown[key]
        self.shown[key] += 1
        match kind:
            case "sequence":
                return min(before, size - 1)
            case "cycle":
                return before % size
            case _:
                assert kind == "once"
                return before if before < size else None

    def _printed(self, tree: formulas.Expression, world: World) -> str:
        if isinstance(tree, formulas.Word) and tree.name in self.texts:
            return _packed(self.texts[tree.name])
        value = reference.evaluate(tree, world)
        if isinstance(value, bool):
            return "true" if value else "false"
        words = sorted(value, key=self._members().index) if isinstance(value, frozenset) else [str(value)]
        return _packed(", ".join(words).replace("_", " "))

    def _members(self) -> list[str]:
        """The members of all sets, in the order of their declaration."""
        declared = [self.retold.story.get("flags", {}), self.retold.story.get("memory", {})]
        declared += [scene.get("local", {}) for scene in self.retold.scenes.values()]
        flags = [flag for table in declared for flag in table.values() if isinstance(flag, dict)]
        return [member for flag in flags for member in flag.get("any_of", ())]


def case_of(value: reference.Value, labels: list[str]) -> str | None:
    """The label of a match that a value has; None for that of `else`."""
    for label in labels:
        low, dots, high = label.partition("..")
        if label == str(value) or (dots and isinstance(value, int) and int(low) <= value <= int(high)):
            return label
    return None


def _packed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())
