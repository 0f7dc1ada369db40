"""How many random examples a law is tried on: few by default, `WAYMEET_LAWS` times as many when that is set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., None])

TIMES = int(os.environ.get("WAYMEET_LAWS", "1"))
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much)


def examples(count: int) -> Callable[[F], F]:
    """The settings of a law that is tried `count` times; the same examples each time where `CI` is set."""
    return settings(
        max_examples=count * TIMES,
        deadline=None,
        database=None,
        derandomize=bool(os.environ.get("CI")),
        print_blob=False,
        suppress_health_check=_SLOW,
    )
