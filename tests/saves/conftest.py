"""The small story of the console's tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import waymeet

if TYPE_CHECKING:
    from waymeet.runtime import Story


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAYMEET_HOME", str(tmp_path_factory.mktemp("cache")))
        return waymeet.load(Path(__file__).parents[1] / "console" / "lantern")
