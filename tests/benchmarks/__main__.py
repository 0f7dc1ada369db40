"""Every measurement, under one command: `make bench ARGS="prover --quick"`, `make bench ARGS="play --nodes 1000"`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import first_page, kills, play, prover

MEASUREMENTS = {"prover": prover.main, "play": play.main, "first-page": first_page.main, "kills": kills.main}


def main(arguments: list[str]) -> int:
    """Run the measurement that the first argument names, or that of the prover."""
    name, *rest = arguments if arguments[:1] and arguments[0] in MEASUREMENTS else ["prover", *arguments]
    MEASUREMENTS[name](rest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
