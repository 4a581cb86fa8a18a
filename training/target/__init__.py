"""Target tasks' fine-tuning, one file each."""
