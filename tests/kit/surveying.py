"""One survey in the place of those that a check would choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waymeet.analysis.budget import Budget
    from waymeet.analysis.survey import Survey
    from waymeet.analysis.watch import Watch
    from waymeet.runtime import Story


def only(survey: Callable[..., Survey]) -> Callable[[Story, Watch, Budget], Iterator[Survey]]:
    """What a check takes its survey from, with one made in a given way and no other."""

    def surveys(story: Story, watch: Watch, budget: Budget) -> Iterator[Survey]:
        yield survey(story, watch, budget=budget)

    return surveys
