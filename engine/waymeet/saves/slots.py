"""Saves that the reader has named: each a place like an autosave's, in files that are called after it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from waymeet.saves.autosave import Generations

if TYPE_CHECKING:
    from pathlib import Path

#: The longest name, in characters.
MAX_NAME = 40
#: What may stand in a name between letters and digits.
_BETWEEN = " -_'\u2019"

_FILE = re.compile(r"slot(?P<kind>[-+])(?P<name>[^.]+)(?:\.1)?\.json")


def alike(name: str) -> str:
    """What is the same for names that are told apart by nothing but letter case, spaces and how accents are encoded."""
    return _written(name).casefold()


class SlotNameError(Exception):
    """A name that no save can have; `char` is the character that it may not hold, if that is why."""

    def __init__(self, char: str = "") -> None:
        super().__init__(f"a save cannot have this name: {char!r}")
        self.char = char


class Slot(Generations):
    """The files of one name."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, _stem(name))
        self.name = name


class Slots:
    """The named saves in a folder; small and capital letters make no difference between names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, Slot] = {}

    def there(self) -> list[Slot]:
        """Those that there are, by name."""
        try:
            names = {name for path in self._folder.iterdir() if (name := _name(path.name)) is not None}
        except FileNotFoundError:  # it was removed meanwhile, and is made again with the next save
            return []
        return [self.of(name) for name in sorted(names)]

    def named(self, name: str) -> Slot | None:
        """The one of this name, if there is one."""
        wanted = alike(name)
        return next((slot for slot in self.there() if alike(slot.name) == wanted), None)

    def of(self, name: str) -> Slot:
        """The one of this name, which need not be there yet."""
        return self._opened.setdefault(name, Slot(self._folder, name))


def slot_name(text: str) -> str:
    """The text as the name of a save: letters and digits of any script, spaces, hyphens, underscores, apostrophes.

    Raises `SlotNameError` for one with anything else in it, one that begins with no letter or digit, and one that is
    empty or longer than `MAX_NAME`.
    """
    name = _written(text)
    for char in name:
        if char not in _BETWEEN and unicodedata.category(char)[0] not in "LMN":
            raise SlotNameError(char)
    if not name or len(name) > MAX_NAME or unicodedata.category(name[0])[0] not in "LN":
        raise SlotNameError
    return name


def _written(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _stem(name: str) -> str:
    """What its files are called: in letters that every file system has, and never the way out of the folder."""
    return f"slot-{name}" if name.isascii() else f"slot+{name.encode('punycode').decode()}"


def _name(file: str) -> str | None:
    """The name of the save in a file; None for any other file."""
    found = _FILE.fullmatch(file)
    if found is None:
        return None
    try:
        name = found["name"] if found["kind"] == "-" else found["name"].encode().decode("punycode")
        return name if slot_name(name) == name and _stem(name) == file.split(".", maxsplit=1)[0] else None
    except (SlotNameError, UnicodeError):
        return None
