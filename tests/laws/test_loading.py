"""Laws of loading and reporting: whatever is in the files, there is a report, and every finding stands in a file."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.contract import check_contract
from kit.examples import examples
from kit.stories import as_block_yaml, as_bytes, make_story
from waymeet import opening
from waymeet.checking import check_files, compile_files
from waymeet.diagnostics import StoryError, StoryNotFoundError
from waymeet.reports import json as json_report
from waymeet.reports import text as text_report

if TYPE_CHECKING:
    from waymeet.diagnostics import Report, Span

#: What writers get wrong, and what an adversary would try.
PIECES: tuple[str, ...] = (
    *"{}[]:,|>&*!%@`\"'#-?\t \n\\=~0x",
    "\n\n",
    ": ",
    " #",
    "- ",
    "---\n",
    "...\n",
    "&a ",
    "*a",
    "<<: ",
    "!!python/object:os.system ",
    "%YAML 1.1\n",
    "\0",
    "\x07",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\u202e",
    "\ufeff",
    "é",
    "雨",
    "😀",
    "null",
    "true",
    "seen(",
    "{armed",
    "when: ",
    "goto: nowhere\n",
    "choices:\n",
    "é" * 70,
    "9" * 40,
    "(" * 60,
    "{" * 60,
    "[" * 60,
    "**",
)


@st.composite
def mangled(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of a story in either style of YAML, with a few random edits."""
    files = make_story(random.Random(draw(st.integers(0, 300))))
    block = draw(st.booleans())
    written = {name: as_block_yaml(data).encode() for name, data in files.items()} if block else as_bytes(files)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(written)))
        written[name] = draw(_edited(written[name]))
    return written


@st.composite
def _edited(draw: st.DrawFn, data: bytes) -> bytes:
    text: str = data.decode("utf-8", "replace")
    lines = text.split("\n")
    at = draw(st.integers(0, len(text)))
    line = draw(st.integers(0, len(lines) - 1))
    match draw(
        st.sampled_from(("insert", "insert", "put", "delete", "cut", "line", "twice", "indent", "word", "bytes"))
    ):
        case "insert":
            return (text[:at] + draw(st.sampled_from(PIECES)) + text[at:]).encode()
        case "put":
            return (text[:at] + draw(st.sampled_from(PIECES)) + text[at + 1 :]).encode()
        case "delete":
            return (text[:at] + text[at + draw(st.integers(1, 12)) :]).encode()
        case "cut":
            return text[:at].encode()
        case "line":
            return "\n".join([*lines[:line], *lines[line + 1 :]]).encode()
        case "twice":
            return "\n".join([*lines[:line], lines[line], *lines[line:]]).encode()
        case "indent":
            moved = draw(st.sampled_from(("  ", "\t", " "))) + lines[line]
            return "\n".join(
                [*lines[:line], draw(st.sampled_from((moved, lines[line].lstrip()))), *lines[line + 1 :]]
            ).encode()
        case "word":
            words = text.split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(words))
            return " ".join(words).encode()
        case _:
            return data[:at] + bytes([draw(st.integers(0, 255))]) + data[at:]


def check_spans(report: Report, files: dict[str, bytes]) -> None:
    """Every finding stands within the text of its file."""
    for finding in report.findings:
        for span in (finding.span, *(related.span for related in finding.related)):
            assert span.file in files
            _check_span(span, report.sources[span.file])


def _check_span(span: Span, text: str) -> None:
    lines = text.split("\n")
    assert 1 <= span.line <= span.end_line <= len(lines), span
    assert 1 <= span.column <= len(lines[span.line - 1]) + 1, span
    assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 2, span
    assert (span.line, span.column) <= (span.end_line, span.end_column), span


# -- any files at all ------------------------------------


@examples(350)
@given(mangled())
def test_a_mangled_story_gives_a_report_whose_findings_stand_in_its_files(files: dict[str, bytes]) -> None:
    report = check_files(files, "random", budget=2.0)
    check_spans(report, files)
    assert report.findings or not report.invalid
    assert text_report.render(report, "folder").endswith("\n")
    check_contract(json.loads(json_report.render([report])), report.sources)
    if report.invalid:
        with pytest.raises(StoryError) as caught:
            compile_files(files, "random")
        assert caught.value.report.findings == report.findings
    else:
        compile_files(files, "random")


@examples(100)
@given(st.dictionaries(st.sampled_from(("a.yaml", "b.yaml")), st.binary(max_size=60), min_size=1))
def test_files_of_any_bytes_give_a_report(files: dict[str, bytes]) -> None:
    report = check_files(files, "random")
    check_spans(report, files)
    assert report.invalid
    text_report.render(report)
    check_contract(json.loads(json_report.render([report])), report.sources)


@examples(40)
@given(st.integers(0, 300))
def test_the_report_of_a_story_keeps_the_contract(seed: int) -> None:
    files = as_bytes(make_story(random.Random(seed)))
    report = check_files(files, "random")
    check_spans(report, files)
    check_contract(json.loads(json_report.render([report])), report.sources)
    text = text_report.render(report)
    assert all(finding.message in text for finding in report.findings)


@examples(15)
@given(mangled())
def test_a_folder_is_loaded_or_refused_with_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("story")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    try:
        story = opening.load(folder)
    except (StoryError, StoryNotFoundError):
        return
    assert opening.load(folder).data == story.data  # the second time from the cache


# -- determinism ------------------------------------

_PROGRAM = """
import json, random, sys
from kit.stories import as_bytes, make_story
from waymeet.checking import check_files, compile_files
from waymeet.reports import json as reports
from waymeet.compiled import to_bytes
for seed in range(25):
    files = as_bytes(make_story(random.Random(seed)))
    report = reports.to_object(check_files(files, "random"))
    report["summary"].pop("seconds")
    files["broken.yaml"] = b"scene: broken\\nnodes: {n: {goto: nowher, txt: a, when: trus, do: [moood = cold, x += 1]}}"
    print(json.dumps([report, [str(f) for f in check_files(files, "random").findings]]))
    files.pop("broken.yaml")
    print(to_bytes(compile_files(files, "random")).hex()[:200])
"""


def test_reports_and_compiled_stories_do_not_depend_on_the_order_of_hashes() -> None:
    outputs = [_run_with(seed) for seed in ("0", "1", "4242")]
    assert outputs[0].count("\n") == 50
    assert outputs == [outputs[0]] * 3


def _run_with(seed: str) -> str:
    paths = [str(Path(__file__).resolve().parents[1]), str(Path(opening.__file__).resolve().parents[1])]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(paths)}
    finished = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return finished.stdout
