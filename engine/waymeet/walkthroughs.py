"""Running walkthroughs: recorded playthroughs that must keep working, with what must be so when they are over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from waymeet.authoring.fields import kind_of, rows, whole_number
from waymeet.authoring.models import WrittenTurn
from waymeet.authoring.source import Scalar, Sequence
from waymeet.diagnostics import Diagnostic, Severity, did_you_mean
from waymeet.machine import EndlessLoopError
from waymeet.runtime import ChoiceError, OutcomeError
from waymeet.values import FlagValueError, decode, encode

if TYPE_CHECKING:
    from waymeet.authoring.fields import Reading
    from waymeet.authoring.loading import WrittenFiles
    from waymeet.authoring.models import Expectation, WrittenWalkthrough
    from waymeet.authoring.source import Node
    from waymeet.runtime import Moment, Story
    from waymeet.story import Register
    from waymeet.values import Value


@dataclass(slots=True)
class Outcome:
    """How one walkthrough went; it passed when nothing is in `findings`."""

    name: str
    file: str
    findings: list[Diagnostic] = field(default_factory=list)

    def fail(self, reading: Reading, place: Node, message: str, help_line: str | None = None) -> None:
        """Note where the reading left the script."""
        span = reading.source.span(place)
        self.findings.append(Diagnostic("walkthrough", Severity.ERROR, message, span, help_line))


class _LeftScriptError(Exception):
    """The walkthrough cannot go on; why was noted."""


def run_walkthroughs(story: Story, files: WrittenFiles) -> list[Outcome]:
    """Play every walkthrough among a story's files, in the order of the files."""
    return [_run(story, reading, script) for reading, script in files.walkthroughs]


def _run(story: Story, reading: Reading, script: WrittenWalkthrough) -> Outcome:
    outcome = Outcome(" ".join(script.walkthrough.value.split()), reading.source.file)
    told: list[str] = []
    try:
        moment = _begin(story, reading, script, outcome)
        told.append(moment.plain())
        for turn in script.play:
            moment = _turn(moment, turn, script, reading, outcome)
            told.append(moment.plain())
        if script.expect is not None:
            _compare(moment, "\n\n".join(told), script.expect, reading, outcome)
        _compare_outcomes(moment, script, reading, outcome)
    except _LeftScriptError:
        pass
    return outcome


def _begin(story: Story, reading: Reading, script: WrittenWalkthrough, outcome: Outcome) -> Moment:
    registers = {register.name: register for register in story.data.registers if register.use == "memory"}
    memory: dict[str, Value] = {}
    for key, node in rows(script.memory):
        name = key.value
        if name not in registers:
            outcome.fail(reading, key, f'the story keeps no memory called "{name}"', _known(name, registers))
            raise _LeftScriptError
        value = _value(registers[name], node, reading, outcome)
        if value is None:
            raise _LeftScriptError
        memory[name] = value
    try:
        outcomes = [outcome.value for outcome in script.outcomes]
        return story.begin(script.protagonist.value, memory=memory, outcomes=outcomes)
    except OutcomeError as error:
        _impossible(error, "at the start", script, reading, outcome)
        raise _LeftScriptError from error
    except (ChoiceError, EndlessLoopError) as error:
        outcome.fail(reading, script.protagonist, str(error))
        raise _LeftScriptError from error


def _turn(
    moment: Moment, turn: Scalar | WrittenTurn, script: WrittenWalkthrough, reading: Reading, outcome: Outcome
) -> Moment:
    """One turn of the script: a choice, or an answer to what is asked."""
    given: Node = turn if isinstance(turn, Scalar) else turn.node
    if isinstance(turn, WrittenTurn):
        if (turn.choose is None) == (turn.answer is None):
            outcome.fail(reading, turn.node, "a turn says `choose` or `answer`, one of them")
            raise _LeftScriptError
        if turn.at is not None and not _stands_at(moment, turn.at.value):
            message = f"the reading is at {moment.node} here, not at {turn.at.value}"
            outcome.fail(reading, turn.at, message, _open(moment))
            raise _LeftScriptError
        given = turn.choose or turn.answer or turn.node
    assert isinstance(given, Scalar)
    try:
        is_answer = isinstance(turn, WrittenTurn) and turn.answer is not None
        return moment.answer(given.value) if is_answer else moment.choose(given.value)
    except OutcomeError as error:
        _impossible(error, f"after {given.value}", script, reading, outcome)
        raise _LeftScriptError from error
    except ChoiceError as error:
        outcome.fail(reading, given, _why_not(moment, given.value, error), _open(moment))
        raise _LeftScriptError from error
    except EndlessLoopError as error:
        outcome.fail(reading, given, str(error))
        raise _LeftScriptError from error


