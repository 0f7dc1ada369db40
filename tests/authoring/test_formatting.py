"""The fixed layout: what it looks like, that it loses nothing, and that it is the same when it is made twice."""

from __future__ import annotations

import random
from pathlib import Path
from textwrap import dedent
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.functional_validators import PlainValidator
from ruamel.yaml import YAML

from kit.examples import examples
from kit.formulas import chance
from kit.pages import TESTS, all_examples, fenced_blocks, story_files
from kit.scribbles import Scribbler
from kit.stories import make_story
from laws.test_loading import mangled
from waymeet.authoring.fields import Written, said, words
from waymeet.authoring.formatting import format_file
from waymeet.authoring.layout import SHAPES, TEXTS, inside
from waymeet.authoring.remarks import remarks
from waymeet.authoring.source import read_source
from waymeet.checking import compile_files
from waymeet.diagnostics import StoryError
from waymeet.project import read_files

ROOT = TESTS.parent
ON_DISK = [ROOT / "scenes", *sorted(path for path in (ROOT / "examples").glob("*") if path.suffix in ("", ".yaml"))]
PAGES = {example.name: example.files for folder in ("constructs", "rules") for example in all_examples(folder)}
TOLD = {
    f"{page.stem} at line {block.first + 1}": story_files(block.text)
    for page in sorted((*(ROOT / "docs").glob("**/*.md"), ROOT / "README.md"))
    for block in fenced_blocks(page.read_text("utf-8"))
    if block.kind == "yaml" and block.text.startswith("# file: ")
}
STORIES = {path.name: read_files(path) for path in ON_DISK if path.name != "__pycache__"} | PAGES | TOLD


def laid_out(text: str) -> str:
    """A scene file in the fixed layout."""
    formatted = format_file("x.yaml", text.encode())
    assert formatted.data is not None, formatted.findings
    again = format_file("x.yaml", formatted.data)
    assert again.data == formatted.data
    return formatted.data.decode()


def step(text: str) -> str:
    """The keys of a step in the fixed layout."""
    start = "scene: s\n\nnodes:\n  n:\n"
    written = laid_out(start + "".join(f"    {line}\n" for line in text.split("\n")))
    assert written.startswith(start)
    return dedent(written.removeprefix(start)).rstrip("\n")


# -- what it looks like ------------------------------------

SCRIBBLED = """\

# The hut.
about:   "Notes."
scene: 'hut'
nodes:


    door: # outside
        goto: in
        text: |-
            Shut.


    # Nobody comes here.
    in:
        choices:
            sit: {goto: door,  label: "Sit.", do: [ 'n -= 1' ]}
            stand:
                # a long thought
                text: "You stand there, and for as long as you can bear it
                    you do nothing else at all."

                label: Stand.
                colour: red

                when: "n >= 1" # enough
                # and no more
        otherwise:
        - door
    #    out: {}
"""
TIDY = """\
# The hut.
scene: hut
about: Notes.

nodes:
  door:  # outside
    text: |
      Shut.
    goto: in

  # Nobody comes here.
  in:
    choices:
      sit: {label: Sit., do: [n -= 1], goto: door}
      stand:
        label: Stand.

        when: n >= 1  # enough
        # a long thought
        text: |
          You stand there, and for as long as you can bear it
          you do nothing else at all.
        colour: red
        # and no more
    otherwise:
      - door
  #    out: {}
"""


def test_a_scribbled_scene_becomes_tidy() -> None:
    assert laid_out(SCRIBBLED) == TIDY


def test_a_comment_at_the_top_that_names_a_schema_stays_there() -> None:
    names = "# yaml-language-server: $schema=../story.schema.json\n"
    assert laid_out(f"{names}nodes: {{a: {{ending: b}}}}\nscene: s\n").startswith(f"{names}scene: s\n")
    assert laid_out(f"{names}# The shore.\n\nnodes: {{}}\nscene: s\n").startswith(f"{names}# The shore.\n")


