"""The shape of story, scene and walkthrough files: which keys there are and what each may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Discriminator, Field, PlainValidator, Tag, ValidationInfo

from waymeet.authoring.advice import for_block, for_flag
from waymeet.authoring.braces import BRACE, BRACE_HELP, Cut, begins_with_brace, brace, joined
from waymeet.authoring.fields import (
    CHOICES,
    GONE,
    ITEMS,
    NAMED,
    ONE_OR_MORE,
    REPORTED,
    ROW,
    SOME,
    TABLE,
    Form,
    Formula,
    Id,
    Name,
    Number,
    Said,
    TextField,
    Truth,
    Written,
    reading_of,
    said,
    truth,
    whole_number,
    words,
)
from waymeet.authoring.source import Mapping, Node, Scalar, Sequence

# -- prose ------------------------------------


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken line: who, and the words."""

    speaker: Scalar
    line: Scalar
    #: What a comma between braces has cut off from the line, which is told once it is known who speaks.
    cut: tuple[Cut, ...] = ()


class WhenBlock(Written):
    """A when block: prose under a condition."""

    hints = {"otherwise": 'did you mean "else"?'}

    when: Formula
    text: WrittenText
    otherwise: WrittenText | None = Field(None, alias="else")


class MatchBlock(Written):
    """A match block: prose by the value of an enum or a number."""

    hints = {"otherwise": 'did you mean "else"?'}

    match: Formula
    cases: Annotated[dict[str, WrittenText], NAMED]
    otherwise: WrittenText | None = Field(None, alias="else")


class VaryBlock(Written):
    """A vary block: prose that differs from visit to visit."""

    vary: Name
    of: Annotated[list[WrittenText], ITEMS]


class VerseBlock(Written):
    """A verse block: text whose line breaks are kept."""

    verse: TextField


class BreakBlock(Written):
    """A break block: a scene break."""

    break_: Truth = Field(alias="break")


#: The keys that tell blocks apart; no cast id may be one of them.
#: The version of the scene format that these are.
FORMAT = 1

BLOCK_KEYS = ("when", "match", "vary", "verse", "break")
BLOCK_FORMS = "a spoken line is one name and one text; other blocks start with " + ", ".join(BLOCK_KEYS)


def _block_form(node: Any) -> str:
    if not isinstance(node, Mapping):
        return "text"
    keys = [key.value for key, _ in node.entries]
    return next((form for form in BLOCK_KEYS if form in keys), "speech")


def _speech(node: Any, info: ValidationInfo) -> Speech:
    reading = reading_of(info)
    if begins_with_brace(node, reading.source):
        reading.report("wrong-value", BRACE, brace(node, reading.source), BRACE_HELP)
        raise REPORTED
    node, cut = joined(node, reading.source)
    if len(node.entries) != 1:
        reading.report("wrong-value", "this is no block of prose", *for_block(node, BLOCK_KEYS))
        raise REPORTED
    speaker, line = node.entries[0]
    return Speech(speaker, words(line, info), tuple(cut))


WrittenBlock = Annotated[
    Annotated[TextField, Tag("text")]
    | Annotated[WhenBlock, Tag("when")]
    | Annotated[MatchBlock, Tag("match")]
    | Annotated[VaryBlock, Tag("vary")]
    | Annotated[VerseBlock, Tag("verse")]
    | Annotated[BreakBlock, Tag("break")]
    | Annotated[Speech, PlainValidator(_speech), Form("speech"), Tag("speech")],
    Discriminator(_block_form),
    ROW,
]
WrittenText = Annotated[list[WrittenBlock], ONE_OR_MORE]

# -- steps ------------------------------------


class GotoEntry(Written):
    """A goto entry: one way on, with the condition under which it is taken."""

    hints = {"if": 'did you mean "when"?', "goto": 'did you mean "to"?'}

    when: Formula | None = None
    to: Name


def _goto_form(node: Any) -> str:
    return "entry" if isinstance(node, Mapping) else "name"


