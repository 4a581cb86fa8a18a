"""A study's artifacts on the host: which are needed, making them, finding them again."""
