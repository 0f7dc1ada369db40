"""From compiled prose to the blocks that a reader sees.

Compiled prose is plain data: a tuple of strings and of tuples `(form, …)`; the forms are the keys of `_LINKERS`. Which
wording a variation shows depends on how often its place was shown, never on anything a condition could read.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.dice import mixed
from waymeet.expressions.code import CodeError, link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waymeet.expressions.code import Code, Run

    Part = Callable[["Rendering"], None]

#: A tuple of strings and forms; recursive, hence loosely typed.
Prose = Any

_CLOSING_MARKS = frozenset(".,;:!?)…”’'\"")
_MASK = 2**64 - 1

#: Every kind of `Block`, and every style of a `Span`.
KINDS = frozenset({"paragraph", "speech", "verse", "break", "echo", "chapter"})
STYLES = frozenset({"", "em", "strong", "em strong"})


class Span(NamedTuple):
    """Text in one style: a set of the words `em` and `strong`, joined by a space, or nothing."""

    style: str
    text: str


class Block(NamedTuple):
    """One block of prose.

    Kinds: `paragraph`, `speech` (by `speaker`), `verse`, `break` (a scene break), `echo` (of the choice that was
    taken), `chapter` (the heading of a scene that was just come to).

    A newline inside a span is a line break that the author asked for.
    """

    kind: str
    speaker: str
    spans: tuple[Span, ...]

    @property
    def plain(self) -> str:
        """The block as a string without emphasis; a scene break is `* * *`."""
        if self.kind == "break":
            return "* * *"
        text = "".join(span.text for span in self.spans)
        return f"{self.speaker}: {text}" if self.kind == "speech" else text


class Rendering:
    """One telling: passages rendered in order, each from its own registers.

    `shown` says how often each variation was shown before; `counted` is what this telling makes of that.
    """

    __slots__ = (
        "_gap",
        "_spans",
        "blocks",
        "counted",
        "kind",
        "registers",
        "seed",
        "shown",
        "speaker",
        "style",
        "texts",
    )

    def __init__(self, registers: Sequence[int], texts: tuple[str, ...], shown: Mapping[int, int], seed: int) -> None:
        self.registers = registers
        self.texts = texts
        self.seed = seed
        self.blocks: list[Block] = []
        self.style = ""
        self.kind = "paragraph"
        self.speaker = ""
        self.shown = shown
        self.counted: dict[int, int] = {}
        self._spans: list[Span] = []
        self._gap = False

    def count(self, place: int) -> int:
        """How often a variation was shown before, counting this time."""
        before = self.counted.get(place, self.shown.get(place, 0))
        self.counted[place] = before + 1
        return before

    def write(self, text: str) -> None:
        """Add text, with the spaces at the seams as a typesetter would have them."""
        last = self._spans[-1].text[-1] if self._spans else "\n"
        if last in " \n":
            text = text.lstrip(" ")
        if not text:
            return
        if self._gap and last == " " and _closes(text):
            self._trim()
        self._gap = False
        self._spans.append(Span(self.style, text))

    def nothing(self) -> None:
        """Note that an expansion printed nothing, so that no space is left hanging before a full stop."""
        self._gap = True

    def line(self) -> None:
        """End a line inside a block."""
        self._trim()
        if self._spans:
            self.write("\n")

    def close(self) -> None:
        """End the block at hand, if there is anything in it; it is of the kind that the rendering is in."""
        while self._spans and self._spans[-1].text[-1] in " \n":
            self._trim(" \n")
        self._gap = False
        if self._spans:
            self.blocks.append(Block(self.kind, self.speaker, _joined(self._spans)))
            self._spans = []

    def _trim(self, what: str = " ") -> None:
        """Take spaces off the end, as far as it is in one style."""
        while self._spans:
            style, text = self._spans.pop()
            if text := text.rstrip(what):
                self._spans.append(Span(style, text))
            if text or not self._spans or self._spans[-1].style != style:
                return


def _closes(text: str) -> bool:
    """Whether a text begins with a mark that stands close to the word before it; a quote before a word opens."""
    return text[0] in _CLOSING_MARKS and not (text[0] in "'\"" and text[1:2].isalnum())


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans with neighbours of one style made one, all at once: a long block has many pieces."""
    if len(spans) == 1:
        return tuple(spans)
    runs = groupby(spans, itemgetter(0))
    return tuple([Span(style, "".join([text for _, text in run])) for style, run in runs])


