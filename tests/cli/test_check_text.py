"""What `waymeet check` prints for a person, and its exit codes."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from cli.stories import FERRY, HEAD, chained, endless, story, write
from waymeet.analysis.budget import BudgetSpentError
from waymeet.reports.text import printable

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from cli.conftest import Ran

    Python = Callable[..., subprocess.CompletedProcess[str]]
    Run = Callable[..., Ran]

MISSPELT = FERRY.replace("goto: landing", "goto: lending", 1)
DEAD_END = story("""\
  gate:
    text: Shut.
    choices: {go: {label: Go., goto: well}, stay: {label: Stay., goto: house}}
  well:
    text: Dark.
""")
OVERFLOW = story(
    "  gate:\n    text: '{n}'\n    choices:\n      beg: {label: Beg., do: n += 2, goto: house}\n",
    flags="  n: {min: 0, max: 1}\n",
)
UNDECIDED = endless()


def test_a_clean_story_is_one_line(here: Path, run: Run) -> None:
    ran = run("check", write(here / "ferry", story=FERRY))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ferry: clean (2 nodes, 8 choices, 2 endings, ")
    assert ran.out.endswith(", every one accounted for)\n")
    assert ran.out.count("\n") == 1


def test_the_bundled_story_is_clean_and_is_what_is_checked_without_an_argument(run: Run) -> None:
    ran = run("check")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("may_we_meet_again: clean (")


def test_a_finding_shows_its_line_a_caret_under_the_word_and_help(here: Path, run: Run) -> None:
    ran = run("check", write(here / "ferry", story=MISSPELT))
    line = MISSPELT.split("\n").index("        goto: lending") + 1
    assert ran.code == 1
    assert ran.out.split("\n")[:4] == [
        f'{here}/ferry/story.yaml:{line}:15: error[missing-target]: there is no node "lending"',
        f"{line:>5} |         goto: lending",
        "      |               ^^^^^^^",
        '      = help: did you mean "landing"?',
    ]


@pytest.mark.parametrize(
    ("typed", "shown"), [("a/ferry", "a/ferry/"), ("a/ferry/", "a/ferry/"), ("./a/ferry", "a/ferry/")]
)
def test_files_are_shown_as_they_can_be_opened_from_here(here: Path, run: Run, typed: str, shown: str) -> None:
    write(here / "a" / "ferry", story=MISSPELT)
    assert run("check", typed).out.startswith(f"{shown}story.yaml:")


def test_a_single_file_is_shown_by_its_own_path(here: Path, run: Run) -> None:
    write(here / "a", ferry=MISSPELT)
    assert run("check", "a/ferry.yaml").out.startswith("a/ferry.yaml:")
    assert run("check", here / "a" / "ferry.yaml").out.startswith(f"{here}/a/ferry.yaml:")


def test_several_findings_stand_in_the_order_of_the_files(here: Path, run: Run) -> None:
    nodes = "nodes:\n  hall:\n    text: A hall.\n    goto: nowhere\n  yard:\n    text: A yard.\n    goto: elsewhere\n"
    town, alps = f"scene: town\n{nodes}", f"scene: alps\n{nodes}"
    head = HEAD.replace("road.gate", "town.hall") + "endings: {home: {title: Home}}\n"
    out = run("check", write(here / "w", story=head, town=town, alps=alps)).out
    places = [line.split("/")[-1].split(": ")[0] for line in out.split("\n") if "error[missing-target]" in line]
    assert places == ["alps.yaml:5:11", "alps.yaml:8:11", "town.yaml:5:11", "town.yaml:8:11"]


def test_a_caret_stands_under_wide_letters_and_far_to_the_right(here: Path, run: Run) -> None:
    wide = story("  gate: {text: 深い井戸の中へ, goto: hosue}\n")
    far = story("  gate: {text: " + "water " * 60 + ", goto: hosue}\n")
    for name, text, column in (("wide", wide, 15 + 2 * 7 + 8), ("far", far, None)):
        lines = run("check", write(here / name, story=text)).out.split("\n")
        caret = next(line for line in lines if "^" in line)
        quoted = lines[lines.index(caret) - 1]
        assert caret.strip(" |") == "^^^^^"
        assert len(quoted) < 130
        if column is None:
            assert quoted[caret.index("^") :].startswith("hosue")
        else:
            assert caret.index("^") == 8 + column


def test_one_error_is_spoken_of_as_one(here: Path, run: Run) -> None:
    ran = run("check", write(here / "ferry", story=MISSPELT))
    assert ran.out.endswith("ferry: 1 error; the story cannot be played until it is mended\n")
    ran = run("check", write(here / "well", story=DEAD_END))
    assert "1 error (3 nodes, 2 choices, 1 ending, " in ran.out


def test_the_way_there_is_told(here: Path, run: Run) -> None:
    ran = run("check", write(here / "well", story=DEAD_END))
    assert ran.code == 1
    assert "error[dead-end]" in ran.out
    assert "the way there as mara: go\n" in ran.out


# -- exit codes ------------------------------------


@pytest.mark.parametrize(
    ("text", "least", "code"),
    [
        (FERRY, "note", 0),
        (OVERFLOW, "note", 1),
        (OVERFLOW, "warning", 1),
        (OVERFLOW, "error", 0),
        (DEAD_END, "error", 1),
        (MISSPELT, "error", 1),
        ("story: [", "error", 2),
    ],
)
def test_fail_on(here: Path, run: Run, text: str, least: str, code: int) -> None:
    assert run("check", "--fail-on", least, write(here / "x", story=text)).code == code


def test_of_several_stories_each_is_told_and_the_worst_counts(here: Path, run: Run) -> None:
    clean, warned = write(here / "clean", story=FERRY), write(here / "warned", story=OVERFLOW)
    broken = write(here / "broken", story="story: [")
    ran = run("check", clean, warned)
    assert ran.code == 1
    assert "ferry: clean" in ran.out
    assert "well: 1 warning" in ran.out
    assert run("check", clean, warned, broken).code == 2
    assert run("check", clean, clean).code == 0


def test_a_story_that_is_not_there_is_66_even_beside_one_that_is(here: Path, run: Run) -> None:
    ran = run("check", "nowhere")
    assert ran == (66, "", "waymeet: there is no story at nowhere\n")
    assert run("check", write(here / "clean", story=FERRY), "nowhere").code == 66


def test_a_folder_without_yaml_is_no_story(here: Path, run: Run) -> None:
    (here / "x").mkdir()
    (here / "x" / "notes.txt").write_text("story: x")
    ran = run("check", "x")
    assert (ran.code, ran.out) == (66, "")
    assert "there is no YAML file in it" in ran.err


# -- where it is written ------------------------------------


def test_output_goes_to_a_file_and_nothing_else_is_said(here: Path, run: Run) -> None:
    folder = write(here / "well", story=DEAD_END)
    ran = run("check", "--output", "out.txt", folder)
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    told = (here / "out.txt").read_text(encoding="utf-8")
    assert "error[dead-end]" in told
    assert told.endswith(")\n")


def test_output_that_cannot_be_written_is_said_in_a_line(here: Path, run: Run) -> None:
    folder = write(here / "well", story=FERRY)
    for target in (here, here / "no" / "such" / "out.txt", Path("/dev/full")):
        ran = run("check", "--output", target, folder)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("waymeet: cannot write ")
        assert str(target) in ran.err
        assert ran.err.count("\n") == 1


# -- the budget ------------------------------------


@pytest.mark.parametrize("text", [UNDECIDED, chained()], ids=["wide", "long-winded"])
def test_a_check_keeps_to_its_budget_and_says_what_it_left_open(here: Path, run: Run, text: str) -> None:
    folder = write(here / "well", story=text)
    began = time.monotonic()
    ran = run("check", "--budget", "1s", folder)
    assert time.monotonic() - began < 1.1 + 5  # a loaded machine is slow to start
    assert ran.code == 3
    assert "the budget of 1 s was used up" in ran.out
    assert re.search(r": no findings, \d+ undecided \(", ran.out)
    assert "clean" not in ran.out
    assert "accounted for" not in ran.out


#: A walk only, and then the most memory that there was in use, in kibibytes.
MEASURED = """
import re, sys
from waymeet.analysis import surveying
from waymeet.cli import main
surveying._by_sets = lambda *_: None
main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="how much memory was in use is not told")
def test_a_check_keeps_to_its_memory(here: Path, python: Python) -> None:
    write(here / "well", story=UNDECIDED)
    ran = python("-c", MEASURED, "check", "--budget", "25s,150MB", "well")
    assert "undecided: the budget of 150 MB of memory was used up after " in ran.stdout
    assert int(ran.stdout.split("\n")[-2]) * 1024 < 150_000_000 * 1.1


