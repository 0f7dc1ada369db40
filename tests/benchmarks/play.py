"""Turns per second of headless random play, prose rendered, beside a bare dict walk of the same graph.

Run: `make bench ARGS="play [--nodes 1000] [--turns 200000] [--story scenes]"`
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.synthetic import synthetic_files
from waymeet.checking import compile_files
from waymeet.project import read_files
from waymeet.runtime import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 5
Graph = dict[str, dict[str, Any]]


def play(story: Story, turns: int, seed: int) -> int:
    """Read at random, begin again at each ending, and return how many turns were taken and told."""
    chance = random.Random(seed)
    told = 0
    names = [protagonist.id for protagonist in story.protagonists]
    moment = story.begin(names[0])
    for _ in range(turns):
        ways = [offer.id for offer in moment.choices if offer.locked is None]
        if not ways:
            moment = story.begin(chance.choice(names), memory=moment.memory)
            continue
        moment = moment.choose(chance.choice(ways))
        told += len(moment.text)
    return told


def bare_graph(files: dict[str, bytes]) -> Graph:
    """The same story as dicts, read straight from its files, with nothing between the walk and the data."""
    from ruamel.yaml import YAML

    graph: Graph = {}
    for data in files.values():
        scene = YAML(typ="safe").load(data)
        for name, node in scene.get("nodes", {}).items():
            graph[f"{scene['scene']}.{name}"] = node
    for node in graph.values():
        node["choices"] = list(node.get("choices", {}).values())
        if "do" in node:
            flag, _, value = node["do"].partition(" = ")
            node["do"] = (flag, value == "true")
    return graph


def walk_graph(graph: Graph, start: str, turns: int, seed: int) -> int:
    """A random walk over dicts with flags, conditions and text, as the floor to compare with."""
    chance = random.Random(seed)
    told = 0
    flags: dict[str, bool] = {}
    node = graph[start]
    for _ in range(turns):
        if "do" in node:
            flag, value = node["do"]
            flags[flag] = value
        told += len(node["text"])
        ways = [choice for choice in node["choices"] if "when" not in choice or flags.get(choice["when"])]
        node = graph[chance.choice(ways)["goto"]] if ways else graph[start]
    return told


def rate(run: Callable[[], object], turns: int) -> float:
    """Turns a second, the median of some rounds."""
    rates = []
    for _ in range(ROUNDS):
        began = time.process_time()
        run()
        rates.append(turns / (time.process_time() - began))
    return median(rates)


def main(arguments: Sequence[str]) -> None:
    """Measure one story, the engine and the floor in turn."""
    parser = argparse.ArgumentParser(prog="play", description=__doc__)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=200_000)
    parser.add_argument("--story", type=Path)
    options = parser.parse_args(arguments)
    files = synthetic_files(options.nodes) if options.story is None else read_files(options.story)
    story = Story(compile_files(files, "story"))
    engine = rate(lambda: play(story, options.turns, 7), options.turns)
    print(f"engine: {engine:>10,.0f} turns/s")
    if options.story is None:
        graph = bare_graph(files)
        floor = rate(lambda: walk_graph(graph, story.data.steps[0].id, options.turns, 7), options.turns)
        print(f"floor:  {floor:>10,.0f} turns/s   engine/floor {engine / floor:.2f}")
