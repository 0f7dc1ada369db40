"""The condition and effect language: written as text, typed, compiled to plain data, run as closures.

`syntax` and `parser` read it; `types`, `scope`, `arithmetic` and `typing` give it meaning; `wording` says a condition
in a reader's words; `code` runs it, and is all that a player needs.
"""
