"""One file per kernel source, read below a root that tests can move."""