class Template:
    """Prose ready to be rendered; each paragraph that never varies is rendered once, when the story is linked."""

    __slots__ = ("_kind", "_parts", "fixed", "fixed_line")

    def __init__(self, prose: Prose, derived: Sequence[Run] = (), kind: str = "paragraph") -> None:
        self._kind = kind
        self._parts = tuple(self._paragraph(paragraph, derived) for paragraph in _paragraphs(prose))
        #: The blocks, where they are the same every time; the same as one line.
        self.fixed: tuple[Block, ...] | None = None
        self.fixed_line: str | None = None
        if is_fixed(prose):
            self.fixed = self._blocks(self._parts, Rendering((), (), {}, 0))
            self.fixed_line = _line(self.fixed)

    def render(self, rendering: Rendering) -> tuple[Block, ...]:
        """The blocks, from the registers that the rendering holds."""
        return self._blocks(self._parts, rendering) if self.fixed is None else self.fixed

    def line(self, rendering: Rendering) -> str:
        """The same on one line, without emphasis, as for a label."""
        return _line(self._blocks(self._parts, rendering)) if self.fixed_line is None else self.fixed_line

    def _paragraph(self, prose: Prose, derived: Sequence[Run]) -> Part:
        parts = _link_all(prose, derived)
        if is_fixed(prose):
            blocks = self._blocks(parts, Rendering((), (), {}, 0))
            return lambda rendering: rendering.blocks.extend(blocks)

        def part(rendering: Rendering) -> None:
            for inner in parts:
                inner(rendering)
            rendering.close()

        return part

    def _blocks(self, parts: tuple[Part, ...], rendering: Rendering) -> tuple[Block, ...]:
        rendering.blocks = []
        rendering.kind, rendering.speaker = self._kind, ""
        for part in parts:
            part(rendering)
        rendering.close()
        return tuple(rendering.blocks)


def _paragraphs(prose: Prose) -> list[Prose]:
    """The prose between one end of a paragraph and the next."""
    found: list[list[Any]] = [[]]
    for part in prose:
        if part == ("para",):
            found.append([])
        else:
            found[-1].append(part)
    return [tuple(parts) for parts in found if parts]


def _line(blocks: tuple[Block, ...]) -> str:
    return " ".join(block.plain for block in blocks).replace("\n", " ")


def is_fixed(prose: Prose) -> bool:
    """Whether prose reads the same in every state, at every visit."""
    return all(
        isinstance(part, str)
        or part[0] in ("para", "line", "break")
        or (part[0] in ("em", "strong", "verse") and is_fixed(part[1]))
        or (part[0] == "speech" and is_fixed(part[2]))
        for part in prose
    )


def sections(part: Any) -> list[Prose]:
    """The pieces of prose inside one form, in order."""
    match part:
        case ("em" | "strong" | "verse", inner):
            return [inner]
        case ("speech", _, inner):
            return [inner]
        case ("when", _, yes, no):
            return [yes, no]
        case ("match", _, cases, otherwise):
            return [*(inner for _, _, inner in cases), otherwise]
        case ("vary", _, _, parts):
            return list(parts)
        case _:
            return []


def code_of(part: Any) -> Code | None:
    """The code by whose value one form shows one thing or another, if it goes by one."""
    match part:
        case ("value" | "members" | "when" | "match", code, *_):
            return code
        case _:
            return None


# -- the forms ------------------------------------------------------------------------------------


def _link_all(prose: Prose, derived: Sequence[Run]) -> tuple[Part, ...]:
    return tuple(_link(part, derived) for part in prose)


def _link(part: Any, derived: Sequence[Run]) -> Part:
    if isinstance(part, str):
        return lambda rendering: rendering.write(part)
    try:
        form, *operands = part
        return _LINKERS[form](operands, derived)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise CodeError(f"no such form of prose: {part!r}") from error


def _run(parts: tuple[Part, ...], rendering: Rendering) -> None:
    if not parts:
        rendering.nothing()
    for part in parts:
        part(rendering)


def _styled(style: str) -> Callable[[list[Any], Sequence[Run]], Part]:
    def linker(operands: list[Any], derived: Sequence[Run]) -> Part:
        parts = _link_all(operands[0], derived)

        def part(rendering: Rendering) -> None:
            before = rendering.style
            rendering.style = " ".join(sorted({*before.split(), style}))
            _run(parts, rendering)
            rendering.style = before

        return part

    return linker


