"""The JSON Schema takes what our reader takes, and refuses what it refuses, as far as a schema can tell."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from kit.corpus import corpus
from kit.pages import all_examples
from kit.schemas import as_json, complaints, for_story, the_schema
from waymeet.authoring import models
from waymeet.authoring.fields import Written
from waymeet.authoring.loading import load_files
from waymeet.authoring.schema.file_keys import KEYS
from waymeet.authoring.schema.snippets import ITEMS, SO_FAR
from waymeet.authoring.source import read_source
from waymeet.checking import compile_files
from waymeet.diagnostics import StoryError
from waymeet.runtime import Story
from waymeet.walkthroughs import run_walkthroughs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.authoring.fields import JsonSchema
    from waymeet.authoring.schema.keys import Key
    from waymeet.authoring.source import Node
    from waymeet.diagnostics import Diagnostic

STORIES = {known.name: known.files for known in corpus()}
PAGES = {page.name: page.files for page in all_examples("rules")}
MODELS = [
    model for model in vars(models).values() if isinstance(model, type) and issubclass(model, Written) and model.keys
]
#: The rules about the shape of a file.
SHAPE = {"unknown-key", "missing-key", "wrong-value", "format-version"}
#: What is beyond a schema, as our reader words it.
BEYOND = (
    # numbers and words are not compared with each other
    "is no range",
    "is too wide a range",
    "is outside",
    "is not one of",
    "stands in the list twice",
    "once and limit contradict",
    # what a value may be depends on the keys beside it
    "does not say what values the flag can have",
    "a number starts at a number",
    "a set starts with a list",
    "a flag has one kind of value",
    "only a number can overflow",
    "is not remembered between playthroughs",
    "no local text",
    "a step has one way out",
    "otherwise needs choices",
    "leads nowhere",
    "there is no `when`",
    "why a choice is closed",
    "can be taken, for",
    "a promise says one",
    # how far in a key stands
    '"leave" is not a key of a choice',
    # what stands elsewhere
    "offers itself here",
    "is not kept when a reading ends",
    "is a protagonist already",
    "cannot speak",
    "and a flag elsewhere",
    "and an enum value elsewhere",
    "and a set member elsewhere",
    "there are two of",
    "no file here holds the story itself",
    # 1.0 is 1 to a schema
    'version "1.0"',
)


#: Lines of stories that can be built and have a text that reads `null`, which a schema takes for nothing.
NULLS = {"files-4": {4}, "wrong-value-15": {6}}


# -- what is right ------------------------------------


def test_it_is_a_schema_of_draft_7() -> None:
    assert the_schema()["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(the_schema())


@pytest.mark.parametrize("name", STORIES)
def test_it_takes_every_story_that_can_be_built(name: str) -> None:
    assert {found.line for found in complaints(STORIES[name])} == NULLS.get(name, set())


@pytest.mark.parametrize("name", STORIES)
def test_with_a_storys_names_it_takes_that_story(name: str) -> None:
    files = STORIES[name]
    scripts = run_walkthroughs(Story(compile_files(files, name)), load_files(files))
    wrong = {(finding.span.file, finding.span.line) for script in scripts for finding in script.findings}
    found = {(found.file, found.line) for found in complaints(files, for_story(files))}
    assert {line for file, line in found if (file, line) not in wrong} == NULLS.get(name, set())


# -- what is wrong ------------------------------------


@cache
def _findings(name: str) -> tuple[Diagnostic, ...]:
    """What keeps the story of a page from being built."""
    try:
        compile_files(PAGES[name], name)
    except StoryError as error:
        return error.report.findings
    return ()


@pytest.mark.parametrize("name", PAGES)
def test_it_refuses_what_our_reader_refuses(name: str) -> None:
    refused = {(found.file, found.line) for found in complaints(PAGES[name])}
    if not _findings(name):
        assert {line for _, line in refused} == NULLS.get(name, set())
    for finding in _findings(name):
        if finding.rule in SHAPE and (finding.span.file, finding.span.line) not in refused:
            assert any(words in finding.message for words in BEYOND), finding


def test_what_is_beyond_it_is_known_exactly() -> None:
    messages = [finding.message for name in PAGES for finding in _findings(name)]
    assert [words for words in BEYOND if not any(words in message for message in messages)] == []


SLIPS = [
    "goto: yrad",
    "goto: [{to: yrad}]",
    "ending: hoem",
    "text: [{aad: Hello.}]",
    "menus: pokets",
    "draw: raod",
    "card: {deck: raod}",
    "ask: {flag: caled, label: Your name.}",
    "call: house.yrad",
    "chance: [{to: yrad}]",
    'roll: {dice: d6, outcomes: {"..6": yrad}}',
]
STORY = """\
story: example
protagonists: {ada: {start: hall}}
flags: {called: {text: Ada}}
endings: {home: {}}
scene: house
nodes: {hall: {ending: home}}
"""


REMEMBERING = """\
story: example
protagonists: {ada: {start: house.hall}}
endings: {home: {}}
flags: {lamp: false, trust: {min: -1, max: 3}, clues: {any_of: [crest, hoof]}, called: {text: Ada}}
memory: {parting: [untold, kind]}
derive: {welcome: trust > 1 and lamp}
"""


@pytest.mark.parametrize("slip", SLIPS)
def test_with_a_storys_names_it_refuses_others(slip: str) -> None:
    yard = {"yard.yaml": f"scene: garden\nnodes:\n  yard:\n    {slip}\n".encode()}
    story = {"story.yaml": STORY.encode()}
    assert complaints(yard) == []
    assert {found.line for found in complaints(yard, for_story(story))} == {4}
    story["torn.yaml"] = b"scene: ["
    assert complaints(yard, for_story(story)) == []


def test_a_walkthrough_with_other_names_is_refused() -> None:
    script = {"a.yaml": b"walkthrough: a\nas: aad\nplay:\n- go\n- {at: yrad}\nexpect:\n  flags: {caled: x}\n"}
    assert complaints(script) == []
    assert {found.line for found in complaints(script, for_story({"story.yaml": STORY.encode()}))} == {2, 4, 5, 7}


# -- what is told ------------------------------------


def _keys(model: type[Written]) -> dict[str, Key]:
    return {name: key for base in reversed(model.__mro__) for name, key in KEYS.get(base, {}).items()}


def test_every_key_has_words() -> None:
    silent = [f"{model.__name__}.{key}" for model in MODELS for key in model.keys if key not in _keys(model)]
    assert not silent, f"say in authoring/schema/step_keys.py or file_keys.py what these are: {', '.join(silent)}"


def test_words_are_about_keys_that_there_are() -> None:
    stale = [f"{model.__name__}.{key}" for model, keys in KEYS.items() for key in keys if key not in model.keys]
    assert not stale, f"these keys are not in the models: {', '.join(stale)}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_words_are_sentences(model: type[Written]) -> None:
    for name, key in _keys(model).items():
        assert re.fullmatch(r"[`A-Z].*\.", key.words), name
        assert key.words.count(". ") <= 2, name


def test_every_name_and_formula_says_what_it_is_of() -> None:
    loose = [
        f"{name}.{key}"
        for name, definition in the_schema()["definitions"].items()
        for key, told in definition.get("properties", {}).items()
        if {"#/definitions/name", "#/definitions/formula"} & set(_references(told))
    ]
    assert not loose, f"say with `holds` what the names or formulas in these are: {', '.join(loose)}"


def test_every_list_snippet_is_for_something_there_is() -> None:
    assert ITEMS.keys() <= the_schema()["definitions"].keys()


def _references(schema: Any) -> Iterator[str]:
    for name, part in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if name == "$ref":
            yield part
        elif isinstance(part, dict | list):
            yield from _references(part)


# -- what is put into a file ------------------------------------


def _with_snippets(schema: Any, path: str = "") -> Iterator[tuple[str, JsonSchema]]:
    """The pieces of a schema that have snippets, with where they stand."""
    if isinstance(schema, dict) and isinstance(schema.get("defaultSnippets"), list):
        yield path, schema
    for name, part in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if isinstance(part, dict | list) and name != "defaultSnippets":
            yield from _with_snippets(part, f"{path}/{name}")


def _filled(body: Any) -> Any:
    """What stands there when nothing is typed at the places of a snippet: their words, or the first of a choice."""
    if isinstance(body, dict):
        return {_filled(key): _filled(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(part) for part in body]
    text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}|\$\{\d+:([^}]*)\}|\$\d", lambda found: found[1] or found[2] or "x", body)
    return as_json(_read(text.removeprefix("^")))


def _read(text: str) -> Node:
    root = read_source("snippet", text.encode())[0].root
    assert root is not None, text
    return root


def test_every_snippet_is_right_where_it_is_put() -> None:
    definitions = the_schema()["definitions"]
    for path, piece in _with_snippets(the_schema()):
        is_file = not path.startswith("/definitions")
        check = Draft7Validator(the_schema() if is_file else {**piece, "definitions": definitions})
        for value in _values(piece):
            _holds(check, [value] if piece.get("type") == "array" else value)


def test_what_is_offered_of_a_story_is_right_in_it() -> None:
    story = {"story.yaml": REMEMBERING.encode()}
    forms = for_story(story).schema["definitions"]
    conditions, effects, shown = (list(_values(forms[form])) for form in ("condition", "effect", "expression"))
    conditions = conditions[: -len(SO_FAR)]
    assert conditions == ["lamp", "not lamp", "trust >= -1", "crest in clues", "parting == untold", "welcome"]
    assert effects == ["lamp = true", "trust += 1", "trust -= 1", "clues += crest", "parting = untold"]
    assert shown == ["lamp", "trust", "clues", "called", "parting", "welcome"]
    ways = [*({"when": condition, "to": "hall"} for condition in conditions), {"to": "hall"}]
    hall = {"do": effects, "text": [f"{{{value}}}" for value in shown], "goto": ways}
    house = json.dumps({"scene": "house", "nodes": {"hall": hall}})
    compile_files({**story, "house.yaml": house.encode()}, "example")


def _values(piece: JsonSchema) -> Iterator[Any]:
    for snippet in piece["defaultSnippets"]:
        assert snippet["label"]
        yield _filled(snippet.get("body", snippet.get("bodyText")))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_example_is_right(model: type[Written]) -> None:
    definitions = the_schema()["definitions"]
    for name, key in _keys(model).items() if model.__name__ in definitions else ():
        for example in [key.example] if key.example else []:
            values = as_json(_read(example))
            assert name in values, example
            check = Draft7Validator(
                {**definitions[model.__name__], "required": [], "dependencies": {}, "definitions": definitions}
            )
            _holds(check, values)


def _holds(check: Draft7Validator, value: object) -> None:
    error = best_match(check.iter_errors(value))
    assert error is None, (value, error and error.message)
