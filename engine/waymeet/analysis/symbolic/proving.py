"""What can be told of a story of which not all that can be come to can be held: thing by thing.

A walk that takes some states of each step sees most of what happens; what it does not see is asked backward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.budget import Budget, BudgetSpentError
from waymeet.analysis.steering import steer
from waymeet.analysis.symbolic.asking import UnknownError
from waymeet.analysis.symbolic.backward import Backward
from waymeet.analysis.symbolic.circling import circles, is_patient
from waymeet.analysis.symbolic.losing import locks, lost
from waymeet.analysis.symbolic.seeking import Found, Seeker
from waymeet.analysis.symbolic.space import Avoiding
from waymeet.analysis.symbolic.survey import Firsts, SymbolicSurvey
from waymeet.machine import ANSWERED
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from waymeet.analysis.survey import Lock, Lost
    from waymeet.analysis.symbolic.asking import Asking
    from waymeet.analysis.symbolic.backward import Goal, Met
    from waymeet.analysis.symbolic.diagrams import Diagram
    from waymeet.analysis.symbolic.rings import Target
    from waymeet.analysis.symbolic.space import Space
    from waymeet.analysis.symbolic.tracing import Trace
    from waymeet.analysis.transitions import Position
    from waymeet.analysis.walk import Walk
    from waymeet.diagnostics import Witness

#: What is being done.
_PHASE = "proving what was not seen"
#: Which part of what is left of the budget one question may take, at first and when it is asked again.
_PART, _AGAIN = 0.02, 0.3
#: How many characters the names of flags that entangle may take.
_LONGEST = 120
#: How many states of each step a walk takes that makes for what is asked.
_MOST = 64


class ProvedSurvey(SymbolicSurvey):
    """What was seen and what was proved; see `Survey`. What was neither is left open.

    Of the states of a position it knows a set that has all that can be come to, and maybe more.
    """

    def __init__(self, asking: Asking, walked: Walk, budget: Budget) -> None:
        self.stopped = None
        self._asking = asking
        self._walked = walked
        self._open: dict[tuple[str, tuple[int, ...]], str] = {}
        self._asked: dict[tuple[str, tuple[int, ...]], Callable[[], Goal]] = {}
        self._know(asking.space, asking.possible, Witnesses(asking, walked, budget), budget)
        for (kind, about), goal in self._asked.items():
            if budget.spent(_PHASE, 0) is None:
                self._ask_again(kind, about, goal)
        self.circles, self.loops = [], []
        self._settle("loops", (), self._go_round)
        self.stopped = self._why() if self._open else None

    @property
    def rests(self) -> int | None:
        """How many states there are is not known."""
        return None

    def settles(self, kind: str, *about: int) -> bool:
        """Whether it is known whether something happens."""
        if not about:
            return not any(opened == kind for opened, _ in self._open)
        return (kind, about) not in self._open

    def _leave_open(self, kind: str, about: tuple[int, ...], why: str) -> None:
        self._open[kind, about] = why
        self.stopped = self._why()

    def _why(self) -> str:
        """Why not everything is known."""
        spent = self.budget.spent(_PHASE, 0)
        entangled = next(filter(None, self._open.values()), "")
        entangled = entangled if len(entangled) <= _LONGEST else f"{entangled[:_LONGEST].rpartition(',')[0]} and others"
        if not entangled:
            return spent or "there is not enough room to prove it"
        return f"{spent or 'it is too much to hold'}; entangled: {entangled}"

    def _settle(self, kind: str, about: tuple[int, ...], find: Callable[[], None]) -> None:
        try:
            find()
        except (UnknownError, BudgetSpentError, MemoryError) as error:
            self._leave_open(kind, about, str(error) if isinstance(error, UnknownError) else "")

    def tick(self) -> None:
        """Say that a proof goes on; raises `BudgetSpentError`."""
        self.budget.tick(_PHASE, len(self._walked.states))

    # -- whether something happens ------------------------------------

    def comes(self, goal: Goal) -> bool:
        """Whether something can be come to that the sets do not rule out. Raises `UnknownError`."""
        return self._asking.come(goal, self.budget.share(_PART)) is not None

    def _happens(self, kind: str, about: tuple[int, ...], goal: Callable[[], Goal]) -> bool:
        if self._was_seen(kind, about):
            return True
        try:
            self.tick()
            return self.comes(goal())
        except BudgetSpentError:
            self._leave_open(kind, about, "")
            return False
        except UnknownError as error:
            self._leave_open(kind, about, str(error))
            self._asked[kind, about] = goal
            return False

    def _ask_again(self, kind: str, about: tuple[int, ...], goal: Callable[[], Goal]) -> None:
        """Ask with more patience, once all that is easily told is known."""
        try:
            happens = (
                self._is_steered_to(kind, about) or self._asking.come(goal(), self.budget.share(_AGAIN)) is not None
            )
        except UnknownError as error:
            self._leave_open(kind, about, str(error))
            return
        del self._open[kind, about]
        if happens:
            table = getattr(self, kind)
            table.add(about[0] if isinstance(table, Firsts) and len(about) == 1 else about)
        if happens and kind == "opened":
            self._skipped = dict(self._skipping())
            self.arrivals = Firsts(sorted({*self.arrivals, *self._skipped}), self._arrived)

    def _is_steered_to(self, kind: str, about: tuple[int, ...]) -> bool:
        """Whether a walk that makes for the condition of a choice finds it open."""
        if kind != "opened":
            return False
        step, index = about
        way_out = self.system.data.steps[step].exit
        assert isinstance(way_out, Choices)
        system, when = self.system, way_out.choices[index].when
        budget = self.budget.share(_AGAIN)
        made = steer(self.story, system.watch, system.liveness, budget, _MOST, step, 1 if when is None else when)
        return about in made.opened

    def _is_at(self, kind: str, about: tuple[int, ...], states: Mapping[Position, Diagram]) -> bool:
        return self._was_seen(kind, about) or super()._is_at(kind, about, states)

    def _was_seen(self, kind: str, about: tuple[int, ...]) -> bool:
        table = getattr(self._walked, kind)
        return about in table or (len(about) == 1 and about[0] in table)

    def _sounded(self) -> Iterable[tuple[str, tuple[int, ...]]]:
        going: dict[tuple[str, tuple[int, ...]], dict[Position, Diagram]] = {}
        for position in self.states:
            for alarm in self.system.alarms(position):
                going.setdefault((alarm.kind, alarm.about), {})[position] = alarm.when
        for (kind, about), where in going.items():
            if self._happens(kind, about, lambda where=where: self.seeker.arriving(where)):  # type: ignore[misc]
                yield kind, about
        yield from self._answers()

    def _answers(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        asked = {
            (event, position.step)
            for position in self.states
            for edge in self.system.edges(position)
            for event in self.system.settling(edge.asked)
        }
        for event, step in sorted(asked):
            about = event, step, ANSWERED
            if self._happens("contradictions", about, lambda e=event, s=step: self._answering(e, s)):  # type: ignore[misc]
                yield "contradictions", about

    # -- where it ends ------------------------------------

    def _go_round(self) -> None:
        if not is_patient(self):
            raise UnknownError("")
        self.circles = circles(self)
        self.loops = [circle.loop for circle in self.circles]

    def nearest_at(self, states: Mapping[Position, Diagram], avoided: int | None) -> Found | None:
        """The way to the nearest of some states at which a reader can be; see `SymbolicSurvey`.

        Raises `UnknownError`.
        """
        if avoided is None:
            goal = self.seeker.resting(states)
            return self.seeker.nearest(goal) if self.comes(goal) else None
        seeker = Witnesses(self._asking, self._walked, self.budget, Avoiding(self.system, avoided))
        return seeker.shortest(seeker.resting({p._replace(last=True): some for p, some in states.items()}))

    def locks(self, untold: Collection[int], told: Sequence[bool]) -> Sequence[Lock]:
        """Where all is lost, as far as that is known."""
        found: list[Lock] = []
        if not self.settles("loops"):
            self._leave_open("locks", (), "")
            return found
        self._settle("locks", (), lambda: found.extend(locks(self, untold, told)))
        return found

    def lost(self, condition: int, until: int | None, protagonist: int | None) -> Lost | None:
        """The nearest place where a condition can hold no more, as far as that is known."""
        found: list[Lost | None] = []
        self._settle("lost", (condition,), lambda: found.append(lost(self, condition, until, protagonist)))
        return found[0] if found else None


class Witnesses(Seeker):
    """Finds ways backward: the shortest, or else one that goes on from where a walk came."""

    def __init__(self, asking: Asking, walked: Walk, budget: Budget, space: Space | None = None) -> None:
        super().__init__(space or asking.space, budget)
        self._asking = asking
        self._walked = walked

    def nearest(self, goal: Sequence[Target]) -> Found:
        """The nearest of some targets, to at least one of which there must be a way; some way where time is short."""
        try:
            found = self.shortest(goal)
        except UnknownError:
            answer = self._asking.come(goal, Budget())
            assert answer is not None
            number = answer.met.seen
            after = None if number is None else self._walked.way_to(number)
            found = self._found(*answer, shortest=False, after=after)
        assert found is not None
        return found._replace(shortest=found.shortest or found.depth <= self._came[found.target.position])

    def shortest(self, goal: Sequence[Target]) -> Found | None:
        """The way to the nearest of some targets, if there is any. Raises `UnknownError`."""
        search = Backward(self.space, self._asking.possible, goal, self._came)
        try:
            met = search.meets(self._budget.share(_PART))
        except (BudgetSpentError, MemoryError) as error:
            raise UnknownError("") from error
        return None if met is None else self._found(search, met, shortest=True)

    def _found(self, search: Backward, met: Met, *, shortest: bool, after: Witness | None = None) -> Found:
        taken, target, states = search.way(met)
        way: Trace = met.position, taken
        depth = (0 if after is None else after.length) + sum(edge.cost for edge, _ in taken)
        return Found(target, depth, self.system.layout.pinned(states), lambda _: way, shortest, after)
