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

from waymeet.authoring.events import MAX_FINDINGS
from waymeet.authoring.source import Mapping, Node, Scalar, Sequence, Source
from waymeet.diagnostics import Diagnostic, Related, Severity, did_you_mean
from waymeet.expressions.syntax import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def reading_of(info: ValidationInfo) -> Reading:
    """The reading that a validator works for."""
    return cast("Reading", info.context)


def kind_of(node: Node) -> str:
    """What a node is, in a writer's words."""
    if isinstance(node, Scalar):
        return "text" if node.value or node.style != "plain" else "nothing"
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


def _formula(node: Any, info: ValidationInfo) -> Scalar:
    return _scalar(node, info, "a condition or an effect")


def _name(node: Any, info: ValidationInfo) -> Scalar:
    return _scalar(node, info, "a name")


def id_problem(name: str) -> tuple[str, str] | None:
    """What is wrong with an id and what to do, or None."""
    if name in RESERVED:
        return f'"{name}" is a word of the expression language and cannot be an id', "choose another name"
    if not ID.fullmatch(name):
        return f'"{name}" cannot be an id', "ids start with a small letter a-z and go on with a-z, 0-9 and _"
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
    scalar = _scalar(node, info, "true or false")
    if scalar.value in ("true", "false"):
        return scalar.value == "true"
    help_line = did_you_mean(scalar.value.lower(), ("true", "false"))
    reading_of(info).report("wrong-value", f'expected true or false, found "{scalar.value}"', scalar, help_line)
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
    reading_of(info).report("wrong-value", f'expected a whole number, found "{scalar.value}"', scalar)
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


def _table(*, ids: bool, form: str = "give each a name of its own, as in `name: …`") -> Reader:
    """A reader of tables; `form` says to those who wrote a list what to write."""

    def read(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Table[Any]:
        if not isinstance(node, Mapping):
            help_line = form if isinstance(node, Sequence) else None
            message = f"expected names with their values, found {kind_of(node)}"
            reading_of(info).report("wrong-value", message, node, help_line)
            raise REPORTED
        for key, _ in node.entries:
            if ids and (problem := id_problem(key.value)) is not None:
                reading_of(info).report("wrong-value", problem[0], key, problem[1])
        read = handler({key.value: value for key, value in node.entries})
        table = Table({name: value for name, value in read.items() if not isinstance(value, Broken)})
        table.places = {key.value: key for key, _ in node.entries}
        table.broken = tuple(name for name, value in read.items() if isinstance(value, Broken))
        return table

    keys = {"propertyNames": {FORM: "new_id" if ids else "key"}}
    return Reader(read, shape=lambda schema: {**schema, **keys})


#: `Annotated[dict[str, X], TABLE]`: ids with what they name.
TABLE = _table(ids=True)
#: The same for choices.
CHOICES = _table(ids=True, form="give each choice an id of its own, as in `go_in: {label: Go in., goto: hall}`")
#: The same where the keys name things that stand elsewhere.
NAMED = _table(ids=False)
#: The same where places are named that are gone.
GONE = _table(ids=False, form="say of each where a reader goes on who stood there, as in `town.well: town.square`")


def _items(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    if not isinstance(node, Sequence):
        reading_of(info).report("wrong-value", f"expected a list, found {kind_of(node)}", node)
        raise REPORTED
    return _whole(handler(list(node.items)))


def _one_or_more(node: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return _whole(handler(list(node.items) if isinstance(node, Sequence) else [node]))


def _whole(items: list[Any]) -> list[Any]:
    return [item for item in items if not isinstance(item, Broken)]


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
        if not isinstance(node, Mapping):
            keys = ", ".join(list(cls.keys)[:4])
            reading.report("wrong-value", f"expected keys such as {keys}, found {kind_of(node)}", node)
            raise REPORTED
        known = cls.keys
        fields = {key.value: value for key, value in node.entries if key.value in known}
        missing = {name for name, required in known.items() if required and name not in fields}
        for key, _ in node.entries:
            if key.value not in known:
                if len(reading.findings) >= MAX_FINDINGS:
                    break
                help_line = cls.hints.get(key.value) or did_you_mean(key.value, known)
                reading.report("unknown-key", f'"{key.value}" is not a key of {cls.called()}', key, help_line)
                missing -= {name for name in missing if f'"{name}"' in (help_line or "")}
        for name in sorted(missing):
            reading.report("missing-key", f'{cls.called()} needs "{name}"', node)
        model = handler(fields)
        model._node = node  # noqa: SLF001 - its own class's attribute, set once
        return model

    @classmethod
    def called(cls) -> str:
        """What such a mapping is called in messages: the first words of its docstring."""
        return (cls.__doc__ or "").partition(":")[0].lower()
