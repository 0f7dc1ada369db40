"""What authors can write, one file a construct: each lowers to the few operations that a machine runs."""
