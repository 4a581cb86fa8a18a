"""What crosses the wire or the disk, typed and versioned; imports nothing else of ours."""
