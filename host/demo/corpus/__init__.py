"""A small parallel corpus of our own in eight languages: grammar in, benchmark files out."""
