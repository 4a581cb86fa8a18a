"""From verified bundles to verdicts."""
