"""What a rule has to go by: the story and where its parts were written; one about states also the walk through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from waymeet.diagnostics import Diagnostic, Severity, Undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from waymeet.analysis.obligations import Obligations
    from waymeet.analysis.questions import Asked
    from waymeet.analysis.replay import Ended
    from waymeet.analysis.survey import First, Loop, Survey
    from waymeet.analysis.uses import Uses
    from waymeet.authoring.places import Allow, Places
    from waymeet.diagnostics import Span, Witness
    from waymeet.runtime import Story
    from waymeet.story import StoryData

    #: What must be so where a witness ends.
    Claim = Callable[["Facts", Ended], bool]


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """One story as it is written, not walked: what leads where, and what is used."""

    story: StoryData
    places: Places
    uses: Uses


@dataclass(frozen=True, slots=True)
class GraphRule:
    """A rule about what is written, conditions ignored: it needs no walk, and nothing leaves it undecided."""

    name: str
    severity: Severity
    find: Callable[[GraphFacts, GraphRule], Iterator[Diagnostic]]

    def at(self, place: Span, message: str, help_line: str) -> Diagnostic:
        """A finding about something that is no step."""
        return Diagnostic(self.name, self.severity, message, place, help_line)


@dataclass(frozen=True, slots=True)
class Facts:
    """One story, walked; `off` are the rules that it does not want to be held to."""

    story: Story
    places: Places
    obligations: Obligations
    survey: Survey
    off: frozenset[str] = frozenset()

    def happens(self, asked: Asked) -> bool | None:
        """Whether something asked at a step comes about; None where that is not known."""
        if asked.code == 0:
            return False
        if asked.number is None:
            return self.comes(asked.step)
        if asked.number in self.survey.held or asked.number in self.obligations.met:
            return True
        return False if self.survey.settles("held", asked.number) else None

    def shows(self, asked: Asked) -> bool | None:
        """The same, where a way there can be shown, which a search that was cut short need not have found."""
        happens = self.happens(asked)
        return None if happens and self.comes(asked.step) is None else happens

    def comes(self, step: int) -> bool | None:
        """Whether some playthrough comes to a step; None where that is not known."""
        if step in self.survey.arrivals:
            return True
        return False if self.survey.settles("arrivals", step) else None

    def nodes_of(self, steps: Iterable[int]) -> Iterator[Open]:
        """The questions about some steps, one for each node."""
        for node in dict.fromkeys(self.story.data.steps[step].node for step in steps):
            yield Open(node, None)

    def is_told(self, rule: str, where: str) -> bool:
        """Whether a finding of a rule at a step (by id) is reported: neither allowed there nor off."""
        place = written(where)
        return rule not in self.off and not any(covers(allow, rule, place) for allow in self.places.allows)


def written(step: str) -> str:
    """The id of the step that an author wrote, for one that was made from it (its id goes on after a colon)."""
    return step.partition(":")[0]


def covers(allow: Allow, rule: str, where: str) -> bool:
    """Whether an `allow` means the findings of a rule at a step or choice, by its full name."""
    return allow.rule == rule and allow.thing is None and f"{where}.".startswith(f"{allow.step}.")


class Found(NamedTuple):
    """Something found, and what must be so where its witness ends, if it has one.

    What a menu or a deck holds is written once and met at several places: where that is the `cause`, one is told of.
    """

    diagnostic: Diagnostic
    claim: Claim | None = None
    cause: Hashable = None


def stands(first: First, *, stuck: bool = False) -> Claim:
    """That a witness ends where something is about, with nowhere to go on from there if it is `stuck`."""

    def claim(facts: Facts, ended: Ended) -> bool:
        step, moment = facts.survey.step(first), ended.moment
        if facts.story.machine.steps[step].outcomes:
            return step in ended.passed  # play goes on from there at once
        if moment is None or (stuck and not moment.stuck):
            return False
        return facts.survey.stands(first, moment.origin.protagonist, moment.state)

    return claim


def goes_round(loop: Loop) -> Claim:
    """That the last move of a witness does not end."""
    return lambda _, ended: (
        ended.loop is not None
        and set(ended.loop.circle) == set(loop.circle)
        and ended.loop.came_round == loop.came_round
    )


def passes(step: int) -> Claim:
    """That the last move of a witness comes to a step."""
    return lambda _, ended: step in ended.passed


def overflows(step: int, effect: int, value: int) -> Claim:
    """That in the last move of a witness an effect comes to a value outside its bounds."""
    return lambda _, ended: (step, effect, value) in ended.clamped


def meets(condition: int) -> Claim:
    """That on the last move of a witness a condition of the watch holds."""
    return lambda _, ended: condition in ended.held


def contradicts(event: int, step: int, effect: int) -> Claim:
    """That in the last move of a witness an effect changes what an event has settled."""
    return lambda _, ended: (event, step, effect) in ended.contradicted


class Open(NamedTuple):
    """A question that could be asked of a story: about a node, about something else (in words), or about all of it."""

    node: str | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class StateRule:
    """A rule about states.

    `find` gives what is wrong; `unsettled` names what the survey does not settle.
    """

    name: str
    severity: Severity
    find: Callable[[Facts, StateRule], Iterator[Found]]
    unsettled: Callable[[Facts], Iterator[Open]]

    def undecided(self, facts: Facts) -> Iterator[Undecided]:
        """The questions that are left open when the walk was cut short."""
        if facts.survey.stopped is not None:
            for node, subject in self.unsettled(facts):
                yield Undecided(self.name, facts.survey.stopped, node, subject)

    def at_step(
        self, facts: Facts, step: int, message: str, help_line: str, witness: Witness | None, span: Span | None = None
    ) -> Diagnostic:
        """A finding about a step: a node, or what a choice opens onto."""
        where = facts.story.data.steps[step]
        choice = written(where.id).removeprefix(where.node).removeprefix(".") or None
        place = span or facts.places.steps[step]
        return Diagnostic(self.name, self.severity, message, place, help_line, (), where.node, choice, witness)

    def at_choice(
        self,
        facts: Facts,
        step: int,
        choice: int,
        message: str,
        help_line: str,
        witness: Witness | None,
        span: Span | None = None,
    ) -> Diagnostic:
        """A finding about a choice of a step, or about the node that is the card chosen there."""
        where = facts.story.machine.steps[step]
        node, path = where.node, where.choices[choice].path
        below = None if where.most is not None else path.removeprefix(f"{node}.")
        span = span or facts.places.choices[step, choice]
        return Diagnostic(
            self.name, self.severity, message, span, help_line, (), node if below else path, below, witness
        )


def anywhere(kind: str) -> Callable[[Facts], Iterator[Open]]:
    """The one question about the whole story, whether anything of a kind happens; see `Survey.settles`."""

    def unsettled(facts: Facts) -> Iterator[Open]:
        if not facts.survey.settles(kind):
            yield Open(None, None)

    return unsettled
