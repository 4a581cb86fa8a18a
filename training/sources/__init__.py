"""Reads training data: files in the forms that datasets are published in, and the hub."""
