"""Flags, memory and local flags: from their declared range to a register."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.fields import Reading, broken_rows, rows, whole_number
from waymeet.authoring.models import WrittenFlag
from waymeet.authoring.source import Scalar, Sequence
from waymeet.diagnostics import did_you_mean
from waymeet.expressions.scope import Flag
from waymeet.expressions.types import BOOL, TEXT, UNKNOWN, BoolType, EnumType, IntType, SetType
from waymeet.story import Register, Text

if TYPE_CHECKING:
    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import Flags
    from waymeet.authoring.names import Names
    from waymeet.authoring.source import Node
    from waymeet.expressions.types import Type
    from waymeet.story import Use

MAX_SPAN = 65_536
MAX_MEMBERS = 64
#: What can be said of a number that would leave its bounds.
OVERFLOWS = ("report", "clamp")


class FlagForm(NamedTuple):
    """A declared flag: its type, where it starts (a string for free text), and whether stopping at a bound is meant."""

    type: Type
    start: int | str
    clamp: bool = False


class DeclaredFlags(NamedTuple):
    """What declaring flags gives: registers by their index, and free texts."""

    registers: dict[int, Register]
    texts: list[Text]


def declare_flags(table: Flags, use: Use, lowering: Lowering) -> DeclaredFlags:
    """Make the flags of a table known and give each its register; what is wrong with them is reported."""
    declared = DeclaredFlags({}, [])
    names, reading, scene = lowering.shared.names, lowering.reading, lowering.scene
    home = names.local.setdefault(scene, {}) if scene else names.flags
    for broken in broken_rows(table):
        names.incomplete = True
        home[broken] = Flag(broken, -1, UNKNOWN)
    for name, written in rows(table):
        form = flag_form(name, written, reading)
        if form is None:
            names.incomplete = True
            home[name.value] = Flag(name.value, -1, UNKNOWN)
            continue
        names.declare(name, "a flag", reading, scene)
        _declare_words(form.type, written, names, reading, scene)
        flag = names.new_flag(name.value, form.type, len(declared.texts))
        home[name.value] = flag
        full = f"{scene}.{name.value}" if scene else name.value
        _note_place(full, name, written, lowering)
        if isinstance(form.start, str):
            if use != "flag":
                message = "free text is not remembered between playthroughs" if use == "memory" else "no local text"
                reading.report("wrong-value", message, name, "declare it under `flags`")
            declared.texts.append(Text(name.value, form.start))
        else:
            declared.registers[flag.register] = _register(full, form, use)
    return declared


def _note_place(full: str, name: Scalar, written: object, lowering: Lowering) -> None:
    place = lowering.reading.source.span(name)
    lowering.shared.places.flags[full] = place
    if isinstance(written, WrittenFlag):
        lowering.note_allows(written.allow, f"flag {full}", place)


def _register(name: str, form: FlagForm, use: Use) -> Register:
    assert isinstance(form.start, int)
    match form.type:
        case BoolType():
            return Register(name, "bool", use, 0, 1, form.start)
        case IntType(low, high):
            return Register(name, "int", use, low, high, form.start, (), form.clamp)
        case EnumType(values):
            return Register(name, "enum", use, 0, len(values) - 1, form.start, values)
        case SetType(members):
            return Register(name, "set", use, 0, 2 ** len(members) - 1, form.start, members)
        case _:
            raise AssertionError(form.type)


def _declare_words(kind: Type, written: object, names: Names, reading: Reading, scene: str) -> None:
    names.add_words(kind)
    if isinstance(kind, EnumType | SetType):
        what = "an enum value" if isinstance(kind, EnumType) else "a set member"
        listed = written if isinstance(written, list) else None
        if isinstance(written, WrittenFlag):
            listed = written.one_of or written.any_of
        for word in listed or ():
            names.declare(word, what, reading, scene)


# -- the forms a flag can take ------------------------------------


def flag_form(name: Scalar, written: object, reading: Reading) -> FlagForm | None:
    """What a flag was declared as; None for what is reported."""
    if isinstance(written, bool):
        return FlagForm(BOOL, int(written))
    if isinstance(written, list):
        values = _distinct(written, name, reading)
        return FlagForm(EnumType(values), 0) if values else None
    assert isinstance(written, WrittenFlag)
    return _written_form(written, reading)


def _written_form(written: WrittenFlag, reading: Reading) -> FlagForm | None:
    forms = [
        name
        for name, value in (
            ("min", written.low if written.low is not None else written.high),
            ("one_of", written.one_of),
            ("any_of", written.any_of),
            ("text", written.text),
        )
        if value is not None
    ]
    if len(forms) > 1:
        message = f"a flag has one kind of value, and this has {' and '.join(forms)}"
        reading.report("wrong-value", message, written.key(forms[1] if forms[1] != "min" else "max"))
        return None
    if written.overflow is not None and forms != ["min"]:
        reading.report("wrong-value", "only a number can overflow", written.key("overflow"))
    match forms:
        case ["min"]:
            return _number(written, reading)
        case ["one_of"]:
            return _enum(written, reading)
        case ["any_of"]:
            return _set(written, reading)
        case ["text"]:
            text = written.text
            return FlagForm(TEXT, " ".join(text.value.split()) if isinstance(text, Scalar) else "")
        case _:
            return _boolean(written, reading)


def _boolean(written: WrittenFlag, reading: Reading) -> FlagForm | None:
    start = written.start
    if isinstance(start, Scalar) and start.value in ("true", "false"):
        return FlagForm(BOOL, int(start.value == "true"))
    help_line = "write `false`, {min: 0, max: 3, start: 0}, {one_of: [a, b]}, {any_of: [a, b]} or {text: …}"
    reading.report("missing-key", "this does not say what values the flag can have", written.node, help_line)
    return None


def _number(written: WrittenFlag, reading: Reading) -> FlagForm | None:
    if written.low is None or written.high is None:
        missing = "min" if written.low is None else "max"
        help_line = "a number needs both bounds: every question about a story then has an answer"
        reading.report("missing-key", f'a number flag needs "{missing}"', written.node, help_line)
        return None
    low, high = written.low, written.high
    if not 0 <= high - low <= MAX_SPAN:
        message = f"from {low} to {high} is no range" if high < low else f"from {low} to {high} is too wide a range"
        help_line = "`min` must be below `max`" if high < low else f"a number spans at most {MAX_SPAN}"
        reading.report("wrong-value", message, written.key("max"), help_line)
        return None
    start = _start_number(written, low, high, reading)
    return FlagForm(IntType(low, high), start, _clamp(written, reading))


def _start_number(written: WrittenFlag, low: int, high: int, reading: Reading) -> int:
    default = min(high, max(low, 0))
    if written.start is None:
        return default
    start = whole_number(written.start)
    if start is None:
        reading.report("wrong-value", "a number starts at a number", written.start)
        return default
    if not low <= start <= high:
        reading.report("wrong-value", f"{start} is outside {low} to {high}", written.start)
        return default
    return start


def _clamp(written: WrittenFlag, reading: Reading) -> bool:
    overflow = written.overflow
    if overflow is not None and overflow.value not in OVERFLOWS:
        help_line = did_you_mean(overflow.value, OVERFLOWS)
        reading.report("wrong-value", f'overflow is report or clamp, not "{overflow.value}"', overflow, help_line)
    return overflow is not None and overflow.value == "clamp"


def _enum(written: WrittenFlag, reading: Reading) -> FlagForm | None:
    values = _distinct(written.one_of or [], written.key("one_of"), reading)
    if not values:
        return None
    start = 0
    if isinstance(written.start, Scalar) and written.start.value in values:
        start = values.index(written.start.value)
    elif written.start is not None:
        _wrong_start(written.start, values, reading)
    return FlagForm(EnumType(values), start)


def _set(written: WrittenFlag, reading: Reading) -> FlagForm | None:
    members = _distinct(written.any_of or [], written.key("any_of"), reading)
    if not members:
        return None
    if len(members) > MAX_MEMBERS:
        reading.report("wrong-value", f"a set has at most {MAX_MEMBERS} members", written.key("any_of"))
        return None
    start = 0
    listed = written.start.items if isinstance(written.start, Sequence) else ()
    if written.start is not None and not isinstance(written.start, Sequence):
        reading.report("wrong-value", "a set starts with a list of its members", written.start)
    for item in listed:
        if isinstance(item, Scalar) and item.value in members:
            start |= 1 << members.index(item.value)
        else:
            _wrong_start(item, members, reading)
    return FlagForm(SetType(members), start)


def _wrong_start(start: Node, known: tuple[str, ...], reading: Reading) -> None:
    word = start.value if isinstance(start, Scalar) else "this"
    reading.report("wrong-value", f'"{word}" is not one of {", ".join(known)}', start, did_you_mean(word, known))


def _distinct(listed: list[Scalar], place: Scalar, reading: Reading) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(word.value for word in listed))
    if len(values) < len(listed):
        again = next(word for index, word in enumerate(listed) if word.value in [w.value for w in listed[:index]])
        reading.report("wrong-value", f'"{again.value}" stands in the list twice', again)
    if not values:
        reading.report("wrong-value", "the list of values is empty", place)
    return values
