"""Promises: what an author wants to be so in every playthrough, for the checker to prove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from waymeet.authoring.fields import rows
from waymeet.diagnostics import did_you_mean

if TYPE_CHECKING:
    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import WrittenPromise
    from waymeet.authoring.source import Scalar
    from waymeet.diagnostics import Span
    from waymeet.expressions.code import Code

Kind = Literal["never", "always", "possible", "always_possible"]
KINDS: tuple[Kind, ...] = ("never", "always", "possible", "always_possible")


class Promise(NamedTuple):
    """A promise; `protagonist` is the index of the one whose playthroughs it is about, or None for all.

    Besides what other codes hold, its conditions may hold `("at", step)`, `("ended", ending)` and
    `("playing", protagonist)`, each with an index. `place` is where the condition stands, and `words` what it says.
    """

    id: str
    kind: Kind
    condition: Code
    until: Code | None
    protagonist: int | None
    place: Span
    words: str


def lower_promises(promises: dict[str, WrittenPromise], lowering: Lowering) -> tuple[Promise, ...]:
    """The promises, less those with something wrong, which is reported."""
    found = (_promise(name, promise, lowering) for name, promise in rows(promises))
    return tuple(promise for promise in found if promise is not None)


def _promise(name: Scalar, written: WrittenPromise, lowering: Lowering) -> Promise | None:
    kind = _kind(name, written, lowering)
    who = None if written.protagonist is None else _protagonist(written.protagonist, lowering)
    if kind is None:
        return None
    formula: Scalar = getattr(written, kind)
    condition, until = lowering.condition(formula), lowering.condition(written.until)
    place = lowering.reading.source.span(formula)
    return Promise(name.value, kind, condition or 0, until, who, place, " ".join(formula.value.split()))


def _kind(name: Scalar, written: WrittenPromise, lowering: Lowering) -> Kind | None:
    """Which of the four kinds it is; None when that is reported."""
    kinds = [kind for kind in KINDS if getattr(written, kind) is not None]
    listed = ", ".join(KINDS)
    if not kinds:
        if not written.is_misspelt:
            lowering.reading.report("missing-key", f"a promise says one of {listed}", name)
        return None
    if len(kinds) > 1:
        message = f"a promise says one thing, and this has both {kinds[0]} and {kinds[1]}"
        lowering.reading.report("wrong-value", message, written.key(kinds[1]), "make two promises of it")
        return None
    if written.until is not None and kinds != ["always_possible"]:
        message = "until goes with always_possible, and only with that"
        help_line = f"say it in the condition, as in `{kinds[0]}: … and not seen(…)`"
        lowering.reading.report("wrong-value", message, written.key("until"), help_line)
    return kinds[0]


def _protagonist(name: Scalar, lowering: Lowering) -> int | None:
    known = lowering.shared.names.protagonists
    if name.value not in known:
        message = f'there is no protagonist "{name.value}"'
        lowering.reading.report("unknown-name", message, name, did_you_mean(name.value, known))
    return known.get(name.value)
