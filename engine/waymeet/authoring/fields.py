"""How one value of a YAML file is read: by what the field is, not by what the value looks like.

Readers report what is wrong where it stands, into the `Reading` at hand, and then raise `REPORTED`, so that pydantic
goes on with the rest of the file and every finding comes out at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainValidator,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from waymeet.authoring import advice
from waymeet.authoring.braces import first_without_key, joined, with_key
from waymeet.authoring.events import MAX_FINDINGS, unhurried
from waymeet.authoring.habits import TABLES_OF_NAMES, TRUTHS
from waymeet.authoring.positions import span_between
from waymeet.authoring.source import Mapping, Node, Scalar, Sequence, Source
from waymeet.authoring.tree import is_nothing
from waymeet.authoring.yaml_depth import ID_HELP
from waymeet.diagnostics import Diagnostic, Related, Severity, did_you_mean
from waymeet.expressions.syntax import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from pydantic import GetJsonSchemaHandler, ModelWrapValidatorHandler, ValidatorFunctionWrapHandler

    from waymeet.diagnostics import Span

JsonSchema: TypeAlias = dict[str, Any]

REPORTED = PydanticCustomError("reported", "reported")
MAX_ID = 64
ID = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]{1,10}")


@dataclass(slots=True)
class Reading:
    """One file being read: where it comes from, and what was found wrong in it."""

    source: Source
    findings: list[Diagnostic] = field(default_factory=list)
    #: Names that were declared where nothing can be declared, which was reported: that they are not known follows.
    displaced: set[str] = field(default_factory=set)
    #: Called now and then; what it raises ends the reading.
    tick: Callable[[], None] = unhurried

    def report(
        self,
        rule: str,
        message: str,
        place: Node | Span,
        help_line: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Add an error at a node of the tree or at a span."""
        if len(self.findings) >= MAX_FINDINGS:
            return
        span = self.source.span(place) if isinstance(place, (Scalar, Sequence, Mapping)) else place
        if any((known.rule, known.message, known.span) == (rule, message, span) for known in self.findings):
            return  # what a menu holds is read at each place that offers it
        if len(self.findings) == MAX_FINDINGS - 1:
            help_line = f"there may be more in this file: only the first {MAX_FINDINGS} findings are shown"
        self.findings.append(Diagnostic(rule, Severity.ERROR, message, span, help_line, related))

    def displace(self, key: Scalar, value: Node) -> None:
        """Note what was declared below, or as, a key that means nothing where it stands."""
        if isinstance(value, Mapping):
            self.displaced |= {key.value, *(name.value for name, _ in value.entries)}

    def keyed(self, mapping: Mapping, known: dict[str, bool]) -> Mapping:
        """A mapping with the key that it lacks before a value that stands between braces without one; reported."""
        names = {key.value for key, _ in mapping.entries}
        missing = [name for name, required in known.items() if required and name not in names]
        bare = first_without_key(mapping, self.source, known) if len(missing) == 1 else None
        if bare is None:
            return mapping
        message, help_line = f'"{missing[0]}:" is missing before this', f'write "{missing[0]}: {bare.value}"'
        self.report("missing-key", message, bare, help_line)
        return with_key(mapping, bare, missing[0])

    def whole(self, mapping: Mapping, known: Container[str] = ()) -> Mapping:
        """A mapping with its values whole: what a comma has cut off from one is reported, and joined to it again."""
        mapping, cuts = joined(mapping, self.source, known)
        for span, message, help_line in cuts:
            self.report("lost-text", message, span, help_line)
        return mapping


def reading_of(info: ValidationInfo) -> Reading:
    """The reading that a validator works for."""
    return cast("Reading", info.context)


def kind_of(node: Node) -> str:
    """What a node is, in a writer's words."""
    if isinstance(node, Scalar):
        return "nothing" if is_nothing(node) else "text"
    return "a list" if isinstance(node, Sequence) else "keys with values"


def _scalar(node: Any, info: ValidationInfo, wanted: str) -> Scalar:
    if isinstance(node, Scalar) and (node.value or node.style != "plain"):
        return node
    reading_of(info).report("wrong-value", f"expected {wanted}, found {kind_of(node)}", node)
    raise REPORTED