def _value(operands: list[Any], derived: Sequence[Run]) -> Part:
    code, words = operands
    run = link(code, derived)
    if not words:
        return lambda rendering: rendering.write(str(int(run(rendering.registers))))
    return lambda rendering: rendering.write(words[run(rendering.registers)])


def _members(operands: list[Any], derived: Sequence[Run]) -> Part:
    code, words = operands
    run = link(code, derived)

    def part(rendering: Rendering) -> None:
        mask = run(rendering.registers)
        named = [word for index, word in enumerate(words) if mask >> index & 1]
        rendering.write(", ".join(named)) if named else rendering.nothing()

    return part


def _text(operands: list[Any], _derived: Sequence[Run]) -> Part:
    (index,) = operands

    def part(rendering: Rendering) -> None:
        text = rendering.texts[index]
        rendering.write(text) if text else rendering.nothing()

    return part


def _when(operands: list[Any], derived: Sequence[Run]) -> Part:
    code, yes, no = operands
    run, shown, hidden = link(code, derived), _link_all(yes, derived), _link_all(no, derived)
    return lambda rendering: _run(shown if run(rendering.registers) else hidden, rendering)


def _match(operands: list[Any], derived: Sequence[Run]) -> Part:
    code, cases, otherwise = operands
    run, rest = link(code, derived), _link_all(otherwise, derived)
    linked = [(low, high, _link_all(inner, derived)) for low, high, inner in cases]

    def part(rendering: Rendering) -> None:
        value = run(rendering.registers)
        _run(next((parts for low, high, parts in linked if low <= value <= high), rest), rendering)

    return part


def _vary(operands: list[Any], derived: Sequence[Run]) -> Part:
    kind, place, parts = operands
    linked = [_link_all(inner, derived) for inner in parts]
    size = len(linked)
    picks: dict[str, Callable[[int, int], int | None]] = {
        "sequence": lambda count, _seed: min(count, size - 1),
        "once": lambda count, _seed: count if count < size else None,
        "cycle": lambda count, _seed: count % size,
        "shuffle": lambda count, seed: shuffled(seed, place, count // size, size)[count % size],
    }
    pick = picks[kind]

    def part(rendering: Rendering) -> None:
        index = pick(rendering.count(place), rendering.seed)
        _run(() if index is None else linked[index], rendering)

    return part


def _speech(operands: list[Any], derived: Sequence[Run]) -> Part:
    speaker, inner = operands
    return _block("speech", speaker, _link_all(inner, derived))


def _verse(operands: list[Any], derived: Sequence[Run]) -> Part:
    return _block("verse", "", _link_all(operands[0], derived))


def _block(kind: str, speaker: str, parts: tuple[Part, ...]) -> Part:
    def part(rendering: Rendering) -> None:
        rendering.close()
        outer = rendering.kind, rendering.speaker
        rendering.kind, rendering.speaker = kind, speaker
        _run(parts, rendering)
        rendering.close()
        rendering.kind, rendering.speaker = outer

    return part


def _break(_operands: list[Any], _derived: Sequence[Run]) -> Part:
    def part(rendering: Rendering) -> None:
        rendering.close()
        rendering.blocks.append(Block("break", "", ()))

    return part


#: One linker a form; strings stand for themselves.
_LINKERS: dict[str, Callable[[list[Any], Sequence[Run]], Part]] = {
    "para": lambda _operands, _derived: Rendering.close,
    "line": lambda _operands, _derived: Rendering.line,
    "em": _styled("em"),
    "strong": _styled("strong"),
    "value": _value,
    "members": _members,
    "text": _text,
    "when": _when,
    "match": _match,
    "vary": _vary,
    "speech": _speech,
    "verse": _verse,
    "break": _break,
}


def shuffled(seed: int, place: int, turn: int, size: int) -> list[int]:
    """An order of `size` things, fixed by the seed, the place and how many orders were used up before.

    Fisher-Yates over SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    """
    order = list(range(size))
    state = (seed * 0x9E3779B97F4A7C15 ^ place * 0xBF58476D1CE4E5B9 ^ turn * 0x94D049BB133111EB) & _MASK
    for last in range(size - 1, 0, -1):
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        pick = mixed(state) % (last + 1)
        order[last], order[pick] = order[pick], order[last]
    return order
