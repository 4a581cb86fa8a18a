"""Fetches the benchmark through Hugging Face's `datasets` into its official download layout."""
