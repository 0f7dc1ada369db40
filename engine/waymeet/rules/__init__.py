"""The rules a story is held to: one file for each about its graph or states, and the list of those about its files."""

from __future__ import annotations

from waymeet.rules import (
    broken_promise,
    contradiction,
    dead_end,
    endless_loop,
    false_choice,
    impossible_branch,
    impossible_choice,
    lost_ending,
    missing_view,
    missing_warning,
    needless_condition,
    never_read,
    never_written,
    out_of_range,
    soft_lock,
    stray_ending,
    uncovered_goto,
    unreachable_ending,
    unreachable_node,
    unseen_text,
    unused_ending,
    unused_flag,
)

#: The rules about the graph, conditions ignored, in the order in which they are asked.
GRAPH_RULES = (
    unused_flag.RULE,
    never_read.RULE,
    never_written.RULE,
    unused_ending.RULE,
)

#: The rules about states, in the order in which they are asked.
STATE_RULES = (
    dead_end.RULE,
    soft_lock.RULE,
    endless_loop.RULE,
    unreachable_node.RULE,
    unreachable_ending.RULE,
    stray_ending.RULE,
    lost_ending.RULE,
    impossible_choice.RULE,
    impossible_branch.RULE,
    needless_condition.RULE,
    false_choice.RULE,
    unseen_text.RULE,
    out_of_range.RULE,
    missing_view.RULE,
    missing_warning.RULE,
    uncovered_goto.RULE,
    contradiction.RULE,
    broken_promise.RULE,
)

#: The rules that reading the files applies, with what each is about.
FILE_RULES = {
    "yaml-syntax": "a file that is no YAML",
    "unsafe-yaml": "YAML that could hide something: anchors, tags, merge keys, depth, control characters, size",
    "duplicate-key": "a key, a scene or a story file that is there twice",
    "unknown-key": "a key that means nothing where it stands",
    "missing-key": "a key that must be there",
    "wrong-value": "a value that its key cannot have",
    "lost-text": "words of a text that YAML takes for a comment, or that a comma between braces cuts off",
    "format-version": "a story written for another version of the format",
    "bad-expression": "a condition or an effect that cannot be read",
    "unknown-name": "a name that nothing has",
    "type-mismatch": "values that do not go together",
    "bad-prose": "braces or emphasis in prose that cannot be read",
    "missing-target": "a way on that leads to no node or ending",
    "incomplete-match": "a match that says nothing for some value",
    "endless-call": "a call that can come round to itself",
    "no-return": "a call that never comes back, or comes back by a way that nobody handles",
    "unused-allow": "an `allow` that allows nothing",
}

#: What `check` may set and, but for the last, an `allow` may name: the rules about the story, not about its files.
SETTABLE_RULES = (*(rule.name for rule in (*GRAPH_RULES, *STATE_RULES)), "unused-allow")

#: Every rule.
ALL_RULES = (*FILE_RULES, *(rule.name for rule in (*GRAPH_RULES, *STATE_RULES)))
