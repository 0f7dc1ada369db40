"""What the checker takes for each family of stories, what it says of them, and whether that is what is known.

Run: `make bench ARGS="prover [NAME ...] [--quick] [--growth] [--peers] [--budget 60] [--update]"`
"""

from __future__ import annotations

import argparse
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import promela, tangles
from benchmarks.families import FAMILIES
from benchmarks.measuring import Measured, measure
from kit.stories import as_bytes, make_story
from waymeet.analysis import packed
from waymeet.analysis.liveness import Liveness
from waymeet.analysis.walk import walk
from waymeet.analysis.watch import Watch
from waymeet.checking import check_files, compile_files
from waymeet.runtime import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
TITLE = """# What the checker takes

Measured on 2 cores by `make bench`, seconds by the clock. `as known` says whether the report is what follows from how
the story was made; a goal is met only with the right answer."""
#: So many states are walked to say how fast that goes.
WALKED = 100_000


class Goal(NamedTuple):
    """The sizes at which a family is measured, the last of them the one to reach, in how many seconds and MiB.

    The first is for a quick run. The seconds are those of the analysis alone, where `bare` says so.
    """

    sizes: tuple[int, ...]
    seconds: float
    memory: float = math.inf
    bare: bool = False


GOALS = {
    "hub": Goal((15, 30, 60), 2),
    "acts": Goal((125, 250, 500, 1000), 5),
    "wide": Goal((2500, 25_000, 50_000, 100_000), 2, 1024, bare=True),
    "global": Goal((500, 2500, 5000, 10_000), 30),
    "stats": Goal((30, 250, 500, 1000), 30),
    "cards": Goal((12, 20, 30), 10),
    "pair": Goal((50, 100, 200), 10),
    "maze": Goal((1000, 25_000, 50_000, 100_000), 20),
    "entangled": Goal((25, 50, 100, 200), 40, 4096),
    "hub-chained": Goal((15, 30, 60), 10),
    "acts-late": Goal((125, 250, 500), 10),
    "wide-counted": Goal((1000, 5000, 10_000, 20_000), 10),
    "stats-summed": Goal((30, 250, 500, 1000), 30),
    "cards-summed": Goal((12, 20, 30), 30),
    "pair-copied": Goal((25, 50, 100, 200), 30),
    "maze-levers": Goal((50, 100, 200), 30),
}


@cache
def tried(name: str, size: int, budget: float, *, planted: bool) -> Measured:
    """What the check of a member of a family takes; measured once."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(FAMILIES[name].make(size, planted=planted), Path(folder), budget)


def judged(name: str, size: int, seen: Measured, *, planted: bool) -> str:
    """Whether what was said is what is known: `yes`, `no`, or what is missing."""
    family = FAMILIES[name]
    if seen.broken:
        return seen.broken
    if seen.undecided:
        return f"{seen.undecided} undecided" if _holds(seen.findings, family.known(planted=planted)) else "NO"
    if seen.findings != family.known(planted=planted):
        return "NO"
    if planted and family.deepest is not None and seen.lengths != (family.deepest(size),):
        return "NO: not the shortest way"
    return "yes"


def _holds(found: dict[str, int], known: dict[str, int]) -> bool:
    """Whether nothing is said that is not so, for a check that leaves something open."""
    return all(count <= known.get(rule, 0) for rule, count in found.items())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown, its columns as wide as they need be."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"


# -- against the goals ------------------------------------


def against_goals(names: Sequence[str], budget: float, *, quick: bool) -> Iterator[str]:
    """The table of what was reached; in a quick run, at the least size."""
    rows = []
    witnesses = certified = 0
    for name in names:
        for planted in (False, True):
            size = GOALS[name].sizes[0 if quick else -1]
            seen = tried(name, size, budget, planted=planted)
            witnesses, certified = witnesses + len(seen.lengths), certified + seen.certified
            rows.append(_row(name, size, seen, planted=planted))
            _progress(rows[-1])
    head = ("family", "size", "read", "compile", "analysis", "goal", "cpu", "MiB", "states", "as known", "witness")
    yield from table(head, rows)
    yield ""
    yield f"Witnesses certified shortest: {certified} of {witnesses}."


def _row(name: str, size: int, seen: Measured, *, planted: bool) -> list[str]:
    goal = GOALS[name]
    took = seen.analysis if goal.bare else seen.reading + seen.compiling + seen.analysis
    known = judged(name, size, seen, planted=planted)
    met = "met" if known == "yes" and took <= goal.seconds and seen.memory <= goal.memory else "MISSED"
    told = f"{max(seen.lengths)}{' shortest' if seen.certified else ''}" if seen.lengths else "-"
    return [
        name,
        f"{size:,}{' planted' if planted else ''}",
        *(f"{seconds:.2f}" for seconds in (seen.reading, seen.compiling, seen.analysis)),
        f"{goal.seconds:g} {met}",
        f"{seen.processor:.2f}",
        f"{seen.memory:,.0f}",
        "-" if seen.states is None else f"{seen.states:,}" if seen.states < 10**9 else f"{seen.states:.1e}",
        known,
        told,
    ]


def _progress(row: Sequence[str]) -> None:
    print("  ".join(row), file=sys.stderr, flush=True)


# -- how it grows ------------------------------------


def growth(names: Sequence[str], budget: float) -> Iterator[str]:
    """Size against seconds of analysis, and the power by which they grow between the last two that were decided."""
    rows = []
    for name in names:
        curve = []
        for size in GOALS[name].sizes:
            seen = tried(name, size, budget, planted=True)
            curve.append((size, seen.analysis if judged(name, size, seen, planted=True) == "yes" else math.nan))
        told = ", ".join(f"{size:,}: {'-' if math.isnan(took) else f'{took:.2f}'}" for size, took in curve)
        rows.append([name, told, _power(curve)])
        _progress(rows[-1])
    yield from table(("family, planted", "size: seconds of analysis", "power"), rows)


def _power(curve: Sequence[tuple[int, float]]) -> str:
    decided = [(size, took) for size, took in curve if took > 0]
    if len(decided) < 2:
        return "-"
    (size, took), (larger, longer) = decided[-2:]
    return f"{math.log(longer / took) / math.log(larger / size):.1f}"


# -- the bundled story ------------------------------------


def bundled() -> Iterator[str]:
    """The command on the bundled story: for the first time, and again after a word was changed."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        story = Path(folder) / "scenes"
        shutil.copytree(ROOT / "scenes", story)
        cold, verdict = _command(story, home)
        scene = next(path for path in sorted(story.glob("*.yaml")) if "text: |" in path.read_text(encoding="utf-8"))
        text = scene.read_text(encoding="utf-8")
        scene.write_text(re.sub(r"(text: \|\n +)", r"\1Now. ", text, count=1), encoding="utf-8")
        warm, again = _command(story, home)
    rows = [
        ["cold", f"{cold:.2f}", f"3 {'met' if cold < 3 else 'MISSED'}", verdict],
        ["after a word was changed", f"{warm:.2f}", f"0.5 {'met' if warm < 0.5 else 'MISSED'}", again],
    ]
    yield from table(("bundled story", "seconds", "goal", "exit code"), rows)


