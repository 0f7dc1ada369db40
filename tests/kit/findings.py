"""Findings in the oracle's terms, with what a story says of them (how much each rule counts, what is meant)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from waymeet.rules import GRAPH_RULES, STATE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.retold import Retold
    from waymeet.diagnostics import Diagnostic, Report, Witness

RULES = (*GRAPH_RULES, *STATE_RULES)
DEFAULT_LEVELS = {**{rule.name: rule.severity.value for rule in RULES}, "unused-allow": "warning"}


class Finding(NamedTuple):
    """What a rule finds: where, as far as the rule says, and after how many choices at the least (-1: no witness)."""

    rule: str
    where: str
    length: int


# -- what the story says of its rules ------------------------------------


def levels(retold: Retold) -> dict[str, str]:
    """How much each rule counts."""
    check = retold.story.get("check", {})
    return {**DEFAULT_LEVELS, **check.get("rules", {})}


def switched_off(retold: Retold) -> set[str]:
    """The rules that the story does not want to be held to."""
    return {rule for rule, level in levels(retold).items() if level == "off"}


def allowing(retold: Retold, rule: str, at: str) -> Iterator[str]:
    """The names of what allows a rule at a step, an ending or a flag: itself, or a step that it stands in."""
    if " " in at:
        if rule in _things(retold).get(at, {}).get("allow", {}):
            yield at
        return
    parts = at.split(".")
    for count in range(2, len(parts) + 1):
        step = retold.steps[".".join(parts[:count])]
        if rule in step.data.get("allow", {}):
            yield step.name


def allows(retold: Retold) -> set[tuple[str, str]]:
    """Every `allow` that holds somewhere: by the name of what it stands at, and its rule."""
    found = {(step.name, rule) for step in retold.steps.values() for rule in step.data.get("allow", {})}
    return found | {(name, rule) for name, written in _things(retold).items() for rule in written.get("allow", {})}


def _things(retold: Retold) -> dict[str, dict[str, Any]]:
    """What else than a step may have an `allow`."""
    flags = {**retold.story.get("flags", {}), **retold.story.get("memory", {})}
    for scene, data in retold.scenes.items():
        flags |= {f"{scene}.{name}": flag for name, flag in data.get("local", {}).items()}
    endings = {f"ending {name}": ending for name, ending in retold.story["endings"].items()}
    return endings | {f"flag {name}": flag for name, flag in flags.items() if isinstance(flag, dict)}


# -- what a report says ------------------------------------


def reported(report: Report, retold: Retold) -> Counter[Finding]:
    """What a report says, in these terms."""
    told = [finding for finding in report.findings if not is_worn_out(finding)]
    return Counter(Finding(f.rule, where(f, retold), length(f.witness)) for f in told)


def is_worn_out(finding: Diagnostic) -> bool:
    """Whether it is about a variation with more to show than there are visits: told by how the story is built alone."""
    return finding.rule == "unseen-text" and "at most" in finding.message


def place(finding: Diagnostic) -> str:
    """The step that a finding is about, or the one that the choice opens onto which it is about."""
    return ".".join(part for part in (finding.node, finding.choice) if part)


def where(finding: Diagnostic, retold: Retold) -> str:
    """Where a finding is, as it is said here."""
    match finding.rule:
        case "unused-allow":
            return ""
        case "unused-flag" | "never-read" | "never-written":
            return finding.message.split('"')[1]
        case "unused-ending":
            return finding.message.split()[-1]
        case "unreachable-ending":
            words = finding.message.split()
            named = [word for word in words if word in retold.story["protagonists"]]
            return " for ".join([words[-1], *named])
        case "stray-ending" | "lost-ending":
            words = [word.strip(",") for word in finding.message.split()]
            return f"{next(word for word in words if word in retold.story['endings'])} for {words[0]}"
        case "uncovered-goto":
            return retold.steps[place(finding)].owner
        case "soft-lock" if finding.message.endswith("from the very start"):
            assert finding.witness is not None
            return f"start of {finding.witness.protagonist}"
        case _:
            return retold.steps[place(finding)].name


def length(witness: Witness | None) -> int:
    """The number of choices of a witness, those of the playthroughs before it included."""
    if witness is None:
        return -1
    return len(witness.play) + sum(len(earlier.play) for earlier in witness.before)
