"""The cache of what checks have found: used while nothing changed that matters, and never in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import waymeet
from cli.stories import FERRY, endless, write
from cli.test_cache import DAMAGES
from waymeet import checking
from waymeet.cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Ran
    from waymeet.diagnostics import Report

    Run = Callable[..., Ran]

WRONG = FERRY.replace("  hut:", "  attic: {text: Dust., goto: hut}\n  hut:")


@pytest.fixture
def ferry(here: Path) -> Path:
    return write(here / "ferry", story=FERRY)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done anew: stories checked, and states gone through."""
    names: list[str] = []

    def noting(name: str) -> None:
        real = getattr(checking, name)

        def noted(*arguments: object, **more: object) -> object:
            names.append(name)
            return real(*arguments, **more)

        monkeypatch.setattr(checking, name, noted)

    noting("check_files")
    noting("surveys")
    return names


def timeless(report: Report) -> Report:
    return replace(report, summary=replace(report.summary, seconds=0.0))


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "story.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize("text", [FERRY, WRONG, "story: ["], ids=["clean", "findings", "invalid"])
def test_what_is_unchanged_is_checked_once(here: Path, done: list[str], run: Run, text: str) -> None:
    folder = write(here / "x", story=text)
    first, second = waymeet.check(folder), waymeet.check(folder)
    assert timeless(first) == timeless(second)
    assert done.count("check_files") == 1
    for call in (["check", folder], ["check", "--format", "json", folder]):
        done.clear()
        known, anew = run(*call), run(*call, "--no-cache")
        assert done.count("check_files") == 1
        assert known.code == anew.code
        assert known.out.rpartition(" in ")[0] == anew.out.rpartition(" in ")[0]


def test_after_an_edit_of_the_wording_no_state_is_gone_through_again(ferry: Path, done: list[str]) -> None:
    first = waymeet.check(ferry)
    edit(ferry, "It is higher now.", "And it is still going up.")
    second = waymeet.check(ferry)
    assert done == ["check_files", "surveys", "check_files"]
    assert second.summary.words == first.summary.words + 2
    assert first.summary.states
    assert second.summary.states == first.summary.states
    edit(ferry, "waits += 1", "waits += 2")
    waymeet.check(ferry)
    assert done[3:] == ["check_files", "surveys"]


def test_what_does_not_concern_states_is_found_all_the_same(ferry: Path) -> None:
    waymeet.check(ferry)
    edit(ferry, ", allow: {unused-flag: A host shows it.}", "")
    assert [finding.rule for finding in waymeet.check(ferry).findings] == ["unused-flag"]


def test_what_was_left_open_is_not_kept(here: Path, done: list[str]) -> None:
    folder = write(here / "x", story=endless())
    for _ in range(2):
        assert waymeet.check(folder, budget=0.2).verdict == "undecided"
    assert done.count("check_files") == 2
    assert not cache_folder().exists()


def test_without_the_cache_nothing_is_kept(ferry: Path, run: Run) -> None:
    assert run("check", "--no-cache", ferry).code == 0
    assert not cache_folder().exists()


def test_another_waymeet_checks_anew(ferry: Path, done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    waymeet.check(ferry)
    monkeypatch.setattr("waymeet.opening._sources", lambda _package: b"another")
    waymeet.check(ferry)
    assert done.count("surveys") == 2


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_entry_is_renewed_without_a_word(here: Path, done: list[str], run: Run, name: str) -> None:
    folder = write(here / "x", story=WRONG)
    report = waymeet.check(folder)
    (entry,) = cache_folder().iterdir()
    raw = entry.read_bytes()
    damaged = DAMAGES[name](raw)
    harmless = damaged.strip() == raw
    entry.write_bytes(damaged)
    ran = run("check", folder)
    assert (ran.code, ran.err) == (1, "")
    assert timeless(waymeet.check(folder)) == timeless(report)
    assert done.count("check_files") == (1 if harmless else 2)


def test_a_damaged_proof_proves_nothing(ferry: Path, done: list[str]) -> None:
    waymeet.check(ferry)
    for damage in DAMAGES.values():
        for entry in cache_folder().iterdir():
            entry.write_bytes(damage(entry.read_bytes()))
    waymeet.check(ferry)
    assert done.count("surveys") == 2


def test_only_so_many_are_kept(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waymeet.results._REPORTS", 3)
    monkeypatch.setattr("waymeet.results._PROOFS", 2)
    for number in range(3):
        edit(ferry, f"max: {number + 3}, start: 1", f"max: {number + 4}, start: 1")
        waymeet.check(ferry)
        edit(ferry, "The Ferry" + "!" * number, "The Ferry" + "!" * (number + 1))
        waymeet.check(ferry)
    waymeet.load(ferry)
    kept = [entry.suffix for entry in cache_folder().iterdir()]
    assert {suffix: kept.count(suffix) for suffix in kept} == {".report": 3, ".proof": 2, ".story": 1}
