"""The author's half: stories as they are written, read with positions, validated and compiled."""
