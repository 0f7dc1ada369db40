"""Ways that are played first: typed, from files, from witnesses and reports of `check`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import waymeet
from waymeet.checking import check_files
from waymeet.cli import main
from waymeet.diagnostics import Diagnostic, Report, Severity, Span, Witness
from waymeet.reports.json import render
from waymeet.reports.text import located
from waymeet.reports.text import render as render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.conftest import Heard

    Read = Callable[..., Heard]

STORY = Path(__file__).parent / "lantern"
WITNESS = {"as": "bo", "memory": {"lamp": "lit"}, "before": [], "play": [], "outcomes": [], "shortest": True}
TRIMMED = {**WITNESS, "as": "ada", "play": ["trim", "walk"]}
NONE: dict[str, Any] = {"rule": "unused-flag", "witness": None}
REPORT: dict[str, Any] = {"findings": [NONE, {"witness": TRIMMED}, {"witness": WITNESS}]}


@pytest.fixture
def way(tmp_path: Path) -> Callable[[object], str]:
    """The path of a file that holds this as JSON."""

    def write(data: object) -> str:
        path = tmp_path / "way.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("text", ["trim,walk", "trim walk", " trim, walk "])
def test_ids_that_are_typed_are_played_and_then_the_reader_goes_on(read: Read, text: str) -> None:
    heard = read("1", protagonist="ada", follow=text)
    assert heard.text.index("It burns lower.") < heard.text.index("You walk.") < heard.text.index("Ending: Home")
    assert heard.code == 0


def test_no_ids_are_the_beginning(read: Read) -> None:
    assert "Your choice: " in read(protagonist="bo", follow="").text


@pytest.mark.parametrize("name", ["way.txt", "way"])
def test_a_file_of_ids_is_one_way(read: Read, name: str) -> None:
    with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123  (in the folder of the test)
        file.write("trim, trim\nwalk  # on\n")
    assert "A gate, and a door." in read(protagonist="ada", follow=name).text


def test_a_list_of_ids_is_one_way(read: Read, way: Callable[[object], str]) -> None:
    assert "A gate, and a door." in read(protagonist="ada", follow=way(["trim", "walk"])).text


@pytest.mark.parametrize("data", [TRIMMED, {"witness": TRIMMED}, REPORT, [{"findings": [NONE]}, REPORT]])
def test_a_witness_says_whose_path_and_how(read: Read, way: Callable[[object], str], data: object) -> None:
    heard = read("undo", "sheet", "q", follow=way(data))
    assert heard.text.index("It burns lower.") < heard.text.index("A gate, and a door.")
    assert "You took back: Walk on." in heard.text
    assert "Oil  1" in heard.text


def test_a_witness_begins_with_its_memory(read: Read, way: Callable[[object], str]) -> None:
    assert "You look out. A light came by." in read(follow=way(WITNESS)).text


@pytest.mark.parametrize("data", [REPORT, [{"findings": [NONE]}, {"findings": REPORT["findings"][1:]}]])
def test_a_finding_can_be_asked_for_by_its_number(read: Read, way: Callable[[object], str], data: object) -> None:
    assert "A light came by." in read(follow=way(data) + "#3").text


def test_the_reader_may_say_whose_path(read: Read, way: Callable[[object], str]) -> None:
    assert "The wood is" in read(follow=way(WITNESS), protagonist="ada").text


def test_a_report_of_check_is_followed(read: Read, tmp_path: Path) -> None:
    text = (
        "story: well\ntitle: The Well\nprotagonists: {mara: {name: Mara, start: road.gate}}\n"
        "endings: {home: {title: Home}}\nscene: road\nnodes:\n"
        "  gate: {text: Shut., choices: {go: {label: Go., goto: well}, stay: {label: Stay., ending: home}}}\n"
        "  well: {text: Dark.}\n"
    )
    folder = tmp_path / "well"
    folder.mkdir()
    (folder / "story.yaml").write_text(text)
    path = tmp_path / "report.json"
    path.write_text(render([check_files({"story.yaml": text.encode()}, "well")]))
    heard = read("q", story=waymeet.load(folder), follow=str(path))
    assert "The story has come to a dead end here" in heard.text.replace("\n", " ")
    assert "You can take back your last choice." in heard.text.replace("\n", " ")


# -- what is kept ------------------------------------


def test_nothing_that_a_reader_has_is_touched(read: Read, way: Callable[[object], str], home: Path) -> None:
    read("2", "2", "q", protagonist="ada")
    read("1", "q", protagonist="ada", new=True)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    heard = read("1", "1", "1", "4", "1", "q", follow=way(TRIMMED))
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert heard.text.count("Nothing of this reading is kept") == 1
    assert "Your place is kept." not in heard.text


def test_nothing_is_made_for_a_reader_who_has_nothing(read: Read, home: Path) -> None:
    read("1", "q", protagonist="ada", follow="walk")
    assert not home.exists()


def test_what_is_found_on_the_way_counts_until_the_end_of_it(read: Read) -> None:
    heard = read("1", "q", protagonist="ada", follow="walk,lit")
    assert "You have found 1 of 2 endings on Ada's path." in heard.text
    assert "A light came by." in heard.text


# -- what is wrong with a way ------------------------------------


@pytest.mark.parametrize(
    ("data", "number", "said"),
    [
        ({"as": "bo"}, "", "{path} holds no way: "),
        ([1], "", "{path}, item 1 is no choice id."),
        ({"witness": None}, "", "{path} holds no way: "),
        ({"findings": [NONE]}, "", "{path} holds no way: "),
        (REPORT, "#1", "{path}, finding 1 holds no way: "),
        (REPORT, "#4", "{path} has no finding 4; the number of findings is 3."),
        (REPORT, "#0", "{path} has no finding 0; the number of findings is 3."),
        (["trim"], "#1", "{path} is no report"),
        ({**WITNESS, "as": 1}, "", "{path} holds no way: "),
        ({**WITNESS, "as": "cy"}, "", "{path} does not fit the story: there is no path"),
        ({**WITNESS, "memory": {"lamp": None}}, "", "{path}: the memory lamp has no value"),
        ({**WITNESS, "memory": {"lamp": "red"}}, "", "{path} does not fit the story: "),
        ({**WITNESS, "memory": {"moon": 1}}, "", "{path} does not fit the story: the story keeps no memory"),
        ({**WITNESS, "play": ["look", "fly"]}, "", '{path}, item 2: "fly" is not open at wood.end_seen.'),
        ({**WITNESS, "play": [{}]}, "", "{path}, item 1 is no choice id."),
        ({"findings": [NONE, {"witness": {**TRIMMED, "play": ["fly"]}}]}, "", '{path}, finding 2, item 1: "fly"'),
    ],
)
def test_what_is_wrong_names_the_file_and_the_item(
    read: Read, way: Callable[[object], str], data: object, number: str, said: str
) -> None:
    path = way(data)
    heard = read(follow=path + number)
    assert heard.errors.startswith("waymeet: " + said.format(path=path))
    assert heard.code == 2


def test_an_id_that_was_typed_is_named_by_its_number(read: Read) -> None:
    heard = read(protagonist="ada", follow="trim,fly")
    assert heard.errors.startswith('waymeet: --follow, item 2: "fly" is not open at wood.edge.')
    assert heard.code == 2


@pytest.mark.parametrize("follow", ["none.json", "./none", "none#3"])
def test_a_file_that_is_not_there_is_said(read: Read, follow: str) -> None:
    heard = read(follow=follow)
    assert f"{follow.removesuffix('#3').removeprefix('./')} cannot be replayed: No such file" in heard.errors
    assert heard.code == 2


def test_a_way_may_be_longer_than_the_name_of_a_file(read: Read) -> None:
    assert read(protagonist="ada", follow=",".join(["trim"] * 5000) + ",fly").code == 2


# -- the way from a report to the console ------------------------------------


def _finding(witness: Witness) -> Diagnostic:
    return Diagnostic("dead-end", Severity.ERROR, "it ends", Span("a.yaml", 1, 1, 1, 2), witness=witness)


@pytest.mark.parametrize(
    ("story", "folder", "shown"),
    [
        (None, "a b", "play 'a b' --as ada --follow trim,walk"),
        (None, "", "play a.yaml --as ada --follow trim,walk"),
        ("x/a.yaml", "x", "play x/a.yaml --as ada --follow trim,walk"),
        ("", "scenes", "play --as ada --follow trim,walk"),
    ],
)
def test_a_report_says_how_to_see_a_finding(story: str | None, folder: str, shown: str) -> None:
    text = located(_finding(Witness("ada", play=("trim", "walk"))), {}, folder, story)
    assert text.endswith(f"\n      = to see it: waymeet {shown}\n")


def test_a_finding_from_the_start_is_followed_by_no_ids() -> None:
    assert located(_finding(Witness("ada")), {}, "x").endswith(" waymeet play x --as ada --follow ''\n")


def test_a_finding_after_earlier_readings_is_seen_through_the_json_report() -> None:
    earlier = _finding(Witness("bo", (("lamp", "lit"),), (Witness("ada", play=("walk", "lit")),), ("look",)))
    text = render_text(Report("lantern", (_finding(Witness("ada")), earlier)), "x")
    command = "waymeet check x --format json --output report.json; waymeet play x --follow report.json#2"
    assert f"\n      = to see it: {command}\n" in text


def test_the_command_follows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("sheet\n"))
    assert main(["play", str(STORY), "--plain", "--as", "ada", "--follow", "trim"]) == 0
    assert "Oil  1" in capsys.readouterr().out
