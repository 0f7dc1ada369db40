"""Watching the files of a story while it is played: noticing that they were saved, and reading and checking them again.

They are looked at, not listened to: a look at a few files costs nothing, works on every file system and needs no
library.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from waymeet.annotating import annotated
from waymeet.console.workshop import Notes, Reread
from waymeet.diagnostics import Severity, StoryError, StoryNotFoundError
from waymeet.opening import check, load
from waymeet.project import find_files
from waymeet.reports.text import located

if TYPE_CHECKING:
    from pathlib import Path

    from waymeet.diagnostics import Report

    #: What tells a file from what it was: when it was written, its size, and which file it is, by its name.
    Look = dict[str, tuple[int, int, int]]

#: For so long, in seconds, files must stay as they are to count as saved: some editors write in two goes.
SETTLED = 0.05
#: So many seconds may be spent on checking while the author waits to read on.
PATIENCE = 2.0
_RANKS = list(Severity)


class StoryWatch:
    """The files at a path, as they are when this is made and each time they are read again.

    `annotates`: whether somebody wants to know how the story was written.
    """

    def __init__(self, path: Path, folder: str = "", *, annotates: bool = False) -> None:
        self._annotates = annotates
        self._path = path
        self._folder = folder
        self._known = _look(path)
        self._told = ""

    def changed(self) -> bool:
        """Whether files were saved, added or removed since they were last read, and stand still."""
        now = _look(self._path)
        if now in (None, self._known):
            return False
        time.sleep(SETTLED)
        return _look(self._path) == now

    def reread(self) -> Reread:
        """Read and check them as they are now."""
        self._known = _look(self._path)  # before they are read, so that what is saved meanwhile is noticed
        try:
            story = load(self._path)
            report = check(self._path, budget=PATIENCE)
            notes = annotated(self._path, self._folder) if self._annotates else Notes()
        except StoryError as error:
            return Reread(None, *self._worst(error.report))
        except StoryNotFoundError as error:
            return Reread(None, str(error))
        except OSError as error:
            return Reread(None, f"cannot read {error.filename or self._path}: {error.strerror}")
        return Reread(story, *self._worst(report), notes, cut_short=bool(report.undecided))

    def _worst(self, report: Report) -> tuple[str, int]:
        """The first finding of the worst kind, as a report has it, and how many others there are, notes aside.

        What was told the last time is not told again.
        """
        findings = [finding for finding in report.findings if finding.severity is not Severity.NOTE]
        if not findings:
            return "", 0
        worst = min(findings, key=lambda finding: _RANKS.index(finding.severity))
        told, self._told = self._told, f"{worst.rule}: {worst.message}"
        if told == self._told and not report.invalid:
            return "", len(findings)
        sources = {file: text.split("\n") for file, text in report.sources.items()}
        return located(worst, sources, self._folder), len(findings) - 1


def _look(path: Path) -> Look | None:
    """How the files are; None while they cannot be looked at, as when an editor replaces one."""
    try:
        stats = {name: file.stat() for name, file in find_files(path).items()}
    except (OSError, StoryNotFoundError):
        return None
    return {name: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in stats.items()}
