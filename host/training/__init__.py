"""Makes the checkpoints that a study names: planned as phases, each run once, resumable."""
