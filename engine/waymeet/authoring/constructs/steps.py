"""Steps: nodes, and what choices open onto; effects, prose, and the way on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.constructs.calls import lower_call, lower_return
from waymeet.authoring.constructs.chance import lower_chance, lower_roll
from waymeet.authoring.constructs.decks import lower_draw
from waymeet.authoring.constructs.menus import meant_menu, unused_step
from waymeet.authoring.constructs.questions import lower_ask
from waymeet.authoring.constructs.story import one_line
from waymeet.authoring.fields import broken_rows, rows
from waymeet.authoring.lowering import Lowering
from waymeet.authoring.models import GotoEntry, WrittenChoice, WrittenNode, WrittenSignal
from waymeet.authoring.names import MAX_NAMED
from waymeet.diagnostics import did_you_mean
from waymeet.expressions.typing import MAX_COUNT
from waymeet.expressions.wording import reason
from waymeet.story import Branch, Choice, Choices, Emit, End, Goto, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.authoring.models import WrittenGoto, WrittenStep
    from waymeet.authoring.names import Menu
    from waymeet.authoring.places import Entry
    from waymeet.authoring.source import Scalar
    from waymeet.diagnostics import Span
    from waymeet.expressions.code import Code
    from waymeet.story import Exit

    #: A choice, where it and its condition were written, and where the reason for which it is locked.
    _Offered = tuple[Choice, Entry, Span | None]

#: The ways out of a step besides `goto`, in the order in which they are told apart.
WAYS_OUT = ("ending", "choices", "call", "return", "roll", "chance", "ask", "draw")
#: Those that go on by a `goto` afterwards.
WITH_GOTO = ("choices", "call", "ask")
#: Where a key is no name that Python allows for an attribute.
_FIELDS = {"return": "back"}


class Surroundings(NamedTuple):
    """What a step is in: its node, the nearest goto outward, whether choices here are taken once, the node's tags."""

    node: str
    outward: Goto | None
    outward_span: Span | None
    once: bool
    tags: tuple[str, ...] = ()
    #: Whether a goto of a choice beside it is one too many there, and may be meant for all of them.
    excused: bool = False


