"""Whether a bundle proves itself: every number is checked, and computed again."""
