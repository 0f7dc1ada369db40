"""What is kept of a reader between runs: places, memory, endings found. Nothing here talks to a reader."""
