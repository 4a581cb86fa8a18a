"""Scores folders of predictions as the benchmark's script does, and survives what it cannot."""
