"""Makes the project's own environment when it is missing or stale, then plays, tests or measures in it.

The Makefile starts this with whatever `python3` the system has. So it uses the standard library only, and its syntax
stays readable to Python 3.6: an old Python has to get as far as the sentence that says which one is needed.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (the one file that an older Python may be given)
    sys.stderr.write(
        "waymeet needs Python 3.11 or newer, and this is Python {}.{}; name a newer one, "
        "for example: make play PYTHON=python3.11\n".format(*sys.version_info[:2])
    )
    sys.exit(69)

import contextlib
import hashlib
import importlib.util
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, NoReturn

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# shutil, subprocess and tomllib are imported where they are used: nearly every start is a warm one and needs none.
if TYPE_CHECKING:
    import subprocess

USAGE = "usage: python3 boot.py play [ARGS...] | test [ARGS...] | bench [ARGS...]"
ROOT = Path(__file__).resolve().parent

#: What may be installed, each level holding all of those before it, and the dependency groups it adds.
LEVELS: Mapping[str, Sequence[str]] = {"play": (), "test": ("dev",)}

#: What can be done, and the level that it needs.
COMMANDS: Mapping[str, str] = {"play": "play", "test": "test", "bench": "test"}

#: What must hold before the tests are worth running, the quickest first.
CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",))

#: pytest options that ask for one process, or that say how many there are to be.
ONE_PROCESS = ("-n", "-p", "--numprocesses", "--pdb", "--trace", "--update")

#: Settings that say where pip may fetch from. uv reads none of them, so where one is set pip does the work.
PIP_SOURCES = {
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_CONSTRAINT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_TRUSTED_HOST",
}

#: How pip and uv word it when nothing answers at the other end.
UNREACHABLE = re.compile(
    r"connection (broken|refused|reset|error)|timed out|name resolution|dns error|error sending request",
    re.IGNORECASE,
)

EXIT_USAGE = 2
EXIT_UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h, which Windows does not define
LAST_LINES = 15
PATIENCE = 2.0  # seconds that an installer has to clean up when it is told to end


class SetupError(Exception):
    """The setup cannot go on; the message is meant for the person at the terminal."""


class Stamp(NamedTuple):
    """What a finished environment was made from and for; it is written last, so an unfinished one has none."""

    home: str
    project: str
    level: str


Run = Callable[[Sequence[str]], None]


def say(line: str) -> None:
    """Tell the person something on stderr, at once, so that stdout stays the program's own."""
    print(line, file=sys.stderr, flush=True)


# --- what is to be installed -----------------------------------------------------------------------------------------


def resolve_group(groups: Mapping[str, Sequence[object]], name: str, above: Sequence[str] = ()) -> list[str]:
    """Return the requirements of a dependency group, those of the groups it includes in their place.

    Done here because only pip 25.1 and newer can, and a new environment gets the pip that came with Python.
    """
    by_name = {normalized(key): entries for key, entries in groups.items()}
    key = normalized(name)
    if key in above:
        raise SetupError(f"pyproject.toml: dependency group '{name}' includes itself")
    if key not in by_name:
        raise SetupError(f"pyproject.toml: there is no dependency group '{name}'")
    found: list[str] = []
    for entry in by_name[key]:
        found += resolve_entry(groups, entry, [*above, key])
    return list(dict.fromkeys(found))


def resolve_entry(groups: Mapping[str, Sequence[object]], entry: object, above: Sequence[str]) -> list[str]:
    """Return what one line of a dependency group stands for: itself, or the group it includes."""
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, dict) and list(entry) == ["include-group"]:
        return resolve_group(groups, str(entry["include-group"]), above)
    raise SetupError(f"pyproject.toml: dependency group '{above[-1]}' holds an entry that is not understood: {entry!r}")