def _impossible(
    error: OutcomeError, where: str, script: WrittenWalkthrough, reading: Reading, outcome: Outcome
) -> None:
    """Note an outcome that cannot be, at the outcome."""
    help_line = f"possible: {', '.join(error.possible)}" if error.possible else None
    outcome.fail(reading, script.outcomes[-error.left], f"{where}, {error.why}", help_line)


def _why_not(moment: Moment, given: str, error: ChoiceError) -> str:
    if moment.question is not None:
        return str(error)
    locked = next((offer.locked for offer in moment.choices if offer.id == given and offer.locked), None)
    why = f"it is locked: {locked}" if locked else "it is not open there"
    return f'"{given}" cannot be chosen at {moment.step}: {why}'


def _stands_at(moment: Moment, name: str) -> bool:
    return name in (moment.node, moment.node.split(".")[1], moment.step)


def _open(moment: Moment) -> str:
    if moment.ending is not None:
        return f"the reading has come to the ending {moment.ending}"
    if moment.question is not None:
        return f"asked there: {moment.question.label} (write {{answer: …}})"
    ids = [offer.id for offer in moment.choices if offer.locked is None]
    return f"open there: {', '.join(ids) or 'nothing'}"


# -- what must be so at the end ------------------------------------


def _compare(moment: Moment, told: str, expect: Expectation, reading: Reading, outcome: Outcome) -> None:
    if expect.ending is not None and moment.ending != expect.ending.value:
        where = f"the ending {moment.ending}" if moment.ending else f"{moment.step}, which is no ending"
        message = f"expected the ending {expect.ending.value}, and the reading is at {where}"
        outcome.fail(reading, expect.ending, message, _open(moment))
    _compare_flags(moment, expect, reading, outcome)
    flat = " ".join(told.split())
    for text in expect.text:
        if " ".join(text.value.split()) not in flat:
            outcome.fail(reading, text, "these words were not told on the way")
    for state, listed in (("open", expect.open), ("locked", expect.locked)):
        if listed is not None:
            _compare_offers(moment, state, listed, expect.key(state), reading, outcome)


def _compare_outcomes(moment: Moment, script: WrittenWalkthrough, reading: Reading, outcome: Outcome) -> None:
    """Every outcome must have been asked for; one left over may stand there because another was forgotten."""
    if moment.outcomes_left:
        name = script.outcomes[-moment.outcomes_left]
        message = f'"{name.value}" is left over: nothing more is drawn, thrown or asked on this way'
        outcome.fail(reading, name, message, "play on to where it is, or delete it and what stands behind it")


def _compare_offers(
    moment: Moment, state: str, listed: list[Scalar], key: Scalar, reading: Reading, outcome: Outcome
) -> None:
    """What is listed must be open, or locked; when nothing is listed, nothing may be."""
    ids = [offer.id for offer in moment.choices if (offer.locked is not None) == (state == "locked")]
    if ids and not listed:
        message = f"nothing is to be {state} at {moment.step}, and this is: {', '.join(ids)}"
        outcome.fail(reading, key, message)
    for name in listed:
        if name.value not in ids:
            outcome.fail(reading, name, f"{name.value} is not {state} at {moment.step}", _open(moment))


def _compare_flags(moment: Moment, expect: Expectation, reading: Reading, outcome: Outcome) -> None:
    actual = moment.flags
    for key, node in rows(expect.flags):
        name = key.value
        if name not in actual:
            outcome.fail(reading, key, f'there is no flag "{name}" at {moment.node}', _known(name, actual))
            continue
        wanted = _value(_register(moment, name), node, reading, outcome)
        if wanted is not None and actual[name] != wanted:
            outcome.fail(reading, node, f"{name} is {_shown(actual[name])} here")


def _register(moment: Moment, name: str) -> Register | None:
    local = f"{moment.scene}.{name}"
    return next((register for register in moment.story.data.registers if register.name in (name, local)), None)


def _value(register: Register | None, node: Node, reading: Reading, outcome: Outcome) -> Value | None:
    """A value written in YAML, as the flag it is for understands it; None for one that was reported.

    Free text has no register.
    """
    for part in node.items if isinstance(node, Sequence) and register is not None else (node,):
        if not isinstance(part, Scalar):
            outcome.fail(reading, part, f"expected a value, found {kind_of(part)}")
            return None
    if register is None:
        return node.value if isinstance(node, Scalar) else None
    try:
        return decode(register, encode(register, _plain(register, node)))
    except FlagValueError as error:
        outcome.fail(reading, node, str(error))
        return None


def _plain(register: Register, node: Node) -> Any:
    if isinstance(node, Sequence):
        return [item.value for item in node.items if isinstance(item, Scalar)]
    assert isinstance(node, Scalar)
    if register.kind == "bool":
        return {"true": True, "false": False}.get(node.value, node.value)
    number = whole_number(node) if register.kind == "int" else None
    return node.value if number is None else number


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known(name: str, names: dict[str, Any]) -> str:
    return did_you_mean(name, names) or f"there is {', '.join(sorted(names)) or 'none'}"
