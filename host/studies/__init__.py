"""The study file: its schema and what is wrong with it."""
