"""That the laws can fail: with a slip in the engine, checker and oracle disagree about some story."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from kit.findings import reported
from kit.oracle import Oracle, TooLargeError
from kit.stories import as_bytes, make_story
from kit.verdicts import Verdicts
from waymeet.analysis.liveness import Liveness
from waymeet.authoring.constructs.decks import _guard, gather_decks
from waymeet.authoring.names import Count, Names
from waymeet.checking import check_files, compile_files
from waymeet.expressions.types import IntType
from waymeet.machine import Machine
from waymeet.runtime import ChoiceError, Story
from waymeet.story import Choices, Outcome

if TYPE_CHECKING:
    from kit.stories import Files
    from waymeet.analysis.watch import Watch
    from waymeet.machine import State
    from waymeet.story import StoryData


def disagrees(files: Files) -> bool:
    """Whether the checker finds other things in a story than the oracle, or play is not as it was retold."""
    story = Story(compile_files(as_bytes(files), "random"))
    try:
        oracle = Oracle.of(story, files, most=150)
        return reported(check_files(as_bytes(files), "random"), oracle.retold) != Verdicts(oracle).findings()
    except TooLargeError:
        return False
    except (AssertionError, ChoiceError, KeyError):  # the checker cannot replay its own witness, or knows of none
        return True


# -- slips in what a story is compiled to ------------------------------------


def _counted_alone(names: Names, step: int) -> Count:
    if step not in names.counts:
        names.counts[step] = Count(step, names.registers)
        names.registers += 1
    return names.counts[step]


def _dealt_as_they_stand(*of: Any) -> Any:
    decks = gather_decks(*of)
    for deck in decks.values():
        deck.cards.sort(key=lambda card: card.full)
    return decks


def _forgetting_answers(machine: Machine, state: State, value: int, *more: Any, **named: Any) -> State:
    ask = machine.steps[state.step].ask
    assert ask is not None
    return _ANSWERED(machine, state, min(value, ask.low), *more, **named)


_ANSWERED = Machine.answered

#: For each slip: what it changes, what stands there instead, and keys that stories have which can show it.
SLIPS: dict[str, tuple[str, Any, str]] = {
    "menus are counted at each place": ("waymeet.authoring.names.Names.count", _counted_alone, "menus"),
    "cards have no priority": ("waymeet.authoring.compiler.gather_decks", _dealt_as_they_stand, "priority"),
    "cards come again": (
        "waymeet.authoring.constructs.decks._guard",
        lambda card: _guard(card)._replace(when=card.lowering.condition(card.written.when)),
        "card",
    ),
    "all open cards are offered": (
        "waymeet.authoring.constructs.decks.Choices",
        lambda choices, rest, most: Choices(choices, rest, most and len(choices)),
        "offer",
    ),
    "a card is come to without leaving the scene": (
        "waymeet.authoring.constructs.decks._leading",
        lambda card, _at, lowering, _steps: lowering.shared.names.steps[card.full],
        "offer local",
    ),
    "scenes are never left": ("waymeet.machine.Machine.left", lambda _machine, _scene, registers: registers, "local"),
    "calls come back alike by every name": (
        "waymeet.machine.LinkedStep.way_back",
        lambda step, _name, registers: step.way(registers),
        "returns",
    ),
    "nothing is added to dice": (
        "waymeet.authoring.constructs.chance._added",
        lambda _written, _lowering: (None, IntType(0, 0)),
        "add",
    ),
    "every way of a chance is as likely": (
        "waymeet.authoring.constructs.chance.Outcome",
        lambda name, _weight, when, to: Outcome(name, 1, when, to),
        "weight",
    ),
    "every answer is the lowest": ("waymeet.machine.Machine.answered", _forgetting_answers, "ask"),
    "what is allowed is told": ("waymeet.checking._covers", lambda _allow, _finding: False, "allow"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_caught(monkeypatch: pytest.MonkeyPatch, slip: str) -> None:
    place, instead, keys = SLIPS[slip]
    monkeypatch.setattr(place, instead)
    made = (make_story(random.Random(seed)) for seed in range(3000))
    assert any(disagrees(files) for files in made if all(f'"{key}":' in json.dumps(files) for key in keys.split()))


# -- slips in the reduction of states ------------------------------------


def _forgetting(use: str) -> type[Liveness]:
    """A reduction with a slip: it also forgets every register of one use, read later or not."""

    class Forgetful(Liveness):
        def __init__(self, story: StoryData, watch: Watch) -> None:
            super().__init__(story, watch)
            self.rows = story.registers

        def live(self, step: int) -> int:
            return super().live(step) & sum(1 << index for index, row in enumerate(self.rows) if row.use != use)

    return Forgetful


@pytest.mark.parametrize("use", ["flag", "memory", "local", "count"])
def test_an_unsound_reduction_is_caught(monkeypatch: pytest.MonkeyPatch, use: str) -> None:
    monkeypatch.setattr("waymeet.analysis.surveying.Liveness", _forgetting(use))
    assert any(disagrees(make_story(random.Random(seed))) for seed in range(400))


@pytest.mark.parametrize(
    ("part", "nothing"), [("code_of", None), ("sections", ()), ("conditions_in", ()), ("prose_in", ()), ("leaves", ())]
)
def test_a_use_that_is_overlooked_is_caught(monkeypatch: pytest.MonkeyPatch, part: str, nothing: Any) -> None:
    monkeypatch.setattr(f"waymeet.analysis.uses.{part}", lambda _: nothing)
    assert any(disagrees(make_story(random.Random(seed))) for seed in range(400))


def test_without_a_slip_they_agree() -> None:
    assert not any(disagrees(make_story(random.Random(seed))) for seed in range(12))
