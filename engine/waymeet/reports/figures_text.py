"""Figures for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.figures import WORDS_A_MINUTE
from waymeet.reports.text import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.figures import Decision, EndingChance, Figures, Lengths, PathFigures, Playthroughs

#: A number with more digits is told by its magnitude.
_DIGITS = 15
#: A chance that is lower is told as one in so many.
_RARE = 0.001
#: Errors of rounding are smaller.
_CERTAIN = 1e-9
#: A margin that is larger is told.
_MARGIN = 1e-6
#: So many choices of a decision are named.
_CHOICES = 4


def render(figures: Figures) -> str:
    """The figures as text."""
    summary = figures.summary
    sizes = (
        (summary.scenes, "scene"),
        (summary.nodes, "node"),
        (summary.choices, "choice"),
        (summary.endings, "ending"),
        (summary.words, "word"),
    )
    lines = [f"{figures.story}: {', '.join(counted(count, name) for count, name in sizes)}"]
    if figures.stopped is not None:
        lines += ["", f"not every state could be visited: {figures.stopped}"]
    for path in figures.paths:
        lines += ["", *_path(path, summary.words)]
    return printable("\n".join(lines)) + "\n"


def _path(path: PathFigures, words: int) -> Iterator[str]:
    how = ", by random readings alone" if path.sampled else ""
    yield f"{path.name} ({path.protagonist}), first reading{how}"
    if path.playthroughs is not None:
        yield _row("playthroughs", _counted_ways(path.playthroughs))
    if path.lengths is not None:
        yield from _lengths(path.lengths, path)
    if path.seen is not None:
        yield _row("can be seen", f"{path.seen:,} of {words:,} words, over all readings")
    yield ""
    yield "  endings, if every open choice is taken equally often"
    width = max((len(ending.ending) for ending in path.endings), default=0)
    for ending in path.endings:
        yield f"  {_share(ending.chance):>14}  {ending.ending:<{width}}{_later(ending)}".rstrip()
    endless = "was given up before it ended" if path.sampled else "never ends"
    for chance, fate in ((path.dead_end, "breaks off at a dead end"), (path.endless, endless)):
        if chance > _CERTAIN:
            yield f"  {_share(chance):>14}  {fate}"
    if path.margin > _MARGIN:
        yield f"  any of these may be higher by {_share(path.margin)}"
    yield from _decisions(path.decisions or ())
    if path.missing:
        yield ""
        yield f"  not known: {', '.join(path.missing)}"


def _row(name: str, value: str) -> str:
    return f"  {name:<14}{value}"


def _counted_ways(count: Playthroughs) -> str:
    if count.number is not None:
        return _large(count.number)
    return f"endless, as a reader can come round; {_large(count.some)} of at most {counted(count.moves, 'move')}"


def _large(number: int) -> str:
    digits = str(number)
    if len(digits) <= _DIGITS:
        return f"{number:,}"
    return f"about {digits[0]}.{digits[1]} × 10^{len(digits) - 1}"


def _lengths(lengths: Lengths, path: PathFigures) -> Iterator[str]:
    short, brief, median = lengths.fewest_choices, lengths.fewest_words, lengths.median
    least = f", fewest found {brief.words:,}" if brief.words < short.words else ""
    most = "" if lengths.most is None else f", longest {lengths.most:,}"
    over = f"over {counted(path.readings, 'random reading')}"
    if median is None:
        yield _row("choices", f"shortest {short.choices:,}{most}")
        yield _row("words", f"shortest {short.words:,}{least} (no ending {over})")
        return
    about = "" if lengths.exact else "about "
    minutes = counted(max(1, round(median.words / WORDS_A_MINUTE)), "minute")
    yield _row("choices", f"shortest {short.choices:,}, median {about}{median.choices:,}{most}")
    yield _row("words", f"shortest {short.words:,}{least}, median {median.words:,}, {minutes} ({over})")


def _share(chance: float) -> str:
    """A chance as people say it; one that is no more than an error of rounding is none."""
    if chance < _CERTAIN:
        return "–"
    if chance < _RARE:
        return f"1 in {round(1 / chance):,}"
    if chance > 1 - _CERTAIN:
        return "100 %"
    return f"{min(100 * chance, 99.9):.1f} %"


def _later(ending: EndingChance) -> str:
    """What is to be said of an ending that a first reading does not come to."""
    if ending.later is None or ending.chance > _CERTAIN:
        return ""
    return f"  only after other readings; then up to {_share(ending.later)}"


def _decisions(decisions: tuple[Decision, ...]) -> Iterator[str]:
    if decisions:
        yield ""
        yield "  what decides the ending, out of 100"
    for decision in decisions:
        shown = [f"{choice.choice} ({choice.toward} {100 * choice.points:+.0f})" for choice in decision.choices]
        more = f", and {len(shown) - _CHOICES} more" if len(shown) > _CHOICES else ""
        yield f"  {100 * decision.weight:>14.1f}  {decision.step}: {', '.join(shown[:_CHOICES])}{more}"
