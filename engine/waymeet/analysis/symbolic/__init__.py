"""Sets of states as decision diagrams: stories far larger than a walk can enumerate."""
