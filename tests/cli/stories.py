"""Small stories to be right or wrong with: one that is clean, and one whose states cannot be counted in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: A clean story in one file: two paths, a memory that one leaves for the other, and a flag of each type.
FERRY = """\
story: ferry
title: The Ferry
protagonists:
  mara: {name: Mara, start: bank.landing}
  tom: {name: Tom, start: bank.hut}
flags:
  armed: false
  coins: {min: 0, max: 3, start: 1}
  mood: {one_of: [calm, cross], start: calm}
  clues: {any_of: [feather, crest]}
  called: {text: Mara, allow: {unused-flag: A host shows it.}}
memory:
  toll: {one_of: [unpaid, paid], start: unpaid}
endings:
  across: {title: Across, for: mara}
  asleep: {title: Asleep, for: tom}
scene: bank
local:
  waits: {min: 0, max: 1, overflow: clamp}
nodes:
  landing:
    text: |
      The river is *high*. {armed: You have the knife. | Your hands are empty.}
      {waits == 1: It is higher now.}
    choices:
      take_knife:
        label: Take the knife.
        when: not armed
        do: [armed = true, clues += feather, mood = cross]
        goto: landing
      wait: {label: Wait., do: waits += 1, goto: landing}
      pay:
        label: Pay the ferryman.
        when: mood == calm
        locked: He will not look at you.
        do: [coins -= 1, toll = paid]
        text: |
          The coin goes into his cheek. You have {coins} left.
        choices:
          sit: {label: Sit., ending: across}
          stand: {label: Stand., once: true, ending: across}
      swim: {label: Swim., text: 'It is cold. {feather in clues: The feather floats.}', ending: across}
  hut:
    text: Rain on the roof.
    choices:
      tally: {label: Count the coin., when: toll == paid, ending: asleep}
      sleep: {label: Sleep., once: true, ending: asleep}
"""

#: What every story file below begins with.
HEAD = """\
story: well
title: The Well
protagonists:
  mara: {name: Mara, start: road.gate}
"""
ENDINGS = """\
endings:
  home: {title: Home}
scene: road
nodes:
"""
HOUSE = """\
  house:
    text: Good night.
    ending: home
"""


def story(nodes: str, *, flags: str = "", more: str = "") -> str:
    """A story of one file with these nodes, with a node `house` in which it ends."""
    declared = f"flags:\n{flags}" if flags else ""
    return HEAD + declared + more + ENDINGS + nodes + HOUSE


def endless() -> str:
    """A story that can be come to the end of only after hundreds of thousands of choices, in far too many orders."""
    numbers = ("a", "b", "c", "d", "e", "f")
    declared = "".join(f"  {name}: {{min: 0, max: 60000, overflow: clamp}}\n" for name in numbers)
    choices = "".join(
        f"      turn_{name}: {{label: Turn {name}., do: {name} += {other} + 1, goto: gate}}\n"
        for name, other in zip(numbers, numbers[1:] + numbers[:1], strict=True)
    )
    door = " and ".join(f"{name} == 60000" for name in numbers)
    last = f"      out: {{label: Go out., when: {door}, goto: house}}\n"
    return story(f"  gate:\n    text: Locks.\n    choices:\n{choices}{last}", flags=declared)


def chained(flags: int = 16) -> str:
    """A story in which every choice sets off thousands of moves before the reader is asked again."""
    declared = "".join(f"  f{number}: false\n" for number in range(flags)) + "  n: {min: 0, max: 9000}\n"
    spin = "  gate:\n    do: n += 1\n    goto: [{when: n < 9000, to: gate}, {to: hub}]\n"
    choices = "".join(f"      t{number}: {{label: T., do: toggle(f{number}), goto: gate}}\n" for number in range(flags))
    hub = f"  hub:\n    do: n = 0\n    text: A hub.\n    choices:\n{choices}"
    door = " and ".join(f"f{number}" for number in range(flags))
    return story(f"{spin}{hub}      out: {{label: O., when: {door}, goto: house}}\n", flags=declared)


def write(folder: Path, **files: str) -> Path:
    """Write files into a folder, named `name.yaml`, and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
