"""From the files of a story to its figures: read, compile, walk, measure."""

from __future__ import annotations

import time

from waymeet.analysis.budget import SECONDS, Budget
from waymeet.analysis.measures.paths import Measurer, sampled_path
from waymeet.analysis.measures.readings import READINGS
from waymeet.analysis.walk import walk
from waymeet.authoring.loading import load_files
from waymeet.checking import compiled_whole, summary_of
from waymeet.figures import Figures
from waymeet.runtime import Story

#: A story with more states is measured by random readings alone: the arrays of more take too much room.
MAX_STATES = 1_000_000


def measure_files(
    files: dict[str, bytes], name: str, budget: Budget | None = None, *, many: int | None = None
) -> Figures:
    """The figures of a story, `many` readings played for each path; `name` names one that cannot be read.

    Where not every state can be visited within the budget, or there are too many, they are of those readings alone.
    Raises `StoryError`.
    """
    began = time.monotonic()
    compiled = compiled_whole(load_files(files), name)
    story = Story(compiled.story)
    walked = walk(story, budget=budget or Budget(SECONDS), max_states=MAX_STATES)
    paths = range(len(story.protagonists))
    many = READINGS if many is None else many
    if walked.stopped is None:
        measurer = Measurer(walked, compiled.places, many)
        found = tuple(measurer.path(who) for who in paths)
    else:
        found = tuple(sampled_path(story, who, many) for who in paths)
    summary = summary_of(compiled, walked.rests, time.monotonic() - began)
    return Figures(story.id, summary, found, walked.stopped)
