"""The text language: `parser` reads what authors write, `rendering` tells its compiled form to a reader."""
