"""The reader's console: one session, and the views it can be read in. `play.play` is the door."""
