"""What an author wrote that never comes about, by looking at every state in which it could: ways, conditions, prose."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from kit import reference
from kit.retold import World, expression, in_range, thrown
from kit.telling import case_of
from waymeet.prose import syntax
from waymeet.prose.parser import parse_prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kit.oracle import Oracle
    from kit.retold import Retold, State
    from kit.written import Card, Step

#: What was written, by what it is and where it stands.
Key = tuple[object, ...]


class Told(NamedTuple):
    """A finding: its rule, what it is about, the step that it names, and the one that is come to."""

    rule: str
    about: Key
    at: str
    step: str


@dataclass(slots=True)
class _Ways:
    """The entries of lists: which were asked and taken at all, and by which steps they may be."""

    users: dict[Key, dict[tuple[str, Key], None]] = field(default_factory=lambda: defaultdict(dict))
    taken: set[Key] = field(default_factory=set)
    refused: set[Key] = field(default_factory=set)
    to: dict[Key, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Things:
    """Conditions and pieces of prose: at which steps each was met, and what it stands in."""

    met: dict[Key, dict[tuple[str, str], None]] = field(default_factory=lambda: defaultdict(dict))
    unmet: dict[Key, dict[tuple[str, str], None]] = field(default_factory=lambda: defaultdict(dict))


class Unused:
    """What is never used of a story that was explored; `unseen` says whether unseen text is told of."""

    def __init__(self, oracle: Oracle, *, unseen: bool, unreached: bool) -> None:
        self._oracle = oracle
        self._retold: Retold = oracle.retold
        self._unseen = unseen
        self._unreached = unreached
        self._ways = _Ways()
        self._clauses = _Things()
        self._reasons = _Things()
        self._shown = Shown()
        self._locked: set[Key] = set()
        for step in self._retold.steps.values():
            if step.id in oracle.arrivals:
                states = list(oracle.states.get(step.id, {}).values())
                self._note_ways(step, states)
                self._note_clauses(step, states)
                self._note_prose(step, states)

    def findings(self) -> Iterator[Told]:
        """All of it."""
        yield from self._impossible_branches()
        for key, steps in self._clauses.met.items():
            if not self._clauses.unmet[key] and not (key in self._locked and self._unseen):
                yield from (Told("needless-condition", key, at, step) for at, step in steps)
        for key in self._locked:
            if not self._reasons.met[key]:
                yield from (Told("unseen-text", (*key, "locked"), at, step) for at, step in self._clauses.met[key])
        yield from self._shown.findings()

    # -- ways ------------------------------------

    def _impossible_branches(self) -> Iterator[Told]:
        ways = self._ways
        never = {
            key
            for key in ways.users
            if key not in ways.taken and (ways.to[key] in self._oracle.arrivals or not self._unreached)
        }
        unasked = {place for key in never - ways.refused for _, place in ways.users[key]}
        for key in never:
            follows = key not in ways.refused and all(
                (*place[:-1], int(str(place[-1])) - 1) in unasked for _, place in ways.users[key]
            )
            if not follows:
                yield from (Told("impossible-branch", key, at, at) for at, _ in ways.users[key])

    def _use(self, step: Step, key: Key, place: Key, to: str, taken: bool | None, refused: bool) -> None:
        self._ways.users[key][step.id, place] = None
        self._ways.to[key] = to
        if taken is not False:
            self._ways.taken.add(key)
        if refused:
            self._ways.refused.add(key)

    def _note_ways(self, step: Step, states: list[State]) -> None:
        if step.ending is not None or step.back is not None:
            return
        if step.deck is not None:
            self._note_cards(step, states)
        elif step.lots is not None:
            self._note_ranges(step, states)
        else:
            self._note_list(step, states)

    def _note_list(self, step: Step, states: list[State]) -> None:
        entries = step.onward or ()
        for position, (_, to) in enumerate(entries):
            key = (step.owner, position)
            elsewhere = step.call is not None or step.asked is not None
            sure = step.asked is not None and len(entries) == 1 and entries[0][0] is None
            self._use(step, key, key, to, None if elsewhere or sure else False, refused=False)
        resting = step.choices and (lambda state: any(not locked for _, locked in self._retold.offers(step.id, state)))
        for state in states if step.call is None and step.asked is None else ():
            if resting and resting(state):
                continue
            for position, (when, to) in enumerate(entries):
                holds = self._holds(when, step.onward_home, state)
                self._use(step, (step.owner, position), (step.owner, position), to, holds, refused=not holds)
                if holds:
                    break
        if not step.choices and len(entries) == 1 and entries[0][0] is None and step.call is None:
            self._ways.taken.add((step.owner, 0))

    def _note_cards(self, step: Step, states: list[State]) -> None:
        assert step.deck is not None
        for position, card in enumerate(step.deck.cards):
            if step.deck.pick == "offer":
                continue
            best = step.deck.pick == "best"
            place = (f"draw of {step.name}", position) if best else ("outcome", 0)
            self._use(step, ("card", card.node), place, card.node, taken=False, refused=False)
        for state in states:
            opened = self._retold.open_cards(step.id, state)
            for position, card in enumerate(step.deck.cards if step.deck.pick != "offer" else ()):
                best = step.deck.pick == "best"
                place = (f"draw of {step.name}", position) if best else ("outcome", 0)
                is_open = card in opened
                self._use(step, ("card", card.node), place, card.node, is_open, refused=not is_open)
                if best and is_open:
                    break

    def _note_ranges(self, step: Step, states: list[State]) -> None:
        lots = step.lots
        assert lots is not None
        if lots.dice is None:
            return
        for position, (_, to, _) in enumerate(lots.ways):
            key = (f"roll of {step.name}", position)
            self._use(step, key, key, to, taken=False, refused=lots.add is None)
        for state in states:
            added = 0 if lots.add is None else reference.number(expression(lots.add), self._world(step.home, state))
            for total in thrown(lots.dice):
                for position, (range_, to, _) in enumerate(lots.ways):
                    key = (f"roll of {step.name}", position)
                    holds = in_range(range_, total + added)
                    self._use(step, key, key, to, holds, refused=not holds)
                    if holds:
                        break

    # -- conditions of choices and cards ------------------------------------

    def _note_clauses(self, step: Step, states: list[State]) -> None:
        for way in step.choices:
            opened = self._retold.steps[way.step]
            key = ("choice", opened.name)
            if way.when is not None and way.locked:
                self._locked.add(key)
            for state in states if way.when is not None else ():
                if way.limit is None or state.counts[opened.name] < way.limit:
                    table = self._clauses.met if self._holds(way.when, opened.home, state) else self._clauses.unmet
                    table[key][opened.id, step.id] = None
                offers = self._retold.offers(step.id, state)
                if (way.id, True) in offers and any(not locked for _, locked in offers):
                    self._reasons.met[key][opened.id, step.id] = None
        for state in states:
            self._note_drawing(step, state)

    def _note_drawing(self, step: Step, state: State) -> None:
        opened = self._retold.open_cards(step.id, state)
        best = step.deck is not None and step.deck.pick == "best"
        for card in step.deck.cards if step.deck is not None else ():
            if card.when is not None and (card.once or not best) and not (card.once and state.counts[card.node]):
                holds = self._holds(card.when, self._retold.steps[card.node].home, state)
                at = card.node if step.deck is not None and step.deck.pick == "offer" else step.id
                table = self._clauses.met if holds else self._clauses.unmet
                table["card", card.node][at, step.id] = None
            if best and card in opened:
                return

    def _holds(self, when: str | None, home: str, state: State) -> bool:
        return when is None or reference.truth(expression(when), self._world(home, state))

    def _world(self, home: str, state: State) -> World:
        return World(self._retold, home, state.flags, state.counts)

    # -- prose ------------------------------------

    def _note_prose(self, step: Step, states: list[State]) -> None:
        for state in states:
            world = self._world(step.home, state)
            if "text" in step.data:
                self._shown.text(step.data["text"], (step.name, "text"), world, step.id)
            if step.asked is not None:
                self._shown.text(step.data["ask"]["label"], (step.name, "ask"), world, step.id)
            offers = self._retold.offers(step.id, state)
            if all(locked for _, locked in offers):
                continue
            for name, is_locked in offers:
                self._note_offer(step, name, state, is_locked=is_locked)

    def _note_offer(self, step: Step, name: str, state: State, *, is_locked: bool) -> None:
        if step.deck is not None:
            card: Card = next(card for card in step.deck.cards if card.node.endswith(f".{name}"))
            node = self._retold.steps[card.node]
            world = self._world(node.home, state)
            self._shown.text(node.data["card"]["label"], (node.name, "card"), world, step.id)
            return
        opened = self._retold.steps[f"{step.id}.{name}"]
        world = self._world(opened.home, state)
        self._shown.text(opened.data["label"], (opened.name, "label"), world, step.id)
        if is_locked and isinstance(opened.data["locked"], str):
            self._shown.text(opened.data["locked"], (opened.name, "locked"), world, step.id)
        if not is_locked and "echo" in opened.data and not self._is_counted(opened):
            self._shown.text(opened.data["echo"], (opened.name, "echo"), world, step.id)

    def _is_counted(self, step: Step) -> bool:
        """Whether it is counted how often a choice was taken, for then its echo is told by the new count."""
        linked = next(one for one in self._oracle.story.data.steps if one.id == step.id)
        return linked.arrivals is not None


class Shown:
    """Which sections of forms were shown at which steps, with those that there are; all options of variations are."""

    def __init__(self) -> None:
        self._there: dict[Key, tuple[Key, bool, bool]] = {}
        self._seen: dict[Key, dict[str, None]] = defaultdict(dict)

    def findings(self) -> Iterator[Told]:
        """The sections that were never shown though what they stand in was, and conditions that were always true."""
        for key, (around, has_text, decides) in self._there.items():
            if has_text and not self._seen[key]:
                yield from (Told("unseen-text", key, at, at) for at in self._seen[around])
            elif decides and has_text and self._seen[key] and not self._seen[*key[:-1], False]:
                yield from (Told("needless-condition", key, at, at) for at in self._seen[key])

    def text(self, data: Any, key: Key, world: World, at: str) -> None:
        """Note what is shown of a text or a list of blocks."""
        self._seen[key][at] = None
        if isinstance(data, str):
            self._parts(parse_prose(data, folded=True), key, world, at)
        for index, block in enumerate(data if isinstance(data, list) else ()):
            self._block(block, (*key, index), key, world, at)

    def _block(self, block: Any, key: Key, around: Key, world: World, at: str) -> None:
        match block:
            case str():
                self.text(block, key, world, at)
            case {"when": when, "text": text}:
                holds = reference.truth(expression(when), world)
                sections = {True: text, False: block.get("else", "")}
                self._chosen(key, around, sections, holds, at, decides=True)
                self.text(sections[holds], (*key, holds), world, at)
            case {"match": value, "cases": cases}:
                label = case_of(reference.evaluate(expression(value), world), list(cases))
                texts = {**cases, None: block.get("else", "")}
                self._chosen(key, around, texts, label, at)
                self.text(texts[label], (*key, label), world, at)
            case {"vary": _, "of": options}:
                for index, option in enumerate(options):
                    self.text(option, (*key, index), world, at)
            case {"verse": verse}:
                self._seen[key][at] = None
                self._parts(parse_prose(verse, verse=True), key, world, at)
            case {"break": _}:
                pass
            case _:
                [(_, line)] = block.items()
                self.text(line, key, world, at)

    def _chosen(
        self, key: Key, around: Key, sections: dict[Any, Any], shown: object, at: str, *, decides: bool = False
    ) -> None:
        for label, section in sections.items():
            alone = decides and label is True and not sections[False]
            self._there[*key, label] = (around, bool(section) and section != [{"break": False}], alone)
        self._seen[around][at] = None
        self._seen[*key, shown][at] = None

    def _parts(self, parts: Iterable[syntax.Part], around: Key, world: World, at: str) -> None:
        for index, part in enumerate(parts):
            key = (*around, index)
            match part:
                case syntax.Styled():
                    self._seen[key][at] = None
                    self._parts(part.parts, key, world, at)
                case syntax.Conditional():
                    holds = reference.truth(part.condition, world)
                    sections = {True: part.yes, False: part.no}
                    self._chosen(key, around, sections, holds, at, decides=True)
                    self._parts(sections[holds], (*key, holds), world, at)
                case syntax.Matched():
                    cases: dict[str | None, syntax.Parts] = {case.label: case.parts for case in part.cases}
                    otherwise = cases.pop("else", ())
                    label = case_of(reference.evaluate(part.value, world), [str(name) for name in cases])
                    self._chosen(key, around, {**cases, None: otherwise}, label, at)
                    self._parts({**cases, None: otherwise}[label], (*key, label), world, at)
                case syntax.Varied():
                    for number, option in enumerate(part.options):
                        self._seen[*key, number][at] = None
                        self._parts(option, (*key, number), world, at)
                case _:
                    pass
