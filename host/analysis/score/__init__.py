"""Scores of variants and their differences, with what guessing and few samples allow to say."""