def words(node: Any, info: ValidationInfo) -> Scalar:
    """Text for a reader; what a comment swallowed of it is reported."""
    scalar = _scalar(node, info, "text")
    lost = reading_of(info).source.comment_after(scalar)
    if lost is not None:
        help_line = "a # after a space starts a comment: put the text in quotes, or move the comment to its own line"
        reading_of(info).report("lost-text", "the words from # on are not part of the text", lost, help_line)
    return scalar


def said(node: Any, info: ValidationInfo) -> Scalar:
    """Text for a reader that says something: it is not blank."""
    scalar = words(node, info)
    if scalar.value.strip():
        return scalar
    reading_of(info).report("wrong-value", "expected words, found only an empty text", scalar)
    raise REPORTED


#: What the formula behind a key is.
_FORMULAS = {"do": "an effect", "when": "a condition"}


def _formula(node: Any, info: ValidationInfo) -> Scalar:
    wanted = _FORMULAS.get(info.field_name or "", "a condition or a value")
    if isinstance(node, Scalar):
        return _scalar(node, info, wanted)
    message = f"expected {wanted}, found {kind_of(node)}"
    help_line = advice.for_formula(node, is_effect=info.field_name == "do")
    reading_of(info).report("wrong-value", message, node, help_line)
    raise REPORTED


def _name(node: Any, info: ValidationInfo) -> Scalar:
    if isinstance(node, Scalar):
        return _scalar(node, info, "a name")
    message = f"expected a name, found {kind_of(node)}"
    reading_of(info).report("wrong-value", message, node, advice.for_name(node, info.field_name))
    raise REPORTED


def id_problem(name: str) -> tuple[str, str] | None:
    """What is wrong with an id and what to do, or None."""
    if name in RESERVED:
        return f'"{name}" is a word of the expression language and cannot be an id', "choose another name"
    if not ID.fullmatch(name):
        return f'"{name}" cannot be an id', advice.for_id(name)
    if len(name) > MAX_ID:
        return f"this id has {len(name)} characters", f"at most {MAX_ID} are allowed"
    return None


def _id(node: Any, info: ValidationInfo) -> Scalar:
    scalar = _scalar(node, info, "an id")
    if (problem := id_problem(scalar.value)) is not None:
        reading_of(info).report("wrong-value", problem[0], scalar, problem[1])
        raise REPORTED
    return scalar


def truth(node: Any, info: ValidationInfo) -> bool:
    """`true` or `false` and nothing else."""
    if is_nothing(node):
        help_line = f'write "{(info.field_name or "").rstrip("_")}: true"'
        reading_of(info).report("wrong-value", "expected true or false, found nothing", node, help_line)
        raise REPORTED
    scalar = _scalar(node, info, "true or false")
    if scalar.value in ("true", "false"):
        return scalar.value == "true"
    meant = TRUTHS.get(scalar.value.lower())
    close = f"write {meant}" if meant else did_you_mean(scalar.value.lower(), ("true", "false"))
    reading_of(info).report("wrong-value", f'expected true or false, found "{scalar.value}"', scalar, close)
    raise REPORTED


