"""What leads from one state of a walk to the next."""

from __future__ import annotations

from typing import NamedTuple


class Move(NamedTuple):
    """What leads from one state to the next: a choice, or the beginning of a path.

    `choice` is an index, or an answer; `BEGIN` where `protagonist` begins, with what the ending in `state` left behind,
    or with nothing where `state` is `NOWHERE`.
    """

    state: int
    choice: int
    protagonist: int


#: No answer is as low as this.
BEGIN = -(2**31)
NOWHERE = -1
