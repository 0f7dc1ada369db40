"""From text to syntax tree: a precedence-climbing parser whose errors are written for people who do not program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn, cast

from waymeet.expressions.syntax import (
    FUNCTIONS,
    KEYWORDS,
    PROMISE_REFERENCES,
    REFERENCES,
    Arithmetic,
    Assign,
    Call,
    Compare,
    Comparison,
    Conditional,
    Effect,
    Expression,
    ExpressionError,
    Logic,
    Negative,
    Not,
    Number,
    Reference,
    SetOf,
    Toggle,
    Truth,
    Word,
)

if TYPE_CHECKING:
    from typing import Literal

MAX_DEPTH = 40
#: Bounds the depth of every tree as well, for a long chain of `+` is as deep as it is long.
MAX_TOKENS = 300
MAX_NUMBER = 2**31 - 1

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>\d+(?![\w]))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<operator>==|!=|<=|>=|\+=|-=|&&|\|\||[-+*|&<>=(){},.!?:;%/\"'`])"
)

#: What people write out of habit, and what it is called here.
_HABITS = {
    "&&": 'write "and"',
    "||": 'write "or"',
    "!": 'write "not"',
    "/": "there is no division: compare with a multiple instead",
    "%": "there is no remainder",
    ";": "write several effects as a list, one an item",
    '"': "words need no quotes here, and free text cannot be tested",
    "'": "words need no quotes here, and free text cannot be tested",
    "?": 'write "a if condition else b"',
    ",": 'join conditions with "and" or "or"',
    "AND": 'write "and"',
    "OR": 'write "or"',
    "NOT": 'write "not"',
    "has": 'a set is asked the other way round, as in "feather in clues"',
    "contains": 'a set is asked the other way round, as in "feather in clues"',
    "then": "a condition stands alone: what happens then has keys of its own",
}
#: What people begin an effect with.
_VERBS = frozenset(("set", "let", "make", "add", "change", "give", "take"))
#: What is said where two names stand side by side.
BETWEEN = 'between two names stands "and", "or" or a comparison such as "=="'

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def parse_expression(text: str, offset: int = 0) -> Expression:
    """The expression that a text holds; places in it are counted from `offset`. Raises `ExpressionError`."""
    parser = _Parser(text, offset)
    expression = parser.expression()
    parser.finish()
    return expression


def parse_effect(text: str) -> Effect:
    """The one effect that a text holds; raises `ExpressionError`."""
    parser = _Parser(text, 0, effect=True)
    effect = parser.effect()
    parser.finish()
    return effect


def _tokens(text: str, offset: int) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            _refuse_characters(text, at, offset)
        if len(found) == MAX_TOKENS:
            message = f"this has more than {MAX_TOKENS} words and signs"
            raise ExpressionError(message, at + offset, match.end() + offset, "give parts of it names in `derive`")
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), at + offset, match.end() + offset))
        at = match.end()
    found.append(_Token("end", "", at + offset, at + offset))
    return found


def _refuse_characters(text: str, at: int, offset: int) -> NoReturn:
    odd = re.compile(r"\w+|.", re.DOTALL).match(text, at)
    assert odd is not None
    help_line = "a name starts with a letter" if odd.group()[0].isdigit() else None
    help_line = f'leave out the "{odd.group()}"' if odd.group() in "$#@" else help_line
    raise ExpressionError(f'"{odd.group()}" means nothing here', at + offset, odd.end() + offset, help_line)


class _Parser:
    """One text being read; each method reads one form and leaves the next token at hand."""

    def __init__(self, text: str, offset: int, *, effect: bool = False) -> None:
        self._text = text
        self._effect = effect
        self._tokens = _tokens(text, offset)
        self._index = 0
        self._depth = 0

    # -- effects ------------------------------------

    def effect(self) -> Effect:
        token = self._next
        if token.text == "toggle":
            return self._toggle()
        target = self._word("an effect starts with the flag that it changes")
        operator = self._next
        if operator.text not in ("=", "+=", "-="):
            self._fail(f"expected =, += or -= after {target.name}", operator, self._meant(target))
        self._advance()
        value = self.expression()
        return Assign(token.start, value.end, target, cast("Literal['=', '+=', '-=']", operator.text), value)

    def _meant(self, target: Word) -> str:
        """What to write where an effect goes on after its flag with something else than a sign that changes it."""
        sign, following = self._next, self._tokens[min(self._index + 1, len(self._tokens) - 1)]
        if sign.text == "==":
            return '"==" asks; "=" changes'
        if sign.text in ("+", "-"):
            amount = following.text if following.kind in ("number", "name") else "1"
            return f'write "{target.name} {sign.text}= {amount}"'
        if sign.kind == "name" and (following.text in ("=", "+=", "-=") or target.name in _VERBS):
            return f'leave out "{target.name}", as in "{sign.text} = true" or "{sign.text} += 1"'
        if sign.kind in ("number", "name") and following.kind == "end":
            return f'write "{target.name} = {sign.text}"'
        if sign.text in ("*", "/", "%"):
            return f'write "{target.name} = {target.name} {sign.text} …"'
        return "an effect is `flag = …`, `+= …` or `-= …`"

    def _several(self, between: str) -> str:
        """How to write a text that holds several effects, parted by a sign or a word."""
        parts = [part.strip() for part in re.split(between, self._text)]
        nested = re.search(r"[({]", self._text)
        return f"write a list: [{'…, …' if nested else ', '.join(parts)}]"

    def _toggle(self) -> Effect:
        start = self._advance().start
        self._expect("(")
        target = self._word("toggle takes the name of a true/false flag")
        return Toggle(start, self._expect(")").end, target)

    def _word(self, help_line: str) -> Word:
        token = self._next
        if token.kind != "name" or token.text in KEYWORDS:
            help_line = 'to make a flag false, write "flag = false"' if token.text == "not" else help_line
            self._fail(f"expected a flag, found {_named(token)}", token, help_line)
        self._advance()
        return Word(token.start, token.end, token.text)

    # -- expressions, loosest first ------------------------------------

    def expression(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            help_line = "give parts of it names in `derive`"
            self._fail(f"this is nested more than {MAX_DEPTH} deep", self._next, help_line)
        result = self._conditional()
        self._depth -= 1
        return result

    def _conditional(self) -> Expression:
        yes = self._logic("or")
        if self._next.text != "if":
            return yes
        self._advance()
        condition = self._logic("or")
        self._expect("else", "a choice between two values is written `a if condition else b`")
        no = self.expression()
        return Conditional(yes.start, no.end, condition, yes, no)

    def _logic(self, operator: Literal["or", "and"]) -> Expression:
        operands = [self._operand(operator)]
        while self._next.text == operator:
            self._advance()
            operands.append(self._operand(operator))
        if len(operands) == 1:
            return operands[0]
        return Logic(operands[0].start, operands[-1].end, operator, tuple(operands))

    def _operand(self, operator: Literal["or", "and"]) -> Expression:
        return self._logic("and") if operator == "or" else self._not()

    def _not(self) -> Expression:
        token = self._next
        if token.text != "not":
            return self._comparison()
        self._advance()
        operand = self._not()
        return Not(token.start, operand.end, operand)

    def _comparison(self) -> Expression:
        first = self._union()
        rest: list[tuple[Comparison, Expression]] = []
        while (operator := self._comparison_operator()) is not None:
            rest.append((operator, self._union()))
        if not rest:
            return first
        return Compare(first.start, rest[-1][1].end, first, tuple(rest))

    def _comparison_operator(self) -> Comparison | None:
        token = self._next
        if token.text in _COMPARISONS or token.text == "in":
            self._advance()
            return cast("Comparison", token.text)
        if token.text == "not" and self._tokens[self._index + 1].text == "in":
            self._index += 2
            return "not in"
        if token.text == "=" and self._effect:
            help_line = self._several(r"\band\b") if " and " in self._text else 'to compare, write "=="'
            self._fail('"=" stands here a second time, and an effect changes one flag', token, help_line)
        if token.text == "=":
            following = self._tokens[self._index + 1].text
            meant = following + "=" if following in ("<", ">") else "=="
            self._fail('"=" changes a flag, and only `do` may', token, f'to compare, write "{meant}"')
        if token.text == "is":
            self._fail('"is" means nothing here', token, 'to compare, write "=="')
        return None

    def _union(self) -> Expression:
        return self._chain(("|",), lambda: self._chain(("&",), self._sum))

    def _sum(self) -> Expression:
        return self._chain(("+", "-"), lambda: self._chain(("*",), self._negative))

    def _chain(self, operators: tuple[str, ...], operand: _Read) -> Expression:
        left = operand()
        while self._next.text in operators:
            operator = cast("Literal['+', '-', '*', '|', '&']", self._advance().text)
            right = operand()
            left = Arithmetic(left.start, right.end, operator, left, right)
        return left

    def _negative(self) -> Expression:
        token = self._next
        if token.text != "-":
            return self._atom()
        self._advance()
        operand = self._atom()
        if isinstance(operand, Number):
            return Number(token.start, operand.end, -operand.value)
        return Negative(token.start, operand.end, operand)

    # -- atoms ------------------------------------

    def _atom(self) -> Expression:
        token = self._next
        if token.kind == "number":
            return self._number()
        if token.kind == "name":
            return self._name()
        if token.text == "(":
            self._advance()
            inner = self.expression()
            self._expect(")")
            return inner
        if token.text == "{":
            return self._set()
        if token.kind == "end" and self._index:
            before = self._tokens[self._index - 1]
            self._fail(f'something is missing after "{before.text}"', before)
        return self._fail(f"expected a value, found {_named(token)}", token, _HABITS.get(token.text))

    def _number(self) -> Expression:
        token = self._advance()
        if self._next.text == "." and self._next.start == token.end:
            self._fail("only whole numbers are known here", self._next, "count in smaller steps, say in tenths")
        if len(token.text) > 10 or int(token.text) > MAX_NUMBER:
            self._fail(f"numbers go up to {MAX_NUMBER}", token)
        return Number(token.start, token.end, int(token.text))

    def _name(self) -> Expression:
        token = self._advance()
        if token.text in ("true", "false"):
            return Truth(token.start, token.end, token.text == "true")
        if token.text in ("True", "False"):
            self._fail(f'"{token.text}" means nothing here', token, f'write "{token.text.lower()}"')
        if token.text in KEYWORDS:
            self._fail(
                f'expected a value, found "{token.text}"', token, 'leave out "if"' if token.text == "if" else None
            )
        if token.text in REFERENCES or token.text in PROMISE_REFERENCES:
            return self._reference(token)
        if self._next.text == "(":
            return self._call(token)
        if token.text in FUNCTIONS:
            self._fail(f"{token.text} needs its values in brackets", token, f"write {token.text}(…)")
        return Word(token.start, token.end, token.text)

    def _reference(self, function: _Token) -> Expression:
        self._expect("(", f"write {function.text}(node)")
        first = self._id()
        path = [first.text]
        last = first
        while self._next.text == ".":
            self._advance()
            last = self._id()
            path.append(last.text)
        written = "node.choice" if function.text in ("chosen", "times") else "node"
        end = self._expect(")", f"ids stand between the brackets, as in {function.text}({written})").end
        return Reference(function.start, end, function.text, tuple(path), first.start, last.end)

    def _id(self) -> _Token:
        if self._next.kind != "name":
            help_line = "ids need no quotes" if self._next.text in ("'", '"') else None
            self._fail(f"expected the id of a node or choice, found {_named(self._next)}", self._next, help_line)
        return self._advance()

    def _call(self, function: _Token) -> Expression:
        if function.text not in FUNCTIONS:
            known = ", ".join((*FUNCTIONS, *REFERENCES))
            self._fail(f'there is no function "{function.text}"', function, f"the functions are {known}")
        self._expect("(")
        arguments = self._list(")")
        return Call(function.start, self._expect(")").end, function.text, arguments)

    def _set(self) -> Expression:
        start = self._expect("{").start
        items = self._list("}")
        return SetOf(start, self._expect("}").end, items)

    def _list(self, closing: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while self._next.text != closing:
            items.append(self.expression())
            if self._next.text != ",":
                break
            self._advance()
        return tuple(items)

    # -- tokens ------------------------------------

    @property
    def _next(self) -> _Token:
        return self._tokens[self._index]

    def _advance(self) -> _Token:
        token = self._next
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def _expect(self, text: str, help_line: str | None = None) -> _Token:
        if self._next.text != text:
            self._fail(f'expected "{text}", found {_named(self._next)}', self._next, help_line)
        return self._advance()

    def finish(self) -> None:
        token = self._next
        if self._effect and token.text in (",", ";"):
            self._fail(f"{_named(token)} cannot join effects", token, self._several("[,;]"))
        if token.kind != "end":
            help_line = _HABITS.get(token.text) or (BETWEEN if token.kind in ("name", "number") else None)
            self._fail(f"{_named(token)} does not belong here", token, help_line)

    def _fail(self, message: str, token: _Token, help_line: str | None = None) -> NoReturn:
        raise ExpressionError(message, token.start, token.end, help_line or _HABITS.get(token.text))


if TYPE_CHECKING:
    from collections.abc import Callable

    _Read = Callable[[], Expression]


def _named(token: _Token) -> str:
    return "the end" if token.kind == "end" else f'"{token.text}"'
