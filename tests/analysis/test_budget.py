"""What may be spent: when there is no more, why, who is told, and what shares have in common."""

from __future__ import annotations

import time
from math import inf
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from waymeet.analysis.budget import Budget, BudgetSpentError, Progress, resident

if TYPE_CHECKING:
    from collections.abc import Iterator

PHASE = "counting sheep"


@pytest.fixture
def clock() -> Iterator[mock.Mock]:
    """A clock that stands still unless it is set."""
    with mock.patch("waymeet.analysis.budget.time.monotonic", return_value=100.0) as clock:
        yield clock


def reason(budget: Budget, states: int = 0) -> str:
    with pytest.raises(BudgetSpentError) as spent:
        budget.tick(PHASE, states)
    assert str(spent.value) == budget.spent(PHASE, states)
    return str(spent.value)


def test_without_a_limit_there_is_always_something_left(clock: mock.Mock) -> None:
    budget = Budget()
    clock.return_value = 1e12
    budget.tick(PHASE, 10**9)
    assert (budget.left, budget.room, budget.spent(PHASE, 0)) == (inf, None, None)
    assert budget.share(0.5).left == inf


def test_a_share_is_prolonged_as_long_as_it_promises_to_end_in_time(clock: mock.Mock) -> None:
    share = Budget(100).share(0.1, 0.5)
    clock.return_value = 111.0
    share.tick(PHASE, 0, 0.25)
    clock.return_value = 130.0
    share.tick(PHASE, 0, 0.7)
    clock.return_value = 150.1
    with pytest.raises(BudgetSpentError):
        share.tick(PHASE, 0, 0.99)


@pytest.mark.parametrize("part", [None, 0.0, 0.2], ids=["unknown", "nothing", "too little"])
def test_a_share_that_promises_nothing_ends(clock: mock.Mock, part: float | None) -> None:
    share = Budget(100).share(0.1, 0.5)
    clock.return_value = 111.0
    with pytest.raises(BudgetSpentError):
        share.tick(PHASE, 0, part)


def test_time_counts_from_the_beginning(clock: mock.Mock) -> None:
    budget = Budget(60, began=50.0)
    assert budget.left == 10
    clock.return_value = 110.0
    budget.tick(PHASE, 12_345)
    clock.return_value = 110.1
    assert budget.left == 0
    assert reason(budget, 12_345) == "the budget of 60 s was used up after 12,345 states"
    assert reason(budget) == "the budget of 60 s was used up while counting sheep"


def test_memory_is_looked_at_now_and_then(clock: mock.Mock) -> None:
    with mock.patch("waymeet.analysis.budget.resident", return_value=1_500_000_000) as held:
        budget = Budget(memory=2_000_000_000)
        assert budget.room == 500_000_000
        held.reset_mock()
        for _ in range(1_000):
            budget.tick(PHASE, 7)
        assert held.call_count == 1
        held.return_value = 2_000_000_001
        budget.tick(PHASE, 7)
        clock.return_value += 0.06
        assert reason(budget, 7) == "the budget of 2 GB of memory was used up after 7 states"
        assert budget.room == 0
        held.return_value = 1_500_000_000
        budget.tick(PHASE, 7, ahead=500_000_000)
        clock.return_value += 0.06
        with pytest.raises(BudgetSpentError):
            budget.tick(PHASE, 7, ahead=500_000_001)


def test_less_than_a_gigabyte_is_told_in_megabytes() -> None:
    assert reason(Budget(memory=1_000_000), 1_000) == "the budget of 1 MB of memory was used up after 1,000 states"


def test_what_this_process_holds_is_known() -> None:
    before = resident()
    assert before > 5_000_000
    much = b"x" * 200_000_000
    assert resident() - before == pytest.approx(len(much), rel=0.1)


def test_a_share_has_its_own_time_and_all_else_in_common(clock: mock.Mock) -> None:
    heard: list[Progress] = []
    budget = Budget(60, 10**12, listen=heard.append)
    clock.return_value = 110.0
    share = budget.share(0.6).share(0.5)
    assert share.left == 15
    assert share.room is not None
    share.tick(PHASE, 3)
    assert heard == [Progress(PHASE, 3, None, 10.0)]
    clock.return_value = 125.1
    assert reason(share, 3) == "a share of the budget, 15.0 s, was used up after 3 states"
    budget.tick(PHASE, 4)
    assert budget.left == pytest.approx(34.9)


def test_some_time_can_be_kept_for_what_comes_after(clock: mock.Mock) -> None:
    budget = Budget(60)
    budget.keep(20)
    assert budget.left == 40
    clock.return_value = 140.1
    assert reason(budget) == "the budget of 60 s was used up while counting sheep"
    clock.return_value = 130.0
    budget.keep(20)
    assert budget.left == 5
    endless = Budget()
    endless.keep(20)
    assert endless.left == inf


def test_who_interrupts_one_interrupts_all() -> None:
    budget = Budget(60)
    share = budget.share(0.5)
    share.share(0.5).interrupt()
    assert reason(budget, 5) == reason(share, 5) == "it was interrupted after 5 states"
    assert reason(budget.share(0.5)) == "it was interrupted while counting sheep"


def test_a_listener_is_told_ten_times_a_second(clock: mock.Mock) -> None:
    heard: list[Progress] = []
    budget = Budget(listen=heard.append)
    for tenth in range(1_000):
        clock.return_value = 100 + tenth / 1_000
        budget.tick(PHASE, tenth, tenth / 1_000)
    assert len(heard) == 10
    assert heard[-1][:3] == (PHASE, 900, 0.9)
    assert heard[-1].seconds == pytest.approx(0.9)


def test_a_tick_costs_next_to_nothing() -> None:
    budget = Budget(60, 10**12, listen=lambda _: None)
    began = time.perf_counter()
    for number in range(100_000):
        budget.tick(PHASE, number)
    assert time.perf_counter() - began < 1
