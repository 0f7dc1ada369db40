"""From the events of a YAML parser to a tree, refusing what stories may not use; the one module that imports ruamel.

Nothing is composed or constructed: an alias, a merge key or a tag is refused before it can do anything, and every
scalar stays the text that the author wrote.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from waymeet.authoring.characters import REFUSED, name_of
from waymeet.authoring.positions import pieces, span_between
from waymeet.authoring.tree import Mapping, Node, Scalar, Sequence, is_nothing
from waymeet.authoring.yaml_errors import explain
from waymeet.authoring.yaml_slips import Failure, Wording
from waymeet.diagnostics import Diagnostic, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 50
#: More findings than this in one file are not gathered: nobody reads them, and a hostile file could ask for millions.
MAX_FINDINGS = 100

_STYLES = {"": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
_QUOTE_IT = 'if it is text, put it in quotes, or write it indented on the lines below a "|"'
_ONE_DOCUMENT = 'put what follows "---" into a file of its own; for a break in a scene write {break: true}'
_BACKSLASH = "delete it; if you meant a backslash, write two"
_PROPERTY = re.compile(r"[ \t\n]*([!&][^ \t\n,\[\]{}]*)")
_SIGILS = {"&": "an anchor", "*": "an alias"}


def unhurried() -> None:
    """What a reading that may take all its time calls now and then."""


class _EnoughError(Exception):
    """So much is wrong with the file that reading on helps nobody."""


class Builder:
    """Turns the events of one file into its tree, and notes what it meets that stories may not use."""

    def __init__(self, file: str, text: str, findings: list[Diagnostic], tick: Callable[[], None] = unhurried) -> None:
        self.file = file
        self.tick = tick
        self.text = text
        self.findings = findings
        self.documents = 0
        #: What is open, outermost first: the event that opened it (None for the file), and the nodes inside so far.
        self.open: list[tuple[Any, list[Node]]] = [(None, [])]

    def build(self) -> Node | None:
        """The root of the tree, or None when there is none or the file cannot be read to its end."""
        try:
            if not self._read():
                return None
        except _EnoughError:
            return None
        root = self.open[0][1]
        if not root or (isinstance(root[0], Scalar) and not root[0].value and root[0].style == "plain"):
            self._empty()
            return None
        return root[0]

    def _read(self) -> bool:
        """Follow the events to their end; False when the parser gives up, which is reported."""
        last: list[Any] = [None]
        try:
            self._follow(CParser(self.text), last)
        except YAMLError as error:
            self._failed(error, last[0])
            return False
        return True

    def _follow(self, parser: Any, last: list[Any]) -> None:
        """The loop over all events: the hot one, hence one dispatch on the type and no call for a plain scalar."""
        next_event, styles, stack = parser.get_event, _STYLES, self.open
        inside = stack[-1][1]
        while (event := next_event()) is not None:
            last[0] = event
            kind = type(event)
            if kind is ScalarEvent:
                style = event.style
                inside.append(Scalar(event.value, styles[style], event.start_mark, event.end_mark))
                if style == '"':
                    self._check_escapes(inside[-1])
                if event.anchor is not None or event.tag is not None:
                    self._properties(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._enter(event)
                inside = stack[-1][1]
            elif kind is MappingEndEvent:
                start, nodes = stack.pop()
                inside = stack[-1][1]
                inside.append(Mapping(self._entries(nodes), start.start_mark, event.end_mark))
            elif kind is SequenceEndEvent:
                start, nodes = stack.pop()
                inside = stack[-1][1]
                inside.append(Sequence(tuple(nodes), start.start_mark, event.end_mark))
            else:
                self._other(event)

    def _enter(self, event: Any) -> None:
        """A sequence or a mapping begins."""
        self.tick()
        if event.anchor is not None or event.tag is not None:
            self._properties(event)
        if len(self.open) > MAX_DEPTH:
            self._unsafe(
                f"lists and keys are nested more than {MAX_DEPTH} deep here",
                event.start_mark.index,
                event.start_mark.index + 1,
                "give the inner part a node of its own and go there",
            )
            raise _EnoughError
        self.open.append((event, []))

    def _entries(self, nodes: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
        """Keys and values of a mapping; of keys written twice the first stands."""
        keys = nodes[::2]
        values: set[str] = {key.value for key in keys if type(key) is Scalar}
        if len(values) == len(keys) and "<<" not in values and "" not in values:
            return tuple(zip(keys, nodes[1::2], strict=True))  # type: ignore[arg-type]
        nodes = self._headed(nodes)
        keys = nodes[::2]
        self._check_keys(keys)
        first: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(keys, nodes[1::2], strict=False):
            if isinstance(key, Scalar):
                first.setdefault(key.value, (key, value))
        return tuple(first.values())

    def _headed(self, nodes: list[Node]) -> list[Node]:
        """Keys and values, each key that nothing stands below with the keys after it, if those come a second time."""
        pairs = list(zip(nodes[::2], nodes[1::2], strict=False))
        times = Counter(key.value for key, _ in pairs if isinstance(key, Scalar))
        found: list[Node] = []
        at = 0
        while at < len(pairs):
            key, value = pairs[at]
            below = _below(pairs, at) if is_nothing(value) and isinstance(key, Scalar) else []
            if any(times[name.value] > 1 for name, _ in below if isinstance(name, Scalar)):
                self._report(_nothing_below(key))
                value = Mapping(tuple(below), below[0][0].start, below[-1][1].end)  # type: ignore[arg-type]
                at += len(below)
            found += [key, value]
            at += 1
        return found

    def _check_keys(self, keys: list[Node]) -> None:
        """Report every key of a mapping that is not text, is a merge key, is missing or was there before."""
        seen: dict[str, Scalar] = {}
        for key in keys:
            start, end = key.start.index, key.end.index
            if not isinstance(key, Scalar):
                help_line = "a key is a plain word; if this is text, put it in quotes"
                self._unsafe("a list or a group of keys cannot be a key", start, start + 1, help_line)
            elif key.value == "<<" and key.style == "plain":
                help_line = "write out the keys that you meant to take over"
                self._unsafe('merge keys ("<<") may not be used in a story', start, end, help_line)
            elif start == end:
                self._report(Wording(start, start + 1, "there is no key before this colon", "write the key before it"))
            elif key.value in seen:
                self._duplicate(key, seen[key.value])
            else:
                seen[key.value] = key

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        line = first.start.line + 1
        related = Related(
            span_between(self.file, self.text, first.start.index, first.end.index), "it is here for the first time"
        )
        message = f'the key "{_short(key.value)}" is already on line {line}'
        help_line = "rename one of the two, or put both together"
        self._report(Wording(key.start.index, key.end.index, message, help_line, "duplicate-key"), (related,))

    def _properties(self, event: Any) -> None:
        """Report the anchor and the tag of a node."""
        at = event.start_mark.index
        while found := _PROPERTY.match(self.text, at):
            at = found.end()
            start, end = found.span(1)
            self._sigil(start, end)

    def _sigil(self, start: int, end: int) -> None:
        """Report an anchor, an alias or a tag."""
        word = _short(self.text[start:end])
        name = _SIGILS.get(word[:1], "a tag")
        self._unsafe(f'"{word}" is {name} to YAML, and stories may not use those', start, end, _QUOTE_IT)

    def _check_escapes(self, scalar: Node) -> None:
        """Report escapes that stand for a character that may not stand in a story."""
        if not isinstance(scalar, Scalar) or not REFUSED.search(scalar.value):
            return
        start, end = scalar.start.index, scalar.end.index
        found = pieces(self.text, start, end, scalar.style, scalar.value)
        for piece in (piece for piece in found or () if REFUSED.match(piece.char)):
            escape = self.text[piece.start : piece.end]
            message = f"the escape {escape} stands for {name_of(piece.char)}, which may not stand in a story"
            self._unsafe(message, piece.start, piece.end, _BACKSLASH)
        if found is None:
            self._unsafe("this text holds a character that may not stand in a story", start, end, _BACKSLASH)

    def _other(self, event: Any) -> None:
        """An event that is no node: of documents there may be one, and it may not be given directives."""
        kind, at = type(event), event.start_mark.index
        if kind is AliasEvent:
            self.open[-1][1].append(Scalar(f"*{event.anchor}", "plain", event.start_mark, event.end_mark))
            self._sigil(at, event.end_mark.index)
        elif kind is DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._unsafe("a second document begins here; a file holds one", at, at + 3, _ONE_DOCUMENT)
                raise _EnoughError
            if event.version is not None or event.tags:
                end = at + len(self.text[at : at + 80].split("\n", 1)[0])
                self._unsafe(
                    "directives (lines that begin with %) may not be used in a story", at, end, "delete the line"
                )

    def _empty(self) -> None:
        if not self.findings:
            message = "the file is empty" if not self.text.strip() else "the file is empty, but for comments"
            help_line = 'begin with "scene:" for a scene, or "story:" for the story file, or delete the file'
            self._report(Wording(0, 0, message, help_line))

    def _failed(self, error: YAMLError, last: Any) -> None:
        """Word what the parser found, unless it only follows from an anchor, alias or tag on the same line."""
        for event, nodes in self.open:
            if type(event) is MappingStartEvent:
                self._check_keys(nodes[::2])
        opened = [event.start_mark.index for event, _ in self.open[1:]]
        found = explain(_failure(error, self.text, last, opened))
        line = span_between(self.file, self.text, found.start, found.end).line
        if not any(finding.rule == "unsafe-yaml" and finding.span.line == line for finding in self.findings):
            self._report(found)

    def _unsafe(self, message: str, start: int, end: int, help_line: str) -> None:
        self._report(Wording(start, end, message, help_line, "unsafe-yaml"))

    def _report(self, found: Wording, related: tuple[Related, ...] = ()) -> None:
        """Note a finding; the last one that is allowed says so and ends the reading."""
        last = len(self.findings) == MAX_FINDINGS - 1
        help_line = found.help + (f"; reading stopped here, after {MAX_FINDINGS} findings" if last else "")
        span = span_between(self.file, self.text, found.start, found.end)
        self.findings.append(Diagnostic(found.rule, Severity.ERROR, found.message, span, help_line, related))
        if last:
            raise _EnoughError


def _failure(error: YAMLError, text: str, last: Any, opened: list[int]) -> Failure:
    """The parser's error, and the last thing that it read before, freed of ruamel's types."""
    problem = str(getattr(error, "problem", None) or str(error).split("\n", 1)[0])
    at = min(_index(error, "problem_mark", len(text)), len(text))
    begin = min(_index(error, "context_mark", at), len(text))
    style = _STYLES.get(last.style or "", "plain") if type(last) is ScalarEvent else ""
    start = last.start_mark.index if last is not None else 0
    end = min(last.end_mark.index, len(text)) if last is not None else 0
    return Failure(
        text, problem, str(getattr(error, "context", None) or ""), at, begin, style, start, end, tuple(opened)
    )


def _index(error: YAMLError, name: str, otherwise: int) -> int:
    mark = getattr(error, name, None)
    return otherwise if mark is None else int(mark.index)


def _below(pairs: list[tuple[Node, Node]], head: int) -> list[tuple[Node, Node]]:
    """The keys on the lines after a key that may belong to it: those before another that stands for itself."""
    found: list[tuple[Node, Node]] = []
    names: set[str] = set()
    for at in range(head + 1, len(pairs)):
        key, value = pairs[at]
        is_like_it = isinstance(value, Mapping) and names & {inner.value for inner, _ in value.entries}
        if is_nothing(value) or is_like_it or key.start.line == pairs[head][0].start.line:
            break
        found.append((key, value))
        names.add(key.value if isinstance(key, Scalar) else "")
    return found


def _nothing_below(key: Node) -> Wording:
    assert isinstance(key, Scalar)
    column = key.start.column
    less = f', or, if "{_short(key.value)}" itself stands too far in, indent that by fewer' if column else ""
    message = f'nothing belongs to "{_short(key.value)}", for the lines after it stand no further in'
    help_line = f"indent the lines that belong to it by {column + 2} spaces{less}"
    return Wording(key.start.index, key.end.index, message, help_line, "duplicate-key")


def _short(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= 40 else line[:39] + "…"
