"""Encode and decode, one file per form of task."""
