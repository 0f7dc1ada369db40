"""Keeps a reader's places and tells the reader, once and in plain words, of whatever goes wrong with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.console.words import word
from waymeet.saves.autosave import Place
from waymeet.saves.memory import Legacy
from waymeet.saves.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from waymeet.console.history import History
    from waymeet.console.page import Page
    from waymeet.runtime import Moment, Story
    from waymeet.saves.autosave import Found, Unusable
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
        if not self._shelf.writable:
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
        autosave = self._shelf.autosaves[protagonist]
        found = autosave.find(self._story)
        self._say_unusable(autosave.unusable)
        return found

    def tell_losses(self, found: Found) -> None:
        """Say what the story, edited since, could not keep of a place, and where that stays as it was."""
        self._page.listing(word("edited_lost"), found.losses)
        if self._shelf is not None and self._shelf.writable:
            aside = self._shelf.autosaves[found.moment.origin.protagonist].set_aside(found)
            self._page.say_file(word("set_aside"), aside)

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
        place = Place.of(moment, history.transcript, int(self._clock()))
        try:
            self._shelf.autosaves[moment.origin.protagonist].write(place)
        except OSError as error:
            self._fail("save_failed", error)
        else:
            self.is_kept = True

    def finish(self, moment: Moment) -> None:
        """Keep what an ending leaves."""
        self._leave(self.legacy.after(moment), "memory_failed")

    def forget(self) -> None:
        """Forget what endings have left for the next playthroughs; those found stay found."""
        self._leave(self.legacy._replace(memory={}), "forget_failed")

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
        try:
            self._shelf = Shelf(story, self._root)
        except OSError as error:
            self._shelf, self._trouble = None, error

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
            self._page.say_file(word("unusable", reason=reason, aside=aside.name), path)
