"""unreachable-node: a node that no reader can come to.

What it finds: a node that nothing leads to, or that arrows lead to though no playthrough ever takes them. Nodes that
are cut off only because another one is are not reported beside it.
Why it matters: what is written there is never read.
What to do: lead somewhere to it, mend the conditions on the way, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.liveness import targets
from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, StateRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waymeet.diagnostics import Diagnostic


def _find(facts: Facts, rule: StateRule) -> Iterator[Diagnostic]:
    if facts.walk.stopped is not None:
        connected = _connected(facts)
        cut_off = [node for node in _unreached(facts) if node not in connected]
    else:
        cut_off = _unreached(facts)
    for node in _causes(facts, cut_off):
        arrows = _arrows(facts)[node] - {node}
        message = "no playthrough comes to this node" if arrows else "nothing leads to this node"
        help_line = (
            "mend the conditions on the way to it" if arrows else "lead a choice or a `goto` to it, or remove it"
        )
        yield rule.at_step(facts, node, message, help_line, None)


def _unreached(facts: Facts) -> list[int]:
    """The nodes that the walk did not come to, in the order of the file."""
    steps = facts.story.data.steps
    return [index for index, step in enumerate(steps) if step.id == step.node and index not in facts.walk.arrivals]


def _connected(facts: Facts) -> set[int]:
    """The steps that arrows lead to from a start, conditions ignored."""
    waiting = [protagonist.start for protagonist in facts.story.protagonists]
    found = set(waiting)
    while waiting:
        onward = [step for step in targets(facts.story.data.steps[waiting.pop()]) if step not in found]
        found.update(onward)
        waiting.extend(onward)
    return found


def _causes(facts: Facts, cut_off: list[int]) -> list[int]:
    """Of nodes that are cut off, those that are not so merely because another is."""
    arrows = _arrows(facts)
    lost = set(cut_off)
    first = [node for node in cut_off if not arrows[node] - {node} or arrows[node] - lost]
    explained = _after(facts, first, lost)
    for node in cut_off:  # what is left goes round in circles: the first of each stands for it
        if node not in explained:
            first.append(node)
            explained |= _after(facts, [node], lost)
    return sorted(first)


def _after(facts: Facts, first: list[int], lost: set[int]) -> set[int]:
    """The lost nodes that can be come to from some of them."""
    onward: dict[int, list[int]] = {}
    for node, sources in _arrows(facts).items():
        for source in sources:
            onward.setdefault(source, []).append(node)
    found = set(first)
    waiting = list(first)
    while waiting:
        more = [node for node in onward.get(waiting.pop(), ()) if node in lost and node not in found]
        found.update(more)
        waiting.extend(more)
    return found


def _arrows(facts: Facts) -> dict[int, set[int]]:
    """For each node, the nodes from which something leads to it."""
    steps = facts.story.data.steps
    nodes = {step.id: index for index, step in enumerate(steps) if step.id == step.node}
    arrows: dict[int, set[int]] = {index: set() for index in nodes.values()}
    for step in steps:
        for target in targets(step):
            if target in arrows:
                arrows[target].add(nodes[step.node])
    return arrows


def _unsettled(facts: Facts) -> Iterator[str | None]:
    connected = _connected(facts)
    for node in _unreached(facts):
        if node in connected:
            yield facts.story.data.steps[node].id


RULE = StateRule("unreachable-node", Severity.ERROR, _find, _unsettled)
