"""Intermediate tasks, one file each."""
