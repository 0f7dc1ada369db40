"""Decks: nodes that are drawn when their time has come, instead of being led to.

A draw lowers to what its deck picks: the best is a goto whose branches stand in the order of priority, a random one is
a chance among those that are open, an offer is a choice among the first few. With no card open it goes on `otherwise`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.fields import broken_rows, rows
from waymeet.authoring.lowering import Lowering
from waymeet.diagnostics import did_you_mean
from waymeet.story import Branch, Chance, Choice, Choices, Goto, Outcome

if TYPE_CHECKING:
    from waymeet.authoring.fields import Reading
    from waymeet.authoring.lowering import Shared
    from waymeet.authoring.models import WrittenCard, WrittenDeck, WrittenScene, WrittenStory, WrittenStoryAndScene
    from waymeet.authoring.places import Entry
    from waymeet.authoring.source import Scalar
    from waymeet.expressions.code import Code
    from waymeet.story import Exit, Step

PICKS = ("best", "random", "offer")
MAX_OFFER = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A node that stands in a deck; `name` is its key in its scene."""

    name: Scalar
    written: WrittenCard
    lowering: Lowering

    @property
    def full(self) -> str:
        """The node, as `scene.node`."""
        return f"{self.lowering.scene}.{self.name.value}"


@dataclass(slots=True)
class Deck:
    """A deck with its cards, in the order in which they are picked."""

    written: WrittenDeck
    lowering: Lowering
    cards: list[Card] = field(default_factory=list)
    is_drawn: bool = False


def gather_decks(
    written: WrittenStory, top: Lowering, scenes: list[tuple[Reading, WrittenScene | WrittenStoryAndScene]]
) -> dict[str, Deck]:
    """The decks with the cards that nodes say they are."""
    decks = {name.value: Deck(deck, top) for name, deck in rows(written.decks)}
    top.shared.names.displaced.update(broken_rows(written.decks))
    for _, deck in rows(written.decks):
        _check_deck(deck, top)
    for reading, scene in scenes:
        lowering = Lowering(top.shared, reading, scene.scene.value)
        for name, node in rows(scene.nodes):
            if node.card is not None:
                _join(Card(name, node.card, lowering), decks)
    for gathered in decks.values():
        gathered.cards.sort(key=lambda card: -card.written.priority)
    return decks


def _check_deck(deck: WrittenDeck, top: Lowering) -> None:
    if deck.pick.value not in PICKS:
        message = f'"{deck.pick.value}" is no way to pick; there are {", ".join(PICKS)}'
        top.reading.report("wrong-value", message, deck.pick, did_you_mean(deck.pick.value, PICKS))
    if (deck.offer is not None) != (deck.pick.value == "offer"):
        message = "how many cards to offer goes with `pick: offer`, and only with that"
        top.reading.report("wrong-value", message, deck.pick, "write `pick: offer` and `offer: 3`")
    if deck.offer is not None and not 1 <= deck.offer <= MAX_OFFER:
        top.reading.report("wrong-value", f"offer goes from 1 to {MAX_OFFER}", deck.key("offer"))


def _join(card: Card, decks: dict[str, Deck]) -> None:
    deck = decks.get(card.written.deck.value)
    if deck is None and card.written.deck.value in card.lowering.shared.names.displaced:
        return
    if deck is None:
        message = f'there is no deck "{card.written.deck.value}"'
        help_line = did_you_mean(card.written.deck.value, decks) or "declare it under `decks` in the story file"
        card.lowering.reading.report("unknown-name", message, card.written.deck, help_line)
        return
    if deck.written.pick.value == "offer" and card.written.label is None:
        message = "a card that is offered needs a label"
        card.lowering.reading.report("missing-key", message, card.written.node)
    deck.cards.append(card)


