"""What every test runs with: a home folder of its own, and `--update`, which rewrites what fixture pages expect."""

from __future__ import annotations

from itertools import count

import pytest

_numbers = count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expectations in tests/rules and constructs")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(autouse=True)
def waymeet_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Saves and caches go to a folder of the test's own; it comes to be when something is first kept there."""
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_numbers))
    monkeypatch.setenv("WAYMEET_HOME", str(home))