WrittenGoto = Annotated[
    list[Annotated[Annotated[Name, Tag("name")] | Annotated[GotoEntry, Tag("entry")], Discriminator(_goto_form)]],
    ONE_OR_MORE,
]


def _anything(node: Node) -> Node:
    return node


class WrittenRoll(Written):
    """A roll: dice, what is added to them, and where each total leads."""

    dice: Name
    add: Formula | None = None
    outcomes: Annotated[dict[str, Annotated[Name, ROW]], NAMED]


class WrittenChance(Written):
    """A chance: one way that things can go, and how much it weighs."""

    weight: Number = 1
    to: Name


class WrittenAsk(Written):
    """A question: the flag that the reader's answer is kept in."""

    flag: Name
    label: Said
    max: Number | None = None


class WrittenCard(Written):
    """A card: how a node stands in a deck."""

    deck: Name
    when: Formula | None = None
    priority: Number = 0
    once: Truth = False
    label: Said | None = None


class WrittenDeck(Written):
    """A deck: nodes that are drawn instead of led to."""

    pick: Name
    offer: Number | None = None
    otherwise: Name


class WrittenSignal(Written):
    """A signal: a name, and values, for the host that shows the story."""

    name: Id
    values: Annotated[dict[str, Annotated[TextField, ROW]], TABLE] = {}


def _signal_form(node: Any) -> str:
    return "signal" if isinstance(node, Mapping) else "name"


#: `thunder`, or a mapping that says more.
SignalField = Annotated[
    Annotated[Id, Tag("name")] | Annotated[WrittenSignal, Tag("signal")],
    Discriminator(_signal_form),
    ROW,
]


class WrittenStep(Written):
    """A step: effects, prose and the way on."""

    do: Annotated[list[Annotated[Formula, ROW]], ONE_OR_MORE] = []
    text: WrittenText = []
    choices: Annotated[dict[str, Annotated[WrittenChoice, ROW]], CHOICES] | None = None
    goto: WrittenGoto | None = None
    otherwise: WrittenGoto | None = None
    menus: Annotated[list[Name], ONE_OR_MORE] = []
    ending: Name | None = None
    call: Name | None = None
    returns: Annotated[dict[str, Annotated[Name, ROW]], NAMED] | None = None
    back: Name | None = Field(None, alias="return")
    roll: WrittenRoll | None = None
    chance: Annotated[list[Annotated[WrittenChance, ROW]], ITEMS] | None = None
    ask: WrittenAsk | None = None
    draw: Name | None = None
    signal: Annotated[list[SignalField], ONE_OR_MORE] = []
    tags: Annotated[list[Id], ONE_OR_MORE] = []
    warns: Annotated[list[Said], ONE_OR_MORE] = []
    note: Annotated[Any, PlainValidator(_anything)] = None
    allow: Annotated[dict[str, Said], NAMED] = {}


class WrittenNode(WrittenStep):
    """A node: a step that others can lead to by its id."""

    hints = {"when": "put the condition on the choice or the goto entry that leads here"}

    card: WrittenCard | None = None


def _locked(node: Any, info: ValidationInfo) -> Any:
    if isinstance(node, Scalar) and node.style == "plain" and node.value in ("true", "false"):
        return truth(node, info)
    return said(node, info)


class WrittenChoice(WrittenStep):
    """A choice: a label, and the step it opens onto."""

    label: Said
    when: Formula | None = None
    locked: Annotated[Scalar | bool, PlainValidator(_locked), Form("locked")] = False
    once: Truth | None = None
    limit: Number | None = None
    echo: TextField | None = None


#: Choices that several steps share, by the name of their menu.
Menus = Annotated[
    dict[str, Annotated[dict[str, Annotated[WrittenChoice, ROW]], TABLE, ROW]],
    TABLE,
]

# -- files ------------------------------------


def _free_text(node: Any, info: ValidationInfo) -> Scalar:
    """Where a free text starts: any text, and nothing means none."""
    return node if isinstance(node, Scalar) and not node.value else words(node, info)


