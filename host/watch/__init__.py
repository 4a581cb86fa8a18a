"""A live view of devices: one model of what they do, shown in a terminal or in a browser."""
