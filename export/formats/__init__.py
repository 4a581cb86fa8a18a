"""Model formats: a file is a format and its name the format's; listing them imports none."""
