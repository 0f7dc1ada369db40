"""What a story's own names make of the forms: names to choose from, and conditions and effects to begin with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from waymeet.authoring.places import UNUSED_ALLOW
from waymeet.authoring.schema.forms import FORMS
from waymeet.authoring.schema.snippets import ITEMS, SO_FAR, Snippet
from waymeet.expressions.types import BoolType, EnumType, IntType, SetType, TextType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from waymeet.authoring.fields import JsonSchema
    from waymeet.authoring.schema.names import StoryNames
    from waymeet.expressions.types import Type

#: The forms of names that must have been declared somewhere, with what such a thing is called: of values and of keys.
_VALUES = {
    "node": "node",
    "place": "node or choice",
    "choice": "choice",
    "ending": "ending",
    "protagonist": "protagonist",
    "question": "flag",
    "menu": "menu",
    "deck": "deck",
}
_KEYS = {"scene": "scene", "speaker": "speaker", "flag": "flag", "remembered": "memory"}
#: So many names an editor may show at once.
_SHOWN = 20
_UNKNOWN = "there was no {} of this name when the schema was made; if it is new, make the schema again"
#: The forms in which any name will do, and those in use are offered.
_FREE = ("tag", "warning")


def forms_with(rules: Collection[str], names: StoryNames | None = None) -> dict[str, JsonSchema]:
    """The forms with the names of rules, and with those of a story if there is one.

    A name that is not among those of a story is wrong, if all of the story could be read.
    """
    allowed = [rule for rule in rules if rule != UNUSED_ALLOW]
    forms = {**FORMS, "rule": {"enum": list(rules)}, "finding": {"enum": allowed}}
    return forms if names is None else forms | _named(names) | _begun(names)


def items_with(names: StoryNames | None = None) -> dict[str, tuple[Snippet, ...]]:
    """What can be put into a list at once; where it is prose, a line for everyone who can speak."""
    if names is None or not names.named["speaker"]:
        return ITEMS
    speakers = names.named["speaker"].items()
    return ITEMS | {"speech": tuple(Snippet(name, {name: "${1:What is said.}"}, words) for name, words in speakers)}


# -- names ------------------------------------


def _named(names: StoryNames) -> dict[str, JsonSchema]:
    """The forms of names, in which those of the story are offered; if they are all there are, others are refused."""
    found = {}
    for form in (*_VALUES, *_FREE):
        offered = names.named["node" if form == "place" else form]  # hardly a choice is a place to rest at
        found[form] = _offering(FORMS[form], (Snippet(name, name, words) for name, words in offered.items()))
    for form in _KEYS:
        found[form] = {"anyOf": [_listed(names.named[form]), FORMS[form]]}
    for form, what in (_VALUES | _KEYS).items() if names.whole else ():
        listed = names.named[form]
        known = _listed(listed) if form in _KEYS or len(listed) <= _SHOWN else found[form] | _fitting(listed)
        found[form] = {**known, "errorMessage": _UNKNOWN.format(what)}
    # offered as whole lines in a list: as keys, an editor would offer them in the middle of prose
    return found | {"speaker": {**found["speaker"], "doNotSuggest": True}}


def _listed(listed: dict[str, str]) -> JsonSchema:
    """One of some names."""
    if not listed:
        return _fitting(listed)
    return {"type": "string", "enum": list(listed), "enumDescriptions": list(listed.values())}


def _fitting(listed: Iterable[str]) -> JsonSchema:
    """The same in a way that keeps an editor from showing all of them in a hover and as corrections."""
    return {"type": "string", "pattern": f"^({'|'.join(re.escape(name) for name in listed) or '(?!)'})$"}


def _offering(form: JsonSchema, snippets: Iterable[Snippet]) -> JsonSchema:
    return {**form, "defaultSnippets": [snippet.schema for snippet in snippets]}


# -- what can be said with flags ------------------------------------


def _begun(names: StoryNames) -> dict[str, JsonSchema]:
    """The forms of formulas, with what can be said of the story's flags."""
    said = {
        "condition": [*_conditions(names.flags), *_bare(names.derived), *SO_FAR],
        "expression": _bare([*names.flags, *names.derived]),
        "effect": _effects(names.flags),
    }
    return {form: _offering(FORMS[form], snippets) for form, snippets in said.items()}


def _bare(names: Iterable[str]) -> list[Snippet]:
    return [Snippet(name, name) for name in names]


def _conditions(flags: dict[str, Type]) -> list[Snippet]:
    """A condition on each flag that can be tested."""
    found = []
    for name, kind in flags.items():
        match kind:
            case BoolType():
                found += [Snippet(name, name), Snippet(f"not {name}", f"not {name}")]
            case IntType(low):
                found.append(Snippet(f"{name} >= …", f"{name} >= ${{1:{low}}}"))
            case EnumType(values):
                found.append(Snippet(f"{name} == …", f"{name} == {_some(values)}"))
            case SetType(members):
                found.append(Snippet(f"… in {name}", f"{_some(members)} in {name}"))
            case TextType():
                pass
            case _:
                found.append(Snippet(name, name))
    return found


def _effects(flags: dict[str, Type]) -> list[Snippet]:
    """An effect on each flag that effects can change."""
    found = []
    for name, kind in flags.items():
        match kind:
            case BoolType():
                found.append(Snippet(f"{name} = …", f"{name} = ${{1|true,false|}}"))
            case IntType():
                found += [Snippet(f"{name} {sign}= …", f"{name} {sign}= ${{1:1}}") for sign in "+-"]
            case EnumType(values):
                found.append(Snippet(f"{name} = …", f"{name} = {_some(values)}"))
            case SetType(members):
                found.append(Snippet(f"{name} += …", f"{name} += {_some(members)}"))
            case TextType():
                pass
            case _:
                found.append(Snippet(f"{name} = …", f"{name} = $1"))
    return found


def _some(words: tuple[str, ...]) -> str:
    return f"${{1|{','.join(words)}|}}"
