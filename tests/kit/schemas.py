"""Stories as an editor sees them: what is plain JSON in their YAML, and where the schema is not content with it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema import Draft7Validator

from waymeet.authoring.loading import load_files
from waymeet.authoring.schema.generator import generate
from waymeet.authoring.source import Mapping, Scalar, read_source
from waymeet.rules import SETTABLE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

    from waymeet.authoring.source import Node


class Complaint(NamedTuple):
    """What a schema says of a line of a file, the lines counted from 1."""

    file: str
    line: int
    message: str


_NOTHING = ("", "~", "null", "Null", "NULL")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_OTHER_WHOLE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def as_json(node: Node) -> Any:
    """What YAML 1.2, by its core schema, takes a tree for."""
    if isinstance(node, Scalar):
        return _scalar(node.value) if node.style == "plain" else node.value
    if isinstance(node, Mapping):
        return {key.value: as_json(value) for key, value in node.entries}
    return [as_json(item) for item in node.items]


def _scalar(text: str) -> Any:
    if text in _NOTHING:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _OTHER_WHOLE.fullmatch(text):
        return int(text, 0)
    return float(text) if _FRACTION.fullmatch(text) else text


@cache
def the_schema() -> dict[str, Any]:
    """The schema without any story's names."""
    return generate(SETTABLE_RULES)


@cache
def _for_all() -> Draft7Validator:
    return Draft7Validator(the_schema())


def for_story(files: dict[str, bytes]) -> Draft7Validator:
    """What checks files with a story's own names."""
    return Draft7Validator(generate(SETTABLE_RULES, load_files(files)))


def complaints(files: dict[str, bytes], check: Draft7Validator | None = None) -> list[Complaint]:
    """Everything that a schema says of the files of a story; that without names, unless told otherwise."""
    found: list[Complaint] = []
    for name, data in files.items():
        root = read_source(name, data)[0].root
        if root is None:
            continue
        for error in (check or _for_all()).iter_errors(as_json(root)):
            found += [Complaint(name, line, leaf.message) for leaf in _leaves(error) for line in _lines(root, leaf)]
    return sorted(found)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors that an error comes from."""
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from _leaves(inner)


def _lines(root: Node, error: ValidationError) -> set[int]:
    """The line of what an error is about, and for a key that is not allowed, that of the key."""
    node = root
    line = 0
    for step in error.absolute_path:
        if isinstance(node, Mapping):
            key, node = next((key, value) for key, value in node.entries if key.value == step)
            line = key.start.line
        elif not isinstance(node, Scalar):
            assert isinstance(step, int)
            node = node.items[step]
            line = node.start.line
    lines = {line + 1, node.start.line + 1}
    if isinstance(node, Mapping):
        lines |= {key.start.line + 1 for key, _ in node.entries if f"'{key.value}'" in error.message}
    return lines