def test_top_level_sections_and_nodes_are_parted_by_an_empty_line_and_short_keys_are_not() -> None:
    text = "scene: a\nlocal:\n  x: false\nonce: true\nnodes:\n  n: {ending: e}\n  m: {ending: e}\n"
    wanted = "scene: a\n\nlocal:\n  x: false\n\nonce: true\n\nnodes:\n  n: {ending: e}\n\n  m: {ending: e}\n"
    assert laid_out(text) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("label: 'Go.'", "label: Go."),
        ('label: "No"', "label: 'No'"),
        ("label: No", "label: No"),
        ('label: "12"', "label: '12'"),
        ('label: "..6"', "label: '..6'"),
        ("label: 12", "label: 12"),
        ("label: ''", 'label: ""'),
        ("label:", "label:"),
        ("label: ~", "label: ~"),
        ("""label: '"Why?"'""", """label: '"Why?"'"""),
        ("""label: 'He said: it''s'""", '''label: "He said: it's"'''),
        (r'''label: "\"It's,\" he said: no"''', """label: '"It''s," he said: no'"""),
        (r'label: "a\tb"', r'label: "a\tb"'),
        (r'label: "caf\u00e9"', "label: café"),
        (r'label: "a\u00a0b"', r'label: "a\u00a0b"'),
        ("label: 'a #b'", "label: 'a #b'"),
        ("label: 'a: b'", "label: 'a: b'"),
        ("label: '{n}'", "label: '{n}'"),
        ("allow: {a: 'x, y', 'b': Go}", "allow: {a: 'x, y', b: Go}"),
        ("colours: {a, b: }", "colours: {a: , b: }"),
        ("tags: [  ]", "tags: []"),
        ("text: 'Go.' # not lost", "text: 'Go.'  # not lost"),
        ("text: Go. # lost", "text: Go.  # lost"),
        ("when: '-2 >= n'", "when: -2 >= n"),
        ("when: 'n > 1' # note", "when: n > 1  # note"),
    ],
)
def test_a_scalar_has_the_least_quoting_that_it_needs(written: str, wanted: str) -> None:
    assert step(written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("text: One\n  two.", "text: |\n  One\n  two."),
        ("text: 'One\n\n  two.'", "text: |\n  One\n\n  two."),
        ("text: >\n  One\n  two.\n\n  Three.", "text: |\n  One\n  two.\n\n  Three."),
        ("text: |+\n  One.\n\n\ngoto: a", "text: |\n  One.\n\ngoto: a"),
        ("text: |\n\n      One.   \n      Two.", "text: |\n  One.\n  Two."),
        (r'text: "One.\n\nTwo."', "text: |\n  One.\n\n  Two."),
        (r'text: [{verse: "One\ntwo"}]', r'text: [{verse: "One\ntwo"}]'),
        ('text:\n- verse: "One\\ntwo"', 'text:\n  - verse: "One\\ntwo"'),
        ("text: |  # slow\n  One.", "text: |  # slow\n  One."),
        ('text: "a \\\\\n  b"', "text: a \\ b"),
        ("text: [{verse: 'a\n\n  b'}]", "text:\n  - verse: 'a\n\n      b'"),
        ("text:\n- verse: >\n    a\n    b", "text:\n  - verse: >\n      a\n      b"),
        ("when: a and\n  b", "when: a and b"),
        ("do: >-\n  x = 1", "do: >-\n  x = 1"),
        ("note: |+\n  a\n\ngoto: x", 'note: "a\\n\\n"\n\ngoto: x'),
        ("note: |2\n    a\n   b", "note: |2\n    a\n   b"),
    ],
)
def test_text_of_several_lines_stands_in_a_block_if_it_means_the_same_there(written: str, wanted: str) -> None:
    assert step(written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("a: {b: 1, # one\n  c: 2} # all", "a:  # all\n  b: 1  # one\n  c: 2"),
        ("a: # first\n  - 1\n  # last", "a:  # first\n  - 1\n  # last"),
        ("a: # far\n  1", "# far\na: 1"),
        ("a: [ # in\n  ]", "# in\na: []"),
        ("a:\n- # dash\n  b: 1", "a:\n  # dash\n  - b: 1"),
        ("a:\n- b: 1\n  # inner\n# outer\nc: 1", "a:\n  - b: 1\n    # inner\n# outer\nc: 1"),
        ("a: {label: Go., # c\n  when: x}", "a:\n  label: Go.  # c\n  when: x"),
        ("choices: {c: {label: Go., # c\n  when: x}}", "choices:\n  c:\n    label: 'Go.'  # c\n    when: x"),
        ("text:\n- {jathor: b, # c\n  }", "text:\n  - jathor: 'b'  # c"),
        ("? a # key\n: b", "# key\na: b"),
        ("a: 'x'\n\n\n# one\n\n\n\n# two\nb: 1", "a: x\n\n# one\n\n# two\nb: 1"),
    ],
)
def test_a_comment_stays_with_its_thing(written: str, wanted: str) -> None:
    assert step(written) == wanted