def normalized(name: str) -> str:
    """Return the one spelling that stands for all spellings of a group's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(root: Path, level: str) -> list[str]:
    """Return what a level installs beside the project and its own dependencies."""
    import tomllib

    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except ValueError as error:
        raise SetupError(f"pyproject.toml cannot be read: {error}") from error
    return [line for group in LEVELS[level] for line in resolve_group(project.get("dependency-groups", {}), group)]


# --- the stamp -------------------------------------------------------------------------------------------------------


def wanted_stamp(root: Path, level: str) -> Stamp:
    """Return the stamp that an environment made now would get.

    The place counts because scripts and the editable install hold it: a copied or moved checkout needs its own. Python
    is named by its base prefix, which is the same from inside an environment, so an activated one is not remade.
    """
    return Stamp(
        home=digest("\n".join([str(root), sys.base_prefix, sys.version]).encode()),
        project=digest((root / "pyproject.toml").read_bytes()),
        level=level,
    )


def digest(data: bytes) -> str:
    """Return a short name for these bytes."""
    return hashlib.sha256(data).hexdigest()


def stamp_path(root: Path) -> Path:
    """Return where the stamp lies: inside the environment, so that it goes when the environment goes."""
    return root / ".venv" / "setup-stamp"


def read_stamp(root: Path) -> Stamp | None:
    """Return the stamp of the environment that is there, or None where there is no whole one."""
    try:
        home, project, level = stamp_path(root).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    whole = level in LEVELS and tool(root, "python").exists()
    return Stamp(home, project, level) if whole else None


def write_stamp(root: Path, stamp: Stamp) -> None:
    """Say that the environment is finished."""
    stamp_path(root).write_text("\n".join(stamp) + "\n", encoding="utf-8")


def rank(level: str) -> int:
    """Return how much a level holds, to compare it with another."""
    return list(LEVELS).index(level)


def satisfies(found: Stamp | None, wanted: Stamp) -> bool:
    """Tell whether the environment that is there will do as it is."""
    return found is not None and found[:2] == wanted[:2] and rank(found.level) >= rank(wanted.level)


# --- one setup at a time ---------------------------------------------------------------------------------------------


def take_lock(handle: IO[str]) -> bool:
    """Try once to be the only process that changes the environment."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: going on unguarded beats never starting
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[int]:
    """Hold the lock file, waiting for whoever has it; yields its descriptor.

    The file is never removed: a process that still waits for the removed one would be let in beside a newcomer.
    """
    with path.open("a", encoding="utf-8") as handle:
        if not take_lock(handle):
            say("Waiting for another setup of waymeet to finish...")
            while not take_lock(handle):
                time.sleep(0.1)
        yield handle.fileno()


# --- making the environment ------------------------------------------------------------------------------------------


def base_python() -> str:
    """Return the Python that environments are made from: never the one inside an environment about to be removed."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def tool(root: Path, name: str) -> Path:
    """Return the path of a program of the environment."""
    folder, suffix = ("Scripts", ".exe") if sys.platform == "win32" else ("bin", "")
    return root / ".venv" / folder / f"{name}{suffix}"


def setup_commands(installer: str, root: Path, wishes: Sequence[str], *, fresh: bool) -> list[list[str]]:
    """Return what an installer has to do, into a new environment or the one that is there."""
    python = str(tool(root, "python"))
    if installer == "pip":
        create = [base_python(), "-m", "venv", "--without-pip", ".venv"]
        # Always, as an environment that uv began has no pip; where there is one, this does nothing.
        bring_pip = [python, "-m", "ensurepip"]
        install = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-e", ".", *wishes]
        return [create, bring_pip, install] if fresh else [bring_pip, install]
    create = [installer, "venv", "--python", base_python(), ".venv"]
    install = [installer, "pip", "install", "--python", python, "-e", ".", *wishes]
    return [create, install] if fresh else [install]


def installers(environ: Mapping[str, str]) -> list[str]:
    """Return the installers to try, best first: `pip`, the path of uv, or both.

    pip stands in where uv fails, because a machine may be set up for pip alone (a mirror, a certificate).
    """
    import shutil

    uv = None if PIP_SOURCES & environ.keys() else shutil.which("uv", path=environ.get("PATH"))
    missing = missing_package()
    if missing and not uv:
        raise SetupError(missing)
    return ([uv] if uv else []) + ([] if missing else ["pip"])


def missing_package() -> str | None:
    """Say which system package is missing where Python came without its means to make environments."""
    if all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        return None
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return f"waymeet needs the system package {package}; install it (apt install {package}, for one) and try again."


def run_quietly(root: Path, lock: int, command: Sequence[str]) -> None:
    """Run one setup command in silence; when it fails, its last lines are the error.

    It gets no stdin, which belongs to the game. It shares the lock, so that an installer that outlives a killed boot.py
    still keeps others out of the environment it writes to.
    """
    import subprocess

    try:
        child = subprocess.Popen(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            pass_fds=() if sys.platform == "win32" else (lock,),
        )
    except OSError as error:
        raise SetupError(failure(command, str(error))) from error
    try:
        output, _ = child.communicate()
    finally:
        end(child)
    if child.returncode != 0:
        raise SetupError(failure(command, output))


def end(child: "subprocess.Popen[str]") -> None:
    """End an installer that still runs, with all it has started, which would go on writing to the environment.

    It has a session of its own to be ended by. First it is asked, so that pip can remove its temporary folders.
    """
    if child.poll() is not None:
        return
    if sys.platform == "win32":
        child.kill()
    else:
        try:
            os.killpg(child.pid, signal.SIGINT)
            deadline = time.monotonic() + PATIENCE
            while child.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def failure(command: Sequence[str], output: str) -> str:
    """Return the message for a setup command that failed: one plain line, then its own last lines."""
    name = command[2] if command[1] == "-m" else Path(command[0]).stem
    why = "could not reach the network" if UNREACHABLE.search(output) else "failed"
    last = output.rstrip().splitlines()[-LAST_LINES:]
    return "\n".join([f"waymeet could not be set up: {name} {why}. Its last lines:", *last])


def remove(venv: Path) -> None:
    """Remove an environment; a link is let go of, and what it points at is left alone."""
    import shutil

    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)


def install(root: Path, level: str, run: Run, *, fresh: bool) -> None:
    """Bring the environment to a level with the first installer that manages it."""
    wishes = requirements(root, level)
    names = installers(os.environ)
    for name in names:
        if fresh:
            remove(root / ".venv")
        try:
            for command in setup_commands(name, root, wishes, fresh=fresh):
                run(command)
        except SetupError:
            if name == names[-1]:
                raise
        else:
            return


def remake(root: Path, wanted: Stamp, run: Run) -> None:
    """Make the environment from nothing."""
    stamp_path(root).unlink(missing_ok=True)
    install(root, wanted.level, run, fresh=True)
    write_stamp(root, wanted)


def update(root: Path, found: Stamp, wanted: Stamp, run: Run) -> None:
    """Install what a changed pyproject.toml or a higher level asks for into a whole environment.

    The stamp is away meanwhile, so that a killed update is remade. One that failed puts it back: installers download
    everything before they change anything, and who is offline must still be able to play.
    """
    stamp = wanted._replace(level=max(found.level, wanted.level, key=rank))
    stamp_path(root).unlink(missing_ok=True)
    try:
        install(root, stamp.level, run, fresh=False)
    except SetupError:
        write_stamp(root, found)
        raise
    write_stamp(root, stamp)


def set_up(root: Path, level: str, run: Run | None = None) -> None:
    """Make sure that the environment is there for a level; silent and quick where it is."""
    wanted = wanted_stamp(root, level)
    if satisfies(read_stamp(root), wanted):
        return
    stop_on_signals()
    with locked(root / ".venv.lock") as lock:
        found = read_stamp(root)
        if satisfies(found, wanted):
            return  # made by the process that was waited for
        run = run or (lambda command: run_quietly(root, lock, command))
        if found is not None and found.home == wanted.home:
            say("Bringing the setup of waymeet up to date...")
            update(root, found, wanted, run)
        else:
            say("Setting up waymeet (first run, about a minute)...")
            remake(root, wanted, run)


# --- playing and testing ---------------------------------------------------------------------------------------------


def stop_on_signals() -> None:
    """Let a polite request to end unwind this process, so that the child it waits for is ended too.

    One that is ignored already stays so: that is how nohup works.
    """

    def stop(number: int, _frame: object) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, stop)


def become(command: Sequence[str]) -> NoReturn:
    """Turn into a program: its signals, exit code and terminal are then its own.

    Windows cannot do that without giving the prompt back at once, so there it is waited for.
    """
    if sys.platform == "win32":
        import subprocess

        sys.exit(subprocess.call(command))
    os.execv(command[0], list(command))


def pytest_arguments(args: Sequence[str]) -> list[str]:
    """Return pytest's arguments: spread over two processes, unless they say something about that themselves."""
    if any(arg.startswith(ONE_PROCESS) for arg in args):
        return list(args)
    return ["-n", "2", "--dist", "worksteal", *args]


