"""A session: the title page, whose path to read, and one reading after another. The same for every view."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from waymeet.console import transcript
from waymeet.console.history import History
from waymeet.console.keeper import Keeper
from waymeet.console.keys import Command, Order, command_of
from waymeet.console.view import Option, never
from waymeet.console.words import word
from waymeet.console.workshop import Notes
from waymeet.runtime import ChoiceError, EndlessLoopError
from waymeet.saves.shelf import home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from waymeet.console.keys import Aside
    from waymeet.console.options import PlayOptions
    from waymeet.console.page import Page
    from waymeet.console.workshop import Watch
    from waymeet.runtime import Moment, Question, Story
    from waymeet.saves.autosave import Found
    from waymeet.story import Ending


class Session:
    """What the readings of one run share."""

    def __init__(
        self,
        story: Story,
        options: PlayOptions,
        page: Page,
        clock: Callable[[], float],
        watch: Watch | None = None,
        notes: Notes | None = None,
    ) -> None:
        #: How the story was written, for an author who asks.
        self.notes = Notes() if notes is None else notes
        self.story = story
        self.watch = watch
        self.options = options
        self.page = page
        root = home() / "debug" if options.debug else None
        self.keeper = Keeper(story, page, clock, keeps=not options.is_trial, root=root)
        #: The history that the reader is in, or was in last.
        self.history: History | None = None
        self._transcripts_failed = False
        self._last_words: tuple[str, Path] | None = None
        self._earlier: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether something that was to be kept could not be."""
        return self.keeper.failed or self._transcripts_failed

    # -- beginning ------------------------------------

    def begin(self, protagonist: str, seed: int | None = None) -> History | None:
        """The start of a path, with what earlier playthroughs left; None if the story cannot begin there."""
        memory = self.keeper.legacy.memory
        seed = self._seed() if seed is None else seed
        try:
            return self._opened(History([self.story.begin(protagonist, seed=seed, memory=memory)]))
        except EndlessLoopError as error:
            self.page.say(word("cannot_begin", name=self.story.protagonist(protagonist).name, reason=error))
            return None

    def resume(self, found: Found) -> History:
        """The way to a kept place, from its first choice on where that leads there in the story as it is now."""
        return self._opened(History(*self._recalled(found)), is_kept=True)

    def load(self, found: Found) -> History:
        """The way to a place that the reader has saved, which becomes their own."""
        self.keeper.put_by(found)
        history = self.resume(found)
        self.keeper.save(history)
        return history

    def load_into(self, history: History, found: Found) -> None:
        """Go over to a place that the reader has saved, from another reading, which can be come back to."""
        self.keeper.put_by(found)
        moments, told = self._recalled(found)
        self._earlier.append(transcript.text_of(history.now, history.transcript))
        history.load(moments, told)

    def _recalled(self, found: Found) -> tuple[list[Moment], tuple[str, ...]]:
        """The moments of the way to a place as far as they are known, and what was told on it."""
        moment, told = found.moment, found.place.transcript
        if found.losses:
            self.keeper.tell_losses(found)
            told = (*told, transcript.passage(moment))
        elif found.is_edited:
            self.page.say(word("edited"))
            told = (*told[:-1], transcript.passage(moment))
        who = moment.origin.protagonist
        if found.is_edited and moment.ending is not None and moment.ending not in self.keeper.legacy.found(who):
            self.keeper.finish(moment)
        return [*self.way_to(moment), moment], told

    def turn_to(self, story: Story) -> None:
        """Go on with another version of the story."""
        self.story = story
        self.keeper.turn_to(story)

    def is_stale(self) -> bool:
        """Whether the files of the story were saved since it was read."""
        return self.watch is not None and self.watch.changed()

    def way_to(self, moment: Moment) -> list[Moment]:
        """The moments before a kept one, played again; none where that does not lead to it, the story being edited."""
        try:
            moments = self.story.replay(moment.origin, moment.path)
        except (ChoiceError, EndlessLoopError, ValueError):
            return []
        return moments[:-1] if moments[-1] == moment else []

    def _opened(self, history: History, *, is_kept: bool = False) -> History:
        if self.history is not None:
            self._earlier.append(transcript.text_of(self.history.now, self.history.transcript))
        self.history = history
        self.keeper.is_kept = is_kept
        return history

    def _seed(self) -> int:
        return int.from_bytes(os.urandom(4)) if self.options.seed is None else self.options.seed

    # -- what can be asked for anywhere ------------------------------------

    def endings_of(self, protagonist: str) -> list[Ending]:
        """The endings there are on one path."""
        return [ending for ending in self.story.endings if protagonist in ending.protagonists]

    def show_help(self) -> None:
        """Everything a reader can do."""
        self.page.say(word("help"))
        self.page.table(self.page.view.help())

    def show_endings(self) -> None:
        """The titles of the endings found, path by path; on paths that were read, what the author hints of the rest."""
        self.page.say(word("endings"))
        self.page.table([(path.name, self._found_on(path.id)) for path in self.story.protagonists])
        for path in self.story.protagonists:
            hints = self.hints_left(path.id) if self.keeper.legacy.found(path.id) else []
            if hints:
                self.page.listing(word("hints_left_on", name=path.name), hints)

    def hints_left(self, protagonist: str) -> list[str]:
        """What the author hints of the endings of a path that were not found yet."""
        found = self.keeper.legacy.found(protagonist)
        return [ending.hint for ending in self.endings_of(protagonist) if ending.hint and ending.id not in found]

    def _found_on(self, protagonist: str) -> str:
        there = self.endings_of(protagonist)
        found = self.keeper.legacy.found(protagonist)
        titles = [ending.title for ending in there if ending.id in found]
        return "\n".join((word("endings_of", found=len(titles), all=len(there)), *titles))

    def write_transcript(self) -> None:
        """Write what was read on this path to a file in the current folder."""
        from pathlib import Path

        if self.history is not None:
            who = self.history.now.origin.protagonist
            text = transcript.text_of(self.history.now, self.history.transcript)
            self.page.say_file(*self._written(Path.cwd() / f"{self.story.id}-{who}-transcript.txt", text))

    def forget(self) -> bool:
        """Ask once whether what earlier readings settled is to be forgotten, and do so; whether it was."""
        self.page.say(word("anew_really"))
        if self.ask([Option(word("anew_yes")), Option(word("anew_no"))]) != 0:
            self.page.say(word("anew_not"))
            return False
        self.keeper.forget()
        self.page.say(word("anew_done"))
        return True

    def ask(self, options: Sequence[Option]) -> int | None:
        """Which option the reader takes, None when they leave; what can be done anywhere is done meanwhile."""
        while not isinstance(answer := self.ask_or_load(options), int | None):
            self.do_anywhere(answer)
        return answer

    def ask_or_load(self, options: Sequence[Option]) -> int | Aside | None:
        """The same, where the reader can also go to a save; then the command."""
        while True:
            with self._undisturbed():
                answer = self.page.view.ask(options)
            if answer is Command.QUIT:
                return None
            if isinstance(answer, int):
                return answer
            if isinstance(answer, Command | Order) and command_of(answer) is Command.LOAD:
                return answer
            self.do_anywhere(answer)

    def read(self, question: Question) -> str | Aside:
        """What the reader types in answer to a question of the console's own."""
        with self._undisturbed():
            return self.page.view.read(question)

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Have what is asked by the way hold, whatever becomes of the story's files meanwhile."""
        view = self.page.view
        is_stale, view.is_stale = view.is_stale, never
        try:
            yield
        finally:
            view.is_stale = is_stale

    def do_anywhere(self, command: Aside) -> None:
        """A command that needs no reading; says so of the others."""
        match command:
            case Command.HELP:
                self.show_help()
            case Command.ENDINGS:
                self.show_endings()
            case _:
                self.page.say(word("not_here"))

    # -- leaving ------------------------------------

    def close(self) -> None:
        """Write the transcript of the whole session if it was asked for, silently: the terminal may be gone."""
        self.keeper.close()
        path = self.options.transcript
        if path is not None and self.history is not None:
            now = transcript.text_of(self.history.now, self.history.transcript)
            self._last_words = self._written(path, "\n\n".join((*self._earlier, now)))

    def say_last_words(self) -> None:
        """Say what closing came to."""
        if self._last_words is not None:
            self.page.say_file(*self._last_words)

    def _written(self, path: Path, text: str) -> tuple[str, Path]:
        """Write a transcript; the words that say so, or why it could not be done, and the path."""
        try:
            return word("transcript_written"), transcript.write(path, text)
        except OSError as error:
            self._transcripts_failed = True
            return word("transcript_failed", reason=error.strerror), path
