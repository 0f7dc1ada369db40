"""From the models to the JSON Schema of story, scene and walkthrough files, in draft 7.

pydantic makes a schema of the models' shape. What it cannot know is put in its place: the forms of values that we read
ourselves, and what an editor tells of each key. Where a value may be one of several things, the schema tells them apart
as our reader does, so that an editor speaks of the one that was meant.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from waymeet.authoring.fields import FORM, JsonSchema, Written
from waymeet.authoring.loading import FILE_KEYS, FILES, NO_FILE
from waymeet.authoring.schema.completing import forms_with, items_with
from waymeet.authoring.schema.file_keys import KEYS
from waymeet.authoring.schema.forms import WRITTEN_OUT
from waymeet.authoring.schema.keys import Key
from waymeet.authoring.schema.linking import REFERENCE, Linker
from waymeet.authoring.schema.names import gather
from waymeet.authoring.schema.snippets import BEGINNINGS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic.json_schema import JsonSchemaMode

    from waymeet.authoring.loading import WrittenFiles

DIALECT = "http://json-schema.org/draft-07/schema#"
_BOUNDS = {"array": ("minItems", "maxItems"), "object": ("minProperties", "maxProperties")}
#: Forms that a key says more exactly.
_LOOSE = ("name", "formula", "text", "said", "id")


def generate(rules: Collection[str], files: WrittenFiles | None = None) -> JsonSchema:
    """The schema of every file of a story, with the names of rules; if there are files, with the names of a story."""
    names = None if files is None else gather(files)
    forms = forms_with(rules, names)
    return {
        "$schema": DIALECT,
        "title": "A file of a story",
        "description": "A story, a scene or a walkthrough.",
        "type": "object",
        **_whichever(),
        "definitions": Linker(forms, items_with(names)).link(dict(sorted((_models() | forms).items()))),
    }


@cache
def _models() -> dict[str, JsonSchema]:
    """The schemas of the models by their names, in which values have forms."""
    models: list[tuple[type[Written], JsonSchemaMode]] = [(model, "validation") for _, model in FILES]
    _, made = models_json_schema(models, schema_generator=_Generator, ref_template=REFERENCE)
    return cast("dict[str, JsonSchema]", made["$defs"])


def _whichever() -> JsonSchema:
    """The file's model by what it holds, told apart as the reader does; without a sign of any, how a file begins."""
    found = _beginning()
    for groups, model in reversed(FILES):
        signs = {"allOf": [{"anyOf": [{"required": [key]} for key in group]} for group in groups]}
        found = {"if": signs, "then": {"$ref": REFERENCE.format(model=model.__name__)}, "else": found}
    return found


def _beginning() -> JsonSchema:
    told = {name: key for keys in KEYS.values() for name, key in keys.items()}
    return {
        "properties": {name: told[name].schema for name in FILE_KEYS},
        "additionalProperties": False,
        "errorMessage": NO_FILE,
        "defaultSnippets": [snippet.schema for snippet in BEGINNINGS],
    }


class _Generator(GenerateJsonSchema):
    """Makes of the models what our reader takes, where that is not what pydantic would take."""

    def sort(self, value: JsonSchema, parent_key: str | None = None) -> JsonSchema:
        """Keys stay in the order of the models, and those of a snippet as they are to be typed."""
        del parent_key
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Keys are called what they are called."""
        del schema
        return False

    def default_schema(self, schema: Any) -> JsonSchema:
        """What is there without a key is told in words; an editor would type it."""
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: Any) -> JsonSchema:
        """A key may be left out, not left empty."""
        return self.generate_inner(schema["schema"])

    def tagged_union_schema(self, schema: Any) -> JsonSchema:
        """Scalars first: of what fits nothing an editor speaks as of the first, unless it is like another."""
        made = {tag: self.generate_inner(choice) for tag, choice in schema["choices"].items()}
        mappings = {tag: choice for tag, choice in made.items() if "$ref" in choice or choice.get(FORM) == "speech"}
        others = [choice for tag, choice in made.items() if tag not in mappings]
        return {"anyOf": [*sorted(others, key=_is_list), _by_key(mappings)]}

    def model_schema(self, schema: Any) -> JsonSchema:
        """The keys of a model with what is told of each, and no others."""
        model: type[Written] = schema["cls"]
        made = super().model_schema(schema)
        keys = {name: value for base in reversed(model.__mro__) for name, value in KEYS.get(base, {}).items()}
        properties = {name: _told(value, keys.get(name, Key(""))) for name, value in made["properties"].items()}
        needed = {name: [key.needs] for name, key in keys.items() if key.needs}
        title, _, about = (model.__doc__ or "").partition(": ")
        return {
            **made,
            "title": title,
            "description": about[:1].upper() + about[1:],
            "properties": properties,
            "additionalProperties": False,
            **({"dependencies": needed} if needed else {}),
        }


def _is_list(schema: JsonSchema) -> bool:
    return schema.get("type") == "array"


def _by_key(mappings: dict[str, JsonSchema]) -> JsonSchema:
    """One of several mappings, each told by the key that its tag names, the last by having none of them."""
    *first, found = mappings.values()
    for tag, schema in reversed(list(zip(mappings, first, strict=False))):
        sign = {"type": "object", "required": [tag], "properties": {tag: True}}
        found = {"type": "object", "if": sign, "then": schema, "else": found}
    return found


# -- what is told of a key ------------------------------------


def _told(schema: JsonSchema, key: Key) -> JsonSchema:
    """The schema of a key's value, with what is told of the key."""
    exact = _exact(schema or {FORM: "anything"}, key)
    if "anyOf" in exact:
        exact = {**exact, "anyOf": [_writable(choice) for choice in exact["anyOf"]]}
    return {**_writable(exact), **_bounds(schema, key), **key.schema}


def _writable(schema: JsonSchema) -> JsonSchema:
    """The same, with ways to write it if it is a text."""
    offered = {"defaultSnippets": [snippet.schema for snippet in TEXTS]}
    return {**schema, **offered} if schema.get(FORM) in WRITTEN_OUT else schema


def _bounds(schema: JsonSchema, key: Key) -> JsonSchema:
    """How much there may be of a value, by what it is."""
    names = _BOUNDS.get(schema.get("type", ""), ("minimum", "maximum"))
    return {name: much for name, much in zip(names, (key.least, key.most), strict=True) if much is not None}


def _exact(schema: Any, key: Key) -> Any:
    """The same with the forms that the key says more exactly."""
    if isinstance(schema, list):
        return [_exact(part, key) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get(FORM) in _LOOSE and key.holds:
        return {FORM: key.holds}
    made = {name: _exact(part, key) for name, part in schema.items() if name != "propertyNames"}
    names = schema.get("propertyNames")
    if names is not None:
        made["propertyNames"] = {FORM: key.keys} if names == {FORM: "key"} and key.keys else names
    return made
