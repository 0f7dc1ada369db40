"""unreachable-node: a node that no reader can come to.

What it finds: a node that nothing leads to, or that arrows lead to though no playthrough ever takes them. Nodes that
are cut off only because another one is are not reported beside it; nor are cards that are never offered where they
could be, for that is what impossible-choice says.
Why it matters: what is written there is never read.
What to do: lead somewhere to it, mend the conditions on the way, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.analysis.graph import closure, postorder
from waymeet.diagnostics import Severity
from waymeet.rules.facts import Facts, Found, Open, StateRule
from waymeet.story import targets

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(facts: Facts, rule: StateRule) -> Iterator[Found]:
    connected = _connected(facts)
    cut_off = _unreached(facts)
    cut_off = [node for node in cut_off if node not in connected or facts.survey.settles("arrivals", node)]
    told = _told_as_cards(facts)
    for node in (node for node in _causes(facts, cut_off) if node not in told):
        message, help_line = "nothing leads to this node", "lead a choice or a `goto` to it, or remove it"
        if node in connected:
            message, help_line = "no playthrough comes to this node", "mend the conditions on the way to it"
        yield Found(rule.at_step(facts, node, message, help_line, None))


def _told_as_cards(facts: Facts) -> set[int]:
    """The cards that a step offers which readers come to: if they never come to the card, that is told of the offer."""
    if "impossible-choice" in facts.off:
        return set()
    numbers = {step.id: index for index, step in enumerate(facts.story.data.steps)}
    offering = (facts.story.machine.steps[step] for step in facts.survey.arrivals)
    return {numbers[choice.path] for step in offering if step.most is not None for choice in step.choices}


def _unreached(facts: Facts) -> list[int]:
    """The nodes that the walk did not come to, in the order of the file."""
    steps = facts.story.data.steps
    return [index for index, step in enumerate(steps) if step.id == step.node and index not in facts.survey.arrivals]


def _connected(facts: Facts) -> set[int]:
    """The steps that arrows lead to from a start, conditions ignored."""
    starts = [protagonist.start for protagonist in facts.story.protagonists]
    return closure(starts, lambda step: targets(facts.story.data.steps[step]))


def _causes(facts: Facts, cut_off: list[int]) -> list[int]:
    """Of nodes that are cut off, those that are not so merely because another is."""
    arrows = _arrows(facts)
    lost = set(cut_off)
    first = [node for node in cut_off if not arrows[node] - {node} or arrows[node] - lost]
    onward = _onward(arrows, lost)
    explained = closure(first, onward.__getitem__)
    circles = _circles(onward, arrows, [node for node in cut_off if node not in explained])
    unexplained = [circle for circle in circles if not any(arrows[node] & lost - circle for node in circle)]
    return sorted((*first, *map(min, unexplained)))


def _onward(arrows: dict[int, set[int]], lost: set[int]) -> dict[int, list[int]]:
    """For each lost node, the lost nodes that it leads to, in the order of the file."""
    onward: dict[int, list[int]] = {node: [] for node in sorted(lost)}
    for node in sorted(lost):
        for source in arrows[node] & lost:
            onward[source].append(node)
    return onward


def _circles(onward: dict[int, list[int]], arrows: dict[int, set[int]], nodes: list[int]) -> list[set[int]]:
    """The strongly connected components among some nodes (Kosaraju's algorithm, without recursion)."""
    unseen = set(nodes)
    found = []

    def before(node: int) -> set[int]:
        return arrows[node] & unseen

    for root in reversed(postorder(nodes, onward.__getitem__)):
        if root in unseen:
            circle = closure([root], before)
            unseen.difference_update(circle)
            found.append(circle)
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


def _unsettled(facts: Facts) -> Iterator[Open]:
    connected = _connected(facts)
    for node in _unreached(facts):
        if node in connected and not facts.survey.settles("arrivals", node):
            yield Open(facts.story.data.steps[node].id, None)


RULE = StateRule("unreachable-node", Severity.ERROR, _find, _unsettled)
