"""How a report is printed: one file a format."""
