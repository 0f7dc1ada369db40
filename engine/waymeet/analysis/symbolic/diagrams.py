"""Boolean functions as decision diagrams (Bryant: Graph-based algorithms for Boolean function manipulation, 1986).

The one place that knows the library. A `Diagram` is a set of states, or a condition on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oxidd.bdd import BDDFunction as Diagram
from oxidd.bdd import BDDManager, BDDSubstitution
from oxidd.util import DDMemoryError as DiagramLimitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Diagram", "DiagramLimitError", "Diagrams", "Substitution"]

Substitution = BDDSubstitution


class Diagrams:
    """A room for diagrams over numbered variables; with more than `most` nodes it raises `DiagramLimitError`."""

    def __init__(self, variables: int, most: int) -> None:
        self._manager = BDDManager(most, most // 4, 1)
        self.size = variables
        self._variables = [self._manager.var(number) for number in self._manager.add_vars(variables)]
        self.true = self._manager.true()
        self.false = self._manager.false()

    def tidy(self) -> None:
        """Make the room of diagrams that nothing refers to any more free for others."""
        self._manager.gc()

    def variable(self, number: int) -> Diagram:
        """The condition that a variable is true."""
        return self._variables[number]

    def constant(self, value: object) -> Diagram:
        """The condition that always or never holds."""
        return self.true if value else self.false

    def cube(self, variables: Iterable[int]) -> Diagram:
        """Variables to quantify over."""
        cube = self.true
        for number in sorted(variables, reverse=True):
            cube = self._variables[number] & cube
        return cube

    def substitution(self, pairs: Mapping[int, Diagram]) -> Substitution:
        """What puts conditions in the place of variables, all at once."""
        return BDDSubstitution(list(pairs.items()))
