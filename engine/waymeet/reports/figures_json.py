"""Figures as JSON: a contract that other tools read (format 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waymeet.reports.json import as_text, integer, summarised
from waymeet.version import __version__

if TYPE_CHECKING:
    from waymeet.figures import Decision, EndingChance, Figures, Lengths, PathFigures, Playthroughs, Reading

FORMAT = 1
#: Chances are told to so many digits after the point: those after are errors of rounding.
DIGITS = 12


def render(figures: Figures) -> str:
    """The figures as JSON text; nothing in it can steer a terminal."""
    return as_text(
        {
            "format": FORMAT,
            "waymeet": __version__,
            "story": figures.story,
            "stopped": figures.stopped,
            "summary": summarised(figures.summary),
            "paths": [_path(path) for path in figures.paths],
        }
    )


def _path(path: PathFigures) -> dict[str, Any]:
    return {
        "as": path.protagonist,
        "sampled": path.sampled,
        "readings": path.readings,
        "playthroughs": None if path.playthroughs is None else _playthroughs(path.playthroughs),
        "lengths": None if path.lengths is None else _lengths(path.lengths),
        "seen": path.seen,
        "endings": [_ending(ending) for ending in path.endings],
        "dead_end": round(path.dead_end, DIGITS),
        "endless": round(path.endless, DIGITS),
        "margin": path.margin,
        "decisions": None if path.decisions is None else [_decision(decision) for decision in path.decisions],
        "missing": list(path.missing),
    }


def _playthroughs(count: Playthroughs) -> dict[str, Any]:
    if count.number is not None:
        return {"number": integer(count.number), "some": None, "moves": None}
    return {"number": None, "some": integer(count.some), "moves": count.moves}


def _lengths(lengths: Lengths) -> dict[str, Any]:
    return {
        "fewest_choices": _reading(lengths.fewest_choices),
        "fewest_words": _reading(lengths.fewest_words),
        "median": None if lengths.median is None else _reading(lengths.median),
        "most_choices": lengths.most,
        "exact": lengths.exact,
    }


def _reading(reading: Reading) -> dict[str, int]:
    return {"choices": reading.choices, "words": reading.words}


def _ending(ending: EndingChance) -> dict[str, Any]:
    return {
        "ending": ending.ending,
        "chance": round(ending.chance, DIGITS),
        "exact": None if ending.exact is None else str(ending.exact),
        "later": None if ending.later is None else round(ending.later, DIGITS),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    choices = [
        {
            "choice": choice.choice,
            "weight": round(choice.weight, DIGITS),
            "toward": choice.toward,
            "points": round(choice.points, DIGITS),
        }
        for choice in decision.choices
    ]
    return {"step": decision.step, "weight": round(decision.weight, DIGITS), "choices": choices}