def test_brackets_that_do_not_fit_are_written_out_and_one_column_less_does() -> None:
    fits = "{label: " + "x" * 81 + ", goto: a}"
    assert step(f"allow: {fits}") == f"allow: {fits}"
    assert step(f"allow: {fits}".replace("xx", "xxx", 1)) == f"allow:\n  label: {'x' * 82}\n  goto: a"


def test_windows_line_ends_a_byte_order_mark_and_a_missing_last_line_end_are_mended() -> None:
    assert format_file("x", b"\xef\xbb\xbfscene: a\r\nnodes: {}").data == b"scene: a\nnodes: {}\n"


# -- what is refused ------------------------------------


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "yaml-syntax"),
        (b"scene: [", "yaml-syntax"),
        (b"scene: &a b", "unsafe-yaml"),
        (b"scene: a\nscene: b", "duplicate-key"),
        (b"scene: a\n---\nscene: b", "unsafe-yaml"),
        (b"\xff", "yaml-syntax"),
        (b"- scene", "missing-key"),
        (b"version: 3", "missing-key"),
    ],
)
def test_a_file_that_cannot_be_read_or_is_no_part_of_a_story_is_left_alone(data: bytes, rule: str) -> None:
    formatted = format_file("x.yaml", data)
    assert formatted.data is None
    assert {finding.rule for finding in formatted.findings} == {rule}
    assert not formatted.unproved


def test_a_layout_that_cannot_be_proved_is_not_given_back() -> None:
    key = "k" * 2000  # too long for a key unless it has a question mark before it
    formatted = format_file("x.yaml", f"scene: a\n? {key}\n: b\n".encode())
    assert (formatted.data, formatted.unproved) == (None, True)
    assert "left alone" in formatted.findings[0].message


# -- every story of the project ------------------------------------


def outcome(files: dict[str, bytes]) -> Any:
    """The compiled story, neighbouring pieces of prose joined; or the rules that its files break."""
    try:
        return settled(compile_files(files, "story"))
    except StoryError as error:
        return sorted(finding.rule for finding in error.report.findings)


def settled(data: Any) -> Any:
    """Data in which neighbouring strings are one: a line end in prose is a string of its own, a space is not."""
    if not isinstance(data, tuple):
        return data
    joined: list[Any] = []
    for part in map(settled, data):
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] = f"{joined[-1]}{part}".replace("  ", " ")
        else:
            joined.append(part)
    return tuple(joined)


