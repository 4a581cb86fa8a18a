"""Answers a study's question from its bundles: effects over seeds, and trends."""
