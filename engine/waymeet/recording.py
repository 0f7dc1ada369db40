"""From the files of a story to walkthroughs that visit every node, and to the nodes that no walkthrough visits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from waymeet.analysis.budget import SECONDS, Budget
from waymeet.analysis.measures.covering import covering, needed
from waymeet.analysis.measures.visiting import VisitedStory, nodes_of
from waymeet.analysis.surveying import survey
from waymeet.analysis.walk import walk
from waymeet.analysis.watch import Watch
from waymeet.authoring.loading import load_files
from waymeet.authoring.scripts import script_of
from waymeet.checking import compiled_whole
from waymeet.machine import EndlessLoopError
from waymeet.measuring import MAX_STATES
from waymeet.story import Ask, Chance
from waymeet.walkthroughs import run_walkthroughs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.analysis.survey import Survey
    from waymeet.authoring.loading import WrittenFiles
    from waymeet.diagnostics import Witness
    from waymeet.runtime import Moment
    from waymeet.story import StoryData

#: Where an ending is looked for by chance: so many readings of so many turns each.
_TRIES = 200
_TURNS = 500
#: So many of the nodes that a walkthrough is the first to visit are named in its title.
_NAMED = 3


class Recorded(NamedTuple):
    """A walkthrough as a file; `nodes` are those that it visits, `ending` where it comes to, if that is one."""

    stem: str
    data: bytes
    ending: str | None
    choices: int
    nodes: frozenset[int]


class Recording(NamedTuple):
    """Walkthroughs that visit all nodes that can be visited, but for those in `missing`.

    `reachable` is how many nodes can be; `least` how many walkthroughs are needed for them, if that is known.
    `stopped` says why there may be more nodes that can be reached, and is None when there are none.
    """

    walkthroughs: list[Recorded]
    reachable: int
    missing: list[str]
    least: int
    stopped: str | None


class Coverage(NamedTuple):
    """The nodes that can be reached and that no walkthrough visits, and how many can be reached; see `Recording`."""

    missing: list[str]
    reachable: int
    stopped: str | None


def record(files: dict[str, bytes], name: str, budget: Budget | None = None) -> Recording:
    """Walkthroughs for the story in some files, played to see that they hold; raises `StoryError`."""
    data = compiled_whole(load_files(files), name).story
    story = VisitedStory(data)
    budget = budget or Budget(SECONDS)
    walked = walk(story, budget=budget.share(0.5), max_states=MAX_STATES)
    known: Survey = walked
    if walked.stopped is None:
        witnesses, least = covering(walked)
    else:
        known = survey(story, Watch(data), budget=budget)
        witnesses, least = _covering_by_chance(story, known), 0
    held = _holding(files, list(_recorded(story, witnesses)))
    visited = frozenset[int]().union(*(recorded.nodes for recorded in held))
    reached = [node for node in nodes_of(data) if node in known.arrivals]
    missing = [data.steps[node].id for node in reached if node not in visited]
    return Recording(held, len(reached), missing, least, known.stopped)


def coverage(written: WrittenFiles, data: StoryData, budget: Budget | None = None) -> Coverage:
    """What the walkthroughs among a story's files visit of what can be visited."""
    story = VisitedStory(data)
    run_walkthroughs(story, written)
    visited = set(story.visited)
    known = survey(story, Watch(data), budget=budget or Budget(SECONDS))
    reached = [node for node in nodes_of(data) if node in known.arrivals]
    missing = [data.steps[node].id for node in reached if node not in visited]
    return Coverage(missing, len(reached), known.stopped)


# -- walkthroughs as files ------------------------------------


def _recorded(story: VisitedStory, witnesses: Iterable[Witness]) -> Iterable[Recorded]:
    """Playthroughs written down, each named after where it comes to."""
    nodes = frozenset(nodes_of(story.data))
    before: set[int] = set()
    stems: dict[str, int] = {}
    for witness in witnesses:
        try:
            moment, visited = story.play(witness)
        except EndlessLoopError:
            continue  # where chance alone goes on for ever, nothing can be recorded
        shown = nodes & visited
        stem = f"generated_{moment.ending or moment.node.replace('.', '_')}"
        stems[stem] = stems.get(stem, 0) + 1
        stem = stem if stems[stem] == 1 else f"{stem}_{stems[stem]}"
        title = _title(story, witness, moment, sorted(shown - before))
        script = script_of(f"{stem}.yaml", title, witness, moment.ending)
        yield Recorded(stem, script, moment.ending, len(witness.play), shown)
        before |= shown


def _title(story: VisitedStory, witness: Witness, moment: Moment, new: list[int]) -> str:
    """What a walkthrough shows that those before it do not."""
    name = story.protagonist(witness.protagonist).name
    where = f"to the ending {moment.ending}" if moment.ending else f"as far as {moment.node}"
    past = [story.data.steps[node].id for node in new[:_NAMED]]
    more = f" and {len(new) - _NAMED} more" if len(new) > _NAMED else ""
    return f"Generated: {name}, {where}, past {', '.join(past)}{more}"


def _holding(files: dict[str, bytes], made: list[Recorded]) -> list[Recorded]:
    """The walkthroughs that pass when they are run as the author's own are."""
    beside = {f"{recorded.stem}.yaml": recorded.data for recorded in made}
    written = load_files({**files, **beside})
    story = VisitedStory(compiled_whole(written, "").story)
    passed = {outcome.file for outcome in run_walkthroughs(story, written) if not outcome.findings}
    return [recorded for recorded in made if f"{recorded.stem}.yaml" in passed]


# -- where not every state is known ------------------------------------


def _covering_by_chance(story: VisitedStory, known: Survey) -> list[Witness]:
    """Playthroughs to every node that is known to be reached, gone on with by chance to an ending."""
    nodes = frozenset(node for node in nodes_of(story.data) if node in known.arrivals)
    left = set(nodes)
    found: list[Witness] = []
    covers: list[frozenset[int]] = []
    for node in sorted(nodes, key=lambda node: (-known.arrivals[node].depth, node)):
        if node in left:
            with suppress(EndlessLoopError):  # what comes round without end cannot be recorded
                witness = _ended(story, known.way(known.arrivals[node]))
                _, visited = story.play(witness)
                found.append(witness)
                covers.append(nodes & visited)
                left -= visited
    return needed(found, covers)


def _ended(story: VisitedStory, witness: Witness) -> Witness:
    """The playthrough gone on with to the nearest ending that some random readings come to.

    Where chance or the reader's answers decide, it is left as it is, for what they bring is not known afterwards.
    """
    moment, _ = story.play(witness)
    if moment.ending is not None or any(isinstance(step.exit, Ask | Chance) for step in story.data.steps):
        return witness
    most, best = _TURNS, witness
    for seed in range(_TRIES):
        ended = _gone_on(moment, Random(seed), most)  # noqa: S311  (no secret)
        if ended is not None:
            most, best = len(ended.path) - len(moment.path) - 1, replace(witness, play=ended.path)
    return best


def _gone_on(moment: Moment, chance: Random, most: int) -> Moment | None:
    """The ending that a random reading comes to in so many choices at most; None if it does not."""
    with suppress(EndlessLoopError):
        for _ in range(most):
            moment = moment.choose(chance.choice([offer.id for offer in moment.choices if offer.locked is None]))
            if moment.ending is not None:
                return moment
            if moment.stuck:
                break
    return None