class StepLowering:
    """Lowers the steps of one scene; `steps` gathers them by index.

    For the choices of a menu, `scene` is where they are offered, and `within` has the menus that they are part of.
    """

    def __init__(
        self,
        lowering: Lowering,
        endings: Mapping[str, int],
        scene: str | None = None,
        within: tuple[str, ...] = (),
    ) -> None:
        self._lowering = lowering
        self._scene = lowering.scene if scene is None else scene
        self._within = within
        self._reading = lowering.reading
        self._shared = lowering.shared
        self._endings = endings
        self.steps: dict[int, Step] = {}

    def node(self, name: Scalar, written: WrittenNode, *, once: bool) -> None:
        """Lower a node and every step below it."""
        full = f"{self._lowering.scene}.{name.value}"
        tags = tuple(tag.value for tag in written.tags)
        self._step(full, name, written, Surroundings(full, None, None, once, tags))

    def unused_menu(self, menu: Menu) -> None:
        """Lower the choices of a menu that no step offers, as if one did."""
        around = Surroundings("", Goto(()), None, once=False)
        for key, written in rows(menu.choices):
            self._offered(unused_step(menu, key.value), key, written, around)

    def _step(self, full: str, key: Scalar, written: WrittenStep, around: Surroundings) -> None:
        self._reading.tick()
        index = self._shared.names.steps[full]
        self._shared.places.steps[index] = self._reading.source.span(key)
        effects = self._lowering.effects(written.do)
        for position, (_, scalar) in enumerate(effects):
            self._shared.places.effects[index, position] = self._reading.source.span(scalar)
        text = self._lowering.prose(written.text)
        self._lowering.note_allows(written.allow, full)
        for warn in written.warns:
            told = self._shared.places.warns.setdefault(index, [])
            told.append((one_line(warn), self._reading.source.span(warn)))
        self.steps[index] = Step(
            full,
            around.node,
            self._scene,
            tuple(dict.fromkeys((*around.tags, *(tag.value for tag in written.tags)))),
            None,
            tuple(effect for effect, _ in effects),
            text,
            self._signals(written),
            self._exit(index, full, key, written, around),
        )

    def _signals(self, written: WrittenStep) -> tuple[Emit, ...]:
        found = []
        for signal in written.signal:
            if isinstance(signal, WrittenSignal):
                values = tuple((name.value, self._lowering.unread(value)) for name, value in rows(signal.values))
                found.append(Emit(signal.name.value, values))
            else:
                found.append(Emit(signal.value, ()))
        return tuple(found)

    # -- ways out ------------------------------------

    def _exit(self, index: int, full: str, key: Scalar, written: WrittenStep, around: Surroundings) -> Exit:
        if not self._one_way(written):
            return None
        goto = self._goto(written, "goto")
        outward, span = around.outward, around.outward_span
        if goto is not None:
            outward, span = goto, self._reading.source.span(written.key("goto"))
        if written.choices is not None or written.menus:
            choices = self._choices(index, full, written, around._replace(outward=outward, outward_span=span))
            otherwise = self._goto(written, "otherwise")
            self._note_way(index, self._reading.source.span(written.key("otherwise")) if otherwise else span)
            return Choices(choices, otherwise or outward)
        if any(getattr(written, _FIELDS.get(way, way)) is not None for way in WAYS_OUT):
            if any(getattr(written, way) is not None for way in WITH_GOTO):
                self._note_way(index, span)
            return self._special(index, full, written, around._replace(outward=outward))
        is_lost = outward is None and isinstance(written, WrittenChoice) and not written.is_misspelt
        if is_lost and not around.excused:
            message = f'the choice "{key.value}" leads nowhere'
            help_line = "give it a goto, an ending or choices, or give the step it stands in a goto"
            self._reading.report("missing-target", message, key, help_line)
        self._note_way(index, span)
        return outward

    def _special(self, index: int, full: str, written: WrittenStep, around: Surroundings) -> Exit:
        """The ways out that are neither choices nor a plain goto."""
        if written.ending is not None:
            return self._ending(written.ending)
        if written.call is not None:
            return lower_call(written, written.call, around.outward, index, self._lowering)
        if written.back is not None:
            return lower_return(written.back, self._lowering)
        here = Step(full, around.node, self._scene, (), None, (), (), (), None)
        if written.roll is not None:
            return lower_roll(written.roll, here, self._lowering, self.steps)
        if written.chance is not None:
            return lower_chance(written.chance, written.key("chance"), self._lowering)
        if written.draw is not None:
            return lower_draw(written.draw, here, self._lowering, self.steps)
        assert written.ask is not None
        return lower_ask(written.ask, around.outward, self._lowering)

    def _note_way(self, index: int, span: Span | None) -> None:
        if span is not None:
            self._shared.places.ways[index] = span

    def _one_way(self, written: WrittenStep) -> bool:
        """Whether the keys of a step agree on one way out; reported when they do not."""
        ways = _ways_of(written)
        if len(ways) > 1:
            message = f"a step has one way out, and this has both {ways[0]} and {ways[1]}"
            self._reading.report("wrong-value", message, written.key(ways[1]), "keep one of them")
        for key, way in (("otherwise", "choices"), ("returns", "call")):
            if getattr(written, key) is not None and way not in ways and not (way == "choices" and written.menus):
                help_line = f'without {way}, write "goto"'
                self._reading.report("wrong-value", f"{key} needs {way}", written.key(key), help_line)
                return False
        return len(ways) <= 1

    def _ending(self, name: Scalar) -> Exit:
        if name.value in self._endings:
            return End(self._endings[name.value])
        known = f"there is {', '.join(self._endings)}; " if 0 < len(self._endings) <= MAX_NAMED else ""
        help_line = did_you_mean(name.value, self._endings) or f"{known}declare it under `endings` in the story file"
        self._reading.report("missing-target", f'there is no ending "{name.value}"', name, help_line)
        return None

    def _goto(self, written: WrittenStep, key: str) -> Goto | None:
        listed: WrittenGoto | None = getattr(written, key)
        if listed is None:
            return None
        if not listed:
            self._reading.report("wrong-value", f"this {key} leads nowhere", written.key(key))
        self._check_order(listed)
        branches = []
        entries = []
        for entry in listed:
            when, name = (entry.when, entry.to) if isinstance(entry, GotoEntry) else (None, entry)
            to = self._lowering.target(name)
            condition = self._lowering.condition(when)
            if to is not None:
                branches.append(Branch(condition, to))
                entries.append(self._lowering.entry(name, to, when, condition))
        self._shared.places.entries[self._reading.source.span(written.key(key))] = tuple(entries)
        return Goto(tuple(branches))

    def _check_order(self, listed: WrittenGoto) -> None:
        """Report what stands behind an entry that is always taken; one with a misspelt key may not be."""
        for entry, after in pairwise(listed):
            if not isinstance(entry, GotoEntry) or len(entry.node.entries) == 1:
                taken = entry.to.value if isinstance(entry, GotoEntry) else entry.value
                message = f"nothing after {taken} can be taken, for {taken} has no `when`"
                place = after.to if isinstance(after, GotoEntry) else after
                self._reading.report("wrong-value", message, place, f"give {taken} a `when`, or let it stand last")
                return

    # -- choices ------------------------------------

    def _choices(self, index: int, full: str, written: WrittenStep, around: Surroundings) -> tuple[Choice, ...]:
        choices: dict[str, WrittenChoice] = {} if written.choices is None else written.choices
        if written.choices is not None and not choices and not broken_rows(choices):
            self._reading.report("wrong-value", "there is no choice in these choices", written.key("choices"))
        around = around._replace(excused=any(len(_ways_of(choice)) > 1 for choice in choices.values()))
        found = [self._offered(f"{full}.{key.value}", key, choice, around) for key, choice in rows(choices)]
        for name in written.menus:
            found += self._from_menu(name, full, around, {choice.id for choice, _, _ in found})
        for position, (choice, entry, locked) in enumerate(found):
            self._shared.places.choices[index, position] = self._shared.places.steps[choice.to]
            self._shared.places.whens[index, position] = entry
            if locked is not None:
                self._shared.places.locked[index, position] = locked
        return tuple(choice for choice, _, _ in found)

    def _offered(self, path: str, key: Scalar, written: WrittenChoice, around: Surroundings) -> _Offered:
        choice, condition = self._choice(path, key, written, once=around.once)
        self._step(path, key, written, around)
        entry = self._lowering.entry(key, choice.to, written.when, condition, choice.shown)
        locked = None if choice.locked is None else self._reading.source.span(written.key("locked"))
        return choice, entry, locked

    def _from_menu(self, name: Scalar, full: str, around: Surroundings, taken: set[str]) -> list[_Offered]:
        """The choices of a menu, lowered for this place; they are written in the names of where the menu stands."""
        menu = meant_menu(name, self._lowering, self._within)
        if menu is None:
            return []
        lowering = Lowering(self._shared, menu.reading, menu.scene)
        here = StepLowering(lowering, self._endings, self._scene, (*self._within, menu.name))
        here.steps = self.steps
        around = around._replace(once=around.once and menu.scene != "")
        found = []
        for key, written in rows(menu.choices):
            if key.value in taken:
                message = f'there is a choice "{key.value}" here already, besides the one of the menu "{name.value}"'
                self._reading.report("duplicate-key", message, name, "give one of them another id")
            else:
                found.append(here._offered(f"{full}.{key.value}", key, written, around))
        return found

    def _choice(self, path: str, key: Scalar, written: WrittenChoice, *, once: bool) -> tuple[Choice, Code | None]:
        """A choice, and its condition as it is written."""
        to = self._shared.names.steps[path]
        limit = self._limit(to, written, once=once)
        condition = self._lowering.condition(written.when)
        choice = Choice(
            id=key.value,
            path=path,
            label=self._lowering.line(written.label),
            when=_both(limit, condition),
            locked=self._locked(path.partition(".")[2], written, limited=limit is not None),
            shown=limit,
            echo=None if written.echo is None else self._lowering.line(written.echo),
            to=to,
        )
        return choice, condition

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

    def _locked(self, path: str, written: WrittenChoice, *, limited: bool) -> object:
        if written.locked is False:
            return None
        if written.when is None and not written.is_misspelt:
            self._never_locked(path, written, limited=limited)
        if not isinstance(written.locked, bool):
            return self._lowering.line(written.locked)
        tree = None if written.when is None else self._lowering.expression(written.when)
        return None if tree is None else (reason(tree),)

    def _never_locked(self, path: str, written: WrittenChoice, *, limited: bool) -> None:
        """Report a reason that no reader can be told, for there is no condition that could be false."""
        message = "`locked` says why a choice is closed, and this one is always open"
        help_line = "say with `when` under which condition it is open, or delete `locked`"
        if limited:
            message = "`locked` is never shown here: a choice that is used up is gone, and there is no `when`"
            help_line = f"to show it locked after it was taken, write `when: not chosen({path})` instead of `once`"
        self._reading.report("wrong-value", message, written.key("locked"), help_line)


def _ways_of(written: WrittenStep) -> list[str]:
    """The keys by which a step goes on, of which there may be one."""
    ways = [way for way in WAYS_OUT if getattr(written, _FIELDS.get(way, way)) is not None]
    if written.goto is not None and ways and ways[0] not in WITH_GOTO:
        ways.insert(1, "goto")
    return ways


def _both(one: Code | None, other: Code | None) -> Code | None:
    if one is None or other is None:
        return one if other is None else other
    return ("and", one, other)
