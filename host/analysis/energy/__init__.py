"""Energy per sentence, and its differences."""
