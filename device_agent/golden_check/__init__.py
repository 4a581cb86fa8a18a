"""Runs artifacts' golden sets on this device, as a deploy asks before a release counts."""