def number_in(text: str) -> int | None:
    """The number that a text is, within ±(2³¹−1); None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) and abs(int(text)) < 2**31 else None


def whole_number(node: Any) -> int | None:
    """The number that a scalar holds, as for `number_in`."""
    return number_in(node.value) if isinstance(node, Scalar) else None


def number(node: Any, info: ValidationInfo) -> int:
    """A whole number within ±(2³¹−1)."""
    scalar = _scalar(node, info, "a whole number")
    if (value := whole_number(scalar)) is not None:
        return value
    message = f'expected a whole number, found "{scalar.value}"'
    reading_of(info).report("wrong-value", message, scalar, advice.for_number(scalar.value))
    raise REPORTED


#: Where a schema says which of the forms in `authoring.schema.forms` a value has.
FORM = "x-form"


@dataclass(frozen=True, slots=True)
class Form:
    """What an editor is to know of a value that we read ourselves: the name of its form."""

    name: str

    def __get_pydantic_json_schema__(self, _schema: object, _handler: GetJsonSchemaHandler) -> JsonSchema:
        """The form, whatever pydantic makes of the value."""
        return {FORM: self.name}


#: Prose or other words for a reader; the words that a comment swallowed are reported.
TextField = Annotated[Scalar, PlainValidator(words), Form("text")]
#: The same where there must be words, as in a label.
Said = Annotated[Scalar, PlainValidator(said), Form("said")]
#: A condition or an effect.
Formula = Annotated[Scalar, PlainValidator(_formula), Form("formula")]
#: The name of something that stands elsewhere.
Name = Annotated[Scalar, PlainValidator(_name), Form("name")]
#: A new id.
Id = Annotated[Scalar, PlainValidator(_id), Form("id")]
Truth = Annotated[bool, PlainValidator(truth), Form("truth")]
Number = Annotated[int, PlainValidator(number), Form("number")]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader(WrapValidator):
    """A reader of lists or tables; `shape` makes of their schema, as pydantic sees it, that of what may be written."""

    shape: Callable[[JsonSchema], JsonSchema]

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchema:
        """The schema of what may be written."""
        return self.shape(handler(schema))


class Broken:
    """Stands for a row of a table, or an item of a list, whose mistakes were reported; the rest is read on."""


def _mend(node: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(node)
    except ValidationError:
        return Broken()


#: Keeps what is wrong with one row or item from hiding its neighbours.
ROW = WrapValidator(_mend)


class Table(dict[str, T]):
    """What a mapping of ids holds, with the scalars of its keys in `places`; `broken` are the ids of broken rows."""

    places: dict[str, Scalar]
    broken: tuple[str, ...]


def broken_rows(table: dict[str, T]) -> tuple[str, ...]:
    """The ids of the rows that could not be read: they are known, and what they name is not."""
    return table.broken if isinstance(table, Table) else ()


def rows(table: dict[str, T]) -> Iterator[tuple[Scalar, T]]:
    """The ids of a table as they stand in the file, with what they name."""
    for name, value in table.items():
        assert isinstance(table, Table)
        yield table.places[name], value


def _table(*, ids: bool, form: str | None = None) -> Reader:
    """A reader of tables; `ids` says that their keys are new ids, `form` what to write to those who wrote a list."""

    def read(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Table[Any]:
        if not isinstance(node, Mapping):
            _refuse_table(node, reading_of(info), form or advice.for_table(info.field_name))
            raise REPORTED
        if any(" " in key.value or is_nothing(value) for key, value in node.entries):
            node = reading_of(info).whole(node)
        for key, _ in node.entries:
            if ids and (problem := id_problem(key.value)) is not None:
                reading_of(info).report("wrong-value", problem[0], key, problem[1])
                reading_of(info).displaced.add(advice.close_id(key.value))
        read = handler({key.value: value for key, value in node.entries})
        table = Table({name: value for name, value in read.items() if not isinstance(value, Broken)})
        table.places = {key.value: key for key, _ in node.entries}
        table.broken = tuple(name for name, value in read.items() if isinstance(value, Broken))
        return table

    keys = {"propertyNames": {FORM: "new_id" if ids else "key"}}
    return Reader(read, shape=lambda schema: {**schema, **keys})


_CHOICES = TABLES_OF_NAMES["choices"]


def _refuse_table(node: Node, reading: Reading, help_line: str | None) -> None:
    """Say what belongs in the place of something that is no table: of a list with dashes, what belongs in theirs."""
    at = node.start.index
    if isinstance(node, Sequence) and reading.source.text.startswith("-", at) and help_line in (None, _CHOICES):
        span = span_between(reading.source.file, reading.source.text, at, at + 1)
        reading.report("wrong-value", "what stands here begins with an id, not with a dash", span, ID_HELP)
    else:
        if isinstance(node, Sequence):
            help_line = help_line or "give each a name of its own, as in `name: …`"
        reading.report("wrong-value", f"expected names with their values, found {kind_of(node)}", node, help_line)


#: `Annotated[dict[str, X], TABLE]`: ids with what they name.
TABLE = _table(ids=True)
#: The same for choices.
CHOICES = TABLE
#: The same where the keys name things that stand elsewhere.
NAMED = _table(ids=False)
#: The same where places are named that are gone.
GONE = _table(ids=False, form="say of each where a reader goes on who stood there, as in `town.well: town.square`")


def _items(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    if not isinstance(node, Sequence):
        help_line = advice.for_list(node, info.field_name)
        reading_of(info).report("wrong-value", f"expected a list, found {kind_of(node)}", node, help_line)
        raise REPORTED
    return _whole(handler(list(node.items)))


def _one_or_more(node: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return _whole(handler(list(node.items) if isinstance(node, Sequence) else [node]))


def _whole(items: list[Any]) -> list[Any]:
    """The items without the broken ones; a list of which none is left is broken itself."""
    whole = [item for item in items if not isinstance(item, Broken)]
    if items and not whole:
        raise REPORTED
    return whole


#: `Annotated[list[X], ITEMS]`: a list.
ITEMS = WrapValidator(_items)


def _some(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    if isinstance(node, Sequence) and not node.items:
        reading_of(info).report("wrong-value", "there is nothing in this list", node)
        raise REPORTED
    return _one_or_more(node, handler)


def _or_one(schema: JsonSchema) -> JsonSchema:
    """What a list is of, or the list; what may be one of several things stays so beside the list."""
    items = schema["items"]
    return {"anyOf": [*items.get("anyOf", [items]), schema]}


#: `Annotated[list[X], ONE_OR_MORE]`: one thing, or a list of them.
ONE_OR_MORE = Reader(_one_or_more, shape=_or_one)
#: The same where the list may not be empty.
SOME = Reader(_some, shape=lambda schema: _or_one({**schema, "minItems": 1}))


class Written(BaseModel):
    """A mapping with fixed keys, as an author wrote it; `node` is where it stands."""

    #: What to say of keys that are written here out of habit.
    hints: ClassVar[dict[str, str]] = {}
    #: The keys that there may be, and whether they must be there.
    keys: ClassVar[dict[str, bool]] = {}

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    _node: Mapping = PrivateAttr()

    @classmethod
    def __pydantic_init_subclass__(cls, **_more: Any) -> None:
        """Note the keys, which pydantic knows only now."""
        cls.keys = {info.alias or name: info.is_required() for name, info in cls.model_fields.items()}

    @property
    def node(self) -> Mapping:
        """The mapping in the file."""
        return self._node

    def key(self, name: str) -> Scalar:
        """The key `name` as it stands in the file."""
        return next(key for key, _ in self._node.entries if key.value == name)

    @property
    def is_misspelt(self) -> bool:
        """Whether a key of it was reported, so that what seems to be missing may only be misspelt."""
        return any(key.value not in self.keys for key, _ in self._node.entries)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, node: Any, handler: ModelWrapValidatorHandler[Any], info: ValidationInfo) -> Any:
        if isinstance(node, dict):  # a model that refers to itself runs its wrapper twice: the outer one has read it
            return handler(node)
        reading = reading_of(info)
        reading.tick()
        if not isinstance(node, Mapping):
            keys = ", ".join(list(cls.keys)[:4])
            message = f"expected keys such as {keys}, found {kind_of(node)}"
            reading.report("wrong-value", message, node, advice.instead(cls.called(), cls.keys, node))
            raise REPORTED
        known, called = cls.keys, cls.called()
        if not known.keys() >= {key.value for key, _ in node.entries}:
            node = reading.whole(reading.keyed(node, known), known)
        fields = {key.value: value for key, value in node.entries if key.value in known}
        missing = {name for name, required in known.items() if required and name not in fields}
        for key, value in node.entries:
            if key.value not in known:
                if len(reading.findings) >= MAX_FINDINGS:
                    break
                hint = cls.hints.get(key.value) or advice.for_key(called, key.value)
                help_line = hint or did_you_mean(key.value, known)
                reading.report("unknown-key", f'"{key.value}" is not a key of {called}', key, help_line)
                reading.displace(key, value)
                missing -= {name for name in missing if f'"{name}"' in (help_line or "")}
        for name in sorted(missing):
            reading.report("missing-key", f'{called} needs "{name}"', node, advice.for_missing(called, name))
        model = handler(fields)
        model._node = node  # noqa: SLF001 - its own class's attribute, set once
        return model

    @classmethod
    def called(cls) -> str:
        """What such a mapping is called in messages: the first words of its docstring."""
        return (cls.__doc__ or "").partition(":")[0].lower()
