"""What the exit code of a command means."""

from __future__ import annotations

CLEAN = 0
#: Something was found, or a walkthrough failed.
FINDINGS = 1
#: Wrong usage, or something that can be neither read nor written.
UNUSABLE = 2
#: Nothing was found, and something was left open.
UNDECIDED = 3
NO_STORY = 66
OUR_FAULT = 70
INTERRUPTED = 130