def test_a_story_that_is_not_read_in_time_is_undecided(here: Path, run: Run) -> None:
    ran = run("check", "--budget", "0.000001s", write(here / "well", story=FERRY))
    assert ran.code == 3
    assert ran.out.startswith("undecided: the budget of 1e-06 s was used up while reading the story; give it more")
    slips = FERRY + "endings: {}\n"
    with mock.patch("waymeet.checking.compile_story", side_effect=BudgetSpentError("it was interrupted")):
        ran = run("check", write(here / "slips", story=slips))
    assert ran.code == 1
    assert "error[duplicate-key]" in ran.out
    assert "undecided: it was interrupted\n" in ran.out


def test_findings_come_before_what_is_undecided(here: Path, run: Run) -> None:
    text = UNDECIDED.replace("  house:\n", "  lost:\n    text: Lost.\n    goto: house\n  house:\n")
    ran = run("check", "--budget", "0.2s", write(here / "well", story=text))
    assert ran.code == 1
    found = ran.out.index("error[unreachable-node]: nothing leads to this node")
    assert found < ran.out.index("\nundecided: ") < ran.out.index("dead-end: ")


WRONG = ["0", "-1s", "nan", "inf", "1h", "soon", "", "s", "2TB", "0GB", "GB", "1s,2s", "1GB,1MB", "1s,", "1s 1GB"]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_budget_that_is_none_is_wrong_usage(run: Run, wrong: str) -> None:
    ran = run("check", f"--budget={wrong}")
    assert ran.code == 2
    assert "expected a time such as 60s or 5m, a size of memory such as 500MB or 2GB, or both" in ran.err


@pytest.mark.parametrize("right", ["60s", "5m", "0.5m", "90", "2GB", "60s,2GB", "1.5gb, 5m"])
def test_budgets_of_time_and_memory(here: Path, run: Run, right: str) -> None:
    assert run("check", "--budget", right, write(here / "ferry", story=FERRY)).code == 0


def test_printable_is_what_it_says() -> None:
    assert printable("a\x1b[31m\x9b\u202eb\n") == "a□[31m□□b\n"
