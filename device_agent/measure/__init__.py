"""What is timed, and in which order."""
