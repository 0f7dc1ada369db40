"""One check of a story, measured in a process of its own: run as a program, it tells what it saw as a line of JSON.

The story is checked from its files, as the command does, with a watch on the stages.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: How much longer than its budget a check may take before it is ended.
GRACE = 120.0


class Measured(NamedTuple):
    """What a check took, in seconds and MiB, and what it said.

    `reading`, `compiling` and `analysis` add up to the check; `processor` has the seconds of all cores. `lengths` has
    the choices of each witness, and `certified` how many are said to be shortest. Of a check that was ended, or broke
    down, `broken` says how.
    """

    reading: float = 0.0
    compiling: float = 0.0
    analysis: float = 0.0
    processor: float = 0.0
    memory: float = 0.0
    states: int | None = 0
    verdict: str = ""
    findings: dict[str, int] = {}  # noqa: RUF012 - never changed
    undecided: int = 0
    lengths: tuple[int, ...] = ()
    certified: int = 0
    broken: str = ""


def measure(files: dict[str, bytes], folder: Path, budget: float) -> Measured:
    """Check a story in a fresh process, from files that are written to a folder."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = [sys.executable, __file__, str(folder), str(budget)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=budget + GRACE, check=True)
    except subprocess.TimeoutExpired:
        return Measured(broken=f"ended after {budget + GRACE:g} s")
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]
        return Measured(broken=said[:100])
    told = json.loads(done.stdout)
    return Measured(**{**told, "lengths": tuple(told["lengths"])})


def _check(folder: Path, budget: float) -> Measured:
    from waymeet import checking
    from waymeet.project import read_files

    files = read_files(folder)
    took: Counter[str] = Counter()
    with _timed(checking, "load_files", took), _timed(checking, "compile_story", took):
        began = time.perf_counter()
        report = checking.check_files(files, folder.name, budget=budget)
        whole = time.perf_counter() - began
    witnesses = [finding.witness for finding in report.findings if finding.witness is not None]
    return Measured(
        reading=took["load_files"],
        compiling=took["compile_story"],
        analysis=whole - sum(took.values()),
        processor=time.process_time(),
        memory=_peak(),
        states=report.summary.states,
        verdict=report.verdict,
        findings=dict(Counter(finding.rule for finding in report.findings)),
        undecided=len(report.undecided),
        lengths=tuple(witness.length for witness in witnesses),
        certified=sum(witness.shortest for witness in witnesses),
    )


@contextmanager
def _timed(module: object, name: str, took: Counter[str]) -> Iterator[None]:
    """Add up the seconds of a function as a module calls it."""
    function: Callable[..., Any] = getattr(module, name)

    def timed(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args)
        finally:
            took[name] += time.perf_counter() - began  # type: ignore[assignment]

    with mock.patch.object(module, name, timed):
        yield


def _peak() -> float:
    """The most memory that this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # the other way counts on Linux what the process that began this one had
        [line] = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    print(json.dumps(_check(Path(sys.argv[1]), float(sys.argv[2]))._asdict()))
