"""What every construct needs to become runnable: its conditions, effects, prose and targets, read in one scene."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waymeet.authoring.fields import id_problem, rows
from waymeet.authoring.models import BreakBlock, MatchBlock, Speech, VaryBlock, VerseBlock, WhenBlock
from waymeet.authoring.names import Names, Scope
from waymeet.authoring.places import UNUSED_ALLOW, Allow, Entry, FormPlace, Places, Stretch
from waymeet.authoring.source import Scalar
from waymeet.diagnostics import did_you_mean
from waymeet.expressions.parser import parse_effect, parse_expression
from waymeet.expressions.scope import Problem, UnknownReferenceError
from waymeet.expressions.syntax import ExpressionError
from waymeet.expressions.typing import Typing
from waymeet.prose.compiler import ProseCompiler
from waymeet.prose.parser import parse_prose
from waymeet.prose.rendering import sections
from waymeet.prose.syntax import Conditional, Matched, ProseError, Varied
from waymeet.story import Assignment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from waymeet.authoring.constructs.calls import CallSite
    from waymeet.authoring.constructs.decks import Deck
    from waymeet.authoring.fields import Reading
    from waymeet.authoring.models import WrittenBlock
    from waymeet.authoring.source import Node, Source
    from waymeet.diagnostics import Span
    from waymeet.expressions import syntax
    from waymeet.expressions.code import Code
    from waymeet.expressions.scope import Typed
    from waymeet.prose.rendering import Prose
    from waymeet.prose.syntax import Case, Parts

#: What an author calls each kind of variation.
VARIATIONS = ("sequence", "cycle", "once", "shuffle")
#: A line of a text that is hardly one.
_WAY_ON = re.compile(
    r"^[ ]*(choices(?=:[ ]*$)|(?:goto|otherwise|ending|draw)(?=:[ ]+[a-z][a-z0-9_.]*[ ]*$))", re.MULTILINE
)
_NO_PARAGRAPHS = ("plain", "single", "double", "folded")


@dataclass(slots=True)
class Shared:
    """What all scenes of a story share while it is being compiled."""

    names: Names = field(default_factory=Names)
    places: Places = field(default_factory=Places)
    speakers: dict[str, str] = field(default_factory=dict)
    endings: Collection[str] = ()
    rules: Collection[str] = ()
    #: Prose by the identity of what it was written as, which lives as long as the files' models do.
    told: dict[int, Prose] = field(default_factory=dict)
    decks: dict[str, Deck] = field(default_factory=dict)
    calls: list[CallSite] = field(default_factory=list)
    variations: int = 0
    words: int = 0

    def new_variation(self) -> int:
        """The number of the next variation in the story's prose."""
        self.variations += 1
        return self.variations - 1


