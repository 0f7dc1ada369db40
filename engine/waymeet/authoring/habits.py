"""What people write out of habit, and what is written here instead: tables of lines of help, no code.

Mappings are named by what they are called in messages, values by the key that they stand behind.
"""

from __future__ import annotations

#: What people write for true and false.
TRUTHS = {
    **dict.fromkeys(("true", "yes", "on", "y", "1"), "true"),
    **dict.fromkeys(("false", "no", "off", "n", "0"), "false"),
}

#: What a mapping of each shape is called in messages.
CALLED = {
    "story": "a story file",
    "scene": "a scene file",
    "node": "a node",
    "choice": "a choice",
    "protagonist": "a protagonist",
    "speaker": "a cast member",
    "flag": "a flag",
    "ending": "an ending",
    "event": "an event",
    "promise": "a promise",
    "deck": "a deck",
}

#: The key that a text is likely to be meant for which stands in place of a mapping.
ALONE = {
    "a goto entry": "to",
    "a roll": "dice",
    "a chance": "to",
    "a card": "deck",
    "a deck": "pick",
    "a node": "text",
    "a choice": "label",
    "a protagonist": "start",
    "a cast member": "name",
    "an ending": "title",
    "a sheet line": "show",
    "an expectation": "ending",
    "a promise": "always",
}

_STORY = "it belongs in the story file"
_NODES = "it belongs to a node, and nodes stand under `nodes`"
_STEP = dict.fromkeys(("text", "do", "choices", "goto", "otherwise", "ending", "ask", "call", "draw"), _NODES)
_ENDS = "write `ending: …`, with an ending that is declared in the story file"
_CONDITION = "put it into the condition, as in `always: not lamp or trust >= 1`"

#: What to say of a key that does not stand where it is written.
KEYS = {
    "a scene file": {
        **_STEP,
        "flags": f"{_STORY}; flags that only this scene needs stand under `local`",
        "title": "the heading of a scene stands under `chapters` in the story file",
        "start": "where a path begins is said in the story file, under `protagonists`",
        **dict.fromkeys(("memory", "derive", "cast", "endings", "chapters", "sheet"), _STORY),
        **dict.fromkeys(("events", "promises", "decks", "check"), _STORY),
    },
    "a story file": {
        **_STEP,
        "start": "it belongs to a protagonist: `protagonists: {nell: {start: …}}`",
        "characters": "those who speak stand under `cast`, those whose path is read under `protagonists`",
        "variables": 'did you mean "flags"?',
        "scenes": "each scene is a file of its own, which begins with `scene:`",
    },
    "a node": {
        "label": "a label belongs to a choice, and choices stand under `choices`",
        "if": "put the condition on the choice or the goto entry that leads here, as `when`",
        "else": "where a story goes when no choice is open is said with `otherwise`",
        "once": "it belongs to a choice, or to a `card`",
        "speaker": "who speaks stands in the text, as in `text: [{nell: …}]`",
        "effects": 'did you mean "do"?',
        "end": _ENDS,
        "options": 'did you mean "choices"?',
        "next": 'did you mean "goto"?',
        "title": "a node has no title; the heading of a scene stands under `chapters` in the story file",
    },
    "a choice": {
        "if": 'did you mean "when"?',
        "condition": 'did you mean "when"?',
        "else": "what is shown while the condition is false is said with `locked`",
        "end": _ENDS,
        "effects": 'did you mean "do"?',
        "next": 'did you mean "goto"?',
        "to": 'did you mean "goto"?',
        "card": "a card is a node: lead to it by `goto`, and let the node say `card`",
    },
    "a goto entry": {"else": "write the last entry without `when`, as in {to: …}", "node": 'did you mean "to"?'},
    "a when block": {"then": 'did you mean "text"?', "if": 'did you mean "when"?'},
    "a chance": {
        "goto": 'did you mean "to"?',
        "when": "a chance has no conditions: draw from a deck whose cards have some, or let a `goto` decide before it",
    },
    "a flag": {
        "values": 'did you mean "one_of"?',
        "default": 'did you mean "start"?',
        "value": 'did you mean "start"?',
    },
    "a question": {"text": 'did you mean "label"?', "question": 'did you mean "label"?'},
    "a card": {
        "if": 'did you mean "when"?',
        "text": "the text stands in the node, beside `card`",
        "limit": "a card can be drawn once (`once: true`), or again and again",
    },
    "a deck": {
        "cards": "a node joins a deck itself, with `card: {deck: …}`",
        "goto": 'did you mean "otherwise"?',
        "when": "the conditions stand on the cards",
    },
    "a roll": {"goto": "where each total leads stands under `outcomes`"},
    "a promise": {"if": _CONDITION, "when": _CONDITION, "for": 'did you mean "as"?'},
    "an ending": {"text": "what is told at an ending stands in the node that leads to it", "as": 'did you mean "for"?'},
    "a turn": {"choice": 'did you mean "choose"?', "node": 'did you mean "at"?'},
}
#: What to say of any other key.
DEFAULT = {
    "a signal": 'a signal has a "name" and "values", as in {name: bell, values: {loud: 3}}',
    "a check section": "rules stand under `rules`, as in {rules: {dead-end: warning}}",
}

