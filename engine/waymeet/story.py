"""The runnable form of a story: flat tables of plain data; `compiled` has them as bytes.

It knows nothing of YAML or of the compiler that made it. Names are resolved to indexes, expressions are `Code`, text is
compiled `Prose`; whatever authors write lowers to the few exits below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waymeet.expressions.code import Code
    from waymeet.prose.rendering import Prose

Kind = Literal["bool", "int", "enum", "set"]
Use = Literal["flag", "memory", "local", "count"]


class Register(NamedTuple):
    """One integer of a playthrough's state, always from `low` to `high`.

    `name` is the flag's; `scene.flag` for a local one; `visits(node)` or `times(choice)` for a count. `words` are the
    values of an enum or the members of a set. `clamp` says that stopping at a bound is meant. `told`, for a count, is
    the value above which no condition tells one from another (prose may).
    """

    name: str
    kind: Kind
    use: Use
    low: int
    high: int
    start: int
    words: tuple[str, ...] = ()
    clamp: bool = False
    told: int | None = None


class Assignment(NamedTuple):
    """An effect: the register takes the value of `code`, held within its bounds."""

    register: int
    code: Code


class Branch(NamedTuple):
    """One way of a goto: taken when `when` is true, or always when it is None."""

    when: Code | None
    to: int


class Goto(NamedTuple):
    """Go on at once by the first branch that is open."""

    branches: tuple[Branch, ...]


class Choice(NamedTuple):
    """One choice of a step. `id` is its key there, `path` its full name; without `when` it is always open.

    While it is not open it is hidden, save that a reader is told the reason `locked`, if there is one, as long as
    `shown` holds. `echo` is what is printed when it is chosen (None: the label).
    """

    id: str
    path: str
    label: Prose
    when: Code | None
    locked: Prose | None
    shown: Code | None
    echo: Prose | None
    to: int


class Choices(NamedTuple):
    """Rest here and let the reader choose; with nothing open, go on by `fallback`.

    Of the open choices only the first `most` are offered, or all where that is None.
    """

    choices: tuple[Choice, ...]
    fallback: Goto | None
    most: int | None = None


class End(NamedTuple):
    """The playthrough is over with the ending of this index."""

    ending: int


class Outcome(NamedTuple):
    """One way that chance can go: with `weight` among those whose `when` holds. `name` tells it from the others."""

    name: str
    weight: int
    when: Code | None
    to: int


class Chance(NamedTuple):
    """Go on at once by an outcome that is drawn; with none possible, by `fallback`."""

    outcomes: tuple[Outcome, ...]
    fallback: Goto | None


class Ask(NamedTuple):
    """Rest here and let the reader answer, then go on by `ways`.

    The answer is a number from `low` to `high` for `register`, or, where that is None, up to `high` characters for the
    free text of index `text`.
    """

    label: Prose
    register: int | None
    text: int | None
    low: int
    high: int
    ways: Goto


class Call(NamedTuple):
    """Go on at `to` until a `Return`; then by the way that `returns` has for its name, else by `ways`."""

    to: int
    ways: Goto | None
    returns: tuple[tuple[str, Goto], ...]


class Return(NamedTuple):
    """Go back to the step that called; `name` is empty where the author gave none."""

    name: str


#: None leads nowhere: a dead end.
Exit = Goto | Choices | End | Chance | Ask | Call | Return | None


class Emit(NamedTuple):
    """A signal for the host to be given: its name, and its values, each worded as prose is."""

    name: str
    values: tuple[tuple[str, Prose], ...]


class Step(NamedTuple):
    """What happens on arrival: the register `arrivals` goes up by one, then effects, prose, signals, then the exit.

    `id` is `scene.node`, or `scene.node.choice` for what a choice opens onto; `node` (`scene.node`) and `scene` are
    the ids that it is part of; `tags` are the author's own words for it, for hosts to go by.
    """

    id: str
    node: str
    scene: str
    tags: tuple[str, ...]
    arrivals: int | None
    effects: tuple[Assignment, ...]
    text: Prose
    signals: tuple[Emit, ...]
    exit: Exit


class Protagonist(NamedTuple):
    """Whose path can be read; `start` is the index of the first step."""

    id: str
    name: str
    about: str
    start: int


class Ending(NamedTuple):
    """An ending; `protagonists` lists the ids of those it is for."""

    id: str
    title: str
    protagonists: tuple[str, ...]
    kind: Literal["main", "side", "early"]
    hint: str


class Text(NamedTuple):
    """A free text: printed, never tested."""

    name: str
    start: str


class Event(NamedTuple):
    """Something that happens once and is told from several sides.

    `views` has the step of each protagonist's telling, by the protagonist's id. `settles` are the registers of the
    memory facts that the first telling fixes; the register `told` says whether a finished playthrough has told it.
    """

    id: str
    title: str
    views: tuple[tuple[str, int], ...]
    settles: tuple[int, ...]
    told: int


class SheetLine(NamedTuple):
    """A line of the status sheet."""

    label: str
    value: Prose


class PastNames(NamedTuple):
    """What one release says of names of the one before that it has no more: pairs of such a name and what it is now.

    `steps` has scenes, nodes and choices by their paths, a menu's choice as `menu:choice`; `moved` leads from those
    that are gone to the node where readers go on who stood there. `flags` has also memory and free texts, a local flag
    as `scene.flag`; `values` has words as `flag.value`. Elsewhere an empty name stands for what is gone and is not to
    be missed.
    """

    protagonists: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    endings: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()


class StoryData(NamedTuple):
    """A whole story.

    `warns` are content warnings, told before the first page; `chapters` are (scene, heading) in reading order; `places`
    counts the variations in its prose; `past` has what its releases say, the first one first.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    about: str
    language: str
    warns: tuple[str, ...]
    protagonists: tuple[Protagonist, ...]
    endings: tuple[Ending, ...]
    registers: tuple[Register, ...]
    texts: tuple[Text, ...]
    derived: tuple[Code, ...]
    chapters: tuple[tuple[str, str], ...]
    sheet: tuple[SheetLine, ...]
    events: tuple[Event, ...]
    places: int
    steps: Sequence[Step]
    past: tuple[PastNames, ...] = ()