def _command(story: Path, home: str) -> tuple[float, str]:
    began = time.perf_counter()
    environ = {**os.environ, "WAYMEET_HOME": home}
    done = subprocess.run(
        [sys.executable, "-m", "waymeet", "check", str(story)], env=environ, capture_output=True, check=False
    )
    return time.perf_counter() - began, str(done.returncode)


# -- stories made at random ------------------------------------


def generated(count: int, budget: float) -> Iterator[str]:
    """How many witnesses are certified shortest in small stories made at random, with defects of every kind."""
    certified = witnesses = 0
    for seed in range(count):
        report = check_files(as_bytes(make_story(random.Random(seed))), "random", budget=budget)
        shown = [finding.witness for finding in report.findings if finding.witness is not None]
        witnesses, certified = witnesses + len(shown), certified + sum(witness.shortest for witness in shown)
    yield f"Witnesses certified shortest in {count} stories made at random: {certified} of {witnesses}."


# -- beside others ------------------------------------


def peers(*, quick: bool) -> Iterator[str]:
    """States a second on `entangled`: SPIN and packed words through all of them, the walk through some.

    SPIN and the walk tell states apart to the last bit; packed words forget what nothing later reads.
    """
    size = 25 if quick else 200
    story = compile_files(tangles.entangled(size), "entangled")
    began = time.perf_counter()
    walked = walk(Story(story), forget=False, max_states=WALKED)
    rows = [_rate("walk", len(walked.states), time.perf_counter() - began, "-")]
    rows.append(_packed(Story(story)))
    lacking = promela.missing()
    if lacking:
        rows.append(["SPIN", "-", "-", "-", f"not measured: {' and '.join(lacking)} not installed"])
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = promela.search(story, Path(folder), large=not quick)
        rows.append(_rate("SPIN", found.states, found.seconds, f"{found.memory:,.0f}"))
    yield from table((f"entangled, {size} nodes", "states", "seconds", "states/s", "MiB"), rows)


def _packed(story: Story) -> list[str]:
    watch = Watch(story.data)
    began = time.perf_counter()
    survey = packed.survey(story, watch, Liveness(story.data, watch), tick=packed.until(math.inf))
    took = time.perf_counter() - began
    return _rate("packed words", survey.rests, took, "-")


def _rate(name: str, states: int, seconds: float, memory: str) -> list[str]:
    return [name, f"{states:,}", f"{seconds:.2f}", f"{states / seconds:,.0f}" if seconds else "-", memory]


def main(arguments: Sequence[str]) -> None:
    """Measure what the arguments name, or all."""
    parser = argparse.ArgumentParser(prog="prover", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(GOALS))
    parser.add_argument("--quick", action="store_true", help="the least size of each, for about a minute")
    parser.add_argument("--growth", action="store_true", help="size against seconds too")
    parser.add_argument("--peers", action="store_true", help="the throughput beside SPIN too")
    parser.add_argument("--budget", type=float, help="seconds for each check (60, in a quick run 5)")
    parser.add_argument("--update", action="store_true", help=f"write it to {PAGE.relative_to(ROOT)} too")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(GOALS)
    if unknown:
        parser.error(f"there is no family {', '.join(sorted(unknown))}")
    names = options.names or list(GOALS)
    budget = options.budget or (5.0 if options.quick else 60.0)
    parts: list[Callable[[], Iterator[str]]] = [lambda: against_goals(names, budget, quick=options.quick)]
    parts += [] if options.names else [bundled, lambda: generated(100 if options.quick else 1000, budget)]
    parts += [lambda: growth(names, budget)] if options.growth else []
    parts += [lambda: peers(quick=options.quick)] if options.peers else []
    told = [TITLE]
    for part in parts:
        told.append("\n".join(part()))
        print(told[-1], end="\n\n", flush=True)
    if options.update:
        PAGE.write_text("\n\n".join(told) + "\n", encoding="utf-8")
