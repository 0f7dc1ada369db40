"""The arguments that several commands take, and how they are read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waymeet.spending import Limits


def path_given(text: str) -> Path:
    """Where a story is."""
    if not text:
        raise argparse.ArgumentTypeError("expected a folder or a file, found nothing")
    return Path(text)


def count(text: str) -> int:
    """How many random readings."""
    return number_among(text, range(1, 1_000_001))


def number_among(text: str, among: range) -> int:
    """A whole number in a range."""
    try:
        number = int(text)
    except ValueError:
        number = among.start - 1
    if number not in among:
        raise argparse.ArgumentTypeError(f"expected a number from {among.start} to {among.stop - 1}, found {text!r}")
    return number


def budget_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--budget`, as every command takes it that looks through a story."""
    parser.add_argument(
        "--budget",
        type=_limits,
        metavar="LIMITS",
        help="how long to look and with how much memory, as in 5m or 60s,2GB (default 60s)",
    )


def output_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--output`, as every command takes it that prints one thing."""
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to standard output")


def _limits(text: str) -> Limits:
    from waymeet.spending import read_limits

    try:
        return read_limits(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
