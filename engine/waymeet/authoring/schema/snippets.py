"""What an editor can put into a file at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.authoring.lowering import VARIATIONS
from waymeet.authoring.models import (
    BreakBlock,
    GotoEntry,
    MatchBlock,
    VaryBlock,
    VerseBlock,
    WhenBlock,
    WrittenChance,
    WrittenSheetLine,
    WrittenTurn,
)

if TYPE_CHECKING:
    from waymeet.authoring.fields import JsonSchema


class Snippet(NamedTuple):
    """Something to put into a file at once: `body` is data, or text that is put there as it is.

    In both, `${1:word}` is a place to type at, with a word that stands there until then.
    """

    label: str
    body: Any
    words: str = ""

    @property
    def schema(self) -> JsonSchema:
        """The snippet as the YAML language server reads it."""
        form = "bodyText" if isinstance(self.body, str) else "body"
        return {"label": self.label, form: self.body} | ({"description": self.words} if self.words else {})


BLOCK = Snippet("a block of text", "|\n  $1", "Text of any length below a `|`, where nothing means anything to YAML.")
QUOTED = Snippet(
    "text in quotes", '"$1"', "For text that holds a colon and a space, or begins with a sign such as { [ * or a quote."
)
TEXTS = (QUOTED, BLOCK)
#: What a condition can say of the way so far.
SO_FAR = (
    Snippet("seen(…)", "seen(${1:node})", "Whether the reader has been at the node."),
    Snippet("chosen(…)", "chosen(${1:node.choice})", "Whether the choice was taken."),
    Snippet("visits(…)", "visits(${1:node}) >= ${2:2}", "How often the reader has been at the node."),
)
#: Kinds of flags.
FLAGS = (
    Snippet("true or false", {"${1:flag}": "${2|false,true|}"}),
    Snippet("a number", {"${1:flag}": "{min: ${2:0}, max: ${3:3}, start: ${4:0}}"}, "A whole number between bounds."),
    Snippet("one of some words", {"${1:flag}": "{one_of: [${2:cold, open}], start: ${3:cold}}"}, "An enum."),
    Snippet("any of some words", {"${1:flag}": "{any_of: [${2:crest, feather}]}"}, "A set. It starts empty."),
)
FREE_TEXT = Snippet("free text", {"${1:flag}": "{text: ${2:Nell}}"}, "May be printed and asked for, never tested.")

#: What a new file can begin with.
BEGINNINGS = (
    Snippet(
        "a story",
        {
            "story": "${1:id}",
            "title": "${2:Title}",
            "protagonists": {"${3:who}": {"name": "${4:Name}", "start": "${5:scene.node}"}},
            "endings": {"${6:home}": {"title": "${7:Home}"}},
        },
        "The file of a story, beside which its scenes stand in files of their own.",
    ),
    Snippet(
        "a scene",
        {"scene": "${1:id}", "nodes": {"${2:node}": {"text": "${3:What is told here.}", "ending": "${4:home}"}}},
        "A scene file: nodes that belong together.",
    ),
    Snippet(
        "a story in one file",
        {
            "story": "${1:id}",
            "title": "${2:Title}",
            "protagonists": {"${3:who}": {"name": "${4:Name}", "start": "${5:scene}.${6:node}"}},
            "endings": {"${7:home}": {"title": "${8:Home}"}},
            "scene": "${5:scene}",
            "nodes": {"${6:node}": {"text": "${9:What is told here.}", "ending": "${7:home}"}},
        },
        "A small story, with its one scene in the same file.",
    ),
    Snippet(
        "a walkthrough",
        {
            "walkthrough": "${1:What it shows}",
            "as": "${2:who}",
            "play": ["${3:choice}"],
            "expect": {"ending": "${4:home}"},
        },
        "A recorded playthrough that must keep working.",
    ),
)

#: What can be put into a list at once, by what it is a list of.
ITEMS = {
    GotoEntry.__name__: (
        Snippet("a way by condition", {"when": "${1:condition}", "to": "${2:node}"}),
        Snippet("a way", {"to": "${1:node}"}),
    ),
    WrittenChance.__name__: (Snippet("a chance", {"weight": "${1:1}", "to": "${2:node}"}),),
    "speech": (Snippet("a spoken line", {"${1:who}": "${2:What is said.}"}),),
    WhenBlock.__name__: (Snippet("text by condition", {"when": "${1:condition}", "text": "${2:What is told then.}"}),),
    MatchBlock.__name__: (
        Snippet("text by value", {"match": "${1:flag}", "cases": {"${2:value}": "${3:What is told then.}"}}),
    ),
    VaryBlock.__name__: (
        Snippet(
            "text that varies",
            {"vary": f"${{1|{','.join(VARIATIONS)}|}}", "of": ["${2:The first time.}", "${3:The next.}"]},
        ),
    ),
    VerseBlock.__name__: (Snippet("a verse", {"verse": "|\n      ${1:A line that stays one.}"}),),
    BreakBlock.__name__: (Snippet("a scene break", {"break": "^true"}),),
    WrittenSheetLine.__name__: (Snippet("a line", {"label": "${1:Label}", "show": "${2:flag}"}),),
    WrittenTurn.__name__: (
        Snippet("a turn at a place", {"at": "${1:node}", "choose": "${2:choice}"}),
        Snippet("an answer", {"answer": "${1:words}"}),
    ),
}
