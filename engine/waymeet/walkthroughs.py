"""Running walkthroughs: recorded playthroughs that must keep working, with what must be so when they are over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from waymeet.authoring.fields import rows
from waymeet.authoring.loading import load_files
from waymeet.authoring.models import WrittenTurn
from waymeet.authoring.source import Scalar, Sequence
from waymeet.diagnostics import Diagnostic, Severity, did_you_mean
from waymeet.machine import EndlessLoopError
from waymeet.runtime import ChoiceError
from waymeet.values import FlagValueError, decode, encode

if TYPE_CHECKING:
    from waymeet.authoring.fields import Reading
    from waymeet.authoring.models import Expectation, Walkthrough
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


def run_walkthroughs(story: Story, files: dict[str, bytes]) -> list[Outcome]:
    """Play every walkthrough among a story's files, in the order of the files."""
    return [_run(story, reading, script) for reading, script in load_files(files).walkthroughs]


def _run(story: Story, reading: Reading, script: Walkthrough) -> Outcome:
    outcome = Outcome(" ".join(script.walkthrough.value.split()), reading.source.file)
    told: list[str] = []
    try:
        moment = _begin(story, reading, script, outcome)
        told.append(moment.plain)
        for turn in script.play:
            moment = _turn(moment, turn, reading, outcome)
            told.append(moment.plain)
        if script.expect is not None:
            _compare(moment, "\n\n".join(told), script.expect, reading, outcome)
    except _LeftScriptError:
        pass
    return outcome


def _begin(story: Story, reading: Reading, script: Walkthrough, outcome: Outcome) -> Moment:
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
        return story.begin(script.protagonist.value, memory=memory)
    except (ChoiceError, EndlessLoopError) as error:
        outcome.fail(reading, script.protagonist, str(error))
        raise _LeftScriptError from error


def _turn(moment: Moment, turn: Scalar | WrittenTurn, reading: Reading, outcome: Outcome) -> Moment:
    choice = turn.choose if isinstance(turn, WrittenTurn) else turn
    if isinstance(turn, WrittenTurn) and not _stands_at(moment, turn.at.value):
        outcome.fail(reading, turn.at, f"the reading is at {moment.node} here, not at {turn.at.value}", _open(moment))
        raise _LeftScriptError
    try:
        return moment.choose(choice.value)
    except ChoiceError as error:
        locked = next((offer.locked for offer in moment.choices if offer.id == choice.value and offer.locked), None)
        why = f"it is locked: {locked}" if locked else "it is not open there"
        outcome.fail(reading, choice, f'"{choice.value}" cannot be chosen at {moment.step}: {why}', _open(moment))
        raise _LeftScriptError from error
    except EndlessLoopError as error:
        outcome.fail(reading, choice, str(error))
        raise _LeftScriptError from error


def _stands_at(moment: Moment, name: str) -> bool:
    return name in (moment.node, moment.node.split(".")[1], moment.step)


def _open(moment: Moment) -> str:
    if moment.ending is not None:
        return f"the reading has come to the ending {moment.ending}"
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
    for listed, locked in ((expect.open, False), (expect.locked, True)):
        ids = [offer.id for offer in moment.choices if (offer.locked is not None) == locked]
        for name in listed or ():
            if name.value not in ids:
                state = "locked" if locked else "open"
                outcome.fail(reading, name, f"{name.value} is not {state} at {moment.step}", _open(moment))


def _compare_flags(moment: Moment, expect: Expectation, reading: Reading, outcome: Outcome) -> None:
    actual = moment.flags
    for key, node in rows(expect.flags):
        name = key.value
        if name not in actual:
            outcome.fail(reading, key, f'there is no flag "{name}" at {moment.node}', _known(name, actual))
            continue
        register = _register(moment, name)
        if register is None:
            wanted: Value | None = node.value if isinstance(node, Scalar) else ""
        else:
            wanted = _value(register, node, reading, outcome)
        if wanted is not None and actual[name] != wanted:
            outcome.fail(reading, node, f"{name} is {_shown(actual[name])} here")


def _register(moment: Moment, name: str) -> Register | None:
    local = f"{moment.scene}.{name}"
    return next((register for register in moment.story.data.registers if register.name in (name, local)), None)


def _value(register: Register, node: Node, reading: Reading, outcome: Outcome) -> Value | None:
    """A value written in YAML, as the flag it is for understands it; None for one that was reported."""
    try:
        return decode(register, encode(register, _plain(register, node)))
    except FlagValueError as error:
        outcome.fail(reading, node, str(error))
        return None


def _plain(register: Register, node: Node) -> Any:
    if isinstance(node, Sequence):
        return [item.value for item in node.items if isinstance(item, Scalar)]
    if not isinstance(node, Scalar):
        return None
    if register.kind == "bool":
        return {"true": True, "false": False}.get(node.value, node.value)
    if register.kind == "int" and node.value.lstrip("-").isdecimal():
        return int(node.value)
    return node.value


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known(name: str, names: dict[str, Any]) -> str:
    return did_you_mean(name, names) or f"there is {', '.join(sorted(names)) or 'none'}"
