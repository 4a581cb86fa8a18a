"""What the product itself costs, measured; each file is a program with `--help`."""
