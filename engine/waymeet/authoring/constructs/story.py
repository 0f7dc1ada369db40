"""What all scenes share: protagonists, cast, derived names, endings, chapters and the sheet."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, cast

from waymeet.authoring.fields import broken_rows, number_in, rows
from waymeet.authoring.models import BLOCK_KEYS
from waymeet.diagnostics import did_you_mean
from waymeet.expressions import syntax
from waymeet.expressions.code import depth
from waymeet.expressions.scope import Derived
from waymeet.expressions.types import UNKNOWN, BoolType, EnumType, IntType, UnknownType, describe
from waymeet.prose.rendering import Template, is_fixed
from waymeet.story import Ending, Protagonist, SheetLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import WrittenSheetLine, WrittenStory
    from waymeet.authoring.source import Scalar
    from waymeet.expressions.code import Code
    from waymeet.prose.rendering import Prose

LEVELS = ("error", "warning", "note", "off")
KINDS = ("main", "side", "early")


def one_line(scalar: Scalar | None, default: str = "") -> str:
    """A short text on one line."""
    return default if scalar is None else " ".join(scalar.value.split())


def blurb(scalar: Scalar | None, lowering: Lowering) -> str:
    """A text that is read before any state exists: its paragraphs, kept apart by empty lines, without emphasis."""
    prose = () if scalar is None else lowering.line(scalar)
    if scalar is not None and not is_fixed(prose):
        message = "this is read before the story begins, so it cannot depend on what happens in it"
        lowering.reading.report("bad-prose", message, scalar, r"to print a brace, write \{")
        return ""
    return "\n\n".join(block.plain for block in Template(prose).fixed or ())


def spoken_name(name: Scalar) -> str:
    """The name to show for an id that was given none."""
    return name.value.replace("_", " ").capitalize()


def declare_speakers(written: WrittenStory, lowering: Lowering) -> None:
    """Make protagonists and cast known as those who can speak."""
    speakers = lowering.shared.speakers
    unread = (*broken_rows(written.protagonists), *broken_rows(written.cast))
    speakers.update({name: name for name in unread})
    named = [(name, who.name) for name, who in rows(written.protagonists)]
    named += [(name, who.name) for name, who in rows(written.cast)]
    for name, shown in named:
        if name.value in BLOCK_KEYS:
            message = f'"{name.value}" is a key of prose blocks and cannot speak'
            lowering.reading.report("wrong-value", message, name, "choose another name")
        elif name.value in speakers:
            lowering.reading.report("wrong-value", f'"{name.value}" is a protagonist already', name)
        speakers[name.value] = one_line(shown, spoken_name(name))


# -- derived names ------------------------------------


def declare_derived(written: WrittenStory, lowering: Lowering) -> list[Code]:
    """Compile the derived names, each after those it uses; cycles are reported."""
    trees: dict[str, syntax.Expression] = {}
    keys = {name.value: name for name, _ in rows(written.derive)}
    for broken in broken_rows(written.derive):
        lowering.shared.names.derived[broken] = Derived(broken, -1, UNKNOWN, 1)
    for name, formula in rows(written.derive):
        tree = lowering.expression(formula)
        if lowering.shared.names.declare(name, "a derived name", lowering.reading):
            trees[name.value] = tree or syntax.Truth(0, 0, value=False)
    codes: list[Code] = []
    for derived in _in_order_of_use(written, trees, lowering):
        typed = lowering.named(written.derive[derived], trees[derived])
        kind, work, waiting = (typed.type, typed.work, typed.waiting) if typed is not None else (UNKNOWN, 1, ())
        lowering.shared.names.derived[derived] = Derived(derived, len(codes), kind, work + 1, waiting)
        lowering.shared.places.derived[derived] = lowering.reading.source.span(keys[derived])
        codes.append(0 if typed is None else typed.code)
        depths = lowering.shared.names.derived_depths
        depths.append(depth(codes[-1], depths))
    return codes


def _in_order_of_use(written: WrittenStory, trees: dict[str, syntax.Expression], lowering: Lowering) -> list[str]:
    """The derived names, each after those it uses; the last link of a cycle is reported and cut."""
    uses = {
        name: [word for word in dict.fromkeys(syntax.words_in(tree)) if word in trees] for name, tree in trees.items()
    }
    while True:
        try:
            return list(TopologicalSorter(uses).static_order())
        except CycleError as error:
            cycle = list(reversed(error.args[1]))
            first = min(cycle, key=list(trees).index)
            message = f"{first} is derived from itself: {' uses '.join(cycle)}"
            lowering.reading.report("bad-expression", message, written.derive[first], "break the circle")
            uses[first] = []
            trees[first] = syntax.Truth(0, 0, value=False)


# -- endings, protagonists, chapters, sheet ------------------------------------


def lower_endings(written: WrittenStory, lowering: Lowering) -> tuple[Ending, ...]:
    """The endings, each for everyone unless it says for whom."""
    everyone = (*written.protagonists, *broken_rows(written.protagonists))
    found = []
    for name, ending in rows(written.endings):
        place = lowering.reading.source.span(name)
        lowering.shared.places.endings[name.value] = place
        lowering.note_allows(ending.allow, f"ending {name.value}", place)
        for protagonist in ending.protagonists or ():
            if protagonist.value not in everyone:
                _unknown("protagonist", protagonist, everyone, lowering)
        named = tuple(protagonist.value for protagonist in ending.protagonists or ())
        kind = "main" if ending.kind is None else ending.kind.value
        if kind not in KINDS:
            _unknown("kind of ending", cast("Scalar", ending.kind), KINDS, lowering)
        title = one_line(ending.title, spoken_name(name))
        found.append(Ending(name.value, title, named or everyone, cast("Any", kind), one_line(ending.hint)))
    return tuple(found)


def lower_protagonists(written: WrittenStory, lowering: Lowering) -> tuple[Protagonist, ...]:
    """The protagonists, with the steps where their paths start."""
    if not written.protagonists and not broken_rows(written.protagonists):
        message = "a story needs someone whose path can be read"
        lowering.reading.report("wrong-value", message, written.key("protagonists"))
    found = []
    for name, protagonist in rows(written.protagonists):
        lowering.shared.places.protagonists[name.value] = lowering.reading.source.span(protagonist.start)
        start = lowering.target(protagonist.start)
        about = blurb(protagonist.about, lowering)
        found.append(Protagonist(name.value, one_line(protagonist.name, spoken_name(name)), about, start or 0))
    return tuple(found)


def lower_chapters(written: WrittenStory, lowering: Lowering) -> tuple[tuple[str, str], ...]:
    """The headings of scenes, in reading order."""
    scenes = lowering.shared.names.scenes
    for name, _ in rows(written.chapters):
        if name.value not in scenes and not lowering.shared.names.files_lost:
            _unknown("scene", name, scenes, lowering)
    return tuple((name, one_line(heading)) for name, heading in written.chapters.items())


def lower_sheet(written: WrittenStory, lowering: Lowering) -> tuple[SheetLine, ...]:
    """What the reader may look at."""
    return tuple(SheetLine(one_line(line.label), _shown(line, lowering)) for line in written.sheet)


def lower_severities(written: WrittenStory, lowering: Lowering) -> dict[str, str]:
    """How the story wants rules to count: each rule with `error`, `warning`, `note` or `off`."""
    if written.check is None:
        return {}
    found = {}
    for rule, level in rows(written.check.rules):
        if rule.value not in lowering.shared.rules:
            _unknown("rule that can be set", rule, lowering.shared.rules, lowering)
        elif level.value not in LEVELS:
            _unknown("level", level, LEVELS, lowering)
        else:
            found[rule.value] = level.value
    return found


def _shown(line: WrittenSheetLine, lowering: Lowering) -> Prose:
    tree = lowering.expression(line.show)
    if tree is None:
        return ()
    if line.words is None:
        return lowering.printed(line.show, tree)
    typed = lowering.typed(line.show, tree)
    match None if typed is None else typed.type:
        case None | UnknownType():
            return ()
        case EnumType(values):
            return _worded(line, lowering, tree, {value: value for value in values})
        case IntType(low, high):
            return _worded(line, lowering, tree, _ladder(line, low, high))
        case BoolType():
            return _truth_words(line, lowering)
        case kind:
            lowering.reading.report("type-mismatch", f"words cannot stand for {describe(kind)}", line.key("words"))
            return ()


def _worded(line: WrittenSheetLine, lowering: Lowering, tree: syntax.Expression, labels: dict[str, str]) -> Prose:
    assert line.words is not None
    unknown = [name for name, _ in rows(line.words) if name.value not in labels]
    for name in unknown:
        _unknown("value", name, labels, lowering)
    if unknown:
        return ()
    cases = [(labels[name.value], name, lowering.line(words)) for name, words in rows(line.words)]
    return lowering.matched(line.show, tree, cases)


def _ladder(line: WrittenSheetLine, low: int, high: int) -> dict[str, str]:
    """For each number that has words, the range up to the next: the words of the last rung not above the value."""
    assert line.words is not None
    rungs = sorted({rung for name in line.words if (rung := number_in(name)) is not None})
    if not rungs:
        return {}
    ends = [*(rung - 1 for rung in rungs[1:]), max([high, *rungs])]
    starts = [min([low, *rungs]), *rungs[1:]]
    return {str(rung): f"{start}..{end}" for rung, start, end in zip(rungs, starts, ends, strict=True)}


def _truth_words(line: WrittenSheetLine, lowering: Lowering) -> Prose:
    assert line.words is not None
    for name, _ in rows(line.words):
        if name.value not in ("true", "false"):
            _unknown("value", name, ("true", "false"), lowering)
    yes, no = (lowering.line(line.words[name]) if name in line.words else () for name in ("true", "false"))
    return (("when", lowering.condition(line.show) or 0, yes, no),)


def _unknown(what: str, name: Scalar, known: Iterable[str], lowering: Lowering) -> None:
    close = None if known in (LEVELS, KINDS) else did_you_mean(name.value, known)
    known = list(known)
    message = f'there is no {what} "{name.value}"'
    listed = f"there is {', '.join(known[:8])}" if known else "write the numbers from which on words hold, as in {0: …}"
    help_line = close or listed
    lowering.reading.report("unknown-name", message, name, help_line)
