"""What an editor tells of the keys of steps: of prose, of nodes and choices, and of the ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.constructs.chance import MAX_WEIGHT
from waymeet.authoring.constructs.decks import MAX_OFFER
from waymeet.authoring.constructs.questions import DEFAULT_ANSWER, MAX_ANSWER
from waymeet.authoring.models import (
    BreakBlock,
    GotoEntry,
    MatchBlock,
    VaryBlock,
    VerseBlock,
    WhenBlock,
    WrittenAsk,
    WrittenCard,
    WrittenChance,
    WrittenChoice,
    WrittenDeck,
    WrittenNode,
    WrittenRoll,
    WrittenSignal,
    WrittenStep,
)
from waymeet.authoring.schema.keys import Key, Keys
from waymeet.authoring.schema.snippets import BLOCK, Snippet
from waymeet.expressions.typing import MAX_COUNT

if TYPE_CHECKING:
    from waymeet.authoring.fields import Written

CHOICES = (Snippet("a choice", {"${1:id}": {"label": "${2:What the reader sees.}", "goto": "${3:node}"}}),)
ALLOW = Key(
    "Findings that are meant to be here: each rule with the reason. The reason may not be empty.",
    "allow: {soft-lock: Whoever goes there knowingly stays there.}",
    keys="finding",
)
NOTE = Key("Anything, for you alone. Readers never see it.", snippets=(BLOCK,))

PROSE_KEYS: dict[type[Written], Keys] = {
    WhenBlock: {
        "when": Key("A condition: the prose in `text` is told while it is true.", holds="condition"),
        "text": Key("What is told when the condition is true."),
        "else": Key("What is told when the condition is false. It may be left out."),
    },
    MatchBlock: {
        "match": Key("An enum or a number, whose value picks one of the `cases`.", holds="expression"),
        "cases": Key(
            "The prose for each value. For numbers a case may be a range, `1..3`. There must be one for every value, "
            "or an `else`.",
            "cases:\n  cold: He does not open.\n  open: The door opens.",
        ),
        "else": Key("What is told for every value that has no case."),
    },
    VaryBlock: {
        "vary": Key(
            "How the prose in `of` differs from visit to visit: `sequence` stays on the last, `cycle` begins again, "
            "`once` tells each a single time, `shuffle` mixes them.",
            holds="variation",
        ),
        "of": Key("The variations, each a text or a list of blocks.", least=1),
    },
    VerseBlock: {"verse": Key("Text whose line breaks are kept.", snippets=(BLOCK,))},
    BreakBlock: {"break": Key("`true` makes a scene break: some air and a mark between what is before and after.")},
}

WAY_KEYS: dict[type[Written], Keys] = {
    GotoEntry: {
        "when": Key("This way is taken if the condition is true and none before it was.", holds="condition"),
        "to": Key("The node that this way leads to, as `node` or `scene.node`.", holds="node"),
    },
    WrittenRoll: {
        "dice": Key("The dice: `2d6` for two of six sides, `d20` for one of twenty.", holds="dice"),
        "add": Key("A number that is added to the dice: a flag or any expression.", holds="expression"),
        "outcomes": Key(
            "Where each total leads: `7`, `7..9`, `10+` for ten and more, `..6` for six and less. They must cover "
            "every total that there can be.",
            'outcomes: {"10+": dry, "7..9": wet, "..6": under}',
            holds="node",
            keys="range",
        ),
    },
    WrittenChance: {
        "weight": Key(
            "How likely this is among the others: 3 is three times as likely as 1. Without it, 1.",
            least=1,
            most=MAX_WEIGHT,
        ),
        "to": Key("The node that this leads to.", holds="node"),
    },
    WrittenAsk: {
        "flag": Key("Where the answer is kept: a flag for free text, or a number.", holds="question"),
        "label": Key("The question."),
        "max": Key(
            f"For a text, the most characters that the answer may have; without it, {DEFAULT_ANSWER}.",
            least=1,
            most=MAX_ANSWER,
        ),
    },
    WrittenCard: {
        "deck": Key("The deck that this node is a card of.", holds="deck"),
        "when": Key("The card can be drawn while this condition is true. Without it, always.", holds="condition"),
        "priority": Key("A number: of several open cards the one with the highest comes first. Without it, 0."),
        "once": Key("`true`: once the node was visited, in whatever way, the card is not drawn any more."),
        "label": Key("What the reader sees, where the deck offers cards to choose from."),
    },
    WrittenDeck: {
        "pick": Key(
            "How a card is drawn: `best` takes the one with the highest priority, `random` any, and `offer` lets the "
            "reader choose among several.",
            holds="pick",
        ),
        "offer": Key("With `pick: offer`, how many cards the reader is offered.", least=1, most=MAX_OFFER),
        "otherwise": Key("The node to go to when no card is open.", holds="node"),
    },
}

_STEP: Keys = {
    "do": Key(
        "One effect, or a list of them. They happen in order, each time that a reader comes here.",
        "do: [trust += 1, lamp = true]",
        holds="effect",
    ),
    "text": Key(
        "What is told here: a text, or a list of texts and blocks. Below a `|` an empty line begins a new paragraph.",
        "text: |\n  She does not reach for her *sword*. {armed: You do. | Nor do you.}",
    ),
    "choices": Key(
        "What the reader can do, each choice below an id of its own. They are offered in this order.",
        "choices:\n  ask: {label: Ask her why., goto: fire}",
        least=1,
        snippets=CHOICES,
    ),
    "goto": Key(
        "The node to go on to: `node`, `scene.node`, or a list of ways of which the first that is true is taken. "
        "Beside `choices`, where every choice without a way of its own goes on.",
        "goto:\n  - {when: trust >= 2, to: gate}\n  - {to: square}",
        holds="node",
    ),
    "otherwise": Key(
        "Where the story goes when none of the choices is open. It has the same forms as `goto`.",
        holds="node",
    ),
    "menus": Key("Choices that several places share: the names of their menus, after the step's own.", holds="menu"),
    "ending": Key("The path ends here, with this ending of the story file.", holds="ending"),
    "call": Key(
        "A node that is gone to and returned from. Afterwards the story goes on at `returns` or the nearest `goto`.",
        "call: search\nreturns: {found: glad}\ngoto: mill",
        holds="node",
    ),
    "returns": Key(
        "Beside `call`: for each name that can come back, the node to go on at.",
        "returns: {found: glad, nothing: mill}",
        holds="node",
        needs="call",
    ),
    "return": Key(
        "Goes back to the step that called: `true`, or a name that its `returns` can tell apart.", holds="way_back"
    ),
    "roll": Key(
        "Dice decide where the story goes on.",
        'roll:\n  dice: 2d6\n  add: trust\n  outcomes: {"10+": dry, "7..9": wet, "..6": under}',
    ),
    "chance": Key(
        "The story goes on by one of these, as it is drawn.",
        "chance:\n  - {weight: 3, to: square}\n  - {to: mill}",
        least=1,
    ),
    "ask": Key(
        "Asks the reader for a text or a number, which a flag keeps. Then the story goes on at the nearest `goto`.",
        "ask: {flag: called, label: 'What do they call you?', max: 24}",
    ),
    "draw": Key("Goes on to a card of this deck.", holds="deck"),
    "signal": Key(
        "What the program that shows the story is to do, such as to play a sound: a name of your own, or a name with "
        "values, or a list of them. The console shows nothing.",
        "signal: [thunder, {name: picture, values: {file: storm.png}}]",
    ),
    "tags": Key("Ids for you and your tools. They change nothing.", "tags: [night]", holds="tag"),
    "warns": Key(
        "What to warn readers of here. The check reports what the story file does not warn of.", holds="warning"
    ),
    "note": NOTE,
    "allow": ALLOW,
}

STEP_KEYS: dict[type[Written], Keys] = {
    WrittenStep: _STEP,
    WrittenSignal: {
        "name": Key("What the signal is called: a name of your own.", "name: picture"),
        "values": Key(
            "What goes with it: names of your own, each with a text, in which braces work as in prose.",
            'values: {file: storm.png, force: "{wind}"}',
        ),
    },
    WrittenNode: {
        "card": Key(
            "Makes this node a card of a deck, which is drawn when its time has come.",
            "card: {deck: road, when: days >= 2, once: true}",
        ),
    },
    WrittenChoice: {
        "label": Key("What the reader sees of this choice.", "label: Ask her why."),
        "when": Key(
            "The choice is open while this condition is true. While it is false the choice is hidden, or shown as "
            "`locked` says.",
            "when: trust >= 2 and not seen(gate)",
            holds="condition",
        ),
        "locked": Key(
            "While `when` is false, shows the choice all the same, with this text as the reason. `true` words the "
            "reason from the condition.",
            "when: lamp\nlocked: It is dark up there.",
        ),
        "once": Key(
            "`true`: the choice can be taken once. `false`: again and again, even where the scene says `once`."
        ),
        "limit": Key("How often the choice can be taken.", least=1, most=MAX_COUNT),
        "echo": Key(
            'What is printed when the choice is taken, instead of its label. An empty text, `""`, prints nothing.'
        ),
    },
}