class WrittenFlag(Written):
    """A flag: its range and where it starts."""

    low: Number | None = Field(None, alias="min")
    high: Number | None = Field(None, alias="max")
    one_of: Annotated[list[Id], ITEMS] | None = None
    any_of: Annotated[list[Id], ITEMS] | None = None
    text: Annotated[Scalar, PlainValidator(_free_text), Form("free_text")] | None = None
    start: Annotated[Any, PlainValidator(_anything)] = None
    overflow: Name | None = None
    note: Annotated[Any, PlainValidator(_anything)] = None
    allow: Annotated[dict[str, Said], NAMED] = {}


def _flag_form(node: Any) -> str:
    if isinstance(node, Mapping):
        return "flag"
    return "list" if isinstance(node, Sequence) else "truth"


#: What to write for a flag.
FLAG_FORMS = "write `false`, {min: 0, max: 3, start: 0}, {one_of: [a, b]}, {any_of: [a, b]} or {text: …}"


def _bare_flag(node: Any, info: ValidationInfo) -> bool:
    if isinstance(node, Scalar) and node.value not in ("true", "false"):
        message, help_line = for_flag(node.value, whole_number(node))
        reading_of(info).report("wrong-value", message, node, help_line)
        raise REPORTED
    return truth(node, info)


#: `false`, `[cold, open]`, or a mapping that says more.
FlagField = Annotated[
    Annotated[bool, PlainValidator(_bare_flag), Form("bare_flag"), Tag("truth")]
    | Annotated[list[Id], ITEMS, Tag("list")]
    | Annotated[WrittenFlag, Tag("flag")],
    Discriminator(_flag_form),
]
Flags = Annotated[dict[str, Annotated[FlagField, ROW]], TABLE]


class WrittenProtagonist(Written):
    """A protagonist: whose path can be read, and where it starts."""

    name: Said | None = None
    about: TextField | None = None
    start: Name


class WrittenSpeaker(Written):
    """A cast member: someone who speaks."""

    name: Said


class WrittenEnding(Written):
    """An ending: its title, and whose it is."""

    title: Said | None = None
    protagonists: Annotated[list[Name], ONE_OR_MORE] | None = Field(None, alias="for")
    kind: Name | None = None
    hint: TextField | None = None
    note: Annotated[Any, PlainValidator(_anything)] = None
    allow: Annotated[dict[str, Said], NAMED] = {}


class WrittenSheetLine(Written):
    """A sheet line: something about the state that the reader may look at."""

    label: Said
    show: Formula
    words: Annotated[dict[str, TextField], NAMED] | None = None


class WrittenEvent(Written):
    """An event: something that happens once and is told from several sides."""

    title: Said | None = None
    views: Annotated[dict[str, Annotated[Name, ROW]], NAMED]
    settles: Annotated[list[Name], ONE_OR_MORE] = []
    note: Annotated[Any, PlainValidator(_anything)] = None
    allow: Annotated[dict[str, Said], NAMED] = {}


class WrittenPromise(Written):
    """A promise: what must be so in every playthrough."""

    never: Formula | None = None
    always: Formula | None = None
    possible: Formula | None = None
    always_possible: Formula | None = None
    until: Formula | None = None
    protagonist: Name | None = Field(None, alias="as")
    note: Annotated[Any, PlainValidator(_anything)] = None


class WrittenCheck(Written):
    """A check section: how strictly the story is to be checked."""

    rules: Annotated[dict[str, Name], NAMED] = {}


#: What things were called, with what they are called now.
Renamed = Annotated[dict[str, Annotated[Name, ROW]], NAMED]
#: Places that are gone, with where a reader goes on who stood there; and what is simply gone.
Moved = Annotated[dict[str, Annotated[Name, ROW]], GONE]
Gone = Annotated[list[Name], ONE_OR_MORE]


class WrittenRenames(Written):
    """A list of renamed things: what each was called before a release, and what it was called in it."""

    hints = {
        "memory": "memory is renamed under `flags`",
        "local": "a local flag is renamed under `flags`, as scene.flag",
    }

    protagonists: Renamed = {}
    scenes: Renamed = {}
    nodes: Renamed = {}
    choices: Renamed = {}
    endings: Renamed = {}
    flags: Renamed = {}
    values: Renamed = {}


