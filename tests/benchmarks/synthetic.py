"""A seeded synthetic story of any size: about 60 words and three choices a node, a tenth of the choices conditional."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYLLABLES = ["ka", "lo", "mi", "ren", "sa", "tor", "vel", "an", "du", "fi", "gor", "hes", "il", "jun"]
NODES_PER_SCENE = 250
FLAGS = 20


def synthetic_files(nodes: int, seed: int = 1) -> dict[str, bytes]:
    """The files of a story with this many nodes; the same for the same size and seed."""
    chance = random.Random(seed)
    files = {"story.yaml": _story()}
    for first in range(0, nodes, NODES_PER_SCENE):
        scene = first // NODES_PER_SCENE
        lines = [f"scene: s{scene}", "nodes:"]
        for node in range(first, min(first + NODES_PER_SCENE, nodes)):
            lines += _node(node, nodes, chance)
        files[f"s{scene}.yaml"] = ("\n".join(lines) + "\n").encode()
    return files


def _story() -> bytes:
    flags = "\n".join(f"  f{index}: false" for index in range(FLAGS))
    return (
        "waymeet: 1\nstory: synthetic\ntitle: Synthetic\n"
        "protagonists:\n  one: {name: One, start: s0.n0}\n"
        f"flags:\n{flags}\n"
        "endings:\n  the_end: {title: The End}\n"
    ).encode()


def _node(node: int, nodes: int, chance: random.Random) -> Iterator[str]:
    yield f"  n{node}:"
    if node % 5 == 0:
        yield f"    do: f{chance.randrange(FLAGS)} = {chance.choice(['true', 'false'])}"
    yield "    text: |"
    words = [_word(chance) for _ in range(60)]
    for first in range(0, 60, 12):
        yield "      " + " ".join(words[first : first + 12]) + "."
    if node == nodes - 1:
        yield "    ending: the_end"
        return
    yield "    choices:"
    for index in range(3):
        target = node + 1 if index == 0 else chance.randrange(nodes)
        condition = f", when: f{chance.randrange(FLAGS)}" if index and chance.random() < 0.15 else ""
        goto = f"s{target // NODES_PER_SCENE}.n{target}"
        yield f"      c{index}: {{label: {_word(chance)} {_word(chance)}{condition}, goto: {goto}}}"


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(1, 3)))
