"""The order in which the keys of a story file are laid out, and what each of them holds.

Keys stand in the order in which things happen: in a step first what is said of it, then its effects, its prose and the
way on. Ids (flags, nodes, choices, …) stay as the author ordered them, and so do keys that are not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.tree import Mapping

if TYPE_CHECKING:
    from waymeet.authoring.tree import Node

#: Kinds of scalars. In prose single newlines are spaces; in a verse they are not; of a line all white space is alike;
#: words are for a reader, too, and kept as they are; what is exact is no text at all.
PROSE, VERSE, LINE, WORDS, EXACT = "prose", "verse", "line", "words", "exact"
#: The kinds that a comment behind them could be taken for a part of.
TEXTS = (PROSE, VERSE, LINE, WORDS)
#: The kinds that may be written in another style with other line breaks.
REFLOWED = (PROSE, VERSE, LINE)


class Shape(NamedTuple):
    """What may stand in one place of a file: a scalar, a mapping, or a list of either.

    `scalar` is the kind of a scalar here, `keys` the known keys in their order, each with the name of its shape,
    `other` the shape behind any other key. `apart` says that an empty line parts the entries.
    """

    scalar: str = EXACT
    keys: dict[str, str] = {}  # noqa: RUF012 - never written to
    other: str = EXACT
    apart: bool = False


def _exact(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, EXACT)


_SAID = {"tags": EXACT, "warns": LINE, "note": WORDS, "allow": WORDS}
_DONE = {
    "do": EXACT,
    "text": "text",
    "signal": "signal",
    "ask": "ask",
    "call": EXACT,
    "returns": EXACT,
    "choices": "choices",
    "menus": EXACT,
    "draw": EXACT,
    "roll": "roll",
    "chance": "goto",
    "goto": "goto",
    "otherwise": "goto",
    "ending": EXACT,
    "return": EXACT,
}
_CHOICE = {"label": PROSE, **_exact("when"), "locked": PROSE, **_exact("once", "limit")}
_SCENE = {
    "scene": EXACT,
    "about": PROSE,
    "local": "flags",
    "menus": "menus",
    "decks": "decks",
    "once": EXACT,
    "nodes": "nodes",
}
_STORY = {
    **_exact("waymeet", "story"),
    "title": LINE,
    "authors": LINE,
    "about": PROSE,
    "language": EXACT,
    "warns": LINE,
    "protagonists": "protagonists",
    "cast": "cast",
    "flags": "flags",
    "memory": "flags",
    "derive": EXACT,
    "endings": "endings",
    "chapters": LINE,
    "sheet": "sheet",
    "events": "events",
    "promises": "promises",
    "menus": "menus",
    "decks": "decks",
    "check": "check",
    "history": "history",
}

#: Every shape by its name. A kind of scalar is a shape of that kind, also as a list or as a table of ids.
SHAPES = {
    **{kind: Shape(kind, other=kind) for kind in (PROSE, VERSE, LINE, WORDS, EXACT)},
    # files
    "story": Shape(keys={**_STORY, **{key: shape for key, shape in _SCENE.items() if key not in _STORY}}),
    "scene": Shape(keys=_SCENE),
    "walkthrough": Shape(
        keys={"walkthrough": WORDS, **_exact("as", "memory", "outcomes"), "play": "turn", "expect": "expectation"}
    ),
    "turn": Shape(keys={**_exact("at", "choose"), "answer": WORDS}),
    "expectation": Shape(keys={**_exact("ending", "flags"), "text": LINE, **_exact("open", "locked")}),
    # the story file
    "flags": Shape(other="flag"),
    "flag": Shape(
        keys={
            **_exact("min", "max", "one_of", "any_of"),
            "text": LINE,
            **_exact("start", "overflow"),
            "note": WORDS,
            "allow": WORDS,
        }
    ),
    "protagonists": Shape(other="protagonist"),
    "protagonist": Shape(keys={"name": LINE, "about": PROSE, "start": EXACT}),
    "cast": Shape(other="speaker"),
    "speaker": Shape(keys={"name": LINE}),
    "endings": Shape(other="ending"),
    "ending": Shape(keys={"title": LINE, **_exact("for", "kind"), "hint": LINE, "note": WORDS, "allow": WORDS}),
    "sheet": Shape(keys={"label": LINE, "show": EXACT, "words": PROSE}),
    "events": Shape(other="event"),
    "event": Shape(keys={"title": LINE, **_exact("views", "settles"), "note": WORDS, "allow": WORDS}),
    "promises": Shape(other="promise"),
    "promise": Shape(
        keys={**_exact("never", "always", "possible", "always_possible", "until", "as"), "note": WORDS},
    ),
    "menus": Shape(other="choices"),
    "decks": Shape(other="deck"),
    "deck": Shape(keys=_exact("pick", "offer", "otherwise")),
    "check": Shape(keys=_exact("rules")),
    "history": Shape(keys={**_exact("release"), "renamed": "renames", "removed": "renames"}),
    "renames": Shape(keys=_exact("protagonists", "scenes", "nodes", "choices", "endings", "flags", "values")),
    # steps
    "nodes": Shape(other="node", apart=True),
    "node": Shape(keys={**_SAID, "card": "card", **_DONE}),
    "choices": Shape(other="choice"),
    "choice": Shape(keys={**_CHOICE, **_SAID, "echo": PROSE, **_DONE}),
    "signal": Shape(keys={"name": EXACT, "values": LINE}),
    "goto": Shape(keys=_exact("weight", "when", "to")),
    "ask": Shape(keys={"flag": EXACT, "label": PROSE, "max": EXACT}),
    "roll": Shape(keys=_exact("dice", "add", "outcomes")),
    "card": Shape(keys={**_exact("deck", "when", "priority", "once", "limit"), "label": PROSE}),
    # blocks of prose; a key that is none of these is who speaks
    "text": Shape(
        PROSE,
        {
            **_exact("when", "match"),
            "cases": "cases",
            "vary": EXACT,
            "of": "text",
            "verse": VERSE,
            "break": EXACT,
            "text": "text",
            "else": "text",
        },
        PROSE,
    ),
    "cases": Shape(PROSE, other="text"),
}

#: The shapes that hold ids, with the shape of what each id stands for.
TABLES = {
    name: shape.other
    for name, shape in SHAPES.items()
    if not shape.keys and SHAPES[shape.other].keys and name != "cases"
}


def shape_of_file(root: Mapping) -> Shape | None:
    """The shape of a file by what it holds; None for one that is no part of a story."""
    keys = {key.value for key, _ in root.entries}
    if keys & {"story", "protagonists", "endings"}:
        return SHAPES["story"]
    return next((SHAPES[name] for name in ("scene", "walkthrough") if name in keys), None)


def inside(shape: Shape, key: str | None) -> Shape:
    """The shape of what stands behind a key; of what stands in a list, if there is no key."""
    return shape if key is None else SHAPES[shape.keys.get(key, shape.other)]


def parts_of(node: Node, shape: Shape) -> list[tuple[str, Node, Shape]]:
    """What stands directly inside a mapping or a list, each with its name and its shape, in the order of the file."""
    if isinstance(node, Mapping):
        return [(key.value, value, inside(shape, key.value)) for key, value in node.entries]
    return [(str(number), item, shape) for number, item in enumerate(getattr(node, "items", ()))]
