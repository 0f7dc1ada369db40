"""Keeps a reader's places and tells the reader, once and in plain words, of whatever goes wrong with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.words import word
from waymeet.saves.autosave import Place
from waymeet.saves.memory import Legacy
from waymeet.saves.seen import Seen
from waymeet.saves.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from waymeet.console.history import History
    from waymeet.console.page import Page
    from waymeet.runtime import Moment, Story
    from waymeet.saves.autosave import Found, Generations, Unusable
    from waymeet.values import Value


class Keeper:
    """The saves of one session; `clock` gives seconds since 1970. `keeps`: whether any file is to be touched at all.

    `root` is the folder for them, the reader's own by default.
    """

    def __init__(
        self, story: Story, page: Page, clock: Callable[[], float], *, keeps: bool = True, root: Path | None = None
    ) -> None:
        self._root = root
        self._story = story
        self._page = page
        self._clock = clock
        self._shelf: Shelf | None = None
        self._trouble: OSError | None = None
        if keeps:
            self._open(story)
        self._unshelved = Legacy(story.id, {}, {})
        self._told: set[str] = set()
        self._looked: set[str] = set()
        self._seen_so_far: Seen | None = None
        #: Whether anything could not be saved.
        self.failed = False
        #: Whether the reader's place is kept as it is now.
        self.is_kept = False

    @property
    def legacy(self) -> Legacy:
        """What finished playthroughs have left; without a shelf, those of this session."""
        return self._unshelved if self._shelf is None else self._shelf.legacy

    def warn(self) -> None:
        """Say what was wrong with the folder of the saves."""
        if self._trouble is not None:
            self._page.say(word("cannot_keep", reason=self._trouble.strerror))
        if self._shelf is None:
            return
        if not self._shelf.writable and self._trouble is None:
            self._page.say(word("open_elsewhere"))
        if self._shelf.unusable is not None:
            self._say_unusable([self._shelf.unusable])
        if self._shelf.losses:
            self._settle(self._shelf)

    def find(self, protagonist: str) -> Found | None:
        """The place kept on a path; says which files could not be used."""
        if self._shelf is None:
            return None
        self._looked.add(protagonist)
        return self._found_in(self._shelf.autosaves[protagonist])

    def tell_losses(self, found: Found) -> None:
        """Say what the story, edited since, could not keep of a place, and where that stays as it was."""
        self._page.listing(word("edited_lost"), found.losses)
        if self._shelf is not None and self._shelf.writable:
            kept = [*self._shelf.autosaves.values(), *self._shelf.slots.there(), *self._shelf.left.values()]
            for files in kept:
                if files.holds(found):
                    self._page.say_file(word("set_aside"), files.set_aside(found))

    def age(self, found: Found) -> float:
        """How many seconds ago a place was kept."""
        return self._clock() - found.place.saved

    def save(self, history: History) -> None:
        """Keep the place that a history has come to."""
        self.is_kept = False
        if self._shelf is None or not self._shelf.writable:
            return
        moment = history.now
        if moment.origin.protagonist not in self._looked:
            self.find(moment.origin.protagonist)  # for the files that must not be written over
        self.is_kept = self._write(self._shelf.autosaves[moment.origin.protagonist], history)

    def _write(self, files: Generations, history: History) -> bool:
        """Keep where a history has come to in these files; whether that was done, else it is said."""
        try:
            files.write(Place.of(history.now, history.transcript, int(self._clock())))
        except OSError as error:
            self._fail("save_failed", error)
            return False
        return True

    # -- saves with names ------------------------------------

    @property
    def no_saves(self) -> str | None:
        """Why nothing can be saved here, if that is so."""
        if self._trouble is not None:
            return word("cannot_keep", reason=self._trouble.strerror)
        if self._shelf is None:
            return word("keeps_nothing")
        return None if self._shelf.writable else word("open_elsewhere")

    @property
    def slot_names(self) -> list[str]:
        """The names that the reader has given, in order."""
        return [] if self._shelf is None else [slot.name for slot in self._shelf.slots.there()]

    def find_slot(self, name: str) -> Found | None:
        """The place under a name; says which files could not be used."""
        slot = None if self._shelf is None else self._shelf.slots.named(name)
        return None if slot is None else self._found_in(slot)

    def find_slots(self) -> list[tuple[str, Found]]:
        """Each name with its place."""
        found = [(name, self.find_slot(name)) for name in self.slot_names]
        return [(name, place) for name, place in found if place is not None]

    def find_left(self, protagonist: str) -> Found | None:
        """Where the reader was on a path before they went to a save there."""
        return None if self._shelf is None else self._found_in(self._shelf.left[protagonist])

    def save_as(self, name: str, history: History) -> bool:
        """Keep the place that a history has come to under a name; whether that was done."""
        assert self._shelf is not None
        return self._write(self._shelf.slots.of(name), history)

    def put_by(self, found: Found) -> None:
        """Before a place takes the reader's own on its path, keep that, unless a save has it anyway."""
        if self._shelf is None or not self._shelf.writable:
            return
        who = found.moment.origin.protagonist
        own = self._shelf.autosaves[who].find(self._story)
        saved = [found, *(place for _, place in self.find_slots())]
        if own is None or any(own.place.moment == place.place.moment for place in saved):
            return
        self.find_left(who)  # for the files that must not be written over
        try:
            self._shelf.left[who].write(own.place)
        except OSError as error:
            self._fail("save_failed", error)

    def _found_in(self, files: Generations) -> Found | None:
        found = files.find(self._story)
        self._say_unusable(files.unusable)
        return found

    # -- what endings leave ------------------------------------

    def finish(self, moment: Moment) -> None:
        """Keep what an ending leaves."""
        self._leave(self.legacy.after(moment), "memory_failed")

    def forget(self) -> None:
        """Forget what endings have left for the next playthroughs; those found stay found."""
        self._leave(self.legacy._replace(memory={}), "forget_failed")

    def was_told(self, passages: Iterable[str]) -> bool:
        """Whether all of these passages were told to the reader before, in whichever reading."""
        return self._seen.has(passages)

    def note_told(self, passages: Iterable[str]) -> None:
        """Know that these passages were told."""
        try:
            self._seen.note(passages)
        except OSError as error:
            self._fail("seen_failed", error)

    def suppose(self, memory: Mapping[str, Value]) -> None:
        """Go on as if earlier playthroughs had left this memory, where nothing is kept."""
        self._unshelved = Legacy(self._story.id, memory, {})

    def turn_to(self, story: Story) -> None:
        """Go on with another version of the story, which may not be able to keep everything that was left."""
        self._story = story
        self._unshelved, _ = self._unshelved.brought(story)
        self._looked.clear()
        if self._shelf is not None:
            self._shelf.close()
            self._open(story)
            self.warn()

    def close(self) -> None:
        """Let another player have the story."""
        if self._shelf is not None:
            self._shelf.close()

    def _open(self, story: Story) -> None:
        self._seen_so_far = None
        try:
            self._shelf = Shelf(story, self._root)
            self._trouble = self._shelf.trouble
        except OSError as error:
            self._shelf, self._trouble = None, error

    @property
    def _seen(self) -> Seen:
        """What was told before, looked for when the first page has been shown."""
        if self._seen_so_far is None:
            self._seen_so_far = Seen(None)
            if self._shelf is not None:
                try:
                    self._seen_so_far = self._shelf.seen()
                except OSError as error:
                    self._fail("seen_failed", error)
        return self._seen_so_far

    def _settle(self, shelf: Shelf) -> None:
        self._page.listing(word("legacy_lost"), shelf.losses)
        try:
            aside = shelf.settle()
        except OSError as error:
            self._fail("settle_failed", error)
        else:
            if aside is not None:
                self._page.say_file(word("was_set_aside"), aside)

    def _leave(self, legacy: Legacy, trouble: str) -> None:
        if self._shelf is None:
            self._unshelved = legacy
            return
        try:
            self._shelf.leave(legacy)
        except OSError as error:
            self._fail(trouble, error)

    def _fail(self, name: str, error: OSError) -> None:
        self.failed = True
        if name not in self._told:
            self._told.add(name)
            self._page.say(word(name, reason=error.strerror))

    def _say_unusable(self, files: Iterable[Unusable]) -> None:
        for path, reason, aside in files:
            if f"{path} {reason}" not in self._told:
                self._told.add(f"{path} {reason}")
                self._page.say_file(word("unusable", reason=reason, aside=aside.name), path)
