"""Submit, stream, collect, verify."""
