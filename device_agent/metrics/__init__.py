"""Official metrics as pure functions; the host scores again with the same code."""
