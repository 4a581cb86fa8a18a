"""The daemon: one run at a time, taken up again after a crash."""