def exit_code(returncode: int) -> int:
    """Return a child's outcome as a shell would: 128 and the number for one that a signal ended."""
    return 128 - returncode if returncode < 0 else returncode


def play(root: Path, args: Sequence[str]) -> NoReturn:
    """Play the bundled story, or what the arguments name."""
    become([str(tool(root, "python")), "-m", "waymeet", "play", *args])


def test(root: Path, args: Sequence[str]) -> int:
    """Run the checks and then the tests, up to the first that fails; pytest comes last and so has the last word."""
    import subprocess

    stop_on_signals()
    os.chdir(root)
    for name, *rest in CHECKS:
        say(" ".join(["==>", name, *rest]))
        code = subprocess.call([str(tool(root, name)), *rest])
        if code != 0:
            return exit_code(code)
    arguments = pytest_arguments(args)
    say(" ".join(["==>", "pytest", *arguments]))
    become([str(tool(root, "pytest")), *arguments])


def bench(root: Path, args: Sequence[str]) -> NoReturn:
    """Measure: how long the checker takes, or what the arguments name."""
    become([str(tool(root, "python")), str(root / "tests" / "benchmarks"), *args])


def main(argv: Sequence[str]) -> int:
    """Set up what the command needs and run it."""
    if not argv or argv[0] not in COMMANDS:
        say(USAGE)
        return EXIT_USAGE
    command, *args = argv
    try:
        set_up(ROOT, COMMANDS[command])
        if command == "play":
            play(ROOT, args)
        if command == "bench":
            bench(ROOT, args)
        return test(ROOT, args)
    except SetupError as error:
        say(str(error))
    except OSError as error:
        say(f"waymeet could not be started: {error}")
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return EXIT_UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
