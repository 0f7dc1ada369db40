"""History: what each release says of the names of the one before, checked against the names that there are now.

Every name that a release brings must be one of now, or be led on by a later release; and none that was given up may be
one of now again, for a save could mean either.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from waymeet.authoring.constructs.fates import KINDS, FateReader
from waymeet.authoring.fields import broken_rows
from waymeet.authoring.names import MAX_SUGGESTIONS
from waymeet.diagnostics import Related, did_you_mean
from waymeet.expressions.types import EnumType, SetType, UnknownType
from waymeet.renaming import Renaming
from waymeet.story import PastNames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.authoring.constructs.fates import Fate
    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import WrittenRelease, WrittenStory
    from waymeet.authoring.names import Names
    from waymeet.expressions.scope import Flag

_FIRST = 1


def lower_history(written: WrittenStory, lowering: Lowering) -> tuple[PastNames, ...]:
    """What each release says, the first one first; what is wrong with it is reported."""
    _check_order(written.history, lowering)
    return _History(written, lowering).lowered() if written.history else ()


def _check_order(releases: list[WrittenRelease], lowering: Lowering) -> None:
    last = _FIRST - 1
    for release in releases:
        if release.release < _FIRST:
            message, help_line = f"there is no release {release.release}", f"releases are counted from {_FIRST}"
            lowering.reading.report("wrong-value", message, release.key("release"), help_line)
        elif release.release <= last:
            message = f"release {release.release} stands behind release {last}"
            help_line = "releases stand in their order, each once"
            lowering.reading.report("wrong-value", message, release.key("release"), help_line)
        last = max(last, release.release)


class _History:
    """The history of one story, with the names that there are now."""

    def __init__(self, written: WrittenStory, lowering: Lowering) -> None:
        self._written = written
        self._names = lowering.shared.names
        self._reading = lowering.reading
        self._flags = _flags_of(self._names)
        self._now = {
            "protagonists": {*written.protagonists, *broken_rows(written.protagonists)},
            "steps": _steps_of(self._names),
            "endings": set(lowering.shared.endings),
            "flags": set(self._flags),
            "values": {f"{name}.{word}" for name, flag in self._flags.items() for word in _words(flag)},
        }
        self._renaming = Renaming(())
        self._fates: list[Fate] = []
        self._given_up: dict[tuple[str, str], Fate] = {}
        self._taken: dict[tuple[str, str], Fate] = {}
        self._suggested = 0

    def lowered(self) -> tuple[PastNames, ...]:
        """What each release says, each name led on by those after it."""
        reader = FateReader(self._reading, self._names.menus, self._now["steps"])
        for key in KINDS:
            self._renaming = Renaming(self._past())
            for number, release in enumerate(self._written.history):
                self._fates += [fate for fate in reader.fates(number, key, release) if self._can_be(fate)]
        self._renaming = Renaming(self._past())
        self._check_ends()
        return (*self._past(), PastNames(steps=tuple(self._in_menus())))

    def _past(self) -> list[PastNames]:
        """What was gathered, by release."""
        tables: list[dict[str, dict[str, str]]] = [defaultdict(dict) for _ in self._written.history]
        for fate in self._fates:
            tables[fate.release]["moved" if fate.moves else fate.kind.table][fate.old] = fate.new
        return [PastNames(**{name: tuple(pairs.items()) for name, pairs in table.items()}) for table in tables]

    def _can_be(self, fate: Fate) -> bool:
        return self._is_given_up(fate) and not self._is_taken(fate)

    def _is_given_up(self, fate: Fate) -> bool:
        """Whether a name is none of now, and nothing else was said of it."""
        if self._name_now(fate) in self._now[fate.kind.table]:
            what = "renamed" if fate.to is not None and not fate.moves else "removed"
            message = f'{fate.kind.noun} "{fate.name.value}" is still there, so it was not {what}'
            help_line = "take this out, or give what is there now a name of its own: a save cannot tell the two apart"
            self._reading.report("wrong-value", message, fate.name, help_line)
            return False
        earlier = self._given_up.setdefault((fate.kind.table, fate.old), fate)
        if earlier is fate:
            return True
        related = Related(self._reading.source.span(earlier.name), "here")
        message = f'what became of {fate.kind.noun} "{fate.name.value}" is said twice'
        self._reading.report("wrong-value", message, fate.name, "say it once", (related,))
        return False

    def _name_now(self, fate: Fate) -> str:
        """An old name as it would be if this release had said nothing of it."""
        if fate.kind.table != "values":
            return fate.old
        flag, _, word = fate.old.rpartition(".")
        return f"{self._renaming.flag(flag, fate.release)}.{word}"

    def _is_taken(self, fate: Fate) -> bool:
        """Whether two things that cannot become one are said to have."""
        earlier = self._taken.setdefault((fate.kind.table, fate.new), fate)
        if fate.kind.merges or not fate.new or earlier is fate:
            return False
        message = f'{fate.kind.noun} "{earlier.name.value}" became "{fate.new}" already, and two cannot become one'
        help_line = "put the one that counts less under `removed`"
        related = Related(self._reading.source.span(earlier.name), "here")
        self._reading.report("wrong-value", message, fate.name, help_line, (related,))
        return True

    # -- what it comes to ------------------------------------

    def _check_ends(self) -> None:
        """Report what leads to nothing of now, once, where it was named last."""
        unknown: set[str] = set()
        for fate in sorted(self._fates, key=lambda fate: -fate.release):
            if fate.kind.table == "values" and not self._stays_with_flag(fate):
                continue
            end = self._end(fate)
            if end and end not in self._now[fate.kind.table] and end not in unknown and not self._names.files_lost:
                unknown.add(end)
                self._report_unknown(fate, end.replace(":", "."))

    def _end(self, fate: Fate) -> str:
        """What a name has come to by now; empty where that is gone."""
        if not fate.new:
            return ""
        since = fate.release + 1
        match fate.kind.table:
            case "steps":
                return self._renaming.step(fate.new, since)[0]
            case "flags":
                return self._renaming.flag(fate.new, since)
            case "endings":
                return self._renaming.ending(fate.new, since)
            case "protagonists":
                return self._renaming.protagonist(fate.new, since)
            case _:
                flag, _, word = fate.new.rpartition(".")
                return f"{self._renaming.flag(flag, since)}.{self._renaming.word(flag, word, since)}"

    def _stays_with_flag(self, fate: Fate) -> bool:
        """Whether a value stays with its flag, and that is there."""
        was, now = fate.old.rpartition(".")[0], fate.new.rpartition(".")[0]
        home = self._renaming.flag(was, fate.release)
        if home != self._renaming.flag(now, fate.release + 1):
            assert fate.to is not None
            message = f'a value stays with its flag, and "{was}" did not become "{now}"'
            self._reading.report("wrong-value", message, fate.to, "name the same flag on both sides")
            return False
        return bool(home) and not (home in self._flags and isinstance(self._flags[home].type, UnknownType))

    def _report_unknown(self, fate: Fate, end: str) -> None:
        assert fate.to is not None
        shown = fate.to.value
        message = f'there is no {fate.noun} "{shown}"' + ("" if shown == end else f', which would be "{end}" by now')
        otherwise = "say what it is called now, or in a later release what became of it"
        help_line = "name a node of now, or say in a later release what became of this one" if fate.moves else otherwise
        self._reading.report("unknown-name", message, fate.to, self._suggestion(fate, end) or help_line)

    def _suggestion(self, fate: Fate, end: str) -> str | None:
        """The names of its kind that are close to one that is not there; none after so many that nobody needs them."""
        self._suggested += 1
        if self._suggested > MAX_SUGGESTIONS:
            return None
        parts = KINDS["nodes"].parts if fate.moves else fate.kind.parts
        known = self._now[fate.kind.table]
        return did_you_mean(end, [name.replace(":", ".") for name in known if len(re.split("[.:]", name)) in parts])

    def _in_menus(self) -> Iterator[tuple[str, str]]:
        """The choices of menus, which are steps wherever their menu is used."""
        former: dict[str, list[str]] = defaultdict(list)
        for fate in self._fates:
            if ":" in fate.old and ":" in fate.new:
                former[self._end(fate)].append(fate.old.partition(":")[2])
        for full, index in self._names.steps.items() if former else ():
            shared = self._names.menu_choices.get(self._names.same.get(index, -1), "")
            place = full.removesuffix(shared.partition(":")[2])
            for old in former.get(shared, ()):
                if place + old not in self._now["steps"]:
                    yield place + old, full


def _flags_of(names: Names) -> dict[str, Flag]:
    """Every flag there is, free texts among them, the local ones as `scene.flag`."""
    local = {f"{scene}.{name}": flag for scene, flags in names.local.items() for name, flag in flags.items()}
    return {**names.flags, **local}


def _steps_of(names: Names) -> set[str]:
    """Scenes, nodes and choices, those of menus as `menu:choice`, too."""
    steps = (full for full in names.steps if ":" not in full)
    return {*names.scenes, *steps, *names.menu_choices.values()}


def _words(flag: Flag) -> tuple[str, ...]:
    match flag.type:
        case EnumType(words) | SetType(words):
            return words
        case _:
            return ()
