"""What the rules about states can depend on in a story: all of it but the wording, and where it stands in the files.

Two stories of one essence have the same states, so that what is proved of one is proved of the other.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from waymeet.diagnostics import Span
from waymeet.prose.rendering import sections
from waymeet.story import Choices

if TYPE_CHECKING:
    from collections.abc import Collection

    from waymeet.analysis.watch import Watch
    from waymeet.authoring.constructs.promises import Promise
    from waymeet.authoring.places import Places
    from waymeet.prose.rendering import Prose
    from waymeet.story import Choice, Exit, StoryData


def essence(story: StoryData, places: Places, promises: tuple[Promise, ...], watch: Watch, off: Collection[str]) -> str:
    """What tells a story, as it is watched and with some rules `off`, from those that may have other states."""
    wording = _Wording()
    steps = [step._replace(text=wording.numbered(step.text), exit=wording.of_exit(step.exit)) for step in story.steps]
    placed = _placeless((replace(places, forms={}), promises))  # forms of prose stand with the steps that tell them
    parts = (story._replace(steps=tuple(steps)), placed, tuple(watch.conditions), sorted(off))
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class _Wording:
    """The words of a story, each passage by a number: what is still told of it is whether it is empty, or like another.

    The conditions in it stay what they are.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}

    def numbered(self, prose: Prose) -> Prose:
        """Prose with its words by their numbers."""
        return tuple(self._number(part) if isinstance(part, str) else self._form(part) for part in prose)

    def of_exit(self, way_out: Exit) -> Exit:
        """An exit with the words of its choices by their numbers."""
        if not isinstance(way_out, Choices):
            return way_out
        return way_out._replace(choices=tuple(map(self._choice, way_out.choices)))

    def _choice(self, choice: Choice) -> Choice:
        locked = None if choice.locked is None else self.numbered(choice.locked)
        echo = None if choice.echo is None else self.numbered(choice.echo)
        return choice._replace(label=self.numbered(choice.label), locked=locked, echo=echo)

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def _form(self, form: Any) -> Any:
        inner = sections(form)

        def told(value: Any) -> Any:
            if any(value is prose for prose in inner):
                return self.numbered(value)
            return tuple(map(told, value)) if isinstance(value, tuple) else value

        return told(form)


def _placeless(value: Any) -> Any:
    """Plain data without where anything stands."""
    if isinstance(value, Span):
        return None
    if isinstance(value, (tuple, list)):
        return tuple(map(_placeless, value))
    if isinstance(value, dict):
        return tuple((_placeless(key), _placeless(one)) for key, one in value.items())
    if is_dataclass(value):
        return tuple(_placeless(getattr(value, part.name)) for part in fields(value))
    return value
