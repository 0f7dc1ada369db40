"""What an editor tells of a key: its words, an example, what its value holds, and what can be put there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from waymeet.authoring.fields import JsonSchema
    from waymeet.authoring.schema.snippets import Snippet


class Key(NamedTuple):
    """What an editor tells of one key.

    `words` is one or two sentences; `example` some YAML. The rest is what the models do not say: `holds` is the form of
    the names, formulas or texts in its value, `keys` that of the keys of its table; `least` and `most` bound a number,
    or how many things a list or a table has; `needs` is a key that must be there, too.
    """

    words: str
    example: str = ""
    holds: str = ""
    keys: str = ""
    least: int | None = None
    most: int | None = None
    needs: str = ""
    snippets: tuple[Snippet, ...] = ()

    @property
    def schema(self) -> JsonSchema:
        """What is told, as keywords beside those that describe the value."""
        told: JsonSchema = {"description": self.words} if self.words else {}
        if self.example or "`" in self.words:
            block = f"\n\n```yaml\n{self.example}\n```" if self.example else ""
            told["markdownDescription"] = self.words + block
        if self.snippets:
            told["defaultSnippets"] = [snippet.schema for snippet in self.snippets]
        return told


Keys = dict[str, Key]
