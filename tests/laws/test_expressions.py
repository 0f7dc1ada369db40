"""Laws of the expression language: a formula means what the reference says of its tree, and what Python would."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from kit import reference
from kit.examples import examples
from kit.formulas import Formulas, Names, chance
from waymeet.authoring import names as authoring
from waymeet.expressions.code import link
from waymeet.expressions.parser import MAX_TOKENS, parse_effect, parse_expression
from waymeet.expressions.scope import Derived
from waymeet.expressions.syntax import ExpressionError
from waymeet.expressions.types import BOOL, BoolType, EnumType, IntType, SetType, Type
from waymeet.expressions.typing import Typing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.reference import Value
    from waymeet.expressions import syntax
    from waymeet.expressions.code import Code, Run

BIG = 2**31 - 1
RANGES = ((0, 3), (-2, 2), (0, 65_536), (-65_536, 0), (BIG - 65_536, BIG), (-BIG, -BIG + 9), (5, 5))
NUMBERS = (0, 1, 2, -1, 3, 7, 65_536, BIG, -BIG, BIG - 1)
MEMBERS = tuple(f"m{number}" for number in range(64))
NODES = ("camp.n0", "camp.n1", "hill.n0")
CHOICES = ("camp.n0.c", "hill.n0.c.deep")


class Setting:
    """Random flags with their registers, random values for them, and formulas about them."""

    def __init__(self, chance_of: random.Random, *, numbers: tuple[int, ...] = NUMBERS, counts: bool = True) -> None:
        self.random = chance_of
        self.declared = authoring.Names()
        self.types: dict[str, Type] = {}
        self.values: dict[str, Value] = {}
        self.names = Names(numbers=numbers)
        for name in NODES + CHOICES:
            self.declared.steps[name] = len(self.declared.steps)
        self.declared.scenes = {"camp": {"n0", "n1"}, "hill": {"n0"}}
        self._declare()
        if counts:
            self.names.nodes, self.names.choices = [*NODES, "n1"], list(CHOICES)
        self.formulas = Formulas(chance_of, self.names)
        self.scope = authoring.Scope(self.declared, "camp")
        self.exact = {name: self.random.choice((0, 0, 1, 2, 3, 4, 5, 40)) for name in self.declared.steps}

    def _declare(self) -> None:
        pick = self.random.choice
        for name in ("armed", "lit"):
            self._flag(name, BOOL, pick((True, False)))
            self.names.bools.append(name)
        for name in ("trust", "fear"):
            low, high = pick(RANGES)
            self._flag(name, IntType(low, high), self.random.randint(low, high))
            self.names.ints[name] = (low, high)
        for name, values in (("mood", ("cold", "wavering", "open")), ("weather", ("cold", "mild", "hot"))):
            self._flag(name, EnumType(values), pick(values))
            self.names.enums[name] = values
        for name, size in (("clues", 3), ("all_clues", 64)):
            members = MEMBERS[:size] if name == "all_clues" else ("crest", "feather", "print_")
            self._flag(name, SetType(members), frozenset(self.random.sample(members, self.random.randint(0, size))))
            self.names.sets[name] = members

    def _flag(self, name: str, kind: Type, value: Value) -> None:
        self.declared.flags[name] = self.declared.new_flag(name, kind)
        self.declared.add_words(kind)
        self.types[name] = kind
        self.values[name] = value

    # -- the reference's view ------------------------------------

    def named(self, name: str) -> Value | None:
        return self.values.get(name)

    def arrivals(self, asked: syntax.Reference) -> int:
        name = ".".join(asked.path)
        return self.exact[name if name in self.exact else f"camp.{name}"]

    # -- the engine's view ------------------------------------

    def registers(self) -> list[int]:
        """The values as registers; counts stop at the bound that the typing asked for."""
        found = [0] * self.declared.registers
        for name, flag in self.declared.flags.items():
            found[flag.register] = coded(self.values[name], self.types[name])
        steps = list(self.declared.steps)
        for step, count in self.declared.counts.items():
            found[count.register] = min(self.exact[steps[step]], count.cap)
        return found


def coded(value: Value, kind: Type) -> int:
    match kind:
        case EnumType(values):
            assert isinstance(value, str)
            return values.index(value)
        case SetType(members):
            return sum(1 << members.index(member) for member in reference.group(value))
        case _:
            assert isinstance(value, int)
            return int(value)


def compiled(setting: Setting, tree: syntax.Expression) -> tuple[Type, int]:
    typing = Typing(setting.scope)
    typed = typing.expression(tree)
    assume(not _refused(typing))
    return typed.type, int(link(typed.code)(setting.registers()))


def settings_with(**options: object) -> st.SearchStrategy[Setting]:
    return st.randoms(use_true_random=False).map(lambda r: Setting(r, **options))  # type: ignore[arg-type]


def parsed(text: str) -> syntax.Expression:
    """The tree of a formula; one that is too long is passed over."""
    try:
        return parse_expression(text)
    except ExpressionError as error:
        assume(str(MAX_TOKENS) not in error.message and "deep" not in error.message)
        raise


# -- values ------------------------------------


@examples(300)
@given(settings_with())
def test_a_condition_means_what_the_reference_says(setting: Setting) -> None:
    tree = parsed(setting.formulas.condition(3))
    kind, value = compiled(setting, tree)
    assert isinstance(kind, BoolType)
    assert value == int(reference.truth(tree, setting))


@examples(300)
@given(settings_with())
def test_a_number_means_what_the_reference_says_and_lies_in_its_interval(setting: Setting) -> None:
    tree = parsed(setting.formulas.sum(3))
    kind, value = compiled(setting, tree)
    assert isinstance(kind, IntType)
    assert value == reference.number(tree, setting)
    assert kind.low <= value <= kind.high
    assert -BIG <= value <= BIG


@examples(200)
@given(settings_with())
def test_a_set_means_what_the_reference_says(setting: Setting) -> None:
    name = setting.random.choice(list(setting.names.sets))
    tree = parsed(setting.formulas.group(name, setting.names.sets[name], 3))
    kind, value = compiled(setting, tree)
    assert kind == setting.types[name]
    assert value == coded(reference.group(reference.evaluate(tree, setting)), kind)


@examples(300)
@given(settings_with())
def test_an_effect_means_what_the_reference_says(setting: Setting) -> None:
    text = setting.formulas.effect()
    assert text is not None
    tree = parse_effect(text)
    typing = Typing(setting.scope)
    effect = typing.effect(tree)
    assume(not _refused(typing))
    assert effect is not None
    register, code = effect
    name = tree.target.name
    assert register == setting.declared.flags[name].register
    value = reference.changed(tree, setting)
    kind = setting.types[name]
    assert int(link(code)(setting.registers())) == (value if isinstance(kind, IntType) else coded(value, kind))


# -- counts ------------------------------------


def count_sums(chance_of: random.Random) -> str:
    """A sum of counts and numbers, in which the exact bound is to be found."""
    pick = chance_of.choice
    counts = [f"{'visits' if place in NODES else 'times'}({place})" for place in NODES + CHOICES]
    parts = [pick((*counts, *counts, "trust", "fear", str(pick(NUMBERS)), "count(clues)"))]
    for _ in range(chance_of.randint(0, 3)):
        number = pick((0, 1, 2, 3, -2, 7))
        part = pick((*counts, "trust", str(number), f"({pick(counts)} + {number})", f"{number} * {pick(counts)}"))
        parts.append(f"{'-' if chance(chance_of, 20) else '+'} {part}")
    return " ".join(parts)


@examples(400)
@given(settings_with(numbers=(0, 1, 2, 3, 5, -1, -2)), st.data())
def test_a_count_that_stops_at_its_bound_answers_as_an_exact_one(setting: Setting, data: st.DataObject) -> None:
    operator = setting.random.choice(("<", "<=", ">", ">=", "==", "!="))
    plain = setting.random.choice(("0", "1", "3", "41", "trust", "fear - 2", "min(trust, 3)", "count(clues)"))
    sides = [count_sums(setting.random), plain]
    setting.random.shuffle(sides)
    tree = parsed(f" {operator} ".join(sides))
    typing = Typing(setting.scope)
    typed = typing.condition(tree)
    assume(not _refused(typing))
    _count_about(setting, data)
    assert int(link(typed.code)(setting.registers())) == int(reference.truth(tree, setting))


@examples(300)
@given(settings_with(numbers=(0, 1, 2, 3, 5, -1, -2)), st.data())
def test_a_count_that_stops_at_its_bound_changes_a_flag_as_an_exact_one(setting: Setting, data: st.DataObject) -> None:
    name = setting.random.choice(("trust", "fear"))
    tree = parse_effect(f"{name} {setting.random.choice(('=', '+=', '-='))} {count_sums(setting.random)}")
    typing = Typing(setting.scope)
    effect = typing.effect(tree)
    assume(not _refused(typing))
    assert effect is not None
    _count_about(setting, data)
    value, exact = link(effect[1])(setting.registers()), reference.changed(tree, setting)
    low, high = setting.names.ints[name]
    assert isinstance(exact, int)
    assert max(low, min(high, value)) == max(low, min(high, exact))
    assert (low <= value <= high) == (low <= exact <= high)


def _refused(typing: Typing) -> bool:
    """Whether counts were used in a way that has no bound, which is the one thing that may be wrong here."""
    assert all(problem.message.startswith("a count") for problem in typing.problems), typing.problems
    return bool(typing.problems)


def _count_about(setting: Setting, data: st.DataObject) -> None:
    """Let exact counts lie about the bounds that were asked for."""
    asked = [count.cap for count in setting.declared.counts.values()]
    likely = sorted({0, 1, 2, *(max(0, cap + more) for cap in asked for more in (-1, 0, 1, 9, 40))})
    steps = list(setting.declared.steps)
    for step in setting.declared.counts:
        setting.exact[steps[step]] = data.draw(st.sampled_from(likely))


# -- derived names ------------------------------------


@examples(100)
@given(settings_with(numbers=(0, 1, 2, 3)))
def test_derived_names_mean_what_they_stand_for(setting: Setting) -> None:
    runs: list[Run] = []
    codes: list[Code] = []
    for name, text in (("weight", setting.formulas.sum(2)), ("welcome", setting.formulas.condition(2))):
        typing = Typing(setting.scope)
        typed = typing.expression(tree := parsed(text))
        assume(not _refused(typing))
        setting.declared.derived[name] = Derived(name, len(codes), typed.type, typed.work)
        codes.append(typed.code)
        runs.append(link(typed.code, runs))
        setting.values[name] = reference.evaluate(tree, setting)
    setting.names.derived_bools, setting.names.derived_ints = ["welcome"], ["weight"]
    tree = parsed(setting.formulas.condition(2))
    typing = Typing(setting.scope)
    typed = typing.condition(tree)
    assume(not _refused(typing))
    assert int(link(typed.code, runs)(setting.registers())) == int(reference.truth(tree, setting))


# -- Python's notation ------------------------------------


@examples(400)
@given(settings_with(numbers=(0, 1, 2, 3), counts=False))
def test_a_formula_reads_as_python_reads_it(setting: Setting) -> None:
    setting.values |= {"trust": setting.random.randint(0, 3), "fear": setting.random.randint(-3, 3)}
    text = loosened(setting.formulas.condition(2), setting.random)
    expected = as_python(text, setting.values)
    assert int(reference.truth(parsed(text), setting)) == int(bool(expected))


def loosened(text: str, chance_of: random.Random) -> str:
    """The text less some pairs of brackets, which shifts what binds to what; only if it still is a formula."""
    pairs = []
    waiting = []
    for at, sign in enumerate(text):
        if sign == "(":
            waiting.append(at)
        elif sign == ")":
            pairs.append((waiting.pop(), at))
    gone = {at for pair in pairs if chance(chance_of, 50) and not text[: pair[0]][-1:].isalpha() for at in pair}
    shorter = "".join(sign for at, sign in enumerate(text) if at not in gone)
    typing = Typing(Setting(random.Random(0), counts=False).scope)
    try:
        typing.condition(parse_expression(shorter))
    except ExpressionError:
        return text
    return text if typing.problems else shorter


def as_python(text: str, values: Mapping[str, Value]) -> object:
    """What Python makes of a formula, words taken for strings."""
    words = {word: word for word in re.findall(r"[a-z_][a-z0-9_]*", text)}
    scope = {**words, **values, "true": True, "false": False, "count": len, "min": min, "max": max, "abs": abs}
    text = re.sub(r"([|&-]) ([a-z]\w*)\b(?!\()", lambda m: m[0] if m[2] in values else f"{m[1]} {{{m[2]}}}", text)
    return eval(text.replace("{}", "frozenset()"), {"__builtins__": {}, "frozenset": frozenset}, scope)


# -- refusals ------------------------------------

_TOKENS = st.sampled_from(
    [*"(){}+-*|&<>=,.!?:;%/'\"` ", "and", "or", "not", "in", "if", "else", "true", "trust", "mood"]
)
_MORE = st.sampled_from(
    ["==", "<=", "cold", "clues", "count(", "seen(camp.n0)", "visits(", "99999999999", "1", "é", "\n"]
)


@examples(400)
@given(st.lists(_TOKENS | _MORE, max_size=14).map(" ".join) | st.text(max_size=20))
def test_any_text_is_a_formula_or_is_refused_within_its_bounds(text: str) -> None:
    try:
        tree = parse_expression(text)
    except ExpressionError as error:
        _check_place(error.start, error.end, len(text) + 1)
        return
    typing = Typing(Setting(random.Random(0)).scope)
    typing.alone(tree)
    for problem in typing.problems:
        _check_place(problem.start, problem.end, len(text))


def _check_place(start: int, end: int, most: int) -> None:
    assert 0 <= start < end <= most
