"""`pytest --update` rewrites what fixture pages expect, and nothing else on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import waymeet
from kit.expectations import expected
from kit.pages import TESTS, examples, place_text, rewrite, story_files
from kit.plays import script

PAGE = """\
# A page

Words, with `code`.

```yaml
story: one
```

```text
old
```

Between.

```yaml
# file: a.yaml
story: two
# file: b/c.yaml
scene: s
```

```play
as ada

Stale words.

> go

More of them.
```

```play
as bo
```

The end.
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with two stories."""
    path = tmp_path / "page.md"
    path.write_text(PAGE, "utf-8")
    return path


def test_reads_stories_with_the_expectations_behind_them(page: Path) -> None:
    one, two = examples(page)
    assert (one.name, one.files) == ("page-1", {"story.yaml": b"story: one\n"})
    assert two.files == {"a.yaml": b"story: two\n", "b/c.yaml": b"scene: s\n"}
    assert [block.text for block in one.only("text")] == ["old\n"]
    assert [block.kind for block in two.expected] == ["play", "play"]


def test_replaces_a_text_block_and_only_that(page: Path) -> None:
    assert place_text(examples(page)[0], "new\nlines\n")
    assert page.read_text("utf-8") == PAGE.replace("old\n", "new\nlines\n")


def test_adds_and_removes_a_text_block(page: Path) -> None:
    assert place_text(examples(page)[0], "")
    assert page.read_text("utf-8") == PAGE.replace("\n```text\nold\n```\n", "")
    assert place_text(examples(page)[0], "old\n")
    assert page.read_text("utf-8") == PAGE


def test_adds_a_text_block_before_the_plays(page: Path) -> None:
    assert place_text(examples(page)[1], "found\n")
    assert [block.kind for block in examples(page)[1].expected] == ["text", "play", "play"]
    assert [block.text for block in examples(page)[0].only("text")] == ["old\n"]


def test_changes_nothing_the_second_time(page: Path) -> None:
    assert not place_text(examples(page)[0], "old\n")
    assert not place_text(examples(page)[1], "")
    assert not rewrite(examples(page)[1], "play", lambda _, text: text)
    assert page.read_text("utf-8") == PAGE


def test_replaces_every_play_of_a_story_with_what_its_script_gives(page: Path) -> None:
    assert rewrite(examples(page)[1], "play", lambda _, text: f"{script(text).head}{script(text).lines}\n")
    blocks = [block.text for block in examples(page)[1].only("play")]
    assert blocks == ["('as ada',)('> go',)\n", "('as bo',)()\n"]
    assert page.read_text("utf-8").endswith("```\n\nThe end.\n")


def test_a_page_that_grew_in_the_meantime_is_read_anew(page: Path) -> None:
    before = examples(page)
    place_text(before[0], "one\ntwo\nthree\n")
    place_text(before[1], "found\n")
    assert [[block.text for block in example.only("text")] for example in examples(page)] == [
        ["one\ntwo\nthree\n"],
        ["found\n"],
    ]


def test_expectations_are_about_their_own_line_the_next_or_one_further_down() -> None:
    files = story_files(
        dedent("""\
            a: 1  # expect: lost-text
            # expect: dead-end, soft-lock
            # expect: dead-end
            b: |
            # expect: bad-prose, 2 lines down
              words
              more words
            """)
    )
    assert sorted(expected(files).elements()) == [
        ("story.yaml", 1, "lost-text"),
        ("story.yaml", 4, "dead-end"),
        ("story.yaml", 4, "dead-end"),
        ("story.yaml", 4, "soft-lock"),
        ("story.yaml", 7, "bad-prose"),
    ]


def test_an_expectation_about_nothing_is_refused() -> None:
    with pytest.raises(AssertionError, match="about nothing"):
        expected(story_files("a: 1\n# expect: dead-end\n"))


# -- the whole way, in a copy of these tests ------------------------------------


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A project with these tests and one page for each kind of fixture."""
    for name in ("kit", "conftest.py", "test_rules.py", "test_constructs.py"):
        source, target = TESTS / name, tmp_path / "tests" / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, _made(target))
    for name in ("rules/dead-end.md", "constructs/gotos.md"):
        shutil.copyfile(TESTS / name, _made(tmp_path / "tests" / name))
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = tests\naddopts = --import-mode=importlib\n", "utf-8")
    return tmp_path


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _run(project: Path, *options: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "fires_exactly or as_written"]
    engine = str(Path(waymeet.__file__).parents[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**kept, "PYTHONPATH": engine}
    done = subprocess.run([*command, *options], cwd=project, env=environment, check=False, capture_output=True)
    return done.returncode


def test_a_wrong_expectation_fails_until_it_is_updated(copied: Path) -> None:
    pages = [copied / "tests" / name for name in ("rules/dead-end.md", "constructs/gotos.md")]
    right = [page.read_text("utf-8") for page in pages]
    pages[0].write_text(right[0].replace("nothing leads on from here", "all is well here"), "utf-8")
    pages[1].write_text(right[1].replace("» Rage.", "» Calm."), "utf-8")
    assert _run(copied) == pytest.ExitCode.TESTS_FAILED
    assert _run(copied, "--update") == pytest.ExitCode.OK
    assert [page.read_text("utf-8") for page in pages] == right
    assert _run(copied) == pytest.ExitCode.OK


def test_updating_does_not_hide_a_rule_that_fires_where_it_should_not(copied: Path) -> None:
    page = copied / "tests" / "rules" / "dead-end.md"
    wrong = page.read_text("utf-8").replace("  cellar:  # expect: dead-end", "  cellar:")
    page.write_text(wrong, "utf-8")
    assert _run(copied, "--update") == pytest.ExitCode.TESTS_FAILED
    assert page.read_text("utf-8") == wrong
