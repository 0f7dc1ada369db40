"""Laws of writing code out again: what is written means the same, to the letter of the code, and its parts add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given

from kit.examples import examples
from laws.test_expressions import Setting, parsed, settings_with
from waymeet.expressions.code import link
from waymeet.expressions.scope import Derived
from waymeet.expressions.types import BoolType, EnumType, SetType, Type
from waymeet.expressions.typing import Typing
from waymeet.expressions.unparsing import Kind, Part, Unparser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.expressions.code import Code


def _kind(kind: Type) -> Kind:
    match kind:
        case BoolType():
            return Kind("bool")
        case EnumType(words):
            return Kind("enum", words)
        case SetType(words):
            return Kind("set", words)
        case _:
            return Kind("int")


def _unparser(setting: Setting, derived: list[Code], names: list[str]) -> Unparser:
    flags = [("", Kind("int"))] * setting.declared.registers
    for name, flag in setting.declared.flags.items():
        flags[flag.register] = (name, _kind(setting.types[name]))
    steps = list(setting.declared.steps)
    for step, count in setting.declared.counts.items():
        what = "visits" if steps[step].count(".") == 1 else "times"
        flags[count.register] = (f"{what}({steps[step]})", Kind("int"))
    return Unparser(flags, derived, names)


def _code(setting: Setting, text: str) -> tuple[Code, Type]:
    typing = Typing(setting.scope)
    typed = typing.expression(parsed(text))
    assume(not typing.problems)
    return typed.code, typed.type


def _texts(setting: Setting) -> Iterator[str]:
    yield setting.formulas.condition(4)
    yield setting.formulas.sum(4)
    for name, members in setting.names.sets.items():
        yield setting.formulas.group(name, members, 3)


@examples(400)
@given(settings_with())
def test_what_is_written_gives_the_same_code(setting: Setting) -> None:
    for text in _texts(setting):
        code, kind = _code(setting, text)
        written = _unparser(setting, [], []).text(code, _kind(kind))
        assert _code(setting, written)[0] == code, f"{text} -> {written}"
        assert _unparser(setting, [], []).text(code, _kind(kind)) == written


@examples(200)
@given(settings_with())
def test_derived_names_are_written_by_name_or_written_out(setting: Setting) -> None:
    below, kind = _code(setting, setting.formulas.condition(2))
    setting.declared.derived["welcome"] = Derived("welcome", 0, kind, 1)
    setting.names.derived_bools.append("welcome")
    code, _ = _code(setting, f"welcome and not ({setting.formulas.condition(3)})")
    named, whole = (_unparser(setting, [below], names).text(code) for names in (["welcome"], []))
    assert _code(setting, named)[0] == code
    run = link(code, [link(below)])
    assert link(_code(setting, whole)[0])(setting.registers()) == run(setting.registers())
    assert "welcome" not in whole


@examples(200)
@given(settings_with())
def test_each_part_has_the_value_that_it_would_have_alone(setting: Setting) -> None:
    code, _ = _code(setting, setting.formulas.condition(3))
    registers = setting.registers()
    waiting = [_unparser(setting, [], []).parts(code, registers, [])]
    while waiting:
        part = waiting.pop()
        again, kind = _code(setting, part.text)
        assert _unparser(setting, [], []).parts(again, registers, [], _kind(kind)).value == part.value
        waiting.extend(part.parts)


FLAGS = [
    ("bold", Kind("bool")),
    ("oil", Kind("int")),
    ("mood", Kind("enum", ("cold", "open"))),
    ("clues", Kind("set", ("crest", "hoof"))),
    ("visits(wood.edge)", Kind("int")),
]


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (1, "true"),
        (("and", ("flag", 0), ("or", ("not", ("flag", 0)), (">=", ("flag", 4), 1))),
         "bold and (not bold or visits(wood.edge) >= 1)"),
        (("not", ("and", ("flag", 0), ("flag", 0))), "not (bold and bold)"),
        (("==", ("flag", 2), 1), "mood == open"),
        (("has", ("flag", 2), 3), "mood in {cold, open}"),
        (("not", ("has", 1, ("flag", 3))), "hoof not in clues"),
        (("==", ("without", 1, ("flag", 3)), 0), "{crest} <= clues"),
        (("==", ("flag", 3), 0), "clues == {}"),
        (("<", ("-", ("-", ("flag", 1), 1), ("-", 2, ("flag", 1))), ("*", -2, ("+", ("flag", 1), 1))),
         "oil - 1 - (2 - oil) < -2 * (oil + 1)"),
        (("==", ("-", 0, ("flag", 1)), ("-", 0, 5)), "-oil == 0 - 5"),
        (("==", ("if", ("flag", 0), 0, 1), ("flag", 2)), "(cold if bold else open) == mood"),
        ((">", ("max", ("count", ("union", ("flag", 3), 2)), 1, 0), 1), "max(count(clues | {hoof}), 1, 0) > 1"),
    ],
)  # fmt: skip
def test_it_is_written_as_an_author_would(code: Code, written: str) -> None:
    assert Unparser(FLAGS).text(code) == written


def test_the_parts_of_a_condition() -> None:
    code = ("and", ("derived", 0), ("==", ("flag", 2), 1))
    found = Unparser(FLAGS, [("<", ("flag", 1), 2)], ["dark"]).parts(
        code, [0, 1, 0, 0, 0], [link(("<", ("flag", 1), 2))]
    )
    assert found == Part(
        "dark and mood == open",
        "false",
        (
            Part("dark", "true", (Part("oil < 2", "true", (Part("oil", "1", ()),)),)),
            Part("mood == open", "false", (Part("mood", "cold", ()),)),
        ),
    )
