"""What is known of a random story while its parts are written: what there is, and how it is named from where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kit.formulas import Formulas, Names, chance

if TYPE_CHECKING:
    from random import Random

#: Stands for a choice until all choices are known.
SOME_CHOICE = "some_choice"


class Place(NamedTuple):
    """A node: its scene and its id there."""

    scene: str
    id: str

    @property
    def full(self) -> str:
        """The node, as `scene.node`."""
        return f"{self.scene}.{self.id}"


@dataclass(slots=True)
class Menu:
    """A menu: its name where it can be used, the scene it belongs to (none for the story's), and its choices' ids."""

    name: str
    scene: str
    choices: tuple[str, ...]


@dataclass(slots=True)
class Deck:
    """A deck: how it picks, how many cards it offers, the cards that stand in it, and where it leads without one."""

    name: str
    pick: str
    offer: int
    cards: list[Place] = field(default_factory=list)
    otherwise: str = ""


@dataclass(slots=True)
class Plan:
    """One story being made.

    `nodes` are in the order in which a reading mostly goes, `at` counts on in it. `parts` are nodes that are called;
    `names` what every scene knows, `locals` what only the scene at hand does; with no scene at hand, what is written
    belongs to the story. `budget` is how many choices may still be written.
    """

    random: Random
    nodes: list[Place]
    protagonists: list[str]
    names: Names = field(default_factory=Names)
    locals: Names = field(default_factory=Names)
    parts: list[Place] = field(default_factory=list)
    returned: tuple[str, ...] = ()
    menus: list[Menu] = field(default_factory=list)
    decks: list[Deck] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    scene: str = ""
    at: int = 0
    budget: int = 0

    @property
    def here(self) -> Names:
        """The flags that are known here."""
        return self.names.joined(self.locals)

    @property
    def formulas(self) -> Formulas:
        """Formulas about what is known here."""
        places = Names(nodes=[self.named(self.random.choice(self.nodes))], choices=[SOME_CHOICE])
        return Formulas(self.random, self.here.joined(places), counts=chance(self.random, 30))

    def named(self, place: Place) -> str:
        """A name by which a node is known here: with its scene, or, where that is clear, without."""
        alike = [other for other in (*self.nodes, *self.parts) if other.id == place.id]
        clear = place.scene == self.scene or (alike == [place])
        return place.id if clear and chance(self.random, 50) else place.full

    def target(self) -> str:
        """A node to lead to, by a name that it has here: mostly onward, and near."""
        return self.named(self._target())

    def _target(self) -> Place:
        random = self.random
        if self.parts and chance(random, 3):
            return random.choice(self.parts)
        forward = self.nodes[self.at + 1 :]
        if forward and chance(random, 70):
            return forward[0] if chance(random, 60) else random.choice(forward)
        return random.choice(self.nodes)

    def deck_of(self, place: Place) -> Deck | None:
        """The deck that a node is a card of."""
        return next((deck for deck in self.decks if place in deck.cards), None)

    def ending(self) -> str:
        """An ending to come to."""
        ending = self.random.choice(self.endings)
        self.used.add(ending)
        return ending

    def offered(self) -> list[Menu]:
        """The menus that can be used here, those of the scene in the place of the story's of the same name."""
        known = {menu.name: menu for menu in self.menus if not menu.scene}
        known |= {menu.name: menu for menu in self.menus if menu.scene and menu.scene == self.scene}
        return list(known.values())