def formatted_files(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a story in the fixed layout; those that must be refused stay."""
    written = {}
    for name, data in files.items():
        formatted = format_file(name, data)
        assert not formatted.unproved, data.decode()
        written[name] = data if formatted.data is None else formatted.data
        if formatted.data is not None:
            check_kept(name, data, formatted.data)
    return written


def check_kept(name: str, before: bytes, after: bytes) -> None:
    """Data and comments are the same, the layout is clean, and laying it out again changes nothing."""
    assert plain(before) == plain(after)
    comments = [sorted(remark.text for remark in remarks(read_source(name, data)[0])) for data in (before, after)]
    assert comments[0] == comments[1]
    assert after.endswith(b"\n")
    assert not after.endswith(b"\n\n")
    assert format_file(name, after).data == after, before.decode()


def plain(data: bytes) -> Any:
    """What another reader of YAML finds in a file, all white space alike."""
    return _alike(YAML(typ="base").load(data.decode("utf-8-sig")))


def _alike(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _alike(value) for key, value in data.items()}
    return [*map(_alike, data)] if isinstance(data, list) else " ".join(data.split())


@pytest.mark.parametrize("name", STORIES)
def test_a_story_of_the_project_loses_nothing(name: str) -> None:
    files = STORIES[name]
    assert outcome(formatted_files(files)) == outcome(files)


# -- stories that nobody wrote ------------------------------------


def walkthrough(chooser: random.Random) -> dict[str, Any]:
    """A walkthrough with everything that one can hold, of no story in particular."""
    turns: list[Any] = ["c0", {"at": "camp.n0", "choose": "c1"}, {"answer": "Anna: nobody's"}, {"choose": "m0"}]
    expect = {"ending": "peace", "flags": {"trust": 2, "clues": ["crest", "ring"]}, "open": ["c0"], "locked": []}
    return {
        "walkthrough": chooser.choice(("As it was", "Once more, and then home")),
        "as": "anna",
        "memory": {"met": True, "kept": []},
        "outcomes": ["7", "camp.n1"],
        "play": chooser.sample(turns, chooser.randint(1, 4)),
        "expect": expect | {"text": ["She waits.", "A **white** house"]},
    }


def scribbled(seed: int) -> tuple[dict[str, bytes], dict[str, list[str]]]:
    """The files of a random story, printed at random, and the comments in each."""
    chooser = random.Random(seed)
    files, comments = {}, {}
    for name, data in (make_story(random.Random(seed)) | {"walk.yaml": walkthrough(chooser)}).items():
        scribbler = Scribbler(chooser)
        files[name] = scribbler.file(data).encode()
        comments[name] = scribbler.comments
        if chance(chooser, 10):
            files[name] = files[name].replace(b"\n", b"\r\n")
    return files, comments


@examples(60)
@given(st.integers(0, 2**32))
def test_a_random_story_loses_nothing(seed: int) -> None:
    files, comments = scribbled(seed)
    for name, data in files.items():
        source, findings = read_source(name, data)
        assert not findings, data.decode()
        assert sorted(remark.text for remark in remarks(source)) == sorted(comments[name])
    written = formatted_files(files)
    assert outcome(written) == outcome(files)
    assert all(b" \n" not in data for data in written.values())


@examples(40)
@given(mangled())
def test_a_mangled_file_is_laid_out_or_refused_and_nothing_is_lost(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        formatted = format_file(name, data)
        assert (formatted.data is None) == bool(formatted.findings)
        if formatted.data is not None:
            check_kept(name, data, formatted.data)


# -- the order of keys keeps up with the format ------------------------------------

#: The shape of each mapping of the format, by the name of its model.
SHAPED = {
    "WrittenStory": "story",
    "WrittenCheck": "check",
    "WrittenRelease": "history",
    "WrittenRenames": "renames",
    "WrittenRemovals": "renames",
    "WrittenDeck": "deck",
    "WrittenCard": "card",
    "WrittenRoll": "roll",
    "WrittenChance": "goto",
    "WrittenAsk": "ask",
    "WrittenEvent": "event",
    "WrittenPromise": "promise",
    "WrittenSignal": "signal",
    "WrittenStoryAndScene": "story",
    "WrittenScene": "scene",
    "WrittenWalkthrough": "walkthrough",
    "WrittenTurn": "turn",
    "Expectation": "expectation",
    "WrittenFlag": "flag",
    "WrittenProtagonist": "protagonist",
    "WrittenSpeaker": "speaker",
    "WrittenEnding": "ending",
    "WrittenSheetLine": "sheet",
    "WrittenNode": "node",
    "WrittenChoice": "choice",
    "GotoEntry": "goto",
    "WhenBlock": "text",
    "MatchBlock": "text",
    "VaryBlock": "text",
    "VerseBlock": "text",
    "BreakBlock": "text",
}
#: What other models are made from.
ABSTRACT = {"WrittenStep"}


def models_of(kind: type[Written]) -> list[type[Written]]:
    """The models of mappings below one, the format's own only."""
    below = [found for kind in kind.__subclasses__() for found in (kind, *models_of(kind))]
    return [model for model in dict.fromkeys(below) if model.__module__.startswith("waymeet.")]


@pytest.mark.parametrize("model", models_of(Written), ids=lambda model: str(model.__name__))
def test_every_key_of_the_format_has_its_place_and_every_text_is_known_as_one(model: type[Written]) -> None:
    if model.__name__ in ABSTRACT:
        return
    shape = SHAPES[SHAPED[model.__name__]]
    for name, info in model.model_fields.items():
        key = info.alias or name
        assert key in shape.keys, f"{key} has no place in the layout of {model.__name__}"
        validators = [item for item in info.metadata if isinstance(item, PlainValidator)]
        nested = [item for item in _metadata(info.annotation) if isinstance(item, PlainValidator)]
        if any(item.func in (words, said) for item in (*validators, *nested)):
            within = inside(shape, key)
            assert {within.scalar, inside(within, "some_id").scalar} & set(TEXTS), f"{key} holds text"


def _metadata(annotation: Any) -> list[Any]:
    if isinstance(annotation, type) and issubclass(annotation, Written):
        return []
    found = list(getattr(annotation, "__metadata__", ()))
    for part in get_args(annotation):
        found += _metadata(part)
    return found


def test_shapes_name_shapes() -> None:
    assert all(name in SHAPES for shape in SHAPES.values() for name in (*shape.keys.values(), shape.other))
    assert Path(ROOT / "docs/decisions/0007-layout.md").is_file()