def lower_draw(name: Scalar, at: Step, lowering: Lowering, steps: dict[int, Step]) -> Exit:
    """What drawing from a deck comes to; `at` is the step that draws, less its way out."""
    deck = lowering.shared.decks.get(name.value)
    if deck is None and name.value in lowering.shared.names.displaced:
        return None
    if deck is None:
        message = f'there is no deck "{name.value}"'
        help_line = did_you_mean(name.value, lowering.shared.decks) or "declare it under `decks` in the story file"
        lowering.reading.report("unknown-name", message, name, help_line)
        return None
    deck.is_drawn = True
    otherwise = deck.lowering.target(deck.written.otherwise)
    if otherwise is None:
        return None
    numbers = lowering.shared.names.steps
    places, index, span = lowering.shared.places, numbers[at.id], lowering.reading.source.span(name)
    places.ways[index] = span
    rest = Goto((Branch(None, otherwise),))
    guards = [_guard(card) for card in deck.cards]
    entries = tuple(guard.entry for guard in guards)
    match deck.written.pick.value:
        case "best":
            places.entries[span] = entries  # `otherwise` has to be there, be it ever needed or not
            return Goto((*(Branch(guard.when, guard.entry.to) for guard in guards), *rest.branches))
        case "random":
            places.outcomes[index] = entries
            pairs = zip(deck.cards, guards, strict=True)
            return Chance(tuple(Outcome(card.full, 1, guard.when, guard.entry.to) for card, guard in pairs), rest)
        case _:
            return Choices(_offered(deck, guards, at, lowering, steps), rest, deck.written.offer)


def read_undrawn(deck: Deck, aside: Shared) -> None:
    """Read a deck that no step draws from: what is wrong with it is not left for the day that one does."""
    Lowering(aside, deck.lowering.reading).target(deck.written.otherwise)
    for card in deck.cards:
        lowering = Lowering(aside, card.lowering.reading, card.lowering.scene)
        lowering.condition(card.written.when)
        if card.written.label is not None:
            lowering.line(card.written.label)


class _Guard(NamedTuple):
    """The condition under which a card can be drawn, and where it was written."""

    when: Code | None
    entry: Entry


def _guard(card: Card) -> _Guard:
    """The condition under which a card can be drawn: not drawn before, if once, and its own."""
    names = card.lowering.shared.names
    condition = card.lowering.condition(card.written.when)
    fresh: Code | None = None
    if card.written.once:
        count = names.count(names.steps[card.full])
        count.need(1, shown=False)
        fresh = ("<", ("flag", count.register), 1)
    both = ("and", fresh, condition) if fresh is not None and condition is not None else fresh or condition
    return _Guard(both, card.lowering.entry(card.name, names.steps[card.full], card.written.when, condition, fresh))


def _offered(
    deck: Deck, guards: list[_Guard], at: Step, lowering: Lowering, steps: dict[int, Step]
) -> tuple[Choice, ...]:
    index = lowering.shared.names.steps[at.id]
    found: list[Choice] = []
    for position, (card, guard) in enumerate(zip(deck.cards, guards, strict=True)):
        label = () if card.written.label is None else card.lowering.line(card.written.label)
        to = _leading(card, at, lowering, steps)
        if card.name.value in [choice.id for choice in found]:
            message = f'two cards of this deck are called "{card.name.value}"'
            card.lowering.reading.report("duplicate-key", message, card.name, "give one of the nodes another id")
        found.append(Choice(card.name.value, card.full, label, guard.when, None, None, None, to))
        lowering.shared.places.whens[index, position] = guard.entry
        lowering.shared.places.choices[index, position] = card.lowering.reading.source.span(card.name)
    return tuple(found)


def _leading(card: Card, at: Step, lowering: Lowering, steps: dict[int, Step]) -> int:
    """A step that leads to a card: what a choice opens onto lies in its own scene, and the card may not."""
    names = lowering.shared.names
    name = f"{at.id}:{card.full}"
    index = names.steps.setdefault(name, len(names.steps))
    lowering.shared.places.steps[index] = card.lowering.reading.source.span(card.name)
    steps[index] = at._replace(id=name, exit=Goto((Branch(None, names.steps[card.full]),)))
    return index
