"""Verdicts through the whole loop on this machine, where the truth is known: A/A and A/B."""
