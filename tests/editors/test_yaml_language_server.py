"""The schema in the YAML language server, which is behind YAML in most editors: what it marks, shows and offers."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from editors.server import SERVER, Problem, Server
from kit.schemas import for_story, the_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NODE = shutil.which("node")
if NODE is None or not SERVER.exists():
    pytest.skip(
        "THE SCHEMA WAS NOT TRIED IN AN EDITOR'S SERVER: `make editor-server` installs one (it needs npm)",
        allow_module_level=True,
    )

STORY = """\
story: example
protagonists: {nell: {name: Nell, start: house.hall}}
cast: {warden: {name: The Warden}}
flags: {lamp: false, trust: {min: -3, max: 3}}
endings: {home: {title: Home at last}}
warns: [war]
scene: house
nodes:
  hall:
    text: The hall is dark.
    tags: night
    choices:
      go: {label: Go on., ending: home}
"""
#: A file in which a test goes on inside a node.
NODES = "scene: garden\nnodes:\n  yard:\n"
IN_NODE = NODES + "    text: A yard.\n"


def _served(folder: Path, schema: object) -> Iterator[Server]:
    file = folder / "schema.json"
    file.write_text(json.dumps(schema), encoding="utf-8")
    server = Server(str(NODE), file)
    yield server
    server.close()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the schema of any story."""
    yield from _served(tmp_path_factory.mktemp("plain"), the_schema())


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the schema of one story."""
    yield from _served(tmp_path_factory.mktemp("knowing"), for_story({"story.yaml": STORY.encode()}).schema)


# -- what is marked ------------------------------------


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (IN_NODE + "    chioces: {}\n", [(5, "chioces", "Property chioces is not allowed.")]),
        (IN_NODE + "    choices:\n      go: {goto: yard}\n", [(6, "go", 'Missing property "label".')]),
        (IN_NODE + "    goto: {wen: lamp, to: yard}\n", [(5, "wen", "Property wen is not allowed.")]),
        (IN_NODE + "    goto: [yard, {when: lamp}]\n", [(5, "{", 'Missing property "to".')]),
        (IN_NODE + "    goto: The yard\n", [(5, "The yard", "a node is named `node` or `scene.node`")]),
        (
            NODES + "    text: [{when: lamp, txt: x}]\n",
            [(4, "txt", "Property txt is not allowed."), (4, "{", "Missing")],
        ),
        (
            NODES + "    text: [{wen: lamp, text: x}]\n",
            [(4, "{wen: lamp, text: x}", "a spoken line is one name")],
        ),
        (NODES + "    once: yes\n", [(4, "once", "Property once is not allowed.")]),
        ("scene: garden\nonce: yes\nnodes: {}\n", [(2, "yes", 'Incorrect type. Expected "boolean".')]),
        (IN_NODE + "    choices: {go: {label: ''}}\n", [(5, "''", "there must be words here")]),
        (IN_NODE + "    choices: {go: {label: Go., limit: 0}}\n", [(5, "0", "Value is below the minimum of 1.")]),
        ("scene: garden\nnodes: {The yard: {}}\n", [(2, "The yard", "an id starts with a small letter")]),
        ("story: a\nprotagonists: {a: {start: b}}\nflags: {x: fasle}\n", [(3, "fasle", "write `false`, {min: 0")]),
        (
            "story: a\nprotagonists: {a: {start: b}}\nflags: {x: {min: 0}}\n",
            [(3, "{min: 0}", "Object is missing")],
        ),
        ("scen: garden\n", [(1, "scen", "a file starts with `story:`, `scene:` or `walkthrough:`")]),
        ("walkthrough: a\nas: nell\nexpect: {endng: home}\n", [(3, "endng", "Property endng is not allowed.")]),
    ],
)
def test_a_slip_is_marked_where_it_stands(plain: Server, text: str, problems: list[Problem]) -> None:
    found = plain.problems(text)
    assert [(line, marked) for line, marked, _ in found] == [(line, marked) for line, marked, _ in sorted(problems)]
    for problem, (_, _, words) in zip(found, sorted(problems), strict=True):
        assert problem.message.startswith(words)


def test_texts_may_look_like_anything(plain: Server, knowing: Server) -> None:
    looks = ("12", "no", "true", "2026-11-22", "1e3", "007", "0x10", '""')
    blocks = "".join(f"      - {look}\n" for look in looks)
    assert plain.problems(f"{NODES}    text:\n{blocks}") == []
    labels = "".join(f"      c{i}: {{label: {look}, goto: yard}}\n" for i, look in enumerate(looks[:-1]))
    assert plain.problems(f"{IN_NODE}    choices:\n{labels}") == []
    assert knowing.problems(STORY) == []


def test_other_names_than_the_storys_are_marked(knowing: Server) -> None:
    found = knowing.problems(NODES + "    text: [{warde: Who is there}]\n    goto: hal\n    allow: {dead-ned: a}\n")
    assert [(line, marked) for line, marked, _ in found] == [(4, "warde"), (5, "hal"), (6, "dead-ned")]
    assert found[1].message.startswith("there was no node of this name when the schema was made")
    assert knowing.problems(NODES + "    goto: hall\n    text: [{warden: Who is there}]\n") == []


# -- what is shown ------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        (
            IN_NODE + "    choices:\n      go:\n        label: Go.\n        lock¦ed: true\n",
            "A choice",
            "While `when` is",
        ),
        (IN_NODE + "    go¦to: hall\n", "A node", "The node to go on to"),
        (IN_NODE + "    go¦to: [{to: hall}]\n", "A node", "The node to go on to"),
        (NODES + "    te¦xt: A yard.\n", "A node", "What is told here"),
        (NODES + "    te¦xt: [A yard., {warden: Who is there}]\n", "A node", "What is told here"),
        (NODES + "    text: [{wh¦en: lamp, text: Light.}]\n", "A when block", "A condition"),
        (NODES + "    ta¦gs: [night]\n", "A node", "Ids for you"),
        ("scene: garden\nnodes:\n  ya¦rd: {ending: home}\n", "A node", "A step that others"),
        (STORY.replace("flags", "fla¦gs"), "A story file", "What one reading remembers"),
    ],
)
def test_a_key_tells_what_it_is_for(knowing: Server, text: str, title: str, words: str) -> None:
    shown = knowing.hover(text)
    assert shown.startswith(f"#### {title}\n\n{words}")
    assert "||" not in shown
    assert "Source:" in shown


def test_an_example_is_shown(plain: Server) -> None:
    shown = plain.hover(IN_NODE + "    choices:\n      go:\n        label: Go.\n        lock¦ed: true\n")
    assert "```yaml\nwhen: lamp\nlocked: It is dark up there.\n```" in shown


# -- what is offered ------------------------------------


def test_a_new_file_can_be_begun(plain: Server) -> None:
    offered = plain.completions("¦")
    assert {"a story", "a scene", "a story in one file", "a walkthrough"} <= offered.keys()
    assert offered["a scene"].startswith("scene: ${1:id}\nnodes:\n  ${2:node}:\n")


def test_keys_are_offered_in_a_node(plain: Server) -> None:
    offered = plain.completions(IN_NODE + "    ¦\n")
    assert {"do", "choices", "goto", "ending", "card", "roll", "note"} <= offered.keys()
    assert not {"text", "label", "nodes", "property"} & offered.keys()
    assert offered["goto"] == "goto: "
    assert offered["choices"].startswith("choices:\n  ${1:id}:\n    label: ")


@pytest.mark.parametrize("key", ["do", "text", "goto", "menus", "tags", "warns", "note", "ending", "call", "return"])
def test_a_key_comes_with_its_colon(plain: Server, key: str) -> None:
    assert plain.completions(f"{NODES}    ¦\n")[key] == f"{key}: "


def test_choices_are_offered_among_choices(plain: Server) -> None:
    for before in ("", "      go: {label: Go.}\n"):
        offered = plain.completions(f"{IN_NODE}    choices:\n{before}      ¦\n")
        assert offered == {"a choice": "${1:id}:\n  label: ${2:What the reader sees.}\n  goto: ${3:node}"}


def test_blocks_are_offered_in_a_text(plain: Server) -> None:
    blocks = {"a spoken line", "text by condition", "text by value", "text that varies", "a verse", "a scene break"}
    assert plain.completions(NODES + "    text: ¦\n").keys() == blocks | {"text in quotes", "a block of text"}
    assert plain.completions(NODES + "    text:\n      - ¦\n").keys() == blocks


def test_nothing_is_offered_in_the_middle_of_prose(plain: Server, knowing: Server) -> None:
    for server in (plain, knowing):
        assert server.completions(NODES + "    text: |\n      The war¦\n") == {}
        assert server.completions(NODES + "    text: |\n      The war¦den knocks.\n\n      Twice.\n") == {}
        assert server.completions(IN_NODE + "    choices:\n      go:\n        when: lamp and ¦\n") == {}


def test_a_condition_can_be_begun(plain: Server) -> None:
    offered = plain.completions(IN_NODE + "    goto: [{when: ¦}]\n")
    assert offered["seen(…)"] == "seen(${1:node})"


def test_forms_of_flags_are_offered(plain: Server) -> None:
    offered = plain.completions("story: a\nflags:\n  ¦\n")
    assert offered["a number"] == "${1:flag}: {min: ${2:0}, max: ${3:3}, start: ${4:0}}"
    assert offered.keys() == {"true or false", "a number", "one of some words", "any of some words", "free text"}


def test_of_a_story_that_cannot_be_read_names_are_offered_and_none_is_marked(tmp_path: Path) -> None:
    torn = {"story.yaml": STORY.encode(), "yard.yaml": b"scene: ["}
    for server in _served(tmp_path, for_story(torn).schema):
        assert server.problems(NODES + "    text: [{warde: Who is there}]\n    goto: hal\n") == []
        assert {"hall", "house.hall"} <= server.completions(NODES + "    goto: ¦\n").keys()
        assert {"warden", "nell"} <= server.completions(NODES + "    text:\n      - w¦\n").keys()


@pytest.mark.parametrize(
    ("text", "some"),
    [
        (IN_NODE + "    goto: ¦\n", {"hall", "house.hall", "a way by condition"}),
        (IN_NODE + "    goto:\n      - ¦\n", {"hall", "house.hall", "when", "to", "a way"}),
        (IN_NODE + "    goto: [{to: ¦}]\n", {"hall", "house.hall"}),
        (IN_NODE + "    ending: ¦\n", {"home"}),
        (IN_NODE + "    do: ¦\n", {"lamp = …", "trust += …"}),
        (
            IN_NODE + "    choices:\n      go:\n        label: Go.\n        when: ¦\n",
            {"lamp", "not lamp", "trust >= …"},
        ),
        (NODES + "    text:\n      - w¦\n", {"warden", "nell"}),
        (NODES + "    tags: ¦\n", {"night"}),
        (NODES + "    warns: ¦\n", {"war"}),
        (NODES + "    allow:\n      ¦\n", {"dead-end", "soft-lock"}),
        ("story: a\nprotagonists:\n  nell:\n    start: ¦\n", {"hall", "house.hall"}),
        ("story: a\nendings:\n  home:\n    for: ¦\n", {"nell"}),
        ("story: a\nendings:\n  home:\n    kind: ¦\n", {"main", "side", "early"}),
        ("story: a\nchapters:\n  ¦\n", {"house"}),
        ("walkthrough: a\nas: ¦\n", {"nell"}),
        ("walkthrough: a\nas: nell\nplay:\n  - ¦\n", {"go", "a turn at a place"}),
        ("walkthrough: a\nas: nell\nexpect:\n  flags:\n    ¦\n", {"lamp", "trust"}),
    ],
)
def test_a_storys_names_are_offered(knowing: Server, text: str, some: set[str]) -> None:
    assert some <= knowing.completions(text).keys()


def test_a_comment_at_the_top_names_the_schema(plain: Server, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"properties": {"scene": {"type": "integer"}}}), encoding="utf-8")
    found = plain.problems(f"# yaml-language-server: $schema={file.as_uri()}\nscene: garden\nnodes: {{}}\n")
    assert [(line, marked) for line, marked, _ in found] == [(2, "garden")]
