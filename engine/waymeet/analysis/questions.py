"""What an author wrote that may never come about: ways, conditions and pieces of prose, as conditions to look out for.

Each is asked at one step only, once the effects there are done: there it is decided what is told, whether the reader
rests, and by which way the story goes on. What comes after a call or an answer is decided elsewhere, and not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.analysis.folding import both, either, negated
from waymeet.prose.rendering import is_fixed, sections
from waymeet.story import Ask, Call, Chance, Choices, Goto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from waymeet.authoring.places import Entry, FormPlace, Places
    from waymeet.diagnostics import Span
    from waymeet.expressions.code import Code
    from waymeet.prose.rendering import Prose
    from waymeet.story import Choice, StoryData


class Asked(NamedTuple):
    """A condition asked at a step; `number` is its own in the watch, or None where it always or never holds."""

    step: int
    code: Code
    number: int | None


class Way(NamedTuple):
    """An entry of a list (by where that stands, and its position there), and one step that goes by it.

    `taken` and `refused` say that it is asked, and whether its condition holds; None where that is decided elsewhere.
    """

    listed: Span | None
    position: int
    entry: Entry
    step: int
    taken: Asked | None
    refused: Asked | None


class Clause(NamedTuple):
    """The author's condition of a choice or a card, at one step.

    `met` and `unmet` say that it is asked, and whether it holds; `choice` is the index of what can be chosen by it, and
    `withheld` says that the reader is told the reason, which stands at `locked`, why it cannot be.
    """

    entry: Entry
    step: int
    choice: int | None
    met: Asked
    unmet: Asked
    locked: Span | None = None
    withheld: Asked | None = None


class Part(NamedTuple):
    """A section of a form of prose, told at a step: `around` says that what it stands in is shown, `shown` that it is.

    `hidden` says, of a condition with nothing to show where it does not hold, that it does not.
    """

    place: FormPlace
    section: int
    around: Asked
    shown: Asked
    hidden: Asked | None = None


class Variation(NamedTuple):
    """A variation told at one step: its number, its kind, and which of its options have anything to show."""

    place: FormPlace
    number: int
    kind: str
    options: tuple[int, ...]
    around: Asked


class Questions:
    """All there is to ask of a story; `ask` gives the number of a condition at a step."""

    def __init__(self, story: StoryData, places: Places, ask: Callable[[int, Code], int]) -> None:
        self._story = story
        self._places = places
        self._ask = ask
        self._known: dict[tuple[int, Code], Asked] = {}
        self.ways: list[Way] = []
        self.clauses: list[Clause] = []
        self.parts: list[Part] = []
        self.variations: list[Variation] = []
        for index, step in enumerate(story.steps):
            self._note_exit(index)
            self._note_prose(index, step.text, 1)

    def asked(self, step: int, *codes: Code) -> Asked:
        """That all of some conditions hold at a step; what was asked before is not asked again."""
        code = both(*codes)
        if (step, code) not in self._known:
            number = None if isinstance(code, int) else self._ask(step, code)
            self._known[step, code] = Asked(step, code, number)
        return self._known[step, code]

    # -- ways ------------------------------------

    def _note_exit(self, index: int) -> None:
        match self._story.steps[index].exit:
            case Goto() as goto:
                self._note_ways(index, goto, [])
            case Choices() as exit_:
                self._note_choices(index, exit_)
            case Chance(outcomes, fallback):
                whens = [1 if outcome.when is None else outcome.when for outcome in outcomes]
                for entry, when in zip(self._places.outcomes.get(index, ()), whens, strict=False):
                    self._note_drawn(index, entry, when)
                self._note_missed(index)
                self._note_ways(index, fallback, [negated(either(*whens))])
            case Ask(label=label, ways=ways):
                self._note_prose(index, label, 1)
                self._note_elsewhere(index, ways)
            case Call(ways=ways):
                self._note_elsewhere(index, ways)
            case _:
                pass

    def _entries(self, index: int) -> tuple[Span | None, Sequence[Entry]]:
        """Where the list of a step stands, and its entries."""
        listed = self._places.ways.get(index)
        return listed, () if listed is None else self._places.entries.get(listed, ())

    def _note_ways(self, index: int, goto: Goto | None, before: list[Code]) -> None:
        """Note the branches of a goto, which is gone by where all of `before` holds."""
        listed, entries = self._entries(index)
        branches = () if goto is None else goto.branches
        for position, (branch, entry) in enumerate(zip(branches, entries, strict=False)):
            when = 1 if branch.when is None else branch.when
            taken, refused = self.asked(index, *before, when), self.asked(index, *before, negated(when))
            self.ways.append(Way(listed, position, entry, index, taken, refused))
            if entry.limit is not None:
                self._note_clause(index, entry, before)
            before = [*before, negated(when)]

    def _note_elsewhere(self, index: int, goto: Goto | None) -> None:
        """Note branches that are gone by later; the only one of a question is, whenever that is put."""
        listed, entries = self._entries(index)
        alone = goto is not None and len(goto.branches) == 1 and goto.branches[0].when is None
        sure = self.asked(index) if alone and isinstance(self._story.steps[index].exit, Ask) else None
        self.ways += [Way(listed, position, entry, index, sure, None) for position, entry in enumerate(entries)]

    def _note_drawn(self, index: int, entry: Entry, when: Code) -> None:
        """Note an outcome."""
        self.ways.append(Way(None, 0, entry, index, self.asked(index, when), self.asked(index, negated(when))))
        self._note_clause(index, entry, [])

    def _note_missed(self, index: int) -> None:
        """Note the ranges of a roll that no total of its dice is in."""
        met = {entry.place for entry in self._places.outcomes.get(index, ())}
        listed, entries = self._entries(index)
        for position, entry in enumerate(entries):
            if self._story.steps[index].exit.fallback is None and entry.place not in met:  # type: ignore[union-attr]
                self.ways.append(Way(listed, position, entry, index, self.asked(index, 0), self.asked(index, 1)))

    # -- choices ------------------------------------

    def _note_choices(self, index: int, exit_: Choices) -> None:
        whens = [1 if choice.when is None else choice.when for choice in exit_.choices]
        rests = either(*whens)
        for position, choice in enumerate(exit_.choices):
            entry = self._places.whens[index, position]
            offered = whens[position]
            if exit_.most is not None and position >= exit_.most:
                offered = both(offered, ("<", _sum(whens[:position]), exit_.most))
            locked = self._withheld(index, choice, rests)
            self._note_clause(index, entry, [], position, locked)
            withheld = 0 if locked is None else locked.code
            self._note_prose(index, choice.label, either(offered, withheld))
            self._note_prose(index, choice.locked or (), withheld)
            if self._story.steps[choice.to].arrivals is None:  # by then it counts as taken
                self._note_prose(index, choice.echo or (), offered)
        self._note_ways(index, exit_.fallback, [negated(rests)])

    def _withheld(self, index: int, choice: Choice, rests: Code) -> Asked | None:
        """Where a reader is told why a choice cannot be taken."""
        if choice.locked is None:
            return None
        return self.asked(index, rests, 1 if choice.shown is None else choice.shown, negated(choice.when or 0))

    def _note_clause(
        self, index: int, entry: Entry, before: list[Code], choice: int | None = None, withheld: Asked | None = None
    ) -> None:
        if entry.own is not None:
            before = [*before, 1 if entry.limit is None else entry.limit]
            met, unmet = self.asked(index, *before, entry.own), self.asked(index, *before, negated(entry.own))
            locked = None if choice is None else self._places.locked.get((index, choice))
            self.clauses.append(Clause(entry, index, choice, met, unmet, locked, withheld))

    # -- prose ------------------------------------

    def _note_prose(self, index: int, prose: Prose, around: Code) -> None:
        """Note the forms in some prose, which is told at a step where `around` holds."""
        if around == 0 or is_fixed(prose):
            return
        for form in prose:
            if not isinstance(form, str):
                self._note_form(index, form, around)

    def _note_form(self, index: int, form: Any, around: Code) -> None:
        place = self._places.forms.get(id(form))
        inner = list(sections(form))
        codes: list[Code] = [around] * len(inner)
        match form:
            case ("when" | "match", *_) if place is not None:
                codes = [both(around, code) for code in _conditions(form)]
                self._note_parts(index, place, inner, codes, around)
            case ("vary", kind, number, options) if place is not None:
                told = tuple(position for position, option in enumerate(options) if option)
                self.variations.append(Variation(place, number, kind, told, self.asked(index, around)))
            case _:
                pass
        for prose, code in zip(inner, codes, strict=True):
            self._note_prose(index, prose, code)

    def _note_parts(self, index: int, place: FormPlace, inner: list[Prose], codes: list[Code], around: Code) -> None:
        whole = self.asked(index, around)
        for section, (prose, code) in enumerate(zip(inner, codes, strict=True)):
            if prose:
                alone = len(inner) == 2 and not inner[1] and section == 0
                hidden = self.asked(index, codes[1]) if alone else None
                self.parts.append(Part(place, section, whole, self.asked(index, code), hidden))


def _sum(whens: Sequence[Code]) -> Code:
    """How many of some conditions hold."""
    total: Code = 0
    for when in whens:
        total = ("+", total, ("if", when, 1, 0))
    return total


def _conditions(form: Any) -> Iterator[Code]:
    """When each section of a form is shown."""
    if form[0] == "when":
        yield from (form[1], negated(form[1]))
        return
    _, value, cases, _ = form
    earlier: list[Code] = []
    for low, high, _ in cases:
        within = ("==", value, low) if low == high else both((">=", value, low), ("<=", value, high))
        yield both(*(negated(code) for code in earlier), within)
        earlier.append(within)
    yield both(*(negated(code) for code in earlier))
