"""From text to the syntax tree of prose: paragraphs, emphasis, and the forms in braces."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from waymeet.expressions.parser import BETWEEN, parse_expression
from waymeet.expressions.syntax import ExpressionError
from waymeet.prose.syntax import (
    Case,
    Conditional,
    Line,
    Matched,
    Paragraph,
    Printed,
    ProseError,
    Styled,
    Varied,
    Words,
)

if TYPE_CHECKING:
    from waymeet.expressions.syntax import Expression
    from waymeet.prose.syntax import Part, Parts, Style, Variation

MAX_DEPTH = 16
_SPECIAL = "{}|:?*\\&!~"
_VARIATIONS: dict[str, Variation] = {"&": "cycle", "!": "once", "~": "shuffle"}
_PLAIN = re.compile(r"[^\\{}|*\n]+")
_SPACE = re.compile(r"\s+")
_LABEL_END = re.compile(r"[:{}|]")


def parse_prose(text: str, *, folded: bool = False, verse: bool = False) -> Parts:
    """The parts of a text; raises `ProseError`, and `ExpressionError` for a condition in it that is none.

    In a text that YAML has folded, each newline left stands for an empty line; in a verse, each ends a line.
    """
    parser = _Parser(text, "verse" if verse else "folded" if folded else "block")
    parts = parser.parts()
    if parser.at < len(text):
        raise ProseError('this "}" closes nothing', parser.at, parser.at + 1, r"to print a brace, write \}")
    return _trimmed(parts)


class _Parser:
    """One text being read; `at` is the next character."""

    def __init__(self, text: str, newlines: str) -> None:
        self.text = text
        self.at = 0
        self._last = len(text.rstrip(" "))
        self._newlines = newlines
        self._depth = 0
        self._open: list[Style] = []

    def parts(self) -> Parts:
        """Everything up to the end, or, inside braces, up to what ends this piece."""
        found: list[Part] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "}" or (character == "|" and self._depth) or (character == "*" and self._closes()):
                break
            found.append(self._part(character))
        return tuple(found)

    def _part(self, character: str) -> Part:
        start = self.at
        match character:
            case "\\":
                return self._escaped()
            case "{":
                return self._braces()
            case "*":
                return self._styled()
            case "\n":
                return self._newline()
            case "|":
                self.at += 1
                return Words(start, self.at, "|")
            case _:
                found = _PLAIN.match(self.text, self.at)
                assert found is not None
                self.at = found.end()
                return Words(start, self.at, _SPACE.sub(" ", found.group()))

    def _escaped(self) -> Part:
        start = self.at
        following = self.text[start + 1 : start + 2]
        if following == "\n":
            self.at = start + 1
            end = self._newline()
            return end if isinstance(end, Paragraph) else Line(start, self.at)
        if start + 1 >= self._last:
            self.at = start + 2
            return Line(start, self.at)
        if following not in _SPECIAL:
            raise ProseError(f'"\\{following}" means nothing', start, start + 2, r"to print a backslash, write \\")
        self.at = start + 2
        return Words(start, self.at, following)

    def _newline(self) -> Part:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in " \n":
            self.at += 1
        lines = self.text.count("\n", start, self.at)
        if lines > 1 or (lines == 1 and self._newlines == "folded"):
            if self._open:
                raise ProseError("emphasis is still open where the paragraph ends", start - 1, start, _STAR)
            return Paragraph(start, self.at)
        return Line(start, self.at) if self._newlines == "verse" else Words(start, self.at, " ")

    # -- emphasis ------------------------------------

    def _stars(self) -> Style:
        return "strong" if self.text.startswith("**", self.at) else "em"

    def _closes(self) -> bool:
        return bool(self._open) and (self._open[-1] == self._stars() or self._open[-2:] == ["strong", "em"])

    def _styled(self) -> Part:
        start = self.at
        style = self._stars()
        if style in self._open:
            raise ProseError("emphasis is opened twice", start, start + 1, _STAR)
        self.at += 2 if style == "strong" else 1
        self._open.append(style)
        parts = self.parts()
        self._open.pop()
        if self.at >= len(self.text) or self.text[self.at] != "*" or not parts:
            raise ProseError("this emphasis is never closed", start, start + 1, _STAR)
        self.at += 2 if style == "strong" else 1
        return Styled(start, self.at, style, parts)

    # -- braces ------------------------------------

    def _braces(self) -> Part:
        start = self.at
        if self._depth == MAX_DEPTH:
            raise ProseError(f"braces are nested more than {MAX_DEPTH} deep", start, start + 1)
        outer, self._open = self._open, []
        self._depth += 1
        self.at += 1
        part = self._form(start)
        self._depth -= 1
        self._open = outer
        return replace(part, end=self.at)

    def _form(self, start: int) -> Part:
        mark = self.text[self.at : self.at + 1]
        if mark in _VARIATIONS:
            self._refuse_condition(start)
            self.at += 1
            return Varied(start, start, _VARIATIONS[mark], self._options(start))
        end, sign = self._header(start)
        if sign == "|":
            return Varied(start, start, "sequence", self._options(start))
        if not self.text[self.at : end].strip():
            raise ProseError("nothing stands between these braces", start, end + 1, r"to print braces, write \{ \}")
        expression = self._header_expression(end, sign)
        self.at = end + 1
        if sign == "}":
            return Printed(start, start, expression)
        if sign == "?":
            return Matched(start, start, expression, self._cases(start))
        options = self._options(start)
        self._refuse_else(options)
        if len(options) > 2:
            message = "a condition has two parts at most, one for yes and one for no"
            raise ProseError(message, start, self.at, r"to print a bar, write \|")
        return Conditional(start, start, expression, options[0], options[1] if len(options) == 2 else ())

    def _header_expression(self, end: int, sign: str) -> Expression:
        try:
            return parse_expression(self.text[self.at : end], self.at)
        except ExpressionError as error:
            what = {":": "a colon inside braces", "?": "a question mark inside braces"}.get(sign, "the brace")
            print_it = rf"to print {what}, write \{'{' if sign == '}' else sign}"
            help_line = print_it if error.help in (None, BETWEEN) else error.help
            raise ExpressionError(error.message, error.start, error.end, help_line) from error

    def _refuse_condition(self, start: int) -> None:
        """A colon before any bar makes what stands before it a condition, and none starts with a variation's mark."""
        end, sign = self._header(start)
        if sign == ":":
            message = f'"{self.text[self.at : end]}" is no condition'
            raise ProseError(message, self.at, end, r'for the opposite write "not …"; to print a colon, write \:')

    def _refuse_else(self, options: tuple[Parts, ...]) -> None:
        """What is told otherwise stands behind a bar; an `else:` would be told to the reader."""
        for part in (part for option in options for part in option if isinstance(part, Words)):
            found = re.compile(r"[,;.]?\s*\b(else:)\s").search(self.text, part.start, part.end)
            if found is not None:
                help_line = r"write {condition: one text | another}; to print a colon, write \:"
                raise ProseError('what is told otherwise stands behind a "|"', *found.span(1), help_line)

    def _header(self, start: int) -> tuple[int, str]:
        """Where the first of `: | ? }` stands that is inside no brackets, and which it is."""
        brackets: list[int] = []
        at = self.at
        while at < len(self.text):
            character = self.text[at]
            if not brackets and character in ":|?}":
                return at, character
            if character in "({":
                brackets.append(at)
            elif character in ")}" and brackets:
                opened = brackets.pop()
                if character == "}" and self.text[opened] == "(":
                    raise ProseError('this "(" is never closed', opened, opened + 1)
            at += 2 if character == "\\" else 1
        raise ProseError("this brace is never closed", start, start + 1, r"to print a brace, write \{")

    def _options(self, start: int) -> tuple[Parts, ...]:
        options = [_trimmed(self.parts())]
        while self._sign(start) == "|":
            options.append(_trimmed(self.parts()))
        return tuple(options)

    def _cases(self, start: int) -> tuple[Case, ...]:
        cases = [self._case()]
        while self._sign(start) == "|":
            cases.append(self._case())
        return tuple(cases)

    def _case(self) -> Case:
        found = _LABEL_END.search(self.text, self.at)
        written = self.text[self.at : found.start()] if found is not None and found.group() == ":" else ""
        label = written.strip()
        if not label:
            message = "each part here needs a value and a colon, as in `cold: …`"
            raise ProseError(message, self.at, self.at + 1, "a last part `else: …` stands for all others")
        start = self.at + len(written) - len(written.lstrip())
        self.at += len(written) + 1
        return Case(start, start + len(label), label, _trimmed(self.parts()))

    def _sign(self, start: int) -> str:
        """The `|` or `}` that ended a part, read."""
        if self.at >= len(self.text):
            raise ProseError("this brace is never closed", start, start + 1, r"to print a brace, write \{")
        sign = self.text[self.at]
        if sign == "*":
            raise ProseError("emphasis must close in the part where it opens", self.at, self.at + 1, _STAR)
        self.at += 1
        return sign


_STAR = r"*words* and **words** are emphasis; to print a star, write \*"


def _trimmed(parts: Parts) -> Parts:
    """The parts without the white space at their ends, which belongs to the braces and bars."""
    first, last = 0, len(parts)
    while first < last and _is_blank(parts[first]):
        first += 1
    while first < last and _is_blank(parts[last - 1]):
        last -= 1
    found = list(parts[first:last])
    for index, strip in ((0, str.lstrip), (-1, str.rstrip)):
        part = found[index] if found else None
        if isinstance(part, Words):
            found[index] = replace(part, text=strip(part.text))
    return tuple(found)


def _is_blank(part: Part) -> bool:
    return isinstance(part, Paragraph) or (isinstance(part, Words) and not part.text.strip())
