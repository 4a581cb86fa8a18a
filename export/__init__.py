"""Checkpoint to verified artifact."""
