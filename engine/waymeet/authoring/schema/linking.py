"""Makes a schema of forms one that an editor understands: forms by reference, and choices that it can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waymeet.authoring.fields import FORM, JsonSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.authoring.schema.snippets import Snippet

#: Where a definition is found by its name.
REFERENCE = "#/definitions/{model}"
_WORDS = {"description", "markdownDescription"}
#: The form of keys that may be anything.
_ANY_KEY = {FORM: "key"}


@dataclass(frozen=True, slots=True)
class Linker:
    """Puts references where forms are named."""

    forms: Mapping[str, JsonSchema]
    #: What can be put into a list at once, by the name of what it is a list of.
    items: Mapping[str, tuple[Snippet, ...]]

    def link(self, schema: Any) -> Any:
        """The same schema for an editor."""
        if isinstance(schema, list):
            return [self.link(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        linked = {name: self.link(part) for name, part in schema.items() if part != _ANY_KEY}
        if "anyOf" in linked:
            linked["anyOf"] = [self._apart(choice) for choice in linked["anyOf"]]
        if snippets := self._items(linked):
            linked["defaultSnippets"] = snippets
        form = linked.pop(FORM, None)
        return linked if form is None else self._formed(form, linked)

    def _formed(self, form: str, told: JsonSchema) -> JsonSchema:
        """A reference with what is told of it; beside one, an editor heeds nothing but words."""
        if told.keys() <= _WORDS:
            return {"$ref": REFERENCE.format(model=form), **told}
        return {**self.link(self.forms[form]), **told}

    def _apart(self, choice: JsonSchema) -> JsonSchema:
        """One of several things that a value may be, such that an editor speaks of the one that was meant.

        The YAML language server goes by how many keys fit, so every key of a mapping is made to. When it words a hover,
        it tells choices without title and words apart by what their `properties` are.
        """
        if "$ref" in choice and _named(choice) not in self.forms:
            choice = {"type": "object", "allOf": [choice]}
        if choice.get("type") == "object":
            return {**choice, "properties": {}, "patternProperties": {"^": True}}
        return {**choice, "properties": {}} if choice.get("type") == "array" else choice

    def _items(self, schema: JsonSchema) -> list[JsonSchema]:
        """What can be put into a list at once."""
        if schema.get("type") != "array":
            return []
        return [snippet.schema for name in _kinds(schema["items"]) for snippet in self.items.get(name, ())]


def _named(reference: JsonSchema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _kinds(schema: JsonSchema) -> list[str]:
    """The names of what a value can be."""
    found = [_named(schema)] if "$ref" in schema else []
    branches = [schema[key] for key in ("then", "else") if key in schema]
    inner = [*branches, *schema.get("anyOf", ()), *schema.get("allOf", ())]
    return found + [name for part in inner for name in _kinds(part)]
