"""Tests of boot.py: what it installs, when it does so again, what it says, and how it starts the tools.

Installers are fakes here, which record what they are asked for: nothing is downloaded.
"""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
BOOT_PY = ROOT / "boot.py"

PYPROJECT = """
[project]
name = "tale"

[dependency-groups]
test = ["pytest>=8"]
dev = [{ include-group = "test" }, "ruff"]
"""


def load_boot() -> ModuleType:
    spec = importlib.util.spec_from_file_location("boot_under_test", BOOT_PY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


boot = load_boot()


class Installer:
    """Stands for uv, venv and pip: records the commands, makes a `python` where one would be, fails when told to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[list[str]] = []
        self.fails: dict[str, BaseException] = {}
        self.stamp_seen = False

    def __call__(self, command: Sequence[str]) -> None:
        self.commands.append(list(command))
        self.stamp_seen |= boot.stamp_path(self.root).exists()
        for word, error in self.fails.items():
            if word in command:
                raise error
        if "venv" in command:
            python = boot.tool(self.root, "python")
            python.parent.mkdir(parents=True)
            python.touch()

    @property
    def installed(self) -> list[str]:
        """What the last command was asked to install beside the project."""
        last = self.commands[-1]
        return last[last.index("-e") + 2 :]


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep boot.py off the signals of the test run, and its choices independent of this machine."""
    monkeypatch.setattr(boot, "stop_on_signals", lambda: None)
    monkeypatch.setattr(boot, "missing_package", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    for name in boot.PIP_SOURCES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def installer(checkout: Path) -> Installer:
    return Installer(checkout)


def edit_pyproject(root: Path) -> None:
    (root / "pyproject.toml").write_text(PYPROJECT + '\n[tool.tale]\nnew = "yes"\n', encoding="utf-8")


# --- dependency groups


def test_a_group_brings_those_it_includes_in_their_place_and_once() -> None:
    groups = {
        "dev": ["first", {"include-group": "test"}, {"include-group": "lint"}, "last"],
        "test": ["pytest", {"include-group": "lint"}],
        "lint": ["ruff"],
    }
    assert boot.resolve_group(groups, "dev") == ["first", "pytest", "ruff", "last"]


def test_a_group_may_be_spelled_otherwise() -> None:
    groups = {"Type.Checks": ["mypy"], "dev": [{"include-group": "type_checks"}]}
    assert boot.resolve_group(groups, "dev") == ["mypy"]


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"dev": [{"include-group": "test"}], "test": [{"include-group": "dev"}]}, "'dev' includes itself"),
        ({"dev": [{"include-group": "gone"}]}, "no dependency group 'gone'"),
        ({"dev": [{"path": "."}]}, "group 'dev' holds an entry that is not understood"),
        ({"dev": [3]}, "group 'dev' holds an entry that is not understood"),
    ],
)
def test_a_group_that_cannot_be_resolved_is_named(groups: dict[str, list[object]], message: str) -> None:
    with pytest.raises(boot.SetupError, match=message):
        boot.resolve_group(groups, "dev")


def test_the_test_level_installs_every_tool_that_is_run() -> None:
    wishes = " ".join(boot.requirements(ROOT, "test"))
    packages = {"lint-imports": "import-linter"}
    for name, *_rest in [*boot.CHECKS, ("pytest",), ("pytest-xdist",)]:
        assert packages.get(name, name) in wishes


def test_the_play_level_adds_nothing_to_the_project() -> None:
    assert boot.requirements(ROOT, "play") == []


