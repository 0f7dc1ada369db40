"""What random stories hold, and what happens in them: so that no law is about something that it never meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waymeet.authoring.layout import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kit.oracle import Oracle, Visited
    from kit.retold import Retold
    from kit.stories import Files
    from kit.written import Card, Step


def keys_in(files: Files) -> set[tuple[str, str]]:
    """The keys of the format that a story uses, each with the shape that it is a key of."""
    return {found for data in files.values() for found in _keys(data, "story" if "story" in data else "scene")}


def _keys(data: Any, shape: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, list):
        for item in data:
            yield from _keys(item, shape)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in SHAPES[shape].keys:
                yield shape, key
            yield from _keys(value, SHAPES[shape].keys.get(key, SHAPES[shape].other))


def texts_in(data: Any) -> Iterator[str]:
    """Every key and every text of some data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | dict):
        for item in data:
            yield from texts_in(item)
        for item in data.values() if isinstance(data, dict) else ():
            yield from texts_in(item)


def happenings(oracle: Oracle) -> set[str]:
    """What of `STATES`, `MOVES` and `STORIES` happens in some playthrough of a story."""
    rests = [Rest(oracle.retold, visited) for visited in oracle.visited.values()]
    moves = [(oracle.retold.steps[one], oracle.retold.steps[other]) for one, other in oracle.moves]
    found = {name for name, happens in STATES.items() if any(map(happens, rests))}
    found |= {name for name, happens in MOVES.items() if any(happens(one, other) for one, other in moves)}
    return found | {name for name, happens in STORIES.items() if happens(oracle)}


@dataclass(frozen=True, slots=True)
class Rest:
    """A state in which a reader, or chance, decides how the story goes on."""

    retold: Retold
    visited: Visited

    @property
    def step(self) -> Step:
        """Where it is."""
        return self.retold.steps[self.visited.at]

    @property
    def offers(self) -> list[tuple[str, bool]]:
        """What can be chosen, or is locked."""
        return self.retold.offers(self.step.id, self.visited.state)

    @property
    def onward(self) -> dict[str, Step]:
        """Where each move leads, those that go round left out."""
        moves = self.visited.onward.items()
        return {name: self.retold.steps[onward.at] for name, onward in moves if onward is not None}

    @property
    def cards(self) -> list[Card]:
        """The cards of the deck that is offered here."""
        deck = self.step.deck
        return list(deck.cards) if deck is not None and deck.pick == "offer" else []

    def has_lots(self, *, dice: bool) -> bool:
        """Whether chance decides by dice, or by weights."""
        return self.step.lots is not None and (self.step.lots.dice is not None) == dice

    def is_spent(self) -> bool:
        """Whether some choice was taken as often as it may be."""
        counts = self.visited.state.counts
        limited = [way for way in self.step.choices if way.limit is not None]
        return any(counts[self.retold.steps[way.step].name] >= (way.limit or 0) for way in limited)

    def is_cut_off(self) -> bool:
        """Whether more cards are open than are offered."""
        return bool(self.cards) and len(self.offers) < len(self.retold.open_cards(self.step.id, self.visited.state))

    def leaves(self) -> bool:
        """Whether a card of another scene can be chosen."""
        elsewhere = [card.node for card in self.cards if self.retold.steps[card.node].scene != self.step.scene]
        return any(node.rpartition(".")[2] in self.visited.onward for node in elsewhere)

    def forgets(self) -> bool:
        """Whether a move leaves the scene while a local flag is not as it was at its start."""
        flags = [(name, flag) for name, flag in self.retold.flags.items() if name.startswith(f"{self.step.scene}.")]
        changed = any(self.visited.state.flags[name] != flag.start for name, flag in flags)
        return changed and any(to.scene != self.step.scene for to in self.onward.values())


#: What can be so where a reader rests.
STATES: dict[str, Callable[[Rest], bool]] = {
    "an ending is come to": lambda rest: rest.step.ending is not None,
    "a choice is locked": lambda rest: any(
        locked for _, locked in rest.retold.offers(rest.step.id, rest.visited.state)
    ),
    "a choice is spent": Rest.is_spent,
    "dice are thrown": lambda rest: rest.has_lots(dice=True),
    "something is added to dice": lambda rest: rest.step.lots is not None and rest.step.lots.add is not None,
    "chance decides": lambda rest: rest.has_lots(dice=False),
    "a card is drawn by chance": lambda rest: rest.step.deck is not None and rest.step.deck.pick == "random",
    "cards are offered": lambda rest: bool(rest.cards),
    "an open card is cut off": Rest.is_cut_off,
    "a card of another scene is chosen": Rest.leaves,
    "a number is asked for": lambda rest: rest.step.asked is not None and "Anna" not in rest.visited.onward,
    "a text is asked for": lambda rest: rest.step.asked is not None and "Anna" in rest.visited.onward,
    "a question is asked again": lambda rest: rest.step.asked is not None and rest.step in rest.onward.values(),
    "a reader rests in a call": lambda rest: bool(rest.visited.state.returns),
    "a call is made in a call": lambda rest: len(rest.visited.state.returns) > 1,
    "nobody called what returns": lambda rest: rest.step.back is not None,
    "local flags are forgotten": Rest.forgets,
}


def _is_drawn(one: Step, other: Step) -> bool:
    return one.deck is not None and other.id in [card.node for card in one.deck.cards]


def _is_empty(pick: str) -> Callable[[Step, Step], bool]:
    """Whether a deck that picks so had no card to draw."""
    return lambda one, other: one.deck is not None and one.deck.pick == pick and not _is_drawn(one, other)


#: What can happen between one step and the next, where the story goes on by itself.
MOVES: dict[str, Callable[[Step, Step], bool]] = {
    "the best card is drawn": _is_drawn,
    "there is no best card": _is_empty("best"),
    "there is no card to draw": _is_empty("random"),
    "there is no card to offer": _is_empty("offer"),
    "a part is called": lambda one, _: one.call is not None,
    "a call returns": lambda one, _: one.back == "",
    "a call returns by a name": lambda one, _: bool(one.back),
    "nothing is open, and there is an otherwise": lambda one, _: "otherwise" in one.data,
    "nothing is open, and there is a goto": lambda one, _: bool(one.choices) and "otherwise" not in one.data,
    "a choice goes on by the goto around it": lambda one, _: one.onward is not None and "goto" not in one.data,
    "a list is gone through": lambda one, other: len(one.onward or ()) > 1 and other.id == (one.onward or ())[-1][1],
    "a scene is left": lambda one, other: one.scene != other.scene,
}


def _reached(oracle: Oracle) -> list[Step]:
    """The steps of menus' choices that are come to, at each place."""
    steps = [oracle.retold.steps[step] for step in oracle.arrivals]
    return [step for step in steps if step.name != step.id]


#: What can be so of all that happens.
STORIES: dict[str, Callable[[Oracle], bool]] = {
    "a story goes round": lambda oracle: bool(oracle.loops),
    "a number leaves its range": lambda oracle: bool(oracle.overflows),
    "a path begins with what another left": lambda oracle: len(oracle.starts) > len(oracle.story.protagonists),
    "a choice of a menu is taken at two places": lambda oracle: (
        len(steps := _reached(oracle)) > len({step.name for step in steps})
    ),
    "a menu is offered by a choice of a menu": lambda oracle: any("menus" in step.data for step in _reached(oracle)),
}
