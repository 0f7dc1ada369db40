"""Plays: scripts of choice ids, with the transcript that they give.

A play opens with `as protagonist`, then, as wanted, `remembering name: value, …`, `seed 3` and `outcomes 7 rain`, which
fixes what chance comes to. After that `> choice` takes a choice, `= answer` answers a question, and `? flags`,
`? sheet`, `? memory` ask for what is so; everything else is what the story answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from waymeet.runtime import ChoiceError, EndlessLoopError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waymeet.runtime import Block, Moment, Offer, Signal, Story


@dataclass(frozen=True, slots=True)
class Script:
    """What a play does: how it begins, and its lines, `> choice` and `? question`."""

    head: tuple[str, ...]
    protagonist: str
    seed: int
    memory: Mapping[str, Any]
    outcomes: tuple[str, ...]
    lines: tuple[str, ...]


class Step(Protocol):
    """What becomes of a moment between two turns: kept as it is, or saved and resumed."""

    def __call__(self, moment: Moment) -> Moment: ...


def kept(moment: Moment) -> Moment:
    """The moment itself."""
    return moment


def script(text: str) -> Script:
    """The script in a play block, whatever transcript stands between its lines."""
    head = []
    protagonist, seed, memory = "", 0, {}
    outcomes: tuple[str, ...] = ()
    lines = text.splitlines()
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "as":
            protagonist = rest
        elif word == "seed":
            seed = int(rest)
        elif word == "outcomes":
            outcomes = tuple(rest.split())
        elif word == "remembering":
            memory = dict(_fact(fact) for fact in rest.split(", "))
        else:
            break
        head.append(line)
    assert protagonist, "a play begins with `as` and a protagonist"
    body = tuple(line for line in lines[len(head) :] if line.startswith(("> ", "? ", "= ")))
    return Script(tuple(head), protagonist, seed, memory, outcomes, body)


def _fact(text: str) -> tuple[str, Any]:
    name, _, value = text.partition(": ")
    return name, value_of(value.strip("[]").split() if value.startswith("[") else value)


def value_of(written: object) -> Any:
    """What a value written as text, or a list of them, is to the engine."""
    if not isinstance(written, str):
        return written
    return {"true": True, "false": False}.get(written, int(written) if written.lstrip("-").isdecimal() else written)


def transcript(story: Story, play: Script, between: Step = kept) -> str:
    """What a play gives, as the text of its block."""
    parts = ["\n".join(play.head)]
    moment = _tried(parts, partial(_begun, story, play))
    if moment is None:
        return _joined(parts)
    moment = between(moment)
    parts += told(moment)
    for line in play.lines:
        parts.append(line)
        if line.startswith("? "):
            parts.append(_answers(moment, line[2:]))
            continue
        after = _tried(parts, partial(moment.answer if line[0] == "=" else moment.choose, line[2:]))
        if after is not None:
            moment = between(after)
            parts += told(moment)
    return _joined(parts)


def _begun(story: Story, play: Script) -> Moment:
    return story.begin(play.protagonist, seed=play.seed, memory=play.memory, outcomes=play.outcomes)


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _tried(parts: list[str], move: Callable[[], Moment]) -> Moment | None:
    try:
        return move()
    except (ChoiceError, EndlessLoopError, ValueError) as error:
        parts.append(f"(no: {error})")
        return None


def told(moment: Moment) -> list[str]:
    """What a reader is told and offered at a moment."""
    parts = [*map(_block, moment.text), "\n".join(map(_signal, moment.signals))]
    if moment.ending is not None:
        return [*parts, f"(ending: {moment.ending})"]
    if moment.stuck:
        parts.append(f"(a dead end: {moment.step})")
    if moment.question is not None:
        parts.append(f"(asked for a {moment.question.kind}: {moment.question.label})")
    return [*parts, "\n".join(_offer(offer) for offer in moment.choices)]


def _signal(signal: Signal) -> str:
    return f"(signal: {', '.join([signal.name, *(f'{name}={value}' for name, value in signal.values)])})"


def _offer(offer: Offer) -> str:
    locked = "" if offer.locked is None else f" (locked: {offer.locked})"
    return f"- {offer.id}: {offer.label}{locked}"


def _block(block: Block) -> str:
    """A block with marks for its kind; emphasis is written with stars again."""
    text = _starred(block)
    match block.kind:
        case "paragraph":
            return text
        case "echo":
            return f"» {text}"
        case "speech":
            return f"{block.speaker} says: {text}"
        case "verse":
            return "\n".join(f"| {line}" for line in text.split("\n"))
        case "break":
            return "* * *"
        case "chapter":
            return f"== {text} =="
        case kind:
            raise AssertionError(kind)


def _starred(block: Block) -> str:
    """The words of a block, with stars where emphasis begins and where it ends."""
    stars = {"em": "*", "strong": "**"}
    parts: list[str] = []
    opened: list[str] = []
    for style, text in [*block.spans, ("", "")]:
        wanted = style.split()
        while any(mark not in wanted for mark in opened):
            parts.append(stars[opened.pop()])
        fresh = [mark for mark in wanted if mark not in opened]
        parts += [*(stars[mark] for mark in fresh), text]
        opened += fresh
    return "".join(parts)


def _answers(moment: Moment, question: str) -> str:
    match question:
        case "flags":
            return _table(moment.flags)
        case "memory":
            return _table(moment.memory)
        case "sheet":
            return "\n".join(f"{label}: {value}".rstrip() for label, value in moment.sheet) or "(nothing)"
        case "place":
            return f"{moment.step} after {', '.join(moment.path) or 'nothing'}"
        case _:
            raise AssertionError(question)


def _table(values: Mapping[str, object]) -> str:
    return "\n".join(f"{name} = {_shown(value)}" for name, value in values.items()) or "(nothing)"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "{" + ", ".join(value) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)