def test_a_broken_pyproject_is_said_plainly(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("[project", encoding="utf-8")
    with pytest.raises(boot.SetupError, match=r"pyproject\.toml cannot be read"):
        boot.requirements(checkout, "test")


# --- the stamp


def test_the_stamp_changes_with_pyproject(checkout: Path) -> None:
    before = boot.wanted_stamp(checkout, "play")
    assert boot.wanted_stamp(checkout, "play") == before
    edit_pyproject(checkout)
    after = boot.wanted_stamp(checkout, "play")
    assert after.project != before.project
    assert after.home == before.home


@pytest.mark.parametrize(("name", "value"), [("version", "3.99.0 (another)"), ("base_prefix", "/opt/another")])
def test_the_stamp_changes_with_python(checkout: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    before = boot.wanted_stamp(checkout, "play")
    monkeypatch.setattr(sys, name, value)
    after = boot.wanted_stamp(checkout, "play")
    assert after.home != before.home
    assert after.project == before.project


def test_the_stamp_changes_with_the_place(checkout: Path) -> None:
    moved = checkout / "moved"
    moved.mkdir()
    shutil.copy(checkout / "pyproject.toml", moved)
    assert boot.wanted_stamp(moved, "play").home != boot.wanted_stamp(checkout, "play").home


def test_a_stamp_is_read_as_it_was_written(checkout: Path, installer: Installer) -> None:
    installer(["venv"])
    stamp = boot.Stamp("home", "project", "test")
    boot.write_stamp(checkout, stamp)
    assert boot.read_stamp(checkout) == stamp


@pytest.mark.parametrize("text", ["", "home\nproject\n", "home\nproject\nelsewhere\n", "a\nb\nplay\nmore\n"])
def test_a_half_written_stamp_counts_as_none(checkout: Path, installer: Installer, text: str) -> None:
    installer(["venv"])
    boot.stamp_path(checkout).write_text(text, encoding="utf-8")
    assert boot.read_stamp(checkout) is None


def test_a_stamp_without_a_python_counts_as_none(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    boot.write_stamp(checkout, boot.Stamp("home", "project", "play"))
    assert boot.read_stamp(checkout) is None


@pytest.mark.parametrize(
    ("found", "wanted", "enough"),
    [("play", "play", True), ("play", "test", False), ("test", "play", True), ("test", "test", True)],
)
def test_a_level_holds_those_before_it(found: str, wanted: str, enough: bool) -> None:
    assert boot.satisfies(boot.Stamp("h", "p", found), boot.Stamp("h", "p", wanted)) is enough


@pytest.mark.parametrize("found", [None, boot.Stamp("other", "p", "test"), boot.Stamp("h", "other", "test")])
def test_a_stale_stamp_is_never_enough(found: object) -> None:
    assert not boot.satisfies(found, boot.Stamp("h", "p", "play"))


# --- setting up


def test_the_first_run_makes_an_environment_and_stamps_it_last(
    checkout: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    boot.set_up(checkout, "play", installer)
    assert [command[2] for command in installer.commands] == ["venv", "ensurepip", "pip"]
    assert installer.installed == []
    assert not installer.stamp_seen
    assert boot.read_stamp(checkout) == boot.wanted_stamp(checkout, "play")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Setting up waymeet (first run, about a minute)...\n")


def test_the_next_run_does_and_says_nothing(
    checkout: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    boot.set_up(checkout, "test", installer)
    installer.commands.clear()
    capsys.readouterr()
    boot.set_up(checkout, "test", installer)
    boot.set_up(checkout, "play", installer)
    assert installer.commands == []
    assert capsys.readouterr() == ("", "")


def test_an_interrupted_setup_is_begun_again_from_nothing(checkout: Path, installer: Installer) -> None:
    installer.fails = {"pip": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        boot.set_up(checkout, "play", installer)
    leftover = checkout / ".venv" / "leftover"
    leftover.touch()
    installer.fails = {}
    boot.set_up(checkout, "play", installer)
    assert not leftover.exists()
    assert boot.read_stamp(checkout) is not None


def test_another_python_remakes_the_environment(
    checkout: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    boot.set_up(checkout, "test", installer)
    leftover = checkout / ".venv" / "leftover"
    leftover.touch()
    monkeypatch.setattr(sys, "version", "3.99.0 (another)")
    boot.set_up(checkout, "play", installer)
    assert not leftover.exists()
    assert boot.read_stamp(checkout) == boot.wanted_stamp(checkout, "play")


def test_a_link_in_the_place_of_the_environment_is_let_go_of(checkout: Path, installer: Installer) -> None:
    elsewhere = checkout / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (checkout / ".venv").symlink_to(elsewhere)
    boot.set_up(checkout, "play", installer)
    assert (elsewhere / "precious").exists()
    assert not (checkout / ".venv").is_symlink()


def test_the_test_level_is_added_to_an_environment_for_play(checkout: Path, installer: Installer) -> None:
    boot.set_up(checkout, "play", installer)
    installer.commands.clear()
    boot.set_up(checkout, "test", installer)
    assert [command[2] for command in installer.commands] == ["ensurepip", "pip"]
    assert installer.installed == ["pytest>=8", "ruff"]
    assert not installer.stamp_seen
    assert boot.read_stamp(checkout) == boot.wanted_stamp(checkout, "test")


def test_a_changed_pyproject_is_installed_at_the_level_that_is_there(
    checkout: Path, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    boot.set_up(checkout, "test", installer)
    edit_pyproject(checkout)
    capsys.readouterr()
    boot.set_up(checkout, "play", installer)
    assert installer.installed == ["pytest>=8", "ruff"]
    assert boot.read_stamp(checkout) == boot.wanted_stamp(checkout, "test")
    assert capsys.readouterr().err == "Bringing the setup of waymeet up to date...\n"


def test_a_failed_update_leaves_play_as_it_was(checkout: Path, installer: Installer) -> None:
    boot.set_up(checkout, "play", installer)
    installer.fails = {"pip": boot.SetupError("offline")}
    with pytest.raises(boot.SetupError):
        boot.set_up(checkout, "test", installer)
    installer.commands.clear()
    boot.set_up(checkout, "play", installer)
    assert installer.commands == []


def test_a_killed_update_is_remade(checkout: Path, installer: Installer) -> None:
    boot.set_up(checkout, "play", installer)
    installer.fails = {"pip": SystemExit(143)}
    with pytest.raises(SystemExit):
        boot.set_up(checkout, "test", installer)
    assert boot.read_stamp(checkout) is None


# --- the choice of an installer


def test_uv_comes_first_and_pip_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: "/opt/uv")
    assert boot.installers({"PATH": "/opt"}) == ["/opt/uv", "pip"]


@pytest.mark.parametrize("name", sorted(boot.PIP_SOURCES))
def test_where_pip_is_told_its_sources_it_does_the_work(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: "/opt/uv")
    assert boot.installers({name: "something"}) == ["pip"]


def test_when_uv_fails_pip_starts_from_nothing(
    checkout: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: "/opt/uv")
    installer.fails = {"/opt/uv": boot.SetupError("uv is broken")}
    boot.set_up(checkout, "test", installer)
    assert installer.commands[0][:2] == ["/opt/uv", "venv"]
    assert [command[2] for command in installer.commands[1:]] == ["venv", "ensurepip", "pip"]
    assert boot.read_stamp(checkout) is not None


def test_uv_installs_the_same_as_pip(checkout: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: "/opt/uv")
    boot.set_up(checkout, "test", installer)
    assert [command[:2] for command in installer.commands] == [["/opt/uv", "venv"], ["/opt/uv", "pip"]]
    assert installer.installed == ["pytest>=8", "ruff"]


def test_without_ensurepip_the_system_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = load_boot()
    monkeypatch.setattr(fresh.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(fresh.SetupError) as caught:
        fresh.installers({})
    major, minor = sys.version_info[:2]
    assert f"python{major}.{minor}-venv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_ensurepip_uv_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: "/opt/uv")
    monkeypatch.setattr(boot, "missing_package", lambda: "python3-venv is missing")
    assert boot.installers({}) == ["/opt/uv"]


def test_environments_are_made_from_the_python_outside() -> None:
    assert not Path(boot.base_python()).is_relative_to(ROOT / ".venv")


# --- running the installers


def python_command(code: str, *args: object) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code, *map(str, args)]


def boot_command(code: str, *args: object) -> list[str]:
    """A command that runs code in another process, in which boot.py is loaded as `boot`."""
    load = "import importlib.util as u, os, sys; spec = u.spec_from_file_location('boot', sys.argv[1])"
    return python_command(
        f"{load}; boot = u.module_from_spec(spec); spec.loader.exec_module(boot); {code}", BOOT_PY, *args
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a lock there is not inherited")
def test_an_installer_shares_the_lock_but_not_stdin(checkout: Path) -> None:
    with boot.locked(checkout / "lock") as lock:
        code = "import os, sys; os.fstat(int(sys.argv[1])); assert sys.stdin.read() == ''"
        boot.run_quietly(checkout, lock, python_command(code, lock))


def test_a_failed_installer_has_its_last_lines_shown(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print(*range(100), sep='\\n'); sys.exit(3)"
    with boot.locked(checkout / "lock") as lock, pytest.raises(boot.SetupError) as caught:
        boot.run_quietly(checkout, lock, python_command(code))
    first, *rest = str(caught.value).splitlines()
    assert first.endswith("failed. Its last lines:")
    assert rest == [str(number) for number in range(100 - boot.LAST_LINES, 100)]
    assert capfd.readouterr() == ("", "")


def test_an_installer_that_cannot_be_started_is_a_setup_error(checkout: Path) -> None:
    with boot.locked(checkout / "lock") as lock, pytest.raises(boot.SetupError, match="gone failed"):
        boot.run_quietly(checkout, lock, [str(checkout / "gone"), "venv"])


def test_an_unreachable_network_is_called_that() -> None:
    output = "WARNING: Retrying after connection broken by 'NewConnectionError'\nERROR: No matching distribution\n"
    first, *rest = boot.failure(["python", "-m", "pip", "install"], output).splitlines()
    assert first == "waymeet could not be set up: pip could not reach the network. Its last lines:"
    assert rest == output.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups there")
@pytest.mark.parametrize("manners", ["SIG_DFL", "SIG_IGN"])
def test_an_installer_is_ended_with_all_it_started(monkeypatch: pytest.MonkeyPatch, manners: str) -> None:
    monkeypatch.setattr(boot, "PATIENCE", 0.1)
    code = (
        f"import signal, subprocess, sys, time; signal.signal(signal.SIGINT, signal.{manners});"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(python_command(code), stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        assert child.stdout is not None
        assert int(child.stdout.readline()) > 0
        boot.end(child)
        assert child.stdout.read() == ""  # comes back only once nobody is left to write
        assert child.returncode < 0


def test_a_lock_keeps_a_second_process_out(checkout: Path) -> None:
    path = checkout / "lock"
    command = boot_command("print(boot.take_lock(open(sys.argv[2], 'a')))", path)

    def second() -> str:
        return subprocess.check_output(command, text=True).strip()

    with boot.locked(path):
        assert second() == "False"
    assert second() == "True"


# --- playing and testing


class BecameError(Exception):
    """Stands for the moment at which boot.py is replaced by another program."""


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    programs: list[list[str]] = []

    def become(command: Sequence[str]) -> None:
        programs.append(list(command))
        raise BecameError

    monkeypatch.setattr(boot, "become", become)
    return programs


def test_play_turns_into_the_engine(checkout: Path, became: list[list[str]]) -> None:
    with pytest.raises(BecameError):
        boot.play(checkout, ["--seed", "3"])
    assert became == [[str(boot.tool(checkout, "python")), "-m", "waymeet", "play", "--seed", "3"]]


def test_bench_turns_into_the_measurements(checkout: Path, became: list[list[str]]) -> None:
    with pytest.raises(BecameError):
        boot.bench(checkout, ["--quick"])
    assert became == [[str(boot.tool(checkout, "python")), str(checkout / "tests" / "benchmarks"), "--quick"]]
    assert (ROOT / "tests" / "benchmarks" / "__main__.py").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there it is waited for")
def test_a_program_takes_the_place_of_boot() -> None:
    program = "[sys.executable, '-c', 'import os, sys; print(os.getpid()); sys.exit(7)']"
    command = boot_command(f"print(os.getpid(), flush=True); boot.become({program})")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    first, second = done.stdout.split()
    assert first == second
    assert done.returncode == 7


@pytest.mark.parametrize(
    ("args", "spread"),
    [
        ([], True),
        (["-k", "saves"], True),
        (["tests/test_boot.py", "-x"], True),
        (["-n", "4"], False),
        (["-n0"], False),
        (["--numprocesses=auto"], False),
        (["-p", "no:xdist"], False),
        (["-x", "--pdb"], False),
        (["--update"], False),
    ],
)
def test_tests_are_spread_unless_the_arguments_say_otherwise(args: list[str], spread: bool) -> None:
    expected = ["-n", "2", "--dist", "worksteal", *args] if spread else args
    assert boot.pytest_arguments(args) == expected


def record_checks(monkeypatch: pytest.MonkeyPatch, codes: dict[str, int]) -> list[str]:
    ran: list[str] = []

    def call(command: Sequence[str]) -> int:
        ran.append(" ".join([Path(command[0]).stem, *command[1:]]))
        return codes.get(ran[-1], 0)

    monkeypatch.setattr(subprocess, "call", call)
    return ran


def test_the_checks_run_in_order_and_pytest_last(
    checkout: Path, became: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    ran = record_checks(monkeypatch, {})
    with pytest.raises(BecameError):
        boot.test(checkout, ["-n0", "-k", "saves"])
    assert ran == ["ruff check .", "ruff format --check .", "mypy", "lint-imports"]
    assert became == [[str(boot.tool(checkout, "pytest")), "-n0", "-k", "saves"]]
    headings = capsys.readouterr().err.splitlines()
    assert headings == [f"==> {name}" for name in [*ran, "pytest -n0 -k saves"]]


@pytest.mark.parametrize(("code", "expected"), [(1, 1), (2, 2), (-15, 143)])
def test_the_first_check_that_fails_ends_the_run(
    checkout: Path, became: list[list[str]], monkeypatch: pytest.MonkeyPatch, code: int, expected: int
) -> None:
    monkeypatch.chdir(checkout)
    ran = record_checks(monkeypatch, {"mypy": code})
    assert boot.test(checkout, []) == expected
    assert ran[-1] == "mypy"
    assert became == []


@pytest.mark.parametrize("argv", [[], ["pay"], ["--help"]])
def test_other_commands_get_the_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert boot.main(argv) == 2
    assert capsys.readouterr() == ("", boot.USAGE + "\n")


@pytest.mark.parametrize(
    ("error", "code"),
    [(boot.SetupError("no network"), 69), (PermissionError("no way in"), 69), (KeyboardInterrupt(), 130)],
)
def test_what_stops_the_setup_is_one_line_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    def fail(_root: Path, _level: str) -> None:
        raise error

    monkeypatch.setattr(boot, "set_up", fail)
    assert boot.main(["play"]) == code
    assert str(error) in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals there are other things")
@pytest.mark.parametrize(("before", "code"), [("SIG_DFL", 129), ("SIG_IGN", 0)])
def test_a_hangup_unwinds_boot_unless_it_is_ignored(before: str, code: int) -> None:
    command = boot_command(
        f"import signal; signal.signal(signal.SIGHUP, signal.{before});"
        "boot.stop_on_signals(); os.kill(os.getpid(), signal.SIGHUP)"
    )
    assert subprocess.run(command, check=False).returncode == code


# --- the way in


def test_an_old_python_can_read_the_file_as_far_as_the_message() -> None:
    ast.parse(BOOT_PY.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_so_in_one_line() -> None:
    code = "import sys; sys.version_info = (3, 8, 1); exec(compile(open(sys.argv[1]).read(), 'boot.py', 'exec'))"
    done = subprocess.run(python_command(code, BOOT_PY), capture_output=True, text=True, check=False)
    assert done.returncode == 69
    assert "needs Python 3.11 or newer, and this is Python 3.8" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("target", ["play", "test", "bench"])
def test_make_only_calls_boot(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real `which`
    make = shutil.which("make")
    if make is None:
        pytest.skip("there is no make here")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    command = [make, "-n", target, "ARGS=--as lexa --seed 3"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == f"python3 boot.py {target} --as lexa --seed 3\n"


def test_ci_runs_what_a_contributor_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "make test"
    assert os.access(script, os.X_OK)


def test_the_python_asked_for_is_the_one_the_project_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    assert "sys.version_info < (3, 11)" in BOOT_PY.read_text(encoding="utf-8")
