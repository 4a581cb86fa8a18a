"""The command line and all that runs on the host."""
