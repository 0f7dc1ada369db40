"""What a program is told of a reading, as plain data for JSON: the shapes that `docs/reference/driving.md` promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from waymeet.console.cleaning import clean
from waymeet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from waymeet.prose.rendering import Block
    from waymeet.runtime import Moment, Question, Story
    from waymeet.saves.autosave import Found
    from waymeet.story import Ending, Protagonist

#: So many characters of prose go on one line; a longer passage comes on several.
MAX_TEXT = 65_536


def as_json(message: dict[str, Any]) -> str:
    """A message on one line of ASCII, its texts without anything that a terminal would obey."""
    return json.dumps(_cleaned(message))


def story_of(story: Story) -> dict[str, Any]:
    """The title page."""
    data = story.data
    return {
        "waymeet": __version__,
        "story": data.id,
        "title": data.title,
        "authors": data.authors,
        "about": data.about,
        "language": data.language,
        "warns": data.warns,
    }


def path_of(path: Protagonist, endings: Sequence[Ending], found: Sequence[str], place: Found | None) -> dict[str, Any]:
    """A path with the endings found on it, and the place that is kept there."""
    return {
        "id": path.id,
        "name": path.name,
        "about": path.about,
        "endings": len(endings),
        "found": [{"id": ending.id, "title": ending.title} for ending in endings if ending.id in found],
        "place": None if place is None else _place(place),
    }


def moment_of(moment: Moment, taken: Collection[str]) -> dict[str, Any]:
    """Where a reading stands and what can be done there; `taken` are the choices that were taken there before."""
    ending = moment.ending
    return {
        "as": moment.origin.protagonist,
        "scene": moment.scene,
        "heading": _heading(moment),
        "node": moment.node,
        "step": moment.step,
        "tags": moment.tags,
        "turns": len(moment.path),
        "choices": _choices(moment, taken),
        "question": None if moment.question is None else _question(moment.question),
        "ending": None if ending is None else {"id": ending, "title": moment.story.ending(ending).title},
        "stuck": moment.stuck,
        "sheet": [{"label": label, "value": value} for label, value in moment.sheet],
        "signals": [{"name": name, "values": dict(values)} for name, values in moment.signals],
    }


def state_of(moment: Moment) -> dict[str, Any]:
    """What a reader is not shown: how the reading began, the turns since, and what is so."""
    return {"seed": moment.origin.seed, "path": moment.path, "flags": moment.flags, "memory": moment.memory}


def texts_of(moment: Moment) -> list[list[dict[str, Any]]]:
    """The blocks that were told, in as many parts as it takes for none to be long."""
    parts: list[list[dict[str, Any]]] = [[]]
    room = MAX_TEXT
    for block in moment.text:
        room -= len(block.plain)
        if room < 0 and parts[-1]:
            parts.append([])
            room = MAX_TEXT - len(block.plain)
        parts[-1].append(_block(block))
    return parts


def _block(block: Block) -> dict[str, Any]:
    text = block.plain if block.kind == "break" else "".join(span.text for span in block.spans)
    told: dict[str, Any] = {"kind": block.kind, "text": text}
    if block.kind == "speech":
        told["speaker"] = block.speaker
    if any(span.style for span in block.spans):
        told["runs"] = [{"text": span.text, "style": span.style.split()} for span in block.spans]
    return told


def _choices(moment: Moment, taken: Collection[str]) -> list[dict[str, Any]]:
    """The choices in order; those that are open are numbered."""
    told = []
    number = 0
    for offer in moment.choices:
        is_open = offer.locked is None
        number += is_open
        told.append(
            {
                "id": offer.id,
                "number": number if is_open else None,
                "label": offer.label,
                "locked": offer.locked,
                "taken": offer.id in taken,
            }
        )
    return told


def _question(question: Question) -> dict[str, Any]:
    low = question.low if question.kind == "number" else 1
    return {"label": question.label, "kind": question.kind, "low": low, "high": question.high}


def _place(found: Found) -> dict[str, Any]:
    moment = found.moment
    return {
        "saved": found.place.saved,
        "scene": moment.scene,
        "heading": _heading(moment),
        "ending": moment.ending,
    }


def save_of(name: str, found: Found) -> dict[str, Any]:
    """A save under its name, and whose path it is on."""
    return {"name": name, "as": found.moment.origin.protagonist, **_place(found)}


def _heading(moment: Moment) -> str | None:
    return next((block.plain for block in moment.story.heading(moment.scene)), None)


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(key): _cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
        case _:
            return value