#: What stands behind a key that must be there.
NEEDED = {
    "a story file": {
        "story": "an id for the whole story, as in `story: last_ferry`",
        "protagonists": "whose path is read, and where it starts: `protagonists: {nell: {start: quay.evening}}`",
    },
    "a scene file": {"nodes": "the nodes of the scene, each with an id of its own, stand below `nodes:`"},
    "a protagonist": {"start": "the node where the path begins, as in `start: quay.evening`"},
    "a cast member": {"name": "the name that readers see, as in `name: The Warden`"},
    "a choice": {"label": "what the reader sees, as in `label: Go in.`"},
    "a goto entry": {"to": "the node that it leads to, as in `to: landing`"},
    "a chance": {"to": "the node that it leads to, as in `to: landing`"},
    "a question": {
        "flag": "the flag that keeps the answer, as in `flag: called`",
        "label": "what the reader is asked, as in `label: What is your name?`",
    },
    "a card": {"deck": "the deck that it is drawn from, as in `deck: road`"},
    "a deck": {
        "pick": "how to draw: `pick: best`, `pick: random` or `pick: offer`",
        "otherwise": "the node to go to when no card is open, as in `otherwise: gates`",
    },
    "an event": {"views": "the node at which each protagonist's path tells it, as in `views: {nell: quay.evening}`"},
    "a when block": {"text": "what is told while the condition is true, as in `text: The lamp burns.`"},
    "a match block": {"cases": "what is told for each value, as in `cases: {calm: He nods., cross: He spits.}`"},
    "a walkthrough": {"as": "whose path is played, as in `as: nell`"},
    "a roll": {
        "dice": "what is thrown, as in `dice: 2d6`",
        "outcomes": 'where each total leads, as in `outcomes: {"7+": over, "..6": under}`',
    },
}

#: What to write where the name of something was wanted.
NAMES = {
    "menus": "write the name of a menu, which is declared under `menus`; what is offered only here stands in `choices`",
    "ending": "write the id of an ending; its title stands under `endings` in the story file",
}
#: What to write where a list was wanted.
LISTS = {
    "chance": "write a list: [{weight: 3, to: rain}, {weight: 1, to: sun}]",
    "sheet": "write a list, each line with a dash: - {label: Trust, show: trust}",
}
#: What to write where names with their values were wanted, and the names are those of other things.
TABLES_OF_NAMES = {
    "views": "write each protagonist with a node: {nell: quay.evening, osk: boat.morning}",
    "returns": "write each name that comes back with a node: {found: glad, nothing: go_on}",
    "allow": "write the rule and the reason: {dead-end: the story stops here}",
    "chapters": "write each scene with its heading: {quay: The quay}",
    "words": "write each value with its words: {0: none, 2: some}",
    "cases": "write each value with its text: {calm: He nods., cross: He spits.}",
    "rules": "write each rule with a level: {dead-end: warning}",
    "outcomes": 'write each total with a node: {"7+": over, "..6": under}',
    "memory": "write each name with its value: {crossing: kind}",
    "flags": "write each name with its value: {lamp: true}",
    "choices": "give each choice an id of its own, as in `go_in: {label: Go in., goto: hall}`",
}
