"""Every state that can be come to: one set for each position, in the order in which the story goes on.

What is new at a position is carried on only when what leads there is done with, as far as the story does not come
round: then each position is left once (chaotic iteration in reverse postorder; Bourdoncle: Efficient chaotic iteration
strategies with widenings, 1993). How many choices it takes is not noted; see `rings` for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from waymeet.analysis.budget import SETS
from waymeet.machine import ANSWERED

if TYPE_CHECKING:
    from waymeet.analysis.budget import Budget
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.symbolic.system import Alarm, Edge, System
    from waymeet.analysis.transitions import Position


@dataclass(slots=True)
class Reach:
    """What can be come to: the states of each position, and the alarms that go off."""

    space: Space
    budget: Budget
    states: dict[Position, Diagram] = field(default_factory=dict)
    alarms: set[tuple[str, tuple[int, ...]]] = field(default_factory=set)
    _fresh: dict[Position, Diagram] = field(default_factory=dict)
    _waiting: list[int] = field(default_factory=list)
    _silent: dict[Position, list[Alarm]] = field(default_factory=dict)

    @property
    def system(self) -> System:
        """What carries states over."""
        return self.space.system

    def run(self) -> None:
        """Come to everything that can be come to.

        Raises `BudgetSpentError`, and `MemoryError` where the diagrams outgrow their room.
        """
        for start in self.space.starts():
            self._arrive(start, self.system.first)
        while self._waiting:
            self.budget.tick(SETS, 0, self._waiting[0] / len(self.space.positions))
            position = self.space.positions[heappop(self._waiting)]
            states = self._fresh.pop(position)
            for edge in self.space.edges(position):
                onward = self.system.come(edge, states)
                if onward.satisfiable():
                    self._arrive(edge.target, onward, edge)
        for position in self.states:
            self._sound_answers(position)

    def _arrive(self, position: Position, states: Diagram, edge: Edge | None = None) -> None:
        avoided = self.space.avoided(position)
        if avoided is not None:
            states = states & ~avoided
        if edge is None or not edge.stays:
            self._sound(position, states)
            states = self.system.arrival(position.step).after(states)
        known = self.states.get(position)
        fresh = states if known is None else states & ~known
        if not fresh.satisfiable():
            return
        self.states[position] = fresh if known is None else known | fresh
        if position in self._fresh:
            self._fresh[position] = self._fresh[position] | fresh
        else:
            self._fresh[position] = fresh
            heappush(self._waiting, self.space.places[position])

    def _sound(self, position: Position, states: Diagram) -> None:
        if position not in self._silent:
            self._silent[position] = self.system.alarms(position)
        if self._silent[position]:
            silent = []
            for alarm in self._silent[position]:
                if (alarm.kind, alarm.about) in self.alarms:
                    continue
                if (states & alarm.when).satisfiable():
                    self.alarms.add((alarm.kind, alarm.about))
                else:
                    silent.append(alarm)
            self._silent[position] = silent

    def _sound_answers(self, position: Position) -> None:
        """Note answers that change what an event has settled."""
        for edge in self.system.edges(position):
            for event in self.system.settling(edge.asked):
                if any(True for _ in self.system.answered_otherwise(edge, event, self.states[position])):
                    self.alarms.add(("contradiction", (event, position.step, ANSWERED)))
