"""Steps: nodes, and what choices open onto; effects, prose, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.constructs.story import one_line
from waymeet.authoring.fields import broken_rows, rows
from waymeet.authoring.models import GotoEntry, WrittenChoice, WrittenNode
from waymeet.authoring.places import Allow
from waymeet.diagnostics import did_you_mean
from waymeet.expressions.typing import MAX_COUNT
from waymeet.expressions.wording import reason
from waymeet.story import Branch, Choice, Choices, End, Goto, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import Goto as WrittenGoto
    from waymeet.authoring.models import WrittenStep
    from waymeet.authoring.source import Scalar
    from waymeet.diagnostics import Span
    from waymeet.expressions.code import Code
    from waymeet.story import Exit


class Surroundings(NamedTuple):
    """What a step is in: its node, the nearest goto outward, whether choices here are taken once, the node's tags."""

    node: str
    outward: Goto | None
    outward_span: Span | None
    once: bool
    tags: tuple[str, ...] = ()


class StepLowering:
    """Lowers the steps of one scene; `steps` gathers them by index."""

    def __init__(self, lowering: Lowering, endings: Mapping[str, int]) -> None:
        self._lowering = lowering
        self._reading = lowering.reading
        self._shared = lowering.shared
        self._endings = endings
        self.steps: dict[int, Step] = {}

    def node(self, name: Scalar, written: WrittenNode, *, once: bool) -> None:
        """Lower a node and every step below it."""
        full = f"{self._lowering.scene}.{name.value}"
        tags = tuple(tag.value for tag in written.tags)
        self._step(full, name, written, Surroundings(full, None, None, once, tags))

    def _step(self, full: str, key: Scalar, written: WrittenStep, around: Surroundings) -> None:
        index = self._shared.names.steps[full]
        self._shared.places.steps[index] = self._reading.source.span(key)
        effects = self._lowering.effects(written.do)
        for position, (_, scalar) in enumerate(effects):
            self._shared.places.effects[index, position] = self._reading.source.span(scalar)
        text = self._lowering.prose(written.text)
        self._note_allows(full, written)
        for warn in written.warns:
            told = self._shared.places.warns.setdefault(index, [])
            told.append((one_line(warn), self._reading.source.span(warn)))
        self.steps[index] = Step(
            full,
            around.node,
            self._lowering.scene,
            tuple(dict.fromkeys((*around.tags, *(tag.value for tag in written.tags)))),
            None,
            tuple(effect for effect, _ in effects),
            text,
            self._exit(index, full, key, written, around),
        )

    # -- ways out ------------------------------------

    def _exit(self, index: int, full: str, key: Scalar, written: WrittenStep, around: Surroundings) -> Exit:
        if not self._one_way(written):
            return None
        goto = self._goto(written, "goto")
        outward, span = around.outward, around.outward_span
        if goto is not None:
            outward, span = goto, self._reading.source.span(written.key("goto"))
        if written.ending is not None:
            return self._ending(written.ending)
        if written.choices is not None:
            choices = self._choices(index, full, written, around._replace(outward=outward, outward_span=span))
            otherwise = self._goto(written, "otherwise")
            self._note_way(index, self._reading.source.span(written.key("otherwise")) if otherwise else span)
            return Choices(choices, otherwise or outward)
        if outward is None and isinstance(written, WrittenChoice):
            message = f'the choice "{key.value}" leads nowhere'
            help_line = "give it a goto, an ending or choices, or give the step it stands in a goto"
            self._reading.report("missing-target", message, key, help_line)
        self._note_way(index, span)
        return outward

    def _note_way(self, index: int, span: Span | None) -> None:
        if span is not None:
            self._shared.places.ways[index] = span

    def _one_way(self, written: WrittenStep) -> bool:
        """Whether the keys of a step agree on one way out; reported when they do not."""
        if written.ending is not None:
            for other in ("choices", "goto"):
                if getattr(written, other) is not None:
                    message = f"a step has one way out, and this has both ending and {other}"
                    self._reading.report("wrong-value", message, written.key(other))
                    return False
        if written.otherwise is not None and written.choices is None:
            help_line = 'without choices, write "goto"'
            self._reading.report("wrong-value", "otherwise needs choices", written.key("otherwise"), help_line)
            return False
        return True

    def _ending(self, name: Scalar) -> Exit:
        if name.value in self._endings:
            return End(self._endings[name.value])
        help_line = did_you_mean(name.value, self._endings) or "declare it under `endings` in the story file"
        self._reading.report("missing-target", f'there is no ending "{name.value}"', name, help_line)
        return None

    def _goto(self, written: WrittenStep, key: str) -> Goto | None:
        listed: WrittenGoto | None = getattr(written, key)
        if listed is None:
            return None
        if not listed:
            self._reading.report("wrong-value", f"this {key} leads nowhere", written.key(key))
        branches = []
        for entry in listed:
            when, name = (entry.when, entry.to) if isinstance(entry, GotoEntry) else (None, entry)
            to = self._lowering.target(name)
            condition = self._lowering.condition(when)
            if to is not None:
                branches.append(Branch(condition, to))
        return Goto(tuple(branches))

    # -- choices ------------------------------------

    def _choices(self, index: int, full: str, written: WrittenStep, around: Surroundings) -> tuple[Choice, ...]:
        found = []
        assert written.choices is not None
        if not written.choices and not broken_rows(written.choices):
            self._reading.report("wrong-value", "there is no choice in these choices", written.key("choices"))
        for position, (key, choice) in enumerate(rows(written.choices)):
            self._shared.places.choices[index, position] = self._reading.source.span(key)
            path = f"{full}.{key.value}"
            found.append(self._choice(path, key, choice, once=around.once))
            self._step(path, key, choice, around)
        return tuple(found)

    def _choice(self, path: str, key: Scalar, written: WrittenChoice, *, once: bool) -> Choice:
        to = self._shared.names.steps[path]
        limit = self._limit(to, written, once=once)
        condition = self._lowering.condition(written.when)
        return Choice(
            id=key.value,
            path=path,
            label=self._lowering.line(written.label),
            when=_both(limit, condition),
            locked=self._locked(written),
            shown=limit,
            echo=None if written.echo is None else self._lowering.line(written.echo),
            to=to,
        )

    def _limit(self, to: int, written: WrittenChoice, *, once: bool) -> Code | None:
        """The condition that the choice was not taken too often yet."""
        if written.limit is not None and not 1 <= written.limit <= MAX_COUNT:
            self._reading.report("wrong-value", f"a limit goes from 1 to {MAX_COUNT:,}", written.key("limit"))
        if written.limit is not None and written.once:
            message = "once and limit contradict each other"
            self._reading.report("wrong-value", message, written.key("limit"), "keep one of them")
        limit = written.limit
        if limit is None:
            limit = 1 if (once if written.once is None else written.once) else None
        if limit is None:
            return None
        count = self._shared.names.count(to)
        count.need(limit, shown=False)
        return ("<", ("flag", count.register), limit)

    def _locked(self, written: WrittenChoice) -> object:
        if not isinstance(written.locked, bool) and written.locked is not None:
            return self._lowering.line(written.locked)
        if not written.locked:
            return None
        tree = None if written.when is None else self._lowering.expression(written.when)
        if tree is None:
            message = "locked: true words the condition, and there is no `when`"
            self._reading.report("wrong-value", message, written.key("locked"))
            return None
        return (reason(tree),)

    def _note_allows(self, full: str, written: WrittenStep) -> None:
        for rule, _ in rows(written.allow):
            if rule.value in self._shared.rules:
                span = self._reading.source.span(rule)
                self._shared.places.allows.append(Allow(rule.value, full, span))
            else:
                help_line = did_you_mean(rule.value, self._shared.rules)
                self._reading.report("unknown-name", f'there is no rule "{rule.value}"', rule, help_line)


def _both(one: Code | None, other: Code | None) -> Code | None:
    if one is None or other is None:
        return one if other is None else other
    return ("and", one, other)
