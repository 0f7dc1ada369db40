"""Measures of a story that was walked whole: how many playthroughs, how likely which ending, how long, what matters."""
