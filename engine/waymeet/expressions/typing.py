"""From syntax tree to typed, compiled code: every name resolved, every mismatch found before play.

Bare words (enum values, set members) take their meaning from what they meet: `mood == cold`, `crest in clues`. A count
of visits has no bound of its own; what it is compared with gives it one ("stops one above the largest number").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waymeet.diagnostics import did_you_mean
from waymeet.expressions import syntax
from waymeet.expressions.arithmetic import bounds, calculate, is_fixed, join, scaled, subset
from waymeet.expressions.code import depth, saturate
from waymeet.expressions.scope import Counter, Derived, Flag, Problem, Scope, Typed, UnknownReferenceError, Waiting
from waymeet.expressions.types import (
    BOOL,
    UNKNOWN,
    BoolType,
    EnumType,
    IntType,
    SetType,
    TextType,
    Type,
    UnknownType,
    WordsType,
    describe,
)

if TYPE_CHECKING:
    from waymeet.expressions.code import Code

#: Where a count stops that is printed.
LOOSE_CAP = 999
#: The most that a count may have to tell apart.
MAX_COUNT = 65_536
#: The deepest that one expression may go, derived names unfolded: running one is recursive.
MAX_DEPTH = 150
#: Numbers as they are written in prose.
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
#: So many flags are named where none is close to what was written.
_NAMED = 8
#: What people write for true and false.
_TRUTHS = {"yes": "true", "on": "true", "no": "false", "off": "false"}
#: The most work one expression may do, derived names unfolded.
MAX_WORK = 10_000


_WRONG = Typed(0, UNKNOWN)


@dataclass(slots=True)
class Typing:
    """Types and compiles the expressions of one scope; what is wrong is gathered in `problems`.

    `shown` says that the expressions only change the wording of prose.
    """

    scope: Scope
    problems: list[Problem] = field(default_factory=list)
    shown: bool = False

    # -- what the rest of the project asks for ------------------------------------

    def condition(self, tree: syntax.Expression) -> Typed:
        """A true-or-false expression."""
        typed = self.expression(tree)
        result = self._expect(typed, BOOL, tree, _truth_help(typed))
        return result if isinstance(result.type, BoolType) else _WRONG

    def expression(self, tree: syntax.Expression) -> Typed:
        """An expression of any type, its counts still waiting for what they are compared with."""
        result = self._typed(tree)
        if depth(result.code, self.scope.derived_depths()) > MAX_DEPTH:
            message = f"this stands on derived names, or is nested, more than {MAX_DEPTH} deep"
            return self._wrong(tree, "bad-expression", message)
        if result.work > MAX_WORK:
            help_line = "derived names that use each other twice over grow fast"
            return self._wrong(tree, "bad-expression", "this takes too much work to evaluate", help_line)
        return result

    def alone(self, tree: syntax.Expression) -> Typed:
        """An expression that must mean something without context, as when printed."""
        return self._settled(self.named(tree), tree)

    def named(self, tree: syntax.Expression) -> Typed:
        """The same, save that counts in it go on waiting, as in what a derived name stands for."""
        result = self.expression(tree)
        if not isinstance(result.type, WordsType):
            return result
        word = result.type.words[0] if result.type.words else "{}"
        return self._wrong(tree, "type-mismatch", f'"{word}" is a value, not a flag', "name the flag that can have it")

    def effect(self, tree: syntax.Effect) -> tuple[int, Code] | None:
        """The register that an effect changes and the code of its new value; None when something is wrong."""
        before = len(self.problems)
        flag = self._target(tree.target)
        if flag is None:
            return None
        if isinstance(tree, syntax.Toggle):
            if not isinstance(flag.type, BoolType | UnknownType):
                self._wrong(tree.target, "type-mismatch", f"{flag.name} is {describe(flag.type)}: it cannot be toggled")
                return None
            return flag.register, ("not", ("flag", flag.register))
        code = self._assigned(tree, flag)
        return None if len(self.problems) > before else (flag.register, code)

    # -- effects ------------------------------------

    def _target(self, word: syntax.Word) -> Flag | None:
        symbol = self.scope.lookup(word.name)
        match symbol:
            case Flag():
                if isinstance(symbol.type, TextType):
                    self._wrong(word, "type-mismatch", f"{word.name} is free text: only a reader can set it")
                    return None
                return symbol
            case Derived():
                message = f"{word.name} is derived: it follows from its flags and cannot be set"
                self._wrong(word, "type-mismatch", message, "change the flags that it is made of")
            case None:
                self._unknown(word)
        return None

    def _assigned(self, tree: syntax.Assign, flag: Flag) -> Code:
        value = self.expression(tree.value)
        here: Code = ("flag", flag.register)
        if tree.operator == "=":
            assigned = self._as(value, flag.type, tree.value)
            self._hold(assigned, flag.type, tree.value)
            return assigned.code
        plus = tree.operator == "+="
        match flag.type:
            case IntType():
                number = self._as(value, IntType(0, 0), tree.value)
                self._hold(number, flag.type, tree.value)
                return ("+" if plus else "-", here, number.code)
            case UnknownType():
                return value.code
            case SetType():
                members = self._as_members(value, flag.type, tree.value)
                return ("union" if plus else "without", here, members.code)
            case _:
                message = f"{flag.name} is {describe(flag.type)}: {tree.operator} needs a number or a set"
                return self._wrong(tree.target, "type-mismatch", message, f"write {flag.name} = …").code

    def _as_members(self, value: Typed, kind: SetType, tree: syntax.Expression) -> Typed:
        if isinstance(value.type, WordsType) and not value.type.many:
            return self._as(Typed(0, WordsType(value.type.words, many=True)), kind, tree)
        return self._as(value, kind, tree)

    # -- expressions ------------------------------------

    def _typed(self, tree: syntax.Expression) -> Typed:
        match tree:
            case syntax.Number():
                return Typed(tree.value, IntType(tree.value, tree.value))
            case syntax.Truth():
                return Typed(int(tree.value), BOOL)
            case syntax.Word():
                return self._word(tree)
            case syntax.SetOf():
                return self._set(tree)
            case syntax.Not():
                operand = self._boolean(tree.operand, '"not"')
                return Typed(("not", operand.code), BOOL, operand.work + 1)
            case syntax.Negative():
                return self._negative(tree)
            case syntax.Logic():
                return self._logic(tree)
            case syntax.Arithmetic():
                return self._arithmetic(tree)
            case syntax.Compare():
                return self._compare(tree)
            case syntax.Conditional():
                return self._conditional(tree)
            case syntax.Call():
                return self._call(tree)
            case syntax.Reference():
                return self._reference(tree)

    def _word(self, tree: syntax.Word) -> Typed:
        symbol = self.scope.lookup(tree.name)
        match symbol:
            case Flag():
                return Typed(("flag", symbol.register), symbol.type)
            case Derived():
                return Typed(("derived", symbol.index), symbol.type, symbol.work, symbol.waiting)
            case None:
                if self.scope.types_of_word(tree.name):
                    return Typed(0, WordsType((tree.name,)))
                return self._unknown(tree)

    def _set(self, tree: syntax.SetOf) -> Typed:
        words = []
        for item in tree.items:
            if not isinstance(item, syntax.Word):
                return self._wrong(item, "type-mismatch", "a set holds names only", "compare numbers with <= and >=")
            typed = self._word(item)
            if isinstance(typed.type, UnknownType):
                return typed
            if not isinstance(typed.type, WordsType):
                message = f"{item.name} is a flag, and a set holds the names of values"
                return self._wrong(item, "type-mismatch", message)
            words.append(item.name)
        return Typed(0, WordsType(tuple(words), many=True))

    def _boolean(self, tree: syntax.Expression, what: str) -> Typed:
        typed = self._typed(tree)
        if isinstance(typed.type, BoolType | UnknownType):
            return typed
        kind = describe(typed.type)
        return self._wrong(tree, "type-mismatch", f"{what} needs true or false, and this is {kind}", _truth_help(typed))

    def _number(self, tree: syntax.Expression, what: str) -> Typed:
        typed = self._typed(tree)
        if isinstance(typed.type, IntType | UnknownType):
            return typed
        return self._wrong(tree, "type-mismatch", f"{what} needs a number, and this is {describe(typed.type)}")

    def _negative(self, tree: syntax.Negative) -> Typed:
        typed = self._number(tree.operand, '"-"')
        if not isinstance(typed.type, IntType):
            return typed
        kind = IntType(-typed.type.high, -typed.type.low)
        return Typed(("-", 0, typed.code), kind, typed.work + 1, scaled(typed.waiting, -1))

    def _logic(self, tree: syntax.Logic) -> Typed:
        operands = [self._boolean(operand, f'"{tree.operator}"') for operand in tree.operands]
        code = (tree.operator, *(operand.code for operand in operands))
        return Typed(code, BOOL, 1 + sum(operand.work for operand in operands))

    def _arithmetic(self, tree: syntax.Arithmetic) -> Typed:
        left, right = self._typed(tree.left), self._typed(tree.right)
        if _sets(left, right):
            return self._set_arithmetic(tree, left, right)
        if tree.operator in ("|", "&"):
            help_line = f'between conditions write "{"or" if tree.operator == "|" else "and"}"'
            return self._wrong(tree, "type-mismatch", f'"{tree.operator}" joins sets', help_line)
        for typed, part in ((left, tree.left), (right, tree.right)):
            if not isinstance(typed.type, IntType | UnknownType):
                message = f'"{tree.operator}" needs numbers, and this is {describe(typed.type)}'
                return self._wrong(part, "type-mismatch", message)
        if tree.operator == "*" and (left.waiting or right.waiting) and not (is_fixed(left) or is_fixed(right)):
            left, right = self._settled(left, tree.left), self._settled(right, tree.right)
        return calculate(tree.operator, left, right)

    def _set_arithmetic(self, tree: syntax.Arithmetic, left: Typed, right: Typed) -> Typed:
        operation = {"|": "union", "&": "common", "-": "without"}.get(tree.operator)
        if operation is None:
            return self._wrong(tree, "type-mismatch", f'"{tree.operator}" needs numbers, and these are sets')
        kind = next((t.type for t in (left, right) if isinstance(t.type, SetType)), None)
        if kind is None:
            return self._wrong(tree, "type-mismatch", "one side must be a flag that holds a set")
        left = self._as_members(left, kind, tree.left)
        right = self._as_members(right, kind, tree.right)
        return Typed((operation, left.code, right.code), kind, left.work + right.work + 1)

    def _conditional(self, tree: syntax.Conditional) -> Typed:
        condition = self._boolean(tree.condition, '"if"')
        yes = self._settled(self._typed(tree.yes), tree.yes)
        no = self._settled(self._typed(tree.no), tree.no)
        if isinstance(yes.type, WordsType) and isinstance(no.type, WordsType) and yes.type.many == no.type.many:
            return Typed(0, WordsType((*yes.type.words, *no.type.words), yes.type.many))
        if isinstance(yes.type, WordsType):
            yes = self._as(yes, no.type, tree.yes)
        else:
            no = self._as(no, yes.type, tree.no)
        work = condition.work + yes.work + no.work
        return Typed(("if", condition.code, yes.code, no.code), join(yes.type, no.type), work)

    def _call(self, tree: syntax.Call) -> Typed:
        wanted = 1 if tree.function in ("abs", "count") else 2
        if len(tree.arguments) < wanted or (wanted == 1 and len(tree.arguments) > 1):
            number = "one value" if wanted == 1 else "two values or more"
            return self._wrong(tree, "bad-expression", f"{tree.function} takes {number}")
        if tree.function == "count":
            return self._count(tree)
        items = [self._settled(self._number(argument, tree.function), argument) for argument in tree.arguments]
        kinds = [item.type for item in items if isinstance(item.type, IntType)]
        if len(kinds) < len(items):
            return _WRONG
        code = (tree.function, *(item.code for item in items))
        return Typed(code, bounds(tree.function, kinds), 1 + sum(item.work for item in items))

    def _count(self, tree: syntax.Call) -> Typed:
        typed = self._typed(tree.arguments[0])
        if isinstance(typed.type, UnknownType):
            return typed
        if not isinstance(typed.type, SetType):
            kind = describe(typed.type)
            return self._wrong(tree.arguments[0], "type-mismatch", f"count needs a set flag, and this is {kind}")
        return Typed(("count", typed.code), IntType(0, len(typed.type.members)), typed.work + 1)

    def _reference(self, tree: syntax.Reference) -> Typed:
        try:
            if tree.function in syntax.PROMISE_REFERENCES:
                return self._asked(tree)
            counter = self.scope.counter(tree)
        except UnknownReferenceError as problem:
            place = syntax.Node(tree.path_start, tree.path_end)
            return _WRONG if problem.excused else self._wrong(place, "unknown-name", problem.message, problem.help)
        if tree.function in ("seen", "chosen"):
            counter.need(1, shown=self.shown)
            return Typed((">=", ("flag", counter.register), 1), BOOL)
        return Typed(("flag", counter.register), IntType(0, 0), 1, ((counter, 1),))

    def _asked(self, tree: syntax.Reference) -> Typed:
        code = self.scope.asked(tree)
        if code is None:
            message, path = f"{tree.function}(…) can only be asked in a promise", ".".join(tree.path)
            help_line = f"seen({path}) asks whether the reader has been there" if tree.function == "at" else None
            return self._wrong(tree, "bad-expression", message, help_line)
        return Typed(code, BOOL)

    # -- comparisons ------------------------------------

    def _compare(self, tree: syntax.Compare) -> Typed:
        parts: list[Code] = []
        work = 1
        left, left_tree = self._typed(tree.first), tree.first
        for operator, right_tree in tree.rest:
            right = self._typed(right_tree)
            code = self._comparison(operator, (left, left_tree), (right, right_tree))
            if code is None:
                return _WRONG
            parts.append(code)
            work += left.work + right.work
            left, left_tree = right, right_tree
        return Typed(parts[0] if len(parts) == 1 else ("and", *parts), BOOL, work)

    def _comparison(self, operator: str, left: _Side, right: _Side) -> Code | None:
        if isinstance(left[0].type, UnknownType) or isinstance(right[0].type, UnknownType):
            return None
        if operator in ("in", "not in"):
            code = self._membership(left, right)
            return code if operator == "in" or code is None else ("not", code)
        for typed, tree in (left, right):
            if operator not in ("==", "!=") and isinstance(typed.type, EnumType | BoolType):
                message = f'"{operator}" needs numbers, and this is {describe(typed.type)}'
                self._wrong(tree, "type-mismatch", message, 'compare it with "==" or "!="')
                return None
        resolved = self._same_type(left, right)
        if resolved is None:
            return None
        one, other = resolved
        if isinstance(one.type, SetType) and operator not in ("==", "!="):
            return subset(operator, one.code, other.code)
        return (operator, one.code, other.code)

    def _membership(self, left: _Side, right: _Side) -> Code | None:
        """`item in group`: a member's index in a set's mask, or an enum's value among some that are written out."""
        (item, item_tree), (group, group_tree) = left, right
        if isinstance(group.type, SetType) and isinstance(item.type, WordsType) and not item.type.many:
            item = self._as(item, EnumType(group.type.members), item_tree)
        elif isinstance(item.type, EnumType) and isinstance(group.type, WordsType) and group.type.many:
            group = self._as(group, SetType(item.type.values), group_tree)
        elif isinstance(group.type, SetType):
            self._wrong(item_tree, "type-mismatch", f"only a member can be in {describe(group.type)}")
            return None
        else:
            message = f'"in" needs a set on its right, and this is {describe(group.type)}'
            self._wrong(group_tree, "type-mismatch", message, "write `mood in {cold, open}` or `crest in clues`")
            return None
        known = not isinstance(item.type, UnknownType) and not isinstance(group.type, UnknownType)
        return ("has", item.code, group.code) if known else None

    def _same_type(self, left: _Side, right: _Side) -> tuple[Typed, Typed] | None:
        (one, one_tree), (other, other_tree) = left, right
        before = len(self.problems)
        if isinstance(one.type, TextType) or isinstance(other.type, TextType):
            tree = one_tree if isinstance(one.type, TextType) else other_tree
            self._wrong(tree, "type-mismatch", "free text may be printed, never tested", "keep what matters in a flag")
        elif isinstance(one.type, IntType) and isinstance(other.type, IntType):
            self._bound(one, other, one_tree)
        elif isinstance(one.type, WordsType) and isinstance(other.type, WordsType):
            self._wrong(one_tree, "type-mismatch", "both sides are fixed values: one must be a flag")
        elif isinstance(one.type, WordsType):
            one = self._as(one, other.type, one_tree)
        else:
            other = self._as(other, one.type, other_tree)
        return (one, other) if len(self.problems) == before else None

    # -- counts ------------------------------------

    def _bound(self, one: Typed, other: Typed, tree: syntax.Expression) -> None:
        """Tell the counts in a comparison how far they must be exact, given the intervals of all else in it.

        With counts c ≥ 0, factors k > 0 and a rest of at least r, `Σkc + rest ? 0` has turned once kc > -r, so a count
        that stops at the first such value answers every comparison alike.
        """
        assert isinstance(one.type, IntType)
        assert isinstance(other.type, IntType)
        factors = self._factors((*one.waiting, *scaled(other.waiting, -1)), tree)
        least = one.type.low - other.type.high
        most = one.type.high - other.type.low
        for counter, _ in (*one.waiting, *other.waiting):
            factor = factors.get(counter.register, 0)
            if factor:
                self._need(counter, (most if factor < 0 else -least) // abs(factor) + 1, tree)

    def _hold(self, value: Typed, flag: Type, tree: syntax.Expression) -> None:
        """Tell the counts in what a flag is set to, or changed by, how far they must be exact: past all it can hold."""
        if isinstance(value.type, IntType) and isinstance(flag, IntType):
            span = flag.high - flag.low + max(abs(flag.high), abs(flag.low))
            rest = max(abs(value.type.low), abs(value.type.high))
            factors = self._factors(value.waiting, tree)
            for counter, _ in value.waiting:
                if factor := factors.get(counter.register, 0):
                    self._need(counter, (span + rest) // abs(factor) + 1, tree)

    def _factors(self, waiting: Waiting, tree: syntax.Expression) -> dict[int, int]:
        """The factor of each count by its register; none where counts pull both ways, which nothing bounds."""
        factors: dict[int, int] = {}
        for counter, factor in waiting:
            factors[counter.register] = factors.get(counter.register, 0) + factor
        if min(factors.values(), default=0) < 0 < max(factors.values(), default=0):
            self._endless(tree)
            return {}
        return factors

    def _need(self, counter: Counter, cap: int, tree: syntax.Expression) -> None:
        if cap > MAX_COUNT:
            self._wrong(tree, "type-mismatch", f"a count goes up to {MAX_COUNT:,}", "compare it with a smaller number")
            return
        counter.need(max(1, cap), shown=self.shown)

    def _settled(self, typed: Typed, tree: syntax.Expression) -> Typed:
        """What was typed, with no count in it waiting: prose may show one, all else has to compare it."""
        if not typed.waiting:
            return typed
        if not self.shown:
            return self._endless(tree)
        for counter, _ in typed.waiting:
            counter.need(LOOSE_CAP, shown=True)
        assert isinstance(typed.type, IntType)
        down = LOOSE_CAP * sum(factor for _, factor in typed.waiting if factor < 0)
        up = LOOSE_CAP * sum(factor for _, factor in typed.waiting if factor > 0)
        kind = IntType(saturate(typed.type.low + down), saturate(typed.type.high + up))
        return Typed(typed.code, kind, typed.work)

    def _endless(self, tree: syntax.Expression) -> Typed:
        message = "a count has no largest value, so it can only be compared with a number"
        return self._wrong(
            tree, "type-mismatch", message, "write it as in `visits(…) >= 3`, or `visits(…) + 1 > trust`"
        )

    # -- words and types ------------------------------------

    def _as(self, typed: Typed, kind: Type, tree: syntax.Expression) -> Typed:
        """`typed` as a value of type `kind`, bare words resolved; reported when it is not one."""
        match typed.type, kind:
            case (UnknownType(), _) | (_, UnknownType()):
                return typed
            case WordsType(), _ if isinstance(tree, syntax.Conditional):
                condition = self._boolean(tree.condition, '"if"')
                yes, no = (self._as(self._typed(part), kind, part) for part in (tree.yes, tree.no))
                return Typed(("if", condition.code, yes.code, no.code), kind, condition.work + yes.work + no.work)
            case WordsType(words, many), EnumType() | SetType() if many == isinstance(kind, SetType):
                indexes = [self._index(word, kind, tree) for word in words]
                if any(index is None for index in indexes):
                    return _WRONG
                known = [index for index in indexes if index is not None]
                return Typed(sum(1 << index for index in set(known)) if many else known[0], kind)
            case _:
                return self._expect(typed, kind, tree)

    def _expect(self, typed: Typed, kind: Type, tree: syntax.Expression, help_line: str | None = None) -> Typed:
        same = isinstance(typed.type, IntType) and isinstance(kind, IntType)
        if same or typed.type == kind or isinstance(typed.type, UnknownType):
            return typed
        if isinstance(kind, SetType) and isinstance(typed.type, WordsType):
            word = typed.type.words[0]
            help_line = f'"{word} in …" asks for it, "+= {word}" adds it; a set is written in braces: {{{word}}}'
        if help_line is None and isinstance(kind, BoolType):
            help_line = "write true or false"
        if help_line is None and isinstance(kind, IntType):
            help_line = "write a number"
        message = f"expected {describe(kind)}, and this is {describe(typed.type)}"
        return self._wrong(tree, "type-mismatch", message, help_line)

    def _index(self, word: str, kind: EnumType | SetType, tree: syntax.Expression) -> int | None:
        values = kind.values if isinstance(kind, EnumType) else kind.members
        if word in values:
            return values.index(word)
        place = _place_of(word, tree)
        message = f'"{word}" is not one of {", ".join(values)}'
        self._wrong(place, "type-mismatch", message, did_you_mean(word, values))
        return None

    def _unknown(self, word: syntax.Word) -> Typed:
        if self.scope.is_incomplete():
            return _WRONG
        message = f'there is no flag or value "{word.name}"'
        return self._wrong(word, "unknown-name", message, self._suggest(word.name))

    def _suggest(self, word: str) -> str | None:
        if word in _TRUTHS:
            return f'write "{_TRUTHS[word]}"'
        if word in NUMBERS:
            return f'write "{NUMBERS.index(word)}"'
        return self.scope.other_meaning(word) or did_you_mean(word, self.scope.names()) or self._known(word)

    def _known(self, word: str) -> str:
        """The flags and derived names that there are."""
        flags = [name for name in self.scope.names() if self.scope.lookup(name) is not None]
        if not flags:
            return f"declare it under `flags` in the story file, as in `{word}: false`"
        more = ", …" if len(flags) > _NAMED else ""
        return f"there is {', '.join(flags[:_NAMED])}{more}; a new one is declared under `flags` in the story file"

    def _wrong(self, place: syntax.Node, rule: str, message: str, help_line: str | None = None) -> Typed:
        self.problems.append(Problem(rule, message, place.start, place.end, help_line))
        return _WRONG


if TYPE_CHECKING:
    _Side = tuple[Typed, syntax.Expression]


def _sets(*sides: Typed) -> bool:
    return any(
        isinstance(side.type, SetType) or (isinstance(side.type, WordsType) and side.type.many) for side in sides
    )


def _truth_help(typed: Typed) -> str | None:
    if isinstance(typed.type, WordsType):
        return f"compare a flag with it, as in `… == {typed.type.words[0]}`" if typed.type.words else None
    if isinstance(typed.type, EnumType):
        return f"compare it with a value, as in `… == {typed.type.values[0]}`"
    return "compare it with something, as in `trust >= 1`" if isinstance(typed.type, IntType) else None


def _place_of(word: str, tree: syntax.Expression) -> syntax.Node:
    """The very word inside a set that was written out, else the whole."""
    if isinstance(tree, syntax.SetOf):
        for item in tree.items:
            if isinstance(item, syntax.Word) and item.name == word:
                return item
    return tree
