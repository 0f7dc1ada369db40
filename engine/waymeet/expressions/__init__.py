"""The condition and effect language: written as text, typed, compiled to plain data, run as closures.

`syntax` and `parser` read it, `types` and `typing` give it meaning (all four for authors' tools); `code` runs it and is
all that a player needs.
"""
