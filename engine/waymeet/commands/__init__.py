"""What the command can be told to do: one file each, opened only when it is asked for, and what they share."""
