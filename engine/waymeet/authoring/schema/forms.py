"""What values look like to an editor: the forms that the models and the keys name, each a piece of JSON Schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from waymeet.authoring.constructs.chance import DICE, RANGE
from waymeet.authoring.constructs.decks import PICKS
from waymeet.authoring.constructs.flags import OVERFLOWS
from waymeet.authoring.constructs.story import KINDS, LEVELS
from waymeet.authoring.fields import FORM, ID, MAX_ID
from waymeet.authoring.lowering import VARIATIONS
from waymeet.authoring.models import BLOCK_FORMS, FLAG_FORMS, FORMAT
from waymeet.authoring.schema.snippets import SO_FAR, Snippet
from waymeet.expressions.parser import MAX_NUMBER
from waymeet.expressions.syntax import RESERVED

if TYPE_CHECKING:
    from waymeet.authoring.fields import JsonSchema

_ID = f"(?!(?:{'|'.join(sorted(RESERVED))})$){ID.pattern}"
_NO_SPEAKER = "a spoken line is one name and one text; if this is text with a colon in it, put it in quotes"
_NO_ID = "an id starts with a small letter a-z and goes on with a-z, 0-9 and _; and, or, min, seen, … are taken"


def _text(**more: object) -> JsonSchema:
    """Any scalar, told apart by what it is not: as types, an editor would offer `true` and `false` for texts."""
    return {
        "if": {"type": ["array", "object", "null"], "properties": {}},
        "then": {"type": "string"},
        **more,
    }


def _word(*words: str) -> JsonSchema:
    return {"type": "string", "enum": list(words)}


def _name(dots: str, wrong: str) -> JsonSchema:
    """A name of several ids with dots between them; `dots` says how many there may be."""
    return {"type": "string", "pattern": rf"^{ID.pattern}(\.{ID.pattern}){dots}$", "errorMessage": wrong}


def _plain(pattern: re.Pattern[str]) -> str:
    """A whole pattern in a spelling that JavaScript knows, too."""
    return f"^(?:{re.sub(r'[?]P<[a-z]+>', '?:', pattern.pattern)})$"


_WORDS = {"pattern": r"\S", "patternErrorMessage": "there must be words here"}
_NO_NAME = _name("{0}", "a name is wanted here")
_KEPT: JsonSchema = {
    "type": "string",
    "pattern": rf"^({ID.pattern}|told\({ID.pattern}\))$",
    "errorMessage": "a flag, or told(event), is wanted here",
}
_NEW_ID: JsonSchema = {"type": "string", "pattern": f"^{_ID}$", "maxLength": MAX_ID, "errorMessage": _NO_ID}

#: Those that a text or anything else can be written in: where a key holds one, ways to write it are offered. Not in
#: lists, for there an editor would offer them in the middle of the prose.
WRITTEN_OUT = ("text", "said", "free_text", "anything")
#: Every form by its name.
FORMS: dict[str, JsonSchema] = {
    # what the models tell apart
    "text": _text(),
    "said": _text(**_WORDS),
    "free_text": {"if": {"type": ["array", "object"]}, "then": {"type": "string"}},
    "locked": {"type": ["boolean", "string", "number"], **_WORDS},
    "truth": {"type": "boolean"},
    "bare_flag": {"enum": [False, True], "errorMessage": FLAG_FORMS},
    "number": {"type": "integer", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER},
    "id": _NEW_ID,
    "new_id": {**_NEW_ID, "doNotSuggest": True},
    "speech": {
        "type": "object",
        "if": {"type": "object", "maxProperties": 1, "properties": {}},
        "then": {"type": "object", "propertyNames": {FORM: "speaker"}, "additionalProperties": {FORM: "text"}},
        "else": {"type": "string", "errorMessage": BLOCK_FORMS},
    },
    "name": {"type": ["string", "number", "boolean"]},
    "formula": {"type": ["string", "number", "boolean"]},
    "anything": {},
    "value": {"type": ["string", "number", "boolean", "array"]},
    # formulas
    "condition": {"type": ["string", "boolean"], "defaultSnippets": [snippet.schema for snippet in SO_FAR]},
    "effect": {"type": "string"},
    "expression": {"type": ["string", "number", "boolean"]},
    # names of what stands elsewhere
    "node": _name("?", "a node is named `node` or `scene.node`"),
    "place": _name("*", "a place is named `node`, `scene.node`, or by the path of a choice"),
    "scene": _NO_NAME,
    "ending": _NO_NAME,
    "protagonist": _NO_NAME,
    "speaker": {**_name("{0}", _NO_SPEAKER), "doNotSuggest": True},
    "flag": _KEPT,
    "question": _NO_NAME,
    "remembered": _KEPT,
    "menu": _NO_NAME,
    "deck": _NO_NAME,
    "choice": _NO_NAME,
    "past": _name("*", "a name, with dots between its parts"),
    "tag": {FORM: "id"},
    "warning": {FORM: "said"},
    # words that are fixed
    "rule": {},
    "finding": {},
    "level": _word(*LEVELS),
    "kind": _word(*KINDS),
    "pick": _word(*PICKS),
    "variation": _word(*VARIATIONS),
    "overflow": _word(*OVERFLOWS),
    "version": {"const": FORMAT},
    "language": {"type": "string"},
    "dice": {"type": "string", "pattern": _plain(DICE), "errorMessage": "write 2d6 for two dice of six sides"},
    "range": {"pattern": _plain(RANGE), "errorMessage": "write 7, 7..9, 10+ or ..6"},
    "outcome": {"type": ["string", "number", "boolean"]},
    "way_back": {
        "if": {"type": "boolean"},
        "then": {"const": True, "errorMessage": "write `return: true`, or a name of your own"},
        "else": {FORM: "id"},
        "defaultSnippets": [Snippet("true", "true").schema],
    },
}
