"""What the board says of itself while it measures."""