class WrittenRemovals(Written):
    """A list of removed things: with places, where readers go on who stood there."""

    hints = {
        "memory": "memory is removed under `flags`",
        "local": "a local flag is removed under `flags`, as scene.flag",
        "values": "rename the value to the one that takes its place",
    }

    protagonists: Gone = []
    scenes: Moved = {}
    nodes: Moved = {}
    choices: Moved = {}
    endings: Gone = []
    flags: Gone = []


class WrittenRelease(Written):
    """A release: what became of the names of the one before."""

    release: Number
    renamed: WrittenRenames | None = None
    removed: WrittenRemovals | None = None


class WrittenScene(Written):
    """A scene file: nodes that belong together."""

    scene: Id
    about: TextField | None = None
    local: Flags = {}
    once: Truth = False
    menus: Menus = {}
    nodes: Annotated[dict[str, Annotated[WrittenNode, ROW]], TABLE]


class WrittenStory(Written):
    """A story file: what all scenes share."""

    waymeet: Name | None = None
    story: Id
    title: Said | None = None
    authors: Annotated[list[TextField], ONE_OR_MORE] = []
    about: TextField | None = None
    language: Name | None = None
    warns: Annotated[list[Said], ONE_OR_MORE] = []
    protagonists: Annotated[dict[str, Annotated[WrittenProtagonist, ROW]], TABLE]
    cast: Annotated[dict[str, Annotated[WrittenSpeaker, ROW]], TABLE] = {}
    flags: Flags = {}
    memory: Flags = {}
    derive: Annotated[dict[str, Annotated[Formula, ROW]], TABLE] = {}
    endings: Annotated[dict[str, Annotated[WrittenEnding, ROW]], TABLE] = {}
    chapters: Annotated[dict[str, Said], NAMED] = {}
    sheet: Annotated[list[Annotated[WrittenSheetLine, ROW]], ITEMS] = []
    events: Annotated[dict[str, Annotated[WrittenEvent, ROW]], TABLE] = {}
    promises: Annotated[dict[str, Annotated[WrittenPromise, ROW]], TABLE] = {}
    menus: Menus = {}
    decks: Annotated[dict[str, Annotated[WrittenDeck, ROW]], TABLE] = {}
    check: WrittenCheck | None = None
    history: Annotated[list[Annotated[WrittenRelease, ROW]], ITEMS] = []


class WrittenStoryAndScene(WrittenStory):
    """A story file: what all scenes share, and one scene with it."""

    scene: Id
    local: Flags = {}
    once: Truth = False
    nodes: Annotated[dict[str, Annotated[WrittenNode, ROW]], TABLE]


class WrittenTurn(Written):
    """A turn: a choice or an answer, and, if wanted, the node where it is to be given."""

    at: Name | None = None
    choose: Name | None = None
    answer: Said | None = None


def _turn_form(node: Any) -> str:
    return "turn" if isinstance(node, Mapping) else "name"


class Expectation(Written):
    """An expectation: what must be so when the play is over."""

    ending: Name | None = None
    flags: Annotated[dict[str, Annotated[Any, PlainValidator(_anything)]], NAMED] = {}
    text: Annotated[list[Said], SOME] = []
    open: Annotated[list[Name], ONE_OR_MORE] | None = None
    locked: Annotated[list[Name], ONE_OR_MORE] | None = None


class WrittenWalkthrough(Written):
    """A walkthrough: a recorded playthrough that must keep working."""

    walkthrough: Said
    protagonist: Name = Field(alias="as")
    memory: Annotated[dict[str, Annotated[Any, PlainValidator(_anything)]], NAMED] = {}
    outcomes: Annotated[list[Name], ONE_OR_MORE] = []
    play: Annotated[
        list[Annotated[Annotated[Name, Tag("name")] | Annotated[WrittenTurn, Tag("turn")], Discriminator(_turn_form)]],
        ITEMS,
    ] = []
    expect: Expectation | None = None