def ways_on(step: Step) -> list[Goto]:
    """The gotos of a step's exit: its own, what it falls back on, and the ways on after a return."""
    match step.exit:
        case Goto():
            return [step.exit]
        case Choices(_, way, _) | Chance(_, way) | Call(_, way, ()):
            return [] if way is None else [way]
        case Call(_, way, returns):
            return [*(goto for _, goto in returns), *([] if way is None else [way])]
        case Ask(ways=way):
            return [way]
        case _:
            return []


def targets(step: Step) -> list[int]:
    """The steps that a step can lead to, conditions ignored; after a call, also those that it goes on to."""
    onward = [branch.to for way in ways_on(step) for branch in way.branches]
    match step.exit:
        case Choices(choices, _, _):
            return [*(choice.to for choice in choices), *onward]
        case Chance(outcomes):
            return [*(outcome.to for outcome in outcomes), *onward]
        case Call(to):
            return [to, *onward]
        case _:
            return onward


def prose_in(step: Step) -> list[Prose]:
    """All that a step can tell: its text and its signals, and what its choices or its question say."""
    here = [step.text, *(value for signal in step.signals for _, value in signal.values)]
    match step.exit:
        case Choices(choices):
            told = [prose for choice in choices for prose in (choice.label, choice.locked, choice.echo)]
            return [*here, *(prose for prose in told if prose is not None)]
        case Ask(label):
            return [*here, label]
        case _:
            return here


def conditions_in(step: Step) -> list[Code]:
    """All that a step's ways on depend on."""
    asked = [branch.when for way in ways_on(step) for branch in way.branches]
    match step.exit:
        case Choices(choices):
            asked += [choice.when for choice in choices]
        case Chance(outcomes):
            asked += [outcome.when for outcome in outcomes]
        case _:
            pass
    return [when for when in asked if when is not None]


def endings_in(story: StoryData) -> set[int]:
    """The endings that some step leads to, whether or not anything leads to the step."""
    return {step.exit.ending for step in story.steps if isinstance(step.exit, End)}


def body_of(steps: Mapping[int, Step] | Sequence[Step], entry: int) -> set[int]:
    """The steps that a part of a story goes through from its entry, conditions ignored, less those of what it calls."""
    found = {entry}
    waiting = [entry]
    while waiting:
        step = steps[waiting.pop()]
        onward = [branch.to for way in ways_on(step) for branch in way.branches]
        more = [to for to in (onward if isinstance(step.exit, Call) else targets(step)) if to not in found]
        found.update(more)
        waiting.extend(more)
    return found
