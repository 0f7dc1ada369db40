"""What a reader has settled for all readings: a small TOML file, read if there is one, obeyed as far as it is right."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.console.themes import THEMES
from waymeet.console.words import LANGUAGES, word

if TYPE_CHECKING:
    from waymeet.console.options import PlayOptions

#: The most bytes of a file that are read; all that can be settled takes a few hundred.
MAX_SIZE = 65_536
#: The lengths of a line that can be asked for, in terminal cells.
WIDTHS = range(20, 201)
#: What each setting can be; a range and a bool stand for themselves.
_POSSIBLE: dict[str, tuple[str, ...] | range | bool] = {
    "view": ("inline", "full", "plain"),
    "theme": tuple(THEMES),
    "language": LANGUAGES,
    "width": WIDTHS,
    "screen_reader": True,
}


class Config(NamedTuple):
    """The settings that a file holds, by name, and what of it is `wrong`: each the name of a text and its values."""

    path: Path
    settings: dict[str, Any]
    wrong: tuple[tuple[str, dict[str, object]], ...] = ()

    @property
    def complaints(self) -> list[str]:
        """What is wrong with it, in the reader's language."""
        return [word(name, path=self.path, **values) for name, values in self.wrong]

    def added_to(self, options: PlayOptions) -> PlayOptions:
        """The options with the settings where nothing was asked for on the command line."""
        names = ("view", "theme", "language", "width")
        return options._replace(
            **{name: self.settings[name] for name in names if name in self.settings and getattr(options, name) is None}
        )


def config_path() -> Path:
    """Where the file is: in `WAYMEET_HOME`, or in the platform's own place for such files."""
    if chosen := os.environ.get("WAYMEET_HOME"):
        return Path(chosen, "config.toml")
    from platformdirs import user_config_path

    return user_config_path("waymeet", appauthor=False) / "config.toml"


def read_config() -> Config:
    """The reader's settings; none where there is no file."""
    path = config_path()
    try:
        text = _text(path)
    except (FileNotFoundError, NotADirectoryError):
        return Config(path, {})
    except (OSError, ValueError) as error:
        return Config(path, {}, (("config_unreadable", {"reason": error}),))
    import tomllib

    try:
        written = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number can have more digits than Python reads
        return Config(path, {}, (("config_unreadable", {"reason": error}),))
    wrong = [complaint for name, value in written.items() if (complaint := _wrong(name, value)) is not None]
    right = {name: value for name, value in written.items() if _wrong(name, value) is None}
    return Config(path, right, tuple(wrong))


def _text(path: Path) -> str:
    """What stands in a file; raises `OSError`, and `ValueError` where it cannot be the reader's settings."""
    with path.open("rb") as file:
        raw = file.read(MAX_SIZE + 1)
    if len(raw) > MAX_SIZE:
        raise ValueError(f"it has more than {MAX_SIZE:,} bytes")
    return raw.decode("utf-8")


def _wrong(name: str, value: Any) -> tuple[str, dict[str, object]] | None:
    """What is wrong with a setting."""
    if name not in _POSSIBLE:
        return "config_unknown", {"name": name, "names": ", ".join(_POSSIBLE)}
    match _POSSIBLE[name]:
        case bool():
            is_right, possible = isinstance(value, bool), "true, false"
        case range() as widths:
            is_right, possible = type(value) is int and value in widths, f"{widths.start}-{widths.stop - 1}"
        case names:
            is_right, possible = isinstance(value, str) and value in names, ", ".join(f'"{each}"' for each in names)
    return None if is_right else ("config_wrong", {"name": name, "possible": possible})
