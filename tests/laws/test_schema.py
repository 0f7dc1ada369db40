"""The law of the schema: whatever story is written, an editor is content with it, also when it knows its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from kit.examples import examples
from kit.schemas import complaints, for_story
from kit.stories import as_bytes, stories

if TYPE_CHECKING:
    from kit.stories import Files


@given(stories())
@examples(30)
def test_an_editor_is_content_with_every_story(files: Files) -> None:
    written = as_bytes(files)
    assert complaints(written) == []
    assert complaints(written, for_story(written)) == []
