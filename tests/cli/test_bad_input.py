"""Whatever stands where a story should: a line on what is wrong, an exit code, no traceback, no wait."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import waymeet.checking
import waymeet.commands.refusals
import waymeet.opening
import waymeet.project
from cli.stories import FERRY, HEAD, write

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from cli.conftest import Ran

    Run = Callable[..., Ran]
    Python = Callable[..., subprocess.CompletedProcess[str]]

COMMANDS = ("check", "play", "test")
#: What a terminal obeys, as bytes in a file and as escapes in quotes.
STEERING = "\x1b]0;x\x07\x1b[31m\x9b2J\x7f\u202e"
ESCAPED = "\\e[31m\\x9b2J\\a\\x7f\\u202e"


def is_quiet(text: str) -> bool:
    """Whether a text holds nothing that could steer a terminal."""
    return all(character.isprintable() or character == "\n" for character in text)


#: The bytes of a file that is no YAML for stories, the rule it offends, and where.
FILES = {
    "empty": (b"", "yaml-syntax", "1:1"),
    "blank": (b" \n\n", "yaml-syntax", "1:1"),
    "comment only": (b"# later\n", "yaml-syntax", "1:1"),
    "a word": (b"hello\n", "wrong-value", "1:1"),
    "a list": (b"- a\n- b\n", "wrong-value", "1:1"),
    "no YAML": (b"a: [b\n", "yaml-syntax", "1:4"),
    "Latin-1": (b"story: a\ntitle: caf\xe9\n", "yaml-syntax", "2:11"),
    "UTF-16": ("story: a\n".encode("utf-16"), "yaml-syntax", "1:1"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "yaml-syntax", "1:1"),
    "anchor": (b"story: &a ferry\n", "unsafe-yaml", "1:8"),
    "alias": (b"story: *a\n", "unsafe-yaml", "1:8"),
    "merge key": (b"story: a\n<<: {title: b}\n", "unsafe-yaml", "2:1"),
    "tag": (b'story: !!python/object/apply:os.system ["id"]\n', "unsafe-yaml", "1:8"),
    "two documents": (b"story: a\n---\nscene: b\n", "unsafe-yaml", "2:1"),
    "directive": (b"%YAML 1.1\n---\nstory: a\n", "unsafe-yaml", "1:1"),
    "NUL": (b"story: a\0b\n", "unsafe-yaml", "1:9"),
    "depth 51": (b"story: a\nnote: " + b"[" * 50 + b"]" * 50, "unsafe-yaml", "2:56"),
    "depth 60": (b"story: a\nnote: " + b"[" * 60 + b"]" * 60, "unsafe-yaml", "2:56"),
    "depth 100,000": (b"story: a\nnote: " + b"[" * 100_000 + b"]" * 100_000, "unsafe-yaml", "2:56"),
    "depth in keys": (b"story: a\nnote: " + b"{a: " * 100_000, "unsafe-yaml", "2:203"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_yaml_for_stories(here: Path, run: Run, name: str) -> None:
    data, rule, place = FILES[name]
    (here / "x.yaml").write_bytes(data)
    ran = run("check", "x.yaml")
    assert ran.out.startswith(f"x.yaml:{place}: error[{rule}]: ")
    assert (ran.code, ran.err) == (1 if rule == "wrong-value" else 2, "")
    assert "      = help: " in ran.out
    assert is_quiet(ran.out)
    assert len(ran.out) < 10_000
    played = run("play", "x.yaml")
    assert (played.code, played.out) == (ran.code, "")
    assert played.err.rstrip() == ran.out.rstrip()


def test_a_billion_laughs_are_not_told(here: Path, run: Run) -> None:
    lines = ["a: &a [lol, lol]"]
    lines += [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]" for i in range(20)]
    ran = run("check", write(here / "x", laughs="\n".join(lines)))
    assert ran.code == 2
    assert ran.out.count("error[unsafe-yaml]") == 100
    assert "after 100 findings" in ran.out


@pytest.mark.parametrize(
    "line", ["k{}: 1", "k: {}", "k{}: [", '"k{}\\e": 1'], ids=["unknown keys", "duplicates", "brackets", "escapes"]
)
def test_a_file_with_very_many_slips_is_told_in_bounds(here: Path, run: Run, line: str) -> None:
    (here / "x.yaml").write_text("story: a\n" + "".join(line.format(n) + "\n" for n in range(20_000)))
    ran = run("check", "x.yaml")
    assert ran.code in (1, 2)
    assert 1 <= ran.out.count(": error[") <= 200


def test_a_file_over_the_limit_is_not_read(here: Path, run: Run) -> None:
    (here / "x.yaml").write_bytes(b"story: a\n" + b"#" * 17 * 1024 * 1024)
    for command in ("check", "play"):
        ran = run(command, "x.yaml")
        assert ran.code == 2
        assert "16 MiB" in ran.out + ran.err
        assert "16.0 MiB" not in ran.out + ran.err
        assert "split it into several scene files" in ran.out + ran.err


@pytest.mark.parametrize(
    "line",
    [
        'story: "a{}"',
        'title: "T{}"',
        '"key{}": 1',
        'waymeet: "{}"',
        'protagonists: {{"p{}": {{start: "road.{}"}}}}',
        'flags: {{"f{}": {{one_of: ["a{}"], start: "b{}"}}}}',
        'scene: "s{}"',
        'nodes: {{"n{}": {{text: "A{}", do: "x{} = 1", goto: "y{}", allow: {{"r{}": x}}}}}}',
    ],
)
@pytest.mark.parametrize("steering", [STEERING, ESCAPED], ids=["raw", "escaped"])
def test_nothing_in_a_file_can_steer_the_terminal(here: Path, run: Run, line: str, steering: str) -> None:
    (here / "x.yaml").write_text(HEAD + line.replace("{}", steering).replace("{{", "{").replace("}}", "}") + "\n")
    for command in COMMANDS:
        ran = run(command, "x.yaml")
        assert ran.code in (1, 2)
        assert is_quiet(ran.out + ran.err)
        assert "x.yaml:" in ran.out + ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_no_argument_can_steer_the_terminal(run: Run, command: str) -> None:
    for arguments in ([f"x{STEERING}"], [f"--x{STEERING}"], [f"--seed={STEERING}"], [f"--format={STEERING}"]):
        ran = run(command, *arguments)
        assert ran.code in (2, 66)
        assert is_quiet(ran.out + ran.err)
    assert is_quiet(run(f"{command}{STEERING}").err)


def test_no_file_name_can_steer_the_terminal(here: Path, run: Run) -> None:
    folder = here / f"d{STEERING}"
    folder.mkdir()
    (folder / f"s{STEERING}.yaml").write_text("story: [")
    for command in COMMANDS:
        ran = run(command, folder)
        assert ran.code == 2
        assert is_quiet(ran.out + ran.err)


def test_a_file_name_that_is_no_utf_8(here: Path, run: Run) -> None:
    Path(os.fsdecode(b"\xff.yaml")).write_text("story: [")
    for command in COMMANDS:
        assert run(command, here).code == 2
        assert run(command, os.fsdecode(b"\xff.yaml")).code == 2
        assert run(command, os.fsdecode(b"\xfe.yaml")).code == 66
    assert run("check", "--format", "json", here).out.encode()


def test_a_report_on_a_file_name_that_is_no_utf_8_can_be_written(here: Path, run: Run) -> None:
    (here / "s").mkdir()
    (here / "s" / os.fsdecode(b"\xff.yaml")).write_text("story: [")
    (here / "s" / "\\xff.yaml").write_text("story: [")
    for form in ("text", "json"):
        assert run("check", "--format", form, "--output", "report", "s").code == 2
        written = (here / "report").read_text(encoding="utf-8")
        assert written.count("xff.yaml") >= 2
        assert "xff.yaml~" in written


def test_fmt_writes_to_the_very_file_whatever_its_name(here: Path, run: Run) -> None:
    file = write(here / "s", story=FERRY) / os.fsdecode(b"\xff.yaml")
    file.write_text('walkthrough:   "One"\nas: mara\n')
    before = sorted((here / "s").iterdir())
    assert run("fmt", "s").code == 0
    assert sorted((here / "s").iterdir()) == before
    assert file.read_text().startswith("walkthrough: One\n")


def test_files_that_are_too_much_in_all_are_no_story(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(here / "s", story=FERRY, more="scene: more\nnodes: {a: {ending: across}}\n")
    most = sum(file.stat().st_size for file in folder.iterdir())
    monkeypatch.setattr(waymeet.project, "MAX_TOTAL", most)
    assert run("check", "s").code == 1
    monkeypatch.setattr(waymeet.project, "MAX_TOTAL", most - 1)
    for command in COMMANDS:
        ran = run(command, "s")
        assert (ran.code, ran.out) == (66, "")
        assert ran.err == "waymeet: s holds more than 0 MiB of YAML: it is no story folder\n"


def test_what_is_wrong_with_one_story_does_not_hide_the_reports_on_others(here: Path, run: Run) -> None:
    write(here / "a", story=FERRY)
    write(here / "b", story=FERRY.replace("ending: across", "ending: acros"))
    (write(here / "c", story=FERRY) / "link.yaml").symlink_to("nowhere")
    ran = run("check", "a", "missing", "b")
    assert (ran.code, ran.err) == (66, "waymeet: there is no story at missing\n")
    assert "ferry: clean" in ran.out
    assert "b/story.yaml:" in ran.out
    ran = run("check", "a", "c")
    assert ran.code == 2
    assert ran.err.startswith("waymeet: cannot read c/link.yaml: ")
    assert "ferry: clean" in ran.out


# -- what is there is no file ------------------------------------


def test_a_folder_named_like_a_file_is_a_folder(here: Path, run: Run) -> None:
    folder = write(here / "x.yaml", story=FERRY)
    (folder / "y.yaml").mkdir()
    assert run("check", "x.yaml").code == 0


def test_what_leads_out_of_the_folder_is_no_part_of_it(here: Path, run: Run) -> None:
    write(here, outside="story: [")
    folder = write(here / "x", story=FERRY)
    (folder / "link.yaml").symlink_to(here / "outside.yaml")
    (folder / "up").symlink_to(here)
    assert run("check", "x").code == 0


def test_a_link_within_the_folder_and_the_folder_behind_a_link(here: Path, run: Run) -> None:
    (write(here / "x", story=FERRY).parent / "y").symlink_to(here / "x")
    assert run("check", "y").code == 0


def test_hidden_files_are_no_part_of_a_story(here: Path, run: Run) -> None:
    folder = write(here / "x", story=FERRY)
    (folder / ".draft.yaml").write_text("story: [")
    write(folder / ".git", x="story: [")
    assert run("check", "x").code == 0


@pytest.mark.parametrize("target", ["nowhere.yaml", "link.yaml"], ids=["broken", "circle"])
def test_a_link_that_leads_nowhere(here: Path, run: Run, target: str) -> None:
    folder = write(here / "x", story=FERRY)
    (folder / "link.yaml").symlink_to(target)
    for command in COMMANDS:
        ran = run(command, "x")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("waymeet: cannot read x/link.yaml: ")
        assert run(command, "x/link.yaml").code in (2, 66)


def test_a_pipe_or_a_device_is_no_story_and_nobody_waits_for_it(here: Path, python: Python) -> None:
    os.mkfifo(here / "pipe.yaml")
    folder = write(here / "x", ferry=FERRY)
    os.mkfifo(folder / "story.yaml")
    calls = [["check", "pipe.yaml"], ["play", "pipe.yaml"], ["check", "/dev/zero"], ["check", "/dev/tty"]]
    code = f"from waymeet.cli import main\nfor call in {calls!r}: print(main(call))\nprint(main(['check', 'x']))"
    ran = python("-c", code, seconds=10)
    assert ran.returncode == 0
    assert ran.stdout.split("\n")[:4] == ["66"] * 4
    assert ran.stdout.endswith("\n0\n")
    assert ran.stderr.count("waymeet: ") == 4


# -- what cannot be read ------------------------------------


def forbid(monkeypatch: pytest.MonkeyPatch, name: str, error: OSError) -> None:
    """Make a file fail to open as it would for somebody else's user, whoever runs the tests."""
    real = Path.open

    def fail(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == name:
            raise type(error)(error.errno, error.strerror, str(path))
        return real(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", fail)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "error",
    [
        PermissionError(13, "Permission denied"),
        FileNotFoundError(2, "No such file or directory"),
        OSError(5, "I/O error"),
    ],
    ids=["forbidden", "vanished", "broken disk"],
)
def test_a_file_that_cannot_be_read(
    here: Path, run: Run, monkeypatch: pytest.MonkeyPatch, command: str, error: OSError
) -> None:
    write(here / "x", story=FERRY, scene="scene: x")
    forbid(monkeypatch, "scene.yaml", error)
    ran = run(command, "x")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"waymeet: cannot read x/scene.yaml: {error.strerror}\n"


def test_a_folder_that_cannot_be_read_is_not_passed_over(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(write(here / "x", story=FERRY) / "act", two="scene: [")
    real = os.scandir

    def fail(path: Any) -> Any:
        if str(path).endswith("act"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", fail)
    ran = run("check", "x")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "waymeet: cannot read x/act: Permission denied\n"


# -- our own fault ------------------------------------


@pytest.mark.parametrize("command", ["check", "play", "test"])
def test_a_fault_of_our_own_names_a_file_with_the_details(
    here: Path, run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError("1\x1b[31m")

    monkeypatch.setattr(waymeet.opening, "check", broken)
    monkeypatch.setattr(waymeet.opening, "load", broken)
    monkeypatch.setattr(waymeet.checking, "compile_written", broken)
    ran = run(command, write(here / "x", story=FERRY))
    assert (ran.code, ran.out) == (70, "")
    assert ran.err.startswith("waymeet: this is a fault of waymeet's own (ZeroDivisionError); details are in ")
    assert ran.err.count("\n") == 1
    details = Path(ran.err.rstrip().rpartition(" ")[2])
    text = details.read_text(encoding="utf-8")
    details.unlink()
    assert text.startswith(f"waymeet {waymeet.__version__}, Python ")
    assert "Traceback (most recent call last):" in text


@pytest.mark.parametrize("error", [MemoryError(), PermissionError(13, "No"), ZeroDivisionError()])
def test_a_fault_of_which_nothing_can_be_kept_is_told_in_one_line(
    here: Path, run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise error

    def full(*_arguments: object, **_named: object) -> None:
        raise MemoryError

    monkeypatch.setattr(waymeet.opening, "load", broken)
    monkeypatch.setattr(waymeet.commands.refusals, "refuse", full)
    ran = run("play", write(here / "x", story=FERRY))
    assert (ran.code, ran.out) == (70, "")
    assert ran.err == "waymeet: this is a fault of waymeet's own, and its details could not be kept\n"


def test_a_fault_in_play_names_a_file_too(here: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from waymeet.runtime import Story

    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Story, "begin", broken)
    ran = run("play", "--as", "mara", "--auto", "1", write(here / "x", story=FERRY))
    assert ran.code == 70
    assert "Traceback" not in ran.out + ran.err
    details = Path(ran.err.rstrip().rpartition(" ")[2])
    assert "Traceback" in details.read_text(encoding="utf-8")
    details.unlink()


# -- found by use ------------------------------------


def test_a_long_chain_of_derived_names_is_no_fault(here: Path, run: Run) -> None:
    chain = "".join(f"  d{number + 1}: d{number} or armed\n" for number in range(2_000))
    text = FERRY.replace("memory:\n", f"derive:\n  d0: armed\n{chain}memory:\n")
    ran = run("check", write(here / "x", story=text.replace("when: not armed", "when: not d2000")))
    assert ran.code in (0, 1)
    assert ran.err == ""


def test_a_story_without_a_protagonist_is_no_story(here: Path, run: Run) -> None:
    start = "  mara: {name: Mara, start: bank.landing}\n  tom: {name: Tom, start: bank.hut}\n"
    text = (
        FERRY.replace(f"protagonists:\n{start}", "protagonists: {}\n")
        .replace(", for: mara", "")
        .replace(", for: tom", "")
    )
    ran = run("check", write(here / "x", story=text))
    assert ran.code == 1
    assert ran.out.count(": error[") == 1
    assert "protagonist" in ran.out
    assert run("play", "x").code == 1


def test_a_misspelt_story_is_not_taken_for_a_scene(here: Path, run: Run) -> None:
    ran = run("check", write(here / "x", story=FERRY.replace("story:", "sotry:")))
    assert ran.code == 1
    assert ran.out.count(": error[") == 1
    assert 'did you mean "story" or' in ran.out
