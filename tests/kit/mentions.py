"""Which names a story asks for and which it sets, told once more, from the data of its YAML alone.

Formulas and prose are parsed as the engine parses them; of what they compile to nothing is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.expressions import syntax
from waymeet.expressions.parser import parse_effect, parse_expression
from waymeet.prose import syntax as prose
from waymeet.prose.parser import parse_prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kit.retold import Retold
    from kit.written import Card, Step


class Mention(NamedTuple):
    """Some names that are asked for; `sets` is the name that they are asked for to set, if there is one."""

    names: frozenset[str]
    sets: str | None = None


def judged(story: Retold) -> Iterator[tuple[str, str]]:
    """The rule that each declared name breaks, for those that break one; local flags have their scene before them."""
    derived = {name: _formula(text).names for name, text in story.story.get("derive", {}).items()}
    found = [mention for line in story.story.get("sheet", ()) for mention in _on_sheet(line)]
    for step in story.steps.values():
        found += [_scoped(story, step.home, mention) for mention in _in_step(step.data)]
        found += [_scoped(story, step.onward_home, mention) for mention in _going_on(step)]
        for card in () if step.deck is None else step.deck.cards:
            found += [_scoped(story, story.steps[card.node].home, mention) for mention in _drawing(story, step, card)]
    asked = {name for mention in found for name in mention.names - {mention.sets}}
    while more := {name for used in asked & derived.keys() for name in derived[used]} - asked:
        asked |= more
    written = {mention.sets for mention in found}
    for name in _declared(story):
        if name not in asked:
            yield ("never-read" if name in written else "unused-flag"), name
        elif name not in written:
            yield "never-written", name
    for name in derived:
        if name not in asked:
            yield "unused-flag", name


def _declared(story: Retold) -> Iterator[str]:
    """Every flag, memory and free text, local ones with their scene."""
    yield from (*story.story.get("flags", ()), *story.story.get("memory", ()))
    for scene, data in story.scenes.items():
        yield from (f"{scene}.{name}" for name in data.get("local", ()))


def _scoped(story: Retold, home: str, mention: Mention) -> Mention:
    """The same with the full names of the local flags of a scene."""

    def full(name: str) -> str:
        return f"{home}.{name}" if f"{home}.{name}" in story.flags else name

    return Mention(frozenset(map(full, mention.names)), mention.sets and full(mention.sets))


def _on_sheet(line: dict[str, Any]) -> Iterator[Mention]:
    yield _formula(line["show"])
    yield from _told(list(line.get("words", {}).values()))


def _in_step(step: dict[str, Any]) -> Iterator[Mention]:
    for effect in _listed(step.get("do", [])):
        yield _effect(effect)
    for key in ("text", "label", "locked", "echo"):
        yield from _told(step.get(key, ""))
    if "when" in step:
        yield _formula(step["when"])
    if "add" in step.get("roll", {}):
        yield _formula(step["roll"]["add"])
    if "ask" in step:
        yield Mention(frozenset(), step["ask"]["flag"])
        yield from _told(step["ask"]["label"])


def _drawing(story: Retold, step: Step, card: Card) -> Iterator[Mention]:
    """What decides whether a card is drawn, and what is said of it where it is offered."""
    if card.when is not None:
        yield _formula(card.when)
    if step.deck is not None and step.deck.pick == "offer":
        yield from _told(story.steps[card.node].data["card"]["label"])


def _going_on(step: Step) -> Iterator[Mention]:
    """What decides where a step leads by itself: a `goto` that nothing goes on by decides nothing."""
    leads_elsewhere = step.ending is not None or step.back is not None or step.lots is not None or step.deck is not None
    for when, _ in () if leads_elsewhere else step.onward or ():
        if when is not None:
            yield _formula(when)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# -- formulas ------------------------------------


def _formula(text: str) -> Mention:
    return _asked(parse_expression(text))


def _asked(tree: syntax.Expression) -> Mention:
    return Mention(frozenset(syntax.words_in(tree)))


def _effect(text: str) -> Mention:
    tree = parse_effect(text)
    asked = frozenset() if isinstance(tree, syntax.Toggle) else frozenset(syntax.words_in(tree.value))
    return Mention(asked, tree.target.name)


# -- prose ------------------------------------


def _told(data: Any) -> Iterator[Mention]:
    """What a text asks for, or a block of prose, or a list of them."""
    if isinstance(data, str):
        yield from _in_parts(parse_prose(data, folded=True))
    for item in data if isinstance(data, list) else ():
        yield from _told(item)
    for key, value in data.items() if isinstance(data, dict) else ():
        if key in ("when", "match"):
            yield _formula(value)
        elif key == "cases":
            yield from _told(list(value.values()))
        elif key != "vary":
            yield from _told(value)


def _in_parts(parts: Iterable[prose.Part]) -> Iterator[Mention]:
    for part in parts:
        match part:
            case prose.Styled():
                yield from _in_parts(part.parts)
            case prose.Printed():
                yield _asked(part.expression)
            case prose.Conditional():
                yield _asked(part.condition)
                yield from _in_parts((*part.yes, *part.no))
            case prose.Matched():
                yield _asked(part.value)
                yield from (mention for case in part.cases for mention in _in_parts(case.parts))
            case prose.Varied():
                yield from (mention for option in part.options for mention in _in_parts(option))
            case _:
                pass
