"""Every word that the console itself says to a reader, by name, in one table for each language; English is here."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from string import Formatter
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waymeet.runtime import Question

ENGLISH: dict[str, str] = {
    # the front door
    "by": "by {authors}",
    "warns": "Content warnings: {warns}.",
    "path": "{name}. {about}",
    "found_some_one": "{found} of {all} ending found.",
    "found_some_other": "{found} of {all} endings found.",
    "found_all_one": "The only ending found.",
    "found_all_other": "All {all} endings found.",
    "choose_path": "Read as {name}",
    "choose_anew": "Begin {name}'s path anew, and give up your place on it",
    "you_were_at": "You were on {name}'s path, at {heading}, {when}. Continue?",
    "you_were": "You were on {name}'s path, {when}. Continue?",
    "continue": "Continue {name}'s path",
    "anew": "Begin the whole telling anew (forgets what earlier readings settled; endings found stay counted)",
    "anew_really": "Forget what earlier readings settled?",
    "anew_yes": "Yes, begin the whole telling anew",
    "anew_no": "No, leave it as it is",
    "anew_done": "It is forgotten: whichever path you begin now is the first to be told.",
    "anew_not": "Everything is as it was.",
    "return_to_ending": "Go back to where {name}'s path ended",
    "load": "Go to a save",
    "leave": "Leave",
    # how long ago
    "just_now": "just now",
    "minutes_ago_one": "a minute ago",
    "minutes_ago_other": "{n} minutes ago",
    "hours_ago_one": "an hour ago",
    "hours_ago_other": "{n} hours ago",
    "days_ago_one": "yesterday",
    "days_ago_other": "{n} days ago",
    # choosing
    "taken": "(taken before)",
    "locked": "({reason})",
    "option_spoken": "{n} of {all}: {label}",
    "taken_spoken": "Taken before.",
    "locked_spoken": "Not open: {label} {reason}",
    "prompt": "Your choice: ",
    "how_to_answer": 'Type the number of a choice and press Enter; "help" lists what else you can type.',
    "no_answer": '"{answer}" is no answer here.',
    "numbers": "Type a number from 1 to {last}, or help.",
    "number": "Type 1, or help.",
    "no_numbers": "Nothing can be chosen here: type undo, or quit.",
    "hint_number": "1 choose",
    "hint_numbers": "1-{last} choose",
    "hint_digits": "number and Enter: {typed}",
    # answering
    "prompt_answer": "Your answer: ",
    "how_to_answer_question": 'Type your answer and press Enter; ":help" lists what else you can type, ":undo" and '
    '":quit" among it.',
    "asked_number": "A number from {low} to {high}.",
    "asked_text_one": "At most {high} character.",
    "asked_text_other": "At most {high} characters.",
    "hint_entry": ":undo   :help   :quit",
    "no_fit": "That cannot be the answer.",
    # saves with names
    "slot_name": "Save under which name? Enter alone saves nothing.",
    "slot_names": "There already:",
    "slot": "{slot}: {name}'s path, {when}",
    "slot_at": "{slot}: {name}'s path, at {heading}, {when}",
    "left_slot": "before you went to a save",
    "slot_name_char": 'The name of a save cannot hold "{char}".',
    "slot_name_bad": "That cannot be the name of a save.",
    "slot_name_rule": "It may hold letters, digits, spaces, hyphens, underscores and apostrophes, begins with a letter "
    "or a digit, and has at most {most} characters.",
    "save_over": "There is one already: {slot}",
    "save_over_yes": "Save over {name}",
    "save_over_no": "Leave it as it is",
    "saved": "Saved as {name}.",
    "not_saved": "Nothing was saved.",
    "no_saves": "There are no saves yet.",
    "no_such_save": 'There is no save called "{name}".',
    "load_which": "Which save do you want to go to?",
    "loaded": "You are at your save. To come back to where you were, undo.",
    "keeps_nothing": "Nothing of this reading is kept, so it cannot be saved either.",
    # what can be typed for a command
    "typed_undo": "undo",
    "typed_redo": "redo",
    "typed_rewind": "rewind",
    "typed_skip": "skip",
    "typed_sheet": "sheet",
    "typed_save": "save",
    "typed_load": "load",
    "typed_transcript": "transcript",
    "typed_endings": "endings",
    "typed_help": "help",
    "typed_quit": "quit, exit",
    # commands
    "help": "What you can do:",
    "help_choose": "take that choice; with ten or more, two digits and Enter",
    "help_move": "go up and down the choices; Enter takes the one you are at",
    "help_number": "the number of a choice takes it",
    "help_undo": "take back the last choice",
    "help_redo": "take the choice again that you took back",
    "help_rewind": "go back to an earlier choice, from a list",
    "help_skip": "pass over what you have read before, up to the next choice; again to stop",
    "help_sheet": "how things stand",
    "help_save": "keep your place under a name; you are asked for one",
    "help_load": "go to a place that you kept",
    "help_transcript": "write what you have read to a file",
    "help_endings": "the endings you have found",
    "help_help": "this list",
    "help_quit": "leave; nothing that was kept is lost",
    "scroll_keys": "Space, b",
    "help_scroll": "read on further down, and further up",
    "more_below": "more: Space",
    "hint_undo": "undo",
    "hint_help": "help",
    "hint_quit": "leave",
    "undone": "You took back: {label}",
    "redone": "Taken again: {label}",
    "undone_rewind": "You are back where you were before you went back.",
    "undone_load": "You are back where you were before you went to a save.",
    "redone_load": "You are at the save again.",
    "redone_rewind": "You have gone back again.",
    "rewind_where": "Before which choice do you want to stand again?",
    "rewind_in": "{label} ({heading})",
    "rewound": "You are back before: {label}",
    "nothing_to_rewind": "You have chosen nothing yet on this path.",
    "stay": "Stay where you are",
    "stayed": "You are where you were.",
    "skip_on": "What you have read before is passed over from now on.",
    "skip_off": "Everything is told again from now on.",
    "skipped": "Read before, and passed over but for its end:",
    "nothing_to_undo": "There is nothing to take back.",
    "undo_ends": "The story has changed since you read what came before, so you cannot go back further than this.",
    "undo_ends_supposed": "You came here by :set or :goto, and such a way cannot be played again, so you cannot go "
    "back further than this.",
    "nothing_to_redo": "There is nothing to take again.",
    "not_here": "That cannot be done here.",
    "empty_sheet": "This story shows no more than it tells.",
    "endings": "Endings found:",
    "endings_of": "{found} of {all}",
    "transcript_written": "What you have read was written to a file:",
    "transcript_failed": "What you have read could not be written to a file: {reason}",
    "transcript_title": "{title}: {name}'s path",
    # leaving
    "kept": "Your place is kept.",
    "really_leave": "Leave? Press Ctrl-C again to leave, or go on.",
    "nobody_there": "Nobody is there to choose, so here is how {name}'s path begins.",
    # endings
    "ending": "Ending: {title}",
    "found_on_path_one": "You have found {found} of {all} ending on {name}'s path.",
    "found_on_path_other": "You have found {found} of {all} endings on {name}'s path.",
    "hints_left": "Not yet found:",
    "hints_left_on": "Not yet found on {name}'s path:",
    "after_undo": "Take back the last choice",
    "after_other": "Read {name}'s path",
    "after_again": "Read {name}'s path again",
    # the other views of an event
    "see_as": "See this moment as {name}",
    "see_event": "See as {name}: {title}",
    "glimpse": "{title}, as {name} has it",
    "glimpse_none": "No way was found on which {name} comes to it after what you have settled.",
    "glimpse_over": "Go back to {name}",
    "glimpsed": "You are back with {name}. Nothing of what you saw is kept.",
    # what went wrong
    "stuck": "The story has come to a dead end here: no ending, and nothing to choose. That is the story's fault, not "
    "yours.",
    "stuck_undo": "You can take back your last choice.",
    "not_taken": "That choice cannot be taken: {reason}.",
    "endless": "That choice cannot be taken: {reason}. That is the story's fault; you are where you were.",
    "cannot_begin": "{name}'s path cannot begin: {reason}. That is the story's fault.",
    "edited": "The story has changed since you read this; you are at the same place in the new one.",
    "edited_lost": "The story has changed since you read this, and not everything could be kept:",
    "set_aside": "Your save as it was is not lost: before anything new is saved in its place, it is copied to",
    "legacy_lost": "The story has changed, and not everything that earlier readings left could be kept:",
    "was_set_aside": "What they left is not lost; as it was, it stands in",
    "unusable": "This save cannot be used: {reason}. It stays as it is, and is renamed to {aside} before anything new "
    "is saved in its place.",
    "open_elsewhere": "This story is already open in another player, so nothing you read here will be kept.",
    "cannot_keep": "Your place cannot be kept: {reason}. You can read on, but nothing will be saved.",
    "save_failed": "Your place could not be saved: {reason}. You can read on; saving is tried again after each choice.",
    "settle_failed": "What earlier readings left could not be copied: {reason}. It stays as it was.",
    "memory_failed": "That you found this ending could not be saved: {reason}.",
    "seen_failed": "Which passages you have read could not be noted: {reason}. They cannot be skipped later.",
    "forget_failed": "That it is forgotten could not be saved: {reason}. It holds until you leave.",
    "broken": "Something in waymeet broke. Nothing that was kept of your reading is lost.",
    "no_live_menu": "The live menu cannot start here ({reason}), so this is the plain view.",
    # screen readers
    "spoken_option": "Screen-reader mode, turned on by --screen-reader.",
    "spoken_environment": "Screen-reader mode, turned on by WAYMEET_SCREEN_READER.",
    "spoken_config": "Screen-reader mode, turned on by {path}.",
    "chapter_spoken": "Chapter: {heading}.",
    "story_spoken": "Story: {title}.",
    # settings
    "config_unreadable": "Your settings in {path} cannot be read, so none of them holds: {reason}.",
    "config_unknown": 'There is no setting "{name}", but it stands in {path}. There are: {names}.',
    "config_wrong": 'The setting "{name}" in {path} does not hold. It can be: {possible}.',
    # random readings and replays
    "auto_reading": "Reading {n} of {all}: {name}'s path, seed {seed}",
    "auto_stuck": "Dead end at {step}.",
    "auto_endless": "Stopped at {step}: {reason}.",
    "auto_too_long": "Stopped after {turns} choices without an ending; there may be one further on.",
    "way_unreadable": "{path} cannot be replayed: {reason}.",
    "way_none": "{path} holds no way: no list of choice ids, no witness, and no finding or report with one.",
    "way_no_report": "{path} is no report, so there are no findings to count in it.",
    "way_no_finding": "{path} has no finding {number}; the number of findings is {all}.",
    "way_no_id": "{where} is no choice id.",
    "way_no_value": "{where}: the memory {name} has no value that a story could remember.",
    "way_no_path": "Say whose path it is, with --as: {names}.",
    "way_misfit": "{where} does not fit the story: {reason}.",
    "way_not_open": '{where}: "{choice}" is not open at {step}. Open there: {open}.',
    "way_nothing": "nothing",
    "way_answer": 'an answer, such as "=Ada"',
    "way_typed": "--follow, item {line}",
    "way_line": "{path}, line {line}",
    "way_item": "{path}, item {line}",
    "way_finding": "{path}, finding {number}",
    "way_keeps_nothing": "You are shown a way first. Nothing of this reading is kept, and what you have kept stays as "
    "it is.",
    "supposed_keeps_nothing": "You begin where and as you said. Nothing of this reading is kept, and what you have "
    "kept stays as it is.",
    "no_such_path": "There is no path {name}; the paths are: {names}.",
}


#: The languages that there is a table for, the one that is used where nothing else is asked for first.
LANGUAGES = ("en", "fr")
_spoken: ContextVar[str] = ContextVar("_spoken", default=LANGUAGES[0])


def language_for(wanted: str | None, environ: Mapping[str, str]) -> str:
    """The language that the reader wants, or else that of their environment, if there is a table for it."""
    names = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "")
    found = wanted or re.split(r"[_.@-]", locale)[0].casefold()
    return found if found in LANGUAGES else LANGUAGES[0]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Take words from the table of this language, for as long as this lasts."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def word(name: str, /, **values: object) -> str:
    """The text of this name, with the values filled in."""
    return _WORDING.vformat(_table()[name], (), values)


def counted(name: str, n: int, /, **values: object) -> str:
    """The text for so many, with the values filled in: `name_one` or `name_other`, as the language has it."""
    is_one = n in ((0, 1) if _spoken.get() == "fr" else (1,))
    return word(f"{name}_one" if is_one else f"{name}_other", **values)


class _Wording(Formatter):
    """Fills in values; `{name:de}` is a name after the French `de`, which a vowel shortens."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec != "de":
            return str(super().format_field(value, format_spec))
        return f"d\u2019{value}" if _VOWEL.match(normalize("NFD", str(value))) else f"de {value}"


_WORDING = _Wording()
_VOWEL = re.compile(r"[aeiou\u0153]|y(?![aeiou])", re.IGNORECASE)


def _table() -> Mapping[str, str]:
    if _spoken.get() == "fr":
        from waymeet.console.french import FRENCH

        return FRENCH
    return ENGLISH


def asked_for(question: Question) -> str:
    """What can be answered to a question."""
    if question.kind == "number":
        return word("asked_number", low=question.low, high=question.high)
    return counted("asked_text", question.high, high=question.high)


def ago(seconds: float) -> str:
    """How long ago, roughly, as people say it."""
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if minutes < 1:
        return word("just_now")
    if hours < 1:
        return counted("minutes_ago", minutes, n=minutes)
    return counted("hours_ago", hours, n=hours) if days < 1 else counted("days_ago", days, n=days)