@dataclass(frozen=True, slots=True)
class Lowering:
    """The reading of one file's formulas and prose, with the names that its scene can use."""

    shared: Shared
    reading: Reading
    scene: str = ""
    promising: bool = False

    @property
    def scope(self) -> Scope:
        """The names that can be used here."""
        return Scope(self.shared.names, self.scene, self.promising)

    # -- formulas ------------------------------------

    def condition(self, scalar: Scalar | None) -> Code | None:
        """The code of a condition; None for none, and for one that was reported."""
        tree = None if scalar is None else self.expression(scalar)
        if scalar is None or tree is None:
            return None
        typing = Typing(self.scope)
        typed = typing.condition(tree)
        return typed.code if self._fits(scalar, typing) else None

    def typed(self, scalar: Scalar, tree: syntax.Expression) -> Typed | None:
        """An expression that is only shown, typed; None for one that was reported."""
        typing = Typing(self.scope, shown=True)
        typed = typing.alone(tree)
        return typed if self._fits(scalar, typing) else None

    def named(self, scalar: Scalar, tree: syntax.Expression) -> Typed | None:
        """What a derived name stands for, typed; None for one that was reported."""
        typing = Typing(self.scope)
        typed = typing.named(tree)
        return typed if self._fits(scalar, typing) else None

    def expression(self, scalar: Scalar) -> syntax.Expression | None:
        """The syntax tree of a formula; None for one that was reported."""
        try:
            return parse_expression(scalar.value)
        except ExpressionError as error:
            self._slip("bad-expression", scalar, error)
            return None

    def effects(self, scalars: Iterable[Scalar]) -> list[tuple[Assignment, Scalar]]:
        """The effects that a `do` lists, each with where it stands."""
        found = []
        for scalar in scalars:
            effect = self._effect(scalar)
            if effect is not None:
                found.append((effect, scalar))
        return found

    def _effect(self, scalar: Scalar) -> Assignment | None:
        try:
            tree = parse_effect(scalar.value)
        except ExpressionError as error:
            self._slip("bad-expression", scalar, error)
            return None
        typing = Typing(self.scope)
        effect = typing.effect(tree)
        self._report(scalar, typing.problems)
        return None if effect is None else Assignment(*effect)

    def _fits(self, scalar: Scalar, typing: Typing) -> bool:
        self._report(scalar, typing.problems)
        return not typing.problems

    def entry(
        self, name: Scalar, to: int, when: Scalar | None = None, own: Code | None = None, limit: Code | None = None
    ) -> Entry:
        """Where one of several ways was written, with its condition."""
        span = self.reading.source.span
        return Entry(span(name), to, None if when is None else span(when), own, limit)

    # -- targets ------------------------------------

    def target(self, scalar: Scalar) -> int | None:
        """The step of a node named in a goto; None for one that was reported."""
        try:
            return self.shared.names.node(self.scene, scalar.value)
        except UnknownReferenceError as error:
            if scalar.value in self.shared.endings:
                message = f'"{scalar.value}" is an ending, not a node'
                self.reading.report("missing-target", message, scalar, f"write `ending: {scalar.value}`")
            elif not error.excused:
                help_line = _conditional_target(scalar.value) or error.help
                self.reading.report("missing-target", error.message, scalar, help_line)
            return None

    # -- prose ------------------------------------

    def line(self, scalar: Scalar) -> Prose:
        """One text, as for a label."""
        return self._text(scalar)

    def unread(self, scalar: Scalar) -> Prose:
        """One text that no reader is told, so that its words count for nothing."""
        words = self.shared.words
        prose = self._text(scalar)
        self.shared.words = words
        return prose

    def prose(self, blocks: Sequence[WrittenBlock]) -> Prose:
        """A text or a list of blocks."""
        parts: list[Prose] = []
        for block in blocks:
            parts += [("para",), *self._block(block)]
        return tuple(parts[1:])

    def _block(self, block: WrittenBlock) -> Prose:
        match block:
            case Scalar():
                return self._text(block)
            case Speech():
                return (("speech", self._speaker(block), self._text(block.line)),)
            case VerseBlock():
                return (("verse", self._text(block.verse, verse=True)),)
            case BreakBlock():
                return (("break",),) if block.break_ else ()
            case WhenBlock():
                condition = self.condition(block.when)
                form = ("when", condition or 0, self.prose(block.text), self.prose(block.otherwise or ()))
                otherwise = None if block.otherwise is None else block.key("else")
                self._note_block(form, block, block.when, (block.key("text"), otherwise))
                return (form,)
            case MatchBlock():
                return self._match(block)
            case VaryBlock():
                return self._vary(block)

    def _text(self, scalar: Scalar, *, verse: bool = False) -> Prose:
        """One text, compiled once however many places use it, so that its variations are counted as one."""
        told = self.shared.told
        if id(scalar) not in told:
            told[id(scalar)] = self._compiled(scalar, verse=verse)
        return told[id(scalar)]

    def _compiled(self, scalar: Scalar, *, verse: bool) -> Prose:
        """In a text that YAML folded, a newline stands for an empty line."""
        value = self._without_keys(scalar) if scalar.style == "literal" else scalar.value
        try:
            parts = parse_prose(value, folded=scalar.style in _NO_PARAGRAPHS, verse=verse)
        except ProseError as error:
            self._slip("bad-prose", scalar, error)
            return ()
        except ExpressionError as error:
            self._slip("bad-prose", scalar, error)
            return ()
        compiler = self._compiler()
        prose = compiler.compile(parts)
        self._report(scalar, compiler.problems)
        for form, written in compiler.forms.items():
            self.shared.places.forms[form] = self._form_place(form, scalar, written)
        self.shared.words += count_words(prose)
        return prose

    def _form_place(self, form: int, scalar: Scalar, written: Conditional | Matched | Varied) -> FormPlace:
        """Where an inline form and its sections stand."""
        asked: syntax.Expression | None = None
        sections: Sequence[Parts]
        match written:
            case Conditional():
                asked, sections = written.condition, (written.yes, written.no)
            case Matched():
                asked, sections = written.value, tuple(case.parts for case in _else_last(written.cases))
            case Varied():
                sections = written.options
        source = self.reading.source
        told = (_stretch(source, scalar, parts[0].start, parts[-1].end) if parts else None for parts in sections)
        when = None if asked is None else Stretch(source, scalar, asked.start, asked.end)
        return FormPlace(form, when, tuple(told))

    def _note_block(self, form: Prose, block: object, when: Scalar | None, sections: Sequence[Node | None]) -> None:
        """Note where a block and its sections stand."""
        source = self.reading.source
        told = (None if node is None else Stretch(source, node) for node in sections)
        asked = None if when is None else Stretch(source, when)
        self.shared.places.forms[id(form)] = FormPlace(id(block), asked, tuple(told))

    def _without_keys(self, scalar: Scalar) -> str:
        """A block of text up to a line that is a way on, which stands so far in that it became a part of the text."""
        found = _WAY_ON.search(scalar.value)
        if found is None:
            return scalar.value
        key = found[1]
        line = self.reading.source.text.rfind("\n", 0, scalar.start.index) + 1
        column = len(re.compile(" *").match(self.reading.source.text, line)[0])  # type: ignore[index]
        help_line = (
            rf'if "{key}" is a key, indent it by no more than {column} spaces; to tell it as it is, write "{key}\:"'
        )
        problem = Problem("bad-prose", "this line is a part of the text above it", *found.span(1), help_line)
        self._report(scalar, [problem])
        return scalar.value[: found.start()]

    def printed(self, scalar: Scalar, tree: syntax.Expression) -> Prose:
        """The value of an expression, as prose."""
        compiler = self._compiler()
        printed = compiler.printed(tree)
        self._report(scalar, compiler.problems)
        return (printed,)

    def matched(self, scalar: Scalar, tree: syntax.Expression, cases: Sequence[tuple[str, Scalar, Prose]]) -> Prose:
        """Prose by the value of an expression; each case is a label, where it stands, and its prose."""
        compiler = self._compiler()
        matched = compiler.match(tree, [(label, tree, prose) for label, _, prose in cases])
        for problem in compiler.problems:
            if problem.case is None:
                self._report(scalar, [problem])
            else:
                self.reading.report(problem.rule, problem.message, cases[problem.case][1], problem.help)
        return (matched,) if matched else ()

    def _match(self, block: MatchBlock) -> Prose:
        tree = self.expression(block.match)
        if tree is None:
            return ()
        cases = [(label.value, label, self.prose(text)) for label, text in rows(block.cases)]
        labels: list[Scalar | None] = [label for _, label, _ in cases]
        if block.otherwise is not None:
            cases.append(("else", block.key("else"), self.prose(block.otherwise)))
        labels.append(None if block.otherwise is None else block.key("else"))
        prose = self.matched(block.match, tree, cases)
        for form in prose:
            self._note_block(form, block, block.match, labels)
        return prose

    def _vary(self, block: VaryBlock) -> Prose:
        if not block.of:
            self.reading.report("wrong-value", "there is nothing in this list to vary", block.key("of"))
        options = [self.prose(text) for text in block.of]
        if block.vary.value in VARIATIONS:
            if id(block) not in self.shared.told:
                form = self._compiler().vary(block.vary.value, options)
                self.shared.told[id(block)] = (form,)
                self._note_block(form, block, None, [block.key("of")] * len(options))
            return self.shared.told[id(block)]
        known = ", ".join(VARIATIONS)
        message = f'"{block.vary.value}" is no way to vary; there are {known}'
        self.reading.report("wrong-value", message, block.vary, did_you_mean(block.vary.value, VARIATIONS))
        return ()

    def _speaker(self, block: Speech) -> str:
        speakers = self.shared.speakers
        if block.speaker.value not in (speakers.keys() | self.shared.names.displaced):
            message = f'"{block.speaker.value}" is nobody in the cast'
            close = did_you_mean(block.speaker.value, speakers)
            help_line = close or "add who speaks to `cast` in the story file"
            if close is None and id_problem(block.speaker.value) is not None:
                help_line = "if this is text with a colon in it, put it in quotes"
                if self.reading.source.text[: block.speaker.start.index].rstrip().endswith("{"):
                    help_line = f'put a text that begins with a brace in quotes: "{{{block.speaker.value}: …}}"'
            if self.scope.lookup(block.speaker.value) is not None:
                help_line = f'for a condition, put the whole text in quotes: "{{{block.speaker.value}: …}}"'
            self.reading.report("unknown-name", message, block.speaker, help_line)
        else:
            for span, message, help_line in block.cut:
                self.reading.report("lost-text", message, span, help_line)
        return speakers.get(block.speaker.value, block.speaker.value)

    def _compiler(self) -> ProseCompiler:
        return ProseCompiler(self.scope, self.shared.new_variation)

    # -- findings ------------------------------------

    def note_allows(self, allow: dict[str, Scalar], step: str, thing: Span | None = None) -> None:
        """Note which findings are meant at a step, or, where it is no step that they are about, at a thing's span."""
        known = [rule for rule in self.shared.rules if rule != UNUSED_ALLOW]
        for rule, _ in rows(allow):
            if rule.value in known:
                self.shared.places.allows.append(Allow(rule.value, step, self.reading.source.span(rule), thing))
            else:
                help_line = None if rule.value == UNUSED_ALLOW else did_you_mean(rule.value, known)
                self.reading.report("unknown-name", f'there is no rule "{rule.value}" to allow', rule, help_line)

    def _report(self, scalar: Scalar, problems: Iterable[Problem]) -> None:
        for problem in problems:
            span = self.reading.source.span_in(scalar, problem.start, problem.end)
            self.reading.report(problem.rule, problem.message, span, problem.help)

    def _slip(self, rule: str, scalar: Scalar, error: ExpressionError | ProseError) -> None:
        help_line = error.help
        cut_short = error.start >= len(scalar.value) or error.message.startswith("something is missing")
        if cut_short and scalar.style == "plain" and self.reading.source.text.startswith(",", scalar.end.index):
            help_line = help_line or "between braces a comma ends the value: put the whole value in quotes"
        self._report(scalar, [Problem(rule, error.message, error.start, error.end, help_line)])


def _stretch(source: Source, scalar: Scalar, start: int, end: int) -> Stretch:
    """Some characters of a scalar, less the white space around them."""
    text = scalar.value[start:end]
    return Stretch(source, scalar, end - len(text.lstrip()), start + len(text.rstrip()))


def _else_last(cases: Sequence[Case]) -> list[Case]:
    """The cases of a match, in the order in which it is compiled."""
    return sorted(cases, key=lambda case: case.label == "else")


def _conditional_target(written: str) -> str | None:
    """What to write for a target that holds a condition."""
    if (either := re.fullmatch(r"([\w.]+) if (.+) else ([\w.]+)", written)) is not None:
        return f"write a list: [{{when: {either[2]}, to: {either[1]}}}, {{to: {either[3]}}}]"
    if (one := re.fullmatch(r"([\w.]+) (?:if|when) (.+)", written)) is not None:
        return f"write a list: [{{when: {one[2]}, to: {one[1]}}}, {{to: …}}]"
    return None


def count_words(prose: Prose) -> int:
    """How many words there are in compiled prose, whether or not one reading shows them all."""
    total = 0
    for part in prose:
        if isinstance(part, str):
            total += len(part.split())
        else:
            total += sum(count_words(section) for section in sections(part))
    return total
