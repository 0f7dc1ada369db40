"""What can happen in a story: every reachable state, and for each the shortest way there."""
