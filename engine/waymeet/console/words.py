"""Every word that the console itself says to a reader, by name, in one table: a translation is another table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waymeet.runtime import Question

ENGLISH: dict[str, str] = {
    # the front door
    "by": "by {authors}",
    "warns": "Content warnings: {warns}.",
    "path": "{name}. {about}",
    "found_some": "{found} of {all} endings found.",
    "found_all": "All {all} endings found.",
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
    "leave": "Leave",
    # how long ago
    "just_now": "just now",
    "minute_ago": "a minute ago",
    "minutes_ago": "{n} minutes ago",
    "hour_ago": "an hour ago",
    "hours_ago": "{n} hours ago",
    "yesterday": "yesterday",
    "days_ago": "{n} days ago",
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
    "asked_text": "At most {high} characters.",
    "hint_entry": ":undo   :help   :quit",
    "no_fit": "That cannot be the answer: {reason}.",
    # commands
    "help": "What you can do:",
    "help_choose": "take that choice; with ten or more, two digits and Enter",
    "help_move": "go up and down the choices; Enter takes the one you are at",
    "help_number": "the number of a choice takes it",
    "help_undo": "take back the last choice",
    "help_redo": "take the choice again that you took back",
    "help_sheet": "how things stand",
    "help_transcript": "write what you have read to a file",
    "help_endings": "the endings you have found",
    "help_help": "this list",
    "help_quit": "leave; nothing that was kept is lost",
    "hint_undo": "undo",
    "hint_help": "help",
    "hint_quit": "leave",
    "undone": "You took back: {label}",
    "redone": "Taken again: {label}",
    "nothing_to_undo": "There is nothing to take back.",
    "undo_ends": "The story has changed since you read what came before, so you cannot go back further than this.",
    "nothing_to_redo": "There is nothing to take again.",
    "not_here": "That can be done once a path has begun.",
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
    "found_on_path": "You have found {found} of {all} endings on {name}'s path.",
    "hints_left": "Not yet found:",
    "after_undo": "Take back the last choice",
    "after_other": "Read {name}'s path",
    "after_again": "Read {name}'s path again",
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
    "forget_failed": "That it is forgotten could not be saved: {reason}. It holds until you leave.",
    "broken": "Something in waymeet broke. Nothing that was kept of your reading is lost.",
    "no_live_menu": "The live menu cannot start here ({reason}), so this is the plain view.",
    # screen readers
    "spoken_option": "Screen-reader mode, turned on by --screen-reader.",
    "spoken_environment": "Screen-reader mode, turned on by WAYMEET_SCREEN_READER.",
    "chapter_spoken": "Chapter: {heading}.",
    "story_spoken": "Story: {title}.",
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


def word(name: str, /, **values: object) -> str:
    """The text of this name, with the values filled in."""
    return ENGLISH[name].format(**values)


def asked_for(question: Question) -> str:
    """What can be answered to a question."""
    if question.kind == "number":
        return word("asked_number", low=question.low, high=question.high)
    return word("asked_text", high=question.high)


def ago(seconds: float) -> str:
    """How long ago, roughly, as people say it."""
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if minutes < 1:
        return word("just_now")
    if hours < 1:
        return word("minute_ago") if minutes == 1 else word("minutes_ago", n=minutes)
    if days < 1:
        return word("hour_ago") if hours == 1 else word("hours_ago", n=hours)
    return word("yesterday") if days == 1 else word("days_ago", n=days)
