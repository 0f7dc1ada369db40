"""Trees of YAML files as plain data, to compare them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.source import Mapping, Scalar

if TYPE_CHECKING:
    from waymeet.authoring.source import Node


def to_data(node: Node) -> object:
    """The tree as plain dicts, lists and strings; a value that was left out is None."""
    if isinstance(node, Scalar):
        return node.value if node.value or node.style != "plain" else None
    if isinstance(node, Mapping):
        return {key.value: to_data(value) for key, value in node.entries}
    return [to_data(item) for item in node.items]
