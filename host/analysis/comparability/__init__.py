"""Which runs may stand beside one another, and which may be taken together."""
