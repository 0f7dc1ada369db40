"""What an editor tells of the keys of files: of the story, of scenes and of walkthroughs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.constructs.flags import MAX_MEMBERS
from waymeet.authoring.models import (
    Expectation,
    WrittenCheck,
    WrittenEnding,
    WrittenEvent,
    WrittenFlag,
    WrittenPromise,
    WrittenProtagonist,
    WrittenRelease,
    WrittenRemovals,
    WrittenRenames,
    WrittenScene,
    WrittenSheetLine,
    WrittenSpeaker,
    WrittenStory,
    WrittenStoryAndScene,
    WrittenTurn,
    WrittenWalkthrough,
)
from waymeet.authoring.schema.keys import Key, Keys
from waymeet.authoring.schema.snippets import FLAGS, FREE_TEXT, Snippet
from waymeet.authoring.schema.step_keys import ALLOW, NOTE, PROSE_KEYS, STEP_KEYS, WAY_KEYS

if TYPE_CHECKING:
    from waymeet.authoring.fields import Written


def _renamed(what: str, example: str) -> Key:
    return Key(f"{what}: each old name with the new one.", example, holds="past", keys="past")


def _moved(what: str, example: str) -> Key:
    return Key(f"{what}: each with the node where readers go on who stood there.", example, holds="past", keys="past")


_FLAG: Keys = {
    "min": Key("The least that the number can be. It needs a `max` beside it.", needs="max"),
    "max": Key("The most that the number can be. In play the number stays within its bounds.", needs="min"),
    "one_of": Key("The values of an enum: it has always one of them.", "one_of: [cold, wavering, open]", least=1),
    "any_of": Key(
        "The members that a set can have: none of them, some, or all.",
        "any_of: [crest, feather, hoof]",
        least=1,
        most=MAX_MEMBERS,
    ),
    "text": Key(
        "Makes this free text, which starts with these words. It can be printed and asked for; no condition can "
        "test it."
    ),
    "start": Key(
        "What it starts with. Without it, a number starts at 0, or at the bound nearest to it, an enum at its first "
        "value, and a set empty.",
        holds="value",
    ),
    "overflow": Key(
        "What the check says to an effect that would leave the bounds: `report`, as it does unless told otherwise, or "
        "`clamp`: stopping there is meant.",
        holds="overflow",
    ),
    "note": NOTE,
    "allow": ALLOW,
}

_SCENE: Keys = {
    "scene": Key("The id of this scene. Its nodes are named `scene.node` from other scenes.", "scene: harbour"),
    "about": Key("Notes for authors. Readers never see them."),
    "local": Key(
        "Flags of this scene, which start anew each time that it is entered from another. They can be read and changed "
        "in this scene only.",
        "local:\n  knocks: {min: 0, max: 2}",
        snippets=FLAGS,
    ),
    "once": Key("`true`: every choice in this scene can be taken once only, unless it says otherwise."),
    "menus": Key(
        "Choices that several steps of this scene offer. A step says `menus: [name]` to offer them too.",
        "menus:\n  pockets:\n    letter: {label: Read the letter., once: true}",
        snippets=(Snippet("a menu", {"${1:menu}": {"${2:choice}": {"label": "${3:What the reader sees.}"}}}),),
    ),
    "nodes": Key(
        "The nodes of this scene, each below its id.",
        "nodes:\n  quay:\n    text: The bell rings once.\n    goto: landing",
        snippets=(
            Snippet("a node", {"${1:id}": {"text": "${2:What is told here.}", "goto": "${3:node}"}}),
            Snippet(
                "a node with choices",
                {
                    "${1:id}": {
                        "text": "${2:What is told here.}",
                        "choices": {"${3:choice}": {"label": "${4:What the reader sees.}", "goto": "${5:node}"}},
                    }
                },
            ),
            Snippet("a node that ends", {"${1:id}": {"text": "${2:What is told here.}", "ending": "${3:ending}"}}),
        ),
    ),
}

_HISTORY: dict[type[Written], Keys] = {
    WrittenRelease: {
        "release": Key(
            "The number of the release in which this was done. Later releases have higher numbers.", least=1
        ),
        "renamed": Key(
            "What was given another name, by what it is: the old name and the new.",
            "renamed: {flags: {coins: silver}, nodes: {bank.boat: bank.raft}}",
        ),
        "removed": Key(
            "What is gone: of places, where readers go on who stood there.",
            "removed: {nodes: {trek.well: trek.shelter}, flags: [rope]}",
        ),
    },
    WrittenRenames: {
        "protagonists": _renamed("Protagonists", "protagonists: {mara: ada}"),
        "scenes": _renamed("Scenes, with all that is in them", "scenes: {shore: bank}"),
        "nodes": _renamed("Nodes, as scene.node", "nodes: {bank.boat: bank.raft}"),
        "choices": _renamed(
            "Choices, by their paths, or as menu.choice", "choices: {bank.landing.go: bank.landing.wade}"
        ),
        "endings": _renamed("Endings", "endings: {over: across}"),
        "flags": _renamed("Flags, memory and free texts; local flags as scene.flag", "flags: {coins: silver}"),
        "values": _renamed("Values of enums and members of sets, as flag.value", "values: {mood.wary: mood.watchful}"),
    },
    WrittenRemovals: {
        "protagonists": Key("Protagonists whose paths are gone.", "protagonists: [cy]", holds="past"),
        "scenes": _moved("Scenes", "scenes: {inn: bank.landing}"),
        "nodes": _moved("Nodes, as scene.node", "nodes: {trek.well: trek.shelter}"),
        "choices": _moved("Choices, by their paths", "choices: {bank.landing.sit: bank.landing}"),
        "endings": Key("Endings that are gone.", "endings: [drowned]", holds="past"),
        "flags": Key(
            "Flags, memory and free texts that are gone and that no reader will miss: nothing is said of them.",
            "flags: [rope]",
            holds="past",
        ),
    },
}

STORY_KEYS: dict[type[Written], Keys] = {
    **_HISTORY,
    WrittenFlag: _FLAG,
    WrittenProtagonist: {
        "name": Key("What readers see of the protagonist. Without it, the id with a capital."),
        "about": Key("What readers see before they choose this path. Nothing in it can depend on flags."),
        "start": Key("The node where this path starts, as `scene.node`.", holds="node"),
    },
    WrittenSpeaker: {"name": Key("The name that is printed before what is said.")},
    WrittenEnding: {
        "title": Key("What is shown when the ending is reached. Without it, the id with a capital."),
        "for": Key(
            "Who can reach this ending: one protagonist or a list. Without it, everyone. The check proves that each of "
            "them can.",
            "for: [clarke, lexa]",
            holds="protagonist",
        ),
        "kind": Key("How much the ending weighs: `main`, `side` or `early`. Without it, `main`.", holds="kind"),
        "hint": Key("Shown, after a reading is over, to readers who have not found this ending."),
        "note": NOTE,
        "allow": ALLOW,
    },
    WrittenSheetLine: {
        "label": Key("The words before the value."),
        "show": Key("What is shown: a flag or any expression.", holds="expression"),
        "words": Key(
            "What stands for a value. For a number these are rungs: the words of the highest that it reaches.",
            "words: {-3: hatred, 0: nothing, 2: faith}",
        ),
    },
    WrittenEvent: {
        "title": Key("What the event is called where a reader sees it. Without it, the id with a capital."),
        "views": Key(
            "For each protagonist the node at which their path tells the event.",
            "views: {clarke: confrontation.she_turns, lexa: across.you_turn}",
            holds="node",
            keys="protagonist",
        ),
        "settles": Key(
            "Memory that the first telling fixes: one name or a list. The check proves that no later reading "
            "changes it.",
            "settles: [parting]",
            holds="remembered",
        ),
        "note": NOTE,
        "allow": ALLOW,
    },
    WrittenPromise: {
        "never": Key(
            "What must be so at no step of any playthrough.", "never: at(shot) and not armed", holds="condition"
        ),
        "always": Key(
            "What must be so at every step of every playthrough.", "always: coins >= 1 or paid", holds="condition"
        ),
        "possible": Key(
            "What must be so at some step of some playthrough.", "possible: seen(trek.shadow_speaks)", holds="condition"
        ),
        "always_possible": Key(
            "What must still be able to come, wherever a reader rests before the story is over.",
            "always_possible: ended(at_her_door)\nuntil: seen(trek.turned_back)",
            holds="condition",
        ),
        "until": Key(
            "Once this has been so in a playthrough, nothing is asked of the rest of it.",
            holds="condition",
            needs="always_possible",
        ),
        "as": Key("Whose playthroughs are asked. Without it, everyone's.", holds="protagonist"),
        "note": NOTE,
    },
    WrittenCheck: {
        "rules": Key(
            "For each rule how much it counts: `error`, `warning`, `note`, or `off`.",
            'rules: {out-of-range: "off"}',
            holds="level",
            keys="rule",
        ),
    },
    WrittenStory: {
        "waymeet": Key("The version of the format: 1.", holds="version"),
        "story": Key("The id of the story, under which saves are kept. Do not change it later.", "story: last_ferry"),
        "title": Key("The title. Without it, the id is shown."),
        "authors": Key("Who wrote it: one name or a list."),
        "about": Key("What a reader sees below the title, before anything has happened."),
        "language": Key("The language of the text, as in `en`.", holds="language"),
        "warns": Key("What to warn readers of. It is shown before the first page.", "warns: [war, grief]"),
        "protagonists": Key(
            "Whose paths can be read, each below an id, and where their paths start.",
            "protagonists:\n  nell: {name: Nell, start: harbour.quay}",
            least=1,
            snippets=(Snippet("a protagonist", {"${1:id}": {"name": "${2:Name}", "start": "${3:scene.node}"}}),),
        ),
        "cast": Key(
            "Those who speak without being protagonists. Their ids begin spoken lines in `text`.",
            "cast:\n  warden: {name: The Warden}",
            snippets=(Snippet("a speaker", {"${1:id}": "{name: ${2:Name}}"}),),
        ),
        "flags": Key(
            "What one reading remembers, with every value that it can have. Flags start anew when a path begins.",
            "flags:\n  lamp: false\n  trust: {min: -3, max: 3, start: 0}\n  mood: [cold, wavering, open]\n"
            "  clues: {any_of: [crest, feather]}\n  called: {text: Nell}",
            snippets=(*FLAGS, FREE_TEXT),
        ),
        "memory": Key(
            "What a reading that came to an ending leaves for the next, on the same path or another. It has the kinds "
            "of flags, except free text.",
            "memory:\n  parting: {one_of: [untold, kind, bitter], start: untold}",
            snippets=FLAGS,
        ),
        "derive": Key(
            "Names for conditions and values that are used in several places. They follow from flags and cannot be "
            "set.",
            "derive:\n  welcome: trust >= 2 and not armed",
            holds="expression",
            snippets=(Snippet("a derived name", {"${1:name}": "${2:condition}"}),),
        ),
        "endings": Key(
            "Where paths can end, each ending below its id.",
            "endings:\n  home: {title: Home at last, for: [nell], kind: main}",
            snippets=(Snippet("an ending", {"${1:id}": {"title": "${2:Title}"}}),),
        ),
        "chapters": Key(
            "Headings of scenes. One is told whenever a reader comes into its scene from another.",
            "chapters: {harbour: The harbour}",
            keys="scene",
        ),
        "sheet": Key(
            "What the reader may look at, at any time: lines with a label and a value. Nothing else of the state is "
            "ever shown.",
            "sheet:\n  - {label: Trust, show: trust, words: {0: nothing, 2: faith}}",
        ),
        "events": Key(
            "What happens once and is told from several sides, each event below its id.",
            "events:\n  parting:\n    views: {clarke: field.she_turns, lexa: field.you_turn}\n    settles: [parting]",
            snippets=(
                Snippet("an event", {"${1:id}": {"views": "{${2:who}: ${3:node}}", "settles": "[${4:memory}]"}}),
            ),
        ),
        "promises": Key(
            "What must be so in every playthrough, each promise below its id. The check proves it, or shows the "
            "shortest playthrough that breaks it.",
            "promises:\n  no_shot_unarmed: {never: at(shot) and not armed}",
            snippets=(
                Snippet("a promise", {"${1:id}": "{${2|never,always,possible,always_possible|}: ${3:condition}}"}),
            ),
        ),
        "history": Key(
            "What became of names from release to release, so that the saves of readers go on.",
            "history:\n  - release: 2\n    renamed: {flags: {coins: silver}}",
        ),
        "menus": _SCENE["menus"]._replace(
            words="Choices that several steps offer. A step says `menus: [name]` to offer them too."
        ),
        "decks": Key(
            "Sets of nodes of which one is drawn when its time has come. A node joins one with `card`, and a step "
            "draws with `draw`.",
            "decks:\n  road: {pick: best, otherwise: gates}",
            snippets=(Snippet("a deck", {"${1:id}": "{pick: ${2|best,random|}, otherwise: ${3:node}}"}),),
        ),
        "check": Key("How strictly the story is checked.", 'check: {rules: {out-of-range: "off"}}'),
    },
    WrittenScene: _SCENE,
    WrittenStoryAndScene: {key: _SCENE[key] for key in ("scene", "local", "once", "nodes")},
}

WALKTHROUGH_KEYS: dict[type[Written], Keys] = {
    WrittenTurn: {
        "at": Key("Insists that the reading is at this node when the turn is taken.", holds="place"),
        "choose": Key("The id of the choice that is taken.", holds="choice"),
        "answer": Key("The answer that is given, where the story asks for one."),
    },
    Expectation: {
        "ending": Key("The ending that must have been reached.", holds="ending"),
        "flags": Key(
            "The values that flags, memory and local flags must have. A set is a list.",
            "flags: {trust: 2, clues: [crest]}",
            keys="flag",
        ),
        "text": Key("Words that must have been told on the way, without their emphasis: one text or a list."),
        "open": Key("Choices that must be open: one id or a list. With an empty list, none may be.", holds="choice"),
        "locked": Key(
            "Choices that must be shown locked: one id or a list. With an empty list, none may be.", holds="choice"
        ),
    },
    WrittenWalkthrough: {
        "walkthrough": Key("What this playthrough shows, in your own words.", "walkthrough: A stranger is let in"),
        "as": Key("The protagonist whose path is played.", holds="protagonist"),
        "memory": Key(
            "What earlier readings left. Without it, memory is as the story starts it.",
            "memory: {parting: kind}",
            keys="remembered",
        ),
        "outcomes": Key(
            "What is drawn on the way, in order: totals of dice, nodes of a chance, cards of a deck.",
            "outcomes: [7, rain]",
            holds="outcome",
        ),
        "play": Key(
            "The choices that are taken, in order. An entry is the id of a choice, or says more of the turn.",
            "play: [kneel, {at: gates, choose: say_name}, {answer: Ada}]",
            holds="choice",
        ),
        "expect": Key(
            "What must be so when the last choice was taken. Without it, only that all could be.",
            "expect: {ending: at_her_door, flags: {trust: 2}}",
        ),
    },
}

#: What is told of every key, by the models that have them; a model has the keys of those that it is made from, too.
KEYS: dict[type[Written], Keys] = {**PROSE_KEYS, **WAY_KEYS, **STEP_KEYS, **STORY_KEYS, **WALKTHROUGH_KEYS}
