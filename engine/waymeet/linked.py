"""A story made ready to be played: its steps linked, what it holds, and its registers in an author's terms."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from waymeet.compiled import fingerprint, to_bytes
from waymeet.errors import ChoiceError
from waymeet.machine import Machine
from waymeet.prose.rendering import Block, Span, Template
from waymeet.values import FlagValueError, Value, decode, encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waymeet.machine import Registers
    from waymeet.prose.rendering import Rendering
    from waymeet.story import Ending, Event, Protagonist, StoryData, Use


class LinkedStory:
    """What `runtime.Story` is before anybody begins to read it."""

    def __init__(self, data: StoryData, fingerprint: str | None = None) -> None:
        self.data = data
        self._fingerprint = fingerprint
        self.machine = Machine(data)
        self.texts = tuple(text.start for text in data.texts)
        #: The heading of each scene that has one, as it is told.
        self.headings = MappingProxyType(
            {scene: Block("chapter", "", (Span("", heading),)) for scene, heading in data.chapters}
        )
        self._sheet = [(line.label, Template(line.value, self.machine.derived)) for line in data.sheet]

    def __repr__(self) -> str:
        """The id, and which version it is."""
        return f"<{type(self).__name__} {self.id} {self.fingerprint[:8]}>"

    @property
    def fingerprint(self) -> str:
        """What tells this version of the story from others."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint(to_bytes(self.data))
        return self._fingerprint

    @property
    def id(self) -> str:
        """The id that saves are kept under."""
        return self.data.id

    @property
    def title(self) -> str:
        """The title."""
        return self.data.title

    @property
    def language(self) -> str:
        """The language it is told in, as the author named it; for hosts that read aloud or hyphenate."""
        return self.data.language

    @property
    def protagonists(self) -> tuple[Protagonist, ...]:
        """Whose paths can be read."""
        return self.data.protagonists

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Every ending."""
        return self.data.endings

    @property
    def events(self) -> tuple[Event, ...]:
        """What happens once and is told from several sides."""
        return self.data.events

    def ending(self, name: str) -> Ending:
        """The ending with this id; raises `LookupError`."""
        for ending in self.endings:
            if ending.id == name:
                return ending
        raise LookupError(f'there is no ending "{name}"')

    def heading(self, scene: str) -> tuple[Block, ...]:
        """The heading that is told where a reader comes to a scene, if it has one."""
        return (self.headings[scene],) if scene in self.headings else ()

    def protagonist(self, name: str) -> Protagonist:
        """The protagonist with this id; raises `ChoiceError`."""
        for protagonist in self.protagonists:
            if protagonist.id == name:
                return protagonist
        known = ", ".join(protagonist.id for protagonist in self.protagonists)
        raise ChoiceError(f'there is no path "{name}"; the paths are: {known}')

    def remember(self, memory: Mapping[str, Value]) -> Registers:
        """The registers that a path begins with; raises `ValueError`."""
        values = list(self.machine.start_registers)
        known = {r.name: (index, r) for index, r in enumerate(self.data.registers) if r.use == "memory"}
        for name, value in memory.items():
            if name not in known:
                raise FlagValueError(f'the story keeps no memory called "{name}"')
            index, register = known[name]
            values[index] = encode(register, value)
        return tuple(values)

    def values(self, registers: Registers, use: Use) -> dict[str, Value]:
        """The registers of one use, by name, in an author's terms."""
        pairs = zip(self.data.registers, registers, strict=True)
        return {register.name: decode(register, value) for register, value in pairs if register.use == use}

    def sheet(self, rendering: Rendering) -> list[tuple[str, str]]:
        """The lines of the status sheet, label and value."""
        return [(label, template.line(rendering)) for label, template in self._sheet]
